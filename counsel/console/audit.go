package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// auditRoutes are those of the audit log.
func (c *Console) auditRoutes() []entry {
	return []entry{
		route("GET", "/audit", helpline.ReviewerOrSupervisor, counsel.ReadTrail, c.auditPage),
		route("POST", "/audit/check", helpline.ReviewerOrSupervisor, counsel.ReadTrail, c.checkAudit),
		stepUp(route("POST", "/audit/allow/{person}", helpline.ReviewerOrSupervisor, counsel.AllowOpenings, c.allowOpenings)),
		stepUp(route("POST", "/notes/{note}", helpline.CounsellorOrSupervisor, counsel.ReadNotes, c.openOther)),
	}
}

const (
	auditPageful = 50
	auditMonths  = 25  // two years and the month that runs
	lookAgain    = "2" // seconds, while a check runs
)

// who stands for those in a filter who are no person.
const (
	byLine     = "line"
	byOperator = "operator"
)

func (c *Console) auditPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showAudit(w, r, p, http.StatusOK, "")
}

func (c *Console) checkAudit(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := c.Audit.Check(actor(p)); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/audit#state", http.StatusSeeOther)
}

func (c *Console) allowOpenings(w http.ResponseWriter, r *http.Request, p staff.Person) {
	id, err := helpline.ParseID(r.PathValue("person"))
	if err != nil {
		c.troubleFor(w, r, p, http.StatusNotFound, "notfound", "/audit")
		return
	}
	err = c.Openings.Allow(r.Context(), c.by(r, p), id)
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/audit", http.StatusSeeOther)
	case helpline.Forbidden, helpline.Conflict, helpline.NotFound:
		c.showAudit(w, r, p, http.StatusConflict, "allow")
	default:
		c.fail(w, r, err)
	}
}

func (c *Console) showAudit(w http.ResponseWriter, r *http.Request, p staff.Person, status int, problem string) {
	now := time.Now()
	asked := url.Values{}
	if r.Method == http.MethodGet {
		asked = r.URL.Query()
	}
	// First the state, then the entries: a check writes its entry before it says
	// that it is done, so whoever reads of its end finds its entry.
	state := c.Audit.State()
	q, kept := auditQuery(asked, now)
	q.Limit = auditPageful + 1
	rows, err := c.Audit.Find(r.Context(), q)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "audit", "js/form.js")
	say, err := c.sentences(r.Context(), words, p)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	v := templates.Audit{
		Staff: frame, Problem: problem, Check: true, Most: counsel.OpeningsADay, Filtered: len(kept) > 0,
		Persons: say.persons(kept.Get("person")), Kinds: kindOptions(words, kept.Get("kind")), Months: monthOptions(words, kept.Get("month"), now),
	}
	if q.Below > 0 {
		v.Newest = "/audit?" + kept.Encode()
	}
	if len(rows) > auditPageful {
		rows = rows[:auditPageful]
		next := url.Values{"below": {strconv.Itoa(rows[auditPageful-1].Number)}}
		for k, one := range kept {
			next[k] = one
		}
		v.Older = "/audit?" + next.Encode()
	}
	for _, row := range rows {
		v.Entries = append(v.Entries, say.entry(row))
	}
	if v.State, err = c.auditState(r, words, say, state); err != nil {
		c.fail(w, r, err)
		return
	}
	if v.Many, err = c.many(r, p, say); err != nil {
		c.fail(w, r, err)
		return
	}
	if v.State.Running {
		w.Header().Set("Refresh", lookAgain)
	}
	c.show(w, r, status, templates.AuditPage(v))
}

