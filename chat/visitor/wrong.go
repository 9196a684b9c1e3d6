package visitor

import (
	"encoding/json"
	"net/http"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/chat/wire"
	"helpline/templates"
)

const (
	// maxWrong is the most that a complaint with a conversation may carry, in bytes:
	// as much as any request of ours. The page sends the newest part.
	maxWrong = 64 << 10
	// mostFrames is how many frames of a conversation are read of one complaint.
	mostFrames = 64
	// mostQuoted is how many bytes of a conversation go along, the newest first.
	mostQuoted = 10 << 10
)

// wrongActions are the routes by which somebody says that something was not
// right. The word in the address says nothing of what.
func (s *Site) wrongActions(l helpline.Locale) []action {
	if s.o.Inbox == nil {
		return nil
	}
	line := func(method string, next func(*visit)) action {
		return action{helpline.Route{Method: method, Pattern: "/" + string(l) + "/wrong", Policy: helpline.Anyone}, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxWrong)
			next(s.visit(w, r, l))
		}}
	}
	return []action{line("GET", s.wrong), line("POST", s.complain)}
}

func (s *Site) wrong(v *visit) { s.wrongPage(v, http.StatusOK, writing{form: helpline.NewID()}) }

func (s *Site) wrongPage(v *visit, status int, w writing) {
	t, there := s.ticket(v.r)
	page := s.inboxPage(v, "wrong")
	page.Carries = true
	s.show(v.w, v.r, status, templates.WrongPage(templates.Wrong{
		Page: page, Action: v.path("wrong"), Form: w.form.String(), Text: w.text, Problem: w.problem,
		Most: link.MaxUnits, Answer: s.answering(v), Remarks: v.path("remarks"), Talks: there && t.Stage == ticket.Talking, Back: v.path("back"),
	}))
}

// complain takes a complaint. Whoever it is about is never shown it: all who hold
// or held the conversation of this browser's ticket, or of the proof that a talk
// page keeps while it is open. Without either it is about the line. With one that
// says nothing any more its readers are told that nobody can tell, and it is kept
// from everybody whom it could be about, as far as that is known. Whoever answered
// behind the code that is open here is not shown it either.
func (s *Site) complain(v *visit) {
	w, ok := s.written(v)
	if !ok {
		return
	}
	if v.r.PostForm.Get("step") == inAnother {
		w.problem = unsaid(w.problem)
		s.wrongPage(v, http.StatusOK, w)
		return
	}
	script := v.r.PostForm.Get("script") != ""
	of := s.conversation(v)
	said, err := s.quoted(v, &of)
	if w.problem != "" || err != nil {
		status := http.StatusUnprocessableEntity
		switch {
		case w.problem != "":
		case of.contact.IsZero() && of.doubt: // the keys of its day are gone
			w.problem, status = "stale", http.StatusFailedDependency
		default:
			w.problem = "form"
		}
		s.uncomplained(v, w, script, status)
		return
	}
	left := helpline.Left{
		Form: w.form, Kind: helpline.WrongThread, Locale: v.locale, Audience: of.door, Body: said(w.text), Version: int(s.o.Profile.Version),
	}
	if o, ok := s.openings.of(v.r, s.o.Now(), func(*opening) bool { return true }); ok {
		left.Behind = o.key
	}
	var code helpline.ReturnCode
	var key helpline.ThreadKey
	if err = s.concerned(v.r.Context(), of, &left); err == nil {
		code, key, err = s.o.Inbox.Leave(v.r.Context(), v.r.RemoteAddr, left)
	}
	if err != nil {
		var status int
		if w.problem, status = s.why(v, err); w.problem == "" {
			s.o.Log.Error("take a complaint", "kind", string(helpline.KindOf(err)))
			w.problem, status = "busy", http.StatusServiceUnavailable // what was written must not be lost
		}
		s.uncomplained(v, w, script, status)
		return
	}
	if script {
		s.answer(v, code.Reveal(), "", nil)
		return
	}
	if !s.toCode(v, key, code) {
		var status int
		w.problem, status = s.why(v, unopened())
		s.uncomplained(v, w, script, status) // the same form again gives the same code
	}
}

// uncomplained shows the form again, filled; a script keeps its own.
func (s *Site) uncomplained(v *visit, w writing, script bool, status int) {
	if !script {
		s.wrongPage(v, status, w)
		return
	}
	v.w.Header().Set("Cache-Control", "no-store")
	http.Error(v.w, http.StatusText(status), status)
}

// quote is one message of a conversation, as a complaint holds it.
type quote struct {
	By   string `json:"by"` // v or c
	Text string `json:"text"`
}

// quoted reads what goes along with a complaint: the conversation that the page
// holds, if the visitor wishes, every message with a good seal. said writes the
// letter. Invalid when a message was never said. A return code that stands in a
// message is left out: nobody else is to come back with it.
func (s *Site) quoted(v *visit, of *conversation) (said func(text string) string, err error) {
	frames := v.r.PostForm["frame"]
	if len(frames) > mostFrames || len(frames) > 0 && of.contact.IsZero() {
		return nil, helpline.Errorf(helpline.Invalid, "complaint: it belongs to no conversation")
	}
	var all []quote
	for _, frame := range frames {
		f, err := wire.FromPage([]byte(frame))
		if err != nil || f.Kind != wire.Refill {
			return nil, helpline.Errorf(helpline.Invalid, "complaint: the conversation cannot be read")
		}
		for i := range f.Items {
			e := &f.Items[i]
			if !s.genuine(of.contact, e) {
				return nil, helpline.Errorf(helpline.Invalid, "complaint: something was never said")
			}
			of.taken = of.taken || e.Side == wire.Counsellor
			if e.Side != wire.TheLine {
				all = append(all, quote{string(rune(e.Side)), likeCode.ReplaceAllString(wordsOf(e.Body), "... ")})
			}
		}
	}
	size := 0
	for i := len(all) - 1; i >= 0; i-- {
		if size += len(all[i].Text); size > mostQuoted {
			all = all[i+1:]
			break
		}
	}
	return func(text string) string {
		if len(all) == 0 {
			return body(text)
		}
		return asJSON(struct {
			Text string  `json:"text"`
			Said []quote `json:"said"`
		}{text, all})
	}, nil
}

// wordsOf are the words of a message as a complaint quotes them: what was written,
// or what stands on a continuity card; a card of the directory or steps as they are.
func wordsOf(body string) string {
	if text, err := link.Text(body); err == nil {
		return text
	}
	var card struct {
		Keep string `json:"keep"` // as proposed
		Kept string `json:"kept"` // as a code has opened it
	}
	if json.Unmarshal([]byte(body), &card) == nil && card.Keep+card.Kept != "" {
		return card.Keep + card.Kept
	}
	return body
}

// doorOf is the door that a form names; about me where it names none.
func (s *Site) doorOf(v *visit) helpline.Audience {
	a, err := helpline.ParseAudience(v.r.PostForm.Get("door"))
	if err != nil {
		return helpline.Self
	}
	return a
}
