package console

import (
	"errors"
	"net/http"
	"path"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// holdsPage lists the notes that two supervisors keep beyond their time.
func (c *Console) holdsPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showHolds(w, r, http.StatusOK, p, "", "")
}

func (c *Console) showHolds(w http.ResponseWriter, r *http.Request, status int, p staff.Person, done, problem string) {
	held, err := c.Holds.List(r.Context(), c.by(r, p))
	if err != nil {
		c.unopened(w, r, p, err)
		return
	}
	heads, err := c.Notes.List(r.Context(), c.by(r, p))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	weeks := map[helpline.ID]string{}
	for _, h := range heads {
		weeks[h.ID] = h.Week
	}
	words, frame := c.inside(p, "holds", "js/form.js")
	v := templates.Holds{Staff: frame, Done: done, Problem: problem}
	for _, h := range held {
		v.Holds = append(v.Holds, holdRow(words, h, weeks[h.Note], p.ID))
	}
	c.show(w, r, status, templates.HoldsPage(v))
}

func holdRow(words i18n.Words, h counsel.Held, week string, looks helpline.ID) templates.Hold {
	row := templates.Hold{
		Note: h.Note.String(), Href: "/notes/" + h.Note.String(), Week: week,
		Asked: h.AskedBy.Name, Confirmed: h.ConfirmedBy.Name, Lift: h.LiftBy.Name,
	}
	if h.Broken {
		row.State = "broken"
		return row
	}
	row.Reason = words.T("holds.reason." + h.Reason)
	switch {
	case h.Confirmed.IsZero():
		row.State, row.Confirm, row.LiftNow = "asked", h.Asked != looks, true
	case h.Lift.IsZero():
		row.State, row.AskLift = "held", true
	default:
		row.State, row.LiftNow = "lifting", h.Lift != looks
	}
	return row
}

func (c *Console) askHold(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	c.held(w, r, p, "ask", func(note helpline.ID) error {
		return c.Holds.Ask(r.Context(), c.by(r, p), note, r.PostForm.Get("reason"))
	})
}

// signHold does what the last word of the address says.
func (c *Console) signHold(w http.ResponseWriter, r *http.Request, p staff.Person) {
	do := path.Base(r.Pattern)
	c.held(w, r, p, do, func(note helpline.ID) error {
		by := c.by(r, p)
		switch do {
		case "confirm":
			return c.Holds.Confirm(r.Context(), by, note)
		case "asklift":
			return c.Holds.AskLift(r.Context(), by, note)
		}
		return c.Holds.Lift(r.Context(), by, note)
	})
}

func (c *Console) held(w http.ResponseWriter, r *http.Request, p staff.Person, done string, do func(helpline.ID) error) {
	note, err := helpline.ParseID(r.PathValue("note"))
	if err != nil {
		c.troubleFor(w, r, p, http.StatusNotFound, "note", "/holds")
		return
	}
	err = do(note)
	switch kind := helpline.KindOf(err); {
	case err == nil:
		c.showHolds(w, r, http.StatusOK, p, done, "")
	case errors.Is(err, counsel.ErrSecondSupervisor):
		c.showHolds(w, r, http.StatusConflict, p, "", "second")
	case kind == helpline.Conflict:
		c.showHolds(w, r, http.StatusConflict, p, "", "changed")
	case kind == helpline.NotFound:
		c.showHolds(w, r, http.StatusNotFound, p, "", "gone")
	case kind == helpline.Invalid:
		c.showHolds(w, r, http.StatusUnprocessableEntity, p, "", "reason")
	default:
		c.unopened(w, r, p, err)
	}
}