// auditQuery reads a filter. What it does not know it leaves out; kept is what
// it took, without the place in the list.
func auditQuery(asked url.Values, now time.Time) (q audit.Query, kept url.Values) {
	kept = url.Values{}
	switch person := asked.Get("person"); person {
	case byLine:
		q.Actor = new(helpline.ID)
		kept.Set("person", person)
	case byOperator:
		operator := audit.Operator
		q.Actor = &operator
		kept.Set("person", person)
	default:
		if id, err := helpline.ParseID(person); err == nil && !id.IsZero() {
			q.Person = id
			kept.Set("person", person)
		}
	}
	kind := asked.Get("kind")
	if slices.Contains(audit.Groups(), kind) {
		kept.Set("kind", kind)
	} else {
		kind = ""
	}
	for _, code := range audit.Codes() {
		if code.Group() == kind || kind == "" && code != audit.LogKey {
			q.Codes = append(q.Codes, code)
		}
	}
	if first, err := time.Parse("2006-01", asked.Get("month")); err == nil && first.Year() > 2000 && first.Before(now) {
		q.From, q.To = retention.Day(first), retention.Day(first.AddDate(0, 1, 0))
		kept.Set("month", first.Format("2006-01"))
	}
	if n, err := strconv.Atoi(asked.Get("below")); err == nil && n > 0 {
		q.Below = n
	}
	return q, kept
}

func kindOptions(words i18n.Words, chosen string) []templates.Option {
	out := []templates.Option{{Name: words.T("audit.filter.any"), Chosen: chosen == ""}}
	for _, g := range audit.Groups() {
		out = append(out, templates.Option{Value: g, Name: words.T("audit.kind." + g), Chosen: g == chosen})
	}
	return out
}

func monthOptions(words i18n.Words, chosen string, now time.Time) []templates.Option {
	out := []templates.Option{{Name: words.T("audit.filter.always"), Chosen: chosen == ""}}
	month := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for range auditMonths {
		text := month.Format("2006-01")
		out = append(out, templates.Option{Value: text, Name: sayer{Words: words}.monthYear(rota.DateOf(month)), Chosen: text == chosen})
		month = month.AddDate(0, -1, 0)
	}
	return out
}

// many are those who need a second person for more openings today.
func (c *Console) many(r *http.Request, p staff.Person, say *sentences) ([]templates.AuditMany, error) {
	all, err := c.Openings.Allowances(r.Context(), c.by(r, p))
	if err != nil {
		return nil, err
	}
	var out []templates.AuditMany
	for _, a := range all {
		if a.Left > 0 {
			continue
		}
		out = append(out, templates.AuditMany{
			Name: say.name(a.Person), Opened: strconv.Itoa(a.Opened),
			Action: "/audit/allow/" + a.Person.String(), May: a.Person != p.ID,
		})
	}
	return out, nil
}

// auditState says what the last check has found: in this run of the program,
// or else what the log says of an earlier one.
func (c *Console) auditState(r *http.Request, words i18n.Words, say *sentences, s counsel.TrailState) (templates.AuditState, error) {
	v := templates.AuditState{Running: s.Running, Done: s.Done, Of: s.Of, Bad: s.Bad()}
	when := say.day(s.At.UTC())
	switch {
	case s.Running:
		v.Text = words.T("audit.state.running", "done", s.Done, "of", s.Of)
	case s.At.IsZero():
		last, err := c.Audit.Find(r.Context(), audit.Query{Codes: []audit.Code{audit.LogCheck}, Limit: 1})
		if err != nil {
			return v, err
		}
		v.Text = words.T("audit.state.never")
		if len(last) == 1 {
			v.Bad = last[0].Detail("found") != "good"
			v.Text = words.T("audit.state.good", "day", say.day(retention.Midnight(last[0].Day)))
			if v.Bad {
				v.Text = words.T("audit.state.bad", "day", say.day(retention.Midnight(last[0].Day)), "n", last[0].Detail("at"))
			}
		}
	case s.Failed:
		v.Text = words.T("audit.state.failed", "day", when)
	case s.Report.Fault != nil:
		f := s.Report.Fault
		v.Text = words.T("audit.state.bad", "day", when, "n", f.Number)
		v.Fault = words.T("audit.fault."+string(f.What), "n", f.Number, "to", f.To)
	default:
		v.Text = words.T("audit.state.good", "day", when)
	}
	for _, n := range s.Report.Restarts {
		v.Anew = append(v.Anew, words.T("audit.state.anew", "n", n))
	}
	return v, nil
}
