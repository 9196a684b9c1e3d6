package chat_test

import (
	"fmt"
	"math/rand"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

// offered are those who have the ready question before them.
func offered(all []*person) (list []*person) {
	for _, p := range all {
		if p.stage() == "offered" && p.ended() == "" {
			list = append(list, p)
		}
	}
	return list
}

// kept says whether the page was last told that its visitor is asked first.
func (p *person) kept() bool {
	f := p.link.Last(wire.Stage)
	return f != nil && f.Stage == "waiting" && f.Kept
}

// strangers are so many who wait, each from an address and a network of their own.
func (ev *evening) strangers(n int) (all []*person) {
	ev.t.Helper()
	for i := range n {
		all = append(all, ev.from(fmt.Sprint("stranger ", i), fmt.Sprint("net ", i)))
	}
	return all
}

// unanswered has the line learn that few answer: four ready questions run out.
func (ev *evening) unanswered(d *desk) {
	ev.t.Helper()
	d.next()
	for range 4 {
		pass(ev.set.ReadyFor + time.Second)
	}
}

// scene is a busy line in which few answer, one counsellor who asks, and the
// three who have the question before them.
func scene(t *testing.T, do func(t *testing.T, ev *evening, d *desk, asked []*person)) {
	t.Helper()
	crowded(t, 400, func(t *testing.T, ev *evening) {
		all := ev.strangers(40)
		d := ev.desk(counsellor("Alex"))
		ev.unanswered(d)
		three := offered(all)
		if len(three) != 3 {
			t.Fatalf("after four questions without an answer %d are asked at once", len(three))
		}
		do(t, ev, d, three)
	})
}

func TestInQuietTimesExactlyOneIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		waiting, silences, answers int
	}{
		"few wait, and nobody answers": {7, 6, 1},
		"many wait, and all answer":    {40, 0, 3},
		"many wait, and half answer":   {40, 2, 3},
	} {
		t.Run(name, func(t *testing.T) {
			crowded(t, 400, func(t *testing.T, ev *evening) {
				all := ev.strangers(c.waiting)
				alex := counsellor("Alex")
				alex.Chats = 8
				d := ev.desk(alex)
				d.next()
				for i := range c.silences + c.answers {
					pass(time.Second)
					asked := offered(all)
					if len(asked) != 1 {
						t.Fatalf("%d are asked at once", len(asked))
					}
					if i < c.silences {
						pass(ev.set.ReadyFor)
						continue
					}
					asked[0].tell(&wire.Frame{Kind: wire.Ready})
					d.accept(asked[0].who)
					d.next()
				}
			})
		})
	}
}

func TestWhereFewAnswerThreeAreAskedAtOnceAndTheFirstYesIsOffered(t *testing.T) {
	scene(t, func(t *testing.T, ev *evening, d *desk, asked []*person) {
		quick, late, silent := asked[1], asked[0], asked[2]
		quick.tell(&wire.Frame{Kind: wire.Ready})
		late.tell(&wire.Frame{Kind: wire.Ready})
		if quick.stage() != "ready" || late.stage() != "waiting" || !late.kept() || silent.stage() != "offered" || silent.kept() {
			t.Fatalf("the first yes is %q, the second %q (kept %v), who said nothing %q", quick.stage(), late.stage(), late.kept(), silent.stage())
		}
		if !d.shows(quick.who) || d.shows(late.who) {
			t.Error("the desk is not offered the first yes alone")
		}
		d.accept(late.who)
		if d.took(late.who) > 0 {
			t.Error("somebody is taken who is not offered")
		}
		d.accept(quick.who)
		if quick.stage() != "talking" || silent.stage() != "waiting" || silent.kept() {
			t.Errorf("the first is %q, who said nothing %q (kept %v)", quick.stage(), silent.stage(), silent.kept())
		}
		// A moment later somebody else is free: a yes that is still fresh is not asked for again.
		second := ev.desk(counsellor("Kim"))
		second.next()
		settle()
		if late.stage() != "ready" || !second.shows(late.who) {
			t.Fatalf("the second yes is %q", late.stage())
		}
		second.accept(late.who)
		if late.stage() != "talking" {
			t.Errorf("the second is %q", late.stage())
		}
	})
}

