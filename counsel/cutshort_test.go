package counsel

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

// planAnew lets the hours hear of what differs in the book.
func (e *evening) planAnew() {
	e.a.Heard(RotaChange{Put: RotaState{Closures: []rota.Closure{{}}}})
}

// told writes down what happened just now, as the rotas do with every change.
func (e *evening) told(kind rota.EventKind, shift helpline.ID) {
	e.events = append([]rota.Event{{ID: helpline.NewID(), At: e.now, Kind: kind, Shift: shift}}, e.events...)
}

// close closes the day of the evening.
func (e *evening) close() {
	day := rota.DateOf(e.now)
	e.book.Closures = append(e.book.Closures, rota.Closure{ID: helpline.NewID(), First: day, Last: day})
	if len(e.book.Shifts) == 0 {
		e.told(rota.EventShut, helpline.ID{})
		return
	}
	e.told(rota.EventCancel, e.book.Shifts[0].ID)
}

func (e *evening) cancel() {
	e.book.Shifts[0].Cancelled = true
	e.told(rota.EventCancel, e.book.Shifts[0].ID)
}

// elsewhere lets the names of the evening be planned somewhere else.
func (e *evening) elsewhere() {
	e.book.Rotas[0].Way = rota.Elsewhere
	e.book.Requirements = append(e.book.Requirements, rota.Requirement{ID: helpline.NewID(), Shift: e.book.Shifts[0].ID, Min: 1})
}

// rolls lets it come back every week, without a version.
func (e *evening) rolls() {
	e.book.Rotas[0].Way, e.versions, e.book.Assignments = rota.Elsewhere, nil, nil
	one := rota.Template{ID: helpline.NewID(), Rota: e.book.Rotas[0].ID, Name: "Open", Days: 127, From: 19 * 60, To: 22 * 60}
	e.book.Templates = []rota.Template{one}
	e.book.Requirements = []rota.Requirement{{ID: helpline.NewID(), Template: one.ID, Min: 1}}
	e.book.Shifts = nil
}

// again is the line in a program that has just started.
func (e *evening) again() *Duty {
	a := attendance(e.T, e.rotaShelf, func() []chat.Member { return e.at })
	e.heard = func() { e.a.Heard(RotaChange{Put: RotaState{CheckIns: e.ins}}) } // the one that runs stays the one that hears
	d := NewDuty(func() []chat.Member { return e.at }).Plan(a, 0, e.hand).Clocked(func() time.Time { return e.now })
	d.started = d.started.Add(-time.Hour)
	return d
}

