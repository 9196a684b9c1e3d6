package counsel

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// told gives who was told in each of so many stretches of five minutes.
func (p *post) told(stretches int) (out [][]string) {
	for range stretches {
		time.Sleep(callAgain)
		out = append(out, to(p.mail.taken()))
	}
	return out
}

func sameTold(a, b [][]string) bool {
	return slices.EqualFunc(a, b, func(x, y []string) bool { return slices.Equal(x, y) })
}

func TestPromiseACallThatNobodyConfirmsIsRepeatedAndGoesOn(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin", "Kim", "Sam", "Lou")
		p.change(func() { p.oncall = p.ids("Kim", "Robin") }) // Robin leads nothing, whatever a row says
		time.Sleep(7 * time.Second)
		if err := p.Call(t.Context(), "nobody came", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if got := to(p.mail.taken()); !slices.Equal(got, []string{"kim"}) {
			t.Fatalf("first: %v", got)
		}
		want := [][]string{{"kim"}, {"kim"}, {"lou", "sam"}, {"lou", "sam"}, {"lou", "sam"}, nil, nil}
		if got := p.told(7); !sameTold(got, want) {
			t.Errorf("then: %v, want %v", got, want)
		}
		trouble, err := p.Trouble(t.Context())
		if err != nil || trouble.Unanswered != 1 || trouble.Open != 0 {
			t.Errorf("the board: %+v, %v", trouble, err)
		}
		if err := p.Call(t.Context(), "nobody came", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got := p.told(2); !sameTold(got, [][]string{nil, nil}) {
			t.Errorf("called twice for one cause: %v", got)
		}
	})
}

func TestACallEndsWhenSomebodyConfirms(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim", "Sam")
		p.change(func() { p.oncall = p.ids("Kim") })
		if err := p.Call(t.Context(), "c", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		token := strings.TrimPrefix(p.mail.taken()[0].Link, "https://desk.example.org/notices/confirm/")
		if got := p.told(1); !sameTold(got, [][]string{{"kim"}}) {
			t.Fatal(got)
		}
		for range 3 { // whatever follows links, follows them
			if state, err := p.CallOf(t.Context(), token); err != nil || state != CallOpen {
				t.Fatalf("looking: %q, %v", state, err)
			}
		}
		if mine, err := p.Called(t.Context(), p.who("Kim").Person); err != nil || len(mine) != 1 {
			t.Errorf("Kim is called: %v, %v", mine, err)
		}
		if mine, err := p.Called(t.Context(), p.who("Sam").Person); err != nil || len(mine) != 0 {
			t.Errorf("Sam is called already: %v, %v", mine, err)
		}
		if state, err := p.Confirm(t.Context(), token); err != nil || state != CallConfirmed {
			t.Fatalf("confirming: %q, %v", state, err)
		}
		if state, err := p.Confirm(t.Context(), token); err != nil || state != CallConfirmed {
			t.Errorf("once more: %q, %v", state, err)
		}
		if got := p.told(4); !sameTold(got, [][]string{nil, nil, nil, nil}) {
			t.Errorf("told after the yes: %v", got)
		}
		if mine, err := p.Called(t.Context(), p.who("Kim").Person); err != nil || len(mine) != 0 {
			t.Errorf("Kim is still called: %v, %v", mine, err)
		}
	})
}

