package chat_test

import (
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

func TestNobodyIsAskedInTheFirstSecondsAfterAStart(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		late := ev.visitor()
		d.next()
		pass(ev.set.Settle - time.Second)
		if late.stage() != "waiting" {
			t.Errorf("the visitor is %q before all could come back", late.stage())
		}
		pass(2 * time.Second)
		if late.stage() != "offered" {
			t.Errorf("the visitor is %q after the line has settled", late.stage())
		}
	})
}

func TestSilenceKeepsThePlaceAndAsksTheNext(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		a, b := ev.visitor(), ev.visitor()
		d.next()
		pass(ev.set.Settle + time.Second)
		if a.stage() != "offered" || b.stage() != "waiting" {
			t.Fatalf("first %q, second %q", a.stage(), b.stage())
		}
		if left := a.link.Last(wire.Stage).Left; left != int(ev.set.ReadyFor/time.Second) {
			t.Errorf("the page counts down from %d", left)
		}
		pass(ev.set.ReadyFor)
		if a.stage() != "waiting" || a.place() != 1 || b.stage() != "offered" {
			t.Errorf("after silence: first %q at %d, second %q", a.stage(), a.place(), b.stage())
		}
	})
}

func TestTheSecondMissEndsWithANextStep(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		a := ev.visitor()
		d.next()
		pass(ev.set.Settle + ev.set.ReadyFor + 2*time.Second)
		if a.stage() != "waiting" {
			t.Fatalf("after the first miss: %q", a.stage())
		}
		pass(2*ev.set.ReadyFor + time.Second) // the pause, then the question again
		if reason, next := a.end(); reason != "missed" || next != "again" {
			t.Errorf("the second miss ends as %q with next %q", reason, next)
		}
		if count(ev, chat.Missed) != 1 {
			t.Errorf("counted %d times", count(ev, chat.Missed))
		}
	})
}

func TestABrokenLineIsNotSilence(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		a := ev.visitor()
		d.next()
		for range 3 {
			pass(ev.set.Settle + time.Second)
			if a.stage() != "offered" {
				t.Fatalf("the visitor is %q, not asked", a.stage())
			}
			a.lose()
			pass(ev.set.ReadyFor + time.Second)
			a.open()
		}
		if a.ended() != "" {
			t.Errorf("three broken lines ended it as %q", a.ended())
		}
	})
}

func TestMoreTimeIsAddedAtMostThreeTimes(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		a := ev.visitor()
		d.next()
		pass(ev.set.Settle + time.Second)
		asked := time.Now().Add(-time.Second) // about
		for range 7 {
			a.tell(&wire.Frame{Kind: wire.Extend})
		}
		whole := ev.set.ReadyFor + 3*ev.set.ReadyMore
		if left := time.Duration(a.link.Last(wire.Stage).Left) * time.Second; left > whole || left < whole-2*time.Second {
			t.Errorf("the page counts down from %s, want %s", left, whole)
		}
		pass(whole - 3*time.Second - time.Since(asked))
		if a.stage() != "offered" {
			t.Errorf("before the time is up: %q", a.stage())
		}
		pass(4 * time.Second)
		if a.stage() != "waiting" {
			t.Errorf("after the time is up: %q", a.stage())
		}
	})
}

func TestAYesStandsOnEveryDeskThatCanTakeTheVisitor(t *testing.T) {
	flemish, young, boss, paused := counsellor("Noor"), counsellor("Sam"), counsellor("Kim"), counsellor("Lou")
	flemish.Locales = []helpline.Locale{"fr"}
	young.Audiences = []helpline.Audience{helpline.Young}
	boss.Roles = []helpline.Role{helpline.Supervisor}
	inAnEvening(t, func(t *testing.T, ev *evening) {
		asker, free := ev.desk(counsellor("Robin")), ev.desk(counsellor("Alex"))
		a := ev.visitor()
		no := map[string]*desk{}
		for _, m := range []chat.Member{flemish, young, boss, paused} {
			no[m.Alias] = ev.desk(m)
		}
		no["Lou"].tell(&wire.Frame{Kind: wire.Duty, On: false})
		asker.next()
		pass(ev.set.Settle + time.Second)
		if asker.shows(a.who) || free.shows(a.who) {
			t.Error("a visitor stands there who has not said yes")
		}
		a.tell(&wire.Frame{Kind: wire.Ready})
		if a.stage() != "ready" || !asker.shows(a.who) || !free.shows(a.who) {
			t.Errorf("the visitor is %q; on the asker's desk %v, on a free desk %v", a.stage(), asker.shows(a.who), free.shows(a.who))
		}
		for alias, d := range no {
			if d.shows(a.who) {
				t.Errorf("the visitor stands on the desk of %s, who cannot take them", alias)
			}
			d.accept(a.who)
			if d.took(a.who) > 0 {
				t.Errorf("%s takes a visitor whom they cannot take", alias)
			}
		}
		w := asker.link.Last(wire.Board).Ready[0]
		if w.Door != "self" || w.Locale != "en" || w.Version != "3" || w.State != "here" {
			t.Errorf("the desk shows %+v", w)
		}
	})
}

func TestADeskThatComesIsShownTheBoardAtOnceAndTheOthersWithTheNext(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		first := ev.desk(counsellor("Alex"))
		pass(3 * time.Second)
		ev.desk(counsellor("Bo"))
		pass(1100 * time.Millisecond) // the boards of that are out
		second := ev.desk(counsellor("Chris"))
		settle()
		if b := second.link.Last(wire.Board); len(b.People) == 0 {
			t.Error("a desk that has just come is shown nobody")
		}
		if n := len(first.link.Last(wire.Board).People); n != 2 {
			t.Errorf("the other desk is sent a board for everybody who comes: it shows %d people", n)
		}
		pass(1100 * time.Millisecond)
		if n := len(first.link.Last(wire.Board).People); n != 3 {
			t.Errorf("a second later the other desk shows %d people, want 3", n)
		}
	})
}

