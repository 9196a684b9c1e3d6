package directory

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"helpline"
)

// region is how a region is written: a country, a part of one, or ANY.
var region = regexp.MustCompile(`^(ANY|[A-Z]{2}(-[A-Z0-9]{1,3})?)$`)

// view makes the desk's view of a service. organization is the one it stands
// in; nil when it carries its own.
func view(s, organization map[string]any) Provider {
	if organization == nil {
		organization, _ = s["organization"].(map[string]any)
	}
	id, _ := ParseUUID(text(s, "id"))
	p := Provider{
		ID: id, Name: text(s, "name"), Organization: text(organization, "name"), About: text(s, "description"), Status: text(s, "status"),
		Mail: text(s, "email"), URL: text(s, "url"), CheckedOn: Date(text(s, "assured_date")), CheckedBy: text(s, "assurer_email"),
		words: map[string]map[helpline.Locale][]string{},
		native: map[string]string{
			"first": text(s, "application_process"), "cost": text(s, "fees_description"), "wait": text(s, "wait_time"),
		},
	}
	if p.URL == "" {
		p.URL = text(organization, "website")
	}
	for _, l := range objects(s, "languages") {
		if code := strings.ToLower(text(l, "code")); code != "" && !slices.Contains(p.Languages, code) {
			p.Languages = append(p.Languages, code)
		}
	}
	for _, phone := range objects(s, "phones") {
		extension, _ := phone["extension"].(json.Number)
		p.Phones = append(p.Phones, Phone{text(phone, "number"), extension.String(), text(phone, "description")})
	}
	p.Regions = regions(s)
	for _, a := range objects(s, "attributes") {
		p.tag(a)
	}
	return p
}

// tag reads an attribute of our own taxonomies.
func (p *Provider) tag(a map[string]any) {
	term, _ := a["taxonomy_term"].(map[string]any)
	code, value := text(term, "code"), strings.TrimSpace(text(a, "value"))
	switch text(term, "taxonomy") {
	case taxDoor:
		p.Doors = once(p.Doors, helpline.Audience(code))
	case taxAnonymity:
		p.Anonymity = once(p.Anonymity, Anonymity(code))
	case taxModality:
		p.Modes = once(p.Modes, Mode(code))
	case taxCost:
		p.Cost = Cost(code)
	case taxWords:
		if p.words[code] == nil {
			p.words[code] = map[helpline.Locale][]string{}
		}
		l := helpline.Locale(text(term, "language"))
		p.words[code][l] = append(p.words[code][l], value)
	case taxCheck:
		switch code {
		case "source":
			p.Sources = once(p.Sources, value)
		case "checked-by":
			p.CheckedBy = value
		case "checked-on":
			if p.CheckedOn == "" { // a whole day in assured_date says more
				p.CheckedOn = Date(value)
			}
		}
	}
}

func once[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// regions are where a service is offered: what its service areas say, else the
// countries of its places.
func regions(s map[string]any) []string {
	var out []string
	for _, area := range objects(s, "service_areas") {
		if extent := text(area, "extent"); text(area, "extent_type") == "text" && region.MatchString(extent) {
			out = once(out, extent)
		}
	}
	if out != nil {
		return out
	}
	for _, at := range objects(s, "service_at_locations") {
		location, _ := at["location"].(map[string]any)
		for _, address := range objects(location, "addresses") {
			if country := text(address, "country"); region.MatchString(country) {
				out = once(out, country)
			}
		}
	}
	return out
}

// text is a text field, empty when it is not there.
func text(o map[string]any, field string) string {
	s, _ := o[field].(string)
	return s
}

// objects are the objects of a list field.
func objects(o map[string]any, field string) []map[string]any {
	list, _ := o[field].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, one := range list {
		if object, ok := one.(map[string]any); ok {
			out = append(out, object)
		}
	}
	return out
}
