package counsel

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

// watch is an evening whose alarms go to the true notices, in fake time: Kim is
// on call, and Bo does not come.
type watch struct {
	*evening
	p    *post
	stop func()
}

func onWatch(t *testing.T, do func(w *watch)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &watch{evening: newEvening(t, rota.Pair), p: newPost(t)}
		time.Sleep(time.Until(at("18:00")))
		w.stop = w.p.run(t)
		defer func() { w.stop() }()
		w.p.tested(t, "Kim", "Sam")
		w.p.change(func() { w.p.oncall = w.p.ids("Kim") })
		w.clock = time.Now
		w.restart()
		do(w)
	})
}

// restart begins the program anew: of what was only in memory nothing is left.
func (w *watch) restart() {
	w.stop()
	w.p.start(w.T)
	w.stop = w.p.run(w.T)
	w.a = attendance(w.T, w.rotaShelf, func() []chat.Member { return w.at })
	w.a.Post(w.p.Notices)
}

// until lets the line run with these at a desk, and says what became of calls.
func (w *watch) until(clock string, desks ...string) string {
	for time.Now().Before(at(clock)) {
		w.beat(desks...)
	}
	synctest.Wait()
	w.p.rows.mu.Lock()
	defer w.p.rows.mu.Unlock()
	var out []string
	for _, c := range w.p.rows.calls {
		state := c.State
		if c.mended() {
			state = CallMended
		}
		out = append(out, string(state))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (w *watch) beat(desks ...string) {
	time.Sleep(20 * time.Second)
	w.at = w.member(desks...)
	w.a.follow(w.Context(), time.Now())
	w.a.end(w.Context(), time.Now())
	w.a.tell(w.Context(), time.Now())
}

func (w *watch) want(what, got, want string) {
	w.Helper()
	if got != want {
		w.Errorf("%s: %q, want %q", what, got, want)
	}
}

func with(states ...string) string {
	slices.Sort(states)
	return strings.Join(states, " ")
}

// closed closes the day of the shift, or opens it again.
func (w *watch) closed(is bool) {
	w.book.Closures = nil
	if is {
		day := w.book.Shifts[0].Date
		w.book.Closures = []rota.Closure{{ID: helpline.NewID(), First: day, Last: day}}
	}
	if err := w.a.Renew(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func TestPromiseACallEndsWhenSomebodyComesOrTheCoverStandsAgain(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.want("they may come yet", w.until("19:14", "Anna"), "")
		w.want("Bo did not", w.until("19:16", "Anna"), "open")
		w.want("Cleo walks on", w.until("19:25", "Anna", "Cleo"), "open")
		w.want("she stays", w.until("19:30", "Anna", "Cleo"), "mended")
		w.want("she stays for long", w.until("20:30", "Anna", "Cleo"), "mended")
		w.want("she goes: that is another thing", w.until("20:31", "Anna"), "mended open")
		w.want("Bo comes", w.until("20:32", "Anna", "Bo"), "mended mended")
		w.want("he is there", w.until("22:10", "Anna", "Bo"), "mended mended")
	})
}

func TestPromiseAPlaceIsNotSilentWhenItWasOutOfSight(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.want("Bo did not come", w.until("19:16", "Anna"), "open")
		w.closed(true)
		w.want("the day is closed by mistake", w.until("19:17", "Anna"), "mended")
		w.closed(false)
		w.want("they were told a moment ago", w.until("19:20", "Anna"), "mended")
		w.want("and Bo still does not come", w.until("19:32", "Anna"), "mended open")
		w.restart()
		w.want("the second call outlasts a restart", w.until("19:40", "Anna"), "mended open")
		w.want("and ends when he comes", w.until("19:41", "Anna", "Bo"), "mended mended")
	})
}

func TestPromiseCoverThatBreaksOnceMoreCallsAfterARestartToo(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.want("Bo did not come", w.until("19:16", "Anna"), "open")
		w.want("Cleo stands in", w.until("19:30", "Anna", "Cleo"), "mended")
		w.restart()
		w.want("after the restart too", w.until("19:50", "Anna", "Cleo"), "mended")
		w.want("she goes", w.until("19:51", "Anna"), "mended open")
	})
}

