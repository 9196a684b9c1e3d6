package store_test

import (
	"log/slog"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// cutLine is a line over a store: the program that runs, and one that starts anew
// whenever it is asked.
type cutLine struct {
	*planned
	a *counsel.Attendance
}

func (p *planned) cutLine() *cutLine {
	l := &cutLine{planned: p}
	l.a = l.starts(p.rotas)
	p.rotas.Changed(l.a.Heard)
	return l
}

// present is A at a desk: somebody takes contacts.
func (l *cutLine) present() []chat.Member {
	return []chat.Member{{Person: l.who["A"].Person, Locales: []helpline.Locale{"nl"}, Audiences: []helpline.Audience{helpline.Self}, Chats: 1}}
}

func (l *cutLine) starts(r *counsel.Rotas) *counsel.Attendance {
	l.t.Helper()
	a, err := counsel.NewAttendance(l.t.Context(), r, l.present, func() time.Time { return l.now }, slog.New(slog.DiscardHandler))
	if err == nil {
		err = a.Recall(l.t.Context(), l.db)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	return a
}

func (l *cutLine) says(a *counsel.Attendance) helpline.Hours {
	return counsel.NewDuty(l.present).Plan(a, 0, nil).Clocked(func() time.Time { return l.now }).Now()
}

// TestPromiseWhateverCutsAnOpeningShortIsReadTheSameAfterARestart: over the true
// store, by every way in which an opening that runs can end before its time.
func TestPromiseWhateverCutsAnOpeningShortIsReadTheSameAfterARestart(t *testing.T) {
	shut := func(p *planned) *rota.Closure {
		return &rota.Closure{ID: helpline.NewID(), First: rota.DateOf(p.now), Last: rota.DateOf(p.now)}
	}
	for name, c := range map[string]struct {
		way  rota.Way
		cut  func(p *planned, running rota.Shift)
		kind rota.EventKind
	}{
		"the shift is cancelled": {rota.Managed, func(p *planned, s rota.Shift) { p.do("S", rota.Step{Do: rota.DoCancel, Shift: s.ID}) }, rota.EventCancel},
		"the day is closed":      {rota.Managed, func(p *planned, _ rota.Shift) { p.edit(counsel.RotaEdit{Closure: shut(p)}) }, rota.EventCancel},
		"it is closed, opened and closed": {rota.Managed, func(p *planned, _ rota.Shift) {
			one := shut(p)
			p.edit(p.edit(counsel.RotaEdit{Closure: one}))
			p.edit(counsel.RotaEdit{Closure: one})
		}, rota.EventCancel},
		"the shift is put off": {rota.Managed, func(p *planned, s rota.Shift) {
			p.do("S", rota.Step{Do: rota.DoMove, Shift: s.ID, To: rota.Interval{Start: p.now.Add(time.Hour), End: s.End}})
		}, rota.EventShut},
		"the day is closed, and names are planned elsewhere": {rota.Elsewhere, func(p *planned, _ rota.Shift) { p.edit(counsel.RotaEdit{Closure: shut(p)}) }, rota.EventShut},
		"hours are written anew": {rota.Elsewhere, func(p *planned, _ rota.Shift) {
			late := p.mon
			late.From = 21 * 60
			p.edit(counsel.RotaEdit{Template: &late})
		}, rota.EventShut},
		"hours are dropped": {rota.Elsewhere, func(p *planned, _ rota.Shift) { p.edit(counsel.RotaEdit{DropTemplate: p.mon.ID}) }, rota.EventShut},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, c.way)
			running := rota.Shift{Start: time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 23, 21, 0, 0, 0, time.UTC)}
			if c.way == rota.Managed {
				running = p.own(p.filled().ID)[0]
				p.there("A", running.Start, time.Time{})
				p.there("B", running.Start, time.Time{})
			}
			p.now = running.Start.Add(time.Hour)
			l := p.cutLine()
			if h := l.says(l.a); h.Shut != "" || !h.Until.Equal(running.End) {
				t.Fatalf("it is not open: %+v", h)
			}
			c.cut(p, running)
			events, err := p.db.RotaEvents(t.Context(), p.now, p.now.Add(time.Second))
			kinds := map[rota.EventKind]int{}
			for _, e := range events {
				kinds[e.Kind]++
			}
			if err != nil || kinds[c.kind] == 0 || c.kind == rota.EventCancel && kinds[rota.EventShut] > 0 {
				t.Errorf("written down: %v, %v", kinds, err)
			}
			cut := p.now
			for ; p.now.Before(cut.Add(12 * time.Minute)); p.now = p.now.Add(30 * time.Second) {
				is, anew := l.says(l.a), l.says(l.starts(p.another()))
				want := helpline.ShutShort
				if !p.now.Before(cut.Add(10 * time.Minute)) {
					want = helpline.ShutHours
				}
				if is.Shut != want || anew.Shut != want || !is.Until.Equal(anew.Until) || want == helpline.ShutShort && !is.Until.Equal(cut.Add(10*time.Minute)) {
					t.Fatalf("%v after the cut the line says %+v, and after a restart %+v", p.now.Sub(cut), is, anew)
				}
			}
			p.sameAsKept()
		})
	}
}

// What changes and cuts nothing is written down as no cut.
func TestAChangeThatLeavesTheLineOpenIsNoCut(t *testing.T) {
	p := plan(t, rota.Elsewhere)
	p.now = time.Date(2026, 11, 23, 19, 0, 0, 0, time.UTC)
	tomorrow := rota.DateOf(p.now).Plus(1)
	longer := p.mon
	longer.To = 23 * 60
	p.edit(counsel.RotaEdit{Closure: &rota.Closure{ID: helpline.NewID(), First: tomorrow, Last: tomorrow}})
	p.edit(counsel.RotaEdit{Template: &longer})
	p.now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) // closed: nothing is cut short
	p.edit(counsel.RotaEdit{Closure: &rota.Closure{ID: helpline.NewID(), First: tomorrow.Plus(-1), Last: tomorrow.Plus(-1)}})
	if events, err := p.db.RotaEvents(t.Context(), time.Unix(1, 0), p.now.Add(time.Hour*24)); err != nil || len(events) != 0 {
		t.Errorf("%+v, %v", events, err)
	}
}
