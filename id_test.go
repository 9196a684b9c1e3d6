package helpline_test

import (
	"strings"
	"testing"

	"helpline"
)

// FuzzParse: what comes from an address, a form or a flag is one of ours,
// written exactly so, or is refused without being repeated.
func FuzzParse(f *testing.F) {
	id := helpline.NewID().String()
	for _, s := range []string{
		id, id + "=", id[:21], id[:20] + "\r\n", id[:21] + "\n", strings.ToUpper(id), strings.Repeat("A", 22), strings.Repeat("/", 22),
		"en", "nl-BE", "nl-be", "EN", "self", "Self", "counsellor", "", "\x00", "\u212a", "marked@words",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, idErr := helpline.ParseID(s)
		locale, localeErr := helpline.ParseLocale(s)
		audience, audienceErr := helpline.ParseAudience(s)
		role, roleErr := helpline.ParseRole(s)
		for name, c := range map[string]struct {
			read string
			err  error
		}{
			"identifier": {id.String(), idErr}, "locale": {string(locale), localeErr},
			"door": {string(audience), audienceErr}, "role": {string(role), roleErr},
		} {
			switch {
			case c.err == nil && c.read != s:
				t.Errorf("%s: %q is read as %q", name, s, c.read)
			case c.err != nil && helpline.KindOf(c.err) != helpline.Invalid:
				t.Errorf("%s: kind of %v", name, c.err)
			case c.err != nil && len(s) > 4 && strings.ContainsAny(s, "@<&\n") && strings.Contains(c.err.Error(), s):
				t.Errorf("%s: the error repeats %q", name, s)
			}
		}
		if idErr != nil && !id.IsZero() {
			t.Errorf("what was refused is %v all the same", id)
		}
	})
}
