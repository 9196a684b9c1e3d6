package directory

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"helpline"
)

// Checked gives the entry in which one of its services says that somebody has
// checked it on a day: assured_date, and the name under our own taxonomy.
// Everything else is as it was, though fields may stand in another order.
// NotFound when the entry has no such service, Invalid when by is no name.
func (e Entry) Checked(service helpline.ID, by string, on time.Time) (Entry, error) {
	const doing = "say that a provider was checked"
	by = strings.TrimSpace(by)
	if by == "" || badText(by) != "" {
		return Entry{}, helpline.Errorf(helpline.Invalid, "%s: a name is needed", doing)
	}
	root, problems := plant(e.JSON)
	o, _ := root.(map[string]any)
	if len(problems) > 0 || o == nil {
		return Entry{}, helpline.Errorf(helpline.Internal, "%s: entry %s cannot be read: import it again", doing, UUID(e.ID))
	}
	s := serviceIn(o, service)
	if s == nil {
		return Entry{}, helpline.Errorf(helpline.NotFound, "%s: it is not in the directory any more", doing)
	}
	s["assured_date"] = on.Format(time.DateOnly)
	signed(s, by)
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(o); err != nil {
		return Entry{}, helpline.Errorf(helpline.Internal, "%s: %w", doing, err)
	}
	d, err := Read(&text, on)
	if err != nil {
		return Entry{}, helpline.Errorf(helpline.Internal, "%s: the entry would not be right any more: %w", doing, err)
	}
	out := d.entries[0]
	out.Hidden = e.Hidden
	return out, nil
}

// serviceIn finds a service in an entry: the entry itself, or one of an
// organization's.
func serviceIn(o map[string]any, service helpline.ID) map[string]any {
	all := []map[string]any{o}
	if kindOf(o) == "organization" {
		all = objects(o, "services")
	}
	for _, s := range all {
		if id, err := ParseUUID(text(s, "id")); err == nil && id == service {
			return s
		}
	}
	return nil
}

// signed puts the name of whoever checked a service into its attributes.
func signed(s map[string]any, by string) {
	for _, a := range objects(s, "attributes") {
		term, _ := a["taxonomy_term"].(map[string]any)
		if text(term, "taxonomy") == taxCheck && text(term, "code") == "checked-by" {
			a["value"] = by
			return
		}
	}
	list, _ := s["attributes"].([]any)
	s["attributes"] = append(list, map[string]any{
		"id": UUID(helpline.NewID()), "link_entity": "service", "value": by,
		"taxonomy_term": map[string]any{
			"id": UUID(helpline.NewID()), "code": "checked-by", "name": "Checked by",
			"description": "Who of the line has checked the entry", "taxonomy": taxCheck,
		},
	})
}
