package visitor

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"time"

	"helpline"
	"helpline/chat/ticket"
)

// conversation is what a complaint belongs to; the zero contact for none.
type conversation struct {
	contact helpline.ID
	door    helpline.Audience
	taken   bool // somebody of the line was in it
	doubt   bool // something was shown that does not say which
	recent  bool // and it was of a day whose conversations are still known
}

// conversation reads what a complaint belongs to: the conversation of the proof
// that a talk page holds, or of the ticket. A ticket that has run out names its
// conversation all the same.
func (s *Site) conversation(v *visit) conversation {
	of := conversation{door: s.doorOf(v)}
	if raw, day, ok := s.shown(v.r.PostForm.Get("proof")); ok && len(raw) == proofSize {
		if of.contact, ok = s.proven(raw, day); ok {
			return of
		}
		s.unread(&of, day)
	}
	c, err := v.r.Cookie(placeCookie)
	if err != nil {
		return of
	}
	t, err := s.o.Tickets.Open(c.Value, time.Time{}) // before every end
	if err == nil {
		of.contact, of.door, of.taken = t.Contact, t.Audience, t.Stage == ticket.Talking
		return of
	}
	if _, day, ok := s.shown(c.Value); ok {
		s.unread(&of, day)
	}
	return of
}

// shown reads the day that a proof or a ticket bears in clear; false for what
// cannot be one of ours, which says nothing at all: neither whom it is about nor
// that it is about somebody.
func (s *Site) shown(text string) (raw []byte, day int, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < proofSize {
		return nil, 0, false
	}
	_, today := s.o.Tickets.Days()
	day = int(binary.BigEndian.Uint32(raw))
	return raw, day, day <= today
}

// unread notes that something was shown that no longer opens. As a rule the key of
// its day is gone, and with the key went who had a conversation on that day: those
// who are known to have had one since are not whom it is about.
func (s *Site) unread(of *conversation, day int) {
	oldest, _ := s.o.Tickets.Days()
	of.doubt, of.recent = true, of.recent || day >= oldest
}

// concerned says who is never shown a complaint, and in doubt who could be meant.
// It is in doubt too when a conversation that somebody took is known to nobody.
func (s *Site) concerned(ctx context.Context, of conversation, l *helpline.Left) (err error) {
	l.Doubt = of.doubt
	if s.o.Holders == nil {
		return nil
	}
	if !of.contact.IsZero() {
		if l.About, err = s.o.Holders(ctx, of.contact); err != nil {
			return err
		}
		if len(l.About) == 0 && of.taken {
			l.Doubt, of.recent = true, true
		}
	}
	if of.recent {
		l.Perhaps, err = s.o.Holders(ctx, helpline.ID{})
	}
	return err
}

const (
	proofSide = 'w' // no side of a conversation
	proofSize = 4 + 16 + 16
)

// proof lets a talk page say after the end which conversation it held: the day in
// clear, the contact and a seal over both. It opens nothing. It is good until the
// key of its day is destroyed.
func (s *Site) proof(contact helpline.ID) string {
	_, today := s.o.Tickets.Days()
	seal := s.o.Tickets.SealEntry(proofOf(contact, today))
	raw := binary.BigEndian.AppendUint32(nil, uint32(today))
	return base64.RawURLEncoding.EncodeToString(append(append(raw, contact[:]...), seal[:]...))
}

func proofOf(contact helpline.ID, day int) *ticket.Said {
	return &ticket.Said{Contact: contact, At: int64(day), Side: proofSide}
}

func (s *Site) proven(raw []byte, day int) (helpline.ID, bool) {
	contact := helpline.ID(raw[4:20])
	if !s.o.Tickets.CheckEntry(proofOf(contact, day), [16]byte(raw[20:])) {
		return helpline.ID{}, false
	}
	return contact, true
}
