package main

import (
	"hash/maphash"
	"net/http"
	"net/url"
	"strings"
	"time"

	"helpline"
	"helpline/chat/gate"
	"helpline/chat/link"
	"helpline/chat/visitor"
	"helpline/counsel"
	"helpline/counsel/console"
	"helpline/counsel/staff"
	"helpline/static"
)

// What stands on both host names.
var (
	readyRoute  = helpline.Route{Method: "GET", Pattern: "/readyz", Policy: helpline.Anyone}
	healthRoute = helpline.Route{Method: "GET", Pattern: "/healthz", Policy: helpline.Anyone}
	assetRoute  = helpline.Route{Method: "GET", Pattern: static.Prefix + "{hash}/{name...}", Policy: helpline.Anyone}
)

// visitorSite is the visitors' host, behind a gate; nil lets everybody in.
func visitorSite(pages *visitor.Site, host, neutral string, g *gate.Gate) *site {
	s := &site{host: host, mux: http.NewServeMux(), problem: pages.Problem, again: pages.Again, action: neutral}
	d := &admission{
		gate: g, doors: map[string]gate.Door{}, free: []string{pattern(healthRoute), pattern(readyRoute), pattern(assetRoute)},
		holder: func(r *http.Request) (holder, bool) {
			contact, talks, ok := pages.Holder(r)
			return holder{name: contact, talks: talks, door: gate.Held}, ok
		},
	}
	for _, r := range pages.Routes() {
		if r.Method == http.MethodGet && r.Policy == helpline.Anyone && !strings.Contains(r.Pattern, "/moment/") && r != assetRoute {
			s.offers = append(s.offers, pattern(r)) // not what belongs to a place, which stays where it is
		}
		switch {
		case strings.HasSuffix(r.Pattern, "/start"):
			d.doors[pattern(r)] = gate.Starts
		case codeRoute(r):
			d.doors[pattern(r)] = gate.Codes
		case strings.HasSuffix(r.Pattern, "/talk/link"):
			d.live = append(d.live, pattern(r))
		case strings.HasSuffix(r.Pattern, "/talk/plain"):
			s.framing = append(s.framing, pattern(r))
		case strings.HasSuffix(r.Pattern, "/talk/words/{page}"): // may become a stream
			d.live = append(d.live, pattern(r))
			s.frames = append(s.frames, pattern(r))
			s.framing = append(s.framing, pattern(r)) // the stream stands in a frame of its own
		case strings.HasSuffix(r.Pattern, "/talk/write/{page}"):
			s.frames = append(s.frames, pattern(r))
		case strings.HasSuffix(r.Pattern, "/{$}"): // the front page of a language
			s.open = append(s.open, pattern(r))
		}
	}
	if g != nil {
		s.door = d
	}
	pages.Mount(s.mux)
	return s
}

// codeRoute says whether a route makes or weighs a return code, or writes to the
// disk for somebody who has shown nothing.
func codeRoute(r helpline.Route) bool {
	return r.Method == http.MethodPost &&
		(strings.HasSuffix(r.Pattern, "/write") || strings.HasSuffix(r.Pattern, "/back") ||
			strings.HasSuffix(r.Pattern, "/talk/keep") || strings.HasSuffix(r.Pattern, "/talk/code") || strings.HasSuffix(r.Pattern, "/wrong") || strings.Contains(r.Pattern, "/thread"))
}

