package directory_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/directory"
)

// now is the day on which the tests read.
var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// uuid makes the n-th identifier of a test.
func uuid(n int) string { return fmt.Sprintf("0f1e2d3c-4b5a-4968-8776-%012x", n+1) }

// service is a small service of our own; change may break it.
func service(n int, change func(map[string]any)) map[string]any {
	s := map[string]any{
		"id": uuid(n), "name": fmt.Sprintf("Practice %04d", n), "status": "active", "url": "https://practice.example",
		"application_process": "You phone in the morning.",
		"phones":              []any{map[string]any{"id": uuid(n + 10_000), "number": "0800 123", "extension": 7}},
		"organization":        map[string]any{"id": uuid(n + 20_000), "name": "House", "description": "A house."},
		"house_colour":        map[string]any{"walls": []any{"green", nil, 1.50}},
	}
	if change != nil {
		change(s)
	}
	return s
}

// tag is an attribute of one of our taxonomies.
func tag(n int, taxonomy, code, value, language string) map[string]any {
	term := map[string]any{"id": uuid(n + 1), "code": code, "name": code, "description": "d", "taxonomy": taxonomy}
	if language != "" {
		term["language"] = language
	}
	a := map[string]any{"id": uuid(n), "taxonomy_term": term}
	if value != "" {
		a["value"] = value
	}
	return a
}

func written(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func read(t *testing.T, v any) *directory.Directory {
	t.Helper()
	d, err := directory.Read(strings.NewReader(written(t, v)), now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// problems reads what must be refused and gives why, by path.
func problems(t *testing.T, text string) directory.Problems {
	t.Helper()
	d, err := directory.Read(strings.NewReader(text), now)
	if helpline.KindOf(err) != helpline.Invalid || d != nil {
		t.Fatalf("got %v and %v, want nothing and an error of kind invalid", d, err)
	}
	all, ok := errors.AsType[directory.Problems](err)
	if !ok {
		t.Fatalf("%v does not list problems", err)
	}
	return all
}
