package vault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"helpline"
)

func aWrapping(k *Keyring) Wrapping {
	return Wrapping{Install: k.install, Person: k.person, By: ByPassphrase, Salt: []byte("abcdefghijklmnop"), Costs: cheap}
}

func TestAWrappedKeyringOpensWithItsPassphraseAndRemembersTheLog(t *testing.T) {
	l := aLine(t)
	d := must[Derived](t)(Stretcher(Stretch).derive([]byte("six words"), []byte("abcdefghijklmnop"), cheap))
	wrapped := must[[]byte](t)(l.ann.Wrap(d.KEK, aWrapping(l.ann)))
	got := must[*Keyring](t)(Unwrap(d.KEK, aWrapping(l.ann), wrapped))
	if got.Public() != l.ann.Public() || got.sealSeed != l.ann.sealSeed || got.signSeed != l.ann.signSeed {
		t.Error("the keys changed")
	}
	if got.Trust() != l.log.trust() {
		t.Error("the root or the newest entry was forgotten")
	}
	if bytes.Contains(wrapped, l.ann.sealSeed[:8]) || bytes.Contains(wrapped, l.ann.signSeed[:8]) {
		t.Error("a seed stands in clear")
	}
}

func TestAWrappedKeyringIsRefusedAnywhereElse(t *testing.T) {
	l := aLine(t)
	kek := Key{1}
	wrapped := must[[]byte](t)(l.ann.Wrap(kek, aWrapping(l.ann)))
	of := func(change func(*Wrapping)) Wrapping {
		w := aWrapping(l.ann)
		change(&w)
		return w
	}
	same := aWrapping(l.ann)
	for name, c := range map[string]struct {
		kek     Key
		w       Wrapping
		wrapped []byte
		want    Check
	}{
		"another passphrase":   {Key{2}, same, wrapped, KeyringOpen},
		"another person's row": {kek, aWrapping(l.ben), wrapped, KeyringOpen},
		"another line":         {kek, of(func(w *Wrapping) { w.Install[0] ^= 1 }), wrapped, KeyringOpen},
		"another way in":       {kek, of(func(w *Wrapping) { w.By = 2 }), wrapped, KeyringOpen},
		"another salt":         {kek, of(func(w *Wrapping) { w.Salt = []byte("abcdefghijklmnoq") }), wrapped, KeyringOpen},
		"cheaper costs":        {kek, of(func(w *Wrapping) { w.Costs.MemoryKiB /= 2 }), wrapped, KeyringOpen},
		"fewer passes":         {kek, of(func(w *Wrapping) { w.Costs.Time++ }), wrapped, KeyringOpen},
		"other lanes":          {kek, of(func(w *Wrapping) { w.Costs.Threads++ }), wrapped, KeyringOpen},
		"one bit changed":      {kek, same, flipped(wrapped, len(wrapped)-1), KeyringOpen},
		"cut off":              {kek, same, wrapped[:len(wrapped)-1], KeyringForm},
		"a byte too many":      {kek, same, append(bytes.Clone(wrapped), 0), KeyringForm},
		"of a later version":   {kek, same, with(t, wrapped, 0, []byte("keyring/v2")), KeyringForm},
		"nothing in the box":   {kek, same, pack("keyring/v1", nil), KeyringOpen},
		"nothing":              {kek, same, nil, KeyringForm},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Unwrap(c.kek, c.w, c.wrapped)
			wantCheck(t, err, c.want)
		})
	}
}

func TestAKeyringIsWrappedOnlyForItsOwnerAndUnderAKey(t *testing.T) {
	l := aLine(t)
	if _, err := l.ann.Wrap(Key{1}, aWrapping(l.ben)); helpline.KindOf(err) != helpline.Internal {
		t.Errorf("for another person: %v", err)
	}
	if _, err := l.ann.Wrap(Key{}, aWrapping(l.ann)); helpline.KindOf(err) != helpline.Internal {
		t.Errorf("without a key: %v", err)
	}
}

