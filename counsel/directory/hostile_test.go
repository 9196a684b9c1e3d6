package directory_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"helpline"
	"helpline/counsel/directory"
)

// A directory comes from somebody else's file: what it says is refused, or is
// text that can be seen, under links that are nothing but https: and tel:.
func TestHostileEntriesAreRefusedOrAreText(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "e2e", "lib", "hostile-strings.json"))
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct{ Texts []string }
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatal(err)
	}
	fields := map[string]func(m map[string]any, s string){
		"name":                func(m map[string]any, s string) { m["name"] = s },
		"description":         func(m map[string]any, s string) { m["description"] = s },
		"application_process": func(m map[string]any, s string) { m["application_process"] = s },
		"url":                 func(m map[string]any, s string) { m["url"] = s },
		"url behind a host":   func(m map[string]any, s string) { m["url"] = "https://practice.example/" + s },
		"email":               func(m map[string]any, s string) { m["email"] = s },
		"email behind a name": func(m map[string]any, s string) { m["email"] = "x@" + s },
		"organization":        func(m map[string]any, s string) { m["organization"].(map[string]any)["name"] = s },
		"phone":               func(m map[string]any, s string) { m["phones"].([]any)[0].(map[string]any)["number"] = s },
		"cost": func(m map[string]any, s string) {
			m["attributes"] = []any{tag(30_000, "helpline-words", "cost", s, "en")}
		},
		"what nobody knows": func(m map[string]any, s string) { m["house_"+s] = s },
	}
	taken, refused := 0, 0
	for _, g := range groups {
		for _, s := range g.Texts {
			for field, put := range fields {
				b, err := json.Marshal(service(1, func(m map[string]any) { put(m, s) }))
				if err != nil {
					t.Fatal(err)
				}
				d, err := directory.Read(strings.NewReader(string(b)), now)
				if err != nil {
					refused++
					if _, ok := errors.AsType[directory.Problems](err); !ok || helpline.KindOf(err) != helpline.Invalid {
						t.Errorf("%s %q: refused with %v", field, s, err)
					}
					continue
				}
				taken++
				for _, p := range d.Providers() {
					c, err := p.Card("en", now, directory.DefaultLimits())
					if err != nil {
						if kind := helpline.KindOf(err); kind != helpline.Invalid && kind != helpline.Conflict {
							t.Errorf("%s %q: the card is refused with %v", field, s, err)
						}
						continue
					}
					looked(t, field, s, c)
				}
			}
		}
	}
	if taken < 1000 || refused < 500 {
		t.Errorf("%d entries were taken and %d refused", taken, refused)
	}
}

// looked says what is wrong with what a visitor would see.
func looked(t *testing.T, field, s string, c directory.Card) {
	t.Helper()
	texts := append([]string{c.Name, c.Of, c.First, c.Cost, c.Anonymity, c.Wait}, c.Excludes...)
	for _, r := range c.Reach {
		texts = append(texts, r.Label)
		if r.Link != "" && !strings.HasPrefix(r.Link, "https://") && !strings.HasPrefix(r.Link, "tel:") || strings.ContainsAny(r.Link, "\"<> \\") {
			t.Errorf("%s %q makes the link %q", field, s, r.Link)
		}
	}
	for _, text := range texts {
		marks := 0
		for _, r := range text {
			if unicode.IsMark(r) {
				marks++
			} else {
				marks = 0
			}
			joins := r == 0xad || r == 0x34f || r == 0x200c || r == 0x200d
			if unicode.IsControl(r) || marks > 4 || !joins && unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point) {
				t.Errorf("%s %q: the card shows %+q", field, s, text)
				break
			}
		}
	}
}
