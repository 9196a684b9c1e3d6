package visitor

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/chat/wire"
	"helpline/templates"
)

// Cards are the continuity cards behind return codes, as a conversation needs
// them. Met by counsel.Inbox.
type Cards interface {
	// Card opens a thread's card, empty where there is none. It marks no letter
	// as read. NotFound.
	Card(ctx context.Context, k helpline.ThreadKey) (thread helpline.ID, card string, err error)
	// KeepCard seals a card to a thread in place of an earlier one; NotFound.
	KeepCard(ctx context.Context, thread helpline.ID, card string) error
}

// shown is a card that a code has opened, on its way to the counsellor of this
// conversation: the visitor's page says it like words. The seal says that this
// server opened it, so no page can show a card that nobody agreed on.
type shown struct {
	Kept string `json:"kept"`
	Of   string `json:"of"`   // the thread
	In   string `json:"in"`   // the conversation in which the code was given: nowhere else does it count
	Seal string `json:"seal"` // under the day's live key
}

const shownSide = 'k' // no side of a conversation

func sealedCard(contact, thread helpline.ID, card string) *ticket.Said {
	return &ticket.Said{Contact: contact, ID: thread, Side: shownSide, Body: card}
}

// showing is the body that shows a card in a conversation.
func (s *Site) showing(contact, thread helpline.ID, card string) string {
	seal := s.o.Tickets.SealEntry(sealedCard(contact, thread, card))
	return asJSON(shown{card, thread.String(), contact.String(), base64.RawURLEncoding.EncodeToString(seal[:])})
}

