package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// Asking asks several people for one place of a shift. Asserted by counsel.
type Asking interface {
	Ask(ctx context.Context, who helpline.Actor, f counsel.AskFor) (counsel.RotaAsk, error)
	StopAsk(ctx context.Context, who helpline.Actor, ask helpline.ID) error
	// AsksOf gives every ask of a shift, ended ones too.
	AsksOf(shift helpline.ID) []counsel.RotaAsk
	// AskedAt says when people were last asked anything.
	AskedAt() map[helpline.ID]time.Time
	// DropsWaiting counts the shifts that somebody gives back and no supervisor
	// has answered.
	DropsWaiting() int
}

// Reach says whether a notice of a kind goes to somebody. Asserted by counsel.
type Reach interface {
	Tells(person helpline.ID, kind counsel.NoticeKind) bool
}

var (
	_ Asking = (*counsel.Rotas)(nil)
	_ Reach  = (*counsel.Notices)(nil)
)

// askBest is how many are ticked in advance.
const askBest = 5

func (c *Console) askRoutes() []entry {
	plan := func(method, pattern string, h handler) entry {
		return route(method, pattern, helpline.SupervisorOnly, counsel.PlanRota, h)
	}
	return []entry{
		plan("GET", "/rota/ask/{shift}", c.askPage),
		plan("POST", "/rota/ask/{shift}", c.askThem),
	}
}

func (c *Console) askPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if l, frame, s, ok := c.shiftLook(w, r, p); ok {
		c.showAsk(w, r, http.StatusOK, l, frame, s)
	}
}

// askThem asks whoever is ticked, or ends an ask. Whoever cannot come gives
// their place up first, on the word of the supervisor, who answers for it from
// then on.
func (c *Console) askThem(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	l, frame, s, ok := c.shiftLook(w, r, p)
	if !ok {
		return
	}
	said, problem, err := "rotaask.done", "", error(nil)
	if r.PostForm.Get("do") == "stop" {
		said, err = "rotaask.stopped", c.stopAsk(r, p, s)
	} else {
		problem, err = c.ask(r, p, l, s)
	}
	switch kind := helpline.KindOf(err); {
	case err == nil && problem == "":
		c.undos.tell(p.ID, l.T(said))
		http.Redirect(w, r, askAt(s), http.StatusSeeOther)
		return
	case problem != "":
	case kind == helpline.Conflict || kind == helpline.Invalid || kind == helpline.NotFound:
		problem = cmp.Or(l.breaches(rota.RefusedFor(err)), l.T("rotaask.problem.unusable"))
	default:
		c.fail(w, r, err)
		return
	}
	// The place may be free by now: the page shows what is so.
	if l, frame, s, ok = c.shiftLook(w, r, p); ok {
		frame.Problem = problem
		c.showAsk(w, r, http.StatusConflict, l, frame, s)
	}
}

func askAt(s *rota.Shift) string { return "/rota/ask/" + s.ID.String() }

// stopAsk ends an ask of this shift.
func (c *Console) stopAsk(r *http.Request, p staff.Person, s *rota.Shift) error {
	id, err := helpline.ParseID(r.PostForm.Get("ask"))
	if err != nil || !slices.ContainsFunc(c.Asking.AsksOf(s.ID), func(a counsel.RotaAsk) bool { return a.ID == id }) {
		return helpline.Errorf(helpline.NotFound, "stop asking: no such ask")
	}
	return c.Asking.StopAsk(r.Context(), actor(p), id)
}

// ask reads whom to ask, and asks them. problem is in words.
func (c *Console) ask(r *http.Request, p staff.Person, l *look, s *rota.Shift) (problem string, err error) {
	f := counsel.AskFor{Shift: s.ID, Role: rota.Role(r.PostForm.Get("role"))}
	listed := f.Role
	for _, text := range r.PostForm["person"] {
		id, err := helpline.ParseID(text)
		if err != nil {
			return "", err
		}
		f.People = append(f.People, id)
	}
	if len(f.People) == 0 || len(f.People) > counsel.MostAsked {
		return l.T("rotaask.problem.nobody", "n", counsel.MostAsked), nil
	}
	if text := r.PostForm.Get("place"); text != "" {
		place, err := helpline.ParseID(text)
		at := slices.IndexFunc(l.book.Assignments, func(a rota.Assignment) bool { return a.ID == place && a.Shift == s.ID })
		if err != nil || at < 0 {
			return "", helpline.Errorf(helpline.NotFound, "ask: no such place")
		}
		a := l.book.Assignments[at]
		f.Role = a.Role
		if fit, err := l.couldAll(s, f); err != nil || !fit {
			if err == nil && listed != a.Role { // they were listed for another role
				r.PostForm.Set("role", string(a.Role))
				return l.T("rotaask.problem.role", "role", l.role(a.Role)), nil
			}
			return l.T("rotaask.problem.unusable"), err // before anybody loses a place for it
		}
		if a.State == rota.Held && !a.Minds {
			if _, err := c.RotaWork.Do(r.Context(), actor(p), rota.Step{Do: rota.DoMind, Assignment: place}); err != nil {
				return "", err
			}
		}
	} else if !slices.ContainsFunc(l.book.Assignments, func(a rota.Assignment) bool {
		return a.Shift == s.ID && a.Role == f.Role && (a.Minds && a.State == rota.Held || a.State == rota.Offered)
	}) {
		return l.T("rotaask.problem.free"), nil
	}
	_, err = c.Asking.Ask(r.Context(), actor(p), f)
	return "", err
}

