package counsel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// inTime runs a test in fake time with an outbox that sends.
func inTime(t *testing.T, do func(t *testing.T, p *post)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t)
		stop := p.run(t)
		defer func() { stop() }()
		do(t, p)
	})
}

func TestPromiseAnAddressCountsOnlyWhenItsCodeWasTyped(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		robin := p.who("Robin")
		changed := func(cause string) []Outgoing {
			t.Helper()
			if err := p.Tell(t.Context(), Telling{People: p.ids("Robin"), Kind: NoticeChanges, Cause: cause, Until: time.Now().Add(time.Hour)}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			return p.mail.taken()
		}
		if err := p.Choose(t.Context(), robin, ByMail, NewAddress("robin@example.org"), []NoticeKind{NoticeChanges}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		test := p.mail.taken()
		if len(test) != 1 || len(test[0].Code) != 6 || test[0].Link != "" {
			t.Fatalf("the test: %d notices", len(test))
		}
		if p.Reachable(robin.Person) || len(changed("a")) != 0 {
			t.Error("an address counts before its code was typed")
		}
		wrong := "000000"
		if test[0].Code == wrong {
			wrong = "111111"
		}
		if err := p.Typed(t.Context(), robin.Person, wrong); !errors.Is(err, ErrCode) || p.Reachable(robin.Person) {
			t.Errorf("a wrong code: %v", err)
		}
		if err := p.Typed(t.Context(), robin.Person, " "+test[0].Code[:3]+" "+test[0].Code[3:]); err != nil || !p.Reachable(robin.Person) {
			t.Errorf("the right code: %v", err)
		}
		if got := changed("b"); len(got) != 1 || got[0].Text != "Something changed in your shifts. Please sign in." || got[0].To.Reveal() != "robin@example.org" {
			t.Errorf("after the test: %d notices", len(got))
		}
		// Another address: until its code was typed the old one counts.
		if err := p.Choose(t.Context(), robin, ByMail, NewAddress("other@example.org"), []NoticeKind{NoticeChanges}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		p.mail.taken()
		if got := changed("c"); len(got) != 1 || got[0].To.Reveal() != "robin@example.org" {
			t.Error("an address that was not tested took the place of one that was")
		}
		p.start(t) // everything is read again
		if !p.Reachable(robin.Person) {
			t.Error("a tested address is forgotten by a restart")
		}
	})
}

func TestACodeBearsFewTriesAndOneHourAndTestsAreFew(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		robin := p.who("Robin")
		choose := func() error {
			return p.Choose(t.Context(), robin, ByMail, NewAddress("robin@example.org"), nil)
		}
		if err := choose(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		code := p.mail.taken()[0].Code
		for n := range codeTries {
			want := ErrCode
			if n == codeTries-1 {
				want = ErrCodeSpent
			}
			if err := p.Typed(t.Context(), robin.Person, "12345"); !errors.Is(err, want) {
				t.Errorf("try %d: %v", n+1, err)
			}
		}
		if err := p.Typed(t.Context(), robin.Person, code); !errors.Is(err, ErrCodeSpent) || p.Reachable(robin.Person) {
			t.Errorf("the right code after too many wrong ones: %v", err)
		}
		if err := choose(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(codeLasts + time.Second)
		if err := p.Typed(t.Context(), robin.Person, p.mail.taken()[0].Code); !errors.Is(err, ErrCodeSpent) {
			t.Errorf("after its hour: %v", err)
		}
		for n := range testsAnHour {
			if err := choose(); err != nil {
				t.Errorf("test %d of an hour: %v", n+1, err)
			}
		}
		if err := choose(); !errors.Is(err, ErrTests) {
			t.Errorf("one test too many: %v", err)
		}
	})
}

func TestPromiseANoticeSaysNothing(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim")
		for _, k := range NoticeKinds() {
			if err := p.Tell(t.Context(), Telling{People: p.ids("Kim"), Kind: k, Cause: "sexual thoughts, Tuesday 19:00, Robin", Until: time.Now().Add(time.Hour)}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		all := p.mail.taken()
		if len(all) != len(NoticeKinds()) {
			t.Fatalf("%d notices", len(all))
		}
		for _, n := range all {
			subject, fixed := false, false
			for k := range sentences["en"] {
				subject = subject || n.Subject == sentences["en"]["subject"]
				fixed = fixed || n.Text == sentences["en"][k]
			}
			if !subject || !fixed {
				t.Errorf("a notice says %q: %q", n.Subject, n.Text)
			}
			for _, word := range []string{"Tuesday", "19:00", "Robin", "Kim", "sexual", "thought", "visitor", "chat", "child", "help", "line"} {
				if strings.Contains(strings.ToLower(n.Subject+n.Text), strings.ToLower(word)) {
					t.Errorf("%q names %q", n.Text, word)
				}
			}
		}
		p.rows.mu.Lock()
		defer p.rows.mu.Unlock()
		for _, n := range p.rows.notices {
			if bytes.Contains(n.Cause[:], []byte("Tue")) {
				t.Error("the outbox says what a notice is about")
			}
		}
		for l, words := range sentences {
			for key := range sentences["en"] {
				if words[key] == "" || strings.ContainsFunc(words[key], func(r rune) bool { return r < ' ' || r > '~' }) {
					t.Errorf("%s %s: %q cannot go into every mail", l, key, words[key])
				}
			}
		}
	})
}

func TestNobodyIsToldTwiceOrOfWhatTheyDoNotWish(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin", "Kim")
		tell := func(kind NoticeKind, cause string) []string {
			t.Helper()
			err := p.Tell(t.Context(), Telling{People: append(p.ids("Robin", "Kim", "Sam", "Robin"), helpline.NewID()), Kind: kind, Cause: cause, Until: time.Now().Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			return to(p.mail.taken())
		}
		if got := tell(NoticeAsks, "ask"); !slices.Equal(got, []string{"kim", "robin"}) {
			t.Errorf("told: %v", got)
		}
		if got := tell(NoticeAsks, "ask"); len(got) != 0 {
			t.Errorf("told again: %v", got)
		}
		if got := tell(NoticeCover, "gap"); !slices.Equal(got, []string{"kim"}) {
			t.Errorf("of cover, which counsellors cannot wish: %v", got)
		}
		if err := p.Wish(t.Context(), p.who("Kim"), []NoticeKind{NoticeOnCall}); err != nil {
			t.Fatal(err)
		}
		if got := tell(NoticeAsks, "another ask"); !slices.Equal(got, []string{"robin"}) {
			t.Errorf("one who wishes it no more is told: %v", got)
		}
		// Two changes before the first could leave are one notice.
		p.mail.set(helpline.Errorf(helpline.Unavailable, "down"), false)
		if got := append(tell(NoticeChanges, "one"), tell(NoticeChanges, "two")...); len(got) != 0 {
			t.Fatal(got)
		}
		p.mail.set(nil, false)
		time.Sleep(10 * time.Minute)
		if got := to(p.mail.taken()); !slices.Equal(got, []string{"robin"}) {
			t.Errorf("two changes that waited: %v", got)
		}
		if err := p.Stop(t.Context(), p.who("Robin").Person); err != nil {
			t.Fatal(err)
		}
		if got := tell(NoticeAsks, "third"); len(got) != 0 || p.Reachable(p.who("Robin").Person) || len(p.rows.reaches) != 1 {
			t.Errorf("after the end: %v", got)
		}
	})
}

func TestPromiseANoticeIsNotLostByACrashAndNotSentAboutSomethingPast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t)
		stop := p.run(t)
		p.tested(t, "Robin", "Kim")
		down := helpline.Errorf(helpline.Unavailable, "down")
		p.mail.set(down, false)
		for name, until := range map[string]time.Duration{"Robin": time.Hour, "Kim": 3 * time.Minute} {
			if err := p.Tell(t.Context(), Telling{People: p.ids(name), Kind: NoticeAsks, Cause: "c", Until: time.Now().Add(until)}); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now().Truncate(time.Second)
		time.Sleep(2 * time.Minute)
		trouble, err := p.Trouble(t.Context())
		if err != nil || trouble.Failing != 2 || trouble.Since.Sub(began) > 2*time.Second || trouble.Last.IsZero() || !trouble.Last.Before(began.Add(time.Second)) {
			t.Errorf("trouble: %+v, %v", trouble, err)
		}
		stop() // the program is killed here
		p.start(t)
		time.Sleep(10 * time.Minute)
		p.mail.set(nil, false)
		stop = p.run(t)
		defer func() { stop() }()
		time.Sleep(time.Minute)
		if got := to(p.mail.taken()); !slices.Equal(got, []string{"robin"}) {
			t.Errorf("after the crash: %v", got)
		}
		if trouble, err = p.Trouble(t.Context()); err != nil || trouble.Failing != 1 {
			t.Errorf("of the one that was never sent: %+v, %v", trouble, err)
		}
		if got := p.rows.states(); got[NoticeFailed] != 1 || got[NoticeWaits] != 0 {
			t.Errorf("the outbox: %v", got)
		}
	})
}

