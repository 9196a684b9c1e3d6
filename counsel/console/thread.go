package console

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"helpline"
	"helpline/chat/link"
	"helpline/counsel"
	"helpline/counsel/directory"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// answered is what stands in the form of an answer.
type answered struct {
	message helpline.ID
	text    string
	steps   string
	cards   []string // bodies
	search  string
}

// oneThread shows a thread to whoever has claimed it.
func (c *Console) oneThread(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) {
	if _, ok := c.threadHere(w, r, p, s); ok {
		c.showThread(w, r, http.StatusOK, p, s, answered{message: helpline.NewID()}, "", "")
	}
}

func (c *Console) showThread(w http.ResponseWriter, r *http.Request, status int, p staff.Person, s tray, a answered, done, problem string) {
	id, _ := helpline.ParseID(r.PathValue("thread"))
	by := c.by(r, p)
	heads, err := c.Threads.Heads(r.Context(), by)
	if err != nil {
		c.unread(w, r, p, s, err)
		return
	}
	at := slices.IndexFunc(heads, func(h counsel.ThreadHead) bool { return h.ID == id && s.holds(h.Kind) })
	if at < 0 {
		c.troubleFor(w, r, p, http.StatusNotFound, "thread", "/"+s.key)
		return
	}
	head := heads[at]
	switch {
	case head.Holder.IsZero():
		c.showThreads(w, r, http.StatusConflict, p, s, "", "unclaimed")
		return
	case !head.Mine:
		http.Redirect(w, r, s.at(id)+"/take", http.StatusSeeOther)
		return
	}
	thread, err := c.Letters.Read(r.Context(), by, id)
	if err != nil {
		c.unread(w, r, p, s, err)
		return
	}
	words, frame := c.inside(p, s.key, "js/answer.js", "js/fresh.js")
	v := templates.OneThread{
		Staff: frame, Kept: retention.LetterDays, Key: s.key, Row: c.threadRow(r.Context(), words, s, head),
		Message: a.message.String(), Text: a.text, Steps: a.steps, Max: link.MaxUnits, Search: a.search, Done: done, Problem: problem,
		Notes: s.kind == helpline.LetterThread && counsel.May(actor(p), counsel.WriteNotes) == nil,
	}
	if thread.Ends > 0 {
		v.Ends = retention.Midnight(thread.Ends).Format(time.DateOnly)
	}
	for _, l := range thread.Letters {
		if !l.FromLine {
			v.Read = l.ID.String()
		}
		v.Letters = append(v.Letters, letter(words, l))
	}
	for _, body := range a.cards {
		if card, err := directory.ReadCard(body); err == nil {
			v.Cards = append(v.Cards, templates.FoundCard{Name: card.Name, Of: card.Of, Body: body})
		}
	}
	if a.search != "" {
		res, err := c.Referrals.Find(r.Context(), directory.Query{Text: a.search, Door: thread.Audience}, thread.Locale)
		if err != nil {
			c.note(r, err)
			v.Problem = "directory"
		}
		for _, m := range res.Matches {
			v.Found = append(v.Found, templates.FoundCard{Name: m.Name, Of: m.Organization, Body: m.Body, Why: string(m.Why)})
		}
	}
	c.show(w, r, status, templates.ThreadPage(v))
}

// letter is a letter as it is shown: what a visitor wrote is veiled.
func letter(words i18n.Words, l helpline.Letter) templates.Letter {
	out := templates.Letter{
		ID: l.ID.String(), Line: l.FromLine, Day: retention.Midnight(l.Day).Format(time.DateOnly), New: l.New, Withdraw: l.FromLine && l.New,
	}
	if steps, err := counsel.ReadSteps(l.Body); err == nil && l.FromLine {
		out.Steps = steps
		return out
	}
	if card, err := directory.ReadCard(l.Body); err == nil && l.FromLine {
		out.Card = card.Name
		return out
	}
	text, err := link.Text(l.Body)
	if with, ok := complaint(l.Body); ok && !l.FromLine {
		text, err = with.Text, nil
		for _, q := range with.Said {
			out.Said = append(out.Said, templates.Quote{Line: q.By == "c", Pieces: veil(q.Text)})
		}
	}
	switch {
	case err != nil:
		out.Pieces = []templates.Piece{{Text: words.T("threads.unreadable")}}
	case l.FromLine:
		out.Pieces = []templates.Piece{{Text: link.Visible(text)}}
	default:
		out.Pieces = veil(text)
	}
	return out
}

// withTalk is a complaint with the conversation it is about. The visitor's site
// has checked every seal before it wrote one; nobody else can write one.
type withTalk struct {
	Text string `json:"text"`
	Said []struct {
		By   string `json:"by"`
		Text string `json:"text"`
	} `json:"said"`
}

func complaint(body string) (w withTalk, ok bool) {
	return w, json.Unmarshal([]byte(body), &w) == nil && len(w.Said) > 0
}

