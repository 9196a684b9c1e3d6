package link

import (
	"strings"
	"testing"
)

func TestACardForTheNextTimeIsShownWithoutScriptsToo(t *testing.T) {
	for body, want := range map[string]string{
		`{"keep":"We talked.\nCalling Jo."}`:           "We talked.\nCalling Jo.",
		`{"kept":"We talked.","of":"x","seal":"y"}`:    "We talked.",
		`{"keep":"turned\u202e"}`:                      "turned[U+202E]",
		`{"kept":"","of":"x","seal":"y"}`:              "",
		`{"keep":"` + strings.Repeat("a", 2000) + `"}`: "",
		`{"keep":["a"]}`:                               "",
	} {
		got := Show(body)
		if got.Text != want || got.Keeps != (want != "") {
			t.Errorf("%.40s: %q %v", body, got.Text, got.Keeps)
		}
	}
}