func TestARefusalForGoodIsNotTriedAgain(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin")
		p.mail.set(helpline.Errorf(helpline.Invalid, "no such address"), false)
		before := p.mail.tries()
		if err := p.Tell(t.Context(), Telling{People: p.ids("Robin"), Kind: NoticeAsks, Cause: "c", Until: time.Now().Add(5 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Hour)
		if got := p.mail.tries() - before; got != 1 {
			t.Errorf("tried %d times", got)
		}
	})
}

func TestWhatCannotBeStruckOutIsNotSentAgainAndAgain(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin")
		p.rows.mu.Lock()
		p.rows.full = helpline.Errorf(helpline.Unavailable, "the disk is full")
		p.rows.mu.Unlock()
		if err := p.Tell(t.Context(), Telling{People: p.ids("Robin"), Kind: NoticeAsks, Cause: "c", Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		p.rows.mu.Lock()
		p.rows.full = nil
		p.rows.mu.Unlock()
		time.Sleep(5 * time.Minute)
		if got := p.mail.taken(); len(got) != 1 || p.rows.states()[NoticeWaits] != 0 {
			t.Errorf("sent %d times; the outbox: %v", len(got), p.rows.states())
		}
	})
}

func TestAnUntestedAddressThatOpensNoMoreIsAskedAnew(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim")
		p.key = vault.Key{8} // another machine
		p.start(t)
		stop := p.run(t)
		defer stop()
		own, err := p.Own(t.Context(), p.who("Kim"))
		if err != nil || !own.Lost || own.Way != "" || p.Reachable(p.who("Kim").Person) {
			t.Errorf("on another machine: %+v, %v", own, err)
		}
		p.tested(t, "Kim")
		if own, err = p.Own(t.Context(), p.who("Kim")); err != nil || own.Lost || own.Way != ByMail {
			t.Errorf("chosen anew: %+v, %v", own, err)
		}
	})
}

