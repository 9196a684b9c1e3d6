package visitor

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/promise"
	"helpline/static"
	"helpline/templates/i18n"
)

// maxForm is the most a form may carry, in bytes. The forms hold a door and a
// version; nobody writes into them.
const maxForm = 16 << 10

// Options are what a Site is made of. All of it is needed but Notice,
// Inbox and Cards.
type Options struct {
	Line    helpline.Line
	Profile promise.Profile
	Words   *i18n.Catalogue
	Engine  Engine
	Hours   chat.Hours
	Tickets Tickets
	Sockets Sockets
	Notice  func(helpline.Locale) string // stands above every page; nil: nothing
	// Begin takes one start from the budget of a rate key, or says how long to
	// wait; nil always lets start. It is asked only for who came in by a ticket
	// whose contact has ended: strangers have paid at the door.
	Begin func(rate string) (wait time.Duration, ok bool)
	// Turns asks strangers for a turn while there is load; nil never does.
	Turns Turns
	Mover Mover          // ends the wait of who left a message instead
	Zone  *time.Location // of the clocks on the pages; nil: UTC
	Inbox Inbox          // nil: no messages are taken
	Cards Cards          // nil: nobody is known again
	// Holders lists who has or had a conversation; of the zero contact everybody who
	// had one that can still be told. A complaint about it is never shown to them.
	// Nil: it is shown to all who read complaints.
	Holders    func(ctx context.Context, contact helpline.ID) ([]helpline.ID, error)
	LetterDays int              // that a message is kept after its answer
	CopyDays   int              // that a safety copy is kept at most
	Now        func() time.Time // for the life of tickets
	Log        *slog.Logger
}

// Site serves the visitor's pages. It may be used by many at once.
type Site struct {
	o       Options
	links   links
	sheets  sheets
	streams streams
	faults  faultPages
	talks   *talkPages

	openings openings
}

// New makes a Site. A line that offers no language offers English.
func New(o Options) *Site {
	if len(o.Line.Locales) == 0 {
		o.Line.Locales = []helpline.Locale{"en"}
	}
	return &Site{o: o, faults: faultPages{pages: map[fault]rendered{}}, talks: newTalkPages()}
}

type action struct {
	helpline.Route
	serve http.HandlerFunc
}

// actions lists every route. Each language of the line has addresses of its
// own: a wildcard for it would collide with every other tree on the host.
func (s *Site) actions() []action {
	out := []action{{helpline.Route{Method: "GET", Pattern: "/{$}", Policy: helpline.Anyone}, s.choose}}
	for _, l := range s.o.Line.Locales {
		add := func(method, rest string, policy helpline.Policy, next func(*visit)) {
			out = append(out, action{helpline.Route{Method: method, Pattern: "/" + string(l) + rest, Policy: policy}, s.in(l, next)})
		}
		add("GET", "/{$}", helpline.Anyone, s.front)
		add("POST", "/door", helpline.Anyone, s.door)
		add("GET", "/before/{door}", helpline.Anyone, s.before)
		add("POST", "/start", helpline.Anyone, s.start)
		add("GET", "/leaving", helpline.Anyone, s.leaving)
		add("GET", "/kept", helpline.Anyone, s.court) // a dull word: it stands in the history of the browser
		add("POST", "/leave", helpline.Anyone, s.leave)
		add("GET", "/moment/{door}/{turn}", helpline.Anyone, s.awhile)
		s.toRead(add)
		add("GET", "/talk", helpline.TicketHolder, s.talk)
		add("GET", "/talk/link", helpline.TicketHolder, s.link)
		add("POST", "/talk/link", helpline.TicketHolder, s.openStream)
		add("POST", "/talk/renew", helpline.TicketHolder, s.renew)
		out = append(out, s.inboxActions(l)...)
		out = append(out, s.knownActions(l)...)
		out = append(out, s.wrongActions(l)...)
		out = append(out, s.bareActions(l)...)
	}
	return out
}

// Routes is the visitor's part of the route table.
func (s *Site) Routes() []helpline.Route {
	var out []helpline.Route
	for _, a := range s.actions() {
		out = append(out, a.Route)
	}
	return append(out, assets)
}

var assets = helpline.Route{Method: "GET", Pattern: static.Prefix + "{hash}/{name...}", Policy: helpline.Anyone}

// Mount puts the handlers of Routes on a mux.
func (s *Site) Mount(mux *http.ServeMux) {
	for _, a := range s.actions() {
		mux.Handle(a.Method+" "+a.Pattern, s.afterLeaving(a.serve))
	}
	mux.HandleFunc(assets.Method+" "+assets.Pattern, static.ServeHTTP)
}

// visit is one request, with its language settled.
type visit struct {
	w      http.ResponseWriter
	r      *http.Request
	locale helpline.Locale
	words  i18n.Words
}

func (v *visit) path(rest string) string { return "/" + string(v.locale) + "/" + rest }

func (v *visit) to(rest string) { http.Redirect(v.w, v.r, v.path(rest), http.StatusSeeOther) }

func (s *Site) visit(w http.ResponseWriter, r *http.Request, l helpline.Locale) *visit {
	return &visit{w: w, r: r, locale: l, words: s.o.Words.In(l)}
}

// in settles the language by the address alone.
func (s *Site) in(l helpline.Locale, next func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next(s.visit(w, r, l))
	}
}

// choose sends somebody without a language in the address to one: the first
// the browser asks for and the line offers, otherwise the line's first.
func (s *Site) choose(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept-Language")
	http.Redirect(w, r, "/"+string(s.preferred(r))+"/", http.StatusSeeOther)
}
