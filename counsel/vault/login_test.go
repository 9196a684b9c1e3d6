package vault

import (
	"bytes"
	"slices"
	"testing"

	"helpline"
)

func twoDays() (today, yesterday LoginDay) {
	return LoginDay{Epoch: 20, Key: Key{1}}, LoginDay{Epoch: 19, Key: Key{2}}
}

func TestOnlyTheTokenOpensALogin(t *testing.T) {
	k := NewLoginKeys(twoDays())
	id, epoch, sealed, err := k.SealLogin("token", []byte("who and until when"))
	if err != nil {
		t.Fatal(err)
	}
	if id != LoginID("token") || epoch != 20 {
		t.Errorf("filed under %x of day %d", id[:4], epoch)
	}
	if bytes.Contains(sealed, []byte("who")) {
		t.Error("the sealed value shows its words")
	}
	got, err := k.OpenLogin("token", epoch, sealed)
	if err != nil || string(got) != "who and until when" {
		t.Errorf("opened %q, %v", got, err)
	}
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)-1] ^= 1
	for name, c := range map[string]struct {
		token  string
		epoch  int
		sealed []byte
		want   helpline.Kind
	}{
		"another token":            {"tokem", 20, sealed, helpline.Invalid},
		"yesterday's key":          {"token", 19, sealed, helpline.Invalid},
		"a day without a key":      {"token", 18, sealed, helpline.NotFound},
		"one bit changed":          {"token", 20, flipped, helpline.Invalid},
		"cut off inside the nonce": {"token", 20, sealed[:10], helpline.Invalid},
		"nothing":                  {"token", 20, nil, helpline.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := k.OpenLogin(c.token, c.epoch, c.sealed); helpline.KindOf(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestALoginDiesWithItsDayKey(t *testing.T) {
	k := NewLoginKeys(twoDays())
	_, epoch, sealed, err := k.SealLogin("token", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	first, _ := twoDays()
	marks := func() [][]byte {
		t.Helper()
		all, err := k.Marks("token")
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	mark := marks()[0]
	k.Rotate(LoginDay{Epoch: 21, Key: Key{3}}, first)
	if all := marks(); len(all) != 2 || bytes.Equal(all[0], mark) || !bytes.Equal(all[1], mark) {
		t.Error("the mark of a page is not known the day after, or never changes")
	}
	if _, err := k.OpenLogin("token", epoch, sealed); err != nil {
		t.Errorf("the day after: %v", err)
	}
	k.Rotate(LoginDay{Epoch: 22, Key: Key{4}}, LoginDay{Epoch: 21, Key: Key{3}})
	if _, err := k.OpenLogin("token", epoch, sealed); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("two days after: %v, want not found", err)
	}
	if slices.ContainsFunc(marks(), func(m []byte) bool { return bytes.Equal(m, mark) }) {
		t.Error("the mark of a page is known two days after")
	}
}

func TestTwoSealsOfTheSameAreDifferent(t *testing.T) {
	k := NewLoginKeys(twoDays())
	_, _, a, _ := k.SealLogin("token", []byte("x"))
	_, _, b, _ := k.SealLogin("token", []byte("x"))
	if bytes.Equal(a, b) {
		t.Error("the nonce was used twice")
	}
}

// What a cookie opens is bound to it twice, by key and by associated data. So
// that a copy of the server's memory or files opens nothing, the key itself has
// to come from the cookie: the other binding could be written anew.
func TestTheKeysOfLoginsComeFromTheToken(t *testing.T) {
	for name, derive := range map[string]func(token string, salt byte) ([]byte, error){
		"of a login":             func(token string, salt byte) ([]byte, error) { return loginKey(token, Key{salt}) },
		"of an unlocked keyring": func(token string, salt byte) ([]byte, error) { return unlockedKey(token, []byte{salt}) },
	} {
		seen := map[string]bool{}
		for _, token := range []string{"token", "another"} {
			for salt := range byte(2) {
				key, err := derive(token, salt)
				if err != nil || len(key) != 32 {
					t.Fatalf("the key %s: %d bytes, %v", name, len(key), err)
				}
				seen[string(key)] = true
			}
		}
		if len(seen) != 4 {
			t.Errorf("two tokens and two salts make %d keys %s", len(seen), name)
		}
	}
}
