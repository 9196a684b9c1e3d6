package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// RotaLedger says who had how much of the rota, and what somebody left behind.
type RotaLedger interface {
	// Fairness sets what people have beside their share; Invalid wraps counsel.RotaFaults.
	Fairness(ctx context.Context, who helpline.Actor, first, last rota.Date) ([]counsel.FairShare, error)
	// HoursWorked gives the hours of a month.
	HoursWorked(ctx context.Context, who helpline.Actor, month rota.Date) ([]counsel.Worked, error)
	// HoursSheet gives them as a table with commas.
	HoursSheet(ctx context.Context, who helpline.Actor, month rota.Date) ([]byte, error)
	// Unconfirmed gives the places of a month of which nobody knows whether their
	// person was there.
	Unconfirmed(who helpline.Actor, month rota.Date) ([]counsel.Unconfirmed, error)
	// Left gives the places to come of people who were removed.
	Left(who helpline.Actor) ([]counsel.LeftPlace, error)
}

// fairDays is how many days the page of fairness looks at when none are chosen.
const fairDays = 84

// rotaFairness shows what everybody has beside their share. It is asked by an
// address and changes nothing.
func (c *Console) rotaFairness(w http.ResponseWriter, r *http.Request, p staff.Person) {
	q := r.URL.Query()
	words, frame := c.rotaFrame(p, "/rota/fairness")
	frame.Back = "/rota/fairness"
	last := c.thisDay().Plus(14)
	first, faults := last.Plus(1-fairDays), map[string]string{}
	for field, to := range map[string]*rota.Date{"from": &first, "to": &last} {
		text := q.Get(field)
		if d, ok := dayOf(text); ok {
			*to = d
		} else if text != "" {
			faults[field] = words.T("rota.fault.date")
		}
	}
	v := templates.RotaFair{RotaFrame: frame, From: first.String(), To: last.String(), Faults: faults}
	status := http.StatusOK
	all, err := c.RotaLedger.Fairness(r.Context(), actor(p), first, last)
	if wrong := counsel.RotaFaults(err); len(wrong) > 0 {
		v.Faults["to"], status, err = words.T("rota.fault."+wrong[0].Why), http.StatusUnprocessableEntity, nil
	}
	names, errNames := c.names(r.Context())
	if err = cmp.Or(err, errNames); err != nil {
		c.fail(w, r, err)
		return
	}
	if len(faults) > 0 {
		status = http.StatusUnprocessableEntity
		v.From, v.To = typedDay(q, "from", v.From), typedDay(q, "to", v.To)
	}
	s := sayer{Words: words, names: names, zone: c.zone()}
	v.Caption = words.T("book.fair.caption", "days", s.stretch(first, last))
	kinds := []rota.Unsocial{rota.Evening, rota.Night, rota.Weekend, rota.Holiday}
	heads := []string{"person", "shifts", "hours", "agreed"}
	for _, key := range append(heads, "unsocial", "share", "more", "weekends") {
		v.Table.Heads = append(v.Table.Heads, words.T("book.col."+key))
	}
	for _, f := range all {
		agreed := "–"
		if f.Agreed > 0 {
			agreed = s.hours(f.Agreed)
		}
		var parts []string
		for _, k := range kinds {
			if f.Unsocial[k] > 0 {
				parts = append(parts, words.T("book.kind."+string(k), "hours", s.hours(f.Unsocial[k])))
			}
		}
		unsocial := s.hours(f.Hard)
		if len(parts) > 0 {
			unsocial += " (" + strings.Join(parts, ", ") + ")"
		}
		v.Table.Rows = append(v.Table.Rows, []string{s.who(f.Person), strconv.Itoa(f.Shifts), s.hours(f.Minutes), agreed, unsocial, s.hours(f.Fair), s.signed(f.Hard - f.Fair), strconv.Itoa(f.Weekends)})
	}
	c.show(w, r, status, templates.RotaFairPage(v))
}

// typedDay is what somebody typed as a day, to be put right where it stands. A
// field of a day shows nothing that is none, so a browser gets it as text.
func typedDay(q url.Values, field, usual string) string {
	if text := q.Get(field); text != "" {
		return short(text)
	}
	return usual
}

// signed says minutes as more or less than something.
func (s sayer) signed(minutes int) string {
	switch {
	case minutes < 0:
		return "−" + s.hours(-minutes)
	case minutes > 0:
		return "+" + s.hours(minutes)
	}
	return "0"
}

// rotaHours shows how long people worked in a month, and of which shifts nobody
// knows yet.
func (c *Console) rotaHours(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showHours(w, r, http.StatusOK, p, monthOf(r.URL.Query().Get("month"), c.thisDay()), "", nil)
}

// showHours draws the page. unticked are places of which a form that was refused
// said nothing.
func (c *Console) showHours(w http.ResponseWriter, r *http.Request, status int, p staff.Person, month rota.Date, problem string, unticked map[helpline.ID]bool) {
	words, frame := c.rotaFrame(p, "/rota/hours")
	frame.Back, frame.Problem = "/rota/hours?month="+month.String()[:7], problem
	all, err := c.RotaLedger.HoursWorked(r.Context(), actor(p), month)
	open, errOpen := c.RotaLedger.Unconfirmed(actor(p), month)
	names, errNames := c.names(r.Context())
	if err = cmp.Or(err, errOpen, errNames); err != nil {
		c.fail(w, r, err)
		return
	}
	s := sayer{Words: words, names: names, zone: c.zone()}
	v := templates.RotaHours{
		RotaFrame: frame, Month: s.monthYear(month), Value: month.String()[:7],
		Earlier: "/rota/hours?month=" + month.Plus(-1).String()[:7], Later: "/rota/hours?month=" + month.Plus(31).String()[:7],
	}
	for _, key := range []string{"person", "worked", "planned", "done", "unsocial", "walkon", "unknown", "noshow"} {
		v.Table.Heads = append(v.Table.Heads, words.T("book.col."+key))
	}
	slices.SortStableFunc(all, func(a, b counsel.Worked) int { return strings.Compare(names[a.Person], names[b.Person]) })
	v.Table.Hrefs = map[[2]int]string{}
	for i, one := range all {
		if one.Unknown > 0 {
			v.Table.Hrefs[[2]int{i, 6}] = "#open-" + one.Person.String()
		}
		v.Table.Rows = append(v.Table.Rows, []string{
			s.who(one.Person), s.hours(one.Work), s.hours(one.Planned), strconv.Itoa(one.Shifts), s.hours(one.Unsocial), s.hours(one.WalkOn),
			strconv.Itoa(one.Unknown), strconv.Itoa(one.NoShows),
		})
	}
	v.Open = s.unconfirmed(open, unticked)
	c.show(w, r, status, templates.RotaHoursPage(v))
}

// rotaHoursFile gives the hours of a month as a file. That somebody took it
// stands in the audit log, so it is no address that a browser may open by itself.
func (c *Console) rotaHoursFile(w http.ResponseWriter, r *http.Request, p staff.Person) {
	month := monthOf(r.PostFormValue("month"), c.thisDay())
	sheet, err := c.RotaLedger.HoursSheet(r.Context(), actor(p), month)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=\"hours-%s.csv\"", month.String()[:7]))
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write(sheet); err != nil {
		c.note(r, err)
	}
}

// monthOf reads a month as 2026-11; another text is the month of today.
func monthOf(text string, today rota.Date) rota.Date {
	if t, err := time.Parse("2006-01", text); err == nil && t.Year() >= 2000 && t.Year() < 2200 {
		today = rota.DateOf(t)
	}
	today.Day = 1
	return today
}
