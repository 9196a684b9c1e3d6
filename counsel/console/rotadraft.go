package console

import (
	"net/http"
	"slices"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// usualWeeks is how long a new draft is unless somebody says otherwise.
const usualWeeks = 4

// rotaDraft asks for the days of a new draft and lists those there are.
func (c *Console) rotaDraft(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showDraft(w, r, http.StatusOK, p, templates.RotaDraft{Rota: r.URL.Query().Get("rota")}, false)
}

func (c *Console) showDraft(w http.ResponseWriter, r *http.Request, status int, p staff.Person, v templates.RotaDraft, typed bool) {
	words, frame := c.rotaFrame(p, "/rota/draft", "js/form.js")
	l, err := c.rotaLook(r, p, words, "", "")
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	frame.Back = "/rota/draft"
	v.RotaFrame = frame
	if !slices.ContainsFunc(l.rotas, func(one rota.Rota) bool { return one.ID.String() == v.Rota }) {
		v.Rota = ""
	}
	from := v.CopyFrom
	first := monday(c.thisDay()).Plus(7)
	for _, one := range l.rotas {
		if v.Rota == "" {
			v.Rota = one.ID.String()
		}
		v.Rotas = append(v.Rotas, templates.Choice{Value: one.ID.String(), Label: one.Name, Checked: one.ID.String() == v.Rota})
		if !slices.ContainsFunc(l.book.Templates, func(t rota.Template) bool { return t.Rota == one.ID }) && v.Rota == one.ID.String() {
			v.Empty = append(v.Empty, templates.Link{Href: "/rota/setup/" + v.Rota, Label: words.T("plan.next.templates", "rota", one.Name)})
		}
		for _, version := range c.Rotas.Versions(one.ID) {
			id := version.ID.String()
			label := one.Name + ", " + l.stretch(version.First, version.Last) + ", " + words.T("plan.state."+string(version.State))
			v.Copies = append(v.Copies, templates.Choice{Value: id, Label: label, Checked: id == from})
			if version.State == rota.Draft {
				v.Drafts = append(v.Drafts, templates.Link{Label: label, Href: "/rota?version=" + id})
			}
			if version.State == rota.Published && one.ID.String() == v.Rota && first.Before(version.Last.Plus(1)) {
				first = version.Last.Plus(1)
			}
		}
	}
	if !typed {
		v.First, v.Last = first.String(), first.Plus(7*usualWeeks-1).String()
	}
	c.show(w, r, status, templates.RotaDraftPage(v))
}

// makeDraft makes a draft of the templates, with the names of an earlier
// version where that is wished.
func (c *Console) makeDraft(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	get := func(name string) string { return short(r.PostForm.Get(name)) }
	v := templates.RotaDraft{Rota: get("rota"), First: get("first"), Last: get("last"), CopyFrom: get("from")}
	words, _ := c.inside(p, "rota")
	again := func(status int, why string) {
		v.Fault = words.T(why)
		c.showDraft(w, r, status, p, v, true)
	}
	of, err := helpline.ParseID(v.Rota)
	var from helpline.ID
	if err == nil && v.CopyFrom != "" {
		from, err = helpline.ParseID(v.CopyFrom)
	}
	if err != nil {
		again(http.StatusUnprocessableEntity, "plan.problem.rota")
		return
	}
	first, okFirst := dayOf(v.First)
	last, okLast := dayOf(v.Last)
	if !okFirst || !okLast {
		again(http.StatusUnprocessableEntity, "rota.fault.date")
		return
	}
	version := rota.Version{ID: helpline.NewID(), Rota: of, First: first, Last: last, State: rota.Draft}
	if f := version.Faults(); len(f) > 0 {
		again(http.StatusUnprocessableEntity, "rota.fault."+f[0].Why)
		return
	}
	err = c.edit(r, p, "newversion", counsel.RotaEdit{NewVersion: &version, CopyFrom: from})
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/rota?version="+c.newestDraft(version).String()+"&week="+monday(first).String(), http.StatusSeeOther)
	case helpline.Invalid, helpline.NotFound:
		again(http.StatusUnprocessableEntity, "plan.problem.draft")
	case helpline.Conflict:
		again(http.StatusConflict, "plan.problem.drafts")
	default:
		c.fail(w, r, err)
	}
}

// newestDraft finds the draft that was just made: the service may name it itself.
func (c *Console) newestDraft(like rota.Version) helpline.ID {
	for _, v := range c.Rotas.Versions(like.Rota) {
		if v.ID == like.ID {
			return v.ID
		}
	}
	for _, v := range c.Rotas.Versions(like.Rota) {
		if v.State == rota.Draft && v.First == like.First && v.Last == like.Last {
			return v.ID
		}
	}
	return like.ID
}

// short bounds what is read of one field of a form.
func short(text string) string {
	const most = 200
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}
