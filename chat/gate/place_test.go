package gate

import (
	"fmt"
	"hash/maphash"
	"testing"
	"time"
)

// TestWhoWasCalledAndFindsNoRoomKeepsTheirPlace: the share of all networks may be
// used up just when somebody of this one comes who was called.
func TestWhoWasCalledAndFindsNoRoomKeepsTheirPlace(t *testing.T) {
	l := newLanes(1, 5*time.Second)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	with := func(key string, room int) bool {
		_, ok := l.take("network", key, room, now)
		return ok
	}
	take := func(key string) bool { return with(key, 9) }
	if !take("before") || take("honest") || take("other") {
		t.Fatal("one comes in, and two stand behind")
	}
	now = now.Add(6 * time.Second)
	if take("other") {
		t.Fatal("who stands second comes in first")
	}
	for range 6 { // a minute and more of looking again, and no room each time
		now = now.Add(11 * time.Second)
		if with("honest", 0) {
			t.Fatal("somebody comes in where there is no room")
		}
	}
	if take("other") || !take("honest") {
		t.Error("who was called and came each time has lost the place to who stands behind")
	}
}

// TestEveryNetworkHasAPlaceToStand: when each lane has an owner, others stand in
// one of two and keep that place; and a lane that is full of one network's keys
// is not the one where they are looked for.
func TestEveryNetworkHasAPlaceToStand(t *testing.T) {
	l := newLanes(8, 5*time.Second)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for n := range mostLanes {
		l.take(fmt.Sprint("hostile ", n), "key", 0, now)
	}
	for n := range 2 * mostLanes {
		network := fmt.Sprint("later ", n)
		for key := range 3 {
			key := fmt.Sprint(network, key)
			l.take(network, key, 0, now)
			one := l.lane(network, key)
			if one.of[key] == nil {
				t.Fatalf("%s has no place", key)
			}
			l.take(fmt.Sprint("filler ", n), fmt.Sprint("of ", key), 0, now)
			if l.lane(network, key) != one {
				t.Fatalf("%s stands in another lane than before", key)
			}
		}
	}
	if len(l.all) != mostLanes || l.round.order.Len() > mostLanes {
		t.Errorf("%d lanes, and %d in the round", len(l.all), l.round.order.Len())
	}
	full := l.slots[maphash.String(l.seed, "guest")%mostLanes]
	for n := full.order.Len(); n < mostInLane; n++ {
		full.place(fmt.Sprint("filled ", n), now)
	}
	l.take("guest", "honest", 0, now)
	if l.lane("guest", "honest").of["honest"] == nil {
		t.Error("a lane that is full keeps out who could stand in another")
	}
	now = now.Add(2 * lostAfter)
	l.take("one", "key", 0, now)
	if len(l.all) != 1 || l.round.order.Len() != 1 {
		t.Errorf("%d lanes and %d in the round are remembered of those who have gone", len(l.all), l.round.order.Len())
	}
}
