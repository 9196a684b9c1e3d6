package chat_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/chattest"
	"helpline/chat/sim"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// An evening is a whole line in a bubble of fake time: the real engine, pages
// that speak the real protocol, and links that are only memory. Its journal
// and its keys outlive the engine, as a disk does.
type evening struct {
	t     *testing.T
	set   chat.Settings
	e     *chat.Engine
	j     *chattest.Journal
	c     *chattest.Counters
	h     *chattest.Hours
	keys  *ticket.Keys
	stop  context.CancelFunc
	ended chan struct{}
	links []*chattest.Link // that go when the process goes
}

// inAnEvening runs a test in a bubble. When it has returned, the engine stops,
// and no goroutine may be left.
func inAnEvening(t *testing.T, do func(*testing.T, *evening)) {
	t.Helper()
	inAnEveningWith(t, chat.Defaults(), do)
}

func inAnEveningWith(t *testing.T, set chat.Settings, do func(*testing.T, *evening)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ev := &evening{
			t: t, set: set, j: chattest.NewJournal(), c: &chattest.Counters{}, h: &chattest.Hours{},
			keys: ticket.NewKeys(day(100), day(99)),
		}
		ev.h.Set(helpline.Hours{Open: true})
		ev.start()
		defer func() { ev.halt() }()
		do(t, ev)
	})
}

func day(epoch int) ticket.Day {
	return ticket.Day{Epoch: epoch, Ticket: ticket.Key{byte(epoch), 1}, Live: ticket.Key{byte(epoch), 2}}
}

func (ev *evening) start() {
	ev.t.Helper()
	ev.e = chat.New(ev.set, ev.h, ev.j, ev.c, ev.keys, slog.New(slog.DiscardHandler))
	if err := ev.e.Start(ev.t.Context()); err != nil {
		ev.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	ev.stop, ev.ended = stop, ended
	e := ev.e
	go func() {
		defer close(ended)
		_ = e.Run(ctx)
	}()
}

func (ev *evening) halt() {
	ev.stop()
	<-ev.ended
	synctest.Wait()
	for _, l := range ev.links {
		l.Drop(0)
	}
	ev.links = nil
	synctest.Wait()
}

// restart is a server that went away and came back: only the journal, the
// keys and the pages remember.
func (ev *evening) restart() {
	ev.t.Helper()
	ev.halt()
	ev.start()
}

func (ev *evening) newLink() *chattest.Link {
	l := chattest.NewLink()
	ev.links = append(ev.links, l)
	return l
}

// settle lets everything that is under way happen; no time passes.
func settle() { synctest.Wait() }

// pass lets time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// person is somebody with a page: a visitor, or a counsellor in a conversation.
type person struct {
	ev     *evening
	card   ticket.Ticket // of a visitor: what stands in the cookie
	secret helpline.ID
	member chat.Member // of a counsellor
	who    helpline.ID // the contact

	mu   sync.Mutex
	page *sim.Page
	deaf bool // frames reach the page no more, and nobody has noticed

	link *chattest.Link
	seat *chat.Seat
}

// arrive walks through a door without opening a page yet.
func (ev *evening) arrive(door helpline.Audience, locale helpline.Locale) *person {
	ev.t.Helper()
	card, err := ev.e.Arrive(ev.t.Context(), chat.Arrival{Audience: door, Locale: locale, Version: 3})
	if err != nil {
		ev.t.Fatal(err)
	}
	return &person{ev: ev, card: card, who: card.Contact, secret: helpline.NewID()}
}

// visitor arrives and waits with an open page.
func (ev *evening) visitor() *person {
	ev.t.Helper()
	p := ev.arrive(helpline.Self, "en")
	p.open()
	return p
}

// open makes a fresh page and its first link.
func (p *person) open() {
	side := wire.Visitor
	if p.counsels() {
		side = wire.Counsellor
	}
	p.mu.Lock()
	p.page, p.deaf = sim.NewPage(side, p.secret), false
	p.mu.Unlock()
	p.dial()
}

func (p *person) counsels() bool { return !p.member.Person.IsZero() }

// dial opens a new link for the page that is there.
func (p *person) dial() {
	p.ev.t.Helper()
	p.link = p.ev.newLink()
	var err error
	if p.counsels() {
		p.seat, err = p.ev.e.Sit(p.ev.t.Context(), p.member, p.who, p.link)
	} else {
		p.seat, err = p.ev.e.Visit(p.ev.t.Context(), p.card, p.link)
	}
	if err != nil {
		p.ev.t.Fatal(err)
	}
	go p.live(p.page, p.link, p.seat)
	p.mu.Lock()
	hello := p.page.Open()
	p.mu.Unlock()
	p.send(hello...)
	settle()
}

// live carries what comes over a link to the page, and its answers back.
func (p *person) live(page *sim.Page, link *chattest.Link, seat *chat.Seat) {
	for range link.News() {
		frames, open := link.Take()
		for _, f := range frames {
			if _, err := wire.FromServer(wire.Append(nil, f)); err != nil {
				p.ev.t.Errorf("a page cannot read %s: %v", f.Kind, err)
			}
			p.mu.Lock()
			var answers []*wire.Frame
			if !p.deaf && p.link == link {
				answers = page.Handle(f)
			}
			p.mu.Unlock()
			for _, a := range answers {
				seat.Receive(a)
			}
		}
		if !open {
			seat.Gone()
			return
		}
	}
}

func (p *person) send(frames ...*wire.Frame) {
	for _, f := range frames {
		p.seat.Receive(f)
	}
}

// tell sends frames and lets them have their effect.
func (p *person) tell(frames ...*wire.Frame) {
	p.send(frames...)
	settle()
}

// say writes a message and lets it travel.
func (p *person) say(text string) helpline.ID {
	p.mu.Lock()
	id, frames := p.page.Say(`{"text":"` + text + `"}`)
	p.mu.Unlock()
	p.tell(frames...)
	return id
}

// lose breaks the link, and the server notices at once.
func (p *person) lose() {
	p.link.Drop(0)
	settle()
}

// reload is a page that goes and comes back at once, with its secret.
func (p *person) reload() {
	p.lose()
	p.open()
}

// reads says whether a message stands on the page's screen.
func (p *person) reads(id helpline.ID) bool {
	for _, l := range p.screen() {
		if l.ID == id {
			return true
		}
	}
	return false
}

func (p *person) screen() []sim.Line {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.page.Screen()
}

// fate gives what the page can say of one of its messages; empty when it does
// not stand there.
func (p *person) fate(id helpline.ID) sim.State {
	for _, l := range p.screen() {
		if l.ID == id {
			return l.State
		}
	}
	return ""
}

func (p *person) stage() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.page.Stage
}

