package visitor

import (
	"net/http"
	"strconv"

	"helpline"
	"helpline/chat/ticket"
	"helpline/templates"
)

// byHand is the page without frames, whenever one of its buttons was pressed.
// Its secret travels in the forms and stands in no address.
func (s *Site) byHand(v *visit) {
	if _, ok := s.ticket(v.r); !ok { // the whole page: what a frame would say is none
		forget(v.w, v.r)
		if text := s.typed(v); text != "" {
			l := templates.Leaf{State: "over"}
			l.Beside.Words = text
			s.show(v.w, v.r, http.StatusUnauthorized, templates.BareHand(s.handPage(v, l, helpline.NewID())))
			return
		}
		v.to("")
		return
	}
	form, ok := s.filled(v)
	if !ok {
		return
	}
	t, err := s.alive(v)
	switch helpline.KindOf(err) {
	case "":
	case helpline.NotFound, helpline.Invalid: // how it has ended, the engine says
	case helpline.Forbidden:
		forget(v.w, v.r)
		v.to("")
		return
	default:
		s.refuse(v, "show the page without scripts", err)
		return
	}
	secret, take := form.page, form.do == "take"
	if secret.IsZero() {
		secret = helpline.NewID()
	}
	if take || !s.sheets.behind(t.Contact, secret) {
		if take {
			s.sheets.loaded(t.Contact, secret)
		}
		sh, err := s.sheet(v.r.Context(), t, secret, take, silentHand)
		if err != nil {
			s.refuse(v, "show the page without scripts", err)
			return
		}
		sh.Got(form.got)
		s.act(v, t, sh, form)
		s.answerCard(v, t, sh, form)
	} else if sh := s.sheets.find(secret, t.Contact); form.text != "" && sh != nil { // kept for "continue here"
		s.sheets.leave(sh, draft{text: form.text})
	}
	s.sheets.hand(t.Contact, secret)
	if v.r.URL.Query().Get("by") == "frames" { // to the page that changes by itself, with the words
		v.to("talk/plain?by=frames")
		return
	}
	v.to("talk/plain?by=hand")
}

// showHand shows the page without frames as it is now.
func (s *Site) showHand(v *visit, t ticket.Ticket, secret helpline.ID) {
	if s.sheets.behind(t.Contact, secret) {
		s.show(v.w, v.r, http.StatusOK, templates.BareHand(s.handPage(v, templates.Leaf{State: "taken"}, secret)))
		return
	}
	sh, err := s.sheet(v.r.Context(), t, secret, false, silentHand)
	if err != nil {
		s.refuse(v, "show the page without scripts", err)
		return
	}
	s.tellCard(v.r.Context(), sh)
	view, _ := sh.Look()
	h := s.handPage(v, s.stand(v, t, sh, view), secret)
	h.Limits, h.Known = s.limits(v, t), s.knows()
	if h.Leaf.End == nil {
		h.Lines = helpLines(s.o.Profile.NumbersOn(v.locale, t.Audience, t.Matter))
	}
	// The page is one form, so that whatever is pressed the words in the box come along.
	h.Leaf.Inside = h.Leaf.End == nil && h.Leaf.State != "continue"
	for i := range h.Leaf.Rows { // no frame has a name here
		if k := h.Leaf.Rows[i].Keep; k != nil {
			k.Action, k.Secret, k.Inside = h.Leaf.Action, h.Leaf.Secret, h.Leaf.Inside
		}
	}
	h.Box = s.box(v, t, sh, view)
	if h.Leaf.End != nil {
		h.Leaf.End.Beside.Words = h.Box.Text // no box stands on this page any more
	}
	h.Box.Action, h.Box.Secret, h.Box.Shell = h.Leaf.Action, h.Leaf.Secret, h.Leaf.Shell
	h.Box.Got, h.Box.Focus = strconv.FormatInt(newest(view), 10), false
	s.show(v.w, v.r, http.StatusOK, templates.BareHand(h))
}

func (s *Site) handPage(v *visit, l templates.Leaf, secret helpline.ID) templates.HandPage {
	page := s.page(v, "bares", "")
	page.Tongues = nil // the language of a conversation is settled
	page.Styles = append(page.Styles, "css/bare.css")
	s.fill(v, &l)
	l.Action, l.Secret = v.path("talk/plain"), secret.String()
	return templates.HandPage{Page: page, Leaf: l, Flow: v.path("talk/plain?by=frames")}
}