// staffSite is the staff's host, behind a gate; nil lets everybody in.
func staffSite(desk *console.Console, host string, g *gate.Gate) *site {
	s := &site{host: host, mux: http.NewServeMux(), problem: desk.Problem, passkeys: true}
	if g != nil {
		seen := &looks{gate: g, good: map[uint64]time.Time{}, seed: maphash.MakeSeed()}
		s.door = &admission{
			gate: g, free: []string{pattern(healthRoute), pattern(readyRoute), pattern(assetRoute)},
			doors: map[string]gate.Door{
				"POST /login": gate.Logins, "POST /unlock": gate.Logins, "POST /step-up": gate.Logins, "POST /second": gate.Logins,
				"GET /join/{token}": gate.Codes, "POST /join/{token}": gate.Codes,
				"GET /shifts/enter/{token}": gate.Codes, "POST /shifts/enter/{token}": gate.Codes,
				"GET /notices/confirm/{token}": gate.Codes, "POST /notices/confirm/{token}": gate.Codes,
				"GET /feed/{file}": gate.Codes,
			},
			live: []string{"GET /desk/lane", "GET /desk/talk/{contact}"},
			holder: func(r *http.Request) (holder, bool) {
				login, ok := seen.look(r, time.Now(), desk.Holder)
				return holder{name: login, talks: true, door: gate.Desks}, ok
			},
			gave: func(h http.Header) { seen.gave(h, time.Now()) },
		}
	}
	for _, r := range desk.Routes() {
		s.mux.Handle(pattern(r), desk)
	}
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, desk.Front(r), http.StatusSeeOther)
	})
	s.mux.HandleFunc(pattern(assetRoute), static.ServeHTTP)
	return s
}

// pattern is a route as the mux writes it.
func pattern(r helpline.Route) string { return r.Method + " " + r.Pattern }

// console is the staff's site on the engine it is given, under one origin.
func (l *line) console(engine console.Engine, origin string, notice func(helpline.Locale) string) *console.Console {
	start, readings := l.start()
	set := console.Setup{
		Start: start, Readings: readings,
		Line: l.conf.Line, Origin: origin, Notice: notice, Words: l.words, Office: l.office, Logins: l.logins,
		Engine: engine, Sockets: &link.Sockets{Origins: []string{origin}}, Log: l.log, Zone: l.conf.Zone, DemoPass: l.free, Fresh: l.conf.StepUp,
		Notes: l.notes, Drafts: l.notes, Keys: l.rings, Halfway: l.rings, Second: l.second, Factors: l.second, Devices: counsel.NewDevices(l.db.Logins(), l.rings.LockLogin, console.Shift), Vouching: l.rings,

		Directory: counsel.NewUpkeep(l.db, l.conf.limits(), time.Now, l.trail),
		Referrals: l.refer,

		Team: l.team, Groups: l.rings, Regrants: l.regrant, Holds: l.holds,
		Own: l.recovery, Lost: l.recovery, Custody: l.recovery, Rescuing: l.recovery,

		Hand: l.hand, Hours: l.duty, Attending: l.attend, Marking: l.rotas,
		Staffing: counsel.NewStaffing(l.db, l.attend, l.conf.Zone, l.conf.MaxWaiting, time.Now).Beside(l.rotas),
		Rotas:    l.rotas, RotaWork: l.rotas, RotaLedger: l.rotas,

		Audit: l.checks, Openings: l.notes,

		Notices: l.notices, Calls: l.notices, Reach: l.notices, Asking: l.rotas,

		Threads: l.threads, Letters: l.threads, Post: l.threads, Nods: l.meetings, Answer: l.conf.Line.AnswerDays, Chats: l.conf.Chats,

		Peers:  counsel.NewPeers(l.office, l.db, l.trail),
		Passes: counsel.NewPasses(l.db.Logins(), l.trail),

		OwnRotas: l.rotas, OwnAsks: l.rotas,
		Feeds: counsel.NewFeeds(l.db, l.db, l.trail),

		Keeping: counsel.NewKeeping(l.db, rules(l.conf), l.conf.Copies.Dir != "", time.Now),
		Known:   l.devices,
	}
	l.passkeys(&set)
	c := console.New(set)
	l.beside = append(l.beside, c.Run)
	return c
}

// passkeys adds what passkeys need, where the host can have them: an address
// cannot, and its people use codes.
func (l *line) passkeys(set *console.Setup) {
	u, err := url.Parse(set.Origin)
	if err != nil {
		return
	}
	host, err := staff.NewPasskeys(u.Hostname(), set.Origin, l.conf.Line.Name)
	if err != nil {
		l.log.Info("this host cannot have passkeys; codes of an app work")
		return
	}
	keys := l.second.Passkeys(host)
	set.Passkeys, set.KeyUnlock = keys, keys
}
