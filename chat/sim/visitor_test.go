package sim

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// fakeLine is a line with one place; the test plays the server on it.
type fakeLine struct {
	said    chan *wire.Frame
	frames  chan *wire.Frame
	closed  chan struct{}
	dials   int
	renewed int
}

func newFakeLine() *fakeLine {
	return &fakeLine{said: make(chan *wire.Frame, 100), frames: make(chan *wire.Frame, 100)}
}

func (f *fakeLine) Start(context.Context, helpline.Audience, helpline.Locale) error { return nil }

func (f *fakeLine) Renew(context.Context) error { f.renewed++; return nil }

func (f *fakeLine) Dial(context.Context) (Link, error) {
	f.dials++
	f.closed = make(chan struct{})
	return f, nil
}

func (f *fakeLine) Send(frame *wire.Frame) error { f.said <- frame; return nil }

func (f *fakeLine) Receive() (*wire.Frame, error) {
	select {
	case frame := <-f.frames:
		return frame, nil
	case <-f.closed:
		return nil, errors.New("cut")
	}
}

func (f *fakeLine) Close() error {
	select {
	case <-f.closed:
	default:
		close(f.closed)
	}
	return nil
}

// next is the next frame of a kind that the visitor says.
func (f *fakeLine) next(t *testing.T, kind wire.Kind) *wire.Frame {
	t.Helper()
	limit := time.After(time.Hour)
	for {
		select {
		case frame := <-f.said:
			if frame.Kind == kind {
				return frame
			}
		case <-limit:
			t.Fatalf("the visitor never said %s", kind)
		}
	}
}

func visiting(t *testing.T, f *fakeLine, yield func() bool) (ended chan error) {
	ended = make(chan error, 1)
	v := &Visitor{
		Script: Script{Door: helpline.Self, Locale: "en", Opens: []string{"Hello"}, Answers: []string{"I do not sleep"}, Thanks: "Thank you"},
		Way:    f, Pace: Human(), Yield: yield,
	}
	go func() { ended <- v.Visit(t.Context()) }()
	return ended
}

func TestVisitorIsReadyOpensAnswersThanksAndLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLine()
		ended := visiting(t, f, nil)
		f.next(t, wire.Hello)
		f.frames <- &wire.Frame{Kind: wire.Stage, Stage: "waiting", Place: 1, Number: 1}
		f.frames <- &wire.Frame{Kind: wire.Stage, Stage: "offered", Left: 75}
		f.next(t, wire.Ready)
		f.frames <- &wire.Frame{Kind: wire.Stage, Stage: "ready"}
		f.frames <- &wire.Frame{Kind: wire.Stage, Stage: "talking", Alias: "Robin"}
		round := f.next(t, wire.Hello).Round
		f.frames <- &wire.Frame{Kind: wire.Synced, Round: round}
		for i, want := range []string{"Hello", "I do not sleep", "Thank you"} {
			said := f.next(t, wire.Say)
			if said.Body != `{"text":"`+want+`"}` {
				t.Errorf("message %d is %s, want %s", i+1, said.Body, want)
			}
			at := int64(10 * (i + 1))
			f.frames <- &wire.Frame{Kind: wire.Held, Entry: wire.Entry{At: at, Side: wire.Visitor, ID: said.ID}}
			f.frames <- &wire.Frame{Kind: wire.Said, Entry: wire.Entry{At: at + 1, Prev: at, Side: wire.Counsellor, ID: helpline.NewID(), Body: `{"text":"Yes"}`}}
		}
		f.next(t, wire.Leave)
		if err := <-ended; err != nil {
			t.Errorf("the visit ended with %v", err)
		}
		if f.renewed < 4 {
			t.Errorf("%d signs of life for four stages", f.renewed)
		}
	})
}

func TestVisitorWhoWaitsTooLongLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLine()
		came := time.Now()
		ended := visiting(t, f, nil)
		f.frames <- &wire.Frame{Kind: wire.Stage, Stage: "waiting", Place: 9, Number: 9}
		f.next(t, wire.Leave)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if waited := time.Since(came); waited < Human().Patience/2 || waited > Human().Patience+2*time.Second {
			t.Errorf("left after %v", waited)
		}
	})
}

func TestVisitorGivesWayWhileWaitingButNotWhileTalking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLine()
		ended := visiting(t, f, func() bool { return true })
		f.frames <- &wire.Frame{Kind: wire.Stage, Stage: "waiting", Place: 1, Number: 1}
		came := time.Now()
		f.next(t, wire.Leave)
		if waited := time.Since(came); waited > 2*time.Second {
			t.Errorf("gave way after %v", waited)
		}
		<-ended

		g := newFakeLine()
		ended = visiting(t, g, func() bool { return true })
		g.next(t, wire.Hello)
		g.frames <- &wire.Frame{Kind: wire.Stage, Stage: "talking", Alias: "Robin"}
		talked := time.Now()
		g.next(t, wire.Leave) // in the end, because nobody answers
		if d := time.Since(talked); d < Human().Silence {
			t.Errorf("left a talk after %v", d)
		}
		<-ended
	})
}

func TestVisitorComesBackWhenTheLineBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLine()
		ended := visiting(t, f, nil)
		first := f.next(t, wire.Hello)
		f.frames <- &wire.Frame{Kind: wire.Stage, Stage: "waiting", Tab: 7, Place: 1, Number: 1}
		synctest.Wait()
		_ = f.Close()
		again := f.next(t, wire.Hello)
		if again.Tab != 7 || again.Secret != first.Secret || again.Round <= first.Round {
			t.Errorf("came back as somebody else: %+v after %+v", again, first)
		}
		f.frames <- &wire.Frame{Kind: wire.Closed, Reason: "counsellor", Had: 0}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if f.dials != 2 {
			t.Errorf("dialled %d times", f.dials)
		}
	})
}

// named are words that no script needs: whoever writes one of these describes
// too much, or names somebody.
var named = regexp.MustCompile(`(?i)\b(naked|naakt|touch|aanrak|undress|photo|foto|film|abuse|misbruik|rape|body|lichaam|bed with|street|straat|@|http|\d{4,})`)

func TestScriptsStayPlainAndAreComplete(t *testing.T) {
	doors := map[helpline.Audience]bool{}
	for _, s := range Scripts() {
		doors[s.Door] = true
		texts := append(append([]string{s.Thanks}, s.Opens...), s.Answers...)
		if len(s.Opens) == 0 || len(s.Answers) < 3 || s.Thanks == "" {
			t.Errorf("a script is incomplete: %q", texts)
		}
		for _, text := range texts {
			if len(text) == 0 || len(text) > 300 || strings.TrimSpace(text) != text {
				t.Errorf("a message is empty, long or untidy: %q", text)
			}
			if hit := named.FindString(text); hit != "" {
				t.Errorf("%q says %q", text, hit)
			}
		}
	}
	for _, a := range helpline.Audiences() {
		if !doors[a] {
			t.Errorf("nobody comes through the door %s", a)
		}
	}
}