// TestPromiseAVisitorWhoSaidYesTooLateIsAskedFirst and again, because a yes of
// long ago is no visitor who is there.
func TestPromiseAVisitorWhoSaidYesTooLateIsAskedFirst(t *testing.T) {
	scene(t, func(t *testing.T, ev *evening, d *desk, asked []*person) {
		asked[2].tell(&wire.Frame{Kind: wire.Ready})
		asked[1].tell(&wire.Frame{Kind: wire.Ready})
		d.accept(asked[2].who)
		pass(ev.set.AcceptFor)
		second := ev.desk(counsellor("Kim"))
		second.next()
		settle()
		if asked[1].stage() != "offered" || asked[1].kept() {
			t.Fatalf("who said yes a minute ago is %q", asked[1].stage())
		}
		if second.shows(asked[1].who) {
			t.Error("a desk shows a visitor whose yes is a minute old")
		}
		// The question is taken back: they stay the first.
		second.tell(&wire.Frame{Kind: wire.Next, On: false})
		if !asked[1].kept() {
			t.Error("whose question was taken back is not kept any more")
		}
		second.next()
		settle()
		asked[1].tell(&wire.Frame{Kind: wire.Ready})
		second.accept(asked[1].who)
		if asked[1].stage() != "talking" {
			t.Errorf("asked again and ready: %q", asked[1].stage())
		}
	})
}

func TestWhoIsKeptAndThenSilentIsKeptNoMore(t *testing.T) {
	scene(t, func(t *testing.T, ev *evening, d *desk, asked []*person) {
		asked[0].tell(&wire.Frame{Kind: wire.Ready})
		asked[1].tell(&wire.Frame{Kind: wire.Ready})
		d.accept(asked[0].who)
		pass(ev.set.AcceptFor)
		d2 := ev.desk(counsellor("Kim"))
		d2.next()
		pass(ev.set.ReadyFor + time.Second)
		if asked[1].stage() != "waiting" && asked[1].ended() == "" || asked[1].kept() {
			t.Errorf("who did not answer the second time is %q, kept %v", asked[1].stage(), asked[1].kept())
		}
	})
}

func TestAYesOnItsWayWhenTheQuestionIsTakenBackStillCounts(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration
		kept  bool
	}{
		{"a moment later", 2 * time.Second, true},
		{"much later", 20 * time.Second, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			scene(t, func(t *testing.T, ev *evening, d *desk, asked []*person) {
				never := ev.strangers(1)[0]
				asked[0].tell(&wire.Frame{Kind: wire.Ready})
				d.accept(asked[0].who)
				pass(c.after)
				asked[1].tell(&wire.Frame{Kind: wire.Ready})
				never.tell(&wire.Frame{Kind: wire.Ready})
				if asked[1].kept() != c.kept {
					t.Errorf("kept: %v", asked[1].kept())
				}
				if never.kept() {
					t.Error("a yes to no question is kept")
				}
			})
		})
	}
}

func TestWhoeverGoesMakesRoomForTheNextYes(t *testing.T) {
	scene(t, func(t *testing.T, ev *evening, d *desk, asked []*person) {
		asked[0].tell(&wire.Frame{Kind: wire.Ready})
		asked[1].tell(&wire.Frame{Kind: wire.Ready})
		asked[0].tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
		if asked[1].stage() != "ready" || !d.shows(asked[1].who) {
			t.Errorf("the first has gone; the second yes is %q", asked[1].stage())
		}
	})
}

// TestNobodyIsTakenWhoseLineIsLost although they said yes and are kept.
func TestNobodyIsTakenWhoseLineIsLost(t *testing.T) {
	scene(t, func(t *testing.T, ev *evening, d *desk, asked []*person) {
		asked[0].tell(&wire.Frame{Kind: wire.Ready})
		asked[1].tell(&wire.Frame{Kind: wire.Ready})
		asked[1].lose()
		d.accept(asked[0].who)
		second := ev.desk(counsellor("Kim"))
		second.next()
		settle()
		if second.shows(asked[1].who) {
			t.Error("a desk shows somebody whose page is gone")
		}
	})
}

