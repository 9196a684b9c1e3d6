package sim

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// wired is a conversation whose server is the test: it gives places and sends
// entries to whom it likes.
type wired struct {
	t      *testing.T
	pair   *Pair
	delays Histogram
	ends   [2]*End
	lines  [2]*fakeLine
	at     int64
	ids    []helpline.ID
	sides  []wire.Side
	places map[helpline.ID]int64
}

var sides = [2]wire.Side{wire.Visitor, wire.Counsellor}

// newWired starts both pages and lets the visitor greet.
func newWired(t *testing.T) *wired {
	w := &wired{t: t, places: map[helpline.ID]int64{}}
	for i, side := range sides {
		w.lines[i] = newFakeLine()
		w.ends[i] = NewEnd(NewPage(side, helpline.NewID()))
		w.ends[i].Dial = func(ctx context.Context) (Link, error) {
			if ctx.Err() != nil {
				return nil, errors.New("over")
			}
			return w.lines[i].Dial(ctx)
		}
	}
	w.pair = NewPair(w.ends[0], &w.delays)
	w.ends[1].Heard = func(f *wire.Frame) {
		if !w.pair.Knows(f.Entry.ID) {
			t.Error("the counsellor heard a stranger")
		}
		w.pair.Join(w.ends[1], f)
	}
	for i := range sides {
		go w.ends[i].Stay(t.Context())
		hello := w.lines[i].next(t, wire.Hello)
		w.lines[i].frames <- &wire.Frame{Kind: wire.Stage, Stage: "talking", Alias: "Robin"}
		w.lines[i].frames <- &wire.Frame{Kind: wire.Synced, Round: hello.Round}
	}
	synctest.Wait()
	w.say(0, time.Time{})
	w.place(0)
	w.held(0)
	w.shown(0)
	return w
}

// say lets a side write; the number of the message is its place in ids.
func (w *wired) say(side int, due time.Time) int {
	w.pair.Say(sides[side], "Good evening", due)
	w.ids = append(w.ids, w.lines[side].next(w.t, wire.Say).ID)
	w.sides = append(w.sides, sides[side])
	return len(w.ids) - 1
}

func (w *wired) place(n int) { w.at++; w.places[w.ids[n]] = w.at }

func (w *wired) entry(n int) wire.Entry {
	return wire.Entry{At: w.places[w.ids[n]], Side: w.sides[n], ID: w.ids[n]}
}

// held tells the writer the place, shown tells the other side the words.
func (w *wired) held(n int) {
	w.lines[screen(w.sides[n])].frames <- &wire.Frame{Kind: wire.Held, Entry: w.entry(n)}
	synctest.Wait()
}

func (w *wired) shown(n int) { w.showAs(n, body("Good evening")) }

func (w *wired) showAs(n int, text string) {
	e := w.entry(n)
	e.Body = text
	w.lines[screen(w.sides[n].Other())].frames <- &wire.Frame{Kind: wire.Said, Entry: e}
	synctest.Wait()
}

// confirmed tells a writer what the other side has.
func (w *wired) confirmed(n int) {
	w.lines[screen(w.sides[n])].frames <- &wire.Frame{Kind: wire.Have, Upto: w.places[w.ids[n]]}
	synctest.Wait()
}

func (w *wired) whole(side int) {
	n := w.say(side, time.Time{})
	w.place(n)
	w.held(n)
	w.shown(n)
	w.confirmed(n)
}

