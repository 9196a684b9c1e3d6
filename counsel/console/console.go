package console

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates/i18n"

	"github.com/alexedwards/scs/v2"
)

// CookieName is the cookie that carries a login.
const CookieName = "__Host-login"

// Shift is how long a login lasts.
const Shift = 10 * time.Hour

const (
	shift   = Shift
	maxForm = 48 << 10 // bytes of a form; a note of 2,000 characters takes up to 24 KiB
)

// Setup is what a console is made of.
type Setup struct {
	Line     helpline.Line
	Origin   string                       // of the staff's host, for links to be handed over: https://desk.example.org
	Notice   func(helpline.Locale) string // shown above every page; nil shows nothing
	Words    *i18n.Catalogue
	Office   *staff.Office
	Logins   *counsel.Logins
	Engine   Engine
	Sockets  *link.Sockets
	Log      *slog.Logger
	Peers    *counsel.Peers
	Passes   *counsel.Passes
	Known    *staff.Devices                              // browsers that are known; nil: none is
	DemoPass func(staff.Person) (staff.Passphrase, bool) // of people of the demonstration who were shown none; nil elsewhere
	Chats    int                                         // conversations at once of whoever is invited, where nobody says otherwise
	Answer   int                                         // working days within which a letter is answered
	Zone     *time.Location                              // of the clock that pages name; nil is the machine's
	Fresh    time.Duration                               // how long a second factor counts for what matters; 0 is FreshFor

	Notes      Notes
	Drafts     Drafts
	Keys       Keys
	Second     Second
	Halfway    Halfway
	Passkeys   Passkeys
	KeyUnlock  KeyUnlock
	Factors    Factors
	Devices    Devices
	Vouching   Vouching
	Team       Team
	Groups     Groups
	Regrants   Regrants
	Holds      Holds
	Referrals  Referrals
	Directory  Directory
	Own        OwnKeys
	Lost       Lost
	Custody    Custody
	Rescuing   Rescuing
	Keeping    Keeping
	Threads    Threads
	Letters    Letters
	Post       Post
	Nods       Nods
	Audit      Audit
	Openings   Openings
	Rotas      RotaBooks
	RotaWork   RotaWork
	RotaLedger RotaLedger
	Start      GoLive
	Readings   Readings
	Hand       Hand
	Hours      Hours
	Attending  Attending // nil: the line has no rotas at all
	Marking    Marking
	Staffing   Staffing
	Notices    Notices
	Calls      Calls
	Asking     Asking
	Reach      Reach
	OwnRotas   OwnRotas
	OwnAsks    OwnAsks
	Feeds      *counsel.Feeds
}

// Console answers the staff's requests.
type Console struct {
	Setup
	logins  *scs.SessionManager
	open    *sockets
	mux     *http.ServeMux
	steps   map[string]bool // patterns that ask for a fresh second factor
	inner   map[string]bool // patterns of pages and forms behind the login
	touched *touches

	undos  *undos
	quests *quests
	checks *checks

	troubles troubles
}

// New makes a console. Run must run beside it.
func New(s Setup) *Console {
	c := &Console{Setup: s, open: newSockets(), mux: http.NewServeMux(), steps: map[string]bool{}, inner: map[string]bool{}, touched: newTouches(), undos: newUndos(), quests: newQuests(), checks: newChecks()}
	sockets := *s.Sockets
	sockets.Check = c.carries
	c.Sockets = &sockets
	// Not scs.New: it starts a store in memory that would run on for good.
	c.logins = &scs.SessionManager{
		Store: s.Logins, Codec: counsel.LoginCodec{}, Lifetime: shift,
		HashTokenInStore: false, // our store needs the token to derive its key, and hashes it itself
		Cookie: scs.SessionCookie{
			Name: CookieName, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
		},
		ErrorFunc: c.fail,
	}
	for _, e := range c.table() {
		c.mux.Handle(e.Method+" "+e.Pattern, c.guarded(e))
		c.steps[e.Method+" "+e.Pattern] = e.stepUp
		c.inner[e.Method+" "+e.Pattern] = e.action != "" && !e.bare && !e.whileLocked && len(e.stages) == 0
	}
	return c
}

// ServeHTTP answers the routes of Routes and 404 for the rest.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	if _, pattern := c.mux.Handler(r); pattern == "" {
		c.trouble(w, r, http.StatusNotFound, "notfound", "/desk")
		return
	}
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		r = r.WithContext(c.asked(r))
	}
	if name := deviceName(r); name != "" {
		r = r.WithContext(counsel.OnDevice(r.Context(), name))
	}
	c.mux.ServeHTTP(w, r)
}

// locale is the language of a page before anybody has logged in: asked for in
// the address, else the first of the browser's that we have.
func locale(r *http.Request) helpline.Locale {
	if l, ok := screen(r.URL.Query().Get("language")); ok {
		return l
	}
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(tag, "-")
		if l, ok := screen(strings.ToLower(base)); ok {
			return l
		}
	}
	return "en"
}

// screens are the languages the staff's pages are written in.
func screens() []helpline.Locale { return []helpline.Locale{"en", "nl"} }

func screen(s string) (helpline.Locale, bool) {
	for _, l := range screens() {
		if string(l) == s {
			return l, true
		}
	}
	return "", false
}
