package rota

import (
	"slices"
	"strings"
	"testing"
)

// Every part of a score, every ground and every lack has its words in English
// and Dutch, and none are left over.
func TestEveryPartGroundAndLackHasItsWords(t *testing.T) {
	var want []string
	for _, p := range parts {
		want = append(want, "rota.part."+string(p))
	}
	for _, g := range []Ground{GroundFills, GroundWants, GroundHours, GroundShare, GroundNot, GroundOver} {
		want = append(want, "rota.ground."+string(g))
	}
	want = append(want, "rota.ground.even") // of GroundHours where nothing was agreed
	for _, l := range []Lack{LackRole, LackSkill, LackLanguage} {
		want = append(want, "rota.lack."+string(l))
	}
	for _, locale := range []string{"en", "nl"} {
		said := words(t, locale)
		for _, key := range want {
			if strings.TrimSpace(said[key]) == "" {
				t.Errorf("%s has no %s", locale, key)
			}
		}
		for key := range said {
			part := strings.Split(key, ".")[1]
			if slices.Contains([]string{"part", "ground", "lack"}, part) && !slices.Contains(want, key) {
				t.Errorf("%s has %s, and nothing says it", locale, key)
			}
		}
	}
}
