package chat

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// These tests play the pages and the moments that nobody who means well makes.

var errDisk = helpline.Errorf(helpline.Unavailable, "disk")

// disk is a journal that can be full and tells how often it was written to.
type disk struct {
	mu    sync.Mutex
	rows  map[helpline.ID]Standing
	full  bool
	tries int
}

func (d *disk) Boot(context.Context) (int64, error)            { return 1, nil }
func (d *disk) Keep(context.Context, int, []helpline.ID) error { return nil }
func (d *disk) Count(Count)                                    {}
func (d *disk) Standings(context.Context) ([]Standing, error)  { return nil, nil }
func (d *disk) Accept(_ context.Context, s Standing) (Standing, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rows[s.Contact] = s
	return s, nil
}

func (d *disk) Change(_ context.Context, from int, to Standing) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tries++
	switch was, ok := d.rows[to.Contact]; {
	case d.full:
		return errDisk
	case !ok || was.Closed || was.Term != from:
		return helpline.Errorf(helpline.Conflict, "closed, or another's")
	}
	d.rows[to.Contact] = to
	return nil
}

// gate is hours that are open, and that can make whoever asks wait.
type gate struct{ wait chan struct{} }

func (g *gate) Next() time.Time { return time.Time{} }
func (g *gate) Now() helpline.Hours {
	if g.wait != nil {
		<-g.wait
	}
	return helpline.Hours{Open: true}
}

// pen keeps what a page is sent.
type pen struct {
	mu     sync.Mutex
	frames []*wire.Frame
}

func (p *pen) Drop(int)       {}
func (p *pen) Scripted() bool { return true }
func (p *pen) Send(k *wire.Packet) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := *k.Frame
	p.frames = append(p.frames, &f)
}

func (p *pen) last(kind wire.Kind) *wire.Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.frames) - 1; i >= 0; i-- {
		if p.frames[i].Kind == kind {
			return p.frames[i]
		}
	}
	return nil
}

// talk is an engine with one conversation that both pages are in.
type talk struct {
	e            *Engine
	hours        *gate
	disk         *disk
	ticket       ticket.Ticket
	robin        Member
	v, c         *Seat
	vPage, cPage *pen
	secret       helpline.ID
}

func hello(secret helpline.ID) *wire.Frame {
	return &wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1, Upto: -1, Secret: secret}
}

func converse(t *testing.T) *talk {
	t.Helper()
	k := &talk{hours: &gate{}, disk: &disk{rows: map[helpline.ID]Standing{}}, secret: helpline.NewID(), vPage: &pen{}, cPage: &pen{}}
	k.robin = Member{
		Person: helpline.NewID(), Alias: "Robin", Roles: []helpline.Role{helpline.Counsellor},
		Locales: []helpline.Locale{"en"}, Audiences: []helpline.Audience{helpline.Self}, Chats: 2,
	}
	keys := ticket.NewKeys(ticket.Day{Epoch: 9, Ticket: ticket.Key{1}, Live: ticket.Key{2}}, ticket.Day{})
	k.e = New(Defaults(), k.hours, k.disk, k.disk, keys, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.Background())
	if err := k.e.Start(ctx); err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- k.e.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ran })
	time.Sleep(Defaults().Settle)

	desk := &pen{}
	lane, err := k.e.Attend(ctx, k.robin, desk)
	if err != nil {
		t.Fatal(err)
	}
	lane.Receive(&wire.Frame{Kind: wire.Duty, On: true})
	lane.Receive(&wire.Frame{Kind: wire.Next, On: true})
	if k.ticket, err = k.e.Arrive(ctx, Arrival{Audience: helpline.Self, Locale: "en", Version: 1}); err != nil {
		t.Fatal(err)
	}
	if k.v, err = k.e.Visit(ctx, k.ticket, k.vPage); err != nil {
		t.Fatal(err)
	}
	k.v.Receive(hello(k.secret))
	time.Sleep(time.Second)
	k.v.Receive(&wire.Frame{Kind: wire.Ready})
	lane.Receive(&wire.Frame{Kind: wire.Accept, Contact: k.ticket.Contact})
	time.Sleep(time.Second)
	if k.c, err = k.e.Sit(ctx, k.robin, k.ticket.Contact, k.cPage); err != nil {
		t.Fatal(err)
	}
	k.c.Receive(hello(helpline.ID{}))
	again := hello(k.secret)
	again.Round = 2
	k.v.Receive(again)
	synctest.Wait()
	if k.vPage.last(wire.Synced) == nil || k.cPage.last(wire.Synced) == nil {
		t.Fatal("the two are not in conversation")
	}
	return k
}

