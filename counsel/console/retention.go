package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// Keeping is what the line keeps, as the console needs it.
type Keeping interface {
	// Overview gives all classes and chores; Forbidden.
	Overview(context.Context, helpline.Actor) (counsel.Overview, error)
	// Late lists the chores that are overdue, for those who watch over them.
	Late(context.Context, helpline.Actor) []retention.Chore
}

func (c *Console) retentionRoutes() []entry {
	return []entry{route("GET", "/retention", helpline.ReviewerOrSupervisor, counsel.SeeRetention, c.retentionPage)}
}

// retentionPage shows what is kept for how long, and whether it goes.
func (c *Console) retentionPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	o, err := c.Keeping.Overview(r.Context(), actor(p))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "retention")
	v := templates.Retention{Staff: frame}
	for _, k := range o.Classes {
		v.Classes = append(v.Classes, templates.KeptClass{
			Code: string(k.Code), Goes: goes(words, k), Rows: k.Rows, Counted: k.Counts, Overdue: k.Overdue,
		})
	}
	for _, d := range o.Chores {
		when := words.T("retention.never")
		if d.Ever {
			when = retention.Midnight(d.Day).Format(time.DateOnly) // sorts, and everybody reads it the same way
		}
		v.Chores = append(v.Chores, templates.Chore{Name: string(d.Chore), When: when, Late: d.Late})
	}
	c.show(w, r, http.StatusOK, templates.RetentionPage(v))
}

// goes says when a class goes.
func goes(w i18n.Words, k counsel.KeptClass) string {
	if own := "retention.goes." + string(k.Code); w.Has(own) {
		return w.T(own)
	}
	return w.N("retention.days", k.Days)
}

// late is the banner above the pages of those who watch over the chores.
func (c *Console) late(w i18n.Words, p staff.Person) string {
	if c.Keeping == nil || p.ID.IsZero() {
		return ""
	}
	var said []string
	for _, chore := range c.Keeping.Late(context.Background(), actor(p)) { // a row or two, at most once a minute
		said = append(said, w.T("retention.late."+string(chore)))
	}
	return strings.Join(said, " ")
}
