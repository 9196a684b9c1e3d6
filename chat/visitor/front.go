package visitor

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/chat/promise"
	"helpline/templates"
	"helpline/templates/i18n"
)

// front shows the front page: open, or why not and what next.
func (s *Site) front(v *visit) {
	h := s.o.Hours.Now()
	s.show(v.w, v.r, http.StatusOK, templates.FrontPage(s.frontPage(v, h, s.state(h, v.locale), "")))
}

func (s *Site) frontPage(v *visit, h helpline.Hours, state string, door helpline.Audience) templates.Front {
	f := templates.Front{
		Page: s.page(v, "front", ""), State: state, Line: s.line(v, h, state, door),
		Action: v.path("door"), Leaving: v.path("leaving"),
	}
	if s.writes() {
		f.Back = v.path("back")
	}
	if state == "open" {
		f.Open, f.Status = s.openUntil(v, h), v.words.T("front.open")
		if f.Open != nil {
			f.Status = ""
		}
		if band := s.o.Engine.Estimate().Band; band >= 1 && band <= 3 {
			f.Status = strings.TrimSpace(f.Status + " " + v.words.T("front.band."+strconv.Itoa(band)))
		}
	}
	for _, a := range helpline.Audiences() {
		f.Doors = append(f.Doors, templates.Door{Value: string(a), Label: v.words.T("door." + string(a))})
		f.Read = append(f.Read, templates.Link{Href: v.path(readingAt(a)), Label: v.words.T("door." + string(a))})
	}
	return f
}

// clock is a time of day in words.
func clock(w i18n.Words, t time.Time) string {
	return w.T("time.clock", "hour", t.Format("15"), "minute", t.Format("04"))
}

// moment is a weekday and a time of day.
func moment(w i18n.Words, t time.Time) string {
	return w.T("time.day", "day", w.T("day."+strconv.Itoa(int(t.Weekday()))), "time", clock(w, t))
}

// distance is how many days it is to then, counted in nights.
func distance(w i18n.Words, now, then time.Time) string {
	switch days := int(midnight(then).Sub(midnight(now)).Hours()+12) / 24; {
	case days <= 0:
		return w.T("time.today")
	case days == 1:
		return w.T("time.tomorrow")
	default:
		return w.N("time.days", days)
	}
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// court tells what a court could ask of this line.
func (s *Site) court(v *visit) {
	c, err := promise.CourtFor(v.locale, promise.Days{
		Note: s.o.Line.NoteDays, Copy: s.o.CopyDays, Letter: s.o.Kept.Letters, Unanswered: s.o.Kept.Unanswered, CodeMonths: s.o.Kept.Months(),
	})
	if err != nil {
		s.refuse(v, "tell what a court could ask", err)
		return
	}
	out := templates.Court{
		Page: s.page(v, "plain", "kept"), Lang: string(v.locale), Heading: c.Heading, Lead: c.Lead,
		Have: c.Have, Lack: c.Lack, Later: c.Later, Who: c.Who, Goes: c.Goes,
		Never: c.Never, Orders: c.Orders, Back: c.Back, Promise: v.path("before/1"),
	}
	for _, k := range c.Kept {
		out.Kept = append(out.Kept, templates.Kept(k))
	}
	s.show(v.w, v.r, http.StatusOK, templates.CourtPage(out))
}

// leaving tells what a browser remembers.
func (s *Site) leaving(v *visit) {
	s.show(v.w, v.r, http.StatusOK, templates.LeavingPage(templates.Leaving{
		Page: s.page(v, "plain", "leaving"), TabTitle: s.title(v),
	}))
}
