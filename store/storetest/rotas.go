package storetest

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// Rotas runs the contract of counsel.RotaRows.
func Rotas(t *testing.T, fresh Fresh[counsel.RotaRows]) {
	t.Run("every row comes back as it was put", func(t *testing.T) {
		open := fresh(t)
		s := aRota()
		must(t, open().ChangeRotas(t.Context(), counsel.RotaChange{Put: s}))
		wantRotas(t, open(), s, 1)
	})
	t.Run("rows are replaced, and rows go with what hangs on them", func(t *testing.T) { rotaRowsGo(t, fresh(t)()) })
	t.Run("of two changes of one place one wins", func(t *testing.T) { rotaPlaceOnce(t, fresh(t)()) })
	t.Run("a change that was decided on older rows is refused whole", func(t *testing.T) { rotaSerial(t, fresh(t)()) })
	t.Run("a place has one owner, whatever is written", func(t *testing.T) { rotaOwner(t, fresh(t)()) })
	t.Run("nobody is there twice", func(t *testing.T) {
		rows, s := fresh(t)(), aRota()
		must(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Put: s}))
		again := s.CheckIns[0]
		again.ID = helpline.NewID()
		c := counsel.RotaChange{Serial: 1, Put: counsel.RotaState{CheckIns: []counsel.CheckIn{again}}}
		wantKind(t, rows.ChangeRotas(t.Context(), c), helpline.Conflict)
		gone := s.CheckIns[0]
		gone.Out = gone.In.Add(time.Hour)
		c.Put.CheckIns = []counsel.CheckIn{again, gone} // who goes makes room, in whatever order
		must(t, rows.ChangeRotas(t.Context(), c))
	})
	t.Run("events are only added, and come the newest first", func(t *testing.T) {
		rows := fresh(t)()
		var want []rota.Event
		for n := range 3 {
			e := rota.Event{ID: helpline.NewID(), At: noon.Add(time.Duration(n) * time.Hour).Truncate(time.Second), By: helpline.NewID(), Kind: rota.EventClaim, Swap: helpline.NewID()}
			want = append([]rota.Event{e}, want...)
			must(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Serial: int64(n), Events: []rota.Event{e}}))
		}
		wantKind(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Serial: 3, Events: want[:1]}), helpline.Conflict)
		got, err := rows.RotaEvents(t.Context(), noon.Truncate(time.Second), want[0].At)
		must(t, err)
		if !slices.Equal(got, want[1:]) {
			t.Errorf("got %+v, want %+v", got, want[1:])
		}
	})
	t.Run("nothing was planned", func(t *testing.T) { wantRotas(t, fresh(t)(), counsel.RotaState{}, 0) })
}

