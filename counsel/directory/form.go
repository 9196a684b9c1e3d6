package directory

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// form says whether a field of a kind is known, and how its text is checked.
// The check gives what is wrong, or nothing.
func form(kind, field string) (known bool, check func(c *checker, path, text string) string) {
	if all := choices[kind+"."+field]; all != nil {
		return true, func(_ *checker, _, text string) string {
			if slices.Contains(all, text) {
				return ""
			}
			return "is unknown: one of " + strings.Join(all, ", ")
		}
	}
	if target, ok := references[field]; ok {
		return true, func(c *checker, path, text string) string {
			id, err := ParseUUID(text)
			if err != nil {
				return "is not a UUID"
			}
			c.pending = append(c.pending, reference{path, target, id})
			return ""
		}
	}
	switch {
	case field == "id": // identity has looked at it
		return false, nil
	case listFields[field] != "", objectFields[field] != "", slices.Contains(numbers, field), slices.Contains(texts, field):
		return true, func(*checker, string, string) string { return "" }
	case slices.Contains(outward, field):
		return true, func(_ *checker, _, text string) string {
			if _, err := ParseUUID(text); err != nil {
				return "is not a UUID"
			}
			return ""
		}
	case slices.Contains(dates, field):
		return true, func(c *checker, _, text string) string {
			day, err := time.Parse(time.DateOnly, text)
			switch {
			case err != nil:
				return "is not a date: write it as 2026-11-22"
			case (field == "assured_date" || field == "last_action_date") && day.After(c.now):
				return "has not come yet"
			}
			return ""
		}
	case slices.Contains(times, field):
		return true, func(_ *checker, _, text string) string {
			for _, layout := range []string{"15:04:05", "15:04", "15:04:05Z07:00", "15:04Z07:00"} {
				if _, err := time.Parse(layout, text); err == nil {
					return ""
				}
			}
			return "is not a time of day: write it as 09:30:00"
		}
	case slices.Contains(instants, field):
		return true, func(_ *checker, _, text string) string {
			if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
				return "is not an instant: write it as 2026-11-22T09:30:00.000Z"
			}
			return ""
		}
	case slices.Contains(links, field):
		return true, func(_ *checker, _, text string) string {
			if u, err := url.Parse(text); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
				return "is not a whole web address: write it as https://example.org/page"
			}
			return ""
		}
	case slices.Contains(names, field):
		return true, func(_ *checker, _, text string) string {
			if u, err := url.Parse(text); err != nil || !u.IsAbs() {
				return "is not a whole address: it begins with a scheme such as https:"
			}
			return ""
		}
	case slices.Contains(mails, field):
		return true, func(_ *checker, _, text string) string {
			name, host, found := strings.Cut(text, "@")
			if !found || name == "" || !strings.Contains(strings.Trim(host, "."), ".") || strings.ContainsAny(text, " <>,;\"\t\n") || strings.Contains(host, "@") {
				return "is not a mail address"
			}
			return ""
		}
	}
	return false, nil
}
