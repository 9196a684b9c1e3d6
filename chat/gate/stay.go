package gate

import (
	"context"
	"sync"
)

type stayKey struct{}

// stay is the place of a live link whose request is answered at once.
type stay struct {
	mu      sync.Mutex
	kept    bool
	release func()
}

// WithStay lets whoever answers a request of this context keep its place among the live links: see
// Stay. leave gives the place back when the request has been answered, unless it
// was kept.
func WithStay(ctx context.Context, release func()) (with context.Context, leave func()) {
	s := &stay{release: release}
	return context.WithValue(ctx, stayKey{}, s), s.leave
}

// Stay keeps the place of the request that this context is of, for a link that
// goes on when its answer has ended. The caller gives it back; it may do so again.
// Where there is no place nothing is kept.
func Stay(ctx context.Context) (release func()) {
	s, ok := ctx.Value(stayKey{}).(*stay)
	if !ok {
		return func() {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = true
	return s.release
}

func (s *stay) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.kept {
		s.release()
	}
}
