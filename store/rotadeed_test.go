package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// since gives what was recorded after so many, each as its code and its words.
func (d *deeds) since(n int) (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range d.all[n:] {
		says := string(one.Code)
		for _, name := range []string{"parts", "did", "step", "rule", "times", "closed"} {
			for _, p := range one.Details {
				if p.Name == name {
					says += " " + p.Value
				}
			}
		}
		out = append(out, says)
	}
	return out
}

func (d *deeds) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.all)
}

func TestPromiseEveryEditThatReshapesTheLineLeavesOneDeedAndSoDoesItsUndo(t *testing.T) {
	p := plan(t, rota.Managed)
	p.filled()
	d := p.draft(2)
	shifts := p.own(d.ID)
	at := p.now.AddDate(0, 0, 20)
	in := rota.Interval{Start: at, End: at.Add(time.Hour)}
	day := rota.Date{Year: 2027, Month: 1, Day: 4}
	a, l := p.who["A"].Person, p.who["L"].Person
	place := rota.Assignment{ID: helpline.NewID(), Shift: shifts[0].ID, Person: a, Role: rota.Counsellor}
	other := rota.Rota{ID: helpline.NewID(), Name: "Other", Way: rota.Managed, Setup: rota.Pair}
	want := rota.Requirement{ID: helpline.NewID(), Template: p.mon.ID, Min: 1}
	shut := rota.Closure{ID: helpline.NewID(), First: day, Last: day.Plus(1)}
	leave := rota.Leave{ID: helpline.NewID(), Person: a, Interval: in}
	call := rota.OnCall{ID: helpline.NewID(), Leader: l, Interval: in}
	spare := rota.Version{ID: helpline.NewID(), Rota: p.rota.ID, First: day, Last: day}
	for _, e := range []counsel.RotaEdit{{Place: &place}, {Rota: &other}, {Requirement: &want}, {Closure: &shut}, {Leave: &leave}, {OnCall: &call}, {NewVersion: &spare}, {Suspend: p.who["E"].Person}} {
		p.edit(e)
	}
	moved := p.mon
	moved.From -= 60
	none := []string(nil)
	set := func(what string) []string { return []string{"rota.setup " + what} }
	type told struct {
		edit       counsel.RotaEdit
		does, undo []string
	}
	rows := map[string]told{ // by the field of an edit
		"Rota":            {counsel.RotaEdit{Rota: &rota.Rota{ID: other.ID, Name: "Nights", Way: rota.Managed, Setup: rota.Pair}}, set("rota set"), set("rota undo")},
		"Template":        {counsel.RotaEdit{Template: &moved}, set("template set"), set("template undo")},
		"Requirement":     {counsel.RotaEdit{Requirement: &rota.Requirement{Template: p.mon.ID, Min: 3}}, set("cover set"), set("cover undo")},
		"Closure":         {counsel.RotaEdit{Closure: &rota.Closure{First: day, Last: day.Plus(30)}}, set("closed set 31"), set("closed undo 2")},
		"DropRota":        {counsel.RotaEdit{DropRota: other.ID}, set("rota end"), set("rota undo")},
		"DropTemplate":    {counsel.RotaEdit{DropTemplate: p.mon.ID}, set("cover,template end"), set("cover,template undo")},
		"DropRequirement": {counsel.RotaEdit{DropRequirement: want.ID}, set("cover end"), set("cover undo")},
		"DropClosure":     {counsel.RotaEdit{DropClosure: shut.ID}, set("closed end 0"), set("closed undo 2")},
		"Terms":           {counsel.RotaEdit{Terms: &rota.Terms{Person: a, Employment: rota.Volunteer, Target: 120}}, set("terms set"), set("terms undo")},
		"SkillsOf":        {counsel.RotaEdit{SkillsOf: a, Skills: []rota.Skill{{Name: "law"}}}, set("skills set"), set("skills undo")},
		"Suspend":         {counsel.RotaEdit{Suspend: p.who["F"].Person}, set("standing set"), set("standing undo")},
		"Reinstate":       {counsel.RotaEdit{Reinstate: p.who["E"].Person}, set("standing end"), set("standing undo")},
		"OnCall":          {counsel.RotaEdit{OnCall: &rota.OnCall{Leader: l, Interval: rota.Interval{Start: at.Add(48 * time.Hour), End: at.Add(49 * time.Hour)}}}, set("oncall set"), set("oncall undo")},
		"DropOnCall":      {counsel.RotaEdit{DropOnCall: call.ID}, set("oncall end"), set("oncall undo")},
		"Leave":           {counsel.RotaEdit{Leave: &rota.Leave{ID: leave.ID, Person: a, Interval: rota.Interval{Start: at, End: at.Add(2 * time.Hour)}}}, []string{"rota.behalf leave"}, []string{"rota.behalf leave"}},
		"DropLeave":       {counsel.RotaEdit{DropLeave: leave.ID}, []string{"rota.behalf leave"}, []string{"rota.behalf leave"}},
		"WishesOf":        {counsel.RotaEdit{WishesOf: a, Wishes: []rota.Availability{{Interval: in, Wish: rota.Prefer}}}, []string{"rota.behalf wishes"}, []string{"rota.behalf wishes"}},
		"Several": {
			counsel.RotaEdit{Several: []counsel.RotaEdit{{Closure: &rota.Closure{First: day.Plus(50), Last: day.Plus(50)}}, {DropRequirement: want.ID}, {Terms: &rota.Terms{Person: a, Employment: rota.Employee}}, {DropPlace: place.ID}}},
			set("closed,cover,terms both 3"), set("closed,cover,terms undo 2"),
		},
		"Import": {
			counsel.RotaEdit{Import: &counsel.RotaState{Rotas: []rota.Rota{{ID: helpline.NewID(), Name: "Sheet", Way: rota.Managed, Setup: rota.Pair}}}}, set("rota set"), set("rota undo"),
		},
		// A draft is nobody's hours before it is published, and that is a deed.
		"NewVersion":  {counsel.RotaEdit{NewVersion: &rota.Version{Rota: p.rota.ID, First: day, Last: day}}, none, none},
		"DropVersion": {counsel.RotaEdit{DropVersion: spare.ID}, none, none},
		"ShiftAt":     {counsel.RotaEdit{ShiftAt: &rota.Shift{Version: d.ID, Name: "x", Start: shifts[0].Start, End: shifts[0].End}}, none, none},
		"DropShift":   {counsel.RotaEdit{DropShift: shifts[1].ID}, none, none},
		"Place":       {counsel.RotaEdit{Place: &rota.Assignment{Shift: shifts[1].ID, Person: a, Role: rota.Counsellor}}, none, none},
		"DropPlace":   {counsel.RotaEdit{DropPlace: place.ID}, none, none},
		"Pin":         {counsel.RotaEdit{Pin: place.ID}, none, none},
		"Filling":     {counsel.RotaEdit{Filling: &counsel.RotaFilling{Version: d.ID, Gone: []helpline.ID{place.ID}}}, none, none},
	}
	elsewhere := []string{"Accept", "Word", "Unpin", "undo", "CopyFrom", "Skills", "Wishes"} // the first two have tests below; the others are of a field above
	fields := reflect.TypeFor[counsel.RotaEdit]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if _, known := rows[name]; known == slices.Contains(elsewhere, name) {
			t.Errorf("nobody has said which deed an edit of %s leaves", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		row := rows[name]
		before := p.deeds.count()
		undo := p.edit(row.edit)
		if got := p.deeds.since(before); !slices.Equal(got, row.does) {
			t.Errorf("%s leaves %q, want %q", name, got, row.does)
		}
		before = p.deeds.count()
		p.edit(undo)
		if got := p.deeds.since(before); !slices.Equal(got, row.undo) {
			t.Errorf("the undo of %s leaves %q, want %q", name, got, row.undo)
		}
		p.sameAsKept()
	}
	// The same again changes nothing, and a command writes what it did itself.
	before := p.deeds.count()
	p.edit(counsel.RotaEdit{Closure: &shut})
	operator := helpline.Actor{Person: audit.Operator, Roles: []helpline.Role{helpline.Supervisor}}
	if _, err := p.rotas.Edit(t.Context(), operator, counsel.RotaEdit{DropClosure: shut.ID}); err != nil {
		t.Fatal(err)
	}
	if got := p.deeds.since(before); len(got) != 0 {
		t.Errorf("recorded: %q", got)
	}
}

func TestManyThatAreAcceptedAtOnceAreOneDeedAndCanBeTakenBack(t *testing.T) {
	p := plan(t, rota.Managed)
	d := p.draft(5)
	for _, s := range p.own(d.ID) {
		p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: s.ID, Person: p.who["A"].Person, Role: rota.Counsellor}})
	}
	var all []counsel.RotaEdit
	for _, b := range rota.Check(p.book(d.ID), p.rotas.Law()) {
		if b.Rule == rota.RuleAlone {
			all = append(all, counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: d.ID, Key: b.Key(), Reason: rota.ReasonKnown}})
		}
	}
	if len(all) < 2 {
		t.Fatalf("%d breaches: the test accepts too little", len(all))
	}
	before := p.deeds.count()
	undo := p.edit(counsel.RotaEdit{Several: all})
	if got, want := p.deeds.since(before), []string{"rota.accept alone " + strconv.Itoa(len(all))}; !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
	p.sameAsKept()
	accepted := func() int {
		s, err := p.db.LoadRotas(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(s.Acceptances)
	}
	if n := accepted(); n != len(all) {
		t.Errorf("%d are kept", n)
	}
	before = p.deeds.count()
	p.edit(undo)
	if got := p.deeds.since(before); !slices.Equal(got, []string{"rota.setup accepted undo"}) {
		t.Errorf("taken back: recorded %q", got)
	}
	if n := accepted(); n != 0 {
		t.Errorf("%d are still accepted after that was taken back", n)
	}
	p.sameAsKept()
	undo = p.edit(counsel.RotaEdit{Several: all})
	p.now = p.now.Add(time.Minute)
	p.do("S", rota.Step{Do: rota.DoPublish, Version: d.ID}) // by somebody else, whom the stack of undos of the first does not know
	if _, err := p.rotas.Edit(t.Context(), p.who["S"], undo); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("what was accepted is taken off what is published by it: %v", err)
	}
	if n := accepted(); n != len(all) {
		t.Errorf("%d are kept of what is published", n)
	}
	p.sameAsKept()
}

