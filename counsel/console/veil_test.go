package console

import "testing"

func TestALetterCannotTurnNorHideWhatIsRead(t *testing.T) {
	got := veil("left \u202e thgir, see ex\u200bample.com/x now\u2066")
	want := []string{"left [U+202E] thgir, see ", "ex[U+200B]ample.com/x", " now[U+2066]"}
	if len(got) != len(want) {
		t.Fatalf("veil gives %d pieces, want %d", len(got), len(want))
	}
	for i, p := range got {
		if p.Text != want[i] || p.Hidden != (i == 1) {
			t.Errorf("piece %d is %q, hidden %t; want %q", i, p.Text, p.Hidden, want[i])
		}
	}
}
