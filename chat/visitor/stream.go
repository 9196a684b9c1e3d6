package visitor

import (
	"net/http"
	"strconv"
	"sync"

	"helpline"
	"helpline/chat/gate"
	"helpline/chat/link"
	"helpline/chat/wire"
)

// streams are the links of pages for which sockets are blocked.
type streams struct {
	mu   sync.Mutex
	open map[helpline.ID]streaming
}

type streaming struct {
	*link.Stream
	contact helpline.ID
}

func (l *streams) add(contact helpline.ID, s *link.Stream) (remove func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[helpline.ID]streaming{}
	}
	l.open[s.ID] = streaming{s, contact}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, s.ID)
	}
}

func (l *streams) find(id, contact helpline.ID) *link.Stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s, ok := l.open[id]; ok && s.contact == contact {
		return s.Stream
	}
	return nil
}

// openStream is a live link for a page whose network lets no socket through:
// an answer that goes on. Only a page of ours can ask for it: the edge has
// looked where the request comes from. A page that no such answer reaches asks
// for pieces: it is told the name of its stream, and fetches the rest.
func (s *Site) openStream(v *visit) {
	t, ok := s.ticket(v.r)
	if !ok {
		http.Error(v.w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
		return
	}
	if v.r.ContentLength != 0 { // a form, from wherever: it would wait for an answer that does not end
		http.Error(v.w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return
	}
	stream := s.o.Sockets.NewStream()
	seat, err := s.o.Engine.Visit(v.r.Context(), t, stream)
	if err != nil {
		code := "ticket"
		if helpline.KindOf(err) == helpline.Unavailable {
			code = "full"
		}
		stream.Send(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: code}))
		stream.Drop(0)
		stream.Serve(v.r.Context(), v.w, nobody{})
		return
	}
	remove, to := s.streams.add(t.Contact, stream), s.links.add(t.Contact, stream, seat)
	if !v.r.URL.Query().Has("pieces") {
		defer remove()
		stream.Serve(v.r.Context(), v.w, to)
		return
	}
	place := gate.Stay(v.r.Context()) // this answer ends at once, and the link goes on
	stream.Hold(to, func() {
		remove()
		place()
	})
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Cache-Control", "no-store, no-transform")
	_, _ = v.w.Write([]byte(stream.ID.String() + "\n"))
}

// onStream takes what a page on a stream says, and tells it how many frames it
// should have by now; or gives it a piece. 410 when that stream has ended: the
// page opens another.
func (s *Site) onStream(v *visit) {
	t, ok := s.ticket(v.r)
	if !ok {
		http.Error(v.w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
		return
	}
	status := http.StatusGone
	id, err := helpline.ParseID(v.r.PathValue("stream"))
	if stream := s.streams.find(id, t.Contact); err == nil && stream != nil {
		if piece := v.r.URL.Query().Get("piece"); piece != "" {
			n, _ := strconv.Atoi(piece)
			stream.Piece(v.r.Context(), v.w, n)
			return
		}
		status = http.StatusNoContent
		if err := stream.Take(v.r.Body); err != nil {
			status = http.StatusBadRequest
			if helpline.KindOf(err) == helpline.Unavailable {
				status = http.StatusGone
			}
		}
		v.w.Header().Set("Frames", strconv.Itoa(stream.Sent()))
	}
	v.w.Header().Set("Cache-Control", "no-store")
	v.w.WriteHeader(status)
}