func TestThoseAskedAtOnceComeFromElsewhere(t *testing.T) {
	crowded(t, 400, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Alex"))
		all := ev.strangers(12)
		twin, same := ev.from("stranger 5", "other net"), ev.from("other", "net 5")
		ev.unanswered(d)
		for _, p := range append(all, twin, same) { // only these three are left, and two of them are from one place
			if p != all[5] && p != twin && p != same && p.ended() == "" {
				p.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
			}
		}
		late := ev.strangers(12)
		settle()
		n := 0
		for _, p := range []*person{all[5], twin, same} {
			if p.stage() == "offered" {
				n++
			}
		}
		if n != 1 || len(offered(late)) == 0 {
			t.Errorf("of three from one address and network %d are asked at once, of others %d", n, len(offered(late)))
		}
	})
}

// TestARestartBetweenTwoYesLosesNobody: who was kept has the place of the
// number again, is told so, and is asked again.
func TestARestartBetweenTwoYesLosesNobody(t *testing.T) {
	scene(t, func(t *testing.T, ev *evening, _ *desk, asked []*person) {
		asked[0].tell(&wire.Frame{Kind: wire.Ready})
		asked[1].tell(&wire.Frame{Kind: wire.Ready})
		ev.restart()
		d := ev.desk(counsellor("Alex"))
		for _, p := range asked {
			p.open()
		}
		pass(time.Second)
		for i, p := range asked {
			if p.stage() != "waiting" || p.kept() || p.place() == 0 {
				t.Errorf("after the restart %d is %q at %d, kept %v", i, p.stage(), p.place(), p.kept())
			}
		}
		pass(ev.set.Settle)
		d.next()
		settle()
		if n := len(offered(asked)); n != 1 {
			t.Errorf("after the restart %d are asked", n)
		}
	})
}

// TestAfterARestartAFloodDoesNotHoldUpWhoeverComes although nobody knows any
// more where the flood came from.
func TestAfterARestartAFloodDoesNotHoldUpWhoeverComes(t *testing.T) {
	crowded(t, 400, func(t *testing.T, ev *evening) {
		var flood []*person
		for range 40 {
			flood = append(flood, ev.from("flood", "flooding"))
		}
		ev.restart()
		d := ev.desk(counsellor("Alex"))
		for _, p := range flood {
			p.open()
		}
		pass(ev.set.Settle + time.Second)
		d.next()
		honest := ev.from("honest", "elsewhere")
		settle()
		if honest.stage() != "offered" || len(offered(flood)) != 1 {
			t.Errorf("the honest visitor is %q, %d of the flood are asked", honest.stage(), len(offered(flood)))
		}
	})
}

// TestTheLineForgetsThatFewAnswered when they answer again.
func TestTheLineForgetsThatFewAnswered(t *testing.T) {
	scene(t, func(t *testing.T, ev *evening, _ *desk, asked []*person) {
		fresh := ev.strangers(60)[40:]
		alex := counsellor("Kim")
		alex.Chats = 30
		d := ev.desk(alex)
		d.next()
		for range 12 {
			for _, p := range append(offered(asked), offered(fresh)...) {
				p.tell(&wire.Frame{Kind: wire.Ready})
				d.accept(p.who)
			}
			d.next()
			pass(2 * time.Second)
		}
		if n := len(offered(append(asked, fresh...))); n > 1 {
			t.Errorf("after many answers %d are asked at once", n)
		}
	})
}

// TestAYesCannotBeSaidTwice: a page that says it again and again gets nothing by it.
func TestAYesCannotBeSaidTwice(t *testing.T) {
	scene(t, func(t *testing.T, ev *evening, d *desk, asked []*person) {
		for range 20 {
			for _, p := range asked {
				p.tell(&wire.Frame{Kind: wire.Ready})
			}
		}
		n := 0
		for _, p := range asked {
			if p.stage() == "ready" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d are offered to one counsellor", n)
		}
		for range 20 {
			asked[1].tell(&wire.Frame{Kind: wire.Ready})
		}
		asked[1].tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
		if asked[1].ended() == "" {
			t.Error("who is kept cannot leave")
		}
	})
}