// asJSON writes a value as JSON.stringify writes it.
func asJSON(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return "" // strings are always written
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const shownHead = `{"kept":`

// readShown reads what showing wrote, and nothing else, and says in which
// conversation it counts.
func readShown(tickets Tickets, body string) (contact, thread helpline.ID, err error) {
	bad := helpline.Errorf(helpline.Invalid, "card: not one that was opened here")
	var c shown
	if json.Unmarshal([]byte(body), &c) != nil || asJSON(c) != body {
		return helpline.ID{}, helpline.ID{}, bad
	}
	thread, err = helpline.ParseID(c.Of)
	contact, wrong := helpline.ParseID(c.In)
	seal, failed := base64.RawURLEncoding.Strict().DecodeString(c.Seal)
	if err != nil || wrong != nil || failed != nil || len(seal) != 16 || !tickets.CheckEntry(sealedCard(contact, thread, c.Kept), [16]byte(seal)) {
		return helpline.ID{}, helpline.ID{}, bad
	}
	return contact, thread, nil
}

// Carries says whether a visitor's message may go to the counsellor: words, or a
// card that a return code has opened here.
func Carries(t Tickets) func(id helpline.ID, body string) error {
	return func(_ helpline.ID, body string) error {
		if strings.HasPrefix(body, shownHead) {
			_, _, err := readShown(t, body)
			return err
		}
		text, err := link.Text(body)
		if err != nil {
			return link.CheckBody(body) // says why
		}
		if len(text) >= shortestCode && likeCode.MatchString(text) {
			return helpline.Errorf(helpline.Invalid, "message: it holds what is written like a return code")
		}
		return link.CheckText(text)
	}
}

// knownActions are the routes by which a visitor becomes known again.
func (s *Site) knownActions(l helpline.Locale) []action {
	if s.o.Inbox == nil || s.o.Cards == nil {
		return nil
	}
	post := func(rest string, next func(*visit, ticket.Ticket)) action {
		return action{helpline.Route{Method: "POST", Pattern: "/" + string(l) + rest, Policy: helpline.TicketHolder}, s.large(l, func(v *visit) {
			t, ok := s.ticket(v.r)
			if !ok {
				http.Error(v.w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
				return
			}
			if err := v.r.ParseForm(); err != nil {
				s.answer(v, "", "", helpline.Errorf(helpline.Invalid, "form: not readable"))
				return
			}
			next(v, t)
		})}
	}
	return []action{post("/talk/keep", s.keepCard), post("/talk/code", s.giveCode)}
}

// knownOn tells the talk page where to ask. A mark stands in place of the proof
// of the contact: see talkPages.
func (s *Site) knownOn(v *visit, t ticket.Ticket, p *templates.Page) {
	add := func(name, value string) { p.Data = append(p.Data, templates.Datum{Name: name, Value: value}) }
	if s.o.Inbox != nil {
		add("complain", v.path("wrong"))
		add("proof", s.talks.mark)
		add("door", string(t.Audience))
	}
	if s.o.Inbox != nil && s.o.Cards != nil {
		add("keep", v.path("talk/keep"))
		add("code", v.path("talk/code"))
	}
}

// keepCard keeps the card that a counsellor has proposed and the visitor has
// said yes to: behind the code whose card this page has shown, or behind a new
// one. The card is the entry itself, to the letter, with its seal.
func (s *Site) keepCard(v *visit, t ticket.Ticket) {
	entry, card, err := s.proposed(t, v.r.PostForm.Get("frame"))
	if err != nil {
		s.answer(v, "", "", err)
		return
	}
	if held := v.r.PostForm.Get("held"); held != "" {
		contact, thread, err := readShown(s.o.Tickets, held)
		if err == nil && contact != t.Contact {
			err = helpline.Errorf(helpline.Invalid, "card: it was opened in another conversation")
		}
		if err == nil {
			err = s.o.Cards.KeepCard(v.r.Context(), thread, card)
		}
		if err == nil {
			s.agreed(v, t.Contact, thread)
		}
		s.answer(v, "", s.showing(t.Contact, thread, card), err)
		return
	}
	code, key, err := s.o.Inbox.Leave(v.r.Context(), v.r.RemoteAddr, helpline.Left{
		Form: entry.ID, Kind: helpline.CardThread, Locale: t.Locale, Audience: t.Audience, Card: card, Version: int(t.Version),
	})
	if err != nil {
		s.answer(v, "", "", err)
		return
	}
	thread, card, err := s.o.Cards.Card(v.r.Context(), key) // as it was kept
	if err == nil {
		s.agreed(v, t.Contact, thread)
	}
	s.answer(v, code.Reveal(), s.showing(t.Contact, thread, card), err)
}

// agreed says that a card was agreed on. Who comes back is not offered the same
// counsellor when that fails; the card is kept all the same.
func (s *Site) agreed(v *visit, contact, thread helpline.ID) {
	if s.o.Returns == nil {
		return
	}
	if err := s.o.Returns.Agreed(v.r.Context(), contact, thread); err != nil {
		s.o.Log.Error("note who agreed on a card", "kind", string(helpline.KindOf(err)))
	}
}

// proposed reads the entry with which a counsellor of this conversation has
// proposed a card; Invalid for anything else.
func (s *Site) proposed(t ticket.Ticket, frame string) (wire.Entry, string, error) {
	bad := helpline.Errorf(helpline.Invalid, "card: nobody has proposed it in this conversation")
	f, err := wire.FromPage([]byte(frame))
	if err != nil || f.Kind != wire.Refill || len(f.Items) != 1 || f.Items[0].Side != wire.Counsellor || !s.genuine(t.Contact, &f.Items[0]) {
		return wire.Entry{}, "", bad
	}
	var body struct {
		Keep string `json:"keep"`
	}
	if json.Unmarshal([]byte(f.Items[0].Body), &body) != nil || body.Keep == "" {
		return wire.Entry{}, "", bad
	}
	return f.Items[0], body.Keep, nil
}

// genuine says whether an entry was placed in this conversation, by its seal.
func (s *Site) genuine(contact helpline.ID, e *wire.Entry) bool {
	return s.o.Tickets.CheckEntry(&ticket.Said{
		Contact: contact, At: e.At, Prev: e.Prev, Term: e.Term, Side: byte(e.Side), ID: e.ID, Seen: e.Seen, Body: e.Body,
	}, [16]byte(e.Seal))
}

// giveCode takes a return code from an earlier time and gives what shows its card.
func (s *Site) giveCode(v *visit, t ticket.Ticket) {
	key, err := s.o.Inbox.Enter(v.r.Context(), v.r.RemoteAddr, v.r.PostForm.Get("code"))
	if err != nil {
		s.answer(v, "", "", err)
		return
	}
	thread, card, err := s.o.Cards.Card(v.r.Context(), key)
	if err == nil && s.o.Returns != nil {
		err = s.o.Returns.Given(v.r.Context(), t.Contact, thread, v.r.PostForm.Get("same") == "1")
	}
	s.answer(v, "", s.showing(t.Contact, thread, card), err)
}

// answer tells the page's script. What went wrong is a status, and no word of
// what was sent comes back.
func (s *Site) answer(v *visit, code, body string, err error) {
	h := v.w.Header()
	h.Set("Cache-Control", "no-store")
	if err == nil {
		h.Set("Content-Type", "application/json")
		_, _ = v.w.Write([]byte(asJSON(map[string]string{"code": code, "body": body}))) // the reader has gone; there is nobody to tell
		return
	}
	status := http.StatusInternalServerError
	switch kind := helpline.KindOf(err); kind {
	case helpline.Invalid:
		status = http.StatusUnprocessableEntity
	case helpline.NotFound:
		status = http.StatusNotFound
	case helpline.Conflict:
		status = http.StatusConflict
	case helpline.Unavailable:
		s.later(v)
		status = http.StatusServiceUnavailable
	default:
		s.o.Log.Error("keep or show a card", "kind", string(kind))
	}
	http.Error(v.w, http.StatusText(status), status)
}