func TestPromiseNobodySeesAnAddressWhole(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim")
		if err := p.Choose(t.Context(), p.who("Kim"), ByMail, NewAddress("kim.de.vries@mail.example.org"), NoticeKinds()); err != nil {
			t.Fatal(err)
		}
		own, err := p.Own(t.Context(), p.who("Kim"))
		if err != nil || own.Hint != "k…@e….org" || own.NextHint != "k…@m….org" {
			t.Errorf("the page: %+v, %v", own, err)
		}
		var out bytes.Buffer
		a := NewAddress("kim.de.vries@mail.example.org")
		row := reach{To: a, Next: &candidate{To: a}}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&out, verb+verb+verb+verb+"\n", a, &a, Outgoing{To: a}, row)
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "to", a, "n", Outgoing{To: a})
		if err := json.NewEncoder(&out).Encode(Outgoing{To: a}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), hiddenAddress) || strings.Contains(out.String(), "vries") || strings.Contains(out.String(), fmt.Sprintf("%x", "vries")) {
			t.Errorf("an address was printed: %s", out.String())
		}
		for _, r := range p.rows.reaches {
			if bytes.Contains(r.Sealed, []byte("vries")) || bytes.Contains(r.Sealed, []byte("example")) {
				t.Error("the row shows the address")
			}
		}
	})
}