// aRota is one row and more of every kind.
func aRota() counsel.RotaState {
	id := helpline.NewID
	at := noon.Truncate(time.Second)
	day := rota.DateOf(at)
	person, other := id(), id()
	s := counsel.RotaState{
		Rotas:        []rota.Rota{{ID: id(), Name: "Evenings", Way: rota.Managed, Setup: rota.Team, Needs: []string{"basics", "law, and more"}}, {ID: id(), Name: "Nights", Way: rota.Elsewhere, Setup: rota.Small}},
		Terms:        []rota.Terms{{Person: person, Employment: rota.Volunteer, Profile: "nl-atw", Min: 60, Target: 120, Max: 180, Share: 2}},
		Skills:       []rota.Skill{{Person: person, Name: "basics", Expires: day.Plus(90)}, {Person: person, Name: rota.Mentor}},
		Pauses:       []rota.Pause{{Person: person, Since: at}, {Person: other, Since: at.Add(time.Hour)}},
		Availability: []rota.Availability{{Person: person, Interval: rota.Interval{Start: at, End: at.Add(time.Hour)}, Wish: rota.Cannot}, {Person: other, Interval: rota.Interval{Start: at, End: at.Add(time.Hour)}, Wish: rota.PreferNot}},
		Leaves:       []rota.Leave{{ID: id(), Person: other, Interval: rota.Interval{Start: at, End: at.Add(48 * time.Hour)}}},
		OnCalls:      []rota.OnCall{{ID: id(), Leader: other, Interval: rota.Interval{Start: at, End: at.Add(4 * time.Hour)}}},
	}
	of := s.Rotas[0].ID
	v := rota.Version{ID: id(), Rota: of, First: day, Last: day.Plus(6), State: rota.Published, By: other, At: at}
	s.Versions = []rota.Version{v, {ID: id(), Rota: of, First: day.Plus(7), Last: day.Plus(13), State: rota.Draft}}
	s.Templates = []rota.Template{{ID: id(), Rota: of, Name: "Late", Days: rota.On(time.Thursday, time.Sunday), From: 1200, To: 120, EndDay: 1, First: day, Break: 15, Debrief: 20, Unsocial: rota.Night}}
	s.Closures = []rota.Closure{{ID: id(), First: day.Plus(3), Last: day.Plus(4)}, {ID: id(), Rota: of, First: day, Last: day}}
	s.Shifts = []rota.Shift{
		{ID: id(), Version: v.ID, Rota: of, Template: s.Templates[0].ID, Name: "Late", Date: day, Start: at, End: at.Add(6 * time.Hour), Break: 15, Debrief: 20, Unsocial: rota.Night},
		{ID: id(), Version: v.ID, Rota: of, Name: "By hand", Date: day, Start: at, End: at.Add(time.Hour), Cancelled: true},
		{ID: id(), Version: s.Versions[1].ID, Rota: of, Name: "Draft", Date: day.Plus(7), Start: at.AddDate(0, 0, 7), End: at.AddDate(0, 0, 7).Add(time.Hour)},
	}
	s.Requirements = []rota.Requirement{{ID: id(), Template: s.Templates[0].ID, Role: rota.Leader, Min: 1, Target: 1, Max: 2}, {ID: id(), Shift: s.Shifts[2].ID, Skill: "basics", Language: "nl-BE", Min: 2}}
	first, second := id(), id()
	s.Assignments = []rota.Assignment{
		{ID: first, Shift: s.Shifts[0].ID, Person: person, Role: rota.Counsellor, State: rota.Offered, Pinned: true, Source: rota.BySolver, Place: first},
		{ID: second, Shift: s.Shifts[0].ID, Person: other, Role: rota.Leader, State: rota.Held, Minds: true, Source: rota.ByHand, Place: second},
		{ID: id(), Shift: s.Shifts[2].ID, Person: other, Role: rota.Buddy, State: rota.Proposed, Source: rota.BySelf},
	}
	s.Swaps = []rota.Swap{{
		ID: id(), Kind: rota.Exchange, State: rota.Open, From: rota.Bound{Assignment: first}, To: rota.Bound{Assignment: second, Revision: 3, ShiftRevision: 4},
		Person: other, By: person, Until: at.Add(time.Minute),
	}}
	s.Acceptances = []rota.Acceptance{{Version: v.ID, Key: "abcdefghijklmnopqrstuv", By: other, At: at, Reason: rota.ReasonQuiet}}
	s.CheckIns = []counsel.CheckIn{{ID: id(), Person: person, Assignment: first, Rota: of, In: at}, {ID: id(), Person: other, Rota: of, In: at, Out: at.Add(time.Hour)}}
	s.Asks = []counsel.RotaAsk{{ID: id(), Place: second, ShiftRevision: 0, By: other, At: at, Until: at.Add(time.Hour), State: counsel.AskOpen, Asked: []counsel.Asked{{Person: person}, {Person: other, Answer: counsel.AskNo}}}}
	return s
}

// inOrder puts rows of its own in the order of their keys, in which the store gives them.
func inOrder[T any](rows *[]T, key func(T) []byte) {
	*rows = slices.Clone(*rows)
	slices.SortFunc(*rows, func(a, b T) int { return bytes.Compare(key(a), key(b)) })
}

func wantRotas(t *testing.T, rows counsel.RotaRows, want counsel.RotaState, serial int64) {
	t.Helper()
	got, err := rows.LoadRotas(t.Context())
	must(t, err)
	if n, err := rows.RotaSerial(t.Context()); err != nil || n != serial || got.Serial != serial {
		t.Errorf("the serial is %d and %d, %v; want %d", n, got.Serial, err, serial)
	}
	want.Serial = serial
	for _, s := range []*counsel.RotaState{&got, &want} {
		inOrder(&s.Rotas, func(o rota.Rota) []byte { return o.ID[:] })
		inOrder(&s.Versions, func(o rota.Version) []byte { return o.ID[:] })
		inOrder(&s.Requirements, func(o rota.Requirement) []byte { return o.ID[:] })
		inOrder(&s.Closures, func(o rota.Closure) []byte { return o.ID[:] })
		inOrder(&s.Shifts, func(o rota.Shift) []byte { return o.ID[:] })
		inOrder(&s.Assignments, func(o rota.Assignment) []byte { return o.ID[:] })
		inOrder(&s.Skills, func(o rota.Skill) []byte { return append(o.Person[:], o.Name...) })
		inOrder(&s.Pauses, func(o rota.Pause) []byte { return o.Person[:] })
		inOrder(&s.Availability, func(o rota.Availability) []byte { return o.Person[:] })
		inOrder(&s.CheckIns, func(o counsel.CheckIn) []byte { return o.ID[:] })
		s.Asks = slices.Clone(s.Asks)
		for i := range s.Asks {
			inOrder(&s.Asks[i].Asked, func(o counsel.Asked) []byte { return o.Person[:] })
		}
	}
	if !reflect.DeepEqual(got, want) {
		for i := range reflect.TypeFor[counsel.RotaState]().NumField() {
			if g, w := reflect.ValueOf(got).Field(i).Interface(), reflect.ValueOf(want).Field(i).Interface(); !reflect.DeepEqual(g, w) {
				t.Errorf("%s came back as\n%+v, want\n%+v", reflect.TypeFor[counsel.RotaState]().Field(i).Name, g, w)
			}
		}
	}
}