func TestPromiseNobodyConfirmsACallWithoutItsLink(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim")
		p.change(func() { p.oncall = p.ids("Kim") })
		if err := p.Call(t.Context(), "c", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		good := strings.TrimPrefix(p.mail.taken()[0].Link, "https://desk.example.org/notices/confirm/")
		synctest.Wait() // what was sent has been marked
		var call, other helpline.ID
		p.rows.mu.Lock()
		for id, n := range p.rows.notices {
			if !n.Call.IsZero() {
				call = id
			} else {
				other = id // the test, which is of no call
			}
		}
		p.rows.mu.Unlock()
		bent := "A" + good[1:]
		if bent == good {
			bent = "B" + good[1:]
		}
		for name, token := range map[string]string{
			"nothing": "", "the number alone": call.String(), "the number twice": call.String() + call.String(), "a bent one": bent,
			"a longer one": good + "A", "padded": good + "=", "of a notice that is no call": p.token(other), "of none": p.token(helpline.NewID()),
		} {
			if _, err := p.Confirm(t.Context(), token); helpline.KindOf(err) != helpline.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if state, err := p.CallOf(t.Context(), good); err != nil || state != CallOpen {
			t.Errorf("it is %q, %v", state, err)
		}
		if err := p.ConfirmOwn(t.Context(), p.who("Sam").Person); err != nil {
			t.Fatal(err)
		}
		if state, _ := p.CallOf(t.Context(), good); state != CallOpen {
			t.Error("somebody who was not told has confirmed")
		}
		if err := p.ConfirmOwn(t.Context(), p.who("Kim").Person); err != nil {
			t.Fatal(err)
		}
		if state, _ := p.CallOf(t.Context(), good); state != CallConfirmed {
			t.Error("whoever was told and is signed in cannot confirm")
		}
	})
}

func TestPromiseTheLinkOfSomebodyWhoWorksHereNoMoreEndsNoCall(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim")
		p.change(func() { p.oncall = p.ids("Kim") })
		if err := p.Call(t.Context(), "c", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		token := strings.TrimPrefix(p.mail.taken()[0].Link, "https://desk.example.org/notices/confirm/")
		p.change(func() {
			for i := range p.people {
				if p.people[i].Name == "Kim" {
					p.people[i].State = staff.Removed
				}
			}
		})
		if state, err := p.CallOf(t.Context(), token); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("the link says %q, %v", state, err)
		}
		if _, err := p.Confirm(t.Context(), token); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("confirming: %v", err)
		}
		if trouble, err := p.Trouble(t.Context()); err != nil || trouble.Open != 1 {
			t.Errorf("%d calls are open, %v", trouble.Open, err)
		}
	})
}

func TestACallPassesOverWhomItCannotReach(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Sam")
		p.change(func() { p.oncall = p.ids("Kim") }) // chose nothing
		if err := p.Call(t.Context(), "c", time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if got := to(p.mail.taken()); !slices.Equal(got, []string{"sam"}) {
			t.Errorf("told: %v", got)
		}
		if err := p.Stop(t.Context(), p.who("Sam").Person); err != nil {
			t.Fatal(err)
		}
		if err := p.Call(t.Context(), "d", time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Minute)
		if trouble, err := p.Trouble(t.Context()); err != nil || trouble.Unanswered != 2 {
			t.Errorf("nobody can be reached, and the board says %+v, %v", trouble, err)
		}
	})
}

func TestPromiseWhoWasCalledIsToldThatItIsMended(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim", "Sam", "Lou")
		if err := p.Wish(t.Context(), p.who("Kim"), []NoticeKind{NoticeOnCall}); err != nil {
			t.Fatal(err)
		}
		p.change(func() { p.oncall = p.ids("Kim") })
		late := CoverAlarm{Key: "noshow/x", Kind: AlarmNoShow, At: time.Now().Add(-15 * time.Minute)}
		if err := p.Alarm(t.Context(), late); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		var token string
		for _, n := range p.mail.taken() {
			if _, after, called := strings.Cut(n.Link, "/notices/confirm/"); called {
				token = after
			}
		}
		if err := p.Mended(t.Context(), []string{"noshow/y"}); err != nil {
			t.Fatal(err)
		}
		if state, err := p.CallOf(t.Context(), token); err != nil || state != CallOpen {
			t.Fatalf("when something else is mended: %q, %v", state, err)
		}
		for range 2 {
			if err := p.Mended(t.Context(), []string{late.Key}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if got := p.mail.taken(); !slices.Equal(to(got), []string{"kim"}) || got[0].Text != sentences["en"]["settled"] || strings.Contains(got[0].Link, "confirm") {
			t.Errorf("told of the end: %v", to(got))
		}
		if got := p.told(4); !sameTold(got, [][]string{nil, nil, nil, nil}) {
			t.Errorf("called after it was mended: %v", got)
		}
		if state, err := p.CallOf(t.Context(), token); err != nil || state != CallMended {
			t.Errorf("the link says %q, %v", state, err)
		}
		if state, err := p.Confirm(t.Context(), token); err != nil || state != CallMended {
			t.Errorf("who confirms reads %q, %v", state, err)
		}
		if trouble, err := p.Trouble(t.Context()); err != nil || trouble != (NoticeTrouble{Last: trouble.Last}) {
			t.Errorf("the board: %+v, %v", trouble, err)
		}
	})
}

