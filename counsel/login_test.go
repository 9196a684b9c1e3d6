package counsel

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

type rows map[[32]byte]staff.LoginRow

func (r rows) Get(_ context.Context, id [32]byte) (staff.LoginRow, error) {
	if row, ok := r[id]; ok {
		return row, nil
	}
	return staff.LoginRow{}, helpline.Errorf(helpline.NotFound, "no such login")
}

func (r rows) Put(_ context.Context, row staff.LoginRow) error { r[row.ID] = row; return nil }

func (r rows) Change(_ context.Context, row staff.LoginRow) error {
	if _, ok := r[row.ID]; ok {
		r[row.ID] = row
	}
	return nil
}

func (r rows) Idle(_ context.Context, id [32]byte) error {
	if row, ok := r[id]; ok {
		row.Idle = true
		r[id] = row
	}
	return nil
}

func (r rows) Delete(_ context.Context, id [32]byte) error { delete(r, id); return nil }

func packedLogin(t *testing.T, person helpline.ID, until time.Time) []byte {
	t.Helper()
	b, err := LoginCodec{}.Encode(until, map[string]any{PersonKey: person.String()})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestALoginComesBackToItsTokenUntilItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, person := rows{}, helpline.NewID()
		l := NewLogins(file, vault.NewLoginKeys(vault.LoginDay{Epoch: 2, Key: vault.Key{1}}, vault.LoginDay{}))
		until := time.Now().Add(10 * time.Hour)
		data := packedLogin(t, person, until)
		if err := l.Commit("token", data, until); err != nil {
			t.Fatal(err)
		}
		row := file[vault.LoginID("token")]
		if row.Person != person || row.Epoch != 2 || bytes.Contains(row.Sealed, person[:]) {
			t.Errorf("filed %+v", row)
		}
		got, found, err := l.Find("token")
		if err != nil || !found || !bytes.Equal(got, data) {
			t.Errorf("found %v, %v", found, err)
		}
		deadline, values, err := LoginCodec{}.Decode(got)
		if err != nil || values[PersonKey] != person.String() || deadline.Unix() != until.Unix() {
			t.Errorf("says %v until %v, %v", values, deadline, err)
		}
		if _, found, err := l.Find("another"); found || err != nil {
			t.Errorf("another token: %v, %v", found, err)
		}
		if ok, err := l.Stands(t.Context(), vault.LoginID("token")); !ok || err != nil {
			t.Errorf("stands %v, %v", ok, err)
		}
		time.Sleep(10 * time.Hour)
		if _, found, err := l.Find("token"); found || err != nil {
			t.Errorf("after the shift: %v, %v", found, err)
		}
		if ok, _ := l.Stands(t.Context(), vault.LoginID("token")); ok {
			t.Error("it stands after the shift")
		}
	})
}

func TestALoginThatWasMovedOrChangedIsNotFound(t *testing.T) {
	until := time.Now().Add(time.Hour)
	for name, damage := range map[string]func(rows){
		"put under another token's name": func(r rows) {
			row := r[vault.LoginID("mine")]
			row.ID = vault.LoginID("token")
			r[row.ID] = row
		},
		"one bit changed": func(r rows) { r[vault.LoginID("token")].Sealed[30] ^= 1 },
		"its key is gone": func(r rows) {
			row := r[vault.LoginID("token")]
			row.Epoch = 1
			r[row.ID] = row
		},
		"deleted": func(r rows) { delete(r, vault.LoginID("token")) },
	} {
		t.Run(name, func(t *testing.T) {
			file := rows{}
			l := NewLogins(file, vault.NewLoginKeys(vault.LoginDay{Epoch: 2, Key: vault.Key{1}}, vault.LoginDay{}))
			for _, token := range []string{"token", "mine"} {
				if err := l.Commit(token, packedLogin(t, helpline.NewID(), until), until); err != nil {
					t.Fatal(err)
				}
			}
			damage(file)
			if _, found, err := l.Find("token"); found || err != nil {
				t.Errorf("found %v, %v", found, err)
			}
		})
	}
}