func TestADeskShowsFirstTheVisitorWhoWasAskedForIt(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		var desks []*desk
		var visitors []*person
		for _, alias := range []string{"Alex", "Bo", "Chris"} {
			desks, visitors = append(desks, ev.desk(counsellor(alias))), append(visitors, ev.visitor())
		}
		for _, d := range desks {
			d.next()
			pass(time.Millisecond)
		}
		pass(ev.set.Settle + time.Second)
		for _, v := range visitors {
			v.tell(&wire.Frame{Kind: wire.Ready})
		}
		pass(2 * time.Second)
		for i, d := range desks {
			ready := d.link.Last(wire.Board).Ready
			if len(ready) != len(visitors) || ready[0].Contact != visitors[i].who {
				t.Errorf("desk %d shows %d who are ready, first somebody asked for another desk", i+1, len(ready))
			}
		}
		last := desks[2].link.Last(wire.Board).Ready
		if last[1].Contact != visitors[0].who || last[2].Contact != visitors[1].who {
			t.Error("the others do not stand in the order of arrival")
		}
	})
}

func TestAReadyVisitorWhomNobodyTakesWaitsOn(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		a, b := ev.visitor(), ev.visitor()
		d.next()
		pass(ev.set.Settle + time.Second)
		a.tell(&wire.Frame{Kind: wire.Ready})
		pass(ev.set.AcceptFor + time.Second)
		if a.stage() != "waiting" || a.place() != 1 || b.stage() != "waiting" {
			t.Errorf("first %q at %d, second %q", a.stage(), a.place(), b.stage())
		}
		if d.link.Last(wire.Board).Asking {
			t.Error("a desk that takes nobody still asks")
		}
		d.next()
		settle()
		if a.stage() != "offered" {
			t.Errorf("asked again: %q", a.stage())
		}
	})
}

func TestACounsellorWhoPausesTakesTheQuestionBack(t *testing.T) {
	for name, f := range map[string]*wire.Frame{
		"pauses":              {Kind: wire.Duty, On: false},
		"takes the wish back": {Kind: wire.Next, On: false},
	} {
		t.Run(name, func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				d := ev.desk(counsellor("Robin"))
				a := ev.visitor()
				d.next()
				pass(ev.set.Settle + time.Second)
				d.tell(f)
				if a.stage() != "waiting" || a.place() != 1 {
					t.Errorf("the visitor is %q at %d", a.stage(), a.place())
				}
				pass(3 * ev.set.ReadyFor)
				if a.ended() != "" {
					t.Errorf("a question that was taken back counts as a miss: %q", a.ended())
				}
			})
		})
	}
}

func TestTheFirstWhomACounsellorCanTakeIsAsked(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		m := counsellor("Robin")
		m.Locales = []helpline.Locale{"nl"}
		d := ev.desk(m)
		english := ev.visitor()
		dutch, later := ev.arrive(helpline.Relative, "nl"), ev.arrive(helpline.Relative, "nl")
		dutch.open()
		later.open()
		d.next()
		pass(ev.set.Settle + time.Second)
		if english.stage() != "waiting" || dutch.stage() != "offered" || later.stage() != "waiting" {
			t.Errorf("english %q, dutch %q, later %q", english.stage(), dutch.stage(), later.stage())
		}
	})
}

func TestNobodyOnDutyForTenMinutesEndsWithANextStep(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		a := ev.visitor()
		pass(time.Hour)
		if a.ended() != "" {
			t.Fatalf("ended %q while somebody is on duty", a.ended())
		}
		d.tell(&wire.Frame{Kind: wire.Duty, On: false})
		pass(ev.set.NobodyFor - time.Second)
		if a.ended() != "" {
			t.Fatalf("ended %q too early", a.ended())
		}
		pass(2 * time.Second)
		if reason, next := a.end(); reason != "unanswered" || next != "again" || count(ev, chat.Unanswered) != 1 {
			t.Errorf("ended %q with next %q, counted %d times", reason, next, count(ev, chat.Unanswered))
		}
	})
}

func TestADeskThatLosesItsLineStaysOnDutyForTheGrace(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		d.lose()
		pass(ev.set.Grace - time.Second)
		if len(ev.e.Present()) != 1 {
			t.Fatal("off duty before the grace is over")
		}
		d.open()
		pass(ev.set.Grace)
		if len(ev.e.Present()) != 1 {
			t.Fatal("off duty though the desk is back")
		}
		d.lose()
		pass(ev.set.Grace + time.Second)
		if len(ev.e.Present()) != 0 {
			t.Error("still on duty after the grace")
		}
		d.open()
		if d.link.Last(wire.Board).On {
			t.Error("a desk that was away too long comes back on duty by itself")
		}
	})
}

func TestASupervisorIsNeverOnDuty(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		m := counsellor("Kim")
		m.Roles = []helpline.Role{helpline.Supervisor}
		d, other := ev.desk(m), ev.desk(counsellor("Robin"))
		if p := ev.e.Present(); len(p) != 1 || p[0].Person != other.member.Person {
			t.Errorf("on duty are %d", len(p))
		}
		pass(2 * time.Second)
		if b := d.link.Last(wire.Board); len(b.People) != 1 || b.People[0].Alias != "Robin" || b.People[0].State != "on" {
			t.Errorf("the supervisor's board shows %+v", b.People)
		}
	})
}
