package directory

import (
	"slices"

	"helpline"
)

// The rules of HSDS 3.0, by the name of the field: a field means the same
// wherever it stands. Names that stand on none of these lists are kept as they
// are.
var (
	// listFields hold a list of objects of a kind, objectFields one object.
	listFields = map[string]string{
		"phones": "phone", "schedules": "schedule", "service_areas": "service_area", "service_at_locations": "service_at_location",
		"languages": "language", "funding": "funding", "cost_options": "cost_option", "required_documents": "required_document",
		"contacts": "contact", "attributes": "attribute", "metadata": "metadata", "locations": "location", "programs": "program",
		"organization_identifiers": "organization_identifier", "services": "service", "addresses": "address", "accessibility": "accessibility",
	}
	objectFields = map[string]string{
		"organization": "organization", "program": "program", "location": "location", "service": "service",
		"taxonomy_term": "taxonomy_term", "taxonomy_detail": "taxonomy",
	}

	// references name an object of a kind in the same file ("" is any kind).
	references = map[string]string{
		"organization_id": "organization", "service_id": "service", "location_id": "location", "program_id": "program", "phone_id": "phone",
		"contact_id": "contact", "service_at_location_id": "service_at_location", "taxonomy_term_id": "taxonomy_term", "taxonomy_id": "taxonomy",
		"link_id": "", "resource_id": "",
	}
	// outward name something that may stand in another directory.
	outward = []string{"parent_organization_id", "parent_id"}

	dates    = []string{"valid_from", "valid_to", "dtstart", "until", "assured_date", "last_action_date"}
	times    = []string{"opens_at", "closes_at"}
	instants = []string{"last_modified"}
	links    = []string{"url", "website", "schedule_link"}
	names    = []string{"uri", "term_uri"} // addresses that nobody follows
	mails    = []string{"email", "assurer_email"}
	numbers  = []string{
		"minimum_age", "maximum_age", "extension", "timezone", "count", "interval", "year_incorporated", "latitude", "longitude", "amount",
	}
	texts = []string{
		"name", "alternate_name", "description", "status", "interpretation_services", "application_process", "fees_description", "wait_time",
		"fees", "accreditations", "eligibility_description", "licenses", "alert", "number", "type", "code", "note", "byday", "byweekno",
		"bymonthday", "byyearday", "wkst", "freq", "attending_type", "notes", "extent", "extent_type", "title", "department", "location_type",
		"transportation", "external_identifier", "external_identifier_type", "attention", "address_1", "address_2", "city", "region",
		"state_province", "postal_code", "country", "address_type", "details", "tax_status", "tax_id", "legal_status", "logo", "source",
		"identifier_scheme", "identifier_type", "identifier", "option", "currency", "amount_description", "document", "link_type",
		"link_entity", "value", "taxonomy", "language", "version", "resource_type", "last_action_type", "field_name", "previous_value",
		"replacement_value", "updated_by",
	}
)

// required are the fields that an object of a kind must have; every kind has
// an id.
var required = map[string][]string{
	"service":                 {"name", "status"},
	"organization":            {"name", "description"},
	"program":                 {"name", "description"},
	"phone":                   {"number"},
	"location":                {"location_type"},
	"address":                 {"address_1", "city", "state_province", "postal_code", "country", "address_type"},
	"organization_identifier": {"identifier_type", "identifier"},
	"taxonomy":                {"name", "description"},
	"taxonomy_term":           {"name", "description"},
	"metadata":                {"last_action_date", "last_action_type", "field_name", "previous_value", "replacement_value", "updated_by"},
}

// mayBeEmpty are required fields whose empty text says something.
var mayBeEmpty = []string{"previous_value", "replacement_value", "state_province", "postal_code"}

// choices are the fields with a closed list of values.
var choices = map[string][]string{
	"service.status":         {"active", "inactive", "defunct", "temporarily closed"},
	"location.location_type": {"physical", "postal", "virtual"},
	"address.address_type":   {"physical", "postal", "virtual"},
	"schedule.wkst":          {"MO", "TU", "WE", "TH", "FR", "SA", "SU"},
	"schedule.freq":          {"WEEKLY", "MONTHLY"},
}

// Our own taxonomies.
const (
	taxDoor      = "helpline-door"
	taxAnonymity = "helpline-anonymity"
	taxModality  = "helpline-modality"
	taxCost      = "helpline-cost"
	taxWords     = "helpline-words"
	taxCheck     = "helpline-check"
)

// codesOf lists the codes of one of our taxonomies, nil for an unknown one.
func codesOf(taxonomy string) []string {
	switch taxonomy {
	case taxDoor:
		return plainTexts(helpline.Audiences())
	case taxAnonymity:
		return plainTexts(Anonymities())
	case taxModality:
		return plainTexts(Modes())
	case taxCost:
		return plainTexts(Costs())
	case taxWords:
		return []string{"first", "cost", "anonymity", "wait", "exclusion"}
	case taxCheck:
		return []string{"source", "checked-by", "checked-on"}
	}
	return nil
}

func plainTexts[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

// kindOf guesses what an entry at the top of a file is; empty when it is
// neither.
func kindOf(o map[string]any) string {
	has := func(fields ...string) bool {
		return slices.ContainsFunc(fields, func(f string) bool { _, ok := o[f]; return ok })
	}
	switch {
	case has("services"):
		return "organization"
	case has("status", "organization", "organization_id", "url", "application_process", "service_at_locations", "service_areas",
		"fees_description", "cost_options", "eligibility_description", "languages", "assured_date", "alert"):
		return "service"
	case has("id", "name", "description"):
		return "organization"
	}
	return ""
}
