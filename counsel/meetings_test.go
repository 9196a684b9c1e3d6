package counsel

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/vault"
)

// slowMeets answers only when it is let.
type slowMeets struct {
	MeetingRows
	let  chan struct{}
	seen map[helpline.ID]int
}

func (s *slowMeets) HoldersOf(_ context.Context, contact helpline.ID) ([]helpline.ID, error) {
	<-s.let
	s.seen[contact]++
	return []helpline.ID{{9}}, nil
}

func (s *slowMeets) Meet(context.Context, helpline.ID, Bar, int, Nod) error { return nil }

type noDesks struct{}

func (noDesks) Prefer(context.Context, helpline.ID, []helpline.ID) error { return nil }
func (noDesks) Present() []chat.Member                                   { return nil }

func TestACrowdOfCodesKeepsNoNewOneFromBeingCountedNorWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rows := &slowMeets{let: make(chan struct{}), seen: map[helpline.ID]int{}}
		m := NewMeetings(vault.Key{1}, rows, nil, nil, noDesks{})
		give := func() helpline.ID {
			id := helpline.NewID()
			if err := m.Given(t.Context(), id, helpline.ID{1}, false); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
			return id
		}
		oldest := give()
		for range mostMeets {
			give()
		}
		newest := give()
		done := make(chan struct{})
		go func() {
			m.Look(t.Context(), time.Now())
			close(done)
		}()
		synctest.Wait() // it asks the disk
		give()          // and nobody waits for that
		close(rows.let)
		<-done
		if rows.seen[oldest] != 0 || rows.seen[newest] != 1 || len(rows.seen) != mostMeets {
			t.Errorf("looked at %d: the oldest %d times, the newest %d times", len(rows.seen), rows.seen[oldest], rows.seen[newest])
		}
	})
}
