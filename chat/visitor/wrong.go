package visitor

import (
	"encoding/base64"
	"net/http"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/chat/wire"
	"helpline/templates"
)

const (
	// maxWrong is the most that a complaint with a conversation may carry, in bytes.
	maxWrong = 512 << 10
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
	s.show(v.w, v.r, status, templates.WrongPage(templates.Wrong{
		Page: s.inboxPage(v, "wrong"), Action: v.path("wrong"), Form: w.form.String(), Text: w.text, Problem: w.problem,
		Most: link.MaxUnits, Answer: s.answering(v), Remarks: v.path("remarks"), Talks: there && t.Stage == ticket.Talking, Back: v.path("back"),
	}))
}

// complain takes a complaint. Whoever it is about is never shown it: the person
// who holds or held the conversation of this browser's ticket, or of the proof
// that a talk page keeps while it is open. Without either it is about the line.
func (s *Site) complain(v *visit) {
	w, ok := s.written(v)
	if !ok {
		return
	}
	script := v.r.PostForm.Get("script") != ""
	said, about, door, err := s.quoted(v)
	if w.problem != "" || err != nil {
		if w.problem == "" {
			w.problem = "form"
		}
		s.uncomplained(v, w, script, http.StatusUnprocessableEntity)
		return
	}
	code, key, err := s.o.Inbox.Leave(v.r.Context(), v.r.RemoteAddr, helpline.Left{
		Form: w.form, Kind: helpline.WrongThread, Locale: v.locale, Audience: door, Body: said(w.text), About: about, Version: int(s.o.Profile.Version),
	})
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
	s.toCode(v, key, code)
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
// holds, if the visitor wishes, every message with a good seal; and who had the
// conversation. said writes the letter. Invalid when a message was never said.
func (s *Site) quoted(v *visit) (said func(text string) string, about helpline.ID, door helpline.Audience, err error) {
	contact, door := s.contactOf(v)
	frames := v.r.PostForm["frame"]
	if len(frames) > mostFrames || len(frames) > 0 && contact.IsZero() {
		return nil, about, door, helpline.Errorf(helpline.Invalid, "complaint: it belongs to no conversation")
	}
	var all []quote
	for _, frame := range frames {
		f, err := wire.FromPage([]byte(frame))
		if err != nil || f.Kind != wire.Refill {
			return nil, about, door, helpline.Errorf(helpline.Invalid, "complaint: the conversation cannot be read")
		}
		for i := range f.Items {
			e := &f.Items[i]
			if !s.genuine(contact, e) {
				return nil, about, door, helpline.Errorf(helpline.Invalid, "complaint: something was never said")
			}
			text, err := link.Text(e.Body)
			if err != nil {
				text = e.Body // a card or steps
			}
			if e.Side != wire.TheLine {
				all = append(all, quote{string(rune(e.Side)), text})
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
	if !contact.IsZero() && s.o.Holder != nil {
		about, err = s.o.Holder(v.r.Context(), contact)
		if helpline.KindOf(err) == helpline.NotFound {
			err = nil // nobody has taken it
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
	}, about, door, err
}

// contactOf is the conversation a complaint belongs to: that of the ticket, or
// of the proof a talk page holds after the ticket has gone.
func (s *Site) contactOf(v *visit) (helpline.ID, helpline.Audience) {
	if contact, ok := s.proven(v.r.PostForm.Get("proof")); ok {
		return contact, s.doorOf(v)
	}
	if t, ok := s.ticket(v.r); ok {
		return t.Contact, t.Audience
	}
	return helpline.ID{}, s.doorOf(v)
}

// doorOf is the door that a form names; about me where it names none.
func (s *Site) doorOf(v *visit) helpline.Audience {
	a, err := helpline.ParseAudience(v.r.PostForm.Get("door"))
	if err != nil {
		return helpline.Self
	}
	return a
}

const proofSide = 'w' // no side of a conversation

// proof lets a talk page say after the end which conversation it held. It opens
// nothing. It is good until the key of its day is destroyed.
func (s *Site) proof(contact helpline.ID) string {
	seal := s.o.Tickets.SealEntry(&ticket.Said{Contact: contact, Side: proofSide})
	return base64.RawURLEncoding.EncodeToString(append(contact[:], seal[:]...))
}

func (s *Site) proven(proof string) (helpline.ID, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(proof)
	if err != nil || len(raw) != 32 {
		return helpline.ID{}, false
	}
	contact := helpline.ID(raw[:16])
	return contact, s.o.Tickets.CheckEntry(&ticket.Said{Contact: contact, Side: proofSide}, [16]byte(raw[16:]))
}