func rotaRowsGo(t *testing.T, rows counsel.RotaRows) {
	s := aRota()
	must(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Put: s}))
	s.Rotas[0].Name, s.Rotas[0].Needs = "Afternoons", nil
	s.Templates[0].From = 60 * 13
	s.Shifts[0].Revision, s.Shifts[0].Cancelled = 1, true
	s.Swaps[0].Revision, s.Swaps[0].State = 1, rota.Withdrawn
	s.Asks[0].Revision, s.Asks[0].State, s.Asks[0].Taker, s.Asks[0].Asked[0].Answer = 1, counsel.AskTaken, s.Asks[0].Asked[0].Person, counsel.AskYes
	skills := []rota.Skill{s.Skills[0]}
	c := counsel.RotaChange{
		Serial: 1,
		Put:    counsel.RotaState{Rotas: s.Rotas[:1], Templates: s.Templates, Shifts: s.Shifts[:1], Swaps: s.Swaps, Asks: s.Asks, Skills: skills},
		Gone: counsel.RotaGone{
			Versions: []helpline.ID{s.Versions[1].ID}, Closures: []helpline.ID{s.Closures[0].ID}, Leaves: []helpline.ID{s.Leaves[0].ID},
			OnCalls: []helpline.ID{s.OnCalls[0].ID}, SkillsOf: []helpline.ID{s.Skills[0].Person}, TermsOf: []helpline.ID{s.Terms[0].Person}, PausesOf: []helpline.ID{s.Pauses[0].Person},
			AvailabilityOf: []helpline.ID{s.Availability[0].Person}, Rotas: []helpline.ID{s.Rotas[1].ID},
		},
	}
	must(t, rows.ChangeRotas(t.Context(), c))
	s.Versions, s.Shifts, s.Assignments, s.Requirements = s.Versions[:1], s.Shifts[:2], s.Assignments[:2], s.Requirements[:1] // a draft takes all of it along
	s.Closures, s.Leaves, s.OnCalls, s.Skills, s.Terms, s.Availability, s.Rotas, s.Pauses = s.Closures[1:], nil, nil, skills, nil, s.Availability[1:], s.Rotas[:1], s.Pauses[1:]
	wantRotas(t, rows, s, 2)
}

func rotaPlaceOnce(t *testing.T, rows counsel.RotaRows) {
	s := aRota()
	must(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Put: s}))
	a := s.Assignments[1]
	a.Revision = 2 // whoever writes this knows a row that does not stand
	c := counsel.RotaChange{Serial: 1, Put: counsel.RotaState{Assignments: []rota.Assignment{a}, Leaves: []rota.Leave{{ID: helpline.NewID(), Person: a.Person, Interval: s.Leaves[0].Interval}}}}
	wantKind(t, rows.ChangeRotas(t.Context(), c), helpline.Conflict)
	a.Revision = 0 // it is there already
	c.Put.Assignments = []rota.Assignment{a}
	wantKind(t, rows.ChangeRotas(t.Context(), c), helpline.Conflict)
	moved := s.Shifts[0]
	moved.Revision = 5
	wantKind(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Serial: 1, Put: counsel.RotaState{Shifts: []rota.Shift{moved}}}), helpline.Conflict)
	swap := s.Swaps[0]
	swap.Revision = 3
	wantKind(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Serial: 1, Put: counsel.RotaState{Swaps: []rota.Swap{swap}}}), helpline.Conflict)
	twice := s.Swaps[0]
	twice.ID = helpline.NewID() // a place is on offer once
	wantKind(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Serial: 1, Put: counsel.RotaState{Swaps: []rota.Swap{twice}}}), helpline.Conflict)
	wantRotas(t, rows, s, 1)
}

func rotaSerial(t *testing.T, rows counsel.RotaRows) {
	s := aRota()
	must(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Put: s}))
	c := counsel.RotaChange{Put: counsel.RotaState{Rotas: []rota.Rota{{ID: helpline.NewID(), Name: "Mornings", Way: rota.Managed, Setup: rota.Pair}}}}
	for _, serial := range []int64{0, 2, -1} {
		c.Serial = serial
		wantKind(t, rows.ChangeRotas(t.Context(), c), helpline.Conflict)
	}
	wantRotas(t, rows, s, 1)
}

func rotaOwner(t *testing.T, rows counsel.RotaRows) {
	s := aRota()
	must(t, rows.ChangeRotas(t.Context(), counsel.RotaChange{Put: s}))
	next := s.Assignments[1]
	next.ID, next.Person = helpline.NewID(), helpline.NewID()
	c := counsel.RotaChange{Serial: 1, Put: counsel.RotaState{Assignments: []rota.Assignment{next}}}
	wantKind(t, rows.ChangeRotas(t.Context(), c), helpline.Conflict)
	wantRotas(t, rows, s, 1)
	ends := s.Assignments[1]
	ends.State, ends.Revision = rota.Dropped, 1
	c.Put.Assignments = []rota.Assignment{next, ends} // in whatever order
	must(t, rows.ChangeRotas(t.Context(), c))
}
