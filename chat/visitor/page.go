package visitor

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

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
			Words: v.words, Title: v.words.T("title"), View: view,
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

// show renders a page whole and then sends it, so that a fault never yields
// half of one. That the reader has gone is no fault: a log of those would tell
// when somebody was here.
func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, c component) {
	var page bytes.Buffer
	if err := c.Render(context.WithoutCancel(r.Context()), &page); err != nil {
		s.o.Log.Error("render a page", "kind", string(helpline.Internal))
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		// Pages hold no secret and repeat nothing that was sent, so their
		// compressed length tells nothing.
		var small bytes.Buffer
		z := gzip.NewWriter(&small)
		if _, err := z.Write(page.Bytes()); err == nil && z.Close() == nil {
			h.Set("Content-Encoding", "gzip")
			page = small
		}
	}
	h.Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = page.WriteTo(w) // the reader has gone; there is nobody to tell
	}
}

// faults are the statuses that have a page of their own words.
var faults = []int{400, 401, 403, 404, 405, 413, 421, 429, 500, 503}

// Problem writes the page for a status of 400 or more: what happened, what to
// do next, and the lines. The edge uses it too.
func (s *Site) Problem(w http.ResponseWriter, r *http.Request, status int) {
	key := status
	if !slices.Contains(faults, key) {
		key = 400 // the nearest of its class
		if status >= 500 {
			key = 500
		}
	}
	v := s.visit(w, r, s.localeOf(r))
	name := "error." + strconv.Itoa(key)
	s.show(w, r, status, templates.FaultPage(templates.Fault{
		Page: s.page(v, "plain", ""), Heading: v.words.T(name + ".h"), Text: v.words.T(name + ".p"),
	}))
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
