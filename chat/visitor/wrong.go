package visitor

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

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
	s.show(v.w, v.r, status, templates.WrongPage(templates.Wrong{
		Page: s.inboxPage(v, "wrong"), Action: v.path("wrong"), Form: w.form.String(), Text: w.text, Problem: w.problem,
		Most: link.MaxUnits, Answer: s.answering(v), Remarks: v.path("remarks"), Talks: there && t.Stage == ticket.Talking, Back: v.path("back"),
	}))
}

// complain takes a complaint. Whoever it is about is never shown it: all who hold
// or held the conversation of this browser's ticket, or of the proof that a talk
// page keeps while it is open. Without either it is about the line. A ticket or
// proof that says nothing any more, or never did, is kept from everybody whom it
// could be about, and its readers are told that nobody can tell.
func (s *Site) complain(v *visit) {
	w, ok := s.written(v)
	if !ok {
		return
	}
	script := v.r.PostForm.Get("script") != ""
	of := s.conversation(v)
	said, err := s.quoted(v, of)
	if w.problem != "" || err != nil {
		if w.problem == "" {
			w.problem = "form"
		}
		s.uncomplained(v, w, script, http.StatusUnprocessableEntity)
		return
	}
	left := helpline.Left{
		Form: w.form, Kind: helpline.WrongThread, Locale: v.locale, Audience: of.door, Body: said(w.text), Doubt: of.doubt, Version: int(s.o.Profile.Version),
	}
	var code helpline.ReturnCode
	var key helpline.ThreadKey
	if left.About, err = s.concerned(v.r.Context(), of); err == nil {
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
// holds, if the visitor wishes, every message with a good seal. said writes the
// letter. Invalid when a message was never said. A return code that stands in a
// message is left out: nobody else is to come back with it.
func (s *Site) quoted(v *visit, of conversation) (said func(text string) string, err error) {
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

// conversation is what a complaint belongs to; the zero contact for none.
type conversation struct {
	contact helpline.ID
	door    helpline.Audience
	doubt   bool // something was shown that does not say which
}

// conversation reads what a complaint belongs to: the conversation of the proof
// that a talk page holds, or of the ticket. A ticket that has run out names its
// conversation all the same.
func (s *Site) conversation(v *visit) conversation {
	of := conversation{door: s.doorOf(v)}
	if proof := v.r.PostForm.Get("proof"); proof != "" {
		if contact, ok := s.proven(proof); ok {
			of.contact = contact
			return of
		}
		of.doubt = true
	}
	c, err := v.r.Cookie(placeCookie)
	if err != nil || c.Value == "" {
		return of
	}
	t, err := s.o.Tickets.Open(c.Value, time.Time{}) // before every end
	if err != nil {
		of.doubt = true
		return of
	}
	of.contact, of.door = t.Contact, t.Audience
	return of
}

// concerned lists who is never shown a complaint. In doubt that is everybody who
// had a conversation that can still be told.
func (s *Site) concerned(ctx context.Context, of conversation) ([]helpline.ID, error) {
	switch {
	case s.o.Holders == nil:
		return nil, nil
	case of.doubt:
		return s.o.Holders(ctx, helpline.ID{})
	case of.contact.IsZero():
		return nil, nil
	}
	return s.o.Holders(ctx, of.contact)
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
