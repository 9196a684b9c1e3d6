package console

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// shiftLook finds the shift of an address: in a draft that the address names,
// else in what is published, in the version it is of.
func (c *Console) shiftLook(w http.ResponseWriter, r *http.Request, p staff.Person) (*look, templates.RotaFrame, *rota.Shift, bool) {
	words, frame := c.rotaFrame(p, "")
	version := r.URL.Query().Get("version")
	id, err := helpline.ParseID(r.PathValue("shift"))
	if err == nil && version == "" {
		var standing *rota.Book
		if standing, err = c.Rotas.Standing(r.Context()); err == nil {
			if at := slices.IndexFunc(standing.Shifts, func(s rota.Shift) bool { return s.ID == id }); at >= 0 {
				version = standing.Shifts[at].Version.String()
			}
		}
	}
	var l *look
	if err == nil && version == "" {
		err = helpline.Errorf(helpline.NotFound, "rota: no such shift")
	}
	if err == nil {
		l, err = c.rotaLook(r, p, words, "", version)
	}
	if err != nil {
		if helpline.KindOf(err) == helpline.Invalid {
			err = helpline.Errorf(helpline.NotFound, "rota: no such shift")
		}
		c.lost(w, r, p, err)
		return nil, frame, nil, false
	}
	at := slices.IndexFunc(l.book.Shifts, func(s rota.Shift) bool { return s.ID == id && s.Version == l.version.ID })
	if at < 0 {
		c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such shift"))
		return nil, frame, nil, false
	}
	return l, frame, &l.book.Shifts[at], true
}

// rotaShift is the page of one shift.
func (c *Console) rotaShift(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if l, frame, s, ok := c.shiftLook(w, r, p); ok {
		c.showShift(w, r, http.StatusOK, l, frame, s)
	}
}

func (c *Console) showShift(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, s *rota.Shift) {
	check := rota.NewChecker(l.book, l.law)
	l.week(check, monday(s.Date))
	at := l.shiftAt(s.ID)
	v := templates.RotaShift{
		RotaFrame: frame, ID: s.ID.String(), Action: at, Step: "/rota/shift/" + s.ID.String() + "/step",
		Name: s.Name, When: l.when(s.Interval()), Cell: l.cell(check, s, l.when(s.Interval())), Draft: l.draft(), Cancelled: s.Cancelled,
		Live: l.version.State == rota.Published && time.Now().Before(s.End),
		Move: l.moveForm(r, s),
	}
	v.Back = at
	back := *l
	if !l.draft() {
		back.version = rota.Version{}
	}
	v.Week = rotaAt(&back, monday(s.Date), "shift")
	if wall := wallMinutes(s, l.zone); wall != s.Minutes() {
		v.Note = l.T("plan.shift.clocks", "have", l.hours(s.Minutes()), "want", l.hours(wall))
	}
	if s.Closed(l.book.Closures) && !s.Cancelled {
		v.Note = strings.TrimSpace(l.T("byhand.closed.shift") + " " + v.Note)
	}
	role := l.ranked(check, s, rota.Role(r.URL.Query().Get("role")))
	v.On, v.Open = l.placesOf(check, s, role)
	if err := c.askWhoCame(&v, l, s); err != nil {
		c.fail(w, r, err)
		return
	}
	if v.Draft {
		v.Drop = "/rota/plan/" + l.version.ID.String() + "/shift"
		v.Change, v.Cover = v.Drop+"?id="+v.ID, l.coverAt(s)
	}
	if l.may && !s.Cancelled && (v.Draft || v.Live) {
		v.Role, v.RoleName = string(role), l.role(role)
		for _, one := range rota.ShiftRoles() {
			sep := "?"
			if strings.Contains(at, "?") {
				sep = "&"
			}
			v.Roles = append(v.Roles, templates.Choice{Value: at + sep + "role=" + string(one), Label: l.role(one), Checked: one == role})
		}
		l.askedAt = c.Asking.AskedAt()
		could, cannot, err := l.rank(s, role)
		if err != nil {
			c.lost(w, r, l.person, err)
			return
		}
		v.Could, v.Cannot = could, cannot
		v.Gaps = l.unfilled(s)
	}
	if r.URL.Query().Has("script") {
		asJSON(w, http.StatusOK, map[string]any{
			"title": v.Name + ", " + v.When, "cell": v.Cell, "on": v.On, "could": v.Could, "cannot": v.Cannot, "role": v.Role,
			"roles": v.Roles, "page": at, "draft": v.Draft,
		})
		return
	}
	c.show(w, r, status, templates.RotaShiftPage(v))
}

