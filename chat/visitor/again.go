package visitor

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"helpline"
	"helpline/chat/link"
	"helpline/templates"
)

// carried are the fields of our forms that go along when a form is given back. A
// value is digits and letters and shorter than a return code: none comes back.
var carried = []string{"form", "version", "door", "urgent", "begun", "page", "id", "after", "got"}

var carriable = regexp.MustCompile(`^[A-Za-z0-9_-]{1,26}$`)

// Again answers a form that was not let in, or could not be handled, with the words
// that were typed into it and a button that sends them again; false when no words
// of a visitor stand in the request, or a script keeps them. The edge asks it
// before it shows a page of a fault: that page would take the words away.
func (s *Site) Again(w http.ResponseWriter, r *http.Request, status int) bool {
	if r.Method != http.MethodPost {
		return false
	}
	l := s.localeOf(r)
	rest, ok := strings.CutPrefix(r.URL.Path, "/"+string(l)+"/")
	frame := strings.HasPrefix(rest, "talk/write/")
	if !ok || !frame && rest != "write" && rest != "wrong" && rest != "thread" && rest != "talk/plain" {
		return false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxLetter)
	if r.ParseForm() != nil || r.PostForm.Get("script") != "" {
		return false
	}
	text := link.Clean(strings.ToValidUTF8(r.PostForm.Get("text"), ""))
	if strings.TrimSpace(text) == "" {
		return false
	}
	v := s.visit(w, r, l)
	problem := ""
	a := templates.Unlet{
		Page: s.page(v, "plain", ""), Action: r.URL.Path, Text: withoutCode(text, &problem), Frame: frame,
		Heading: v.words.T("error." + strconv.Itoa(status) + ".h"), Why: v.words.T("error." + strconv.Itoa(status) + ".p"),
	}
	a.Tongues = nil // the words would not come along
	if frame {
		a.Styles = []string{"css/app.css", "css/bare.css"}
	}
	for _, name := range carried {
		if value := r.PostForm.Get(name); carriable.MatchString(value) {
			a.Hidden = append(a.Hidden, templates.Datum{Name: name, Value: value})
		}
	}
	if frame || rest == "talk/plain" {
		a.Hidden = append(a.Hidden, templates.Datum{Name: "do", Value: "say"})
	}
	if a.Hidden == nil {
		a.Hidden = []templates.Datum{{Name: "form", Value: helpline.NewID().String()}}
	}
	s.show(w, r, status, templates.UnletPage(a))
	return true
}