func TestPromiseEveryStepOfASupervisorLeavesADeedAndOwnOnesDoNot(t *testing.T) {
	p := plan(t, rota.SelfSignUp)
	p.filled()
	in := func(s rota.Shift) rota.Interval { return rota.Interval{Start: s.Start.Add(-time.Hour), End: s.End} }
	shift := func(who string) rota.Shift {
		b, err := p.rotas.Standing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		of := p.of(who).Shift
		return b.Shifts[slices.IndexFunc(b.Shifts, func(s rota.Shift) bool { return s.ID == of })]
	}
	offer := func(who string) helpline.ID {
		return p.do(who, rota.Step{Do: rota.DoOffer, Assignment: p.of(who).ID}).Swaps[0].ID
	}
	drop := func(who string) helpline.ID {
		return p.do(who, rota.Step{Do: rota.DoDrop, Assignment: p.of(who).ID}).Swaps[0].ID
	}
	one := func(step rota.Doing) []string { return []string{"rota.step " + string(step)} }
	seen := map[rota.Doing]bool{}
	for _, c := range []struct {
		who  string
		make func() rota.Step
		want []string
	}{
		{"A", func() rota.Step { return rota.Step{Do: rota.DoOffer, Assignment: p.of("A").ID} }, nil},
		{"E", func() rota.Step { return rota.Step{Do: rota.DoClaim, Swap: p.open("A")} }, nil},
		{"E", func() rota.Step { return rota.Step{Do: rota.DoExchange, Assignment: p.of("E").ID, Other: p.of("C").ID} }, nil},
		{"C", func() rota.Step { return rota.Step{Do: rota.DoClaim, Swap: p.open("E")} }, nil},
		{"B", func() rota.Step { return rota.Step{Do: rota.DoWithdraw, Swap: offer("B")} }, nil},
		{"B", func() rota.Step { return rota.Step{Do: rota.DoDrop, Assignment: p.of("B").ID} }, nil},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoRefuse, Swap: p.open("B")} }, one(rota.DoRefuse)},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoApprove, Swap: drop("B")} }, one(rota.DoApprove)},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoOffer, Assignment: p.of("D").ID, For: p.who["D"].Person} }, []string{"rota.behalf offer"}},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoWithdraw, Swap: p.open("D"), For: p.who["D"].Person} }, []string{"rota.behalf withdraw"}},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoMove, Shift: p.of("L").Shift, To: in(shift("L"))} }, one(rota.DoMove)},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoMind, Assignment: p.of("L").ID} }, one(rota.DoMind)},
		{"S", func() rota.Step {
			return rota.Step{Do: rota.DoAssign, Assignment: p.of("D").ID, Person: p.who["F"].Person}
		}, one(rota.DoAssign)},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoNoShow, Assignment: p.begin("F")} }, one(rota.DoNoShow)},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoCame, Assignment: p.last("F")} }, one(rota.DoCame)},
		{"S", func() rota.Step {
			p.now = p.now.AddDate(0, 0, 1)
			return rota.Step{Do: rota.DoCame, Assignment: p.last("F")}
		}, one(rota.DoCame)},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoUnsure, Assignment: p.last("F")} }, one(rota.DoUnsure)},
		{"S", func() rota.Step { return rota.Step{Do: rota.DoCancel, Shift: p.later()} }, []string{"rota.cancel"}},
	} {
		s := c.make()
		before := p.deeds.count()
		p.do(c.who, s)
		seen[s.Do] = true
		if got := p.deeds.since(before); !slices.Equal(got, c.want) {
			t.Errorf("%s by %s leaves %q, want %q", s.Do, c.who, got, c.want)
		}
	}
	seen[rota.DoPublish] = slices.Contains(p.deeds.codes(), audit.RotaPublish)
	seen[rota.DoExpire] = true // time does it
	seen[rota.DoTake] = true   // one's own, as TestAFreePlaceIsTakenByWhoeverIsFirst has it
	f, err := parser.ParseFile(token.NewFileSet(), "../counsel/rota/decide.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	ast.Inspect(f, func(n ast.Node) bool {
		v, is := n.(*ast.ValueSpec)
		if kind, named := func() (*ast.Ident, bool) {
			if !is {
				return nil, false
			}
			id, ok := v.Type.(*ast.Ident)
			return id, ok
		}(); named && kind.Name == "Doing" {
			steps++
			word, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil || !seen[rota.Doing(word)] {
				t.Errorf("nobody has said which deed the step %q leaves", word)
			}
		}
		return true
	})
	if steps < 15 {
		t.Errorf("only %d steps were found", steps)
	}
}