// couldAll says whether everybody who is to be asked could take the role.
func (l *look) couldAll(s *rota.Shift, f counsel.AskFor) (bool, error) {
	all, err := rota.Suggest(l.book, l.law, s.ID, f.Role, nil)
	for _, p := range f.People {
		if !slices.ContainsFunc(all, func(c rota.Candidate) bool { return c.Person == p && c.May() }) {
			return false, err
		}
	}
	return true, err
}

func (c *Console) showAsk(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, s *rota.Shift) {
	v := templates.RotaAsk{
		RotaFrame: frame, Action: askAt(s), Shift: l.shiftAt(s.ID), Name: s.Name, When: l.when(s.Interval()),
		Over: l.version.State != rota.Published || s.Cancelled || !time.Now().Before(s.End),
	}
	v.Back = v.Action
	for _, a := range c.Asking.AsksOf(s.ID) {
		one := l.askedOf(a, c)
		v.Runs = v.Runs || one.Open
		v.Asked = append(v.Asked, one)
	}
	if v.Over {
		c.show(w, r, status, templates.RotaAskPage(v))
		return
	}
	role := l.ranked(rota.NewChecker(l.book, l.law), s, rota.Role(cmp.Or(r.URL.Query().Get("role"), r.PostForm.Get("role"))))
	v.Role = string(role)
	for _, one := range rota.ShiftRoles() {
		v.Roles = append(v.Roles, templates.Choice{Value: v.Action + "?role=" + string(one), Label: l.role(one), Checked: one == role})
	}
	free := false
	for _, a := range l.book.Assignments {
		if a.Shift != s.ID || a.State != rota.Held && a.State != rota.Offered {
			continue
		}
		if a.Minds || a.State == rota.Offered {
			free = free || a.Role == role
			continue
		}
		v.Places = append(v.Places, templates.Choice{Value: a.ID.String(), Label: l.who(a.Person) + ", " + l.role(a.Role), Checked: r.PostForm.Get("place") == a.ID.String()})
	}
	first := templates.Choice{Label: "–"} // nobody loses a place because a form was sent as it came
	if free {
		first.Label = l.T("rotaask.place.free")
	}
	v.Places = slices.Insert(v.Places, 0, first)
	all, err := rota.Suggest(l.book, l.law, s.ID, role, c.Asking.AskedAt())
	if err != nil {
		c.lost(w, r, l.person, err)
		return
	}
	v.Could = c.askable(l, s, all, r.PostForm["person"], r.Method == http.MethodPost)
	c.show(w, r, status, templates.RotaAskPage(v))
}

// askable lists who could be asked: nobody who is on the shift, has given it
// back, or is asked already. The best are ticked, or those who were.
func (c *Console) askable(l *look, s *rota.Shift, all []rota.Candidate, were []string, sent bool) (out []templates.RotaAskable) {
	there := map[helpline.ID]bool{}
	for _, a := range l.book.Assignments {
		there[a.Person] = there[a.Person] || a.Shift == s.ID && !a.Minds && (a.State.Stands() || a.State == rota.Dropped)
	}
	for _, a := range c.Asking.AsksOf(s.ID) {
		if a.State == counsel.AskOpen && time.Now().Before(a.Until) {
			for _, one := range a.Asked {
				there[one.Person] = true
			}
		}
	}
	ticked := 0
	for _, one := range all {
		if there[one.Person] || !one.May() {
			continue
		}
		best := ticked < askBest && one.Person != l.person.ID // whoever asks need not ask themself
		if best {
			ticked++
		}
		var says []string
		for _, g := range one.Grounds {
			says = append(says, l.ground(one.Person, g))
		}
		id := one.Person.String()
		out = append(out, templates.RotaAskable{
			Person: id, Name: l.who(one.Person), Says: strings.Join(says, ", "), Far: !c.Reach.Tells(one.Person, counsel.NoticeAsks),
			Ticked: !sent && best || slices.Contains(were, id),
		})
	}
	return out
}

// askedOf says how an ask stands and who said what.
func (l *look) askedOf(a counsel.RotaAsk, c *Console) templates.RotaAsked {
	out := templates.RotaAsked{
		ID: a.ID.String(), Open: a.State == counsel.AskOpen && time.Now().Before(a.Until), Until: c.lineClock(l.Words, time.Now(), a.Until),
	}
	key := string(a.State)
	if a.State == counsel.AskOpen && !out.Open {
		key = string(counsel.AskEnded)
	}
	out.Says = l.T("rotaask.state."+key, "who", l.who(a.Taker))
	for _, one := range a.Asked {
		said := cmp.Or(string(one.Answer), "wait")
		out.Said = append(out.Said, templates.RotaSaid{Name: l.who(one.Person), Says: l.T("rotaask.said." + said), Key: said})
	}
	return out
}
