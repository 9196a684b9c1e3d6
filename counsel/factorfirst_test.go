package counsel

import (
	"errors"
	"sync"
	"testing"

	"helpline"
)

// Two people may know a passphrase. The second factor that one of them has set
// up is asked of the other, however long the other's page has been open.
func TestPromiseAPassphraseAloneAddsNothingToASecondFactor(t *testing.T) {
	f := withFactors(t)
	thief := f.sam
	thief.Token = "the thief's login"
	f.present(thief)
	f.present(f.sam)
	o, err := f.second.Offer(t.Context(), thief)
	if err != nil {
		t.Fatal(err)
	}
	f.app(f.sam)
	wantErr(t, f.second.AddCode(t.Context(), f.sam, o.Sealed, "Another", f.code(o.Secret)), helpline.Conflict, ErrSetUp)
	wantErr(t, f.second.AddCode(t.Context(), thief, o.Sealed, "My phone", f.code(o.Secret)), helpline.Conflict, ErrSetUp)
	if rows, _ := f.drawer.Factors(t.Context(), f.sam.Person); len(rows) != 1 {
		t.Errorf("there are %d second factors", len(rows))
	}
	if err := f.keys.Confirm(t.Context(), f.sam, "whole"); err != nil {
		t.Fatal(err)
	}
	whole := f.sam
	whole.Token = "whole"
	f.app(whole) // a whole login adds more
}

func TestOfManyLoginsAtOnceOneSetsUpTheFirstSecondFactor(t *testing.T) {
	f := withFactors(t)
	var all sync.WaitGroup
	answers := make(chan error, 3)
	for _, token := range []string{"one", "two", "three"} {
		by := f.sam
		by.Token = token
		f.present(by)
		o, err := f.second.Offer(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() { answers <- f.second.AddCode(t.Context(), by, o.Sealed, "Phone", f.code(o.Secret)) })
	}
	all.Wait()
	close(answers)
	kept := 0
	for err := range answers {
		if err == nil {
			kept++
		} else if helpline.KindOf(err) != helpline.Conflict && !errors.Is(err, ErrSetUp) {
			t.Errorf("refused because of %v", err)
		}
	}
	if rows, _ := f.drawer.Factors(t.Context(), f.sam.Person); kept != 1 || len(rows) != 1 {
		t.Errorf("%d were kept, %d are there", kept, len(rows))
	}
}
