package directory

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"helpline"
)

// checker walks the entries of a file by the rules.
type checker struct {
	now      time.Time
	problems Problems
	seen     map[helpline.ID]sight
	pending  []reference
}

// sight is where an identifier was met first.
type sight struct {
	kind, path string
	object     map[string]any
}

// reference is a field that names an object, which may come later in the file.
type reference struct {
	path, kind string
	id         helpline.ID
}

func (c *checker) fault(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{path, fmt.Sprintf(format, args...)})
}

// object checks one object of a kind and what stands in it.
func (c *checker) object(kind, path string, o map[string]any) {
	c.identity(kind, path, o)
	for _, field := range required[kind] {
		switch text, isText := o[field].(string); {
		case o[field] == nil:
			c.fault(join(path, field), "is missing: every %s has one", kind)
		case isText && strings.TrimSpace(text) == "" && !slices.Contains(mayBeEmpty, field):
			c.fault(join(path, field), "is empty: every %s has one", kind)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(o)) {
		c.field(kind, field, join(path, field), o[field])
	}
	c.together(kind, path, o)
}

// identity checks the id of an object. An object may be repeated wherever it
// belongs, and then says the same everywhere.
func (c *checker) identity(kind, path string, o map[string]any) {
	at := join(path, "id")
	text, isText := o["id"].(string)
	if o["id"] == nil {
		c.fault(at, "is missing: every %s has one", kind)
		return
	}
	id, err := ParseUUID(text)
	if !isText || err != nil {
		c.fault(at, "is not a UUID, such as 0f1e2d3c-4b5a-4968-8776-655443322110")
		return
	}
	first, twice := c.seen[id]
	if !twice {
		c.seen[id] = sight{kind, path, o}
		return
	}
	if first.kind != kind {
		c.fault(at, "is also the id of a %s at %s: give one of them another", first.kind, first.path)
		return
	}
	for _, field := range slices.Sorted(maps.Keys(o)) {
		if a, b := o[field], first.object[field]; plain(a) && plain(b) && a != b {
			c.fault(join(path, field), "says something else than the same %s at %s: make them equal, or give one of them another id", kind, first.path)
		}
	}
}

// plain says whether a value stands for itself.
func plain(v any) bool {
	switch v.(type) {
	case string, json.Number, bool:
		return true
	}
	return false
}

// field checks one field of an object of a kind.
func (c *checker) field(kind, field, path string, v any) {
	known, checks := form(kind, field)
	if text, isText := v.(string); isText || !known {
		c.characters(path, v)
		if known && badText(text) != "" {
			return
		}
	}
	if !known {
		return
	}
	if v == nil {
		c.fault(path, "is null: leave the field out instead")
		return
	}
	switch {
	case listFields[field] != "":
		c.list(listFields[field], path, v)
	case objectFields[field] != "":
		if o, ok := v.(map[string]any); ok {
			c.object(objectFields[field], path, o)
		} else {
			c.fault(path, "must be an object")
		}
	case slices.Contains(numbers, field):
		if _, ok := v.(json.Number); !ok {
			c.fault(path, "must be a number, without quotes")
		}
	default:
		text, ok := v.(string)
		if !ok {
			c.fault(path, "must be a text in quotes")
			return
		}
		if what := checks(c, path, text); what != "" {
			c.fault(path, "%s", what)
		}
	}
}

// list checks a list of objects of a kind, none of which stands there twice.
func (c *checker) list(kind, path string, v any) {
	list, ok := v.([]any)
	if !ok {
		c.fault(path, "must be a list")
		return
	}
	at := map[helpline.ID]int{}
	for i, one := range list {
		o, ok := one.(map[string]any)
		if !ok {
			c.fault(item(path, i), "must be an object")
			continue
		}
		if text, _ := o["id"].(string); text != "" {
			if id, err := ParseUUID(text); err == nil {
				if before, twice := at[id]; twice {
					c.fault(join(item(path, i), "id"), "stands twice in this list, first at %s: give one of them another id or take it out", item(path, before))
					continue
				}
				at[id] = i
			}
		}
		c.object(kind, item(path, i), o)
	}
}

// characters checks the characters of every text in a value.
func (c *checker) characters(path string, v any) {
	switch v := v.(type) {
	case string:
		if what := badText(v); what != "" {
			c.fault(path, "%s", what)
		}
	case []any:
		for i, one := range v {
			c.characters(item(path, i), one)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			c.characters(join(path, key), v[key])
		}
	}
}

// resolve checks the references once the whole file is known.
func (c *checker) resolve() {
	for _, r := range c.pending {
		target, found := c.seen[r.id]
		switch {
		case !found && r.kind == "":
			c.fault(r.path, "names an id that does not stand in the file")
		case !found:
			c.fault(r.path, "names a %s that does not stand in the file: add it, or leave the field out", r.kind)
		case r.kind != "" && target.kind != r.kind:
			c.fault(r.path, "must be the id of the kind %s, and is that of a %s at %s", r.kind, target.kind, target.path)
		}
	}
}

// together checks what no field can see alone.
func (c *checker) together(kind, path string, o map[string]any) {
	from, _ := o["valid_from"].(string)
	to, _ := o["valid_to"].(string)
	if len(from) == 10 && len(to) == 10 && from > to {
		c.fault(join(path, "valid_to"), "lies before valid_from")
	}
	least, _ := o["minimum_age"].(json.Number)
	most, _ := o["maximum_age"].(json.Number)
	if a, err := least.Float64(); err == nil {
		if b, err := most.Float64(); err == nil && a > b {
			c.fault(join(path, "maximum_age"), "is below minimum_age")
		}
	}
	if kind == "attribute" {
		c.tag(path, o)
	}
}

// tag checks an attribute of our own taxonomies.
func (c *checker) tag(path string, o map[string]any) {
	term, _ := o["taxonomy_term"].(map[string]any)
	taxonomy, _ := term["taxonomy"].(string)
	if !strings.HasPrefix(taxonomy, "helpline-") {
		return
	}
	codes := codesOf(taxonomy)
	if codes == nil {
		c.fault(join(path, "taxonomy_term.taxonomy"), "is no taxonomy of ours: one of helpline-door, -anonymity, -modality, -cost, -words, -check")
		return
	}
	code, _ := term["code"].(string)
	if !slices.Contains(codes, code) {
		c.fault(join(path, "taxonomy_term.code"), "is unknown: one of %s", strings.Join(codes, ", "))
		return
	}
	value, _ := o["value"].(string)
	language, _ := term["language"].(string)
	_, noLocale := helpline.ParseLocale(language)
	switch {
	case taxonomy != taxWords && taxonomy != taxCheck:
	case strings.TrimSpace(value) == "":
		c.fault(join(path, "value"), "is missing: it says the %s", code)
	case taxonomy == taxWords && noLocale != nil:
		c.fault(join(path, "taxonomy_term.language"), "must be the language of the value: one of en, nl, nl-BE, fr, de")
	case code == "checked-on":
		if start, ok := Date(value).Start(); !ok || start.After(c.now) {
			c.fault(join(path, "value"), "must be a day, a month or a year that has come, such as 2026-11-22, 2026-11 or 2026")
		}
	}
}
