package directory

import (
	"cmp"
	"slices"
	"strings"

	"helpline"
)

// Query narrows the directory. Empty fields ask nothing. A provider of which
// nobody knows what a field asks is not found by it, but for door and language:
// there it comes after those that are known to fit, because unknown is not no.
type Query struct {
	Door      helpline.Audience
	Region    string // NL, BE, BE-VLG; a country finds its parts, a part its country, and all find ANY
	Language  string // nl; nl-BE asks the same
	Cost      Cost
	Anonymity Anonymity
	Mode      Mode
	Text      string // words that all stand somewhere in the entry, whatever their case and accents
}

// Index answers queries over a list of providers. It is safe for concurrent
// use.
type Index struct{ rows []*row }

type row struct {
	provider Provider
	folded   string // all its words
	name     string // folded, for the order
	title    string // name and organization, folded
}

// NewIndex prepares a list of providers for queries.
func NewIndex(all []Provider) *Index {
	x := &Index{rows: make([]*row, 0, len(all))}
	for _, p := range all {
		words := []string{p.Name, p.Organization, p.About, p.Mail, p.URL}
		for _, code := range codesOf(taxWords) {
			words = append(words, p.native[code])
			for _, l := range helpline.Locales() {
				words = append(words, p.words[code][l]...)
			}
		}
		for _, phone := range p.Phones {
			words = append(words, phone.Number)
		}
		for i, text := range words {
			words[i] = fold(text)
		}
		x.rows = append(x.rows, &row{p, strings.Join(words, "\n"), words[0], words[0] + "\n" + words[1]})
	}
	slices.SortStableFunc(x.rows, func(a, b *row) int {
		return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(a.name, b.name), slices.Compare(a.provider.ID[:], b.provider.ID[:]))
	})
	return x
}

// far puts those who take people from anywhere behind those of a place.
func far(r *row) int {
	if slices.Contains(r.provider.Regions, Anywhere) {
		return 1
	}
	return 0
}

// Find gives the providers that fit: those that are called what was asked for
// before those that only speak of it, the known before the unsure, those of a
// place before those of anywhere, each by name. The same directory gives the
// same order however it was read.
func (x *Index) Find(q Query) []Provider {
	language, _, _ := strings.Cut(strings.ToLower(q.Language), "-")
	words := strings.Fields(fold(q.Text))
	var called, out, unsure []Provider
	for i := range x.rows {
		p := &x.rows[i].provider
		if q.Door != "" && len(p.Doors) > 0 && !slices.Contains(p.Doors, q.Door) ||
			q.Cost != "" && p.Cost != q.Cost ||
			q.Anonymity != "" && !slices.Contains(p.Anonymity, q.Anonymity) ||
			q.Mode != "" && !slices.Contains(p.Modes, q.Mode) ||
			language != "" && len(p.Languages) > 0 && !speaks(p.Languages, language) ||
			q.Region != "" && !covers(p.Regions, q.Region) ||
			slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(x.rows[i].folded, w) }) {
			continue
		}
		switch {
		case len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(x.rows[i].title, w) }):
			called = append(called, *p)
		case q.Door != "" && len(p.Doors) == 0 || language != "" && len(p.Languages) == 0:
			unsure = append(unsure, *p)
		default:
			out = append(out, *p)
		}
	}
	return slices.Concat(called, out, unsure)
}

// Provider finds one by its id; NotFound when the directory does not have it.
func (x *Index) Provider(id helpline.ID) (Provider, error) {
	for i := range x.rows {
		if x.rows[i].provider.ID == id {
			return x.rows[i].provider, nil
		}
	}
	return Provider{}, helpline.Errorf(helpline.NotFound, "the provider is not in the directory any more: search again")
}

func speaks(languages []string, base string) bool {
	return slices.ContainsFunc(languages, func(l string) bool {
		l, _, _ = strings.Cut(l, "-")
		return l == base
	})
}

func covers(regions []string, asked string) bool {
	return slices.ContainsFunc(regions, func(r string) bool {
		return r == Anywhere || r == asked || strings.HasPrefix(r, asked+"-") || strings.HasPrefix(asked, r+"-")
	})
}