// wallMinutes is how long the wall clock says a shift lasts.
func wallMinutes(s *rota.Shift, zone *time.Location) int {
	_, a := s.Start.In(zone).Zone()
	_, b := s.End.In(zone).Zone()
	return s.Minutes() + (b-a)/60
}

// placesOf lists the places of a shift, and those that can be given to another:
// chosen is one nobody works yet, else one of the role.
func (l *look) placesOf(check *rota.Checker, s *rota.Shift, role rota.Role) (on []templates.RotaPlace, open []templates.Choice) {
	chosen, best := 0, 0
	for _, a := range l.sorted(check.On(s.ID)) {
		one := templates.RotaPlace{
			ID: a.ID.String(), Person: a.Person.String(), Name: l.who(a.Person), Role: l.role(a.Role), Pinned: a.Pinned, Open: a.Minds, Offered: a.State == rota.Offered,
			State: string(a.State),
		}
		switch {
		case a.Minds:
			one.Name, one.Says = l.T("plan.cell.free"), l.T("plan.minds", "who", l.who(a.Person))
		case a.State == rota.Offered:
			one.Says = l.T("plan.cell.offered")
		case a.State == rota.NoShow:
			one.Says = l.T("plan.cell.noshow")
		case a.State == rota.Worked:
			one.Says = l.T("plan.cell.worked")
		}
		on = append(on, one)
		if a.State == rota.Held || a.State == rota.Offered {
			open = append(open, templates.Choice{Value: one.ID, Label: one.Name + ", " + one.Role})
			if now := 4*number(a.Minds) + 2*number(a.Role == role) + number(a.State == rota.Offered); now > best {
				best, chosen = now, len(open)-1
			}
		}
	}
	if len(open) > 0 {
		open[chosen].Checked = true
	}
	return on, open
}

func number(is bool) int {
	if is {
		return 1
	}
	return 0
}

// ranked is the role people are ranked for: the one that was asked for, else
// what the shift lacks first, else a counsellor.
func (l *look) ranked(check *rota.Checker, s *rota.Shift, asked rota.Role) rota.Role {
	if slices.Contains(rota.ShiftRoles(), asked) {
		return asked
	}
	for _, n := range check.Needs(s.ID) {
		if n.Short() && n.Requirement.Role != "" {
			return n.Requirement.Role
		}
	}
	return rota.Counsellor
}

// ground says why somebody stands where they stand. Without an agreement an
// even share is what they are held against.
func (l *look) ground(person helpline.ID, g rota.Ground) string {
	if t, _ := l.termsOf(person); g == rota.GroundHours && t.Target == 0 {
		return l.T("rota.ground.even")
	}
	return l.T("rota.ground." + string(g))
}

// rank gives who could take a role on a shift, the best first, and who cannot.
func (l *look) rank(s *rota.Shift, role rota.Role) (could, cannot []templates.RotaCandidate, err error) {
	all, err := rota.Suggest(l.book, l.law, s.ID, role, l.askedAt)
	if err != nil {
		return nil, nil, err
	}
	there := map[helpline.ID]bool{}
	for _, a := range l.book.Assignments {
		if a.Shift == s.ID && a.State.Stands() && !a.Minds {
			there[a.Person] = true
		}
	}
	for _, p := range all {
		one := templates.RotaCandidate{Person: p.Person.String(), Name: l.who(p.Person)}
		switch {
		case there[p.Person]:
			continue
		case p.May():
			var says []string
			for _, g := range p.Grounds {
				says = append(says, l.ground(p.Person, g))
			}
			one.Says = strings.Join(says, ", ")
			could = append(could, one)
		default:
			var says []string
			for _, b := range p.Blocks {
				text, _ := l.breach(b)
				says = append(says, text)
			}
			one.Says = strings.Join(says, " ")
			cannot = append(cannot, one)
		}
	}
	return could, cannot, nil
}

