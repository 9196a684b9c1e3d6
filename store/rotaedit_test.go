package store_test

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// shape counts the rows of a kind or two, to see that nothing came or went.
func (p *planned) shape() [6]int {
	p.t.Helper()
	s, err := p.db.LoadRotas(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return [6]int{len(s.Templates), len(s.Versions), len(s.Shifts), len(s.Assignments), len(s.Leaves) + len(s.Availability), len(s.Requirements)}
}

func TestWhatCannotBeIsRefusedWithAWordAndNothingIsHalfDone(t *testing.T) {
	p := plan(t, rota.Managed)
	pub := p.filled()
	d := p.draft(2)
	shift, mine := p.own(d.ID)[0], p.of("A")
	at := p.now.AddDate(0, 0, 20)
	in := rota.Interval{Start: at, End: at.Add(time.Hour)}
	stranger := helpline.NewID()
	day := rota.Date{Year: 2026, Month: 12, Day: 7}
	before := p.shape()
	for name, c := range map[string]struct {
		e     counsel.RotaEdit
		kind  helpline.Kind
		field string
	}{
		"nothing":                              {counsel.RotaEdit{}, helpline.Invalid, ""},
		"two things":                           {counsel.RotaEdit{DropTemplate: p.mon.ID, DropVersion: d.ID}, helpline.Invalid, ""},
		"a rota without a name":                {counsel.RotaEdit{Rota: &rota.Rota{Way: rota.Managed, Setup: rota.Team}}, helpline.Invalid, "name"},
		"a rota of the same name":              {counsel.RotaEdit{Rota: &rota.Rota{Name: "EVENINGS", Way: rota.Managed, Setup: rota.Team}}, helpline.Invalid, "name"},
		"a rota with a line break":             {counsel.RotaEdit{Rota: &rota.Rota{Name: "a\nb", Way: rota.Managed, Setup: rota.Team}}, helpline.Invalid, "name"},
		"a rota of no way":                     {counsel.RotaEdit{Rota: &rota.Rota{Name: "x", Way: "all", Setup: "none"}}, helpline.Invalid, "way"},
		"a rota with versions goes":            {counsel.RotaEdit{DropRota: p.rota.ID}, helpline.Conflict, ""},
		"a template that ends before":          {counsel.RotaEdit{Template: &rota.Template{Rota: p.rota.ID, Name: "x", Days: 1, From: 600, To: 500}}, helpline.Invalid, "to"},
		"a template of 30 hours":               {counsel.RotaEdit{Template: &rota.Template{Rota: p.rota.ID, Name: "x", Days: 1, From: 0, To: 360, EndDay: 1}}, helpline.Invalid, "to"},
		"a template of 0 hours":                {counsel.RotaEdit{Template: &rota.Template{Rota: p.rota.ID, Name: "x", Days: 1, From: 600, To: 600}}, helpline.Invalid, "to"},
		"a template of no rota":                {counsel.RotaEdit{Template: &rota.Template{Rota: stranger, Name: "x", Days: 1, From: 600, To: 700}}, helpline.NotFound, ""},
		"a need of a published shift":          {counsel.RotaEdit{Requirement: &rota.Requirement{Shift: mine.Shift, Min: 1}}, helpline.Conflict, ""},
		"a need of 101 people":                 {counsel.RotaEdit{Requirement: &rota.Requirement{Template: p.mon.ID, Min: 101}}, helpline.Invalid, "min"},
		"a closure that ends before":           {counsel.RotaEdit{Closure: &rota.Closure{First: day, Last: day.Plus(-1)}}, helpline.Invalid, "last"},
		"a draft of ten years":                 {counsel.RotaEdit{NewVersion: &rota.Version{Rota: p.rota.ID, First: day, Last: day.Plus(3650)}}, helpline.Invalid, "last"},
		"a draft of a day that is none":        {counsel.RotaEdit{NewVersion: &rota.Version{Rota: p.rota.ID, First: rota.Date{Year: 2026, Month: 2, Day: 30}, Last: day}}, helpline.Invalid, "first"},
		"a draft copied from nowhere":          {counsel.RotaEdit{NewVersion: &rota.Version{Rota: p.rota.ID, First: day, Last: day}, CopyFrom: stranger}, helpline.NotFound, ""},
		"a published version goes":             {counsel.RotaEdit{DropVersion: pub.ID}, helpline.Conflict, ""},
		"a place on a published shift":         {counsel.RotaEdit{Place: &rota.Assignment{Shift: mine.Shift, Person: p.who["E"].Person, Role: rota.Counsellor}}, helpline.Conflict, ""},
		"a published place goes":               {counsel.RotaEdit{DropPlace: mine.ID}, helpline.Conflict, ""},
		"a published place is pinned":          {counsel.RotaEdit{Pin: mine.ID}, helpline.Conflict, ""},
		"a stranger on a shift":                {counsel.RotaEdit{Place: &rota.Assignment{Shift: shift.ID, Person: stranger, Role: rota.Counsellor}}, helpline.NotFound, ""},
		"a role that is none":                  {counsel.RotaEdit{Place: &rota.Assignment{Shift: shift.ID, Person: p.who["E"].Person, Role: "king"}}, helpline.Invalid, "role"},
		"a shift of 30 hours":                  {counsel.RotaEdit{ShiftAt: &rota.Shift{Version: d.ID, Name: "x", Start: shift.Start, End: shift.Start.Add(30 * time.Hour)}}, helpline.Invalid, "to"},
		"a shift that ends before it starts":   {counsel.RotaEdit{ShiftAt: &rota.Shift{Version: d.ID, Name: "x", Start: shift.Start, End: shift.Start.Add(-time.Hour)}}, helpline.Invalid, "to"},
		"a shift outside of its draft":         {counsel.RotaEdit{ShiftAt: &rota.Shift{Version: d.ID, Name: "x", Start: at, End: at.Add(time.Hour)}}, helpline.Invalid, "date"},
		"a published shift changed as a draft": {counsel.RotaEdit{ShiftAt: &rota.Shift{ID: mine.Shift, Version: pub.ID, Name: "x", Start: shift.Start, End: shift.End}}, helpline.Conflict, ""},
		"a filling of what is published":       {counsel.RotaEdit{Filling: &counsel.RotaFilling{Version: pub.ID}}, helpline.Conflict, ""},
		"a filling of another draft":           {counsel.RotaEdit{Filling: &counsel.RotaFilling{Version: d.ID, Places: []rota.Place{{Shift: mine.Shift, Person: p.who["E"].Person, Role: rota.Counsellor}}}}, helpline.Conflict, ""},
		"a breach that is none":                {counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: d.ID, Key: "x", Reason: rota.ReasonKnown}}, helpline.NotFound, ""},
		"terms of minus an hour":               {counsel.RotaEdit{Terms: &rota.Terms{Person: p.who["A"].Person, Employment: rota.Volunteer, Min: -60}}, helpline.Invalid, "max"},
		"terms of a law that is none":          {counsel.RotaEdit{Terms: &rota.Terms{Person: p.who["A"].Person, Employment: rota.Volunteer, Profile: "fr"}}, helpline.Invalid, "profile"},
		"a skill twice":                        {counsel.RotaEdit{SkillsOf: p.who["A"].Person, Skills: []rota.Skill{{Name: "x"}, {Name: "x"}}}, helpline.Invalid, "skill"},
		"leave that ends before":               {counsel.RotaEdit{Leave: &rota.Leave{Person: p.who["E"].Person, Interval: rota.Interval{Start: at, End: at}}}, helpline.Invalid, "end"},
		"leave of a century":                   {counsel.RotaEdit{Leave: &rota.Leave{Person: p.who["E"].Person, Interval: rota.Interval{Start: at, End: at.AddDate(100, 0, 0)}}}, helpline.Invalid, "start"},
		"a wish of no kind":                    {counsel.RotaEdit{WishesOf: p.who["E"].Person, Wishes: []rota.Availability{{Interval: in, Wish: "maybe"}}}, helpline.Invalid, "wish"},
		"too many wishes":                      {counsel.RotaEdit{WishesOf: p.who["E"].Person, Wishes: make([]rota.Availability, 5000)}, helpline.Invalid, ""},
		"on call, and no leader":               {counsel.RotaEdit{OnCall: &rota.OnCall{Leader: p.who["A"].Person, Interval: in}}, helpline.Invalid, "leader"},
		"a stranger does not work here":        {counsel.RotaEdit{Suspend: stranger}, helpline.NotFound, ""},
		"who works here works again":           {counsel.RotaEdit{Reinstate: p.who["A"].Person}, helpline.Conflict, ""},
		"several of several":                   {counsel.RotaEdit{Several: []counsel.RotaEdit{{Several: []counsel.RotaEdit{}}}}, helpline.Invalid, ""},
		"several, and the last cannot be":      {counsel.RotaEdit{Several: []counsel.RotaEdit{{DropVersion: d.ID}, {DropVersion: pub.ID}}}, helpline.Conflict, ""},
		"an import of what stands":             {counsel.RotaEdit{Import: &counsel.RotaState{Templates: []rota.Template{p.mon}}}, helpline.Conflict, ""},
		"an import over what is published":     {counsel.RotaEdit{Import: &counsel.RotaState{Shifts: []rota.Shift{{ID: helpline.NewID(), Version: pub.ID, Name: "x", Start: at, End: at.Add(time.Hour)}}}}, helpline.Conflict, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := p.rotas.Edit(t.Context(), p.who["S"], c.e)
			if helpline.KindOf(err) != c.kind {
				t.Fatalf("got %v, want %s", err, c.kind)
			}
			if f := counsel.RotaFaults(err); c.field != "" && (len(f) == 0 || f[0].Field != c.field) {
				t.Errorf("the field that is wrong is %+v, want %s", f, c.field)
			}
		})
	}
	if after := p.shape(); after != before {
		t.Errorf("%v rows became %v", before, after)
	}
	p.sameAsKept()
}

