package visitor

import "testing"

func TestALetterShowsWhatCannotBeSeen(t *testing.T) {
	for body, want := range map[string]string{
		`{"text":"left \u202e right"}`:       "left [U+202E] right",
		`{"steps":["a\u200bb"],"text":"ok"}`: "ok",
	} {
		all := parts(&visit{}, body)
		if got := all[len(all)-1].Text; got != want {
			t.Errorf("%s reads %q, want %q", body, got, want)
		}
		if len(all) == 2 && all[0].Items[0] != "a[U+200B]b" {
			t.Errorf("the step reads %q", all[0].Items[0])
		}
	}
}
