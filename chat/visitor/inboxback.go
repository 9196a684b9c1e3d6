package visitor

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/templates"
)

// back asks for a code and for nothing else.
func (s *Site) back(v *visit) {
	e := templates.Enter{Page: s.inboxPage(v, "back"), Action: v.path("back"), Write: v.path("write")}
	why := v.r.URL.Query().Get("why")
	place, err := strconv.Atoi(v.r.URL.Query().Get("at"))
	switch {
	case why == "again":
		e.Again = v.words.T("back.again")
	case why == "unknown" && err == nil && place >= 1 && place <= 6:
		e.Problem = v.words.T("back.problem.group", "n", strconv.Itoa(place))
	case why == "number", why == "check", why == "none", why == "busy", why == "unsure":
		e.Problem = v.words.T("back.problem." + why)
	}
	s.show(v.w, v.r, http.StatusOK, templates.EnterPage(e))
}

// enter weighs a code. Every answer is a redirect: a form that was answered with
// a page stays in the browser, with the code in it.
func (s *Site) enter(v *visit) {
	if v.r.ParseForm() != nil {
		v.to("back?why=number")
		return
	}
	key, err := s.o.Inbox.Enter(v.r.Context(), v.r.RemoteAddr, v.r.PostForm.Get("typed"))
	if err != nil {
		s.turnedAway(v, err)
		return
	}
	s.openings.end(v.r)
	token, _, ok := s.openings.begin(key, "", s.o.Now())
	if !ok {
		v.to("back?why=busy")
		return
	}
	http.SetCookie(v.w, cookie(openCookie, token, 0))
	v.to(scripted(v, "thread"))
}

func (s *Site) turnedAway(v *visit, err error) {
	slip, slipped := errors.AsType[helpline.Slip](err)
	switch {
	case slipped && slip.What == "unknown":
		v.to("back?why=unknown&at=" + strconv.Itoa(slip.At))
	case slipped && slip.What == "check":
		v.to("back?why=check")
	case slipped:
		v.to("back?why=number")
	case helpline.KindOf(err) == helpline.NotFound:
		v.to("back?why=none")
	case errors.Is(err, helpline.ErrUnsure):
		v.to("back?why=unsure")
	case helpline.KindOf(err) == helpline.Unavailable:
		v.to("back?why=busy")
	default:
		s.refuse(v, "weigh a code", err)
	}
}

// thread shows what stands behind a code, once: whoever loads the page again, or
// finds it in the history, is asked for the code. Without scripts it answers a
// button, like the page of a code and for the same reason.
func (s *Site) thread(v *visit) {
	o, ok := s.openings.of(v.r, s.o.Now(), func(o *opening) bool { return o.unseen && !o.code && !o.erased })
	if !ok {
		if !s.fromElsewhere(v, "thread") {
			v.to("back?why=again")
		}
		return
	}
	done := ""
	if v.r.URL.Query().Get("done") == "1" {
		done = v.words.T("letters.sent")
	}
	if v.r.URL.Query().Get("by") != "script" {
		s.show(v.w, v.r, http.StatusOK, templates.LettersReadyPage(templates.Letters{
			Page: s.inboxPage(v, "thread"), Mark: o.page, Done: done, Add: templates.LetterForm{Action: v.path("thread")},
		}))
		return
	}
	s.lettersPage(v, http.StatusOK, o, templates.Letters{Done: done})
}

// lettersPage opens the thread and shows it with a fresh mark. p brings what is
// not of the thread: words that are still to be sent, and what is wrong.
func (s *Site) lettersPage(v *visit, status int, o opened, p templates.Letters) {
	t, err := s.o.Inbox.Read(v.r.Context(), o.key)
	if err != nil {
		s.gone(v, err)
		return
	}
	mark := rand.Text()
	s.openings.change(v.r, func(o *opening) { o.unseen, o.page, o.last, o.shown = false, mark, o.page, s.o.Now() })
	p.Page, p.Mark, p.Card, p.Erase = s.inboxPage(v, "thread"), mark, t.Card, v.path("thread/erase")
	p.Carries = true // another language is another page, which the form of this one asks for
	p.Add.Action, p.Add.Most = v.path("thread"), link.MaxUnits
	if p.Add.Form == "" {
		p.Add.Form = helpline.NewID().String()
	}
	for _, l := range t.Letters {
		line := templates.LetterLine{Ours: l.FromLine, Day: date(l.Day), Parts: parts(v, l.Body)}
		if l.New {
			p.News = append(p.News, line)
		} else {
			p.Earlier = append(p.Earlier, line)
		}
	}
	switch {
	case t.Waiting:
		p.When = v.words.T("letters.due", "day", date(t.Due))
	case len(p.News) == 0 && len(p.Earlier) == 0:
		p.When = v.words.T("letters.none")
	case len(p.News) == 0:
		p.When = v.words.T("letters.nonew")
	}
	if t.Ends > 0 && len(t.Letters) > 0 {
		p.Keeps = v.words.T("letters.ends", "day", date(t.Ends))
		if t.Waiting {
			p.Keeps = v.words.T("letters.ends.waiting", "n", strconv.Itoa(s.o.Kept.Letters), "most", strconv.Itoa(s.o.Kept.Unanswered))
		}
	}
	p.Code = v.words.T("letters.code", "day", date(t.CodeEnds))
	s.show(v.w, v.r, status, templates.LettersPage(p))
}

// date writes a day as people read it: 22-11-2026.
func date(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format("2-1-2006") }

