package counsel

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// factors are second factors over the house of these tests, by a clock that goes
// where it is told.
type factors struct {
	*house
	second *Second
	drawer *drawer
	at     time.Time
}

func withFactors(t *testing.T) *factors {
	t.Helper()
	f := &factors{house: build(t), drawer: newDrawer(), at: time.Unix(1_800_000_000, 0)}
	f.again()
	return f
}

// again is the program started anew.
func (f *factors) again() {
	f.restart()
	f.second = NewSecond(f.keys, f.drawer, func() time.Time { return f.at })
}

// present gives the passphrase of a login.
func (f *factors) present(by By) {
	f.t.Helper()
	if err := f.keys.Present(f.t.Context(), by, passOf(f.person(by))); err != nil {
		f.t.Fatal(err)
	}
}

// app sets one up.
func (f *factors) app(by By) staff.CodeSecret {
	f.t.Helper()
	o, err := f.second.Offer(f.t.Context(), by)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.second.AddCode(f.t.Context(), by, o.Sealed, "My phone", f.code(o.Secret)); err != nil {
		f.t.Fatal(err)
	}
	f.at = f.at.Add(time.Minute)
	return o.Secret
}

func (f *factors) code(s staff.CodeSecret) string {
	f.t.Helper()
	code, err := s.Code(f.at)
	if err != nil {
		f.t.Fatal(err)
	}
	return code
}

func TestAKeyringIsUnlockedOnlyAfterBothFactors(t *testing.T) {
	f := withFactors(t)
	f.present(f.sam)
	if f.keys.Unlocked(f.sam) || !f.keys.Presented(f.sam) {
		t.Fatal("a passphrase alone unlocked")
	}
	if _, err := f.keys.OwnWords(t.Context(), f.sam); !errors.Is(err, ErrLocked) {
		t.Errorf("the keyring opens something: %v", err)
	}
	secret := f.app(f.sam)
	wantErr(t, f.second.Code(t.Context(), f.sam, "000000"), helpline.Forbidden, nil)
	if err := f.second.Code(t.Context(), f.sam, f.code(secret)); err != nil {
		t.Fatal(err)
	}
	if err := f.keys.Confirm(t.Context(), f.sam, "a new token"); err != nil {
		t.Fatal(err)
	}
	whole := f.sam
	whole.Token = "a new token"
	if !f.keys.Unlocked(whole) || f.keys.Unlocked(f.sam) || f.keys.Presented(f.sam) {
		t.Error("the keyring is not where the new token finds it, or still where the old one does")
	}
	wantErr(t, f.keys.Confirm(t.Context(), f.sam, "another"), helpline.Forbidden, ErrLocked)
	impostor := f.kim
	impostor.Token = f.robin.Token
	f.present(f.robin)
	if f.keys.Presented(impostor) {
		t.Error("somebody else stands in the login")
	}
}

