package directory_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/directory"
)

func TestACheckChangesTheNameAndTheDayAndNothingElse(t *testing.T) {
	for name, e := range map[string]directory.Entry{
		"a service that nobody checked": read(t, []any{service(1, nil)}).Entries()[0],
		"a service checked before": read(t, []any{service(1, func(s map[string]any) {
			s["assured_date"] = "2020-01-02"
			s["colour"] = map[string]any{"walls": json.Number("1.50")}
			s["attributes"] = []any{tag(500, "helpline-check", "checked-by", "Kim", ""), tag(510, "helpline-check", "source", "a page", "")}
		})}).Entries()[0],
		"a service of an organization": read(t, map[string]any{
			"id": uuid(9), "name": "House", "description": "A house.", "services": []any{service(2, nil), service(1, nil)},
		}).Entries()[0],
	} {
		t.Run(name, func(t *testing.T) {
			id, err := directory.ParseUUID(uuid(1))
			if err != nil {
				t.Fatal(err)
			}
			e.Hidden = true
			got, err := e.Checked(id, " Robin ", now)
			if err != nil {
				t.Fatal(err)
			}
			d, err := directory.Of([]directory.Entry{got})
			if err != nil {
				t.Fatal(err)
			}
			p, _ := d.Provider(id)
			if p.CheckedBy != "Robin" || p.CheckedOn != directory.Date(now.Format("2006-01-02")) || !p.Hidden || got.ID != e.ID {
				t.Errorf("it is checked by %q on %q, hidden %v", p.CheckedBy, p.CheckedOn, p.Hidden)
			}
			if p.Standing(now, directory.DefaultLimits()) != directory.Checked {
				t.Error("it does not count as checked")
			}
			before, after := bare(t, e.JSON), bare(t, got.JSON)
			if !reflect.DeepEqual(before, after) {
				t.Errorf("something else has changed:\n%v\n%v", before, after)
			}
			twice, err := got.Checked(id, "Robin", now)
			if err != nil || string(twice.JSON) != string(got.JSON) {
				t.Errorf("checking it twice says something else: %v", err)
			}
		})
	}
}

// bare is an entry without what a check says.
func bare(t *testing.T, text []byte) any {
	t.Helper()
	var root map[string]any
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	if err := dec.Decode(&root); err != nil {
		t.Fatal(err)
	}
	strip := func(s map[string]any) {
		delete(s, "assured_date")
		var rest []any
		list, _ := s["attributes"].([]any)
		for _, a := range list {
			if !strings.Contains(toJSON(t, a), "checked-by") {
				rest = append(rest, a)
			}
		}
		delete(s, "attributes")
		if rest != nil {
			s["attributes"] = rest
		}
	}
	strip(root)
	services, _ := root["services"].([]any)
	for _, s := range services {
		strip(s.(map[string]any))
	}
	return root
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestACheckThatSaysNothingIsRefused(t *testing.T) {
	e := read(t, []any{service(1, nil)}).Entries()[0]
	id, err := directory.ParseUUID(uuid(1))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		id   helpline.ID
		by   string
		json string
		kind helpline.Kind
	}{
		"nobody":                    {id, " ", "", helpline.Invalid},
		"a name that turns a line":  {id, "Kim \u202e", "", helpline.Invalid},
		"a service that is not in":  {helpline.NewID(), "Kim", "", helpline.NotFound},
		"an entry that is no JSON":  {id, "Kim", `{"id":`, helpline.Internal},
		"an entry that is not good": {id, "Kim", `{"id":"` + uuid(1) + `","name":"x","status":"open"}`, helpline.Internal},
	} {
		entry := e
		if c.json != "" {
			entry.JSON = []byte(c.json)
		}
		if _, err := entry.Checked(c.id, c.by, now); helpline.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}
