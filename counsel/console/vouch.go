package console

import (
	"errors"
	"net/http"
	"net/url"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

// ownWords shows a person the six words of their own keys, to be read aloud.
func (c *Console) ownWords(w http.ResponseWriter, r *http.Request, p staff.Person) {
	six, err := c.Vouching.OwnWords(r.Context(), c.by(r, p))
	if err != nil {
		c.unopened(w, r, p, err)
		return
	}
	words, frame := c.inside(p, "notes")
	frame.Here, frame.Title = "", words.T("words.title")
	c.show(w, r, http.StatusOK, templates.OwnWordsPage(templates.Spoken{Staff: frame, Six: six}))
}

// wordsPage shows a supervisor the words another person must read aloud.
func (c *Console) wordsPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showWords(w, r, http.StatusOK, p, "")
}

func (c *Console) showWords(w http.ResponseWriter, r *http.Request, status int, p staff.Person, problem string) {
	s, err := c.stranger(r, p)
	if err != nil {
		c.unvouched(w, r, p, err)
		return
	}
	words, frame := c.inside(p, "people", "js/form.js")
	frame.Title = words.T("words.confirm.title", "name", s.Name)
	c.show(w, r, status, templates.VouchPage(templates.Spoken{
		Staff: frame, Name: s.Name, Six: s.Words, Action: r.URL.Path, Problem: problem,
	}))
}

// stranger finds the person of the address among those nobody has vouched for.
func (c *Console) stranger(r *http.Request, p staff.Person) (counsel.Stranger, error) {
	id, err := helpline.ParseID(r.PathValue("person"))
	if err != nil {
		return counsel.Stranger{}, helpline.Errorf(helpline.NotFound, "vouch: no such person")
	}
	all, err := c.Vouching.Strangers(r.Context(), c.by(r, p))
	if err != nil {
		return counsel.Stranger{}, err
	}
	for _, s := range all {
		if s.Person == id {
			return s, nil
		}
	}
	return counsel.Stranger{}, helpline.Errorf(helpline.NotFound, "vouch: nothing to confirm")
}

func (c *Console) unvouched(w http.ResponseWriter, r *http.Request, p staff.Person, err error) {
	switch {
	case errors.Is(err, counsel.ErrLocked):
		http.Redirect(w, r, "/unlock?"+url.Values{"back": {r.URL.Path}}.Encode(), http.StatusSeeOther)
	case errors.Is(err, counsel.ErrUnvouched):
		c.troubleFor(w, r, p, http.StatusForbidden, "unvouched", "/words")
	case helpline.KindOf(err) == helpline.NotFound:
		c.troubleFor(w, r, p, http.StatusNotFound, "vouched", "/people")
	default:
		c.fail(w, r, err)
	}
}

// vouch confirms the keys the supervisor has just heard: the words come back
// with the form, so that keys which were put there meanwhile are not confirmed.
func (c *Console) vouch(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	if r.PostForm.Get("heard") != "yes" {
		c.showWords(w, r, http.StatusUnprocessableEntity, p, "unheard")
		return
	}
	s, err := c.stranger(r, p)
	if err == nil {
		err = c.Vouching.Vouch(r.Context(), c.by(r, p), s.Person, r.PostForm.Get("words"))
	}
	switch helpline.KindOf(err) {
	case "":
		c.showPeople(w, r, p, http.StatusOK, templates.People{Vouched: s.Name}, nil)
	case helpline.Conflict:
		c.showWords(w, r, http.StatusConflict, p, "changed")
	default:
		c.unvouched(w, r, p, err)
	}
}
