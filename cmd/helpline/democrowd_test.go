package main

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// demoWorld runs a demonstration whose inside can be reached.
func demoWorld(t *testing.T) (*world, *demoSite) {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := demoFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l, site, err := openDemo(t.Context(), dir, on.Addr().String(), cheap, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.run(ctx, on, site) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	wait(t, "the line", l.ready.Load)
	return &world{t: t, addr: on.Addr().String(), out: new(shared), err: new(shared)}, site
}

// hasty is the pace of a test.
var hasty = sim.Pace{Patience: time.Hour, Read: time.Millisecond, Letter: 1, Silence: time.Hour, Renew: time.Hour}

func TestASimulatedVisitorComesTalksAndLeaves(t *testing.T) {
	t.Parallel()
	w, site := demoWorld(t)
	site.crowd.pace = hasty
	counsellor := w.enter("counsellor")
	lane := counsellor.dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true}, &wire.Frame{Kind: wire.Next, On: true})
	lane.until("duty", func() bool { return lane.board.On })

	script := sim.Script{Door: helpline.Relative, Locale: "nl", Opens: []string{"Hallo", "Is daar iemand"}, Answers: []string{"Ik slaap slecht"}, Thanks: "Dank je"}
	left := make(chan struct{})
	go func() {
		defer close(left)
		site.crowd.one(t.Context(), script)
	}()
	lane.until("a visitor who is ready", func() bool { return len(lane.board.Ready) > 0 })
	someone := lane.board.Ready[0]
	if someone.Door != "relative" || someone.Locale != "nl" {
		t.Errorf("the visitor came through %s in %s", someone.Door, someone.Locale)
	}
	lane.send(&wire.Frame{Kind: wire.Accept, Contact: someone.Contact})
	lane.until("the accept", func() bool { return lane.mine })
	c := counsellor.dial("/desk/talk/"+someone.Contact.String(), sim.NewPage(wire.Counsellor, helpline.ID{}))
	c.until("the conversation", c.page.Synced)
	c.hears("Hallo")
	c.hears("Is daar iemand")
	c.say("Goedenavond")
	c.hears("Ik slaap slecht")
	c.say("Vertel")
	c.hears("Dank je")
	if got := strings.Join(site.progress.list(), " "); got != "duty" {
		t.Errorf("a simulated visitor ticked the tour: %s", got)
	}
	c.send(&wire.Frame{Kind: wire.Leave, Reason: "done"})
	wait(t, "the visitor to leave", func() bool {
		select {
		case <-left:
			return true
		default:
			return false
		}
	})
}

func TestSimulatedVisitorsGiveWayToAPerson(t *testing.T) {
	t.Parallel()
	w, site := demoWorld(t)
	site.crowd.pace = hasty
	counsellor := w.enter("counsellor")
	lane := counsellor.dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true})
	lane.until("duty", func() bool { return lane.board.On })
	left := make(chan struct{})
	go func() {
		defer close(left)
		site.crowd.one(t.Context(), sim.Scripts()[0])
	}()
	lane.until("a simulated visitor who waits", func() bool { return lane.board.Waiting == 1 })
	_, port, _ := strings.Cut(w.addr, ":")
	person := w.browser("localhost:"+port, "http://localhost:"+port)
	person.start("self")
	v := person.dial("/en/talk/link", sim.NewPage(wire.Visitor, helpline.NewID()))
	wait(t, "the simulated visitor to leave", func() bool {
		select {
		case <-left:
			return true
		default:
			return false
		}
	})
	lane.until("the queue", func() bool { return lane.board.Waiting == 1 })
	v.until("the first place", func() bool { return v.page.Stage == "waiting" })
}

func TestNobodyIsTakenForSimulatedWithoutTheSecret(t *testing.T) {
	w, site := demoWorld(t)
	_, port, _ := strings.Cut(w.addr, ":")
	b := w.browser("localhost:"+port, "http://localhost:"+port)
	b.header[simulatedHeader] = []string{"guessed"}
	b.start("self") // just after the start the line is open
	if got := strings.Join(site.progress.list(), " "); got != "start" {
		t.Errorf("done is %q: the visitor was taken for a simulated one", got)
	}
}

func TestASimulatedCounsellorListensAndGivesWayToAPerson(t *testing.T) {
	t.Parallel()
	w, site := demoWorld(t)
	site.crowd.pace = hasty
	ctx, cancel := context.WithCancel(t.Context())
	people, err := ensureColleagues(ctx, site.line.db, 1)
	if err != nil {
		t.Fatal(err)
	}
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		site.crowd.work(ctx, people)
	}()
	wait(t, "the simulated counsellor", func() bool { return len(site.line.engine.Present()) == 1 })

	_, port, _ := strings.Cut(w.addr, ":")
	person := w.browser("localhost:"+port, "http://localhost:"+port)
	person.start("relative")
	v := person.dial("/en/talk/link", sim.NewPage(wire.Visitor, helpline.NewID()))
	v.until("the ready question", func() bool { return v.page.Stage == "offered" })
	v.send(&wire.Frame{Kind: wire.Ready})
	v.hears("I am a simulated counsellor")
	v.say("I am worried")
	v.hears("Take your time")
	if got := strings.Join(site.progress.list(), " "); got != "start accept words" {
		t.Errorf("done is %q", got)
	}
	v.send(&wire.Frame{Kind: wire.Leave, Reason: "left"})

	// With a person on duty it asks for nobody new.
	lane := w.enter("counsellor").dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true})
	lane.until("duty, with a colleague who asks for nobody", func() bool {
		for _, p := range lane.board.People {
			if p.Alias == people[0].Alias && (p.Asking || p.Chats > 0) {
				return false
			}
		}
		return lane.board.On && len(lane.board.People) == 2
	})
	cancel()
	<-worked
}
