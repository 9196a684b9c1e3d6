package console

import (
	"errors"
	"net/http"
	"slices"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

// keysPage says who can open what, and how far the granting of older notes is.
func (c *Console) keysPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showKeys(w, r, http.StatusOK, p, "", "", nil)
}

// showKeys renders it; chosen are the members of a form that was not taken.
func (c *Console) showKeys(w http.ResponseWriter, r *http.Request, status int, p staff.Person, done, problem string, chosen []helpline.ID) {
	by := c.by(r, p)
	circles, err := c.Groups.Circles(r.Context(), by)
	if err != nil {
		c.unvouched(w, r, p, err)
		return
	}
	again, err := c.Regrants.Progress(r.Context(), by)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if again.Generation > 0 && !again.Over && !again.Running {
		c.Regrants.Kick(by) // whoever looks is unlocked, and lets it go on
		again.Running = true
	}
	words, frame := c.inside(p, "keys", "js/form.js", "js/again.js")
	frame.View = "staff circles" // .keys is what the desk calls its list of keys
	v := templates.Keys{Staff: frame, Done: done, Problem: problem, Script: templates.ScriptWords(words, "keys.again.")}
	if again.Generation > 0 {
		v.Again = &templates.Again{State: againState(again), Done: again.Done, Total: again.Total, Failed: again.Failed}
	}
	for _, g := range circles.Groups {
		v.Groups = append(v.Groups, templates.KeyGroup{
			Key: string(g.Group), Generation: g.Generation, Members: namesOf(g.Members), Seatless: namesOf(g.Seatless),
		})
	}
	if n := circles.Naming; n != nil {
		v.Asked = &templates.Naming{By: n.By.Name, Own: n.Own, Members: namesOf(n.Members)}
		for _, m := range n.Members {
			v.Asked.IDs = append(v.Asked.IDs, m.ID.String())
		}
	}
	for _, q := range circles.Candidates {
		v.Candidates = append(v.Candidates, templates.Choice{Value: q.ID.String(), Label: q.Name, Checked: slices.Contains(chosen, q.ID)})
	}
	for _, s := range circles.Strangers {
		v.Strangers = append(v.Strangers, s.Name)
	}
	c.show(w, r, status, templates.KeysPage(v))
}

func namesOf(people []staff.Person) []string {
	var out []string
	for _, p := range people {
		out = append(out, p.Name)
	}
	return out
}

func againState(a counsel.Regranting) string {
	switch {
	case a.Over:
		return "over"
	case a.Running:
		return "running"
	}
	return "paused"
}

// keysState tells the page's script how far it is.
func (c *Console) keysState(w http.ResponseWriter, r *http.Request, p staff.Person) {
	again, err := c.Regrants.Progress(r.Context(), c.by(r, p))
	if err != nil {
		c.tell(w, r, err)
		return
	}
	asJSON(w, http.StatusOK, map[string]any{"state": againState(again), "done": again.Done, "total": again.Total, "failed": again.Failed})
}

// persons reads the people of a form; false when one of them is no identifier.
func persons(r *http.Request) ([]helpline.ID, bool) {
	var out []helpline.ID
	for _, text := range r.PostForm["person"] {
		id, err := helpline.ParseID(text)
		if err != nil {
			return nil, false
		}
		out = append(out, id)
	}
	return out, true
}

func (c *Console) nameMembers(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.changeMembers(w, r, p, "named", func(members []helpline.ID) error {
		return c.Groups.Name(r.Context(), c.by(r, p), members)
	})
}

func (c *Console) confirmMembers(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.changeMembers(w, r, p, "confirmed", func(members []helpline.ID) error {
		return c.Groups.ConfirmNaming(r.Context(), c.by(r, p), members)
	})
}

func (c *Console) changeMembers(w http.ResponseWriter, r *http.Request, p staff.Person, done string, change func([]helpline.ID) error) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	members, ok := persons(r)
	err := helpline.Errorf(helpline.Invalid, "name a group: no identifier")
	if ok {
		err = change(members)
	}
	switch kind := helpline.KindOf(err); {
	case err == nil:
		c.showKeys(w, r, http.StatusOK, p, done, "", nil)
	case kind == helpline.Invalid:
		c.showKeys(w, r, http.StatusUnprocessableEntity, p, "", "nobody", members)
	case kind == helpline.Conflict:
		c.showKeys(w, r, http.StatusConflict, p, "", "changed", members)
	case kind == helpline.Forbidden && !errors.Is(err, counsel.ErrLocked):
		c.troubleFor(w, r, p, http.StatusForbidden, "unvouched", "/words")
	default:
		c.unvouched(w, r, p, err)
	}
}