// open is the offer of somebody's that waits.
func (p *planned) open(who string) helpline.ID {
	p.t.Helper()
	b, err := p.rotas.Standing(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	i := slices.IndexFunc(b.Swaps, func(w rota.Swap) bool { return w.State == rota.Open && w.From.Assignment == p.of(who).ID })
	if i < 0 {
		p.t.Fatalf("%s has nothing on offer", who)
	}
	return b.Swaps[i].ID
}

// begin goes to the middle of somebody's shift, and gives their place.
func (p *planned) begin(who string) helpline.ID {
	p.t.Helper()
	b, err := p.rotas.Standing(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	mine := p.of(who)
	for _, s := range b.Shifts {
		if s.ID == mine.Shift {
			p.now = s.Start.Add(20 * time.Minute)
		}
	}
	return mine.ID
}

// last is somebody's newest place, whatever was said of it.
func (p *planned) last(who string) helpline.ID {
	p.t.Helper()
	s, err := p.db.LoadRotas(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	i := slices.IndexFunc(s.Assignments, func(a rota.Assignment) bool { return a.Person == p.who[who].Person && !a.Minds })
	if i < 0 {
		p.t.Fatalf("%s has no place", who)
	}
	return s.Assignments[i].ID
}

// later is a published shift to come.
func (p *planned) later() helpline.ID {
	p.t.Helper()
	b, err := p.rotas.Standing(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	i := slices.IndexFunc(b.Shifts, func(s rota.Shift) bool { return s.Start.After(p.now) && !s.Cancelled })
	return b.Shifts[i].ID
}