func TestPairCountsWhatBecameOfEveryMessage(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(w *wired)
		want Tally
	}{
		{"all is well", func(w *wired) { w.whole(0); w.whole(1) }, Tally{Said: 3, Delivered: 3}},
		{"swallowed on the way to the other side", func(w *wired) {
			n := w.say(0, time.Time{})
			w.place(n)
			w.held(n)
			w.whole(0)
		}, Tally{Said: 3, Delivered: 2, Lost: 1}},
		{"never left", func(w *wired) { w.say(1, time.Time{}) }, Tally{Said: 2, Delivered: 1, Lost: 1}},
		{"arrived changed", func(w *wired) {
			n := w.say(0, time.Time{})
			w.place(n)
			w.held(n)
			w.showAs(n, body("Something else"))
			w.confirmed(n)
		}, Tally{Said: 2, Delivered: 1, Lost: 1}},
		{"arrived and never confirmed", func(w *wired) {
			n := w.say(0, time.Time{})
			w.place(n)
			w.held(n)
			w.shown(n)
		}, Tally{Said: 2, Delivered: 1, Unknown: 1}},
		{"told that nobody can tell", func(w *wired) {
			w.say(0, time.Time{})
			w.lines[0].frames <- &wire.Frame{Kind: wire.Reset}
			synctest.Wait()
		}, Tally{Said: 2, Unknown: 2}},
		{"given two places", func(w *wired) {
			n := w.say(0, time.Time{})
			w.place(n)
			w.held(n)
			w.shown(n)
			w.place(n)
			w.shown(n)
			w.held(n)
			w.confirmed(n)
		}, Tally{Said: 2, Delivered: 2, Doubled: 1}},
		{"repeated at its place", func(w *wired) {
			w.whole(0)
			w.shown(1)
			w.held(1)
		}, Tally{Said: 2, Delivered: 2}},
		{"shown above what came after it", func(w *wired) {
			first, second := w.say(0, time.Time{}), w.say(0, time.Time{})
			w.place(first)
			w.place(second)
			w.held(first)
			w.held(second)
			w.shown(second)
			w.shown(first)
			w.confirmed(second)
		}, Tally{Said: 3, Delivered: 3, Misordered: 1}},
		{"placed in another order than written", func(w *wired) {
			first, second := w.say(1, time.Time{}), w.say(1, time.Time{})
			w.place(second)
			w.place(first)
			for _, n := range []int{second, first} {
				w.held(n)
				w.shown(n)
			}
			w.confirmed(first)
		}, Tally{Said: 3, Delivered: 3, Misordered: 1}},
		{"in another order on the other screen", func(w *wired) {
			first, second := w.say(0, time.Time{}), w.say(1, time.Time{})
			w.place(first)
			w.place(second)
			w.held(first)
			w.shown(second)
			w.places[w.ids[first]], w.places[w.ids[second]] = w.places[w.ids[second]], w.places[w.ids[first]]
			w.held(second)
			w.shown(first)
			w.at++
			w.lines[0].frames <- &wire.Frame{Kind: wire.Have, Upto: w.at}
			w.lines[1].frames <- &wire.Frame{Kind: wire.Have, Upto: w.at}
			synctest.Wait()
		}, Tally{Said: 3, Delivered: 3, Misordered: 2}},
		{"written by nobody", func(w *wired) {
			w.at++
			w.lines[0].frames <- &wire.Frame{Kind: wire.Said, Entry: wire.Entry{At: w.at, Side: wire.Counsellor, ID: helpline.NewID(), Body: body("Good evening")}}
			synctest.Wait()
		}, Tally{Said: 1, Delivered: 1, Foreign: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWired(t)
				w.confirmed(0)
				c.do(w)
				if got := w.pair.Judge(); got != c.want {
					t.Errorf("counted %+v, want %+v", got, c.want)
				}
			})
		})
	}
}

func TestPairMeasuresFromTheTimeAMessageWasDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWired(t)
		due := time.Now()
		time.Sleep(3 * time.Second) // the writer is late
		n := w.say(0, due)
		w.place(n)
		time.Sleep(time.Second)
		w.held(n)
		w.shown(n)
		if w.delays.N() != 1 || w.delays.Max() != 4*time.Second {
			t.Errorf("%d measured, the longest %v, want one of 4s", w.delays.N(), w.delays.Max())
		}
		if w.pair.Open() != 2 {
			t.Errorf("%d open, want the greeting and this one, which nobody has confirmed", w.pair.Open())
		}
	})
}

func TestEndAcknowledgesLateAndComesBackWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWired(t)
		sent := time.Now()
		if have := w.lines[1].next(t, wire.Have); have.Upto != w.at || time.Since(sent) != ackWithin {
			t.Errorf("acknowledged up to %d after %v, want %d after %v", have.Upto, time.Since(sent), w.at, ackWithin)
		}
		w.lines[1].frames <- &wire.Frame{Kind: wire.Said, Entry: wire.Entry{At: w.at + 1, Side: wire.Visitor, ID: helpline.NewID(), Body: body("Hello")}}
		synctest.Wait()
		w.pair.Say(wire.Counsellor, "Good evening", time.Time{})
		if say := w.lines[1].next(t, wire.Say); say.Have != w.at+1 {
			t.Errorf("a message carries the acknowledgement %d, want %d", say.Have, w.at+1)
		}
		_ = w.lines[1].Close()
		synctest.Wait()
		if !w.ends[1].Back().IsZero() {
			t.Error("a page without a link counts as back")
		}
		hello := w.lines[1].next(t, wire.Hello)
		w.lines[1].frames <- &wire.Frame{Kind: wire.Synced, Round: hello.Round}
		if have := w.lines[1].next(t, wire.Have); have.Upto != w.at+1 {
			t.Errorf("back on a new link it acknowledges %d, want %d", have.Upto, w.at+1)
		}
		if w.ends[1].Back().IsZero() {
			t.Error("a page that is synced again does not count as back")
		}
	})
}

func TestEndThatHearsNothingAsksAndThenLooksForANewLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWired(t)
		w.lines[0].next(t, wire.Have) // of the greeting
		go func() {
			for rest(t.Context(), time.Second) {
				w.ends[0].Beat(time.Now())
			}
		}()
		was := time.Now()
		if have := w.lines[0].next(t, wire.Have); have.Upto != 0 || time.Since(was) < askAfter-time.Second {
			t.Errorf("asked %+v after %v", have, time.Since(was))
		}
		w.lines[0].next(t, wire.Hello)
		if d := time.Since(was); d < askAfter+cutAfter-time.Second || w.lines[0].dials != 2 {
			t.Errorf("a new link after %v, %d dials", d, w.lines[0].dials)
		}
	})
}
