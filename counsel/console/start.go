package console

import (
	"context"
	"net/http"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// GoLive is the list of what is to do before the line opens. Asserted by
// counsel.
type GoLive interface {
	Points(ctx context.Context) ([]counsel.Point, error)
	Approve(ctx context.Context, who helpline.Actor, what, digest string) error
}

var _ GoLive = (*counsel.GoLive)(nil)

// Readings are texts that somebody must find right, as visitors read them.
type Readings struct {
	Promise []Reading // the four sentences, by language and door
	Lines   []Reading // the lines that help now, by language
}

// Reading is one text in one language.
type Reading struct {
	Locale helpline.Locale
	Door   helpline.Audience // empty: every door
	Texts  []string
	Href   string // where visitors read it; empty where that is no page of its own
}

func (c *Console) startRoutes() []entry {
	return []entry{
		route("GET", "/start", helpline.OperatorOrSupervisor, counsel.SeeStart, c.startPage),
		route("POST", "/start/{text}", helpline.SupervisorOnly, counsel.ApproveText, c.findRight),
	}
}

func (c *Console) startPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showStart(w, r, p, http.StatusOK, "")
}

// findRight takes a supervisor's word on a text as it was shown.
func (c *Console) findRight(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	if r.PostForm.Get("read") != "yes" {
		c.showStart(w, r, p, http.StatusUnprocessableEntity, "read")
		return
	}
	err := c.Start.Approve(r.Context(), actor(p), r.PathValue("text"), r.PostForm.Get("digest"))
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/start", http.StatusSeeOther)
	case helpline.Conflict:
		c.showStart(w, r, p, http.StatusConflict, "changed")
	default:
		c.fail(w, r, err)
	}
}

func (c *Console) showStart(w http.ResponseWriter, r *http.Request, p staff.Person, status int, problem string) {
	points, err := c.Start.Points(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "start", "js/form.js")
	v := templates.Start{Staff: frame, Problem: problem, Left: counsel.Left(points), May: counsel.May(actor(p), counsel.ApproveText) == nil}
	for _, pt := range points {
		row := templates.Point{
			ID: pt.ID, State: string(pt.State), Has: pt.Has, Wants: pt.Wants, Details: pt.Details, Href: pt.Href,
			Digest: pt.Digest, By: pt.By,
		}
		if !pt.On.IsZero() {
			row.On = pt.On.Format(time.DateOnly)
		}
		switch pt.ID {
		case "promise":
			row.Readings = readings(words, c.Readings.Promise)
		case "lines":
			row.Readings = readings(words, c.Readings.Lines)
		}
		v.Points = append(v.Points, row)
	}
	c.show(w, r, status, templates.StartPage(v))
}

func readings(w i18n.Words, all []Reading) []templates.Reading {
	var out []templates.Reading
	for _, one := range all {
		row := templates.Reading{Lang: string(one.Locale), Title: w.T("staff.locale." + string(one.Locale)), Texts: one.Texts, Href: one.Href}
		if one.Door != "" {
			row.Title += ": " + w.T("staff.door."+string(one.Door))
		}
		out = append(out, row)
	}
	return out
}

// toDo is how much is left to do before the line opens, for those who can do
// it; 0 for others, in the demonstration, which never opens, and when it cannot
// be seen just now: no page waits for it.
func (c *Console) toDo(f *templates.Staff, p staff.Person) int {
	if p.ID.IsZero() || p.Demo || counsel.May(actor(p), counsel.SeeStart) != nil {
		return 0
	}
	points, err := c.Start.Points(context.Background())
	if err != nil {
		f.Unsure = true
		c.Log.Error("what is to do before opening could not be seen", "kind", helpline.KindOf(err))
		return 0
	}
	return counsel.Left(points)
}