func TestAWrappingOfAnotherLengthInsideIsRefused(t *testing.T) {
	l := aLine(t)
	boxed := must[[]byte](t)(box(make([]byte, 32), aWrapping(l.ann).aad(), make([]byte, ringSize-1)))
	_, err := Unwrap(Key{}, aWrapping(l.ann), pack("keyring/v1", boxed))
	wantCheck(t, err, KeyringForm)
}

func TestAnUnlockedKeyringOpensWithItsTokenUntilItIsDropped(t *testing.T) {
	l := aLine(t)
	u := must[*Unlocked](t)(l.ann.SealFor("token"))
	k := must[*Keyring](t)(u.OpenWith("token"))
	if k.Public() != l.ann.Public() || k.Trust() != l.ann.Trust() {
		t.Error("another keyring came out")
	}
	_, err := u.OpenWith("tokem")
	wantCheck(t, err, UnlockedOpen)
	if bytes.Contains(u.boxed, l.ann.sealSeed[:8]) {
		t.Error("a seed lies in memory in clear")
	}
	u.Drop()
	if _, err := u.OpenWith("token"); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("after Drop: %v, want forbidden", err)
	}
	if u.Public() != l.ann.Public() || u.Trust() != l.ann.Trust() {
		t.Error("the public half went with the lock")
	}
}

func TestAZeroedKeyringHoldsNoSecret(t *testing.T) {
	l := aLine(t)
	signer := l.ann.signer
	l.ann.Zero()
	if l.ann.sealSeed != [32]byte{} || l.ann.signSeed != [32]byte{} || l.ann.private != nil || !bytes.Equal(signer, make([]byte, len(signer))) {
		t.Error("something is left")
	}
	g := must[*GroupKey](t)(newGroupKey(Supervisors, 1))
	g.Zero()
	if g.seed != [32]byte{} || g.private != nil {
		t.Error("something is left of the group's key")
	}
}

func TestARootIsPinnedOnce(t *testing.T) {
	l := aLine(t)
	if err := l.dan.Pin(l.log); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("pinned twice: %v", err)
	}
	if _, err := l.dan.Found(); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("founded beside a root: %v", err)
	}
}

func TestSeenNeverGoesBackAndNeverToAnotherRoot(t *testing.T) {
	l := aLine(t)
	before := l.ann.Trust()
	short := must[*Log](t)(ReadLog(l.install, l.entries[:2]))
	l.ann.Saw(&Vouched{short})
	other := aLine(t)
	l.ann.Saw(other.vouched)
	pinned := l.dan.Trust() // has seen fewer entries than the foreign log holds
	l.dan.Saw(other.vouched)
	if l.ann.Trust() != before || l.dan.Trust() != pinned {
		t.Error("the keyring took an older or a foreign log for the newest")
	}
}

func TestNoKeyringGroupKeyOrContentsCanBePrinted(t *testing.T) {
	l := aLine(t)
	u := must[*Unlocked](t)(l.ann.SealFor("token"))
	g := must[*GroupKey](t)(newGroupKey(Supervisors, 1))
	c := Contents{Outcome: []byte(`{"a":1}`), Text: "marked words"}
	leaks := []string{
		"marked", `"a":1`, "123 34", "7b2261",
		fmt.Sprint(l.ann.sealSeed[:4]), fmt.Sprintf("%x", l.ann.sealSeed[:4]), fmt.Sprint(g.seed[:4]), fmt.Sprintf("%x", g.seed[:4]),
	}
	for i, leak := range leaks {
		leaks[i] = strings.Trim(leak, "[]")
	}
	for _, v := range []any{l.ann, []*Keyring{l.ann}, g, u, c, &c, Opened{Contents: c}, map[string]any{"x": c}} {
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		js, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range []string{fmt.Sprint(v), fmt.Sprintf("%v %+v %#v %s", v, v, v, v), log.String(), string(js)} {
			for _, leak := range leaks {
				if strings.Contains(got, leak) {
					t.Errorf("%T prints %q: %s", v, leak, got)
				}
			}
		}
	}
}
