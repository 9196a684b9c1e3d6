package visitor_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/link"
	"helpline/chat/promise"
	"helpline/chat/ticket"
	"helpline/chat/visitor"
	"helpline/templates/i18n"
)

// fakeEngine is an engine of one's own making.
type fakeEngine struct {
	mu        sync.Mutex
	arrived   []chat.Arrival
	left      []helpline.ID
	leftUnder error // of the context of the last Leave
	ended     bool  // Renew knows no contact
	arrive    error
	renewErr  error
	band      int
	late      bool
	busy      bool
	moved     []helpline.ID
	moveErr   error
}

func (e *fakeEngine) Arrive(_ context.Context, a chat.Arrival) (ticket.Ticket, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.arrive != nil {
		return ticket.Ticket{}, e.arrive
	}
	e.arrived = append(e.arrived, a)
	return newTicket(a.Audience), nil
}

func (e *fakeEngine) Renew(_ context.Context, t ticket.Ticket) (ticket.Ticket, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended {
		return t, helpline.Errorf(helpline.NotFound, "ended")
	}
	t.Expires = time.Now().Add(ticket.Life)
	return t, e.renewErr
}

func (e *fakeEngine) Leave(ctx context.Context, t ticket.Ticket) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.left, e.leftUnder = append(e.left, t.Contact), ctx.Err()
	return nil
}

func (e *fakeEngine) Visit(context.Context, ticket.Ticket, chat.Link) (*chat.Seat, error) {
	return nil, helpline.Errorf(helpline.NotFound, "no such contact")
}

func (e *fakeEngine) Estimate() chat.Estimate {
	return chat.Estimate{Band: e.band, Late: e.late, Busy: e.busy}
}

func (e *fakeEngine) Move(_ context.Context, t ticket.Ticket) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.moved = append(e.moved, t.Contact)
	return e.moveErr
}

type fakeHours struct {
	open bool
	next time.Time
	said helpline.Hours // instead of open, when anything is said
}

func (h *fakeHours) Now() helpline.Hours {
	if h.said.Open || h.said.Shut != "" {
		return h.said
	}
	return helpline.Hours{Open: h.open}
}
func (h *fakeHours) Next() time.Time { return h.next }

func newTicket(a helpline.Audience) ticket.Ticket {
	return ticket.Ticket{
		Contact: helpline.NewID(), Audience: a, Locale: "en", Version: 1, Boot: 1, Number: 1,
		Stage: ticket.Waiting, Expires: time.Now().Add(ticket.Life),
	}
}

func days(epoch int) (today, yesterday ticket.Day) {
	today = ticket.Day{Epoch: epoch, Ticket: ticket.Key{byte(epoch)}, Live: ticket.Key{byte(epoch), 1}}
	yesterday = ticket.Day{Epoch: epoch - 1, Ticket: ticket.Key{byte(epoch - 1)}, Live: ticket.Key{byte(epoch - 1), 1}}
	return today, yesterday
}

// catalogue is read once for all tests: it takes longer than most of them.
var catalogue = sync.OnceValues(i18n.Load)

// rig is a site with everything around it faked.
type rig struct {
	*testing.T
	engine  *fakeEngine
	letters letterbox
	hours   *fakeHours
	keys    *ticket.Keys
	log     *bytes.Buffer
	mux     *http.ServeMux
	site    *visitor.Site
	promise promise.Profile
	begin   func(string) (time.Duration, bool) // nil lets everybody start
}

const origin = "https://talk.example"

// read is the version of the promise that a form must name.
var read = sync.OnceValue(func() string {
	p, err := promise.For("nl")
	if err != nil {
		panic(err)
	}
	return strconv.Itoa(int(p.Version))
})

func newRig(t *testing.T) *rig {
	t.Helper()
	return newRigWith(t, func(*visitor.Options) {})
}

// newRigOf is a rig of a line that was changed.
func newRigOf(t *testing.T, change func(*helpline.Line)) *rig {
	t.Helper()
	return newRigWith(t, func(o *visitor.Options) { change(&o.Line) })
}

// newRigWith is a rig with other options.
func newRigWith(t *testing.T, change func(*visitor.Options)) *rig {
	t.Helper()
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := promise.For("nl")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, engine: &fakeEngine{}, hours: &fakeHours{open: true}, keys: ticket.NewKeys(days(9)), log: &bytes.Buffer{}, mux: http.NewServeMux(), promise: profile}
	line := helpline.Line{
		Name: "Talk", Country: "nl", Locales: []helpline.Locale{"en", "nl", "nl-BE"}, NoteDays: 90,
		NeutralURL: "https://weather.example/",
	}
	o := visitor.Options{
		Line: line, Profile: profile, Words: words, Engine: r.engine, Hours: r.hours, Tickets: r.keys, Mover: r.engine, Inbox: &r.letters,
		Sockets: &link.Sockets{Origins: []string{origin}},
		Now:     time.Now, Log: slog.New(slog.NewJSONHandler(r.log, nil)),
		Begin: func(rate string) (time.Duration, bool) {
			if r.begin == nil {
				return 0, true
			}
			return r.begin(rate)
		},
	}
	change(&o)
	r.site = visitor.New(o)
	r.site.Mount(r.mux)
	r.mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) { r.site.Problem(w, req, http.StatusNotFound) })
	return r
}

// version is that of the promise, as a page has it.
func (r *rig) version() uint16 { return r.promise.Version }

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

func (r *rig) do(method, path string, form url.Values, cookies ...string) answer {
	r.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req := httptest.NewRequest(method, origin+path, body)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Sec-Fetch-Dest", "document")
	for _, c := range cookies {
		req.Header.Add("Cookie", c)
	}
	return r.serve(req)
}

func (r *rig) serve(req *http.Request) answer {
	r.Helper()
	w := httptest.NewRecorder()
	r.mux.ServeHTTP(w, req)
	resp := w.Result()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		r.Fatal(err)
	}
	return answer{resp, string(b)}
}

// holding is the cookie of a visitor with a good ticket.
func (r *rig) holding(t ticket.Ticket) string {
	r.Helper()
	sealed, err := r.keys.Seal(t)
	if err != nil {
		r.Fatal(err)
	}
	return "__Host-place=" + sealed
}

func (r *rig) want(a answer, status int, location string) {
	r.Helper()
	if a.StatusCode != status || a.Header.Get("Location") != location {
		r.Errorf("status %d to %q, want %d to %q", a.StatusCode, a.Header.Get("Location"), status, location)
	}
}

func (a answer) cookie(name string) *http.Cookie {
	for _, c := range a.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (r *rig) forgotten(a answer) {
	r.Helper()
	for _, name := range []string{"__Host-place", "__Host-gone"} {
		if c := a.cookie(name); c == nil || c.MaxAge >= 0 || c.Value != "" {
			r.Errorf("cookie %s was not taken back: %v", name, c)
		}
	}
}

var errDisk = errors.New("disk full")
