package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/console"
	"helpline/counsel/staff"
	"helpline/static"
	"helpline/templates"
	"helpline/templates/i18n"
)

// This file holds the routes that only the demonstration has: the tour, its
// progress, the one-button logins and the neutral page. No other command
// mounts them, and a test holds serve's table to that.

// demoSite is the demonstration's way in: the edge over its four host names.
type demoSite struct {
	edge          *edge
	line          *line
	people        demoPeople
	progress      *progress
	entries       entries
	port          string
	visitorOrigin string
	crowd         *crowd
}

// demoRoutes are the routes of this file. On the staff's host names stand the
// entries, on the visitor's the tour, on the neutral one its page.
var demoRoutes = []helpline.Route{
	{Method: "GET", Pattern: "/tour", Policy: helpline.DemoOnly},
	{Method: "GET", Pattern: "/tour/progress", Policy: helpline.DemoOnly},
	{Method: "GET", Pattern: "/demo/enter/{token}", Policy: helpline.DemoOnly},
	{Method: "POST", Pattern: "/demo/enter/{token}", Policy: helpline.DemoOnly},
}

func (d *demoSite) origin(host string) string { return "http://" + host + ":" + d.port }

// tour shows who one can be and what there is to try.
func (d *demoSite) tour(w http.ResponseWriter, r *http.Request) {
	locale := helpline.Locale(r.URL.Query().Get("lang"))
	if locale != "nl" && locale != "en" {
		locale = "en"
		if strings.HasPrefix(r.Header.Get("Accept-Language"), "nl") {
			locale = "nl"
		}
	}
	words := d.line.words.In(locale)
	now := time.Now()
	guise := func(key, href string) templates.Guise {
		return templates.Guise{
			Key: key, Title: words.T("tour." + key), Href: href, Button: words.T("tour." + key + "open"),
			Text: words.T("tour."+key+"text", "alias", d.people.counsellor.Alias),
		}
	}
	page := templates.Tour{
		Shell: d.shell(words, "js/tour.js"), Notice: d.line.noticed(locale),
		Guises: []templates.Guise{
			guise("visitor", d.visitorOrigin+"/"+string(locale)+"/"),
			guise("counsellor", d.origin(demoCounsellor)+"/demo/enter/"+d.entries.add(d.people.counsellor.ID, now)),
			guise("supervisor", d.origin(demoSupervisor)+"/demo/enter/"+d.entries.add(d.people.supervisor.ID, now)),
		},
	}
	for _, l := range []helpline.Locale{"en", "nl"} { // what staff screens speak; the visitor's page offers all
		page.Tongues = append(page.Tongues, templates.Tongue{
			Name: d.line.words.In(l).T("language.name"), Lang: string(l), Href: "/tour?lang=" + string(l), Here: l == locale,
		})
	}
	done := d.progress.list()
	page.Done = len(done)
	for _, t := range demoTasks {
		page.Tasks = append(page.Tasks, templates.TourTask{
			ID: t.id, Who: words.T("tour.who." + t.who), Text: words.T("tour.task." + t.id), Done: slices.Contains(done, t.id),
		})
	}
	d.show(w, r, http.StatusOK, templates.TourPage(page))
}

// progressNow answers the tour's script.
func (d *demoSite) progressNow(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string][]string{"done": d.progress.list()})
}

// entryPage shows the one button behind a link.
func (d *demoSite) entryPage(w http.ResponseWriter, r *http.Request) {
	person, ok := d.entries.look(r.PathValue("token"), time.Now())
	d.entryAnswer(w, r, person, ok)
}

// entryUse spends the link and logs in.
func (d *demoSite) entryUse(enter func(http.ResponseWriter, *http.Request, staff.Person, staff.Passphrase)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		person, ok := d.entries.spend(r.PathValue("token"), time.Now())
		if !ok {
			d.entryAnswer(w, r, person, false)
			return
		}
		p, err := d.byID(r.Context(), person)
		var pass staff.Passphrase
		if err == nil {
			pass, err = demoPass(d.line.db, p.Name)
		}
		if err != nil {
			d.line.log.Error("a demonstration login failed", "err", err)
			d.entryAnswer(w, r, person, false)
			return
		}
		enter(w, r, p, pass)
	}
}

