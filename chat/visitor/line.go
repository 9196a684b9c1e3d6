package visitor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/ticket"
	"helpline/templates"
)

// Mover ends the wait of a visitor who has left a message instead. Met by
// chat.Engine.
type Mover interface {
	Move(context.Context, ticket.Ticket) error
}

// soon is how long before last admission the front page tells of it, and
// longest how far an end may be to be said at all: a line that is open day and
// night has none that matters.
const (
	soon    = 30 * time.Minute
	longest = 18 * time.Hour
)

// moved ends the wait of who has left a message instead, and takes the place
// back from the browser. Whoever talks goes on talking. That it failed keeps
// nobody from the code: a place whose page is gone runs out by itself.
func (s *Site) moved(v *visit) {
	t, ok := s.ticket(v.r)
	if !ok || t.Stage == ticket.Talking || s.o.Mover == nil {
		return
	}
	ctx := context.WithoutCancel(v.r.Context())
	if err := s.o.Mover.Move(ctx, t); err != nil {
		s.o.Log.Error("end the wait of who left a message", "kind", string(helpline.KindOf(err)))
		return
	}
	if now, err := s.o.Engine.Renew(ctx, t); err == nil && now.Stage == ticket.Talking {
		return // somebody talks with them since this ticket was given
	}
	forget(v.w, v.r)
}

// state is what the front page says: open, or why nobody new can start a chat.
func (s *Site) state(h helpline.Hours, l helpline.Locale) string {
	e := s.o.Engine.Estimate()
	switch {
	case h.Open && !taken(h, l):
		return "tongue"
	case h.Open && e.Late:
		return "late"
	case h.Open && (h.First || e.Busy) && s.writes():
		return "first"
	case h.Open:
		return "open"
	case h.Shut == helpline.ShutNobody && h.Until.IsZero():
		return "closed" // a line without hours: nobody can say that it should be open
	}
	return map[helpline.Shut]string{
		helpline.ShutNobody: "nobody", helpline.ShutLast: "last", helpline.ShutPaused: "paused", helpline.ShutByHand: "byhand",
		helpline.ShutShort: "short", helpline.ShutCover: "cover",
	}[h.Shut]
}

// taken says whether somebody on duty talks a language, about anything.
func taken(h helpline.Hours, l helpline.Locale) bool {
	return len(h.Capacity) == 0 || slices.ContainsFunc(h.Capacity, func(c helpline.Capacity) bool {
		return slices.ContainsFunc(helpline.Audiences(), func(a helpline.Audience) bool { return c.Takes(l, a) })
	})
}

// refused is the state after an arrival got no place.
func (s *Site) refused(h helpline.Hours, l helpline.Locale, err error) string {
	switch why, _ := errors.AsType[chat.Refused](err); chat.Event(why) {
	case chat.RefusedFull:
		return "full"
	case chat.RefusedLate:
		return "late"
	}
	if h.Open {
		return "tongue" // somebody is there, but not for this language and door
	}
	return s.state(h, l)
}

// line says a state in words, with every next step there is. door is the one
// that was chosen, or empty.
func (s *Site) line(v *visit, h helpline.Hours, state string, door helpline.Audience) templates.Line {
	w := v.words
	l := templates.Line{State: state, Action: v.path("door")}
	if s.writes() {
		l.Write = s.writeAt(v, door)
	}
	switch state {
	case "", "closed":
		l.State, l.Heading, l.Promise = "closed", w.T("front.closed"), v.path("before/1")
		if door != "" {
			l.Promise = "" // it has just been read
		}
		if l.When = s.next(v); l.When == nil {
			l.Text = w.T("front.unknown")
		}
	case "full":
		l.Heading, l.Text, l.Retry = w.T("front.full"), w.T("front.fullnext"), string(door)
		l.When = s.moment(v, v.words.T("line.again", "time", mark), s.o.Now().Add(10*time.Minute).Truncate(5*time.Minute).Add(5*time.Minute))
	default:
		name := map[string]string{"byhand": "line.closed"}[state]
		if name == "" {
			name = "line." + state
		}
		l.Heading, l.Text = w.T(name+".h"), w.T(name+".p")
		if state != "first" {
			l.When = s.next(v)
		}
		if state == "nobody" || state == "paused" || state == "tongue" || state == "short" || state == "cover" {
			l.Retry = string(door)
		}
	}
	return l
}

// mark stands for a time in a sentence until the page puts the time element
// there.
const mark = "\x00"

// next says when the line opens again; nil when nobody can say.
func (s *Site) next(v *visit) *templates.Moment {
	next := s.o.Hours.Next()
	if next.IsZero() {
		return nil
	}
	at := next.In(s.zone())
	how := distance(v.words, s.o.Now().In(s.zone()), at)
	m := s.moment(v, v.words.T("front.next", "time", mark, "distance", how), next)
	// The distance counts the nights of the line's clock: it is part of what another clock replaces.
	if before, after, found := strings.Cut(m.After, how); found {
		m.At, m.After = moment(v.words, at)+before+how, after
	}
	return m
}

// moment puts a time into a sentence that has mark where it stands.
func (s *Site) moment(v *visit, sentence string, t time.Time) *templates.Moment {
	t = t.In(s.zone())
	before, after, _ := strings.Cut(sentence, mark)
	return &templates.Moment{
		Before: before, At: clock(v.words, t), After: after, ISO: t.Format(time.RFC3339),
		Zone: v.words.T("line.zone", "place", place(t)), Yours: v.words.T("line.yours"),
	}
}

// place is how a time zone is called among people.
func place(t time.Time) string {
	name := t.Location().String()
	return strings.ReplaceAll(name[strings.LastIndex(name, "/")+1:], "_", " ")
}

func (s *Site) zone() *time.Location {
	if s.o.Zone == nil {
		return time.UTC
	}
	return s.o.Zone
}

// openUntil says until when the line is open, and from half an hour before last
// admission when that is instead; nil where no end is known.
func (s *Site) openUntil(v *visit, h helpline.Hours) *templates.Moment {
	switch now := s.o.Now(); {
	case h.Until.IsZero() || h.Until.Sub(now) > longest:
		return nil
	case !h.Last.IsZero() && h.Last.Sub(now) <= soon:
		return s.moment(v, v.words.T("line.soon", "time", mark), h.Last)
	}
	return s.moment(v, v.words.T("front.until", "time", mark), h.Until)
}

// beside is what stands beside the wait and after its end.
func (s *Site) beside(v *visit, door helpline.Audience) templates.Beside {
	b := templates.Beside{Door: string(door), Next: s.next(v)}
	if s.writes() {
		b.Write = v.path("write")
	}
	h := s.o.Hours.Now()
	switch { // the same words that a page with scripts is told later
	case h.Shut == helpline.ShutPaused, h.Shut == helpline.ShutShort:
		b.Told = v.words.T("js.told.paused")
	case s.writes() && (h.First || s.o.Engine.Estimate().Busy):
		b.Told = v.words.T("js.told.first")
	}
	if !h.Until.IsZero() && h.Until.Sub(s.o.Now()) < longest {
		b.Until = s.moment(v, v.words.T("line.wait.until", "time", mark), h.Until)
	}
	return b
}

// writes says whether this line has an inbox.
func (s *Site) writes() bool { return s.o.Inbox != nil }