// TestPromiseARestartInTheGraceOfAnOpeningCutShortChangesNothing: in every minute
// of it, and before and after, a program that has just started says what the one
// that ran all the time says, and whoever waits keeps the place for ten minutes.
func TestPromiseARestartInTheGraceOfAnOpeningCutShortChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		plan func(*evening)
		here string // other than "20:00 Anna Bo": who is there from when on
		at   string // of the cut; 20:00
		cut  func(*evening)
		ends string // of the grace; empty: there is none
	}{
		"the day is closed":              {cut: (*evening).close, ends: "20:10"},
		"the shift is cancelled":         {cut: (*evening).cancel, ends: "20:10"},
		"shortly before its planned end": {cut: (*evening).cancel, at: "21:55", ends: "22:00"},
		"the cover broke a moment ago":   {cut: (*evening).close, here: "19:56 Anna", ends: "20:06"},
		"the cover broke long ago":       {cut: (*evening).close, here: "19:40 Anna", ends: ""},
		"nobody ever came":               {cut: (*evening).cancel, here: "19:00", ends: ""},
		"names are planned elsewhere":    {plan: (*evening).elsewhere, cut: (*evening).close, ends: "20:10"},
		"hours come back every week":     {plan: (*evening).rolls, cut: (*evening).close, ends: "20:10"},
		"and end soon":                   {plan: (*evening).rolls, cut: (*evening).close, at: "21:53", ends: "22:00"},
		"hours are written anew": {plan: (*evening).rolls, ends: "20:10", cut: func(e *evening) {
			e.book.Templates[0].From = 21 * 60
			e.told(rota.EventShut, helpline.ID{})
		}},
		"the shift is put off": {ends: "20:10", cut: func(e *evening) {
			e.book.Shifts[0].Start = at("20:30")
			e.told(rota.EventShut, helpline.ID{})
		}},
		"another shift of that day ended before": {ends: "20:10", cut: func(e *evening) {
			gone := e.book.Shifts[0]
			gone.ID, gone.Start, gone.End = helpline.NewID(), at("14:00"), at("17:00")
			e.book.Shifts = append(e.book.Shifts, gone)
			e.told(rota.EventCancel, gone.ID)
			e.cancel()
		}},
		"of two shifts beside each other": {ends: "20:10", cut: func(e *evening) {
			other := e.book.Shifts[0]
			other.ID = helpline.NewID()
			e.book.Shifts = append(e.book.Shifts, other) // nobody is planned there
			e.close()
			e.told(rota.EventCancel, other.ID)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEvening(t, rota.Pair)
			if c.plan != nil {
				c.plan(e)
				e.planAnew()
			}
			e.now = at("19:00")
			e.desks("Anna", "Bo")
			if c.here != "" {
				e.now = at(c.here[:5])
				e.desks(strings.Fields(c.here[5:])...)
			}
			cut := at(cmp.Or(c.at, "20:00"))
			stays := 0
			for e.now = cut.Add(-time.Minute); e.now.Before(cut.Add(13 * time.Minute)); e.now = e.now.Add(time.Minute) {
				if e.now.Equal(cut) {
					c.cut(e)
					e.planAnew()
				}
				if e.now.After(cut) {
					e.a.Heard(RotaChange{Put: RotaState{Shifts: e.book.Shifts}}) // a program that runs reads every minute
				}
				is, anew := e.duty.Now(), e.again().Now()
				if is.Shut != anew.Shut || !is.Until.Equal(anew.Until) || !is.Next.Equal(anew.Next) || is.Open != anew.Open {
					t.Errorf("at %s the line says %+v, and after a restart %+v", e.now.Format("15:04"), is, anew)
				}
				if e.now.Before(cut) {
					continue
				}
				short := c.ends != "" && e.now.Before(at(c.ends))
				if want := map[bool]helpline.Shut{true: helpline.ShutShort, false: helpline.ShutHours}[short]; is.Shut != want {
					t.Errorf("at %s: %q, want %q", e.now.Format("15:04"), is.Shut, want)
				}
				if short {
					if stays++; !is.Until.Equal(at(c.ends)) || is.Shut.Ends() {
						t.Errorf("whoever waits is told %+v", is)
					}
				} else if !is.Until.IsZero() {
					t.Errorf("closed until %s", is.Until)
				}
			}
			if (stays > 0) != (c.ends != "") {
				t.Errorf("%d minutes of grace", stays)
			}
		})
	}
}

func TestWhoHasJustComeToADeskCountsForTheGrace(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.at = e.member("Anna", "Bo")
	e.want("20:00", true, "") // and nothing is written down yet
	e.cancel()
	e.planAnew()
	e.want("20:09", false, helpline.ShutShort)
	e.at = nil
	e.planAnew()
	e.want("20:09", false, helpline.ShutShort)
	e.want("20:10", false, helpline.ShutHours)
}

// What was closed by mistake and opens again ends as planned, at once.
func TestThereIsNoGraceAfterThePlannedEnd(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.now = at("19:00")
	e.desks("Anna", "Bo")
	e.want("21:55", true, "")
	e.close()
	e.planAnew()
	e.want("21:56", false, helpline.ShutShort)
	e.book.Closures = nil
	e.planAnew()
	e.want("21:57", true, "")
	e.want("22:00", false, helpline.ShutHours)
}

func TestWhatIsWrittenDownAfterwardsIsNoNewsToAnybody(t *testing.T) {
	who, by, place := helpline.NewID(), helpline.NewID(), helpline.NewID()
	row := func(s rota.State) []rota.Assignment {
		return []rota.Assignment{{ID: place, Person: who, Role: rota.Counsellor, State: s}}
	}
	for name, c := range map[string]struct {
		was, is rota.State
		kind    rota.EventKind
		told    int
	}{
		"confirmed":            {rota.Held, rota.Worked, rota.EventCame, 0},
		"and taken back":       {rota.Worked, rota.Held, rota.EventUnsure, 0},
		"did not come":         {rota.Held, rota.NoShow, rota.EventNoShow, 1},
		"comes late, after it": {rota.NoShow, rota.Held, rota.EventCame, 1},
	} {
		change := RotaChange{
			Put: RotaState{Assignments: row(c.is)}, Was: RotaState{Assignments: row(c.was)},
			Events: []rota.Event{{ID: helpline.NewID(), By: by, Kind: c.kind, Assignment: place}},
		}
		if got := affected(change, time.Now()); len(got) != c.told {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
