package chat_test

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/chattest"
	"helpline/chat/sim"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

func TestDismissDropsAPersonsLinksAtOnce(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, d := ev.talk()
		other := ev.desk(counsellor("Alex"))
		second := &desk{ev: ev, member: d.member}
		second.open()
		ev.e.Dismiss(d.member.Person)
		settle()
		for name, l := range map[string]*chattest.Link{"desk": d.link, "second desk": second.link, "conversation": c.link} {
			if _, dropped := l.Dropped(); !dropped {
				t.Errorf("the link of the %s stays", name)
			}
		}
		if p := ev.e.Present(); len(p) != 1 || p[0].Person != other.member.Person {
			t.Errorf("%d are on duty", len(p))
		}
		if _, dropped := other.link.Dropped(); dropped {
			t.Error("somebody else's link is dropped")
		}
		if v.ended() != "" || v.presence() != "unsure" {
			t.Errorf("the visitor: ended %q, told %q", v.ended(), v.presence())
		}
		ev.e.Dismiss(helpline.NewID()) // whom nobody knows
		settle()
	})
}

func TestAVisitorWhoseCounsellorIsRemovedCanWaitForSomebodyElseAtOnce(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, d := ev.talk()
		w, _, other := ev.talk()
		v.say("are you there?")
		ev.e.Release(d.member.Person)
		settle()
		if _, dropped := c.link.Dropped(); !dropped {
			t.Error("the link of the removed person stays")
		}
		if v.ended() != "left" {
			t.Errorf("the visitor is told %q", v.ended())
		}
		last := v.link.Frames(wire.Closed)
		if len(last) == 0 || last[0].Next != "again" {
			t.Errorf("the visitor's next step is %+v", last)
		}
		if w.ended() != "" {
			t.Error("somebody else's conversation has ended")
		}
		if p := ev.e.Present(); len(p) != 1 || p[0].Person != other.member.Person {
			t.Errorf("%d are on duty", len(p))
		}
		ev.e.Release(helpline.NewID()) // who holds nothing
		settle()
	})
}

func TestDismissTakesTheReadyQuestionBack(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		v := ev.visitor()
		d.next()
		pass(ev.set.Settle + time.Second)
		ev.e.Dismiss(d.member.Person)
		settle()
		if v.stage() != "waiting" || v.place() != 1 {
			t.Errorf("the visitor is %q at %d", v.stage(), v.place())
		}
	})
}

// TestAfterAHandoverTheFormerHolderNeitherWritesNorReads, and the new one has
// what was still open.
func TestAfterAHandoverTheFormerHolderNeitherWritesNorReads(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, old, _ := ev.talk()
		before := v.say("before")
		old.say("answer")
		pass(time.Second)
		old.mu.Lock()
		old.deaf = true // the last words before the handover do not reach this page
		old.mu.Unlock()
		open := v.say("still open")
		to := counsellor("Alex")
		if err := ev.e.Handover(t.Context(), v.who, to); err != nil {
			t.Fatal(err)
		}
		settle()
		if reason, next := old.end(); reason != "moved" || next != "none" {
			t.Errorf("the former holder is told %q with next %q", reason, next)
		}
		if _, dropped := old.link.Dropped(); !dropped {
			t.Error("the former holder's link stays")
		}
		seen := len(old.link.Frames(wire.Said))
		old.tell(&wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Body: `{"text":"behind the back"}`})
		old.tell(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		fresh := ev.desk(to).sit(v.who)
		after := v.say("after")
		hello := fresh.say("I have taken over.")
		pass(time.Second)
		if len(old.link.Frames(wire.Said)) != seen {
			t.Error("the former holder reads on")
		}
		if !fresh.reads(open) || !fresh.reads(after) || fresh.reads(before) || !v.reads(hello) {
			t.Errorf("the new holder's screen: %v", fresh.screen())
		}
		if len(v.screen()) != 5 || v.ended() != "" || v.fate(open) != sim.Delivered || v.link.Last(wire.Stage).Alias != "Alex" {
			t.Errorf("the visitor's screen: %v, ended %q", v.screen(), v.ended())
		}
		old.open() // comes back
		if reason, _ := old.end(); reason != "moved" || old.stage() == "talking" {
			t.Errorf("the former holder comes back: %q", reason)
		}
		if st, _ := ev.j.Row(v.who); st.Holder != to.Person || st.Term != 2 || st.Since == 0 {
			t.Errorf("the journal says %+v", st)
		}
		ev.restart()
		old.open()
		if reason, _ := old.end(); reason != "moved" {
			t.Errorf("after a restart the former holder is told %q", reason)
		}
	})
}

