package console

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// openings is a line that is planned elsewhere, with these openings.
type openings struct{ book *rota.Book }

func (o openings) Standing(context.Context) (*rota.Book, error)  { return o.book, nil }
func (openings) Versions(helpline.ID) []rota.Version             { return nil }
func (openings) CheckIns(time.Time, time.Time) []counsel.CheckIn { return nil }
func (openings) CheckOut(context.Context, helpline.Actor) error  { return nil }
func (openings) CheckIn(_ context.Context, _ helpline.Actor, _, _ helpline.ID) error {
	return nil
}

// plannedElsewhere is who is there on such a line.
func plannedElsewhere(t *testing.T, clock func() time.Time, days rota.Weekdays, from, to, endDay int) *counsel.Attendance {
	t.Helper()
	r := rota.Rota{ID: helpline.NewID(), Name: "Hours", Way: rota.Elsewhere, Setup: rota.Small}
	one := rota.Template{ID: helpline.NewID(), Rota: r.ID, Name: "Open", Days: days, From: from, To: to, EndDay: endDay}
	b := &rota.Book{
		Site: rota.Site{ID: helpline.NewID(), Zone: "UTC"}, Rotas: []rota.Rota{r}, Templates: []rota.Template{one},
		Requirements: []rota.Requirement{{ID: helpline.NewID(), Template: one.ID, Min: 1}},
	}
	a, err := counsel.NewAttendance(t.Context(), openings{b}, func() []chat.Member { return nil }, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// roll is a list of who is there, and what was done with it.
type roll struct {
	rows   []counsel.Attendee
	alarms []counsel.CoverAlarm
	here   map[helpline.ID]bool
	fault  error
	steps  []rota.Step
}

func (r *roll) Here(_ context.Context, who helpline.Actor) error {
	if r.fault == nil {
		r.here[who.Person] = true
	}
	return r.fault
}

func (r *roll) Away(_ context.Context, who helpline.Actor) error {
	delete(r.here, who.Person)
	return r.fault
}

func (r *roll) Mine(person helpline.ID) (counsel.CheckIn, bool) {
	return counsel.CheckIn{Person: person}, r.here[person]
}
func (r *roll) Now() []counsel.Attendee      { return r.rows }
func (r *roll) Alarms() []counsel.CoverAlarm { return r.alarms }

func (r *roll) Mark(_ context.Context, _ helpline.Actor, do rota.Doing, place helpline.ID) error {
	if r.fault == nil {
		r.steps = append(r.steps, rota.Step{Do: do, Assignment: place})
	}
	return r.fault
}

func TestTheBoardShowsWhoIsPlannedAndWhoIsThere(t *testing.T) {
	h := newHouse(t)
	p, leader := h.person(t, "Lou Smit", helpline.Leader)
	_, supervisor := h.person(t, "Sam Bos", helpline.Supervisor)
	start := time.Now().UTC().Truncate(time.Hour)
	shift := rota.Interval{Start: start, End: start.Add(3 * time.Hour)}
	late, gone := helpline.NewID(), helpline.NewID()
	h.roll.rows = []counsel.Attendee{
		{Person: p.ID, Assignment: late, Role: rota.Leader, Shift: shift, State: counsel.AttendLate},
		{Person: p.ID, Assignment: gone, Role: rota.Counsellor, Shift: shift, State: counsel.AttendNoShow},
		{Person: p.ID, Assignment: helpline.NewID(), Role: rota.Counsellor, Shift: shift, State: counsel.AttendLeft},
		{Person: p.ID, State: counsel.AttendWalkOn},
	}
	h.roll.alarms = []counsel.CoverAlarm{
		{Key: "noshow/x", Kind: counsel.AlarmNoShow},
		{Key: "noshow/v", Kind: counsel.AlarmNoShow, Left: true},
		{Key: "gap/y/48", Kind: counsel.AlarmGap, Ahead: 48 * time.Hour, Short: rota.Shortage{Name: "Chat", Interval: shift, Lacking: rota.LackingPeople, Have: 1, Want: 2}},
		{Key: "gap/w/336", Kind: counsel.AlarmGap, Ahead: 14 * 24 * time.Hour, Short: rota.Shortage{Name: "Chat", Interval: shift, Lacking: rota.LackingNotice, Unreached: []helpline.ID{p.ID}}},
		{Key: "unpublished/z/336", Kind: counsel.AlarmUnpublished, Ahead: 14 * 24 * time.Hour, Short: rota.Shortage{Name: "Chat", Interval: shift, Lacking: rota.LackingVersion}},
	}
	board := h.do("GET", "/board", leader, nil).Body.String()
	for _, want := range []string{"did not check in", "did not come", "has left, and too few are here", "here, without a shift", "shift leader", "1 of 2 people", "behind it stands " + p.Alias + ", and no notice reaches them", "within 48 hours", "within 14 days", "nothing is published from then on", "You are not checked in."} {
		if !strings.Contains(board, want) {
			t.Errorf("the board does not have %q", want)
		}
	}
	if strings.Contains(board, "/board/noshow") {
		t.Error("a shift leader is offered what only a supervisor may say")
	}
	board = h.do("GET", "/board", supervisor, nil).Body.String()
	if strings.Count(board, `action="/board/noshow"`) != 3 || !strings.Contains(board, "Came after all") {
		t.Error("a supervisor is not offered to say who did not come, or that they came")
	}
	if page := h.do("GET", "/me", supervisor, nil).Body.String(); !strings.Contains(page, "Somebody who is planned did not check in.") || !strings.Contains(page, "Somebody who is planned has left, and too few are here.") || !strings.Contains(page, "A shift within two days has too few people.") {
		t.Error("other pages of a supervisor say nothing")
	}
	state := func() string { return h.do("GET", "/board/state", leader, nil).Body.String() }
	before := state()
	if again := state(); again != before || !strings.Contains(before, `"stamp":"`) || !strings.Contains(h.do("GET", "/board", leader, nil).Body.String(), before[len(`{"stamp":`):len(before)-2]) {
		t.Errorf("nothing has changed and the board is told %s, then %s", before, again)
	}
	h.roll.rows[0].State = counsel.AttendHere
	if state() == before {
		t.Error("a board is not told that somebody came")
	}
}

func TestCheckingInOnTheBoardAndSayingWhoDidNotCome(t *testing.T) {
	h := newHouse(t)
	p, leader := h.person(t, "Lou Smit", helpline.Leader)
	_, supervisor := h.person(t, "Sam Bos", helpline.Supervisor)
	_, counsellor := h.person(t, "Kim Vos", helpline.Counsellor)
	place := helpline.NewID()
	for _, c := range []struct {
		name, to string
		login    *http.Cookie
		form     url.Values
		fault    error
		want     int
	}{
		{"a leader is here", "/board/here", leader, url.Values{"do": {"here"}}, nil, http.StatusSeeOther},
		{"a leader goes", "/board/here", leader, url.Values{"do": {"away"}}, nil, http.StatusSeeOther},
		{"a word nobody knows", "/board/here", leader, url.Values{"do": {"fly"}}, nil, http.StatusBadRequest},
		{"no word", "/board/here", leader, nil, nil, http.StatusBadRequest},
		{"nothing runs", "/board/here", leader, url.Values{"do": {"here"}}, helpline.Errorf(helpline.Conflict, "no shift"), http.StatusConflict},
		{"may not walk on", "/board/here", leader, url.Values{"do": {"here"}}, helpline.Errorf(helpline.Forbidden, "no"), http.StatusForbidden},
		{"a counsellor has no board", "/board/here", counsellor, url.Values{"do": {"here"}}, nil, http.StatusForbidden},
		{"a leader says who did not come", "/board/noshow", leader, url.Values{"do": {"noshow"}, "place": {place.String()}}, nil, http.StatusForbidden},
		{"a supervisor says it", "/board/noshow", supervisor, url.Values{"do": {"noshow"}, "place": {place.String()}}, nil, http.StatusSeeOther},
		{"and takes it back", "/board/noshow", supervisor, url.Values{"do": {"came"}, "place": {place.String()}}, nil, http.StatusSeeOther},
		{"another step", "/board/noshow", supervisor, url.Values{"do": {"cancel"}, "place": {place.String()}}, nil, http.StatusBadRequest},
		{"no place", "/board/noshow", supervisor, url.Values{"do": {"noshow"}, "place": {"x"}}, nil, http.StatusBadRequest},
		{"a shift that is over by now", "/board/noshow", supervisor, url.Values{"do": {"came"}, "place": {place.String()}}, helpline.Errorf(helpline.Conflict, "over"), http.StatusConflict},
		{"a place that is gone", "/board/noshow", supervisor, url.Values{"do": {"noshow"}, "place": {place.String()}}, helpline.Errorf(helpline.NotFound, "none"), http.StatusConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.roll.fault = c.fault
			w := h.do("POST", c.to, c.login, c.form)
			if w.Code != c.want {
				t.Errorf("answered %d", w.Code)
			}
			if c.want == http.StatusConflict && !strings.Contains(w.Body.String(), "That could not be done") {
				t.Error("the board does not say that it could not be done")
			}
		})
	}
	if h.roll.here[p.ID] || len(h.roll.steps) != 2 || h.roll.steps[0].Do != rota.DoNoShow || h.roll.steps[1].Do != rota.DoCame || h.roll.steps[0].Assignment != place {
		t.Errorf("here %v, steps %+v", h.roll.here, h.roll.steps)
	}
}
