package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// RotaBooks is what is planned and published, as the console reads it.
type RotaBooks interface {
	// List gives the rotas of the line.
	List() []rota.Rota
	// Versions gives those of a rota, the newest first, drafts too.
	Versions(of helpline.ID) []rota.Version
	// Book gives one version with the weeks around it; NotFound.
	Book(ctx context.Context, version helpline.ID) (*rota.Book, error)
	// Standing gives all that is published.
	Standing(context.Context) (*rota.Book, error)
	// Law is the profile that counts for whoever has no other.
	Law() rota.Profile
}

// RotaWork changes what is planned and published.
type RotaWork interface {
	// Do takes one step with what is published; Conflict wraps the breaches of
	// rota.RefusedFor.
	Do(context.Context, helpline.Actor, rota.Step) (rota.Change, error)
	// Edit changes set-up or draft, and gives the edit that takes it back.
	Edit(context.Context, helpline.Actor, counsel.RotaEdit) (undo counsel.RotaEdit, err error)
}

func (c *Console) rotaRoutes() []entry {
	see := func(method, pattern string, h handler) entry {
		return route(method, pattern, helpline.LeaderOrSupervisor, counsel.SeeRota, h)
	}
	plan := func(method, pattern string, h handler) entry {
		return route(method, pattern, helpline.SupervisorOnly, counsel.PlanRota, h)
	}
	return []entry{
		see("GET", "/rota", c.rotaWeek),
		see("GET", "/rota/month", c.rotaMonth),
		see("GET", "/rota/shift/{shift}", c.rotaShift),
		plan("POST", "/rota/shift/{shift}", c.changeShift),
		plan("POST", "/rota/shift/{shift}/step", c.stepShift),
		plan("GET", "/rota/swaps", c.rotaSwaps),
		plan("POST", "/rota/swaps", c.settleSwap),
		plan("GET", "/rota/draft", c.rotaDraft),
		plan("POST", "/rota/draft", c.makeDraft),
		plan("GET", "/rota/plan/{version}", c.rotaPlan),
		plan("POST", "/rota/plan/{version}", c.changePlan),
		plan("POST", "/rota/plan/{version}/fill", c.fillPlan),
		plan("POST", "/rota/plan/{version}/improve", c.improvePlan),
		plan("GET", "/rota/plan/{version}/improve", c.improving),
		plan("GET", "/rota/plan/{version}/shift", c.rotaByHand),
		plan("POST", "/rota/plan/{version}/shift", c.keepByHand),
		plan("GET", "/rota/shift/{shift}/cover", c.rotaCover),
		plan("POST", "/rota/shift/{shift}/cover", c.keepCover),
		plan("POST", "/rota/undo", c.undoRota),
		plan("GET", "/rota/setup", c.rotaSetup),
		plan("POST", "/rota/setup", c.keepRota),
		plan("GET", "/rota/setup/{rota}", c.rotaTemplates),
		plan("POST", "/rota/setup/{rota}", c.keepTemplate),
		plan("GET", "/rota/setup/{rota}/needs", c.rotaNeeds),
		plan("POST", "/rota/setup/{rota}/needs", c.keepNeed),
		plan("GET", "/rota/closed", c.rotaClosed),
		plan("POST", "/rota/closed", c.keepClosed),
		see("GET", "/rota/oncall", c.rotaCalls),
		plan("POST", "/rota/oncall", c.keepCall),
		plan("GET", "/rota/fairness", c.rotaFairness),
		plan("GET", "/rota/hours", c.rotaHours),
		plan("POST", "/rota/hours", c.rotaHoursFile),
		plan("POST", "/rota/hours/came", c.sayWhoCame),
		plan("GET", "/rota/people", c.rotaPeople),
		plan("GET", "/rota/people/{person}", c.rotaTerms),
		plan("POST", "/rota/people/{person}", c.keepTerms),
		plan("GET", "/rota/people/{person}/off", c.rotaAway),
		plan("POST", "/rota/people/{person}/off", c.keepAway),
		plan("GET", "/rota/people/{person}/pause", c.rotaPause),
		plan("POST", "/rota/people/{person}/pause", c.keepPause),
		plan("GET", "/rota/people/{person}/wishes", c.rotaWishes),
		plan("POST", "/rota/people/{person}/wishes", c.keepWishes),
	}
}

// zone is where the clocks of the rota hang.
func (c *Console) zone() *time.Location {
	if c.Zone != nil {
		return c.Zone
	}
	return time.Local
}

// thisDay is the day on the line's clock.
func (c *Console) thisDay() rota.Date { return rota.DateOf(time.Now().In(c.zone())) }

// look is what one request is about: a rota, and either one version of it or
// what is published.
type look struct {
	sayer
	person  staff.Person
	rotas   []rota.Rota
	rota    rota.Rota
	all     []rota.Version // of the rota, the newest first
	version rota.Version   // zero: what is published
	book    *rota.Book
	may     bool
	law     rota.Profile

	askedAt map[helpline.ID]time.Time // when people were last asked for a shift

	days   [7]weekday // of the week that is drawn
	needed map[needed]string
	lost   map[helpline.ID][]helpline.ID // by shift: whom no notice reaches, so that it stays shut
}

// draft says whether what is looked at can still be changed.
func (l *look) draft() bool { return l.version.State == rota.Draft }

