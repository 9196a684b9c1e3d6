package console

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// mostOnPlan is how many breaches of a kind the page of a draft lists.
const mostOnPlan = 400

// rotaPlan is the page before publishing: what the draft changes, for whom, and
// what the rules say.
func (c *Console) rotaPlan(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showPlan(w, r, http.StatusOK, p, "")
}

func (c *Console) showPlan(w http.ResponseWriter, r *http.Request, status int, p staff.Person, problem string) {
	words, frame := c.rotaFrame(p, "", "js/form.js")
	l, err := c.rotaLook(r, p, words, "", r.PathValue("version"))
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	at := "/rota/plan/" + l.version.ID.String()
	frame.Back, frame.Problem = at, problem
	v := templates.RotaPlan{
		RotaFrame: frame, Draft: l.draft(), Rota: l.rota.Name, Period: l.stretch(l.version.First, l.version.Last), State: words.T("plan.state." + string(l.version.State)),
		Action: at, Week: rotaAt(l, monday(l.version.First), "shift"),
	}
	check := rota.NewChecker(l.book, l.law)
	breaches := check.All()
	v.Panel = l.panel(breaches, accepted(l.book), mostOnPlan)
	v.Panel.Plan, v.Panel.Accepting = at, v.Draft
	if v.Draft {
		v.Panel.Kinds = l.kinds(breaches)
	}
	v.Blocked = len(stops(breaches))
	if v.Draft {
		changes := l.changes(check)
		v.Affected = l.affected(changes, c.unreached(r, l))
		v.Changes, v.Saw = l.told(changes), sawPlan(changes)
		v.Shifts = len(l.ours(l.version.First, l.version.Last))
		for _, b := range breaches {
			if b.Rule == rota.RuleCoverMin {
				v.Open += b.Want - b.Have
			}
		}
	}
	c.show(w, r, status, templates.RotaPlanPage(v))
}

// stops are the breaches that keep a draft from being published: hard ones, and
// advisory ones nobody has accepted, but for cover that lacks.
func stops(all []rota.Breach) []rota.Breach {
	return slices.DeleteFunc(slices.Clone(all), func(b rota.Breach) bool {
		return b.Rule == rota.RuleCoverMin || b.Level == rota.Note || b.Level == rota.Advisory && b.Accepted
	})
}

// change is what a draft does to one shift that is published, or is new.
type change struct {
	was, now  *rota.Shift // nil: there is none
	gone, new []rota.Assignment
}

// changes holds a draft against what is published on its days: shifts by their
// template or name, and the day; people by their role.
func (l *look) changes(check *rota.Checker) []change {
	type key struct {
		template helpline.ID
		name     string
		day      rota.Date
		n        int
	}
	find := map[key]int{}
	var out []change
	add := func(s *rota.Shift, put func(*change)) {
		k := key{template: s.Template, day: s.Date}
		if s.Template.IsZero() {
			k.name = s.Name
		}
		for {
			i, known := find[k]
			if !known {
				i = len(out)
				find[k] = i
				out = append(out, change{})
			}
			one := &out[i]
			before := *one
			put(one)
			if before.was != one.was && before.was != nil || before.now != one.now && before.now != nil { // two alike on a day
				*one = before
				k.n++
				continue
			}
			return
		}
	}
	for i := range l.book.Shifts {
		if s := &l.book.Shifts[i]; check.Replaced(s.ID) && !s.Cancelled {
			add(s, func(one *change) { one.was = s })
		}
	}
	for _, s := range l.ours(l.version.First, l.version.Last) {
		add(s, func(one *change) { one.now = s })
	}
	type place struct {
		person helpline.ID
		role   rota.Role
	}
	for i := range out {
		one := &out[i]
		had := map[place]bool{}
		var before []rota.Assignment
		if one.was != nil {
			before = check.On(one.was.ID)
		}
		for _, a := range before {
			if !a.Minds {
				had[place{a.Person, a.Role}] = true
			}
		}
		kept := map[place]bool{}
		if one.now != nil && !one.now.Cancelled {
			for _, a := range check.On(one.now.ID) {
				k := place{a.Person, a.Role}
				if had[k] {
					kept[k] = true
				} else if !a.Minds {
					one.new = append(one.new, a)
				}
			}
		}
		for _, a := range before {
			if k := (place{a.Person, a.Role}); !a.Minds && !kept[k] {
				one.gone = append(one.gone, a)
			}
		}
	}
	out = slices.DeleteFunc(out, func(one change) bool { return one.same() })
	slices.SortStableFunc(out, func(a, b change) int { return a.shift().Start.Compare(b.shift().Start) })
	return out
}

