package counsel

import (
	"testing"
	"time"
)

// Whoever plans with whom a call reaches is told when that changes, and not when
// something else does.
func TestWhomACallReachesIsToldWhenItChanges(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		robin, told := p.who("Robin"), 0
		p.Changed(func() { told++ })
		want := func(what string, times int, err error) {
			t.Helper()
			if err != nil || told != times {
				t.Errorf("%s: told %d times, want %d, %v", what, told, times, err)
			}
		}
		want("an address without its code", 0, p.Choose(t.Context(), robin, ByMail, NewAddress("robin@example.org"), []NoticeKind{NoticeChanges, NoticeOnCall}))
		time.Sleep(2 * time.Second)
		want("its code", 1, p.Typed(t.Context(), robin.Person, p.mail.taken()[0].Code))
		want("a wish that is no call", 1, p.Wish(t.Context(), robin, []NoticeKind{NoticeOnCall}))
		want("no calls", 2, p.Wish(t.Context(), robin, []NoticeKind{NoticeChanges}))
		want("calls again", 3, p.Wish(t.Context(), robin, []NoticeKind{NoticeOnCall}))
		want("the end of notices", 4, p.Stop(t.Context(), robin.Person))
	})
}
