package staff

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestADeviceIsKnownByItsMarkAndByNothingElse(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	here, err := NewDevices([]byte("the secret of this installation!"))
	if err != nil {
		t.Fatal(err)
	}
	there, err := NewDevices([]byte("the secret of another one!!!!!!!"))
	if err != nil {
		t.Fatal(err)
	}
	mark := here.Mark(now)
	name, ok := here.Knows(mark, now)
	if again, _ := here.Knows(mark, now.Add(DeviceLasts)); !ok || name == "" || again != name {
		t.Fatal("a mark that was made here is not known, or another time under another name")
	}
	if other, _ := here.Knows(here.Mark(now), now); other == name {
		t.Error("two browsers have one name")
	}
	if strings.Contains(mark, "Robin") || len(mark) > 60 {
		t.Errorf("a mark is %q", mark)
	}
	var nobody *Devices
	for what, known := range map[string]func() bool{
		"of another installation": func() bool { _, ok := there.Knows(mark, now); return ok },
		"that has ended":          func() bool { _, ok := here.Knows(mark, now.Add(DeviceLasts+48*time.Hour)); return ok },
		"that is empty":           func() bool { _, ok := here.Knows("", now); return ok },
		"that is cut":             func() bool { _, ok := here.Knows(mark[:len(mark)-1], now); return ok },
		"that is longer":          func() bool { _, ok := here.Knows(mark+"A", now); return ok },
		"of other letters":        func() bool { _, ok := here.Knows(strings.Repeat("!", len(mark)), now); return ok },
		"where none are known":    func() bool { _, ok := nobody.Knows(mark, now); return ok },
	} {
		if known() {
			t.Errorf("a mark %s is known", what)
		}
	}
	for i := range mark {
		changed := []byte(mark)
		if changed[i] = 'A'; mark[i] == 'A' {
			changed[i] = 'B'
		}
		if _, ok := here.Knows(string(changed), now); ok {
			t.Errorf("a mark with another letter at %d is known", i)
		}
	}
}

// TestAFloodUnderANameDoesNotHoldBackItsOwnerOnAKnownBrowser, nor does whoever
// writes the name as if it came from one.
func TestAFloodUnderANameDoesNotHoldBackItsOwnerOnAKnownBrowser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, _, _ := office()
		joined(t, o)
		for _, name := range []string{"Robin de Vries", "known Robin de Vries", "known robin de vries"} {
			for range 12 {
				_, _ = o.Login(AskedFrom(t.Context(), "flood"), name, NewPassphrase("no"))
			}
		}
		begin := time.Now()
		if _, err := o.Login(AskedFromDevice(t.Context(), "device"), "Robin de Vries", NewPassphrase(good)); err != nil {
			t.Errorf("the owner was answered %v", err)
		}
		if held := time.Since(begin); held != 0 {
			t.Errorf("and was held back %v", held)
		}
		// A known browser is no way round the delays.
		for range 12 {
			_, _ = o.Login(AskedFromDevice(t.Context(), "device"), "Robin de Vries", NewPassphrase("no"))
		}
		begin = time.Now()
		_, _ = o.Login(AskedFromDevice(t.Context(), "another device"), "Robin de Vries", NewPassphrase("no"))
		if held := time.Since(begin); held < longestDelay {
			t.Errorf("after twelve wrong answers from known browsers the next is held back %v", held)
		}
	})
}
