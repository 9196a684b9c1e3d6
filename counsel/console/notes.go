package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

const day = 24 * time.Hour

// noteScripts are those of a page on which a note is written; the first runs
// the page.
func noteScripts(page string, more ...string) []string {
	return append([]string{page, "js/note.js", "js/post.js", "js/hints.js", "js/unlock.js", "js/words.js"}, more...)
}

// notes lists what a person may open, and what they have not finished.
func (c *Console) notes(w http.ResponseWriter, r *http.Request, p staff.Person) {
	heads, err := c.Notes.List(r.Context(), c.by(r, p))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "notes")
	v := templates.Notes{Staff: frame, Days: c.Line.NoteDays}
	now := time.Now()
	for _, h := range heads {
		v.Notes = append(v.Notes, noteRow(words, h, now))
	}
	if counsel.May(actor(p), counsel.WriteNotes) == nil {
		open, err := c.Drafts.Drafts(r.Context(), c.by(r, p))
		if err != nil {
			c.fail(w, r, err)
			return
		}
		for _, contact := range open {
			v.Unfinished = append(v.Unfinished, "/closing/"+contact.String())
		}
	}
	c.show(w, r, http.StatusOK, templates.NotesPage(v))
}

func noteRow(words i18n.Words, h counsel.NoteHead, now time.Time) templates.NoteRow {
	row := templates.NoteRow{
		Href: "/notes/" + h.ID.String(), Alias: h.Alias, Mine: h.Mine, Week: h.Week, Revised: h.Revision > 1, Held: h.Held,
		Told: told(words, h.Openings),
	}
	row.Days = max(0, int(h.Expires.Sub(now)/day))
	row.Left = words.T("notes.left.today")
	if row.Days > 0 {
		row.Left = words.N("notes.left", row.Days)
	}
	return row
}

// opened reads the note of the address for a person. When it cannot, it has
// answered: a locked keyring leads to the passphrase and back.
func (c *Console) opened(w http.ResponseWriter, r *http.Request, p staff.Person) (counsel.Note, bool) {
	id, err := helpline.ParseID(r.PathValue("note"))
	if err != nil {
		c.troubleFor(w, r, p, http.StatusNotFound, "note", "/notes")
		return counsel.Note{}, false
	}
	n, err := c.Notes.Open(r.Context(), c.by(r, p), id, "")
	switch {
	case err == nil:
		return n, true
	case errors.Is(err, counsel.ErrReason) && r.URL.Path == "/notes/"+id.String():
		c.askWhy(w, r, p, id, false)
	case errors.Is(err, counsel.ErrReason): // whoever must give a reason is not the author
		c.troubleFor(w, r, p, http.StatusForbidden, "author", "/notes/"+id.String())
	default:
		c.unopened(w, r, p, err)
	}
	return counsel.Note{}, false
}

// unopened answers for a note or draft that could not be read. A colleague's,
// one that has expired and one that never was look the same.
func (c *Console) unopened(w http.ResponseWriter, r *http.Request, p staff.Person, err error) {
	switch kind := helpline.KindOf(err); {
	case errors.Is(err, counsel.ErrLocked):
		http.Redirect(w, r, "/unlock?"+url.Values{"back": {r.URL.Path}}.Encode(), http.StatusSeeOther)
	case errors.Is(err, counsel.ErrUnvouched):
		c.troubleFor(w, r, p, http.StatusForbidden, "unvouched", "/words")
	case errors.Is(err, counsel.ErrAuthorUnvouched):
		c.troubleFor(w, r, p, http.StatusForbidden, "author", "/people")
	case errors.Is(err, counsel.ErrTooMany):
		c.troubleFor(w, r, p, http.StatusForbidden, "many", "/notes")
	case errors.Is(err, counsel.ErrNoSupervisor):
		c.troubleFor(w, r, p, http.StatusServiceUnavailable, "unfounded", "/notes")
	case kind == helpline.NotFound:
		c.troubleFor(w, r, p, http.StatusNotFound, "note", "/notes")
	default:
		c.fail(w, r, err)
	}
}

