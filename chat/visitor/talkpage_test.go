package visitor_test

import (
	"strings"
	"testing"

	"helpline"
)

// TestPromiseATalkPageIsNobodyElses: pages are kept as rendered, and what stands
// in one of a single contact never comes to another.
func TestPromiseATalkPageIsNobodyElses(t *testing.T) {
	r := newRig(t)
	page := func(a helpline.Audience) (body, proof string) {
		body = r.do("GET", "/en/talk", nil, r.holding(newTicket(a))).body
		_, after, found := strings.Cut(body, `data-proof="`)
		if !found {
			t.Fatalf("the page has no proof:\n%.2000s", body)
		}
		proof, _, _ = strings.Cut(after, `"`)
		return body, proof
	}
	seen := map[string]bool{}
	var first string
	for n := range 5 {
		body, proof := page(helpline.Self)
		if len(proof) != 48 || seen[proof] {
			t.Fatalf("page %d has the proof %q, after %v", n, proof, seen)
		}
		seen[proof] = true
		for other := range seen {
			if other != proof && strings.Contains(body, other) {
				t.Error("the proof of somebody else stands in the page")
			}
		}
		bare := strings.ReplaceAll(body, proof, "")
		if first == "" {
			first = bare
		}
		if bare != first {
			t.Errorf("page %d differs in more than the proof", n)
		}
	}
	if other, _ := page(helpline.Relative); strings.Contains(other, `data-door="self"`) || !strings.Contains(other, `data-door="relative"`) {
		t.Error("whoever came by another door gets the page of this one")
	}
}

// TestATalkPageSaysWhatIsSoNow: a page that was rendered in a pause is nobody's
// after it, and the other way round.
func TestATalkPageSaysWhatIsSoNow(t *testing.T) {
	r := newRig(t)
	const paused = "We take nobody new for a while."
	for n, h := range []helpline.Hours{{Open: true}, {Shut: helpline.ShutPaused}, {Open: true}, {Shut: helpline.ShutPaused}} {
		r.hours.said = h
		body := r.do("GET", "/en/talk", nil, r.holding(newTicket(helpline.Self))).body
		_, told, _ := strings.Cut(body, `id="told"`)
		told, _, _ = strings.Cut(told, "</p>")
		if told := strings.Contains(told, paused); told != (h.Shut == helpline.ShutPaused) {
			t.Errorf("look %d: the page tells of a pause: %v", n, told)
		}
	}
}