func TestPromiseWhoComesAndGoesBeginsNoCallWithEveryTurn(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.want("Bo did not come", w.until("19:16", "Anna"), "open")
		for time.Now().Before(at("19:44")) {
			w.beat("Anna", "Cleo")
			w.beat("Anna")
		}
		w.want("Cleo comes and goes", w.until("19:44"), "open")
		for time.Now().Before(at("21:44")) { // eleven minutes here, one away
			for range 33 {
				w.beat("Anna", "Cleo")
			}
			for range 3 {
				w.beat("Anna")
			}
		}
		w.p.rows.mu.Lock()
		defer w.p.rows.mu.Unlock()
		calls := map[helpline.ID]bool{}
		for _, n := range w.p.rows.notices {
			if n.Kind == NoticeOnCall {
				calls[n.Call] = true
			}
		}
		if most := 1 + 2*4; len(calls) < 2 || len(calls) > most { // one in a quarter of an hour
			t.Errorf("%d calls, at most %d", len(calls), most)
		}
	})
}

func TestPromiseCoverOfAnotherRotaEndsNoCall(t *testing.T) {
	onWatch(t, func(w *watch) {
		r := rota.Rota{ID: helpline.NewID(), Name: "Phone", Way: rota.Managed, Setup: rota.Pair}
		v := w.versions[0]
		v.ID, v.Rota = helpline.NewID(), r.ID
		s := rota.Shift{ID: helpline.NewID(), Version: v.ID, Rota: r.ID, Name: "Late", Date: v.First, Start: at("19:20"), End: at("22:00")}
		w.book.Rotas, w.versions, w.book.Shifts = append(w.book.Rotas, r), append(w.versions, v), append(w.book.Shifts, s)
		for _, n := range []string{"Cleo", "Dora"} {
			if n == "Dora" {
				w.who[n] = helpline.NewID()
				w.book.People = append(w.book.People, rota.Person{ID: w.who[n], Standing: rota.Active, Roles: []rota.Role{rota.Counsellor}, Languages: []helpline.Locale{"nl"}})
			}
			id := helpline.NewID()
			w.book.Assignments = append(w.book.Assignments, rota.Assignment{ID: id, Shift: s.ID, Person: w.who[n], Role: rota.Counsellor, State: rota.Held, Place: id})
		}
		if err := w.a.Renew(w.Context()); err != nil {
			w.Fatal(err)
		}
		w.want("Bo did not come", w.until("19:16", "Anna"), "open")
		w.want("the other rota is met", w.until("19:44", "Anna", "Cleo", "Dora"), "open")
		if c := w.a.Cover(time.Now(), w.at); !c.Met {
			t.Error("the other rota is not met: this shows nothing")
		}
	})
}

func TestPromiseAfterACallThatSomebodyConfirmedCoverThatBreaksCallsAnew(t *testing.T) {
	for name, confirms := range map[string]bool{"confirmed": true, "unanswered": false} {
		t.Run(name, func(t *testing.T) {
			onWatch(t, func(w *watch) {
				w.until("19:16", "Anna")
				if confirms {
					if err := w.p.ConfirmOwn(t.Context(), w.p.who("Kim").Person); err != nil {
						t.Fatal(err)
					}
				}
				w.want("it ended", w.until("19:50", "Anna"), name)
				w.want("once", w.until("20:20", "Anna"), name)
				w.want("Cleo stands in, and nobody is called", w.until("20:45", "Anna", "Cleo"), with(name, "mended"))
				w.want("she goes", w.until("20:46", "Anna"), with(name, "mended", "open"))
			})
		})
	}
}