func TestPromiseACallGoesOnAtOnceFromAnAddressThatTakesNothing(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim", "Sam")
		p.change(func() { p.oncall = p.ids("Kim") })
		p.mail.set(helpline.Errorf(helpline.Invalid, "nobody there"), false)
		if err := p.Call(t.Context(), "c", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		p.mail.set(nil, false)
		if got := p.told(2); !sameTold(got, [][]string{{"sam"}, {"sam"}}) {
			t.Errorf("told: %v", got)
		}
	})
}

func TestASupervisorWhoLeadsNoMoreIsNotCalledFirst(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Sam", "Lou", "Kim")
		p.change(func() { p.oncall = p.ids("Lou", "Kim") }) // a row of when Lou led
		if err := p.Call(t.Context(), "c", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if got := to(p.mail.taken()); !slices.Equal(got, []string{"kim"}) {
			t.Errorf("first: %v", got)
		}
	})
}

func TestACallIsNotKeptByARelayThatHangsOnOthers(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin", "Kim")
		p.change(func() { p.oncall = p.ids("Kim") })
		p.mail.set(nil, true)
		for n := range 60 {
			if err := p.Tell(t.Context(), Telling{People: p.ids("Robin"), Kind: NoticeAsks, Cause: string(rune('0' + n)), Until: time.Now().Add(5 * time.Hour)}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(30 * time.Second)
		p.mail.set(nil, false)
		if err := p.Call(t.Context(), "c", time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if got := to(p.mail.taken()); !slices.Contains(got, "kim") {
			t.Errorf("told within two seconds: %v", got)
		}
	})
}

func TestACallGoesOnAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t)
		stop := p.run(t)
		p.tested(t, "Kim", "Sam")
		p.change(func() { p.oncall = p.ids("Kim") })
		if err := p.Call(t.Context(), "c", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		got := p.told(2)
		stop()
		p.start(t)
		stop = p.run(t)
		defer func() { stop() }()
		got = append(got, p.told(2)...)
		all := map[string]int{}
		for _, names := range got {
			for _, n := range names {
				all[n]++
			}
		}
		if all["kim"] != callTimes || all["sam"] == 0 {
			t.Errorf("told: %v", got)
		}
	})
}

