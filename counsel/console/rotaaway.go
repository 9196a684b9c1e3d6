package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// onBehalf reads and says what a colleague's own pages would, while whoever
// plans does it for them.
func (l *look) onBehalf(r *http.Request, id helpline.ID) *ownVisit {
	return &ownVisit{r: r, p: staff.Person{ID: id}, words: l.Words, book: l.book, zone: l.zone, now: time.Now()}
}

// awayLook finds the person of an address; else it has answered.
func (c *Console) awayLook(w http.ResponseWriter, r *http.Request, p staff.Person) (*look, templates.RotaFrame, helpline.ID, *ownVisit, bool) {
	l, frame, id, ok := c.termsLook(w, r, p)
	if !ok {
		return nil, frame, id, nil, false
	}
	return l, frame, id, l.onBehalf(r, id), true
}

// rotaAway lists when somebody is on leave.
func (c *Console) rotaAway(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if l, frame, id, o, ok := c.awayLook(w, r, p); ok {
		c.showAway(w, r, http.StatusOK, l, frame, id, o, templates.RotaAway{})
	}
}

func (c *Console) showAway(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, id helpline.ID, o *ownVisit, v templates.RotaAway) {
	v.Terms = "/rota/people/" + id.String()
	v.Action, v.Wishes, v.Name = v.Terms+"/off", v.Terms+"/wishes", l.who(id)
	frame.Back = v.Action
	v.RotaFrame = frame
	leaves := slices.Clone(l.book.Leaves)
	slices.SortStableFunc(leaves, func(a, b rota.Leave) int { return a.Start.Compare(b.Start) })
	for _, one := range leaves {
		if one.Person == id && one.End.After(o.now) {
			first, last := rota.DateOf(one.Start.In(l.zone)), rota.DateOf(one.End.Add(-time.Second).In(l.zone))
			v.Rows = append(v.Rows, templates.RotaRowOf{ID: one.ID.String(), Name: o.dayWords(first, last)})
		}
	}
	c.show(w, r, status, templates.RotaAwayPage(v))
}

// keepAway enters a leave of somebody, or drops one. Over shifts they have it
// asks first: the leave takes none from them.
func (c *Console) keepAway(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, id, o, ok := c.awayLook(w, r, p)
	if !ok {
		return
	}
	next := "/rota/people/" + id.String() + "/off"
	v := templates.RotaAway{}
	again := func(problem string) {
		frame.Problem = problem
		c.showAway(w, r, http.StatusConflict, l, frame, id, o, v)
	}
	if r.PostForm.Get("do") == "drop" {
		at := slices.IndexFunc(l.book.Leaves, func(one rota.Leave) bool { return one.Person == id && one.ID.String() == r.PostForm.Get("id") })
		if at < 0 {
			again(l.T("plan.problem.setup.gone"))
			return
		}
		c.kept(w, r, p, "leave.drop", counsel.RotaEdit{DropLeave: l.book.Leaves[at].ID}, next, again)
		return
	}
	days := o.period()
	v.First, v.Last = days.typedFirst, days.typedLast
	if days.problem != "" {
		field := "first"
		if days.problem == "dates" {
			field = "last"
		}
		v.Faults = map[string]string{field: l.T("shifts.fault." + days.problem)}
		c.showAway(w, r, http.StatusUnprocessableEntity, l, frame, id, o, v)
		return
	}
	one := rota.Leave{ID: helpline.NewID(), Person: id, Interval: rota.Days(days.first, days.last, l.zone)}
	if slices.ContainsFunc(l.book.Leaves, func(was rota.Leave) bool {
		return was.Person == id && was.Start.Equal(one.Start) && was.End.Equal(one.End)
	}) { // the second of two presses
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	for _, m := range l.book.Own(id, o.now) {
		if m.Shift.Interval().Meets(one.Interval) {
			v.Meets = append(v.Meets, templates.Link{Label: m.Shift.Name + ", " + l.when(m.Shift.Interval()), Href: "/rota/shift/" + m.Shift.ID.String()})
			v.Saw += m.Assignment.ID.String()[:8] + strconv.Itoa(m.Shift.Revision)
		}
	}
	v.Saw += one.Start.UTC().Format(time.DateOnly) + one.End.UTC().Format(time.DateOnly)
	seen := r.PostForm.Get("saw") == v.Saw
	if len(v.Meets) > 0 && (r.PostForm.Get("sure") != "yes" || !seen) {
		v.Ask = l.N("byhand.leave.ask", len(v.Meets), "who", l.who(id))
		c.showAway(w, r, http.StatusConflict, l, frame, id, o, v)
		return
	}
	what := "leave"
	if len(v.Meets) > 0 { // they are planned all the same: nobody is to read that they are not
		what = "leave.over"
	}
	c.kept(w, r, p, what, counsel.RotaEdit{Leave: &one}, next, again)
}

// rotaWishes lists what somebody said of when they can work.
func (c *Console) rotaWishes(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if l, frame, id, o, ok := c.awayLook(w, r, p); ok {
		c.showOthersWishes(w, r, http.StatusOK, l, frame, id, o, templates.Wishes{}, nil)
	}
}

func (c *Console) showOthersWishes(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, id helpline.ID, o *ownVisit, t templates.Wishes, days []string) {
	v := templates.RotaWishes{Terms: "/rota/people/" + id.String(), Name: l.who(id), First: t.First, Last: t.Last, From: t.From, To: t.To}
	v.Action, v.Leave = v.Terms+"/wishes", v.Terms+"/off"
	frame.Back = v.Action
	v.RotaFrame = frame
	for _, wish := range rota.Wishes() {
		key := wishKey(wish)
		v.Kinds = append(v.Kinds, templates.Choice{Value: key, Label: l.T("byhand.wish." + key), Checked: key == r.PostForm.Get("word")})
	}
	for d := 1; d <= 7; d++ {
		key := strconv.Itoa(d)
		v.Days = append(v.Days, templates.Choice{Value: key, Label: l.T("day." + strconv.Itoa(d%7)), Checked: slices.Contains(days, key)})
	}
	for _, run := range rota.Runs(o.ownWords(), o.zone) {
		v.Runs = append(v.Runs, templates.Named{Text: l.T("byhand.wish."+wishKey(run.Wish)) + ": " + o.runDays(run), Key: run.Key})
	}
	c.show(w, r, status, templates.RotaWishesPage(v))
}

// keepWishes adds a word on somebody's hours, or takes one back.
func (c *Console) keepWishes(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, id, o, ok := c.awayLook(w, r, p)
	if !ok {
		return
	}
	next := "/rota/people/" + id.String() + "/wishes"
	var t templates.Wishes
	var days []string
	again := func(problem string) {
		frame.Problem = problem
		c.showOthersWishes(w, r, http.StatusConflict, l, frame, id, o, t, days)
	}
	if r.PostForm.Get("do") == "drop" {
		all, found := rota.Unsaid(o.ownWords(), r.PostForm.Get("key"), o.zone)
		if !found {
			again(l.T("plan.problem.setup.gone"))
			return
		}
		c.kept(w, r, p, "wishes.drop", counsel.RotaEdit{WishesOf: id, Wishes: all}, next, again)
		return
	}
	t, days, all, problem := o.readWish()
	if problem != "" {
		frame.Problem = l.T("shifts.fault." + problem)
		c.showOthersWishes(w, r, http.StatusUnprocessableEntity, l, frame, id, o, t, days)
		return
	}
	c.kept(w, r, p, "wishes", counsel.RotaEdit{WishesOf: id, Wishes: all}, next, again)
}
