package visitor

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"helpline"
	"helpline/chat/promise"
	"helpline/templates"
)

// toRead adds the pages that can be read: something that helps for each door,
// and what the line says of itself. Their words are dull: they stand in the
// history of the browser.
func (s *Site) toRead(add func(method, rest string, policy helpline.Policy, next func(*visit))) {
	add("GET", "/read/{door}", helpline.Anyone, s.read)
	add("GET", "/about", helpline.Anyone, s.about)
	add("GET", "/privacy", helpline.Anyone, s.privacy)
	add("GET", "/access", helpline.Anyone, s.access)
	add("GET", "/remarks", helpline.Anyone, s.remarks)
}

// readingAt is the address of what helps behind a door.
func readingAt(a helpline.Audience) string { return "read/" + address(a, "", true) }

// about links what the line says of itself.
func about(v *visit) []templates.Link {
	var out []templates.Link
	for _, name := range []string{"about", "privacy", "access", "remarks"} {
		out = append(out, templates.Link{Href: v.path(name), Label: v.words.T("foot." + name)})
	}
	return out
}

// read shows what helps behind a door.
func (s *Site) read(v *visit) {
	c, ok := choiceAt(v.r.PathValue("door"))
	if !ok || len(v.r.PathValue("door")) > 1 {
		s.Problem(v.w, v.r, http.StatusNotFound)
		return
	}
	a := s.article(v, readingAt(c.door), "read."+string(c.door))
	a.Lines = helpLines(s.o.Profile.NumbersOn(v.locale, c.door, helpline.AboutHarm))
	switch c.door {
	case helpline.Self:
		add(a.Parts, 2, s.fact(v, promise.Treatment))
	case helpline.Relative:
		add(a.Parts, 1, s.fact(v, promise.Hotline))
	case helpline.Professional:
		add(a.Parts, 2, s.fact(v, promise.Treatment))
	}
	if s.o.Hours.Now().Open {
		a.Action, a.Door = v.path("door"), string(c.door)
	}
	s.show(v.w, v.r, http.StatusOK, templates.ArticlePage(a))
}

func add(parts []templates.Part, at int, text string) {
	parts[at].Texts = append(parts[at].Texts, text)
}

func (s *Site) fact(v *visit, id string) string { return s.o.Profile.Fact(v.locale, id).Text }

// about says who runs the line.
func (s *Site) about(v *visit) {
	a := s.article(v, "about", "about")
	a.Parts[0].Own = s.said(s.o.Line.Says.Organisation, s.o.Line.Says.Contact)
	a.Parts[2].Own = s.network()
	s.show(v.w, v.r, http.StatusOK, templates.ArticlePage(a))
}

// privacy is the privacy notice, made of the settings and the profile.
func (s *Site) privacy(v *visit) {
	a := s.article(v, "privacy", "privacy", "days", s.o.Line.NoteDays)
	a.Parts[0].Own = s.said(s.o.Line.Says.Organisation, s.o.Line.Says.Contact)
	a.Parts[2].Own = s.said(s.o.Line.Says.Ground)
	a.Parts[3].Own = s.network()
	add(a.Parts, 5, s.fact(v, promise.Authority))
	a.Links = []templates.Link{{Href: v.path("kept"), Label: v.words.T("privacy.point")}}
	s.show(v.w, v.r, http.StatusOK, templates.ArticlePage(a))
}

// access is the accessibility statement.
func (s *Site) access(v *visit) {
	a := s.article(v, "access", "access")
	a.Links = []templates.Link{{Href: v.path("remarks"), Label: v.words.T("foot.remarks")}}
	s.show(v.w, v.r, http.StatusOK, templates.ArticlePage(a))
}

// remarks says who hears that something was not right, inside and outside.
func (s *Site) remarks(v *visit) {
	a := s.article(v, "remarks", "remarks")
	if s.offers(v, "wrong") {
		a.Links = []templates.Link{{Href: v.path("wrong"), Label: v.words.T("remarks.write")}}
	} else {
		add(a.Parts, 0, v.words.T("remarks.chat"))
	}
	a.Parts[1].Own = s.said(s.o.Line.Says.Outside)
	add(a.Parts, 1, s.fact(v, promise.Authority))
	s.show(v.w, v.r, http.StatusOK, templates.ArticlePage(a))
}

// offers says whether there is a page of that name.
func (s *Site) offers(v *visit, name string) bool {
	return slices.ContainsFunc(s.Routes(), func(r helpline.Route) bool {
		return r.Method == http.MethodGet && r.Pattern == v.path(name)
	})
}

// article makes a page of the words under a name, with the version and date of
// what it rests on.
func (s *Site) article(v *visit, rest, name string, args ...any) templates.Article {
	return templates.Article{
		Page: s.page(v, "plain", rest), Heading: v.words.T(name + ".h"), Lead: v.words.T(name + ".lead"),
		Parts:   sections(v, name, args...),
		Version: v.words.T("article.version", "version", int(s.o.Profile.Version), "date", day(s.o.Profile.CheckedOn)),
	}
}

// sections are the numbered sections under a name: NAME.1.h, NAME.1.1, NAME.1.2.
func sections(v *visit, name string, args ...any) []templates.Part {
	var out []templates.Part
	for i := 1; v.words.Has(name + "." + strconv.Itoa(i) + ".h"); i++ {
		section := name + "." + strconv.Itoa(i) + "."
		p := templates.Part{Heading: v.words.T(section + "h")}
		for j := 1; v.words.Has(section + strconv.Itoa(j)); j++ {
			p.Texts = append(p.Texts, v.words.T(section+strconv.Itoa(j), args...))
		}
		out = append(out, p)
	}
	return out
}

// network is what the organisation says that others keep: the host, and what
// stands in front of it. What it has not said of one of them is not passed over.
func (s *Site) network() []templates.OwnWord {
	host, proxy := s.o.Line.Says.Host, s.o.Line.Says.Proxy
	if host == "" && proxy == "" {
		return s.said()
	}
	return append(s.said(host), s.said(proxy)...)
}

// said is the organisation's own word on something; nothing of it is made up.
func (s *Site) said(words ...string) []templates.OwnWord {
	one := templates.OwnWord{Lang: string(s.o.Line.Locales[0])}
	for _, text := range words {
		if text = strings.TrimSpace(text); text != "" {
			one.Text = append(one.Text, text)
		}
	}
	return []templates.OwnWord{one}
}