// unfilled says of each gap of a shift who is free for it, and what keeps the
// others: how many for each reason.
func (l *look) unfilled(s *rota.Shift) []templates.RotaGap {
	var out []templates.RotaGap
	for _, g := range rota.Gaps(l.book) {
		if g.Shift != s.ID {
			continue
		}
		r := g.Requirement
		gap := templates.RotaGap{What: l.T("plan.why.gap", "have", g.Have, "want", g.Want, "what", l.asked(r.Role, r.Language, r.Skill))}
		var free []helpline.ID
		count := map[string]int{}
		for _, o := range rota.Why(l.book, l.law, g) {
			switch {
			case o.Free():
				free = append(free, o.Person)
			case o.There:
				count["plan.why.there"]++
			case len(o.Lacks) > 0:
				count["rota.lack."+string(o.Lacks[0])]++
			default:
				count["plan.why."+string(o.Blocks[0].Rule)]++
			}
		}
		if len(free) > 0 {
			gap.Free = l.T("plan.why.free", "who", l.who(free...))
		}
		keys := make([]string, 0, len(count))
		for k := range count {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b string) int { return cmp.Or(count[b]-count[a], cmp.Compare(a, b)) })
		for _, k := range keys {
			text := l.T(k)
			if !l.Has(k) {
				text = l.T("plan.why.rule")
			}
			gap.Why = append(gap.Why, strconv.Itoa(count[k])+" × "+text)
		}
		out = append(out, gap)
	}
	return out
}

// changeShift gives, removes or pins a place of a draft.
func (c *Console) changeShift(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	l, frame, s, ok := c.shiftLook(w, r, p)
	if !ok {
		return
	}
	e, what, name, err := l.placing(r, s)
	if err == nil {
		err = c.edit(r, p, what, e)
	}
	said := ""
	switch kind := helpline.KindOf(err); {
	case err == nil:
		said = l.T("plan.done."+what, "who", name, "shift", s.Name+", "+l.when(s.Interval()))
	case kind == helpline.Conflict || kind == helpline.Invalid || kind == helpline.NotFound:
		said = cmp.Or(l.breaches(rota.RefusedFor(err)), l.T("plan.problem."+string(refusal(kind))))
	default:
		c.fail(w, r, err)
		return
	}
	switch {
	case r.PostForm.Get("script") != "":
		asJSON(w, http.StatusOK, map[string]any{"said": said, "ok": err == nil})
	case err != nil:
		frame.Problem = said
		c.showShift(w, r, http.StatusConflict, l, frame, s)
	default:
		c.undos.tell(p.ID, said)
		http.Redirect(w, r, l.shiftAt(s.ID), http.StatusSeeOther)
	}
}

// refusal is the key after plan.problem.
func refusal(k helpline.Kind) string {
	switch k {
	case helpline.NotFound:
		return "gone"
	case helpline.Conflict:
		return "changed"
	}
	return "unusable"
}

// placing reads what is to be done with a place.
func (l *look) placing(r *http.Request, s *rota.Shift) (e counsel.RotaEdit, what, name string, err error) {
	invalid := helpline.Errorf(helpline.Invalid, "rota: that cannot be done with a place")
	if !l.draft() {
		return e, "", "", helpline.Errorf(helpline.Conflict, "rota: only a draft is changed so")
	}
	what = r.PostForm.Get("do")
	if what == "give" {
		person, err := helpline.ParseID(r.PostForm.Get("person"))
		role := rota.Role(r.PostForm.Get("role"))
		if err != nil || !slices.Contains(rota.ShiftRoles(), role) {
			return e, "", "", invalid
		}
		e.Place = &rota.Assignment{Shift: s.ID, Person: person, Role: role, State: rota.Proposed, Source: rota.ByHand}
		return e, what, l.who(person), nil
	}
	place, err := helpline.ParseID(r.PostForm.Get("place"))
	at := slices.IndexFunc(l.book.Assignments, func(a rota.Assignment) bool { return a.ID == place && a.Shift == s.ID })
	if err != nil || at < 0 {
		return e, "", "", helpline.Errorf(helpline.NotFound, "rota: no such place")
	}
	name = l.who(l.book.Assignments[at].Person)
	switch what {
	case "remove":
		e.DropPlace = place
	case "pin":
		e.Pin = place
	case "unpin":
		e.Unpin = place
	default:
		return e, "", "", invalid
	}
	return e, what, name, nil
}
