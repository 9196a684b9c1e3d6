package store

import (
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
)

func TestTheNewestWordOnTheLineIsKeptPerSlot(t *testing.T) {
	db := open(t, t.TempDir())
	until := time.Unix(1_800_000_000, 0)
	pause := counsel.Saying{Word: counsel.PauseQueue, Reason: "rest", By: helpline.NewID(), Until: until}
	shut := counsel.Saying{Word: counsel.CloseEarly, Reason: "ill", By: helpline.NewID(), Until: until.Add(time.Hour)}
	first := counsel.Saying{Word: counsel.MessageFirst, Reason: "crowd", By: pause.By, Until: until}
	for _, one := range []struct {
		slot string
		say  counsel.Saying
	}{{"gate", pause}, {"first", first}, {"gate", shut}} {
		if err := db.KeepSaying(t.Context(), one.slot, one.say); err != nil {
			t.Fatal(err)
		}
	}
	all, err := db.Sayings(t.Context())
	if err != nil || len(all) != 2 || all["gate"] != shut || all["first"] != first {
		t.Errorf("got %+v, %v", all, err)
	}
	for range 2 {
		if err := db.DropSaying(t.Context(), "gate"); err != nil {
			t.Fatal(err)
		}
	}
	if all, err = db.Sayings(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("got %+v, %v", all, err)
	}
	if err := db.KeepSaying(t.Context(), "door", pause); err == nil {
		t.Error("a slot that does not exist is kept")
	}
}