// sawPlan is a word for what a draft changes, as a page shows it: another
// supervisor may have published, or changed the draft, since the page was drawn.
func sawPlan(all []change) string {
	var said []string
	for n, one := range all {
		for _, s := range []*rota.Shift{one.was, one.now} {
			if s != nil {
				said = append(said, fmt.Sprint(n, s.ID, s.Start.Unix(), s.End.Unix()))
			}
		}
		for way, places := range map[string][]rota.Assignment{"gone": one.gone, "new": one.new} {
			for _, a := range places {
				said = append(said, fmt.Sprint(n, way, a.Person, a.Role))
			}
		}
	}
	slices.Sort(said)
	sum := sha256.Sum256([]byte(strings.Join(said, "\n")))
	return hex.EncodeToString(sum[:12])
}

func (c change) shift() *rota.Shift {
	if c.now != nil {
		return c.now
	}
	return c.was
}

func (c change) moved() bool {
	return c.was != nil && c.now != nil && (!c.was.Start.Equal(c.now.Start) || !c.was.End.Equal(c.now.End))
}

func (c change) same() bool {
	return c.was != nil && c.now != nil && !c.moved() && len(c.gone)+len(c.new) == 0
}

// affected says of everybody for whom something changes how many shifts they
// get, lose and have at other times. but says why somebody hears nothing of it.
func (l *look) affected(all []change, but func(helpline.ID) string) []string {
	type sum struct{ gets, loses, moves int }
	by := map[helpline.ID]*sum{}
	of := func(id helpline.ID) *sum {
		if by[id] == nil {
			by[id] = &sum{}
		}
		return by[id]
	}
	for _, one := range all {
		for _, a := range one.new {
			of(a.Person).gets++
		}
		for _, a := range one.gone {
			of(a.Person).loses++
		}
		if one.moved() {
			for _, a := range l.book.Assignments {
				if a.Shift == one.now.ID && a.State.Stands() && !a.Minds && !slices.ContainsFunc(one.new, func(n rota.Assignment) bool { return n.ID == a.ID }) {
					of(a.Person).moves++
				}
			}
		}
	}
	var out []string
	for id, s := range by {
		var parts []string
		for _, part := range []struct {
			key string
			n   int
		}{{"gets", s.gets}, {"loses", s.loses}, {"moves", s.moves}} {
			if part.n > 0 {
				parts = append(parts, l.N("plan.affected."+part.key, part.n))
			}
		}
		says := l.who(id) + ": " + strings.Join(parts, ", ")
		if why := but(id); why != "" {
			says += " (" + why + ")"
		}
		out = append(out, says)
	}
	slices.Sort(out)
	return out
}

// unreached says of somebody why no notice of a change reaches them; empty when
// one does.
func (c *Console) unreached(r *http.Request, l *look) func(helpline.ID) string {
	all, err := c.Office.People(r.Context())
	if err != nil {
		c.note(r, err) // the page says less of them
	}
	invited := map[helpline.ID]bool{}
	for _, p := range all {
		invited[p.ID] = p.State == staff.Invited
	}
	return func(id helpline.ID) string {
		switch {
		case invited[id]:
			return l.T("plan.affected.new")
		case !c.Reach.Tells(id, counsel.NoticeChanges):
			return l.T("plan.affected.far")
		}
		return ""
	}
}

