package visitor

import (
	"net/http/httptest"
	"testing"
	"time"

	"helpline"
)

// TestPromiseWhatWasOpenedStaysInMemoryForAQuarterOfAnHour also when nobody ever
// comes back for it: the next visitor's request takes it away.
func TestPromiseWhatWasOpenedStaysInMemoryForAQuarterOfAnHour(t *testing.T) {
	var o openings
	now := time.Unix(1_800_000_000, 0)
	if _, _, ok := o.begin(helpline.ThreadKey{1}, "code", now); !ok {
		t.Fatal("it does not open")
	}
	sealed := func() []byte {
		for _, one := range o.all {
			return one.sealed
		}
		return nil
	}()
	token, _, _ := o.begin(helpline.ThreadKey{2}, "", now.Add(openFor-time.Second))
	if len(o.all) != 2 {
		t.Fatalf("%d are open", len(o.all))
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(cookie(openCookie, token, 0))
	if _, ok := o.of(r, now.Add(openFor), func(*opening) bool { return true }); !ok {
		t.Error("the one that is in use is gone")
	}
	if len(o.all) != 1 {
		t.Errorf("%d stay", len(o.all))
	}
	for _, b := range sealed {
		if b != 0 {
			t.Fatal("its bytes stay")
		}
	}
}

// TestACodeIsNoMessage: the form of those without scripts refuses it, however it
// is written, and lets words that only look a little like it pass.
func TestACodeIsNoMessage(t *testing.T) {
	s := &Site{}
	for _, text := range []string{
		"babab-dabab-fabab-gabab-habab-bobob", "my code: BABAB dabab\nfabab.gabab, habab bobob thanks", "bababdababfababgababhababbobob",
	} {
		if got := s.declined(text); got != "js.text.code" {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, text := range []string{"babab-dabab-fabab-gabab-habab", "I cannot sleep at night.", "babab and dabab fabab gabab habab bobob"} {
		if got := s.declined(text); got != "" {
			t.Errorf("%q: %q", text, got)
		}
	}
}