func TestPromiseACodeIsUsedOnceInTwoBrowsersAndAfterARestart(t *testing.T) {
	f := withFactors(t)
	f.unlock(f.sam)
	secret := f.app(f.sam)
	code := f.code(secret)
	var all sync.WaitGroup
	answers := make(chan error, 2)
	for range 2 {
		all.Go(func() { answers <- f.second.Code(t.Context(), f.sam, code) })
	}
	all.Wait()
	one, two := <-answers, <-answers
	if (one == nil) == (two == nil) {
		t.Errorf("at once: %v and %v", one, two)
	}
	if reused := errors.Join(one, two); !errors.Is(reused, staff.ErrReused) {
		t.Errorf("refused because of %v", reused)
	}
	f.again()
	f.unlock(f.sam)
	wantErr(t, f.second.Code(t.Context(), f.sam, code), helpline.Forbidden, staff.ErrReused)
	f.at = f.at.Add(-24 * time.Hour) // the clock was set back
	wantErr(t, f.second.Code(t.Context(), f.sam, f.code(secret)), helpline.Forbidden, ErrClock)
	f.at = f.at.Add(24*time.Hour + 30*time.Second)
	if err := f.second.Code(t.Context(), f.sam, f.code(secret)); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

func TestPromiseWhoeverWritesTheDatabaseCannotGiveHimselfASecondFactor(t *testing.T) {
	f := withFactors(t)
	f.unlock(f.sam, f.kim)
	sams, kims := f.app(f.sam), f.app(f.kim)
	before := map[helpline.ID]FactorRow{}
	for id, r := range f.drawer.rows {
		before[id] = r
	}
	var sam, kim FactorRow
	for _, r := range before {
		if r.Person == f.sam.Person {
			sam = r
		} else {
			kim = r
		}
	}
	if bytes.Contains(sam.Sealed, sams.Bytes()) || bytes.Contains(sam.Sealed, []byte("phone")) {
		t.Error("the row shows the secret or the name")
	}
	for name, forged := range map[string]FactorRow{
		"his own row under her name": {ID: kim.ID, Person: sam.Person, Kind: CodeFactor, Revision: 1, Sealed: kim.Sealed},
		"his secret in her row":      {ID: sam.ID, Person: sam.Person, Kind: CodeFactor, Revision: 1, Sealed: kim.Sealed},
		"her row in another state":   {ID: sam.ID, Person: sam.Person, Kind: CodeFactor, Revision: 2, Sealed: sam.Sealed},
	} {
		t.Run(name, func(t *testing.T) {
			f.drawer.rows = map[helpline.ID]FactorRow{forged.ID: forged}
			for _, secret := range []staff.CodeSecret{sams, kims} {
				err := f.second.Code(t.Context(), f.sam, f.code(secret))
				if c := vault.CheckOf(err); c != vault.FactorOpen || !c.Tampering() {
					t.Errorf("got %v", err)
				}
			}
			f.second.turns.Right(f.sam.Person)
		})
	}
}

func TestAnOfferIsForItsPersonAndOnce(t *testing.T) {
	f := withFactors(t)
	f.unlock(f.sam, f.kim)
	o, err := f.second.Offer(t.Context(), f.sam)
	if err != nil {
		t.Fatal(err)
	}
	for name, sealed := range map[string]string{"nothing": "", "no text of ours": "%%%", "cut off": o.Sealed[:30], "changed": "A" + o.Sealed[1:]} {
		if _, err := f.second.Offered(t.Context(), f.sam, sealed); helpline.KindOf(err) != helpline.Invalid && sealed != o.Sealed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.second.Offered(t.Context(), f.kim, o.Sealed); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("another person's: %v", err)
	}
	wantErr(t, f.second.AddCode(t.Context(), f.sam, o.Sealed, "", f.code(o.Secret)), helpline.Invalid, nil)
	wantErr(t, f.second.AddCode(t.Context(), f.sam, o.Sealed, "Phone", "123456"), helpline.Forbidden, nil)
	f.drawer.broken = helpline.Errorf(helpline.Unavailable, "the disk is full")
	wantErr(t, f.second.AddCode(t.Context(), f.sam, o.Sealed, "Phone", f.code(o.Secret)), helpline.Unavailable, nil)
	if kinds, _ := f.second.Kinds(t.Context(), f.sam.Person); len(kinds) != 0 {
		t.Error("a full disk kept half a factor")
	}
	f.drawer.broken = nil
	if err := f.second.AddCode(t.Context(), f.sam, o.Sealed, "Phone", f.code(o.Secret)); err != nil {
		t.Fatal(err)
	}
	wantErr(t, f.second.AddCode(t.Context(), f.sam, o.Sealed, "Again", f.code(o.Secret)), helpline.Conflict, nil)
	// The code that confirmed it is used up.
	wantErr(t, f.second.Code(t.Context(), f.sam, f.code(o.Secret)), helpline.Forbidden, staff.ErrReused)
}

func TestAFullDiskUsesNoCodeUpAndLetsNobodyIn(t *testing.T) {
	f := withFactors(t)
	f.unlock(f.sam)
	secret := f.app(f.sam)
	f.drawer.broken = helpline.Errorf(helpline.Unavailable, "the disk is full")
	wantErr(t, f.second.Code(t.Context(), f.sam, f.code(secret)), helpline.Unavailable, nil)
	f.drawer.broken = nil
	if err := f.second.Code(t.Context(), f.sam, f.code(secret)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestFactorsAreListedRemovedAndReset(t *testing.T) {
	f := withFactors(t)
	f.unlock(f.sam, f.kim, f.robin)
	f.app(f.robin)
	f.app(f.robin)
	f.app(f.sam)
	mine, err := f.second.Factors(t.Context(), f.robin)
	if err != nil || len(mine) != 2 || mine[0].Name != "My phone" || mine[0].Kind != CodeFactor || mine[0].Day != 1_800_000_000/86400 {
		t.Fatalf("listed %+v, %v", mine, err)
	}
	wantErr(t, f.second.Remove(t.Context(), f.sam, mine[0].ID), helpline.NotFound, nil)
	if err := f.second.Remove(t.Context(), f.robin, mine[0].ID); err != nil {
		t.Fatal(err)
	}
	wantErr(t, f.second.Remove(t.Context(), f.robin, mine[1].ID), helpline.Conflict, ErrLastFactor)
	wantErr(t, f.second.Reset(t.Context(), f.robin, f.sam.Person), helpline.Forbidden, nil)
	wantErr(t, f.second.Reset(t.Context(), f.sam, f.sam.Person), helpline.Forbidden, nil)
	if err := f.second.Reset(t.Context(), f.sam, f.robin.Person); err != nil {
		t.Fatal(err)
	}
	if kinds, err := f.second.Kinds(t.Context(), f.robin.Person); err != nil || len(kinds) != 0 {
		t.Errorf("left: %v, %v", kinds, err)
	}
	f.keys.Lock(f.sam)
	if _, err := f.second.Factors(t.Context(), f.sam); !errors.Is(err, ErrLocked) {
		t.Errorf("with a locked keyring: %v", err)
	}
}

func TestAFalseKeyLogLetsTheSecondFactorBeWeighedAndUnlocksNothing(t *testing.T) {
	f := withFactors(t)
	f.unlock(f.sam)
	secret := f.app(f.sam)
	f.log = f.log[:1] // rolled back
	f.again()
	f.present(f.sam)
	if err := f.second.Code(t.Context(), f.sam, f.code(secret)); err != nil {
		t.Fatal(err)
	}
	err := f.keys.Confirm(context.Background(), f.sam, "a new token")
	if vault.CheckOf(err) != vault.LogShort {
		t.Errorf("got %v", err)
	}
	whole := f.sam
	whole.Token = "a new token"
	if f.keys.Unlocked(whole) || f.keys.Unlocked(f.sam) {
		t.Error("a false key log was believed")
	}
}
