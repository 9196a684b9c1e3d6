package console

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// askWhy asks for the reason for opening a note of somebody else.
func (c *Console) askWhy(w http.ResponseWriter, r *http.Request, p staff.Person, id helpline.ID, problem bool) {
	heads, err := c.Notes.List(r.Context(), c.by(r, p))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	i := slices.IndexFunc(heads, func(n counsel.NoteHead) bool { return n.ID == id })
	if i < 0 {
		c.troubleFor(w, r, p, http.StatusNotFound, "note", "/notes")
		return
	}
	words, frame := c.inside(p, "notes", "js/form.js")
	v := templates.Opening{
		Staff: frame, Action: "/notes/" + id.String(), Alias: heads[i].Alias, Week: heads[i].Week, Problem: problem,
	}
	for _, reason := range audit.Reasons() {
		v.Reasons = append(v.Reasons, templates.Option{Value: reason, Name: words.T("audit.word.reason." + reason)})
	}
	status := http.StatusOK
	if problem {
		status = http.StatusUnprocessableEntity
	}
	c.show(w, r, status, templates.OpeningPage(v))
}

// openOther opens a note of somebody else, with the reason that was chosen.
// Asked for again, it is another opening with another entry.
func (c *Console) openOther(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	id, err := helpline.ParseID(r.PathValue("note"))
	if err != nil {
		c.troubleFor(w, r, p, http.StatusNotFound, "note", "/notes")
		return
	}
	n, err := c.Notes.Open(r.Context(), c.by(r, p), id, r.PostForm.Get("reason"))
	switch {
	case errors.Is(err, counsel.ErrReason):
		c.askWhy(w, r, p, id, true)
	case err != nil:
		c.unopened(w, r, p, err)
	default:
		c.showNote(w, r, p, n)
	}
}

// told are the openings by others, as the author reads them.
func told(words i18n.Words, all []counsel.Opening) []string {
	var out []string
	for _, o := range all {
		out = append(out, words.T("opening.told", "name", o.Name, "day", o.Day.Format(time.DateOnly), "reason", words.T("audit.word.reason."+o.Reason)))
	}
	return out
}