// answerThread sends what was written, or adds what was asked of the form before
// that: cards of the directory.
func (c *Console) answerThread(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) {
	id, ok := c.threadHere(w, r, p, s)
	if !ok {
		return
	}
	a := answered{
		text: lines(r.PostForm.Get("text")), steps: lines(r.PostForm.Get("steps")),
		cards: r.PostForm["card"], search: strings.TrimSpace(r.PostForm.Get("search")),
	}
	var err error
	if a.message, err = helpline.ParseID(r.PostForm.Get("message")); err != nil || len(a.cards) > maxCards {
		c.fail(w, r, helpline.Errorf(helpline.Invalid, "answer: not one of our forms"))
		return
	}
	switch do := r.PostForm.Get("do"); {
	case do == "find":
		c.showThread(w, r, http.StatusOK, p, s, a, "", "")
		return
	case strings.HasPrefix(do, "add "):
		a.search = ""
		if body := strings.TrimPrefix(do, "add "); len(a.cards) < maxCards && !slices.Contains(a.cards, body) {
			a.cards = append(a.cards, body)
		}
		c.showThread(w, r, http.StatusOK, p, s, a, "", "")
		return
	case strings.HasPrefix(do, "drop "):
		a.cards = slices.DeleteFunc(a.cards, func(body string) bool { return body == strings.TrimPrefix(do, "drop ") })
		c.showThread(w, r, http.StatusOK, p, s, a, "", "")
		return
	}
	bodies, problem := a.bodies()
	for i, body := range bodies {
		if problem == "" && c.carries(part(a.message, i), body) != nil {
			problem = "text"
			if strings.HasPrefix(body, `{"card":`) {
				problem = "card"
			}
		}
	}
	if problem != "" {
		c.showThread(w, r, http.StatusUnprocessableEntity, p, s, a, "", problem)
		return
	}
	read, _ := helpline.ParseID(r.PostForm.Get("read")) // none is no letter's
	for i, body := range bodies {
		if err = c.Letters.Answer(r.Context(), c.by(r, p), id, part(a.message, i), read, body); err != nil {
			break
		}
	}
	switch kind := helpline.KindOf(err); {
	case err == nil:
		c.showThread(w, r, http.StatusOK, p, s, answered{message: helpline.NewID()}, "answered", "")
	case kind == helpline.Invalid:
		c.showThread(w, r, http.StatusUnprocessableEntity, p, s, a, "", "text")
	case kind == helpline.Conflict:
		c.showThread(w, r, http.StatusConflict, p, s, a, "", "again")
	case kind == helpline.Unavailable:
		c.note(r, err)
		c.showThread(w, r, http.StatusServiceUnavailable, p, s, a, "", "busy")
	default:
		c.unread(w, r, p, s, err)
	}
}

const maxCards = 4

// lines are as the person sees them.
func lines(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// part names the nth letter of an answer.
func part(message helpline.ID, n int) helpline.ID {
	message[0] ^= byte(n)
	return message
}

// bodies are the letters of an answer, words first; a problem says what is not
// right with the form.
func (a answered) bodies() (out []string, problem string) {
	if a.text != "" {
		if len(utf16.Encode([]rune(a.text))) > link.MaxUnits {
			return nil, "long"
		}
		out = append(out, asBody(map[string]string{"text": a.text}))
	}
	var steps []string
	for _, line := range strings.Split(a.steps, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			steps = append(steps, line)
		}
	}
	if len(steps) > 0 {
		body := asBody(map[string][]string{"steps": steps})
		if _, err := counsel.ReadSteps(body); err != nil {
			return nil, "steps"
		}
		out = append(out, body)
	}
	if out = append(out, a.cards...); len(out) == 0 {
		return nil, "empty"
	}
	return out, ""
}

// asBody writes a body as JSON.stringify writes it.
func asBody(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // strings only: it cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

// withdrawAnswer takes an answer back that nobody has read.
func (c *Console) withdrawAnswer(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) {
	id, ok := c.threadHere(w, r, p, s)
	if !ok {
		return
	}
	msg, err := helpline.ParseID(r.PostForm.Get("message"))
	if err == nil {
		err = c.Letters.Withdraw(r.Context(), c.by(r, p), id, msg)
	}
	fresh := answered{message: helpline.NewID()}
	switch kind := helpline.KindOf(err); kind {
	case "":
		c.showThread(w, r, http.StatusOK, p, s, fresh, "withdrawn", "")
	case helpline.Conflict, helpline.NotFound:
		c.showThread(w, r, http.StatusConflict, p, s, fresh, "", "read")
	default:
		c.unread(w, r, p, s, err)
	}
}

// closeThread begins the note of a contact that came by letter, with what is
// known filled in, and goes to its form.
func (c *Console) closeThread(w http.ResponseWriter, r *http.Request, p staff.Person) {
	s := inboxTray
	id, ok := c.threadHere(w, r, p, s)
	if !ok {
		return
	}
	by := c.by(r, p)
	heads, err := c.Threads.Heads(r.Context(), by)
	if err != nil {
		c.unread(w, r, p, s, err)
		return
	}
	at := slices.IndexFunc(heads, func(h counsel.ThreadHead) bool { return h.ID == id && h.Mine })
	if at < 0 {
		c.showThreads(w, r, http.StatusConflict, p, s, "", "notyours")
		return
	}
	contact, err := c.Drafts.Begin(r.Context(), by)
	if err == nil {
		err = c.Drafts.Draft(r.Context(), by, counsel.Closing{
			Contact: contact, Thread: id,
			Outcome: counsel.Outcome{counsel.ChannelQuestion: {string(helpline.ByInbox)}, "door": {string(heads[at].Audience)}},
		})
	}
	if err != nil {
		c.unopened(w, r, p, err)
		return
	}
	http.Redirect(w, r, "/closing/"+contact.String(), http.StatusSeeOther)
}