// told puts changes into words.
func (l *look) told(all []change) []templates.RotaChange {
	var out []templates.RotaChange
	for _, one := range all {
		s := one.shift()
		row := templates.RotaChange{When: s.Name + ", " + l.when(s.Interval()), Kind: "people"}
		switch {
		case one.was == nil:
			row.Kind = "new"
		case one.now == nil:
			row.Kind = "gone"
		case one.moved():
			row.Kind = "moved"
			row.Was = l.when(one.was.Interval())
		}
		for _, a := range l.sorted(one.new) {
			row.New = append(row.New, l.withRole(a))
		}
		for _, a := range l.sorted(one.gone) {
			row.Gone = append(row.Gone, l.withRole(a))
		}
		out = append(out, row)
	}
	return out
}

// withRole is a name, with the role where it is not the usual one.
func (l *look) withRole(a rota.Assignment) string {
	if a.Role == rota.Counsellor {
		return l.who(a.Person)
	}
	return l.who(a.Person) + " (" + l.role(a.Role) + ")"
}

// acceptAll accepts every breach of one rule that waits, with one reason: all of
// them or none, and each is in the log.
func (l *look) acceptAll(rule rota.RuleID, why rota.Reason) counsel.RotaEdit {
	var several []counsel.RotaEdit
	for _, b := range rota.Check(l.book, l.law) {
		if b.Rule == rule && b.Level == rota.Advisory && !b.Accepted {
			several = append(several, counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: l.version.ID, Key: b.Key(), Reason: why}})
		}
	}
	return counsel.RotaEdit{Several: several}
}

// changePlan accepts a breach, publishes a draft, or throws it away.
func (c *Console) changePlan(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	words, _ := c.inside(p, "rota")
	l, err := c.rotaLook(r, p, words, "", r.PathValue("version"))
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	next := "/rota/plan/" + l.version.ID.String()
	done := ""
	switch r.PostForm.Get("do") {
	case "accept":
		err = c.edit(r, p, "accept", counsel.RotaEdit{Accept: &counsel.RotaAccept{
			Version: l.version.ID, Key: short(r.PostForm.Get("key")), Reason: rota.Reason(r.PostForm.Get("reason")),
		}})
		done = words.T("plan.done.accept")
	case "acceptall":
		err = c.edit(r, p, "accept", l.acceptAll(rota.RuleID(r.PostForm.Get("kind")), rota.Reason(r.PostForm.Get("reason"))))
		done = words.T("plan.done.accept")
	case "drop":
		if r.PostForm.Get("sure") != "yes" {
			err = helpline.Errorf(helpline.Invalid, "rota: nobody said yes")
			break
		}
		err = c.edit(r, p, "dropversion", counsel.RotaEdit{DropVersion: l.version.ID})
		next, done = "/rota/draft", words.T("plan.done.dropversion")
	case "publish":
		_, err = c.RotaWork.Do(r.Context(), actor(p), rota.Step{Do: rota.DoPublish, Version: l.version.ID, Agreed: func(b *rota.Book) error {
			then := *l // the rows as they are when it is decided: somebody may have been faster by a breath
			if then.book = b; r.PostForm.Get("saw") != sawPlan(then.changes(rota.NewChecker(b, l.law))) {
				return helpline.Errorf(helpline.Conflict, "rota: the draft, or what is published, is another than on the page")
			}
			return nil
		}})
		next, done = "/rota?week="+monday(l.begin(c.thisDay())).String()+"&rota="+l.rota.ID.String(), words.T("plan.done.publish", "period", l.stretch(l.version.First, l.version.Last))
	default:
		err = helpline.Errorf(helpline.Invalid, "rota: nothing that can be done with a draft")
	}
	switch kind := helpline.KindOf(err); {
	case err == nil:
		if r.PostForm.Get("do") == "publish" {
			c.undos.forget(p.ID)
		}
		c.undos.tell(p.ID, done)
		http.Redirect(w, r, next, http.StatusSeeOther)
	case kind == helpline.Conflict || kind == helpline.Invalid || kind == helpline.NotFound:
		c.showPlan(w, r, http.StatusConflict, p, cmp.Or(l.breaches(rota.RefusedFor(err)), words.T("plan.problem."+refusal(kind))))
	default:
		c.fail(w, r, err)
	}
}
