package visitor_test

import (
	"strings"
	"testing"

	"helpline"
)

// Only those who come about themselves hear that they need not give a name:
// whoever asks help for a child hears what it is good for.
func TestPromiseTheNeutralWordIsTheDoorsAndTheLineMaySwitchItOff(t *testing.T) {
	const self, other = "You do not have to give it.", "this can help us"
	for _, a := range helpline.Audiences() {
		r := newRig(t)
		page := r.do("GET", "/en/talk", nil, r.holding(newTicket(a))).body
		if strings.Contains(page, "data-word") {
			t.Errorf("%s: the word is there and the line has switched it off", a)
		}
		r = newRigOf(t, func(l *helpline.Line) { l.IdentityWord = true })
		page = r.do("GET", "/en/talk", nil, r.holding(newTicket(a))).body
		if !strings.Contains(page, "data-word") || strings.Contains(page, self) != (a == helpline.Self) || strings.Contains(page, other) == (a == helpline.Self) {
			t.Errorf("%s: another door's word", a)
		}
		if strings.Contains(page, "identity.js") {
			t.Errorf("%s: what looks at the words is loaded before anybody writes", a)
		}
	}
}
