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
	form, ok := s.posted(v)
	if !ok {
		return
	}
	t, err := s.alive(v)
	switch helpline.KindOf(err) {
	case "":
	case helpline.NotFound, helpline.Invalid:
		forget(v.w) // how it has ended, the engine says
	case helpline.Forbidden:
		forget(v.w)
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
	if !take && s.sheets.behind(t.Contact, secret) {
		h := s.handPage(v, templates.Leaf{State: "taken"}, secret)
		s.show(v.w, v.r, http.StatusOK, templates.BareHand(h))
		return
	}
	if take {
		s.sheets.loaded(t.Contact, secret)
	}
	sh, err := s.sheet(v.r.Context(), t, secret, take, silentHand)
	if err != nil {
		s.refuse(v, "show the page without scripts", err)
		return
	}
	sh.Got(form.got) // this page showed it, or could not name it
	s.showHand(v, t, sh, s.acted(v, t, sh, form))
}

// showHand shows the page without frames as it is now.
func (s *Site) showHand(v *visit, t ticket.Ticket, sh *sheet, b templates.Box) {
	if b.ID == "" {
		b = s.acted(v, t, sh, posted{})
	}
	view, _ := sh.Look()
	h := s.handPage(v, s.stand(v, t, sh, view), sh.secret)
	b.Action, b.Secret, b.Shell = h.Leaf.Action, h.Leaf.Secret, h.Leaf.Shell
	b.After = strconv.FormatInt(view.Head, 10)
	b.Got = strconv.FormatInt(newest(view), 10)
	b.Focus = false
	h.Box = b
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
