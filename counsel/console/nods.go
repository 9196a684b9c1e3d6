package console

import (
	"context"
	"errors"
	"net/http"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// Nods are asked of a supervisor when a counsellor meets the same person often.
type Nods interface {
	// Waiting lists them all to a supervisor, the own ones to everybody else.
	Waiting(ctx context.Context, who helpline.Actor) ([]counsel.Nod, error)
	// Nod gives one; Forbidden wraps counsel.ErrOwnNod, NotFound.
	Nod(ctx context.Context, who helpline.Actor, nod helpline.ID) error
}

var _ Nods = (*counsel.Meetings)(nil)

func (c *Console) nodRoutes() []entry {
	return []entry{route("POST", "/board/nod", helpline.SupervisorOnly, counsel.GiveNods, c.nod)}
}

// nod lets a counsellor go on with somebody they have met often.
func (c *Console) nod(w http.ResponseWriter, r *http.Request, p staff.Person) {
	err := form(r)
	var nod helpline.ID
	if err == nil {
		nod, err = helpline.ParseID(r.PostForm.Get("nod"))
	}
	if err == nil {
		err = c.Nods.Nod(r.Context(), actor(p), nod)
	}
	switch {
	case err == nil, helpline.KindOf(err) == helpline.NotFound: // a colleague was first
		http.Redirect(w, r, "/board", http.StatusSeeOther)
	case errors.Is(err, counsel.ErrOwnNod):
		c.troubleFor(w, r, p, http.StatusForbidden, "forbidden", "/board")
	default:
		c.fail(w, r, err)
	}
}

// nods are the rows of the board. Only a supervisor is shown any.
func (c *Console) nods(r *http.Request, w i18n.Words, p staff.Person) []templates.NodRow {
	if counsel.May(actor(p), counsel.GiveNods) != nil {
		return nil
	}
	all, err := c.Nods.Waiting(r.Context(), actor(p))
	if err != nil {
		c.note(r, err)
	}
	var out []templates.NodRow
	for _, n := range all {
		row := templates.NodRow{ID: n.ID.String(), Own: n.Person == p.ID, Alone: n.Alone}
		alias := w.T("threads.somebody")
		if who, err := c.Office.Active(r.Context(), n.Person); err == nil {
			alias = who.Alias
		}
		row.Text = w.T("nod.row", "alias", alias)
		out = append(out, row)
	}
	return out
}

// nodded puts above every page of those concerned that somebody is met often.
func (c *Console) nodded(ctx context.Context, f *templates.Staff, w i18n.Words, p staff.Person) {
	all, err := c.Nods.Waiting(ctx, actor(p))
	if err != nil {
		c.unsaid(ctx, f, "look who waits for a nod", err)
		return
	}
	own, others := false, false
	for _, n := range all {
		mine := n.Person == p.ID && (!n.Alone || counsel.May(actor(p), counsel.GiveNods) != nil)
		own, others = own || mine, others || !mine
	}
	if own {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("nod.alert.own")})
	}
	if others {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("nod.alert.board"), Href: "/board"})
	}
}