func TestEveryEditCanBeTakenBackAndDoneAgainUntilSomebodyElseChangesIt(t *testing.T) {
	p := plan(t, rota.Managed)
	d := p.draft(3)
	shifts := p.own(d.ID)
	at := p.now.AddDate(0, 0, 20)
	in := rota.Interval{Start: at, End: at.Add(time.Hour)}
	place := rota.Assignment{ID: helpline.NewID(), Shift: shifts[0].ID, Person: p.who["A"].Person, Role: rota.Counsellor}
	p.edit(counsel.RotaEdit{Place: &place})
	later := shifts[1]
	later.End = later.End.Add(time.Hour)
	moved := p.mon
	moved.From = 18 * 60
	for name, e := range map[string]counsel.RotaEdit{
		"a rota":               {Rota: &rota.Rota{Name: "Nights", Way: rota.Managed, Setup: rota.Pair, Needs: []string{"law", "basics"}}},
		"a template moved":     {Template: &moved},
		"a template dropped":   {DropTemplate: p.mon.ID},
		"a closure":            {Closure: &rota.Closure{First: d.First, Last: d.First}},
		"a draft":              {NewVersion: &rota.Version{Rota: p.rota.ID, First: d.First, Last: d.Last}, CopyFrom: d.ID},
		"a draft dropped":      {DropVersion: d.ID},
		"a shift moved":        {ShiftAt: &later},
		"a shift dropped":      {DropShift: shifts[0].ID},
		"a place":              {Place: &rota.Assignment{Shift: shifts[0].ID, Person: p.who["B"].Person, Role: rota.Buddy}},
		"a place changed":      {Place: &rota.Assignment{ID: place.ID, Shift: shifts[0].ID, Person: p.who["C"].Person, Role: rota.Counsellor}},
		"a place dropped":      {DropPlace: place.ID},
		"a pin":                {Pin: place.ID},
		"terms":                {Terms: &rota.Terms{Person: p.who["A"].Person, Employment: rota.Volunteer, Target: 120}},
		"skills":               {SkillsOf: p.who["A"].Person, Skills: []rota.Skill{{Name: rota.Mentor}, {Name: "law", Expires: d.Last}}},
		"leave":                {Leave: &rota.Leave{Person: p.who["A"].Person, Interval: in}},
		"wishes":               {WishesOf: p.who["A"].Person, Wishes: []rota.Availability{{Interval: in, Wish: rota.Prefer}}},
		"somebody is off":      {Suspend: p.who["A"].Person},
		"somebody is back":     {Several: []counsel.RotaEdit{{Suspend: p.who["B"].Person}, {Reinstate: p.who["B"].Person}, {Suspend: p.who["C"].Person}}},
		"on call":              {OnCall: &rota.OnCall{Leader: p.who["L"].Person, Interval: in}},
		"a filling":            {Filling: &counsel.RotaFilling{Version: d.ID, Gone: []helpline.ID{place.ID}, Places: []rota.Place{{Shift: shifts[2].ID, Person: p.who["D"].Person, Role: rota.Counsellor}}}},
		"several at once":      {Several: []counsel.RotaEdit{{DropPlace: place.ID}, {DropShift: shifts[1].ID}}},
		"an import of a sheet": {Import: imported(p.rota.ID, p.who["E"].Person, at)},
	} {
		t.Run(name, func(t *testing.T) {
			before := p.shape()
			undo := p.edit(e)
			after := p.shape()
			again := p.edit(undo)
			if got := p.shape(); got != before {
				t.Errorf("taken back, %v rows are %v", before, got)
			}
			if _, err := p.rotas.Edit(t.Context(), p.who["S"], undo); helpline.KindOf(err) != helpline.Conflict {
				t.Errorf("taken back twice: %v", err)
			}
			back := p.edit(again)
			if got := p.shape(); got != after {
				t.Errorf("done again, %v rows are %v", after, got)
			}
			p.edit(back)
			p.sameAsKept()
		})
	}
	undo := p.edit(counsel.RotaEdit{Pin: place.ID})
	p.edit(counsel.RotaEdit{Place: &rota.Assignment{ID: place.ID, Shift: shifts[0].ID, Person: p.who["F"].Person, Role: rota.Counsellor}})
	if _, err := p.rotas.Edit(t.Context(), p.who["S"], undo); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("an undo overwrites what somebody else did: %v", err)
	}
	undo = p.edit(counsel.RotaEdit{DropPlace: place.ID})
	p.publish(d.ID)
	if _, err := p.rotas.Edit(t.Context(), p.who["S"], undo); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("an undo changes what is published: %v", err)
	}
}

