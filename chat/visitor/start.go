package visitor

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/gate"
	"helpline/chat/promise"
	"helpline/templates"
)

// door takes the choice on the front page: somebody who has a place goes back
// to it, anybody else reads the promise first.
func (s *Site) door(v *visit) {
	if s.resumes(v) {
		return
	}
	a, ok := s.chosen(v)
	if !ok {
		return
	}
	v.to("before/" + address(a.door, a.matter, true))
}

// resumes sends somebody whose contact is alive back to it and says whether
// the request has been answered.
func (s *Site) resumes(v *visit) bool {
	t, ok := s.ticket(v.r)
	if !ok {
		return false
	}
	t, err := s.o.Engine.Renew(v.r.Context(), t)
	if err == nil {
		err = s.keep(v.w, t)
	}
	switch helpline.KindOf(err) {
	case "":
		s.toTalk(v)
		return true
	case helpline.NotFound, helpline.Invalid:
		forget(v.w, v.r) // it has ended; the request goes on as a stranger's
		return false
	}
	s.refuse(v, "resume a contact", err)
	return true
}

// toTalk leads to the conversation: its page for those who have scripts, which
// say so in every form they send, or the one without.
func (s *Site) toTalk(v *visit) {
	if v.r.PostFormValue("by") == "script" {
		v.to("talk")
		return
	}
	v.to("talk/plain")
}

// chosen reads the door of a form; when there is none the request has been
// answered.
func (s *Site) chosen(v *visit) (choice, bool) {
	if !s.parsed(v) {
		return choice{}, false
	}
	a, err := helpline.ParseAudience(v.r.PostForm.Get("door"))
	matter, wrong := helpline.ParseMatter(v.r.PostForm.Get("matter"))
	if err != nil || wrong != nil || matter != "" && a != helpline.Young {
		s.Problem(v.w, v.r, http.StatusBadRequest)
		return choice{}, false
	}
	return choice{door: a, matter: matter}, true
}

// parsed reads the form of a request; when that cannot be done the request has
// been answered.
func (s *Site) parsed(v *visit) bool {
	err := v.r.ParseForm()
	if err == nil {
		return true
	}
	status := http.StatusBadRequest
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		status = http.StatusRequestEntityTooLarge
	}
	s.Problem(v.w, v.r, status)
	return false
}

// before shows the promise for a door.
func (s *Site) before(v *visit) {
	c, ok := choiceAt(v.r.PathValue("door"))
	if !ok {
		s.Problem(v.w, v.r, http.StatusNotFound)
		return
	}
	if c.split {
		s.split(v)
		return
	}
	a := c.door
	p := s.o.Profile.Promise(v.locale, a, s.o.Line.NoteDays)
	b := templates.Before{
		Page: s.page(v, "before", "before/"+v.r.PathValue("door")),
		Door: string(a), Matter: string(c.matter), Intro: c.intro(v), Read: v.path("read/" + address(a, "", true)),
		Version: strconv.Itoa(int(p.Version)), Checked: day(p.CheckedOn), Cleared: p.Cleared,
		Start: v.path("start"), Leaving: v.path("leaving"), Court: v.path("kept"),
		Lines: helpLines(s.o.Profile.NumbersOn(v.locale, a, c.matter)),
	}
	h := s.o.Hours.Now()
	switch state := s.state(h, v.locale); state {
	case "open", "first":
		b.Open = true
	default:
		b.Line = s.line(v, h, state, a)
	}
	b.Turn = s.turnAhead(v, c)
	b.Sentences = sentences(v, p)
	s.show(v.w, v.r, http.StatusOK, templates.BeforePage(b))
}

func sentences(v *visit, p promise.Promise) []templates.Sentence {
	var out []templates.Sentence
	for _, one := range p.Sentences {
		out = append(out, templates.Sentence{Bold: one.Bold, More: one.More, Source: source(v, one.Proof)})
	}
	return out
}

func source(v *visit, p promise.Proof) string {
	if p.Article == "" {
		return v.words.T("before.source.plain", "source", p.Source, "date", day(p.CheckedOn))
	}
	return v.words.T("before.source", "source", p.Source, "article", p.Article, "date", day(p.CheckedOn))
}

// day writes a date of a profile as people read it: 22-11-2026.
func day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2-1-2006")
}

// start begins a contact, after the promise has been read.
func (s *Site) start(v *visit) {
	_, shown := s.ticket(v.r)
	if s.resumes(v) {
		return
	}
	a, ok := s.chosen(v)
	if !ok {
		return
	}
	if v.r.PostForm.Get("version") != strconv.Itoa(int(s.o.Profile.Version)) {
		v.to("before/" + address(a.door, a.matter, false)) // it has changed since; read it again
		return
	}
	if shown && s.o.Begin != nil {
		// The ticket of an ended contact must not be a way to start for ever.
		if wait, ok := s.o.Begin(v.r.RemoteAddr); !ok {
			v.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
			s.Problem(v.w, v.r, http.StatusTooManyRequests)
			return
		}
	}
	arrival := chat.Arrival{Audience: a.door, Matter: a.matter, Locale: v.locale, Version: s.o.Profile.Version}
	if rate := v.r.RemoteAddr; rate != gate.Unknown { // the edge has put the rate key there
		arrival.Rate, arrival.Network = rate, gate.Network(rate)
	}
	if s.awaits(v, a, &arrival) {
		return
	}
	t, err := s.o.Engine.Arrive(v.r.Context(), arrival)
	if err == nil {
		err = s.keep(v.w, t)
	}
	switch {
	case err == nil:
		s.toTalk(v)
	case helpline.KindOf(err) != helpline.Unavailable:
		s.refuse(v, "start a contact", err)
	default:
		h := s.o.Hours.Now()
		s.show(v.w, v.r, http.StatusServiceUnavailable, templates.FrontPage(s.frontPage(v, h, s.refused(h, v.locale, err), a.door)))
	}
}