// TestPromiseACallAboutAPlaceThatHasGoneEndsAfterARestartToo: whatever became of
// it while the program was down, and nothing else ends.
func TestPromiseACallAboutAPlaceThatHasGoneEndsAfterARestartToo(t *testing.T) {
	for name, c := range map[string]struct {
		down string // until when the program was
		goes func(w *watch)
		want string
	}{
		"the day is closed":      {"19:20", func(w *watch) { w.closed(true) }, "mended"},
		"the shift is cancelled": {"19:20", func(w *watch) { w.book.Shifts[0].Cancelled = true }, "mended"},
		"it is put off": {"19:20", func(w *watch) {
			w.book.Shifts[0].Start, w.book.Shifts[0].End = at("20:30"), at("22:30")
		}, "mended"},
		"the place is Cleo's": {"19:20", func(w *watch) {
			mine := &w.book.Assignments[1]
			hers := *mine
			mine.State, hers.ID, hers.Person, hers.Place = rota.Swapped, helpline.NewID(), w.who["Cleo"], mine.Place
			w.book.Assignments = append(w.book.Assignments, hers)
		}, with("mended", "open")}, // she is late too
		"Bo was removed": {"19:20", func(w *watch) {
			i := slices.IndexFunc(w.book.People, func(p rota.Person) bool { return p.ID == w.who["Bo"] })
			w.book.People[i].Standing = rota.Removed
		}, "mended"},
		"the shift is over":           {"19:20", func(w *watch) { w.book.Shifts[0].End = at("19:19") }, "mended"},
		"nothing: he is missed still": {"19:20", func(*watch) {}, "open"},
	} {
		t.Run(name, func(t *testing.T) {
			onWatch(t, func(w *watch) {
				w.want("Bo did not come", w.until("19:16", "Anna"), "open")
				w.p.mail.taken()
				w.stop()
				time.Sleep(time.Until(at(c.down)))
				c.goes(w)
				w.restart()
				w.want("the desks come back first", w.until(time.Now().Add(time.Minute).UTC().Format("15:04"), "Anna"), "open")
				w.want("after the restart", w.until(time.Now().Add(5*time.Minute).UTC().Format("15:04"), "Anna"), c.want)
				settled := 0
				for _, n := range w.p.mail.taken() {
					if n.Text == sentences["en"]["settled"] {
						settled++
					}
				}
				if want := strings.Count(c.want, "mended"); settled != want {
					t.Errorf("%d people were told that it is settled, want %d", settled, want)
				}
			})
		})
	}
}

// Who stood in while the program was down is in the check-ins.
func TestPromiseACallWhoseCoverStandsAgainEndsAfterARestartToo(t *testing.T) {
	for name, c := range map[string]struct {
		came string // when Cleo did; empty: never
		back []string
		want string
	}{
		"she stays":                 {"19:18", []string{"Anna", "Cleo"}, "mended"},
		"she does not come back":    {"19:18", []string{"Anna"}, "open"},
		"she comes with the start":  {"", []string{"Anna", "Cleo"}, "open"},
		"she was there all evening": {"19:00", []string{"Anna", "Cleo"}, "open"},
	} {
		t.Run(name, func(t *testing.T) {
			onWatch(t, func(w *watch) {
				if c.came == "19:00" {
					w.until("19:16", "Anna", "Cleo")
				} else {
					w.until("19:16", "Anna")
				}
				if c.came == "19:18" {
					w.until(c.came, "Anna")
					w.beat("Anna", "Cleo")
				}
				w.stop()
				time.Sleep(time.Until(at("19:28")))
				w.restart()
				w.want("after the restart", w.until("19:33", c.back...), c.want)
			})
		})
	}
}

// bell remembers which places it was told of, and which were over.
type bell struct {
	rang, ended []string
	broken      error
}

func (b *bell) Alarm(_ context.Context, c CoverAlarm) error {
	if c.Kind == AlarmNoShow && !slices.Contains(b.rang, c.Key) {
		b.rang = append(b.rang, c.Key)
	}
	return nil
}

func (b *bell) Mended(_ context.Context, keys []string) error {
	if b.broken == nil {
		b.ended = append(b.ended, keys...)
	}
	return b.broken
}

