package console

import (
	"net/http"

	"helpline"
	"helpline/chat"
	"helpline/chat/link"
	"helpline/chat/promise"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

func (c *Console) desk(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if counsel.May(actor(p), counsel.TakeContact) != nil {
		http.Redirect(w, r, c.first(p), http.StatusSeeOther)
		return
	}
	words, frame := c.inside(p, "desk", noteScripts("js/desk.js", "js/inbox.js", "js/thread.js", "js/conversation.js", "js/text.js")...)
	d := templates.Desk{
		Staff: frame, Note: c.noteForm(r.Context(), words, p, counsel.Closing{}),
		Elsewhere: c.noteForm(r.Context(), words, p, counsel.Closing{Elsewhere: true}),
		Script:    templates.ScriptWords(words, "desk.js.", "note.js.", "threads.js.", "staff.door.", "staff.locale."),
		Window:    c.window(r),
	}
	filters(&d, c.Line.Country)
	d.Hotline = hotline(c.Line.Country, p.Language)
	c.show(w, r, http.StatusOK, templates.DeskPage(d))
}

// hotline is where sexual images of children are reported in a country; empty
// where no single place is known.
func hotline(country string, l helpline.Locale) templates.Link {
	profile, err := promise.For(country)
	if err != nil {
		return templates.Link{}
	}
	f := profile.Fact(l, promise.Hotline)
	return templates.Link{Href: f.Href, Label: f.Name}
}

func (c *Console) board(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showBoard(w, r, p, http.StatusOK, "")
}

// showBoard shows the board; problem is the form on it that could not be taken:
// line, attend, or none.
func (c *Console) showBoard(w http.ResponseWriter, r *http.Request, p staff.Person, status int, problem string) {
	words, frame := c.inside(p, "board", "js/board.js", "js/attend.js", "js/inbox.js", "js/thread.js", "js/words.js", "js/login.js")
	b := templates.Board{Staff: frame, Line: c.lineNow(r, words, p, problem == "line"), Attend: c.attend(r, words, p, problem == "attend"), Nods: c.nods(r, words, p), Notices: c.noticeTrouble(r, words), Script: templates.ScriptWords(words, "board.js.", "threads.js."), Window: c.window(r)}
	for _, m := range c.Engine.Present() {
		b.People = append(b.People, templates.Colleague{Alias: m.Alias})
	}
	c.show(w, r, status, templates.BoardPage(b))
}

// lane is the desk's own socket: duty, queue, offers, board.
func (c *Console) lane(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.upgrade(w, r, p, func(l chat.Link) (link.Receiver, error) {
		to, err := c.Engine.Attend(r.Context(), member(p), l)
		if err != nil {
			return nil, err
		}
		return c.touched.lane(loginOf(r.Context()), to), nil
	})
}

// talk is the socket of one conversation.
func (c *Console) talk(w http.ResponseWriter, r *http.Request, p staff.Person) {
	contact, err := helpline.ParseID(r.PathValue("contact"))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	}
	c.upgrade(w, r, p, func(l chat.Link) (link.Receiver, error) {
		to, err := c.Engine.Sit(r.Context(), member(p), contact, l)
		if err == nil {
			c.touched.talks(loginOf(r.Context()), contact.String())
		}
		return to, err
	})
}

// upgrade turns the request into a socket and hands it to the engine, which
// has told the page what it needs to know when it refuses.
func (c *Console) upgrade(w http.ResponseWriter, r *http.Request, p staff.Person, take func(chat.Link) (link.Receiver, error)) {
	socket, err := c.Sockets.Upgrade(w, r)
	if err != nil {
		return // answered
	}
	to, err := take(socket)
	if err != nil {
		socket.Drop(0)
		go socket.Serve(link.Nobody{})
		return
	}
	o := opened(r, p)
	go socket.Serve(c.open.add(o, to))
	// A logout that came between the check at the door and the engine's yes has
	// found nothing to drop.
	if good, err := c.stillGood(r.Context(), o); err == nil && !good {
		socket.Drop(0)
	}
}
