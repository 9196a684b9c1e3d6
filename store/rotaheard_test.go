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

// TestPromiseThePlannedHoursCountOnlyWhomANoticeReaches: a small line with one
// person and a buddy. What visitors read changes when the buddy tests a notice or
// ends it, without a restart.
func TestPromiseThePlannedHoursCountOnlyWhomANoticeReaches(t *testing.T) {
	p := plan(t, rota.Managed)
	small := p.rota
	small.Setup = rota.Small
	p.edit(counsel.RotaEdit{Rota: &small})
	v := p.draft(7)
	evening := p.own(v.ID)[0]
	p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: evening.ID, Person: p.who["A"].Person, Role: rota.Counsellor}})
	p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: evening.ID, Person: p.who["B"].Person, Role: rota.Buddy}})
	hears := map[helpline.ID]bool{}
	p.rotas.Hears(func(id helpline.ID) bool { return hears[id] })
	p.publish(v.ID)
	a, err := counsel.NewAttendance(t.Context(), p.rotas, func() []chat.Member { return nil }, func() time.Time { return p.now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	p.rotas.Changed(a.Heard)
	want := func(what string, open bool) {
		t.Helper()
		a.Reached()
		if _, is := a.At(evening.Start); is != open {
			t.Errorf("%s: planned open %v, want %v", what, is, open)
		}
		if w, _ := p.rotas.Timetable(small.ID).At(evening.Start); w.Open != open {
			t.Errorf("%s: the timetable says %v, want %v", what, w.Open, open)
		}
	}
	p.now = evening.Start.Add(-time.Hour)
	want("no notice reaches the buddy", false)
	told := false
	for _, one := range a.Alarms() {
		told = told || one.Shift == evening.ID && one.Kind == counsel.AlarmGap && one.Short.Lacking == rota.LackingNotice
	}
	if !told {
		t.Errorf("no alarm says so: %+v", a.Alarms())
	}
	hears[p.who["B"].Person] = true
	want("it does", true)
	hears[p.who["B"].Person] = false
	want("no more", false)
	p.rotas.Hears(nil)
	want("notices are off, and the word of the rota counts", true)
	p.sameAsKept()
}
