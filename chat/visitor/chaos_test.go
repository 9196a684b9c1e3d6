package visitor_test

import (
	"context"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/chattest"
	"helpline/chat/link"
	"helpline/chat/promise"
	"helpline/chat/ticket"
	"helpline/chat/visitor"
	"helpline/templates/i18n"
)

// A town is a whole line in a bubble of fake time: the real engine, sockets and
// visitor's site behind a real HTTP server, on a network that is only memory
// and fails as the seed says. The journal and the keys outlive the server, the
// pages outlive both.
//
// The same seed gives the same people, faults and delays at the same fake
// times. What happens within one instant is left to the scheduler, and the
// identities and masks of frames are random: nearly every history comes back
// as it was, and the trace of one that failed is kept anyhow.
type town struct {
	t       *testing.T
	seed    uint64
	began   time.Time
	storm   time.Duration
	kills   int
	net     *chattest.Net
	journal *chattest.Journal
	hours   *chattest.Hours
	keys    *ticket.Keys
	options visitor.Options
	members []chat.Member
	people  sync.WaitGroup

	mu      sync.Mutex
	calm    bool // no more faults, and nobody new is taken
	engine  *chat.Engine
	boot    int64
	up      bool
	halt    func()
	stories []*story
	of      map[helpline.ID]*story
	tally   map[string]int
}

// weather is how big and how long a town's evening is.
type weather struct {
	rooms, extra int // conversations at once, and visitors who have to wait
	kills        int
	storm        time.Duration
	slow         time.Duration // the most that a write takes, nearly always
}

const chats = 8 // conversations of one counsellor

func newTown(t *testing.T, seed uint64, w weather) *town {
	t.Helper()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := promise.For("nl")
	if err != nil {
		t.Fatal(err)
	}
	tw := &town{
		t: t, seed: seed, began: time.Now(), storm: w.storm, kills: w.kills,
		net: chattest.NewNet(seed, w.slow), journal: chattest.NewJournal(), hours: &chattest.Hours{},
		keys: ticket.NewKeys(days(9)), of: map[helpline.ID]*story{}, tally: map[string]int{},
	}
	tw.hours.Set(helpline.Hours{Open: true})
	tw.journal.Slow(3 * time.Millisecond)
	tw.options = visitor.Options{
		Line:    helpline.Line{Name: "Talk", Country: "nl", Locales: []helpline.Locale{"en"}, NoteDays: 90, NeutralURL: "https://weather.example/"},
		Profile: profile, Words: words, Hours: tw.hours, Tickets: tw.keys,
		Sockets: &link.Sockets{Origins: []string{origin}},
		Now:     time.Now, Log: slog.New(slog.DiscardHandler),
	}
	for n := range (w.rooms + chats - 1) / chats {
		tw.members = append(tw.members, chat.Member{
			Person: helpline.ID{1, byte(n)}, Alias: "Robin", Roles: []helpline.Role{helpline.Counsellor},
			Locales: []helpline.Locale{"en"}, Audiences: helpline.Audiences(), Chats: chats,
		})
	}
	for n := range w.rooms + w.extra {
		tw.stories = append(tw.stories, newStory(tw, n))
	}
	return tw
}

// start is a server process: it comes up, or a test fails.
func (tw *town) start() {
	o := tw.options
	set := chat.Defaults()
	if tw.seed%2 == 1 {
		set.RingEntries = 6 // so that a ring is often full, and often does not reach back
	}
	engine := chat.New(set, tw.hours, tw.journal, &chattest.Counters{}, tw.keys, slog.New(slog.DiscardHandler))
	if err := engine.Start(context.Background()); err != nil {
		tw.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = engine.Run(ctx)
	}()
	o.Engine = engine
	mux := http.NewServeMux()
	visitor.New(o).Mount(mux)
	tw.mountDesk(mux, engine)
	srv := &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	listener := tw.net.Listen()
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(listener)
	}()
	tw.mu.Lock()
	defer tw.mu.Unlock()
	tw.engine, tw.up = engine, true
	tw.boot++
	tw.halt = func() {
		stop()
		<-ended
		_ = srv.Close()
		<-served
	}
}

