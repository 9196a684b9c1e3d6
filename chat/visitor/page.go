package visitor

import (
	"cmp"
	"context"
	"io"
	"net/http"

	"helpline"
	"helpline/chat/promise"
	"helpline/templates"
)

// component is what templates give: it writes itself.
type component interface {
	Render(context.Context, io.Writer) error
}

// page builds the frame of a page. rest is its address behind the language,
// for the language switch; a page that only a POST reaches gives "".
func (s *Site) page(v *visit, view, rest string) templates.Page {
	p := templates.Page{
		Shell: templates.Shell{
			Words: v.words, Title: s.title(v), Icon: s.o.Line.Icon, View: view,
			Scripts: []string{"js/visitor.js"},
			Data: []templates.Datum{
				{Name: "home", Value: v.path("")},
				{Name: "leave", Value: v.path("leave")},
				{Name: "neutral", Value: s.o.Line.NeutralURL},
			},
		},
		Name:  s.o.Line.Name,
		Home:  v.path(""),
		Leave: v.path("leave"),
		Lines: helpLines(s.o.Profile.Numbers(v.locale)),
		About: about(v),
	}
	if s.o.Notice != nil {
		p.Notice = s.o.Notice(v.locale)
	}
	for _, l := range s.o.Line.Locales {
		w := s.o.Words.In(l)
		p.Tongues = append(p.Tongues, templates.Tongue{
			Name: w.T("language.name"), Lang: string(l), Href: "/" + string(l) + "/" + rest, Here: l == v.locale,
		})
	}
	return p
}

// title is what stands in the tab: dull, the same on every page, never counting.
func (s *Site) title(v *visit) string { return cmp.Or(s.o.Line.Title, v.words.T("title")) }

func helpLines(numbers []promise.Number) []templates.HelpLine {
	var out []templates.HelpLine
	for _, n := range numbers {
		l := templates.HelpLine{When: n.When, Number: n.Number, Note: n.Note}
		if n.Tel != "" {
			l.Tel = "tel:" + n.Tel
		}
		out = append(out, l)
	}
	return out
}

// refuse answers an error by its kind.
func (s *Site) refuse(v *visit, doing string, err error) {
	kind := helpline.KindOf(err)
	status := http.StatusInternalServerError
	switch kind {
	case helpline.Invalid:
		status = http.StatusBadRequest
	case helpline.NotFound:
		status = http.StatusNotFound
	case helpline.Forbidden:
		status = http.StatusForbidden
	case helpline.Unavailable:
		status = http.StatusServiceUnavailable
	case helpline.Conflict, helpline.Internal:
		s.o.Log.Error(doing, "kind", string(kind))
	}
	s.Problem(v.w, v.r, status)
}