func TestHandoversThatAreRefused(t *testing.T) {
	boss := counsellor("Kim")
	boss.Roles = []helpline.Role{helpline.Supervisor}
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, d := ev.talk()
		w := ev.visitor()
		try := func(name string, p *person, to chat.Member, want helpline.Kind) {
			t.Helper()
			if err := ev.e.Handover(t.Context(), p.who, to); helpline.KindOf(err) != want {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
		alex := counsellor("Alex")
		try("of somebody who waits", w, alex, helpline.NotFound)
		try("to the holder", v, d.member, helpline.Invalid)
		try("to a supervisor", v, boss, helpline.Forbidden)
		ev.j.Fail(helpline.Errorf(helpline.Internal, "disk full"))
		try("while the disk fails", v, alex, helpline.Internal)
		ev.j.Fail(nil)
		if c.ended() != "" {
			t.Errorf("a refused handover ends the holder's page: %q", c.ended())
		}
		v.card, _ = ev.e.Renew(t.Context(), v.card)
		ev.restart()
		try("before the visitor has come back after a restart", v, alex, helpline.Unavailable)
		v.open()
		v.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
		try("of what has ended", v, alex, helpline.NotFound)
	})
}

func TestAnObserverReadsOnlyWhatWasWrittenKnowingIt(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		v.say("before")
		c.say("before, too")
		room, ok := ev.e.Look(v.who)
		if !ok {
			t.Fatal("there is no room")
		}
		v.mu.Lock()
		v.deaf = true // the announcement has not reached the visitor yet
		v.mu.Unlock()
		seat := ev.newLink()
		room.Observe(seat)
		settle()
		c.say("to a visitor who does not know")
		if n := len(seat.Frames(wire.Said)); n != 0 {
			t.Errorf("the observer reads %d messages before the visitor knows", n)
		}
		v.reload()
		pass(time.Second)
		told := false
		for _, l := range v.screen() {
			told = told || l.Side == wire.TheLine
		}
		if !told {
			t.Fatal("the visitor's page does not show that somebody reads along")
		}
		v.say("knowing it")
		c.say("so do I")
		var got []string
		for _, f := range seat.Frames(wire.Said) {
			got = append(got, f.Entry.Body)
		}
		if !slices.Equal(got, []string{`{"text":"knowing it"}`, `{"text":"so do I"}`}) {
			t.Errorf("the observer reads %q", got)
		}
		seen := len(got)
		room.Observe(ev.newLink()) // another takes the place
		pass(time.Second)
		c.say("and now?")
		if len(seat.Frames(wire.Said)) != seen {
			t.Error("a former observer reads on")
		}
	})
}

