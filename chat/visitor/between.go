package visitor

import (
	"net/http"
	"strings"

	"helpline/templates"
)

// inAnother is the step of a form that asks for the same page in another language:
// nothing is sent, and what was typed comes along.
const inAnother = "tongue"

// unsaid is what is said of words that were not sent yet: that something stands in
// them which cannot be, and not that something is missing.
func unsaid(problem string) string {
	if problem == "code" || problem == "text" {
		return problem
	}
	return ""
}

// scripted is an address that says what the form said: that a script is there, and
// so the page wipes itself when it is left.
func scripted(v *visit, to string) string {
	switch {
	case v.r.PostForm.Get("by") != "script":
		return to
	case strings.Contains(to, "?"):
		return to + "&by=script"
	}
	return to + "?by=script"
}

// fromElsewhere answers who comes to an own page from another site: the browser
// keeps the cookie back on such a way, so nobody can say here whether there is
// something to go on with. The page says that, and its button leads to the same
// address from a page of ours. False: it is somebody else, and nothing was answered.
func (s *Site) fromElsewhere(v *visit, rest string) bool {
	if v.r.Method != http.MethodGet || v.r.Header.Get("Sec-Fetch-Site") != "cross-site" {
		return false
	}
	s.show(v.w, v.r, http.StatusOK, templates.AwayPage(templates.Away{Page: s.page(v, "plain", rest), Here: v.path(rest)}))
	return true
}
