package console

import (
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// What the rules say counts every breach, and puts into words only those that
// are listed: the others are a number.
func TestThePanelCountsWhatItDoesNotList(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	supervisor := helpline.NewID()
	s := sayer{Words: words.In("en"), names: map[helpline.ID]string{supervisor: "Sam"}, zone: time.UTC}
	start := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	var all []rota.Breach
	for n := range 4 {
		at := start.AddDate(0, 0, n)
		all = append(all, rota.Breach{Rule: rota.RuleAlone, Level: rota.Advisory, At: rota.Interval{Start: at, End: at.Add(time.Hour)}, Accepted: n%2 == 0})
	}
	taken := map[string]rota.Acceptance{}
	for _, b := range all {
		if b.Accepted {
			taken[b.Key()] = rota.Acceptance{Key: b.Key(), By: supervisor, Reason: rota.ReasonQuiet}
		}
	}
	p := s.panel(all, taken, 1)
	if len(p.Advisory) != 1 || p.AdvisoryN != 4 || !strings.Contains(p.More, "3") {
		t.Errorf("%d of %d are listed, and %q more", len(p.Advisory), p.AdvisoryN, p.More)
	}
	if !strings.Contains(p.Summary, s.N("plan.count.advisory", 2)) {
		t.Errorf("two wait for a word, and neither is in the list: %q", p.Summary)
	}
	behind := rota.Breach{Rule: rota.RuleBehind, Level: rota.Note, Way: "reach", People: []helpline.ID{supervisor}, Shifts: []helpline.ID{helpline.NewID()}, At: all[0].At}
	if q := s.panel([]rota.Breach{behind}, nil, 1); len(q.Notes) != 1 || !strings.Contains(q.Notes[0].Text, "stands Sam, and no notice reaches them") || !strings.Contains(q.Notes[0].Way, "Ask Sam to test a notice") || !strings.Contains(q.Summary, s.N("plan.count.gaps", 1)) {
		t.Errorf("a shift that stays shut is short: %+v", q)
	}
	if is := p.Advisory[0]; is.Key != all[0].Key() || !strings.Contains(is.Taken, "Sam") {
		t.Errorf("what is accepted says by whom: %+v", is)
	}
}