func (c *Console) openNote(w http.ResponseWriter, r *http.Request, p staff.Person) {
	n, ok := c.opened(w, r, p)
	if ok {
		c.showNote(w, r, p, n)
	}
}

func (c *Console) showNote(w http.ResponseWriter, r *http.Request, p staff.Person, n counsel.Note) {
	words, frame := c.inside(p, "notes", "js/fresh.js")
	v := templates.OpenedNote{Staff: frame, Row: noteRow(words, n.NoteHead, time.Now()), Text: n.Text}
	if n.Mine && counsel.May(actor(p), counsel.WriteNotes) == nil {
		v.Revise = v.Row.Href + "/revise"
	}
	if !n.Held && counsel.May(actor(p), counsel.HoldNotes) == nil {
		v.Hold = v.Row.Href + "/hold"
		for _, code := range counsel.HoldReasons() {
			v.Reasons = append(v.Reasons, templates.Choice{Value: code, Label: words.T("holds.reason." + code)})
		}
	}
	names := c.called(r.Context(), words, n.Outcome)
	for _, q := range c.Notes.Questions() {
		a := templates.Answer{Question: words.T("note.q." + q.Key), Missing: q.Asked && len(n.Outcome[q.Key]) == 0}
		for _, code := range n.Outcome[q.Key] {
			if q.IDs {
				a.Answers = append(a.Answers, names[code])
			} else {
				a.Answers = append(a.Answers, codeWords(words, q.Key, code))
			}
		}
		if len(a.Answers) > 0 || a.Missing {
			v.Answers = append(v.Answers, a)
		}
	}
	c.show(w, r, http.StatusOK, templates.NotePage(v))
}

// codeWords are the words of a code; one that the catalogue has no words for,
// such as a region of this line, is its own.
func codeWords(words i18n.Words, key, code string) string {
	if k := "note.c." + key + "." + code; words.Has(k) {
		return words.T(k)
	}
	return code
}

func (c *Console) revisePage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	n, ok := c.opened(w, r, p)
	if !ok {
		return
	}
	if !n.Mine {
		c.troubleFor(w, r, p, http.StatusForbidden, "author", "/notes/"+n.ID.String())
		return
	}
	c.showRevise(w, r, http.StatusOK, p, counsel.Closing{Revision: n.Revision, Elsewhere: n.Outcome.Elsewhere(), Outcome: n.Outcome, Text: n.Text}, "")
}

func (c *Console) showRevise(w http.ResponseWriter, r *http.Request, status int, p staff.Person, closing counsel.Closing, problem string) {
	words, frame := c.inside(p, "notes", noteScripts("js/notepage.js", "js/fresh.js")...)
	f := c.noteForm(r.Context(), words, p, closing)
	f.Action, f.Problem = r.URL.Path, problem
	c.show(w, r, status, templates.WritePage(templates.Write{
		Staff: frame, Form: f, Title: words.T("notes.revise.title"), Back: "/notes/" + r.PathValue("note"),
		Script: templates.ScriptWords(words, "note.js."),
	}))
}