// stall holds the queue's loop until the function it gives is called.
func (k *talk) stall() func() {
	wait := make(chan struct{})
	k.hours.wait = wait
	go func() { _, _ = k.e.Arrive(context.Background(), Arrival{Audience: helpline.Self, Locale: "en"}) }()
	synctest.Wait()
	return func() { close(wait); synctest.Wait() }
}

func TestALinkThatEndsBeforeItsHelloIsHandledTakesNoSeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := converse(t)
		page := &pen{}
		ctx := context.Background()
		s, err := k.e.Visit(ctx, k.ticket, page)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		// The hello left for the queue's loop just before the seat was given its room; the end goes to the room at once.
		s.Gone()
		if err := k.e.post(ctx, framed{s, hello(k.secret)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(Defaults().Grace + time.Second)
		if p := k.cPage.last(wire.Presence); p != nil && p.State == "here" && k.vPage.last(wire.Taken) != nil {
			t.Error("a page that is gone has taken the seat from the one that is looked at, and counts as here")
		}
	})
}

// TestALinkThatEndsBeforeItsHelloKeepsNoPlace is the same while the visitor waits:
// the end and the hello come to the queue by two goroutines.
func TestALinkThatEndsBeforeItsHelloKeepsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := converse(t)
		ctx := context.Background()
		secret, first, second := helpline.NewID(), &pen{}, &pen{}
		waits, err := k.e.Arrive(ctx, Arrival{Audience: helpline.Self, Locale: "en", Version: 1})
		if err != nil {
			t.Fatal(err)
		}
		a, err := k.e.Visit(ctx, waits, first)
		if err != nil {
			t.Fatal(err)
		}
		a.Receive(hello(secret))
		b, err := k.e.Visit(ctx, waits, second)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		b.Gone()
		late := hello(secret)
		late.Round = 2
		b.Receive(late)
		synctest.Wait()
		if first.last(wire.Taken) != nil {
			t.Error("a page that is gone has taken the place from the one that is looked at")
		}
	})
}

func TestAContactThatHasJustEndedIsNotOpenedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := converse(t)
		release := k.stall()
		renewed := make(chan error, 1)
		go func() {
			_, err := k.e.Renew(context.Background(), k.ticket)
			renewed <- err
		}()
		synctest.Wait()
		k.v.Receive(&wire.Frame{Kind: wire.Leave, Reason: "left"}) // the room is over before the queue's loop hears of it
		synctest.Wait()
		release()
		if err := <-renewed; helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("renewing the ticket of a contact that has ended gave %v, want NotFound", err)
		}
	})
}

func TestLinksThatHaveEndedAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := converse(t)
		for range 20 {
			s, err := k.e.Sit(context.Background(), k.robin, k.ticket.Contact, &pen{})
			if err != nil {
				t.Fatal(err)
			}
			s.Receive(hello(helpline.ID{}))
			s.Gone()
		}
		synctest.Wait()
		if n := len(k.e.q.desks[k.robin.Person].seats); n > 1 {
			t.Errorf("%d links of a counsellor are remembered, and one is open", n)
		}
	})
}

func TestAnotherVersionOfThePageIsToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := converse(t)
		page := &pen{}
		s, err := k.e.Visit(context.Background(), k.ticket, page)
		if err != nil {
			t.Fatal(err)
		}
		f := hello(k.secret)
		f.V = wire.Version + 1
		s.Receive(f)
		synctest.Wait()
		if p := page.last(wire.Problem); p == nil || p.Code != "version" {
			t.Errorf("the page was told %v, want a problem of the version", p)
		}
	})
}