// TestWhoeverComesGoesAnswersOrNotTheListsOfThoseAskedAgree: evenings drawn at
// random, with counsellors who ask, pause, take and go, and a restart.
func TestWhoeverComesGoesAnswersOrNotTheListsOfThoseAskedAgree(t *testing.T) {
	most, kept := 0, 0
	for seed := range int64(12) {
		crowded(t, 400, func(t *testing.T, ev *evening) {
			r := rand.New(rand.NewSource(seed))
			var all []*person
			var desks []*desk
			start := func() {
				desks = nil
				for i := range 3 {
					m := counsellor(fmt.Sprint("Desk ", i))
					m.Chats = 40
					desks = append(desks, ev.desk(m))
				}
			}
			start()
			for step := range 400 {
				d := desks[r.Intn(len(desks))]
				var p *person
				if len(all) > 0 {
					p = all[r.Intn(len(all))]
				}
				if asked := offered(all); len(asked) > 0 && r.Intn(2) == 0 {
					p = asked[r.Intn(len(asked))]
				}
				switch n := r.Intn(20); {
				case n < 6 || p == nil:
					key := fmt.Sprint(r.Intn(12) * r.Intn(4))
					if p := ev.from(key, "n"+key); p != nil {
						all = append(all, p)
					}
				case n < 9:
					p.tell(&wire.Frame{Kind: wire.Ready})
				case n == 9:
					p.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
				case n == 10:
					p.lose()
				case n == 11 && p.ended() == "":
					p.reload()
				case n < 15:
					d.tell(&wire.Frame{Kind: wire.Next, On: r.Intn(5) > 0})
				case n == 15:
					d.tell(&wire.Frame{Kind: wire.Duty, On: r.Intn(4) > 0})
				case n < 18:
					d.accept(p.who)
				default:
					pass(time.Duration(r.Intn(40)) * time.Second)
				}
				synctest.Wait() // the loop is at rest while it is looked at
				if wrong := ev.e.Asked(); wrong != "" {
					t.Fatalf("seed %d, step %d: %s", seed, step, wrong)
				}
				ev.e.Dismiss(helpline.ID{}) // nobody: the loop goes on after the look
				most = max(most, len(offered(all)))
				for _, p := range all {
					if p.ended() == "" && p.kept() {
						kept++
					}
				}
				if step == 250 {
					ev.restart()
					start()
					for _, p := range all {
						if p.ended() == "" && p.stage() != "talking" {
							p.open()
						}
					}
					pass(ev.set.Settle)
				}
			}
		})
	}
	if most < 4 || kept == 0 {
		t.Errorf("at most %d were asked at once and %d kept: these evenings show nothing", most, kept)
	}
}

// TestWhoHadToWorkOrWaitIsAskedBesideASilentFloodThatCameFirst: from thousands of
// networks, before anybody could tell that it was one.
func TestWhoHadToWorkOrWaitIsAskedBesideASilentFloodThatCameFirst(t *testing.T) {
	crowded(t, 400, func(t *testing.T, ev *evening) {
		alex := counsellor("Alex")
		alex.Chats = 8
		d := ev.desk(alex)
		d.next()
		flood := ev.strangers(34)
		pass(time.Second)
		var honest []*person
		for _, way := range []chat.Way{1, 2} {
			card, err := ev.e.Arrive(t.Context(), chat.Arrival{Audience: helpline.Self, Locale: "en", Version: 3, Rate: fmt.Sprint("honest ", way), Network: fmt.Sprint("home ", way), Way: way})
			if err != nil {
				t.Fatal(err)
			}
			p := &person{ev: ev, card: card, who: card.Contact, secret: helpline.NewID()}
			p.open()
			honest = append(honest, p)
		}
		pass(time.Second)
		if honest[0].stage() != "offered" {
			t.Errorf("who worked is %q", honest[0].stage())
		}
		honest[0].tell(&wire.Frame{Kind: wire.Ready})
		d.accept(honest[0].who)
		d.next()
		pass(time.Second)
		if honest[1].stage() != "offered" {
			t.Errorf("who waited is %q", honest[1].stage())
		}
		if len(offered(flood)) != 1 {
			t.Errorf("of those who came first %d are asked, want one still", len(offered(flood)))
		}
	})
}