func TestACallEndsWhenTheShiftItWasAboutDoes(t *testing.T) {
	e := newEvening(t, rota.Pair)
	b := &bell{broken: helpline.Errorf(helpline.Unavailable, "full")}
	e.a.Post(b)
	for _, clock := range []string{"19:20", "21:59", "22:01", "22:02", "22:03"} {
		if e.now = at(clock); clock == "22:02" {
			b.broken = nil
		}
		e.desks()
		e.a.tell(t.Context(), e.now)
	}
	slices.Sort(b.rang)
	slices.Sort(b.ended)
	if len(b.rang) != 2 || !slices.Equal(b.rang, b.ended) {
		t.Errorf("rang for %v, ended %v", b.rang, b.ended)
	}
}

func TestACallThatBeginsDuringALookIsSeen(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim")
		p.change(func() { p.oncall = p.ids("Kim") })
		late := CoverAlarm{Key: "noshow/x", Kind: AlarmNoShow, At: time.Now().Add(-15 * time.Minute)}
		if err := p.Alarm(t.Context(), late); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		p.mail.taken()
		hook := func(do func()) {
			p.rows.mu.Lock()
			defer p.rows.mu.Unlock()
			p.rows.looked = do
		}
		var mine []helpline.ID
		hook(func() { // while the outbox looks what is open
			mine, _ = p.Called(t.Context(), p.who("Kim").Person)
			if err := p.Mended(t.Context(), []string{late.Key}); err != nil {
				t.Error(err)
			}
			hook(func() { // it looks once more and finds none; in that moment one begins
				if err := p.Call(t.Context(), "d", time.Now().Add(time.Hour)); err != nil {
					t.Error(err)
				}
			})
		})
		time.Sleep(time.Minute)
		if trouble, err := p.Trouble(t.Context()); err != nil || trouble.Open != 1 || len(mine) != 1 {
			t.Errorf("%d open, Kim is called %d times, %v", trouble.Open, len(mine), err)
		}
		called := slices.DeleteFunc(p.mail.taken(), func(o Outgoing) bool { return !strings.Contains(o.Link, "confirm") })
		if got := to(called); !slices.Equal(got, []string{"kim"}) {
			t.Errorf("called: %v", got)
		}
	})
}

func TestPromiseThatACallIsSettledIsToldThoughTheDiskFailedOnce(t *testing.T) {
	for _, crash := range []bool{false, true} {
		t.Run(fmt.Sprint("crash ", crash), func(t *testing.T) {
			onWatch(t, func(w *watch) {
				w.until("19:16", "Anna")
				w.p.mail.taken()
				fails := func(err error) {
					w.p.rows.mu.Lock()
					defer w.p.rows.mu.Unlock()
					w.p.rows.blind = err
				}
				fails(helpline.Errorf(helpline.Unavailable, "full"))
				w.want("Bo comes, and the disk fails", w.until("19:17", "Anna", "Bo"), "mended")
				fails(nil)
				if crash {
					w.restart()
				}
				w.until("19:40", "Anna", "Bo")
				if got := w.p.mail.taken(); !slices.Equal(to(got), []string{"kim"}) || got[0].Text != sentences["en"]["settled"] {
					t.Errorf("told: %v", to(got))
				}
			})
		})
	}
}

func TestAShiftThatIsMovedPastItsCallCallsAnew(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim")
		late := CoverAlarm{Key: "noshow/x", Kind: AlarmNoShow, At: time.Now().Add(-15 * time.Minute)}
		for _, c := range []struct{ moved, want int }{{0, 1}, {0, 1}, {1, 2}, {0, 2}} {
			if c.moved > 0 {
				late.At = time.Now()
			}
			if err := p.Alarm(t.Context(), late); err != nil {
				t.Fatal(err)
			}
			p.rows.mu.Lock()
			got := len(p.rows.calls)
			p.rows.mu.Unlock()
			if got != c.want {
				t.Errorf("%d calls, want %d", got, c.want)
			}
			time.Sleep(time.Hour) // nobody confirms
		}
	})
}
