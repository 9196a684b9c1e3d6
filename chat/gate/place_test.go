package gate

import (
	"testing"
	"time"
)

// TestWhoWasCalledAndFindsNoRoomKeepsTheirPlace: the share of all networks may be
// used up just when somebody of this one comes who was called.
func TestWhoWasCalledAndFindsNoRoomKeepsTheirPlace(t *testing.T) {
	l := newLanes(1, 5*time.Second)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	take := func(key string) bool {
		_, ok := l.take("network", key, now)
		return ok
	}
	if !take("before") || take("honest") || take("other") {
		t.Fatal("one comes in, and two stand behind")
	}
	now = now.Add(6 * time.Second)
	if take("other") {
		t.Fatal("who stands second comes in first")
	}
	for range 6 { // a minute and more of looking again, and no room each time
		now = now.Add(11 * time.Second)
		l.stand("network", "honest", now)
	}
	if take("other") || !take("honest") {
		t.Error("who was called and came each time has lost the place to who stands behind")
	}
}
