package visitor

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"helpline"
)

// preferred reads Accept-Language. nl-NL finds nl, and nl-BE finds nl where
// the line has no Flemish.
func (s *Site) preferred(r *http.Request) helpline.Locale {
	offered := s.o.Line.Locales
	type wish struct {
		tag   string
		value float64
	}
	var wishes []wish
	header := r.Header.Get("Accept-Language")
	if len(header) > 500 {
		header = header[:500]
	}
	for part := range strings.SplitSeq(header, ",") {
		tag, rest, _ := strings.Cut(strings.TrimSpace(part), ";")
		value := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(rest), "q="); ok {
			parsed, err := strconv.ParseFloat(q, 64)
			if err != nil {
				continue
			}
			value = parsed
		}
		if tag != "" && value > 0 {
			wishes = append(wishes, wish{tag, value})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int {
		switch {
		case a.value > b.value:
			return -1
		case a.value < b.value:
			return 1
		}
		return 0
	})
	for _, w := range wishes {
		base, _, _ := strings.Cut(w.tag, "-")
		for _, want := range []string{w.tag, base} {
			if i := slices.IndexFunc(offered, func(l helpline.Locale) bool { return strings.EqualFold(string(l), want) }); i >= 0 {
				return offered[i]
			}
		}
	}
	return offered[0]
}

// localeOf guesses the language for an answer outside the routes: the one in
// the address if it is offered, otherwise what the browser asks for.
func (s *Site) localeOf(r *http.Request) helpline.Locale {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if slices.Contains(s.o.Line.Locales, helpline.Locale(first)) {
		return helpline.Locale(first)
	}
	return s.preferred(r)
}
