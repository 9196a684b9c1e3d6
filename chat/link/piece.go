package link

import (
	"context"
	"net/http"
	"time"
)

// pieceWithin is how long a page waits for its next piece. What keeps answers
// back until they have ended gives up on those that take longer.
const pieceWithin = 20 * time.Second

// Hold keeps the link of a page on whose way something keeps every answer back
// until it has ended: the page fetches one piece after the other. It returns at
// once. to.Gone() is called as soon as the link has ended, and over when the page
// has also had the time to fetch what was said last.
func (s *Stream) Hold(to Receiver, over func()) {
	s.begin(to)
	go func() {
		<-s.over
		s.quiet.Stop()
		to.Gone()
		time.AfterFunc(pieceWithin, over)
	}()
}

// Piece answers with what there is for the page, or with nothing after
// pieceWithin. Pieces are counted from 1; the one that was given last is given
// again, because its answer may have been lost. 410 when the link has ended and
// nothing is left to say, for a piece that cannot be asked for, and for one that
// is asked for once more while it is waited for.
func (s *Stream) Piece(ctx context.Context, w http.ResponseWriter, n int) {
	w.Header().Set("Cache-Control", "no-store, no-transform")
	piece, ok := s.next(ctx, n)
	if !ok {
		w.WriteHeader(http.StatusGone)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(piece)
}

// next waits for a piece, and says whether there is one.
func (s *Stream) next(ctx context.Context, n int) ([]byte, bool) {
	wait := time.NewTimer(pieceWithin)
	defer wait.Stop()
	mine, late := s.ask(), false
	for {
		if piece, done := s.cut(n, late); done {
			return piece, piece != nil
		}
		select {
		case <-s.wake:
		case <-s.over:
		case <-wait.C:
			late = true
		case <-mine:
			return nil, false
		case <-ctx.Done():
			return nil, false
		}
	}
}

// ask begins the waiting for a piece and ends the one before: a page waits for
// one at a time. That it asks is a sign of life.
func (s *Stream) ask() (mine chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked != nil {
		close(s.asked)
	}
	s.asked = make(chan struct{})
	if s.quiet != nil && !s.dropped {
		s.quiet.Reset(silentPost)
	}
	return s.asked
}

// cut takes piece n off the queue. done says that nothing is to be waited for;
// then nil is no piece.
func (s *Stream) cut(n int, late bool) (piece []byte, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case n > 0 && n == s.pieces:
	case n != s.pieces+1:
		return nil, true
	case len(s.queue) > 0:
		s.piece, s.queue, s.pieces = s.queue, nil, n
	case s.dropped:
		return nil, true
	case late:
		s.piece, s.pieces = []byte{'\n'}, n
	default:
		return nil, false
	}
	return s.piece, true
}