func TestPromiseACallPassesOverNobodyWhenOnCallChangesHands(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Duration // from the beginning of the call, at which it changes
		then []string      // who is on call afterwards
		lead string        // who leads no more then; empty: all do
		want [][]string
	}{
		{"after the third time", 12 * time.Minute, []string{"Sam"}, "", [][]string{{"kim"}, {"kim"}, {"sam"}, {"sam"}, {"sam"}, {"lou"}, {"lou"}, {"lou"}, nil}},
		{"between two times", 2 * time.Minute, []string{"Sam"}, "", [][]string{{"sam"}, {"sam"}, {"sam"}, {"kim", "lou"}, {"kim", "lou"}, {"lou"}, nil}},
		{"to nobody", 12 * time.Minute, nil, "", [][]string{{"kim"}, {"kim"}, {"lou", "sam"}, {"lou", "sam"}, {"lou", "sam"}, nil}},
		{"and whoever had it leads no more", 2 * time.Minute, []string{"Kim"}, "Kim", [][]string{{"lou", "sam"}, {"lou", "sam"}, {"lou", "sam"}, nil}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPost(t)
				stop := p.run(t)
				defer func() { stop() }()
				p.tested(t, "Kim", "Sam", "Lou")
				p.change(func() { p.oncall = p.ids("Kim") })
				if err := p.Call(t.Context(), "c", time.Now().Add(3*time.Hour)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Second)
				if got := to(p.mail.taken()); !slices.Equal(got, []string{"kim"}) {
					t.Fatalf("first: %v", got)
				}
				var got [][]string
				for n := range len(c.want) {
					time.Sleep(c.at % callAgain)
					synctest.Wait()
					if n == int(c.at/callAgain) {
						p.change(func() { p.oncall = p.ids(c.then...) })
						for i := range p.people {
							if p.people[i].Name == c.lead {
								p.change(func() { p.people[i].Roles = []helpline.Role{helpline.Counsellor} })
							}
						}
					}
					time.Sleep(callAgain - c.at%callAgain)
					got = append(got, to(p.mail.taken()))
				}
				if !sameTold(got, c.want) {
					t.Errorf("then: %v, want %v", got, c.want)
				}
			})
		})
	}
}

func TestPromiseWhoeverStandsBehindASmallLineIsCalled(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin", "Kim", "Sam")
		if err := p.Wish(t.Context(), p.who("Kim"), []NoticeKind{NoticeChanges}); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]bool{"Robin": true, "Kim": false, "Sam": true, "Lou": false} {
			if got := p.Hears(p.who(name).Person); got != want {
				t.Errorf("%s would hear of a call: %v", name, got)
			}
		}
		p.oncall, p.buddy = p.ids("Kim"), append(p.ids("Kim", "Robin"), helpline.NewID())
		if err := p.Call(t.Context(), "c", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if got := to(p.mail.taken()); !slices.Equal(got, []string{"robin"}) {
			t.Errorf("first: %v", got)
		}
		if got := p.told(5); !sameTold(got, [][]string{{"robin"}, {"robin"}, {"sam"}, {"sam"}, {"sam"}}) {
			t.Errorf("then: %v", got)
		}
	})
}

func TestTheBuddiesOfASmallLineAreThoseOfTheShiftThatRuns(t *testing.T) {
	now := time.Date(2026, 11, 22, 19, 30, 0, 0, time.UTC)
	small, pair := rota.Rota{ID: helpline.NewID(), Setup: rota.Small}, rota.Rota{ID: helpline.NewID(), Setup: rota.Pair}
	b := &rota.Book{Rotas: []rota.Rota{small, pair}}
	place := func(of rota.Rota, from time.Duration, cancelled bool, a rota.Assignment) helpline.ID {
		s := rota.Shift{ID: helpline.NewID(), Rota: of.ID, Start: now.Add(from), End: now.Add(from + time.Hour), Cancelled: cancelled}
		a.ID, a.Shift, a.Person = helpline.NewID(), s.ID, helpline.NewID()
		b.Shifts, b.Assignments = append(b.Shifts, s), append(b.Assignments, a)
		return a.Person
	}
	buddy := rota.Assignment{Role: rota.Buddy, State: rota.Held}
	want := []helpline.ID{place(small, 0, false, buddy), place(small, -time.Minute, false, rota.Assignment{Role: rota.Buddy, State: rota.Offered})}
	slices.SortFunc(want, func(a, b helpline.ID) int { return bytes.Compare(a[:], b[:]) })
	place(pair, 0, false, buddy)
	place(small, time.Minute, false, buddy)
	place(small, -time.Hour, false, buddy)
	place(small, 0, true, buddy)
	for _, a := range []rota.Assignment{
		{Role: rota.Counsellor, State: rota.Held}, {Role: rota.Buddy, State: rota.NoShow}, {Role: rota.Buddy, State: rota.Dropped}, {Role: rota.Buddy, State: rota.Held, Minds: true},
	} {
		place(small, 0, false, a)
	}
	if got := BuddiesAt(b, now); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
