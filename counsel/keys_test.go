package counsel

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

func wantErr(t testing.TB, err error, kind helpline.Kind, cause error) {
	t.Helper()
	if helpline.KindOf(err) != kind || cause != nil && !errors.Is(err, cause) {
		t.Errorf("got %v (%s), want %s, %v", err, helpline.KindOf(err), kind, cause)
	}
}

func TestTheFirstSupervisorFoundsTheKeys(t *testing.T) {
	h := build(t)
	h.unlock(h.robin)
	if len(h.log) != 0 {
		t.Fatal("a counsellor founded the line's keys")
	}
	h.unlock(h.sam)
	if len(h.log) != 3 || h.seats[seatOf(h.sam)] == nil {
		t.Fatalf("%d entries, seat %v", len(h.log), h.seats[seatOf(h.sam)] != nil)
	}
	h.unlock(h.kim, h.lou)
	if len(h.log) != 3 || h.seats[seatOf(h.kim)] != nil {
		t.Error("a second supervisor was let in without anybody's word")
	}
	before := h.rings[h.sam.Person]
	h.unlock(h.sam)
	if !bytes.Equal(before.Intro, h.rings[h.sam.Person].Intro) {
		t.Error("the second login made other keys")
	}
}

func TestTwoSupervisorsWhoSignInFirstAtTheSameTimeMakeOneRoot(t *testing.T) {
	h := build(t)
	var wait sync.WaitGroup
	for _, by := range []By{h.sam, h.kim} {
		wait.Go(func() {
			if err := h.keys.Unlock(t.Context(), by, passOf(h.person(by))); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if len(h.log) != 3 || len(h.seats) != 2 || len(h.rings) != 2 {
		t.Errorf("%d entries, %d seats, %d keyrings", len(h.log), len(h.seats), len(h.rings))
	}
	for _, by := range []By{h.sam, h.kim} {
		if _, err := h.keys.OwnWords(t.Context(), by); err != nil {
			t.Error(err)
		}
	}
}

func TestOnlyTheRightPassphraseAndTheRightCookieUnlock(t *testing.T) {
	h := build(t)
	wantErr(t, h.keys.Unlock(t.Context(), h.sam, staff.NewPassphrase("another")), helpline.Forbidden, nil)
	if h.keys.Unlocked(h.sam) {
		t.Fatal("a wrong passphrase unlocked")
	}
	nobody := h.sam
	nobody.Token = ""
	wantErr(t, h.keys.Unlock(t.Context(), nobody, passOf(h.person(h.sam))), helpline.Internal, nil)
	h.unlock(h.sam)
	stranger, impostor := h.sam, h.sam
	stranger.Token = "another cookie"
	impostor.Person = h.kim.Person
	for name, by := range map[string]By{"another cookie": stranger, "another person in this login": impostor} {
		if h.keys.Unlocked(by) {
			t.Errorf("%s is unlocked", name)
		}
		_, err := h.keys.OwnWords(t.Context(), by)
		wantErr(t, err, helpline.Forbidden, ErrLocked)
	}
	h.keys.Lock(h.sam)
	_, err := h.keys.OwnWords(t.Context(), h.sam)
	wantErr(t, err, helpline.Forbidden, ErrLocked)
	h.unlock(h.sam)
	h.restart()
	if h.keys.Unlocked(h.sam) {
		t.Error("a restart left a keyring open")
	}
}

func TestALoginStretchesThePassphraseOnce(t *testing.T) {
	h := build(t)
	ctx := HoldStretch(t.Context())
	if _, err := h.team.Login(ctx, "Sam", staff.NewPassphrase("sam")); err != nil {
		t.Fatal(err)
	}
	// What was left is enough: this passphrase is not looked at.
	if err := h.keys.Unlock(ctx, h.sam, staff.NewPassphrase("not looked at")); err != nil {
		t.Fatal(err)
	}
	h.keys.Lock(h.sam)
	wantErr(t, h.keys.Unlock(ctx, h.sam, staff.NewPassphrase("taken once")), helpline.Forbidden, nil)
	h.unlock(h.sam)
}

func TestASupervisorGetsTheGroupWhenTheWordsAreConfirmed(t *testing.T) {
	h := build(t)
	h.unlock(h.sam, h.kim, h.robin)
	note := h.save(h.robin, "words")
	_, err := h.notes.Open(t.Context(), h.kim, note, "quality")
	wantErr(t, err, helpline.Forbidden, ErrAuthorUnvouched)

	all, err := h.keys.Strangers(t.Context(), h.sam)
	if err != nil || len(all) != 2 {
		t.Fatalf("strangers are %v, %v", all, err)
	}
	for _, s := range all {
		own := h.robin
		if s.Person == h.kim.Person {
			own = h.kim
		}
		words, err := h.keys.OwnWords(t.Context(), own)
		if err != nil || words != s.Words || len(strings.Fields(words)) != 6 {
			t.Errorf("%s reads %q, the supervisor sees %q, %v", s.Name, words, s.Words, err)
		}
		wantErr(t, h.keys.Vouch(t.Context(), h.sam, s.Person, "six words of some other key"), helpline.Conflict, vault.IntroWords)
		wantErr(t, h.keys.Vouch(t.Context(), h.robin, s.Person, s.Words), helpline.Forbidden, nil)
		wantErr(t, h.keys.Vouch(t.Context(), h.kim, s.Person, s.Words), helpline.Forbidden, nil) // not in the log herself
		if s.Person == h.robin.Person {
			if err := h.keys.Vouch(t.Context(), h.sam, s.Person, s.Words); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, err = h.notes.Open(t.Context(), h.kim, note, "quality")
	wantErr(t, err, helpline.Forbidden, ErrUnvouched)
	h.vouch()
	got, err := h.notes.Open(t.Context(), h.kim, note, "quality")
	if err != nil || got.Text != "words" {
		t.Errorf("after it was confirmed: %v", err)
	}
	if all, err := h.keys.Strangers(t.Context(), h.kim); err != nil || len(all) != 0 {
		t.Errorf("still strangers: %v, %v", all, err)
	}
}

func TestWhoeverCanWriteTheDatabaseGainsNothing(t *testing.T) {
	setting := func(t *testing.T) *house {
		h := build(t)
		h.unlock(h.sam, h.robin, h.kim)
		h.vouch()
		return h
	}
	otherLine := build(t)
	otherLine.unlock(otherLine.sam)
	for name, c := range map[string]struct {
		tamper func(h *house)
		check  []vault.Check
	}{
		"the key log is emptied":         {func(h *house) { h.log = nil }, []vault.Check{vault.LogShort}},
		"the newest entry is taken away": {func(h *house) { h.log = h.log[:len(h.log)-1] }, []vault.Check{vault.LogShort, vault.LogReplaced}},
		"an entry is changed": {func(h *house) {
			h.log[2] = bytes.Clone(h.log[2])
			h.log[2][len(h.log[2])-1] ^= 1
		}, []vault.Check{vault.LogSignature, vault.LogReplaced}},
		"the log is another line's": {func(h *house) { h.log = slices.Clone(otherLine.log) }, []vault.Check{vault.LogRoot, vault.LogShort, vault.LogReplaced}},
	} {
		for _, running := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, program running %v", name, running), func(t *testing.T) {
				h := setting(t)
				if !running {
					h.unlock(h.sam, h.robin, h.kim) // so that everybody has seen the newest entry
				}
				c.tamper(h)
				var err error
				if running {
					_, err = h.keys.OwnWords(t.Context(), h.sam)
				} else {
					h.restart()
					err = h.keys.Unlock(t.Context(), h.sam, passOf(h.person(h.sam)))
				}
				if !slices.Contains(c.check, vault.CheckOf(err)) || h.keys.Unlocked(h.sam) && !running {
					t.Errorf("got %v, want one of %v", err, c.check)
				}
			})
		}
	}
	t.Run("a person's keys are replaced", func(t *testing.T) {
		h := setting(t)
		ring, err := vault.NewKeyring(installation, h.robin.Person)
		if err != nil {
			t.Fatal(err)
		}
		r := h.rings[h.robin.Person]
		r.Intro = ring.Introduce()
		h.rings[h.robin.Person] = r
		own, err := h.keys.OwnWords(t.Context(), h.robin)
		if err != nil {
			t.Fatal(err)
		}
		all, err := h.keys.Strangers(t.Context(), h.sam)
		if err != nil || len(all) != 1 || all[0].Words == own {
			t.Errorf("the replaced key shows as %v, %v; the person reads %q", all, err, own)
		}
	})
	t.Run("a seat is handed to somebody else", func(t *testing.T) {
		h := setting(t)
		note := h.save(h.robin, "words")
		h.seats[seatOf(h.kim)] = h.seats[seatOf(h.sam)]
		_, err := h.notes.Open(t.Context(), h.kim, note, "quality")
		if vault.CheckOf(err) != vault.SeatPlace {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a keyring is handed to somebody else", func(t *testing.T) {
		h := setting(t)
		r := h.rings[h.sam.Person]
		r.Person = h.lou.Person
		h.rings[h.lou.Person] = r
		err := h.keys.Unlock(t.Context(), h.lou, passOf(h.person(h.lou)))
		if vault.CheckOf(err) != vault.KeyringOpen {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhatSomebodyWroteAndTheTokenCannotBePrinted(t *testing.T) {
	by := By{Token: "marked"}
	c := Closing{Outcome: Outcome{"level": {"marked"}}, Text: "marked"}
	n := Note{Outcome: Outcome{"level": {"marked"}}, Text: "marked"}
	var out bytes.Buffer
	for _, v := range []any{by, c, n, &by, &c, &n, []By{by}, []Closing{c}, []Note{n}} {
		fmt.Fprintf(&out, "%v %+v %#v %s\n", v, v, v, v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
	}
	if strings.Contains(out.String(), "marked") || !strings.Contains(out.String(), hiddenWords) || !strings.Contains(out.String(), hiddenToken) {
		t.Error("something was printed")
	}
}
