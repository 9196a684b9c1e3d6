package console

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/retention"
)

// ledger is what is kept and when the chores were done, in memory.
type ledger struct {
	counts []retention.Count
	days   map[retention.Chore]int
}

func newLedger() *ledger {
	today := retention.Day(time.Now())
	return &ledger{days: map[retention.Chore]int{retention.Purging: today, retention.Rebuilding: today}}
}

func (l *ledger) Census(context.Context, retention.Rules, time.Time) ([]retention.Count, error) {
	return l.counts, nil
}

func (l *ledger) Chores(context.Context) (map[retention.Chore]int, error) { return l.days, nil }

func TestReviewersAndSupervisorsSeeWhatIsKept(t *testing.T) {
	h := newHouse(t)
	h.ledger.counts = []retention.Count{{Code: retention.Notes, Rows: 1234, Overdue: 7}}
	h.ledger.days[retention.Restoring] = 20_000
	_, reviewer := h.person(t, "Ria Smit", helpline.Reviewer)
	_, supervisor := h.person(t, "Sam Jansen", helpline.Supervisor)
	for who, login := range map[string]*http.Cookie{"a reviewer": reviewer, "a supervisor": supervisor} {
		page := h.do("GET", "/retention", login, nil)
		text := page.Body.String()
		if page.Code != http.StatusOK || strings.Contains(text, "class=\"notice\"") {
			t.Fatalf("%s: %d %s", who, page.Code, text)
		}
		for _, class := range (retention.Rules{}).Classes() {
			if !strings.Contains(text, `data-class="`+string(class.Code)+`"`) || strings.Contains(text, "retention.class."+string(class.Code)) {
				t.Errorf("%s does not see the class %s in words", who, class.Code)
			}
		}
		for _, want := range []string{"1234", "7 should have gone", "2024-10-04", "What no program here can see"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not read %q", who, want)
			}
		}
	}
	if text := h.do("GET", "/me", reviewer, nil).Body.String(); !strings.Contains(text, `href="/retention"`) {
		t.Error("a reviewer finds no way to the page")
	}
}

func TestABannerSaysWhatIsLateToThoseWhoWatchOverIt(t *testing.T) {
	h := newHouse(t)
	h.ledger.days[retention.Purging] -= 3
	_, counsellor := h.person(t, "Robin Bakker", helpline.Counsellor)
	_, supervisor := h.person(t, "Sam Jansen", helpline.Supervisor)
	const says = "was not removed for more than a day"
	for _, path := range []string{"/retention", "/me", "/people"} {
		if !strings.Contains(h.do("GET", path, supervisor, nil).Body.String(), says) {
			t.Errorf("%s says nothing to a supervisor", path)
		}
	}
	if strings.Contains(h.do("GET", "/me", counsellor, nil).Body.String(), says) {
		t.Error("a counsellor is told what is not theirs to see to")
	}
}