func TestALoginHoldsAPersonAndHowFarItIsAndNothingElse(t *testing.T) {
	for name, values := range map[string]map[string]any{
		"nobody":            {},
		"somebody and more": {PersonKey: helpline.NewID().String(), "page": "desk"},
		"not a person":      {PersonKey: 7},
		"not an identifier": {PersonKey: "root"},
		"no such stage":     {PersonKey: helpline.NewID().String(), StageKey: int(stages)},
		"a time before all": {PersonKey: helpline.NewID().String(), SteppedKey: int64(-1)},
		"locked by a word":  {PersonKey: helpline.NewID().String(), LockedKey: "yes"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := (LoginCodec{}).Encode(time.Now(), values); err == nil {
				t.Error("taken")
			}
		})
	}
	if _, _, err := (LoginCodec{}).Decode([]byte("short")); err == nil {
		t.Error("read from five bytes")
	}
	until, person, at := time.Unix(2_000_000_000, 0).UTC(), helpline.NewID(), time.Unix(1_900_000_000, 0).UTC()
	for _, want := range []Login{
		{Person: person},
		{Person: person, Stage: Half},
		{Person: person, Stage: Bare, Locked: true},
		{Person: person, Stage: Full, Stepped: at},
		{Person: person, Stage: Full, Stepped: at, Locked: true},
	} {
		values := map[string]any{PersonKey: person.String(), StageKey: int(want.Stage), LockedKey: want.Locked}
		if !want.Stepped.IsZero() {
			values[SteppedKey] = want.Stepped.Unix()
		}
		b, err := LoginCodec{}.Encode(until, values)
		if err != nil {
			t.Fatal(err)
		}
		end, back, err := LoginCodec{}.Decode(b)
		got, wrong := LoginOf(back)
		if err != nil || wrong != nil || got != want || !end.Equal(until) {
			t.Errorf("%+v came back as %+v until %v, %v, %v", want, got, end, err, wrong)
		}
		b[24] = byte(stages)
		if _, _, err := (LoginCodec{}).Decode(b); err == nil {
			t.Error("a stage that does not exist was read")
		}
	}
}

func TestStretchingIsUnavailableWhenNobodyWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Stretch{vault.NewWork(1)}
		begin := time.Now()
		_, err := s.Verifier(t.Context(), staff.NewPassphrase("x"), make([]byte, 16), RealCosts())
		if helpline.KindOf(err) != helpline.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if time.Since(begin) != vault.Patience {
			t.Errorf("waited %v", time.Since(begin))
		}
	})
}

// TestAFloodOfLoginsFromAnywhereKeepsNoKnownBrowserOut: every place in the queue
// of strangers is taken, by as many addresses and names as there are places.
func TestAFloodOfLoginsFromAnywhereKeepsNoKnownBrowserOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		work := vault.NewWork(3)
		s := Stretch{work}
		low := staff.Params{Time: 1, MemoryKiB: 64, Threads: 1}
		ask := func(ctx context.Context) error {
			_, err := s.Verifier(ctx, staff.NewPassphrase("x"), make([]byte, 16), low)
			return err
		}
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() { _ = ask(staff.AskedFrom(t.Context(), string(rune('a'+i)))) })
		}
		synctest.Wait()
		if err := ask(staff.AskedFrom(t.Context(), "one more")); helpline.KindOf(err) != helpline.Unavailable {
			t.Fatalf("a full queue answers %v", err)
		}
		var known error
		all.Go(func() { known = ask(staff.AskedFromDevice(t.Context(), "device")) })
		synctest.Wait()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go work.Run(ctx)
		all.Wait()
		if known != nil {
			t.Errorf("a known browser is answered %v", known)
		}
	})
}
