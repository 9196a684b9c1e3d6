package chat_test

import (
	"fmt"
	"slices"
	"testing"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

// heard is what came through to a lane.
type heard []string

func (h *heard) Receive(f *wire.Frame) bool {
	*h = append(*h, fmt.Sprint(f.Kind, " ", f.On))
	return true
}

func (h *heard) Gone() { *h = append(*h, "gone") }

func TestPromiseNothingBeginsOnTheLaneOfALockedDesk(t *testing.T) {
	var got heard
	locked := false
	c := chat.Cover(&got, func() bool { return locked })
	say := func() []string {
		got = nil
		for _, f := range []*wire.Frame{
			{Kind: wire.Have},
			{Kind: wire.Duty, On: true},
			{Kind: wire.Next, On: true},
			{Kind: wire.Accept, Contact: helpline.NewID()},
			{Kind: wire.Duty},
			{Kind: wire.Next},
		} {
			c.Receive(f)
		}
		return got
	}
	if len(say()) != 6 {
		t.Errorf("unlocked: %v", got)
	}
	locked = true
	if !slices.Equal(say(), []string{"have false", "duty false", "next false"}) {
		t.Errorf("locked: %v", got)
	}
	got = nil
	c.Rest()
	c.Gone()
	if !slices.Equal(got, []string{"next false", "gone"}) {
		t.Errorf("when the lock falls: %v", got)
	}
}
