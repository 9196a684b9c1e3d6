package main

import (
	"net/http"
	"strings"
	"time"

	"helpline"
	"helpline/chat/gate"
	"helpline/chat/link"
	"helpline/chat/visitor"
	"helpline/counsel"
	"helpline/counsel/console"
	"helpline/static"
)

// healthRoute and assetRoute stand on both host names.
var (
	healthRoute = helpline.Route{Method: "GET", Pattern: "/healthz", Policy: helpline.Anyone}
	assetRoute  = helpline.Route{Method: "GET", Pattern: static.Prefix + "{hash}/{name...}", Policy: helpline.Anyone}
)

// visitorSite is the visitors' host.
func visitorSite(pages *visitor.Site, host, neutral string) *site {
	s := &site{host: host, mux: http.NewServeMux(), problem: pages.Problem, action: neutral}
	var starts []string
	for _, r := range pages.Routes() {
		switch pattern := r.Method + " " + r.Pattern; {
		case strings.HasSuffix(r.Pattern, "/start"):
			starts = append(starts, pattern)
		case strings.HasSuffix(r.Pattern, "/{$}"): // the front page of a language
			s.open = append(s.open, pattern)
		}
	}
	s.limits = limits(starts...)
	pages.Mount(s.mux)
	return s
}

// staffSite is the staff's host.
func staffSite(desk *console.Console, host string) *site {
	s := &site{
		host: host, mux: http.NewServeMux(), problem: desk.Problem,
		limits: limits("POST /login", "POST /join/{token}", "POST /unlock"),
	}
	for _, r := range desk.Routes() {
		s.mux.Handle(r.Method+" "+r.Pattern, desk)
	}
	s.mux.Handle("GET /{$}", http.RedirectHandler("/desk", http.StatusSeeOther))
	s.mux.HandleFunc(assetRoute.Method+" "+assetRoute.Pattern, static.ServeHTTP)
	return s
}

// console is the staff's site on the engine it is given, under one origin.
func (l *line) console(engine console.Engine, origin string, notice func(helpline.Locale) string) *console.Console {
	c := console.New(console.Setup{
		Line: l.conf.Line, Origin: origin, Notice: notice, Words: l.words, Office: l.office, Logins: l.logins,
		Engine: engine, Sockets: &link.Sockets{Origins: []string{origin}}, Log: l.log,
		Notes: l.notes, Drafts: l.notes, Keys: l.rings, Vouching: l.rings,
		Directory: counsel.NewUpkeep(l.db, l.conf.limits(), time.Now),
	})
	l.beside = append(l.beside, c.Run)
	return c
}

// limits are the budgets of a site per rate key: generous for a family or a
// school behind one address, hopeless for a flood.
func limits(patterns ...string) map[string]*gate.Budget {
	out := make(map[string]*gate.Budget)
	for _, pattern := range patterns {
		out[pattern] = gate.NewBudget(30, 10*time.Second, 10_000)
	}
	return out
}
