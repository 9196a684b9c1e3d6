package visitor

import (
	"net/http"
	"slices"
	"strconv"

	"helpline"
	"helpline/chat/ticket"
	"helpline/templates"
)

// choice is what somebody has chosen on the way in. The doors and matters are
// numbers in addresses, which say nothing to who looks over a shoulder:
//
//	1 2 4 5         a door
//	3               the door for those under 18: its page asks once more
//	31 32 33, 30    what was answered there, and that nothing was
type choice struct {
	door   helpline.Audience
	matter helpline.Matter
	split  bool // the question is still open
}

// choiceAt reads a number of an address.
func choiceAt(said string) (choice, bool) {
	doors, matters := helpline.Audiences(), helpline.Matters()
	for i, a := range doors {
		if said == strconv.Itoa(i+1) {
			return choice{door: a, split: a == helpline.Young}, true
		}
	}
	for i, matter := range append([]helpline.Matter{""}, matters...) {
		if said == number(helpline.Young)+strconv.Itoa(i) {
			return choice{door: helpline.Young, matter: matter}, true
		}
	}
	return choice{}, false
}

// number is the number of a door.
func number(a helpline.Audience) string {
	return strconv.Itoa(slices.Index(helpline.Audiences(), a) + 1)
}

// address is the number of a door and matter. ask leads those under 18 who have
// not answered to the question; otherwise past it.
func address(a helpline.Audience, matter helpline.Matter, ask bool) string {
	door := number(a)
	switch {
	case a != helpline.Young || matter == "" && ask:
		return door
	case matter == "":
		return door + "0"
	}
	return door + strconv.Itoa(slices.Index(helpline.Matters(), matter)+1)
}

// Address is the number of a door in the address of the page that is read
// before a chat: BEFORE/NUMBER.
func Address(a helpline.Audience) string { return address(a, "", false) }

// intro is a word for who came through a door.
func (c choice) intro(v *visit) string {
	switch c.matter {
	case helpline.AboutSelf:
		return v.words.T("before.young.self")
	case helpline.AboutHarm:
		return v.words.T("before.young.done")
	case helpline.AboutOther:
		return v.words.T("before.young.other")
	}
	if c.door == helpline.Young {
		return ""
	}
	return v.words.T("before.door." + string(c.door))
}

// split asks those under 18 what it is about.
func (s *Site) split(v *visit) {
	p := templates.Split{
		Page: s.page(v, "before", "before/"+address(helpline.Young, "", true)),
		Skip: v.path("before/" + address(helpline.Young, "", false)), Read: v.path(readingAt(helpline.Young)),
		Lines: helpLines(s.o.Profile.NumbersOn(v.locale, helpline.Young, helpline.AboutHarm)),
	}
	for _, matter := range helpline.Matters() {
		p.Ways = append(p.Ways, templates.Link{
			Href: v.path("before/" + address(helpline.Young, matter, false)), Label: v.words.T("split." + string(matter)),
		})
	}
	s.show(v.w, v.r, http.StatusOK, templates.SplitPage(p))
}

// limits are what stays before a visitor's eyes in the conversation.
func (s *Site) limits(v *visit, t ticket.Ticket) templates.Limits {
	p := s.o.Profile.Promise(v.locale, t.Audience, s.o.Line.NoteDays)
	return templates.Limits{
		Line: p.Limit().Bold, Sentences: sentences(v, p),
		Version: v.words.T("limits.version", "version", int(t.Version)),
	}
}