func TestAddressesThatCouldDoHarmAreNone(t *testing.T) {
	for _, bad := range []string{
		"", "x", "@", "a@", "@b", "a b@c.de", "a@b c.de", "a@b.de\r\nBcc: x@y.de", "a@b.de\nx", "a@b..de", ".a@b.de", "a..b@c.de", "a.@b.de",
		"a@-b.de", "a@b-.de", "<a@b.de>", "a@b.de,c@d.de", "a@b@c.de", "\"a b\"@c.de", "ä@b.de", "a@bü.de", "a@[127.0.0.1]", "a\x00@b.de",
		strings.Repeat("a", 65) + "@b.de", "a@" + strings.Repeat("b", 64) + ".de", "a@" + strings.Repeat("b.", 130) + "de",
	} {
		if ByMail.Check(NewAddress(bad)) == nil {
			t.Errorf("%q is a mail address", bad)
		}
	}
	for _, good := range []string{"a@b.de", "robin.de-vries+rota@mail.example.org", "x@localhost", "o'neil@example.ie"} {
		if err := ByMail.Check(NewAddress(good)); err != nil {
			t.Errorf("%q is none", good)
		}
	}
	for _, bad := range []string{"+31\r6", "ü", strings.Repeat("1", 121), "a\x00b"} {
		if ByCommand.Check(NewAddress(bad)) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if ByCommand.Check(NewAddress(" +31 6 1234 5678 ")) != nil {
		t.Error("a telephone number is none")
	}
}

func TestWithoutAWayNothingIsToldAndNothingBreaks(t *testing.T) {
	var none *Notices
	until := time.Now().Add(time.Hour)
	if none.On() || none.Reachable(helpline.NewID()) || none.Tell(t.Context(), Telling{Until: until}) != nil || none.Alarm(t.Context(), CoverAlarm{At: until}) != nil || none.Call(t.Context(), "x", until) != nil {
		t.Error("notices that are off do something")
	}
	if _, err := none.CallOf(t.Context(), "x"); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("a link: %v", err)
	}
	if err := none.Choose(t.Context(), helpline.Actor{}, ByMail, NewAddress("a@b.de"), nil); !errors.Is(err, ErrNoWay) {
		t.Errorf("choosing: %v", err)
	}
}

func TestPromiseWhoeverWasRemovedGetsNoNotice(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin", "Kim")
		robin := p.who("Robin").Person
		tell := func(cause string) {
			t.Helper()
			err := p.Tell(t.Context(), Telling{People: p.ids("Robin", "Kim"), Kind: NoticeChanges, Cause: cause, Until: time.Now().Add(5 * time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
		}
		p.mail.set(helpline.Errorf(helpline.Unavailable, "down"), false)
		tell("waits while they are removed")
		time.Sleep(5 * time.Second)
		synctest.Wait() // nobody reads who works here
		p.change(func() { p.people[0].State = staff.Removed })
		p.mail.set(nil, false)
		time.Sleep(time.Minute)
		tell("after it")
		time.Sleep(time.Minute)
		if got := to(p.mail.taken()); !slices.Equal(got, []string{"kim", "kim"}) {
			t.Errorf("told: %v", got)
		}
		if _, known := p.of(robin); known || p.Reachable(robin) {
			t.Error("the address of somebody who was removed stays in memory")
		}
	})
}

func TestPromiseWhoeverEndedTheirNoticesGetsNoneThoughTheDiskIsBusy(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin")
		robin := p.who("Robin").Person
		p.rows.busy = helpline.Errorf(helpline.Unavailable, "somebody reads")
		if err := p.Stop(t.Context(), robin); helpline.KindOf(err) != helpline.Unavailable {
			t.Errorf("what stays on the disk is not said: %v", err)
		}
		if err := p.Tell(t.Context(), Telling{People: p.ids("Robin"), Kind: NoticeChanges, Cause: "c", Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := p.mail.taken(); len(got) != 0 || p.Reachable(robin) {
			t.Errorf("told after the end: %d notices", len(got))
		}
		p.rows.busy = nil
		if err := p.Stop(t.Context(), robin); err != nil {
			t.Errorf("once more: %v", err)
		}
		p.tested(t, "Robin") // and can choose anew
	})
}

func TestTestsStayFewForWhoeverEndsTheirNoticesInBetween(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		robin := p.who("Robin")
		choose := func() error {
			return p.Choose(t.Context(), robin, ByMail, NewAddress("somebody.else@example.org"), nil)
		}
		for n := range testsAnHour {
			if err := choose(); err != nil {
				t.Fatalf("test %d of an hour: %v", n+1, err)
			}
			time.Sleep(2 * time.Second)
			if err := p.Stop(t.Context(), robin.Person); err != nil {
				t.Fatal(err)
			}
		}
		if err := choose(); !errors.Is(err, ErrTests) {
			t.Errorf("one test too many: %v", err)
		}
		time.Sleep(time.Hour)
		var many sync.WaitGroup
		var taken atomic.Int64
		for range 3 * testsAnHour { // all at once
			many.Go(func() {
				if err := choose(); err == nil {
					taken.Add(1)
				} else if !errors.Is(err, ErrTests) {
					t.Errorf("an hour later: %v", err)
				}
			})
		}
		many.Wait()
		if got := taken.Load(); got != testsAnHour {
			t.Errorf("%d tests at once, want %d", got, testsAnHour)
		}
	})
}
