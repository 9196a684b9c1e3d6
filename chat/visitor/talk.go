package visitor

import (
	"net/http"

	"helpline"
	"helpline/chat/wire"
)

// identity is the kind of word that comes before what shows who somebody is:
// those who come about a child hear what it can be good for. Where no door is
// chosen yet, both are said.
func (s *Site) identity(a helpline.Audience) string {
	switch {
	case !s.o.Line.IdentityWord:
		return ""
	case a == helpline.Self:
		return "self"
	case a == "":
		return "any"
	}
	return "other"
}

// openers are three ways to begin.
func openers(v *visit, a helpline.Audience) []string {
	name := "opener." + string(a)
	return []string{v.words.T(name + ".1"), v.words.T(name + ".2"), v.words.T("opener.begin")}
}

// link takes the page's live link. Without a ticket the answer is 401 and no
// reason; the origin is the socket's affair.
func (s *Site) link(v *visit) {
	t, ok := s.ticket(v.r)
	if !ok {
		http.Error(v.w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
		return
	}
	socket, err := s.o.Sockets.Upgrade(v.w, v.r)
	if err != nil {
		return // answered
	}
	seat, err := s.o.Engine.Visit(v.r.Context(), t, socket)
	if err != nil {
		code := "ticket"
		if helpline.KindOf(err) == helpline.Unavailable {
			code = "full"
		}
		socket.Send(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: code}))
		socket.Drop(0)
		go socket.Serve(nobody{}) // reads to the end, so that the answer arrives
		return
	}
	go socket.Serve(s.links.add(t.Contact, socket, seat))
}

// nobody is who sits at a link that was turned away.
type nobody struct{}

func (nobody) Receive(*wire.Frame) bool { return true }
func (nobody) Gone()                    {}

// renew takes a sign of life of the page and gives the ticket back as it now
// is. 410 when the contact has ended, and the browser forgets it.
func (s *Site) renew(v *visit) {
	t, ok := s.ticket(v.r)
	if !ok {
		http.Error(v.w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
		return
	}
	t, err := s.o.Engine.Renew(v.r.Context(), t)
	if err == nil {
		err = s.keep(v.w, t)
	}
	status := http.StatusNoContent
	switch helpline.KindOf(err) {
	case "":
	case helpline.NotFound, helpline.Invalid:
		forget(v.w, v.r)
		status = http.StatusGone
	case helpline.Unavailable:
		status = http.StatusServiceUnavailable
	default:
		s.o.Log.Error("renew a ticket", "kind", string(helpline.KindOf(err)))
		status = http.StatusInternalServerError
	}
	v.w.Header().Set("Cache-Control", "no-store")
	v.w.WriteHeader(status)
}

// leave ends the contact and takes everything back from the browser. A form
// goes on to the neutral page; the script's beacon wants no page.
func (s *Site) leave(v *visit) {
	beacon := v.r.ParseForm() == nil && v.r.PostForm.Get("by") == "beacon"
	s.end(v.r)
	takeBack(v.w)
	http.SetCookie(v.w, cookie(openCookie, "", -1))
	h := v.w.Header()
	h.Set("Cache-Control", "no-store")
	if beacon {
		h.Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
		v.w.WriteHeader(http.StatusNoContent)
		return
	}
	// Without scripts Chromium shows a page again on Back, with what was typed into
	// it, unless a cookie has changed since; and it does not notice that where all of
	// them are cleared at once. Ours go by name above, and one that lives for a second
	// is a change in every browser.
	h.Set("Clear-Site-Data", `"cache", "storage"`)
	http.SetCookie(v.w, cookie(leftCookie, "1", 1))
	http.Redirect(v.w, v.r, s.o.Line.NeutralURL, http.StatusSeeOther)
}