func TestANewDayKeepsWhatIsAliveAndForgetsWhatNoTicketOpens(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		a := v.say("before midnight")
		gone := ev.visitor()
		other := ev.desk(counsellor("Alex"))
		other.next()
		settle()
		gone.tell(&wire.Frame{Kind: wire.Ready})
		other.accept(gone.who)
		gone.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
		if e, ok := ev.e.Epoch(gone.who); !ok || e != 100 {
			t.Fatalf("the ended contact's row is of day %d, known %v", e, ok)
		}
		for epoch := 101; epoch <= 103; epoch++ {
			ev.keys.Rotate(day(epoch), day(epoch-1))
			ev.e.Rotated()
			settle()
			if e, ok := ev.e.Epoch(v.who); !ok || e != epoch {
				t.Errorf("on day %d the living contact is of day %d", epoch, e)
			}
			if st, _ := ev.j.Row(v.who); st.Epoch != epoch || st.Closed {
				t.Errorf("on day %d the journal says %+v", epoch, st)
			}
			if _, ok := ev.e.Epoch(gone.who); ok != (epoch == 101) {
				t.Errorf("on day %d the ended contact is known: %v", epoch, ok)
			}
			b := c.say("after midnight")
			pass(time.Second)
			if !v.reads(b) || c.fate(b) != sim.Delivered {
				t.Errorf("on day %d they cannot talk on", epoch)
			}
		}
		if got := ev.j.Kept(); !slices.Equal(got, []int{101, 102, 103}) {
			t.Errorf("kept on days %d", got)
		}
		if v.fate(a) != sim.Delivered {
			t.Errorf("yesterday's message is %q", v.fate(a))
		}
		if err := ev.e.Handover(t.Context(), v.who, counsellor("Noor")); err != nil {
			t.Error(err)
		}
		if st, _ := ev.j.Row(v.who); st.Epoch != 103 {
			t.Errorf("a handover takes the contact back to day %d", st.Epoch)
		}
	})
}

func TestWhenTheEngineStopsEveryPageIsToldToComeBack(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, d := ev.talk()
		w, x := ev.visitor(), ev.visitor()
		boss := counsellor("Kim")
		boss.Roles = []helpline.Role{helpline.Supervisor}
		watch := ev.desk(boss)
		ev.j.Slow(time.Minute) // a write is under way, too
		d2 := ev.desk(counsellor("Alex"))
		d2.next()
		settle()
		w.tell(&wire.Frame{Kind: wire.Ready})
		d2.accept(w.who)
		ev.stop()
		<-ev.ended
		settle()
		for name, l := range map[string]*chattest.Link{
			"visitor who talks": v.link, "counsellor": c.link, "desk": d.link, "other desk": d2.link,
			"board": watch.link, "visitor who is being taken": w.link, "visitor who waits": x.link,
		} {
			if again, dropped := l.Dropped(); !dropped || again < 1 {
				t.Errorf("the page of the %s: dropped %v, again %d", name, dropped, again)
			}
		}
		if _, err := ev.e.Renew(t.Context(), v.card); helpline.KindOf(err) != helpline.Unavailable {
			t.Errorf("asked afterwards, the engine answers %v", err)
		}
		if _, err := ev.e.Visit(t.Context(), v.card, chattest.NewLink()); helpline.KindOf(err) != helpline.Unavailable {
			t.Errorf("a link afterwards is answered %v", err)
		}
		v.seat.Receive(&wire.Frame{Kind: wire.Have}) // and nothing hangs
		v.seat.Gone()
		ev.e.Dismiss(d.member.Person)
	})
}

func TestATicketNamesTheWindowWhoseWordsTheseAre(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		mine := v.say("mine")
		other := &person{ev: ev, card: v.card, who: v.who, secret: helpline.NewID()}
		other.open()
		if other.stage() != "continue" || len(other.screen()) > 0 {
			t.Fatalf("a new window is %q and shows %v", other.stage(), other.screen())
		}
		other.mu.Lock()
		hello := other.page.ContinueHere()
		other.mu.Unlock()
		other.tell(hello...)
		pass(time.Second)
		if other.reads(mine) || !slices.ContainsFunc(c.link.Frames(wire.Presence), func(f *wire.Frame) bool { return f.State == "window" }) {
			t.Errorf("the new window shows %v, the counsellor is told %q", other.screen(), c.presence())
		}
		card, err := ev.e.Renew(t.Context(), v.card)
		if err != nil || card.Tab != ticket.HashSecret(other.secret) || card.From == 0 || card.Stage != ticket.Talking {
			t.Errorf("the ticket says %+v, %v", card.From, err)
		}
		c.tell(&wire.Frame{Kind: wire.Share})
		pass(time.Second)
		if !other.reads(mine) {
			t.Error("shared after asking, the earlier words do not arrive")
		}
		if card, _ = ev.e.Renew(t.Context(), card); !card.Shared {
			t.Error("the ticket does not say that they were shared")
		}
	})
}