// imported is a draft of one shift and one person.
func imported(of, person helpline.ID, at time.Time) *counsel.RotaState {
	day := rota.DateOf(at)
	v := rota.Version{ID: helpline.NewID(), Rota: of, First: day, Last: day}
	s := rota.Shift{ID: helpline.NewID(), Version: v.ID, Name: "Sheet", Date: day, Start: at, End: at.Add(time.Hour)}
	return &counsel.RotaState{
		Versions: []rota.Version{v}, Shifts: []rota.Shift{s},
		Assignments: []rota.Assignment{{ID: helpline.NewID(), Shift: s.ID, Person: person, Role: rota.Counsellor}},
	}
}

func TestPromiseWhatIsSomebodysOwnIsTheirsAndTheRestIsForSupervisors(t *testing.T) {
	p := plan(t, rota.Managed)
	p.filled()
	at := p.now.AddDate(0, 0, 20)
	in := rota.Interval{Start: at, End: at.Add(time.Hour)}
	d := p.draft(2)
	theirs := rota.Leave{ID: helpline.NewID(), Person: p.who["B"].Person, Interval: in}
	undoB := p.edit(counsel.RotaEdit{Leave: &theirs})
	stolen := theirs
	stolen.Person = p.who["A"].Person
	for name, e := range map[string]counsel.RotaEdit{
		"leave of another":           {Leave: &rota.Leave{Person: p.who["B"].Person, Interval: in}},
		"another's leave taken over": {Leave: &stolen},
		"another's leave dropped":    {DropLeave: theirs.ID},
		"another's leave undone":     undoB,
		"wishes of another":          {WishesOf: p.who["B"].Person},
		"oneself off":                {Suspend: p.who["A"].Person},
		"another off":                {Suspend: p.who["B"].Person},
		"own terms":                  {Terms: &rota.Terms{Person: p.who["A"].Person, Employment: rota.Employee}},
		"a draft":                    {DropVersion: d.ID},
		"several":                    {Several: []counsel.RotaEdit{{WishesOf: p.who["A"].Person}}},
	} {
		for _, who := range []string{"A", "L"} {
			if _, err := p.rotas.Edit(t.Context(), p.who[who], e); helpline.KindOf(err) != helpline.Forbidden {
				t.Errorf("%s by %s: %v", name, who, err)
			}
		}
	}
	if _, err := p.rotas.Do(t.Context(), p.who["A"], rota.Step{Do: rota.DoOffer, Assignment: p.of("B").ID, For: p.who["B"].Person}); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("A offers the shift of B: %v", err)
	}
	for _, do := range []rota.Step{{Do: rota.DoPublish, Version: d.ID}, {Do: rota.DoAssign, Assignment: p.of("B").ID, Person: p.who["A"].Person}, {Do: rota.DoCancel, Shift: p.of("A").Shift}} {
		if _, err := p.rotas.Do(t.Context(), p.who["L"], do); helpline.KindOf(err) != helpline.Forbidden {
			t.Errorf("a shift leader may %s: %v", do.Do, err)
		}
	}
	deeds := len(p.deeds.all)
	undo, err := p.rotas.Edit(t.Context(), p.who["A"], counsel.RotaEdit{Leave: &rota.Leave{Person: p.who["A"].Person, Interval: in}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.rotas.Edit(t.Context(), p.who["A"], undo); err != nil {
		t.Fatal(err)
	}
	if len(p.deeds.all) != deeds {
		t.Error("own leave stands in the audit log")
	}
	// Over an own shift it waits until the shift is somebody else's; a supervisor may put it down at once.
	mine := p.of("A")
	var shift rota.Shift
	b, err := p.rotas.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shift = b.Shifts[slices.IndexFunc(b.Shifts, func(s rota.Shift) bool { return s.ID == mine.Shift })]
	over := counsel.RotaEdit{Leave: &rota.Leave{Person: p.who["A"].Person, Interval: shift.Interval()}}
	_, err = p.rotas.Edit(t.Context(), p.who["A"], over)
	if got := counsel.LeaveMeets(err); !slices.Equal(got, []helpline.ID{mine.ID}) {
		t.Errorf("leave over an own shift: %v", err)
	}
	p.edit(over)
	if n := len(p.deeds.all); p.deeds.codes()[n-1] != audit.RotaBehalf {
		t.Errorf("recorded: %v", p.deeds.codes())
	}
}

func TestADraftOfTheSameDaysBeginsAsWhatIsPublished(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.filled()
	shifts := p.own(v.ID)
	p.do("S", rota.Step{Do: rota.DoMove, Shift: shifts[0].ID, To: rota.Interval{Start: shifts[0].Start.Add(-time.Hour), End: shifts[0].End}})
	p.do("S", rota.Step{Do: rota.DoCancel, Shift: shifts[3].ID})
	again := rota.Version{ID: helpline.NewID(), Rota: p.rota.ID, First: v.First, Last: v.Last}
	p.edit(counsel.RotaEdit{NewVersion: &again, CopyFrom: v.ID})
	var heard counsel.RotaChange
	p.rotas.Changed(func(c counsel.RotaChange) { heard = c })
	p.publish(again.ID)
	if got := p.own(again.ID); len(got) != 6 || !got[0].Start.Equal(shifts[0].Start.Add(-time.Hour)) {
		t.Errorf("%d shifts, the first at %v", len(got), got[0].Start)
	}
	if len(heard.Told) != 0 {
		t.Errorf("%d people are told of nothing", len(heard.Told))
	}
	if i := slices.IndexFunc(p.rotas.Versions(p.rota.ID), func(o rota.Version) bool { return o.ID == v.ID }); p.rotas.Versions(p.rota.ID)[i].State != rota.Superseded {
		t.Error("the older version still counts as published")
	}
	next := rota.Version{ID: helpline.NewID(), Rota: p.rota.ID, First: v.First.Plus(7), Last: v.Last.Plus(7)}
	p.edit(counsel.RotaEdit{NewVersion: &next, CopyFrom: again.ID})
	b := p.book(next.ID)
	names := 0
	for _, a := range b.Assignments {
		if a.State == rota.Proposed {
			names++
		}
	}
	if got := p.own(next.ID); len(got) != 7 || !got[0].Start.Equal(shifts[0].Start.AddDate(0, 0, 7)) || names != 5 {
		t.Errorf("the week after has %d shifts and %d names, the first at %v", len(got), names, got[0].Start)
	}
}