func (p *person) place() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.page.Place
}

func (p *person) ended() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.page.Ended
}

// end gives the reason and the next step the link was told; empty while it
// goes on.
func (p *person) end() (reason, next string) {
	if f := p.link.Last(wire.Closed); f != nil {
		return f.Reason, f.Next
	}
	return "", ""
}

// presence gives how the other side is, as this page was last told.
func (p *person) presence() string {
	if f := p.link.Last(wire.Presence); f != nil {
		return f.State
	}
	return ""
}

// desk is a member of staff with the desk open.
type desk struct {
	ev     *evening
	member chat.Member
	link   *chattest.Link
	seat   *chat.Seat
}

func counsellor(alias string) chat.Member {
	return chat.Member{
		Person: helpline.NewID(), Alias: alias, Roles: []helpline.Role{helpline.Counsellor},
		Locales: []helpline.Locale{"en", "nl"}, Audiences: helpline.Audiences(),
	}
}

// desk opens a desk and goes on duty.
func (ev *evening) desk(m chat.Member) *desk {
	ev.t.Helper()
	d := &desk{ev: ev, member: m}
	d.open()
	d.tell(&wire.Frame{Kind: wire.Duty, On: true})
	return d
}

func (d *desk) open() {
	d.ev.t.Helper()
	d.link = d.ev.newLink()
	seat, err := d.ev.e.Attend(d.ev.t.Context(), d.member, d.link)
	if err != nil {
		d.ev.t.Fatal(err)
	}
	d.seat = seat
	go func(link *chattest.Link) {
		for range link.News() {
			if _, open := link.Take(); !open {
				seat.Gone()
				return
			}
		}
	}(d.link)
	settle()
}

func (d *desk) tell(f *wire.Frame) {
	d.seat.Receive(f)
	settle()
}

func (d *desk) next()                     { d.tell(&wire.Frame{Kind: wire.Next, On: true}) }
func (d *desk) accept(id helpline.ID)     { d.tell(&wire.Frame{Kind: wire.Accept, Contact: id}) }
func (d *desk) lose()                     { d.link.Drop(0); settle() }
func (d *desk) problems() (list []string) { return codes(d.link) }

func codes(l *chattest.Link) (list []string) {
	for _, f := range l.Frames(wire.Problem) {
		list = append(list, f.Code)
	}
	return list
}

// took says whether the desk was told that a visitor is theirs.
func (d *desk) took(id helpline.ID) int {
	n := 0
	for _, f := range d.link.Frames(wire.Accept) {
		if f.Contact == id && f.Mine {
			n++
		}
	}
	return n
}

// shows lets the board catch up and says whether a visitor may be taken.
func (d *desk) shows(id helpline.ID) bool {
	pass(time.Second)
	for _, w := range d.link.Last(wire.Board).Ready {
		if w.Contact == id {
			return true
		}
	}
	return false
}

// sit opens the page of a conversation.
func (d *desk) sit(id helpline.ID) *person {
	p := &person{ev: d.ev, member: d.member, who: id}
	p.open()
	return p
}

// talk brings a visitor and a counsellor together.
func (ev *evening) talk() (v, c *person, d *desk) {
	ev.t.Helper()
	d = ev.desk(counsellor("Robin"))
	v = ev.visitor()
	c = ev.together(d, v)
	return v, c, d
}

// together has a counsellor take a visitor who waits.
func (ev *evening) together(d *desk, v *person) *person {
	ev.t.Helper()
	d.next()
	pass(6 * time.Second) // the line settles after a start
	if v.stage() != "offered" {
		ev.t.Fatalf("the visitor is %q, not asked", v.stage())
	}
	v.tell(&wire.Frame{Kind: wire.Ready})
	d.accept(v.who)
	c := d.sit(v.who)
	if v.stage() != "talking" || c.stage() != "talking" {
		ev.t.Fatalf("they do not talk: visitor %q, counsellor %q", v.stage(), c.stage())
	}
	return c
}
