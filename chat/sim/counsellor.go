package sim

import (
	"context"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// Desk is how a simulated counsellor reaches a line: what the browser of
// somebody who is logged in does.
type Desk interface {
	Lane(context.Context) (Link, error)
	Talk(ctx context.Context, contact helpline.ID) (Link, error)
}

// Counsellor is one simulated counsellor: on duty as long as it lives, one
// conversation at a time.
type Counsellor struct {
	Desk  Desk
	Pace  Pace
	Yield func() bool // somebody who is not simulated is on duty: take nobody new
}

// Work is on duty until ctx ends, and comes back when the line breaks.
func (c *Counsellor) Work(ctx context.Context) {
	for ctx.Err() == nil {
		if contact, ok := c.take(ctx); ok {
			c.talk(ctx, contact)
			continue
		}
		rest(ctx, time.Second+upTo(2*time.Second))
	}
}

// take stands at the lane until there is a conversation to hold; false when
// the line broke.
func (c *Counsellor) take(ctx context.Context) (helpline.ID, bool) {
	lane, err := c.Desk.Lane(ctx)
	if err != nil {
		return helpline.ID{}, false
	}
	defer lane.Close()
	done := make(chan struct{})
	defer close(done)
	frames := listen(lane, done)
	_ = lane.Send(&wire.Frame{Kind: wire.Duty, On: true}) // a line that is broken shows when it is read
	look := time.NewTicker(time.Second)
	defer look.Stop()
	asks := false
	for {
		select {
		case <-ctx.Done():
			return helpline.ID{}, false
		case <-look.C:
			if wants := c.Yield == nil || !c.Yield(); wants != asks {
				asks = wants
				_ = lane.Send(&wire.Frame{Kind: wire.Next, On: asks})
			}
		case f, open := <-frames:
			switch {
			case !open:
				return helpline.ID{}, false
			case f.Kind == wire.Accept && f.Mine:
				return f.Contact, true
			case f.Kind != wire.Board:
			case len(f.Yours) > 0:
				return f.Yours[0].Contact, true
			case len(f.Ready) > 0 && asks:
				_ = lane.Send(&wire.Frame{Kind: wire.Accept, Contact: f.Ready[0].Contact})
			}
		}
	}
}

// talk holds one conversation to its end.
func (c *Counsellor) talk(ctx context.Context, contact helpline.ID) {
	t := &talking{page: NewPage(wire.Counsellor, helpline.ID{}), pace: c.Pace}
	for broken := 0; broken < 20 && t.page.Ended == "" && ctx.Err() == nil; broken++ {
		link, err := c.Desk.Talk(ctx, contact)
		if err == nil {
			t.stay(ctx, link)
		}
		if t.page.Ended == "" {
			rest(ctx, time.Second+upTo(2*time.Second))
		}
	}
}

// talking is a conversation as its simulated counsellor holds it.
type talking struct {
	page  *Page
	pace  Pace
	link  Link
	plan  plan
	words []string // what is left to say, in the visitor's language
	heard int64
	since time.Time // the visitor last wrote
}

func (t *talking) stay(ctx context.Context, link Link) {
	defer link.Close()
	done := make(chan struct{})
	defer close(done)
	frames := listen(link, done)
	t.link, t.since = link, time.Now()
	t.send(t.page.Open())
	defer t.plan.stop()
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for t.page.Ended == "" {
		select {
		case <-ctx.Done():
			return
		case f, open := <-frames:
			if !open {
				return
			}
			t.take(f)
		case <-t.plan.due():
			t.plan.next()
		case <-look.C:
			if !t.plan.busy() && time.Since(t.since) > t.pace.Silence {
				t.end()
				t.since = time.Now()
			}
		}
	}
}

func (t *talking) take(f *wire.Frame) {
	was := t.page.Stage
	t.send(t.page.Handle(f))
	switch {
	case f.Kind == wire.Stage && f.Stage == "talking" && was != "talking":
		t.words = listening(helpline.Locale(f.Locale))
		t.say()
	case f.Kind == wire.Said && f.Entry.Side == wire.Visitor && f.Entry.At > t.heard:
		t.heard, t.since = f.Entry.At, time.Now()
		if !t.plan.busy() {
			t.say()
		}
	case f.Kind == wire.Presence && f.State == "gone":
		t.end()
	}
}

// say plans the next sentence; after the last one the conversation is closed.
func (t *talking) say() {
	if len(t.words) == 0 {
		t.plan.add(t.pace.Read+10*time.Second, t.end)
		return
	}
	t.plan.write(t.words[0], t.pace, t.page, t.send)
	t.words = t.words[1:]
}

func (t *talking) end() { t.send([]*wire.Frame{{Kind: wire.Leave, Reason: "done"}}) }

func (t *talking) send(frames []*wire.Frame) {
	for _, f := range frames {
		_ = t.link.Send(f) // a link that is broken shows when it is read
	}
}

// listening is what a simulated counsellor says: it listens, and it says that
// it is simulated, because a person may be at the other end.
func listening(l helpline.Locale) []string {
	if l == "nl" || l == "nl-BE" {
		return []string{
			"Goedenavond. Ik ben een nagespeelde hulpverlener in een demonstratie. Er is hier niemand. Heb je hulp nodig, kijk dan onderaan de pagina.",
			"Goed dat je dit zegt. Neem de tijd.",
			"Dat klinkt zwaar. Sinds wanneer is dat zo?",
			"Wie of wat helpt je op zulke momenten?",
			"Wat zou je als eerste willen dat er verandert?",
			"Er is hulp voor, bij mensen die hier elke dag mee werken.",
			"Wat neem je mee uit dit gesprek?",
			"Dank je dat je schreef. Je kunt altijd terugkomen.",
		}
	}
	return []string{
		"Good evening. I am a simulated counsellor in a demonstration. Nobody is here. If you need help, look at the foot of the page.",
		"It is good that you say this. Take your time.",
		"That sounds heavy. Since when is it like this?",
		"Who or what helps you in such moments?",
		"What would you want to change first?",
		"There is help for it, from people who work with this every day.",
		"What do you take with you from this talk?",
		"Thank you for writing. You can always come back.",
	}
}