// revise takes a new revision, from the script or from the plain form.
func (c *Console) revise(w http.ResponseWriter, r *http.Request, p staff.Person) {
	id, err := helpline.ParseID(r.PathValue("note"))
	if err != nil {
		c.troubleFor(w, r, p, http.StatusNotFound, "note", "/notes")
		return
	}
	if err := form(r); err != nil {
		c.tell(w, r, err)
		return
	}
	if r.PostForm.Get("person") != p.ID.String() {
		w.WriteHeader(statusOther)
		return
	}
	closing := written(r)
	closing.Elsewhere = closing.Outcome.Elsewhere()
	err = c.Notes.Revise(r.Context(), c.by(r, p), id, closing)
	if r.PostForm.Get("script") != "" {
		c.tell(w, r, err)
		return
	}
	switch kind := helpline.KindOf(err); {
	case err == nil:
		http.Redirect(w, r, "/notes/"+id.String(), http.StatusSeeOther)
	case kind == helpline.Invalid:
		c.showRevise(w, r, http.StatusUnprocessableEntity, p, closing, "fault")
	case kind == helpline.Conflict:
		c.showRevise(w, r, http.StatusConflict, p, closing, "conflict")
	case errors.Is(err, counsel.ErrLocked):
		c.showRevise(w, r, http.StatusLocked, p, closing, "locked")
	default:
		c.unopened(w, r, p, err)
	}
}

// closingPage goes on with a note whose conversation is no longer on a desk.
func (c *Console) closingPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	contact, err := helpline.ParseID(r.PathValue("contact"))
	if err != nil {
		c.troubleFor(w, r, p, http.StatusNotFound, "note", "/notes")
		return
	}
	d, err := c.Drafts.OpenDraft(r.Context(), c.by(r, p), contact)
	if err != nil {
		c.unopened(w, r, p, err)
		return
	}
	words, frame := c.inside(p, "notes", noteScripts("js/notepage.js", "js/fresh.js")...)
	f := c.noteForm(r.Context(), words, p, d)
	f.Action, f.Draft = r.URL.Path, true
	c.show(w, r, http.StatusOK, templates.WritePage(templates.Write{
		Staff: frame, Form: f, Title: words.T("notes.unfinished.title"), Back: "/notes",
		Script: templates.ScriptWords(words, "note.js."),
	}))
}

// noteForm is the form of a note, filled with a closing.
func (c *Console) noteForm(ctx context.Context, words i18n.Words, p staff.Person, closing counsel.Closing) templates.NoteForm {
	names := c.called(ctx, words, closing.Outcome)
	f := templates.NoteForm{
		Words: words, Person: p.ID.String(), Revision: strconv.Itoa(closing.Revision), Text: closing.Text, Max: counsel.MaxNote,
		Thread: threadOf(closing),
	}
	for _, q := range c.Notes.Questions() {
		out := templates.NoteQuestion{Key: q.Key, Name: words.T("note.q." + q.Key), Many: q.Many, Asked: q.Asked}
		for i, code := range codesOf(q, closing) {
			out.Choices = append(out.Choices, templates.NoteChoice{
				Value: code, Label: codeWords(words, q.Key, code), Key: choiceKey(i), Checked: slices.Contains(closing.Outcome[q.Key], code),
			})
		}
		if q.IDs { // what was given stands there; more can only come from a card
			for i, id := range closing.Outcome[q.Key] {
				out.Choices = append(out.Choices, templates.NoteChoice{Value: id, Label: names[id], Key: choiceKey(i), Checked: true})
			}
		}
		f.Questions = append(f.Questions, out)
	}
	return f
}

// codesOf are the codes that can be right for a contact: of the channels, those
// of the line or those elsewhere.
func codesOf(q counsel.Question, closing counsel.Closing) []string {
	if q.Key != counsel.ChannelQuestion {
		return q.Codes
	}
	var out []string
	for _, code := range q.Codes {
		letter := code == string(helpline.ByInbox) // only for what was begun from one
		if (counsel.Outcome{q.Key: {code}}).Elsewhere() == closing.Elsewhere && (!letter || slices.Contains(closing.Outcome[q.Key], code)) {
			out = append(out, code)
		}
	}
	return out
}

// choiceKey is the key that chooses the nth code of a question: 1 to 9, then
// the letters.
func choiceKey(n int) string {
	const keys = "123456789abcdefghijklmnopqrstuvwxyz"
	if n >= len(keys) {
		return ""
	}
	return keys[n : n+1]
}