// kill is kill -9, or a machine that is switched off: nothing that the old
// process still does reaches anybody.
func (tw *town) kill(told bool) {
	tw.mu.Lock()
	tw.up = false
	halt := tw.halt
	tw.tally["kills"]++
	tw.mu.Unlock()
	tw.net.Crash(told)
	halt()
}

// mountDesk serves the staff's links as the console does, without its logins:
// a header names the person.
func (tw *town) mountDesk(mux *http.ServeMux, engine *chat.Engine) {
	serve := func(sit func(*http.Request, chat.Member, *link.Socket) (*chat.Seat, error)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			socket, err := tw.options.Sockets.Upgrade(w, r)
			if err != nil {
				return // answered
			}
			seat, err := sit(r, tw.member(r.Header.Get("Person")), socket)
			if err != nil {
				socket.Drop(1)
				go socket.Serve(link.Nobody{})
				return
			}
			go socket.Serve(seat)
		}
	}
	mux.HandleFunc("GET /desk/lane", serve(func(r *http.Request, m chat.Member, s *link.Socket) (*chat.Seat, error) {
		return engine.Attend(r.Context(), m, s)
	}))
	mux.HandleFunc("GET /desk/talk/{contact}", serve(func(r *http.Request, m chat.Member, s *link.Socket) (*chat.Seat, error) {
		contact, err := helpline.ParseID(r.PathValue("contact"))
		if err != nil {
			return nil, err
		}
		return engine.Sit(r.Context(), m, contact, s)
	}))
}

func (tw *town) member(person string) chat.Member {
	for _, m := range tw.members {
		if m.Person.String() == person {
			return m
		}
	}
	return chat.Member{}
}

// dial opens a socket from the page with that name.
func (tw *town) dial(name, path string, header http.Header) (*link.Page, *chattest.Line, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	var line *chattest.Line
	d := link.Dialer{Conn: func(context.Context, string, string) (_ net.Conn, err error) {
		line, err = tw.net.Dial(name)
		return line, err
	}}
	header.Set("Origin", origin)
	tw.count("links")
	page, err := d.Dial(ctx, "ws://talk.example"+path, header)
	if err != nil && line != nil {
		_ = line.Close()
	}
	return page, line, err
}

func (tw *town) count(what string) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	tw.tally[what]++
}

func (tw *town) now() (engine *chat.Engine, boot int64, calm bool) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	return tw.engine, tw.boot, tw.calm
}

// evening is a whole run: people come, the storm, the calm after it in which
// everybody comes back, and the end of every conversation.
func (tw *town) evening() {
	fate := rand.New(rand.NewPCG(tw.seed, 0))
	tw.start()
	stop := make(chan struct{})
	for n := range tw.members {
		d := newDesk(tw, n)
		tw.people.Go(func() { d.work(stop) })
	}
	for _, s := range tw.stories {
		tw.people.Go(s.play)
	}
	for n := range tw.kills {
		// The first comes while many are still waiting, the others in the middle of everything.
		time.Sleep(tw.storm/time.Duration(tw.kills+1) - time.Duration(fate.Int64N(int64(10*time.Second))))
		if n == tw.kills/2 {
			engine, _, _ := tw.now()
			tw.keys.Rotate(days(10))
			engine.Rotated()
		}
		tw.kill(fate.IntN(3) > 0)
		time.Sleep(time.Duration(fate.Int64N(int64(8 * time.Second))))
		tw.start()
	}
	time.Sleep(time.Until(tw.began.Add(tw.storm)))
	tw.mu.Lock()
	tw.calm = true
	tw.mu.Unlock()
	tw.net.Calm()
	tw.heal()
	tw.judge("open")
	tw.close()
	tw.judge("closed")
	tw.kill(true) // and what is closed stays so
	tw.start()
	tw.haunt()
	close(stop)
	tw.mu.Lock()
	halt := tw.halt
	tw.mu.Unlock()
	for _, s := range tw.stories {
		s.goHome()
	}
	halt()
	tw.net.Crash(true)
	tw.people.Wait()
	synctest.Wait()
}