func TestAFullDiskDoesNotMakeAnIdleRoomSpin(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	d := &disk{rows: map[helpline.ID]Standing{}, full: true}
	r := &room{
		contact: helpline.ID{7}, boot: 1, set: Defaults(), journal: d, now: func() time.Time { return now },
		st: Standing{Contact: helpline.ID{7}, Term: 1}, told: func(roomEnd) {}, assembled: true, lastEntry: now,
	}
	r.seats[visitorSeat].state, r.seats[counsellorSeat].state = "here", "here"
	for range 100 { // as the loop does: sleep until the next deadline
		at := r.next()
		if at.After(now) {
			now = at
		}
		r.tick(context.Background())
	}
	if took := now.Sub(time.Unix(1_800_000_000, 0)); took < time.Hour {
		t.Errorf("a hundred deadlines took %v, with %d writes to a full disk", took, d.tries)
	}
}

// alone is a room without a loop, at a start of the server.
func alone(boot int64) *room {
	now := time.Unix(1_800_000_000, 0)
	return &room{
		contact: helpline.ID{7}, boot: boot, set: Defaults(), journal: &disk{rows: map[helpline.ID]Standing{}},
		keys: ticket.NewKeys(ticket.Day{Epoch: 9, Ticket: ticket.Key{1}, Live: ticket.Key{2}}, ticket.Day{}),
		now:  func() time.Time { return now }, st: Standing{Contact: helpline.ID{7}, Term: 1}, told: func(roomEnd) {},
		started: now, lastEntry: now,
	}
}

func TestWindowsThatTakeTheSeatInTurnsDoNotFillTheMemory(t *testing.T) {
	r := alone(1)
	r.assembled = true
	page := &pen{}
	for n := range 5 * r.set.RingEntries {
		f := hello(helpline.NewID())
		f.Round, f.Take = n+1, true
		r.helloVisitor(page, f)
	}
	if most := 2 * r.set.RingEntries; len(r.ring) > most {
		t.Errorf("the ring holds %d entries, at most %d are allowed", len(r.ring), most)
	}
}

func TestAnAnswerNobodyAskedForDoesNotAssembleARoom(t *testing.T) {
	before := alone(1)
	before.assembled = true
	for range 4 {
		before.place(wire.Counsellor, helpline.NewID(), `{"text":"x"}`, 0)
	}
	r := alone(2)
	secret := helpline.NewID()
	r.tab = ticket.HashSecret(secret)
	page := &pen{}
	f := hello(secret)
	f.Upto = before.ring[1].At
	r.helloVisitor(page, f)
	r.refill(visitorSeat, page, &wire.Frame{Kind: wire.Refill, Upto: f.Upto, Items: before.ring[:2], Assemble: true})
	if r.assembled {
		t.Error("the visitor's page alone has said where the conversation stands; the counsellor's page holds more")
	}
}

func TestAPageThatAsksWithoutEndDoesNotCostTheOtherItsLink(t *testing.T) {
	r := alone(1)
	r.assembled = true
	now := time.Unix(1_800_000_000, 0)
	r.now = func() time.Time { return now }
	secret := helpline.NewID()
	r.tab = ticket.HashSecret(secret)
	page, desk := &pen{}, &pen{}
	r.helloVisitor(page, hello(secret))
	r.helloCounsellor(desk, hello(helpline.ID{}))
	r.place(wire.Counsellor, helpline.NewID(), `{"text":"x"}`, 0)
	r.ring = nil // the question cannot be answered from here
	asked := func() (n int) {
		for range 2000 {
			desk.frames = nil
			r.want(visitorSeat, page, 0, r.head)
			if desk.last(wire.Want) != nil {
				n++
			}
		}
		return n
	}
	if n := asked(); n < 10 || n > 50 {
		t.Errorf("%d of 2000 questions were passed on at once", n)
	}
	now = now.Add(10 * time.Second)
	if n := asked(); n < 5 || n > 15 {
		t.Errorf("%d questions were passed on ten seconds later", n)
	}
}
