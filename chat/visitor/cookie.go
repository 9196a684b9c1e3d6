package visitor

import (
	"context"
	"net/http"

	"helpline"
	"helpline/chat/ticket"
)

// The cookies. They live as long as the browser's session at most.
const (
	placeCookie = "__Host-place" // the sealed ticket, out of reach of scripts
	goneCookie  = "__Host-gone"  // set by the page's script when somebody leaves quickly
	leftCookie  = "__Host-left"  // set for a second when somebody leaves without scripts; nobody reads it
)

// ticket opens the request's ticket. Without one, or with one that is forged,
// foreign or expired, it says no and nothing more.
func (s *Site) ticket(r *http.Request) (ticket.Ticket, bool) {
	c, err := r.Cookie(placeCookie)
	if err != nil {
		return ticket.Ticket{}, false
	}
	t, err := s.o.Tickets.Open(c.Value, s.o.Now())
	return t, err == nil
}

// Holder names the contact of a request that shows a good ticket, and says
// whether it talks already. The name is for counting, and for nothing else. A
// browser that left quickly goes on as a stranger, and is one here already.
func (s *Site) Holder(r *http.Request) (contact string, talks, ok bool) {
	if _, err := r.Cookie(goneCookie); err == nil {
		return "", false, false
	}
	t, ok := s.ticket(r)
	if !ok {
		return "", false, false
	}
	return t.Contact.String(), t.Stage == ticket.Talking, true
}

// keep gives the browser its ticket, or the new state of it.
func (s *Site) keep(w http.ResponseWriter, t ticket.Ticket) error {
	sealed, err := s.o.Tickets.Seal(t)
	if err != nil {
		return helpline.Errorf(helpline.Internal, "seal a ticket: %w", err)
	}
	http.SetCookie(w, cookie(placeCookie, sealed, 0))
	return nil
}

// forget takes both cookies of a contact back from a browser that has shown one of
// them. Whoever comes from another site shows none, whatever the browser holds: a
// link over there must not take a place away.
func forget(w http.ResponseWriter, r *http.Request) {
	_, place := r.Cookie(placeCookie)
	if _, gone := r.Cookie(goneCookie); place == nil || gone == nil {
		takeBack(w)
	}
}

// takeBack takes both cookies of a contact back.
func takeBack(w http.ResponseWriter) {
	http.SetCookie(w, cookie(placeCookie, "", -1))
	gone := cookie(goneCookie, "", -1)
	gone.HttpOnly = false
	http.SetCookie(w, gone)
}

func cookie(name, value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// afterLeaving stands before every handler. A browser that carries the mark of
// a quick leave still holds a contact that nobody wants any more: it is ended
// now, and whoever made this request goes on as a stranger.
func (s *Site) afterLeaving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie(goneCookie); err == nil {
			s.end(r)
			takeBack(w)
			http.SetCookie(w, cookie(openCookie, "", -1))
			r = r.Clone(r.Context())
			r.Header.Del("Cookie")
		}
		next.ServeHTTP(w, r)
	})
}

// end ends the contact of the request's ticket, and closes its thread, if it has
// one, also when whoever
// asked for it is gone already. That it failed is ours to know and nobody's to
// wait for: the engine ends what stays silent.
func (s *Site) end(r *http.Request) {
	s.openings.end(r)
	t, ok := s.ticket(r)
	if !ok {
		return
	}
	if err := s.o.Engine.Leave(context.WithoutCancel(r.Context()), t); err != nil {
		s.o.Log.Error("end a contact", "kind", string(helpline.KindOf(err)))
	}
}