func (d *demoSite) entryAnswer(w http.ResponseWriter, r *http.Request, person helpline.ID, ok bool) {
	status, action := http.StatusGone, ""
	who, err := d.byID(r.Context(), person)
	if ok && err == nil {
		status, action = http.StatusOK, r.URL.Path
	}
	words := d.line.words.In(who.Language)
	d.show(w, r, status, templates.DemoEntryPage(templates.DemoEntry{
		Shell: d.shell(words), Notice: d.line.noticed(words.Locale), Name: who.Alias, Action: action, Tour: d.visitorOrigin + "/tour",
	}))
}

// free gives the passphrase of somebody who came by a link and was shown none;
// whoever was invited here has chosen one.
func (d *demoSite) free(p staff.Person) (staff.Passphrase, bool) {
	if p.ID != d.people.counsellor.ID && p.ID != d.people.supervisor.ID && !strings.HasSuffix(p.Name, simulatedMark) {
		return staff.Passphrase{}, false
	}
	pass, err := demoPass(d.line.db, p.Name)
	return pass, err == nil
}

// byID is the person behind a link: one of the two, or a simulated colleague.
func (d *demoSite) byID(ctx context.Context, person helpline.ID) (staff.Person, error) {
	for _, p := range []staff.Person{d.people.counsellor, d.people.supervisor} {
		if p.ID == person {
			return p, nil
		}
	}
	return d.line.db.Person(ctx, person)
}

// neutral is the whole host that leaving quickly leads to.
func (d *demoSite) neutral() *site {
	mux := http.NewServeMux()
	page := func(w http.ResponseWriter, r *http.Request, status int) {
		shell := d.shell(d.line.words.In("en"))
		shell.Title = shell.Words.T("tour.neutral")
		d.show(w, r, status, templates.Neutral(shell))
	}
	mux.HandleFunc("GET "+static.Prefix+"{hash}/{name...}", static.ServeHTTP)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { page(w, r, http.StatusOK) })
	return &site{host: demoNeutral + ":" + d.port, mux: mux, problem: page}
}

func (d *demoSite) shell(words i18n.Words, scripts ...string) templates.Shell {
	return templates.Shell{Words: words, Title: words.T("tour.tabtitle"), View: "plain", Styles: []string{"css/tour.css"}, Scripts: scripts}
}

// show renders a page whole before it is sent.
func (d *demoSite) show(w http.ResponseWriter, r *http.Request, status int, c interface {
	Render(context.Context, io.Writer) error
},
) {
	var page bytes.Buffer
	if err := c.Render(context.WithoutCancel(r.Context()), &page); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = page.WriteTo(w)
	}
}

// newDemoSite joins the four hosts of the demonstration.
func newDemoSite(l *line, people demoPeople, port string, progress *progress) *demoSite {
	d := &demoSite{line: l, people: people, port: port, progress: progress}
	d.visitorOrigin = d.origin(demoVisitor)
	d.crowd = newCrowd(d, l.conf.Listen)
	l.free = d.free
	visitors := l.visitors(watched{l.engine, progress}, []string{d.visitorOrigin}, l.noticedByVisitors)
	pages := visitorSite(visitors, demoVisitor+":"+port, d.origin(demoNeutral), nil)
	pages.open = nil // nothing here is for search engines
	pages.mux.HandleFunc("GET /tour", d.tour)
	pages.mux.HandleFunc("GET /tour/progress", d.progressNow)

	sites := []*site{d.neutral()}
	for _, name := range []string{demoCounsellor, demoSupervisor} {
		desk := l.console(watchedDesk{console.Of(l.engine), progress}, d.origin(name), l.noticed)
		s := staffSite(desk, name+":"+port, nil)
		s.mux.HandleFunc("GET /demo/enter/{token}", d.entryPage)
		s.mux.Handle("POST /demo/enter/{token}", desk.Middleware(d.entryUse(desk.Enter)))
		sites = append(sites, s)
	}
	for _, s := range append(sites, pages) {
		s.mux.HandleFunc(healthRoute.Method+" "+healthRoute.Pattern, health(&l.ready))
	}
	d.edge = newEdge(l.rate, false, true, l.log, pages, sites...)
	return d
}

// ServeHTTP lets the simulated people through under their mark.
func (d *demoSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.crowd.is(r) {
		r = r.WithContext(context.WithValue(r.Context(), simulatedKey{}, true))
	}
	d.edge.ServeHTTP(w, r)
}