// gone answers when a thread cannot be opened any more.
func (s *Site) gone(v *visit, err error) {
	switch kind := helpline.KindOf(err); {
	case kind == helpline.NotFound:
		s.openings.end(v.r)
		http.SetCookie(v.w, cookie(openCookie, "", -1))
		v.to("back?why=none")
	case errors.Is(err, helpline.ErrUnsure):
		v.to("back?why=unsure")
	case kind == helpline.Unavailable:
		v.to("back?why=busy")
	default:
		s.refuse(v, "open a thread", err)
	}
}

// parts reads the body of a letter. One that this page does not know says so.
func parts(v *visit, body string) []templates.LetterPart {
	var b struct {
		Text  string   `json:"text"`
		Steps []string `json:"steps"`
		Card  *struct {
			Name, Of, First, Cost, Anonymity, Wait string
			Reach                                  []struct{ Label string }
		} `json:"card"`
	}
	if json.Unmarshal([]byte(body), &b) != nil {
		return []templates.LetterPart{{Text: v.words.T("letters.unknown")}}
	}
	var out []templates.LetterPart
	if c := b.Card; c != nil {
		p := templates.LetterPart{Heading: link.Visible(c.Name)}
		for _, item := range []string{c.Of, c.First, c.Cost, c.Anonymity, c.Wait} {
			if item != "" {
				p.Items = append(p.Items, link.Visible(item))
			}
		}
		for _, r := range c.Reach {
			p.Items = append(p.Items, link.Visible(r.Label))
		}
		out = append(out, p)
	}
	if len(b.Steps) > 0 {
		p := templates.LetterPart{Heading: v.words.T("letters.steps")}
		for _, step := range b.Steps {
			p.Items = append(p.Items, link.Visible(step))
		}
		out = append(out, p)
	}
	if b.Text != "" {
		out = append(out, templates.LetterPart{Text: link.Visible(b.Text)})
	}
	if out == nil {
		out = []templates.LetterPart{{Text: v.words.T("letters.unknown")}}
	}
	return out
}

// posted gives the opening that a form of a thread's page belongs to; when there
// is none the request has been answered.
func (s *Site) posted(v *visit) (opened, bool) {
	if err := v.r.ParseForm(); err != nil {
		status := http.StatusBadRequest
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			status = http.StatusRequestEntityTooLarge
		}
		s.Problem(v.w, v.r, status)
		return opened{}, false
	}
	mark := v.r.PostForm.Get("page")
	now := s.o.Now()
	o, ok := s.openings.of(v.r, now, func(o *opening) bool {
		return !o.code && (is(o.page, mark) || is(o.last, mark) && now.Sub(o.shown) < twice)
	})
	if !ok {
		v.to("back?why=again")
	}
	return o, ok
}

// twice is how long an impatient finger may take to press the same button again.
const twice = 5 * time.Second

// is compares the mark of a page with one that came.
func is(mark, came string) bool {
	return mark != "" && subtle.ConstantTimeCompare([]byte(mark), []byte(came)) == 1
}

// add puts one more letter into a thread, or shows the thread where a page without
// scripts asks for it or another language is wanted.
func (s *Site) add(v *visit) {
	o, ok := s.posted(v)
	if !ok {
		return
	}
	if o.erased {
		s.erasedPage(v, o.kept)
		return
	}
	if v.r.PostForm.Get("show") == "1" {
		if !o.unseen && is(o.page, v.r.PostForm.Get("page")) {
			v.to("back?why=again")
			return
		}
		s.lettersPage(v, http.StatusOK, o, templates.Letters{})
		return
	}
	w, ok := s.written(v)
	if !ok {
		return
	}
	if v.r.PostForm.Get("step") == inAnother {
		s.lettersPage(v, http.StatusOK, o, templates.Letters{Add: templates.LetterForm{
			Form: w.form.String(), Text: w.text, Urgent: w.urgent, Problem: unsaid(w.problem),
		}})
		return
	}
	status := http.StatusUnprocessableEntity
	if w.problem == "" {
		err := s.o.Inbox.Add(v.r.Context(), o.key, helpline.Left{
			Form: w.form, Kind: helpline.LetterThread, Locale: v.locale, Urgent: w.urgent, Body: body(w.text), Version: int(s.o.Profile.Version),
		})
		switch {
		case err == nil:
			// The mark stays: an impatient finger posts the same form again.
			s.openings.change(v.r, func(o *opening) { o.unseen = true })
			v.to(scripted(v, "thread?done=1"))
			return
		case helpline.KindOf(err) == helpline.NotFound:
			s.gone(v, err)
			return
		}
		if w.problem, status = s.why(v, err); w.problem == "" {
			s.refuse(v, "add a letter", err)
			return
		}
	}
	s.lettersPage(v, status, o, templates.Letters{Add: templates.LetterForm{
		Form: w.form.String(), Text: w.text, Urgent: w.urgent, Problem: w.problem,
	}})
}

// erase forgets everything behind a code, once it was ticked that this is meant.
func (s *Site) erase(v *visit) {
	o, ok := s.posted(v)
	if !ok {
		return
	}
	if o.erased {
		s.erasedPage(v, o.kept)
		return
	}
	if v.r.PostForm.Get("sure") != "1" {
		s.lettersPage(v, http.StatusUnprocessableEntity, o, templates.Letters{Sure: true})
		return
	}
	kept, err := s.o.Inbox.Erase(context.WithoutCancel(v.r.Context()), o.key)
	if err != nil {
		s.gone(v, err)
		return
	}
	s.openings.change(v.r, func(o *opening) {
		clear(o.sealed)
		o.erased, o.kept = true, kept
	})
	s.erasedPage(v, kept)
}

func (s *Site) erasedPage(v *visit, kept int) {
	e := templates.Erased{Page: s.inboxPage(v, "back")}
	if kept > 0 {
		e.Kept = v.words.N("erased.kept", kept)
	}
	s.show(v.w, v.r, http.StatusOK, templates.ErasedPage(e))
}