// rotaLook reads what a request is about. Without any rota the book is empty.
func (c *Console) rotaLook(r *http.Request, p staff.Person, words i18n.Words, rotaID, version string) (*look, error) {
	l := &look{person: p, law: c.Rotas.Law(), may: counsel.May(actor(p), counsel.PlanRota) == nil}
	names, err := c.names(r.Context())
	if err != nil {
		return nil, err
	}
	l.sayer = sayer{Words: words, names: names, zone: c.zone(), spans: map[span]string{}}
	var given helpline.ID
	if version != "" {
		if given, err = helpline.ParseID(version); err != nil {
			return nil, helpline.Errorf(helpline.NotFound, "rota: no such version")
		}
		if l.book, err = c.Rotas.Book(r.Context(), given); err != nil {
			return nil, err
		}
		l.version = l.book.Version
		rotaID = l.version.Rota.String()
	} else if l.book, err = c.Rotas.Standing(r.Context()); err != nil {
		return nil, err
	}
	// After the book: what is kept of it must not be drawn with older words, and a version may have brought the rota along.
	if l.rotas = c.Rotas.List(); len(l.rotas) == 0 {
		return l, nil
	}
	at := 0
	if rotaID != "" {
		if at = slices.IndexFunc(l.rotas, func(one rota.Rota) bool { return one.ID.String() == rotaID }); at < 0 {
			return nil, helpline.Errorf(helpline.NotFound, "rota: no such rota")
		}
	}
	l.rota = l.rotas[at]
	l.all = c.Rotas.Versions(l.rota.ID)
	return l, nil
}

// names gives everybody's name for colleagues.
func (c *Console) names(ctx context.Context) (map[helpline.ID]string, error) {
	all, err := c.Office.People(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[helpline.ID]string, len(all))
	for _, p := range all {
		out[p.ID] = p.Name
	}
	return out, nil
}

// rotaFrame is the frame of a page of the rota; tab is the address it stands at.
func (c *Console) rotaFrame(p staff.Person, tab string, scripts ...string) (i18n.Words, templates.RotaFrame) {
	words, frame := c.inside(p, "rota", scripts...)
	frame.Styles = append(frame.Styles, "css/rota.css")
	out := templates.RotaFrame{Staff: frame, May: counsel.May(actor(p), counsel.PlanRota) == nil}
	for _, one := range []struct {
		href, key string
		plan      bool
	}{
		{"/rota", "week", false},
		{"/rota/month", "month", false},
		{"/rota/oncall", "oncall", false},
		{"/rota/draft", "draft", true},
		{"/rota/swaps", "swaps", true},
		{"/rota/setup", "setup", true},
		{"/rota/closed", "closed", true},
		{"/rota/people", "people", true},
		{"/rota/fairness", "fairness", true},
		{"/rota/hours", "hours", true},
	} {
		if !one.plan || out.May {
			out.Tabs = append(out.Tabs, templates.Choice{Value: one.href, Label: words.T("plan.tab." + one.key), Checked: one.href == tab})
		}
	}
	if what := c.undos.last(p.ID); what != "" && out.May {
		out.Undo = words.T("plan.undo." + what)
	}
	if done := c.undos.told(p.ID); done != "" {
		out.Done = done
	}
	return words, out
}

// lost answers a request about what is not there, and gives other errors to fail.
func (c *Console) lost(w http.ResponseWriter, r *http.Request, p staff.Person, err error) {
	if helpline.KindOf(err) == helpline.NotFound {
		c.troubleFor(w, r, p, http.StatusNotFound, "rota", "/rota")
		return
	}
	c.fail(w, r, err)
}

// dayOf reads a day as 2026-11-30.
func dayOf(text string) (rota.Date, bool) {
	t, err := time.Parse(time.DateOnly, text)
	return rota.DateOf(t), err == nil
}

// monday is the first day of the week a day lies in.
func monday(d rota.Date) rota.Date { return d.Plus(-((int(d.Weekday()) + 6) % 7)) }

// rotaAt is the address of a week.
func rotaAt(l *look, week rota.Date, by string) string {
	q := url.Values{"week": {week.String()}}
	if by == "person" {
		q.Set("by", by)
	}
	switch {
	case !l.version.ID.IsZero():
		q.Set("version", l.version.ID.String())
	case len(l.rotas) > 1:
		q.Set("rota", l.rota.ID.String())
	}
	return "/rota?" + q.Encode()
}

// ours lists the shifts of what is looked at that begin on a day of a stretch,
// in order: of a version its own, of what is published those of the rota, and
// what is cancelled only where nothing has been published in its place since.
func (l *look) ours(first, last rota.Date) []*rota.Shift {
	var out []*rota.Shift
	for i := range l.book.Shifts {
		s := &l.book.Shifts[i]
		if s.Date.Before(first) || last.Before(s.Date) || s.Rota != l.rota.ID {
			continue
		}
		if l.version.ID.IsZero() && s.Cancelled && l.newest(s.Date) != s.Version || !l.version.ID.IsZero() && s.Version != l.version.ID {
			continue
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b *rota.Shift) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// newest is the version that was published last of those with a day.
func (l *look) newest(d rota.Date) helpline.ID {
	var best rota.Version
	for _, v := range l.all {
		if v.State != rota.Draft && !d.Before(v.First) && !v.Last.Before(d) && (best.ID.IsZero() || best.At.Before(v.At)) {
			best = v
		}
	}
	return best.ID
}
