package directory_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/directory"
)

func TestARoundTripChangesNothing(t *testing.T) {
	organization := map[string]any{
		"id": uuid(1), "name": "House", "description": "A house.", "unknown": []any{map[string]any{"id": "no uuid", "x": 1e3}},
		"services": []any{service(2, func(s map[string]any) { delete(s, "organization"); s["organization_id"] = uuid(1) })},
	}
	for name, v := range map[string]any{
		"one service":                  service(1, nil),
		"one organization":             organization,
		"a list of one":                []any{service(1, nil)},
		"a list of both, in its order": []any{service(9, nil), organization, service(4, nil)},
		"an empty list":                []any{},
	} {
		t.Run(name, func(t *testing.T) {
			want := written(t, v)
			d := read(t, v)
			var out bytes.Buffer
			if err := d.Write(&out); err != nil {
				t.Fatal(err)
			}
			wantSame(t, out.Bytes(), []byte(want))
			kept, err := directory.Of(d.Entries())
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(kept.Providers(), d.Providers()) {
				t.Error("what a store keeps gives other providers than the file")
			}
		})
	}
}

// wantSame compares two JSON texts by what they mean, numbers as written.
func wantSame(t *testing.T, got, want []byte) {
	t.Helper()
	var a, b any
	for text, v := range map[string]*any{string(got): &a, string(want): &b} {
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(v); err != nil {
			t.Fatal(err)
		}
	}
	if string(got) == string(want) { // one map entry above
		return
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestEveryProblemIsNamedWithItsPathAndNothingIsTaken(t *testing.T) {
	list := func(change func(map[string]any)) string {
		return written(t, []any{service(1, nil), service(2, change)})
	}
	set := func(field string, v any) string { return list(func(s map[string]any) { s[field] = v }) }
	attribute := func(taxonomy, code, value, language string) string {
		return set("attributes", []any{tag(500, taxonomy, code, value, language)})
	}
	for _, c := range []struct{ name, text, path, says string }{
		{"an empty file", "", "file", "it ends in the middle"},
		{"half a file", `[{"id":`, "file", "it ends in the middle"},
		{"no JSON", "id,name\n1,House\n", "file", "line 1"},
		{"something after the end", `[] []`, "file", "follows after the end"},
		{"a text alone", `"service"`, "file", "neither a service nor an organization"},
		{"an object of another kind", `[{"rows":[]}]`, "[0]", "neither a service nor an organization"},
		{"too deep", strings.Repeat("[", 60) + strings.Repeat("]", 60), "file", "inside each other"},
		{"UTF-8 with a mark", "\xef\xbb\xbf[]", "file", "byte order mark"},
		{"UTF-16", "\xff\xfe[\x00]\x00", "file", "UTF-16"},
		{"Latin-1", "[{\"id\":\"x\",\n\"name\":\"T\xe4ter\"}]", "file", "line 2 has a byte that is not UTF-8"},
		{"an encoding mixed up once", set("name", "Kein TÃ¤ter"), "[1].name", "wrong encoding once"},
		{"a letter that was lost", set("house_colour", []any{"gr\ufffdn"}), "[1].house_colour[0]", "lost in an earlier change"},
		{"half a surrogate", strings.Replace(list(nil), "Practice 0002", `\ud800`, 1), "[1].name", "lost in an earlier change"},
		{"a character that turns the line", set("name", "Practice \u202e0800"), "[1].name", "invisible character"},
		{"a control character", set("description", "a\u0007b"), "[1].description", "control character"},
		{"a key twice", `{"id":"x","name":"a","status":"active","name":"b"}`, "name", "stands twice in the same object"},
		{"a missing name", list(func(s map[string]any) { delete(s, "name") }), "[1].name", "is missing: every service"},
		{"an empty name", set("name", " "), "[1].name", "is empty"},
		{"a missing id", list(func(s map[string]any) { delete(s, "id") }), "[1].id", "is missing"},
		{"a missing field far inside", set("organization", map[string]any{"id": uuid(7), "name": "House"}), "[1].organization.description", "every organization has one"},
		{"an id that is none", set("id", "17"), "[1].id", "not a UUID"},
		{"the id of zeros", set("id", "00000000-0000-0000-0000-000000000000"), "[1].id", "not a UUID"},
		{"an entry twice", written(t, []any{service(1, nil), service(1, nil)}), "[1].id", "stands twice in this list, first at [0]"},
		{"a phone twice in one list", set("phones", []any{map[string]any{"id": uuid(5), "number": "1"}, map[string]any{"id": uuid(5), "number": "1"}}), "[1].phones[1].id", "stands twice in this list"},
		{"an id of two kinds", set("organization", map[string]any{"id": uuid(1), "name": "House", "description": "d"}), "[1].organization.id", "also the id of a service at [0]"},
		{"one id, two stories", set("organization", map[string]any{"id": uuid(20_001), "name": "Other", "description": "A house."}), "[1].organization.name", "says something else than the same organization at [0].organization"},
		{"a broken reference", set("program_id", uuid(99)), "[1].program_id", "names a program that does not stand in the file"},
		{"a reference to another kind", set("organization_id", uuid(1)), "[1].organization_id", "kind organization, and is that of a service"},
		{"a reference that is no id", set("organization_id", "House"), "[1].organization_id", "not a UUID"},
		{"an unknown status", set("status", "open"), "[1].status", "one of active, inactive, defunct, temporarily closed"},
		{"an unknown weekday", set("schedules", []any{map[string]any{"id": uuid(5), "wkst": "Monday"}}), "[1].schedules[0].wkst", "one of MO"},
		{"a date of another order", set("assured_date", "22-11-2026"), "[1].assured_date", "is not a date"},
		{"a date that does not exist", set("assured_date", "2026-02-30"), "[1].assured_date", "is not a date"},
		{"a check in the future", set("assured_date", "2026-11-23"), "[1].assured_date", "has not come yet"},
		{"an end before its start", set("cost_options", []any{map[string]any{"id": uuid(5), "valid_from": "2026-02-01", "valid_to": "2026-01-01"}}), "[1].cost_options[0].valid_to", "before valid_from"},
		{"a time of day that is none", set("schedules", []any{map[string]any{"id": uuid(5), "opens_at": "9 am"}}), "[1].schedules[0].opens_at", "not a time of day"},
		{"an instant without zone", set("last_modified", "2026-11-22 09:00"), "[1].last_modified", "not an instant"},
		{"ages the wrong way round", list(func(s map[string]any) { s["minimum_age"], s["maximum_age"] = 18, 12 }), "[1].maximum_age", "below minimum_age"},
		{"a number in quotes", set("minimum_age", "18"), "[1].minimum_age", "must be a number"},
		{"a text without quotes", set("wait_time", 3), "[1].wait_time", "must be a text"},
		{"null", set("email", nil), "[1].email", "leave the field out"},
		{"an object for a list", set("phones", map[string]any{}), "[1].phones", "must be a list"},
		{"a text for an object", set("organization", "House"), "[1].organization", "must be an object"},
		{"a text in a list of objects", set("phones", []any{"112"}), "[1].phones[0]", "must be an object"},
		{"an address of the web without scheme", set("url", "practice.example"), "[1].url", "whole web address"},
		{"an address that runs", set("url", "javascript:alert(1)"), "[1].url", "whole web address"},
		{"a mail address that is none", set("email", "at practice"), "[1].email", "not a mail address"},
		{"an unknown door", attribute("helpline-door", "back", "", ""), "[1].attributes[0].taxonomy_term.code", "one of self"},
		{"an unknown taxonomy of ours", attribute("helpline-colour", "red", "", ""), "[1].attributes[0].taxonomy_term.taxonomy", "no taxonomy of ours"},
		{"words without value", attribute("helpline-words", "first", "", "en"), "[1].attributes[0].value", "is missing"},
		{"words without language", attribute("helpline-words", "first", "You call.", ""), "[1].attributes[0].taxonomy_term.language", "language of the value"},
		{"a check that is no date", attribute("helpline-check", "checked-on", "last year", ""), "[1].attributes[0].value", "a year that has come"},
		{"a check that has not come", attribute("helpline-check", "checked-on", "2027", ""), "[1].attributes[0].value", "a year that has come"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := problems(t, c.text)
			for _, p := range all {
				if p.Path == c.path && strings.Contains(p.What, c.says) {
					return
				}
			}
			t.Errorf("no problem %q at %s in:\n%v", c.says, c.path, all)
		})
	}
}

func TestAllProblemsOfAFileAreNamedAtOnce(t *testing.T) {
	text := written(t, []any{
		service(1, func(s map[string]any) { delete(s, "name"); s["status"] = "open" }),
		service(2, nil),
		service(3, func(s map[string]any) { s["assured_date"] = "soon" }),
	})
	all := problems(t, text)
	if len(all) != 3 {
		t.Errorf("got %d problems, want 3:\n%v", len(all), all)
	}
}

func TestAThingMayBeRepeatedWhereverItBelongs(t *testing.T) {
	shared := map[string]any{"id": uuid(77), "name": "House", "description": "A house."}
	less := map[string]any{"id": strings.ToUpper(uuid(77)), "name": "House", "description": "A house.", "website": "https://house.example"}
	delete(less, "website")
	d := read(t, []any{
		service(1, func(s map[string]any) { s["organization"] = shared }),
		service(2, func(s map[string]any) { s["organization"] = shared; s["organization_id"] = uuid(77) }),
	})
	if len(d.Providers()) != 2 || d.Providers()[1].Organization != "House" {
		t.Errorf("got %+v", d.Providers())
	}
}

func TestAFileThatIsTooLargeIsRefused(t *testing.T) {
	all := problems(t, `["`+strings.Repeat("a", 33<<20)+`"]`)
	if !strings.Contains(all.Error(), "larger than 32 MiB") {
		t.Error(all)
	}
}

func TestAKeptEntryThatCannotBeReadIsNamed(t *testing.T) {
	id, err := directory.ParseUUID(uuid(3))
	if err != nil {
		t.Fatal(err)
	}
	_, err = directory.Of([]directory.Entry{{ID: id, JSON: []byte(`{"id":`)}})
	if helpline.KindOf(err) != helpline.Internal || !strings.Contains(err.Error(), uuid(3)) {
		t.Errorf("got %v", err)
	}
}

func TestTheDayOfAnEntryIsItsOldestCheck(t *testing.T) {
	organization := func(days ...string) map[string]any {
		var all []any
		for i, day := range days {
			all = append(all, service(10+i, func(s map[string]any) {
				delete(s, "organization")
				if day != "" {
					s["assured_date"] = day
				}
			}))
		}
		return map[string]any{"id": uuid(1), "name": "House", "description": "d", "services": all}
	}
	for want, days := range map[directory.Date][]string{
		"2026-01-02": {"2026-03-01", "2026-01-02", "2026-02-01"},
		"":           {"2026-03-01", "", "2026-02-01"},
	} {
		if got := read(t, organization(days...)).Entries()[0].CheckedOn; got != want {
			t.Errorf("of %q: got %q, want %q", days, got, want)
		}
	}
}

func FuzzReadTakesAllOrNothingAndGivesItBack(f *testing.F) {
	f.Add([]byte(`[{"id":"0f1e2d3c-4b5a-4968-8776-655443322110","name":"a","status":"active"}]`))
	f.Add([]byte(`{"id":"0f1e2d3c-4b5a-4968-8776-655443322110","name":"a","description":"b","services":[{"id":"x"}]}`))
	f.Add([]byte(`[{"name":null,"phones":[[]],"attributes":[{"taxonomy_term":{"taxonomy":"helpline-words"}}]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := directory.Read(bytes.NewReader(text), now)
		if err != nil {
			if helpline.KindOf(err) != helpline.Invalid || d != nil {
				t.Fatalf("got %v, %v", d, err)
			}
			return
		}
		var out bytes.Buffer
		if err := d.Write(&out); err != nil {
			t.Fatal(err)
		}
		wantSame(t, out.Bytes(), text)
		for _, p := range d.Providers() {
			if c, err := p.Card("nl", now, directory.DefaultLimits()); err == nil {
				if _, err := c.Body(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
