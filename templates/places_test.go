package templates

import (
	"strings"
	"testing"
)

func TestManyPlacesStandInGroupsAndFewDoNot(t *testing.T) {
	all := []Place{{Name: "board"}, {Name: "people", Group: "line"}, {Name: "directory", Group: "line"}, {Name: "keys", Group: "safety"}, {Name: "audit", Group: "safety"}, {Name: "start", Group: "safety"}}
	for n, want := range map[int]string{
		0: "", 1: "board", 5: "board|people|directory|keys|audit", // an operator's
		6: "board|people directory|keys audit start",
	} {
		s := Staff{Places: all[:n], Here: "audit"}
		var bar []string
		for _, places := range s.Bar() {
			var names []string
			for _, p := range places {
				names = append(names, p.Name)
			}
			bar = append(bar, strings.Join(names, " "))
			if here := strings.Contains(strings.Join(names, " "), "audit"); s.In(places) != here {
				t.Errorf("at audit, %v says here: %v", names, !here)
			}
			if n == 5 && places[0].Group != "" {
				t.Errorf("%s is in a group of %d places", places[0].Name, n)
			}
		}
		if got := strings.Join(bar, "|"); got != want {
			t.Errorf("%d places stand as %s, want %s", n, got, want)
		}
	}
}
