package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// answerPrefix stands before the key of a question in the names of a form.
const answerPrefix = "q."

// statusOther tells a page that somebody else is logged in by now: what was
// written there must not be sealed to them.
const statusOther = http.StatusPreconditionFailed

// by is the person with what opens their keyring. It comes from the login of
// this request only.
func (c *Console) by(r *http.Request, p staff.Person) counsel.By {
	return counsel.By{Actor: actor(p), Token: c.logins.Token(r.Context())}
}

// close saves the note of a contact. The page that asks keeps everything until
// it hears 204.
func (c *Console) close(w http.ResponseWriter, r *http.Request, p staff.Person) {
	closing, ok := c.closingFrom(w, r, p)
	if !ok {
		return
	}
	c.tell(w, r, c.Notes.Save(r.Context(), c.by(r, p), closing))
}

// keepDraft seals what stands in the form to its author.
func (c *Console) keepDraft(w http.ResponseWriter, r *http.Request, p staff.Person) {
	closing, ok := c.closingFrom(w, r, p)
	if !ok {
		return
	}
	c.tell(w, r, c.Drafts.Draft(r.Context(), c.by(r, p), closing))
}

// begin starts a contact by phone, mail or visit, and tells the page its
// identifier.
func (c *Console) begin(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.tell(w, r, err)
		return
	}
	if r.PostForm.Get("person") != p.ID.String() {
		w.WriteHeader(statusOther)
		return
	}
	contact, err := c.Drafts.Begin(r.Context(), c.by(r, p))
	if err != nil {
		c.tell(w, r, err)
		return
	}
	asJSON(w, http.StatusOK, map[string]string{"contact": contact.String()})
}

// draft gives a draft back to the page of its author, as JSON.
func (c *Console) draft(w http.ResponseWriter, r *http.Request, p staff.Person) {
	contact, err := helpline.ParseID(r.PathValue("contact"))
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	d, err := c.Drafts.OpenDraft(r.Context(), c.by(r, p), contact)
	if err != nil {
		c.tell(w, r, err)
		return
	}
	words, _ := c.inside(p, "notes")
	asJSON(w, http.StatusOK, struct {
		Text    string            `json:"text"`
		Thread  string            `json:"thread"`
		Outcome counsel.Outcome   `json:"outcome"`
		Names   map[string]string `json:"names"` // of providers
	}{d.Text, threadOf(d), d.Outcome, c.called(r.Context(), words, d.Outcome)})
}

// threadOf is the thread a note is linked to, for its form; often empty.
func threadOf(c counsel.Closing) string {
	if c.Thread.IsZero() {
		return ""
	}
	return c.Thread.String()
}

// closingFrom reads the form of a note; when it cannot be used it answers.
func (c *Console) closingFrom(w http.ResponseWriter, r *http.Request, p staff.Person) (counsel.Closing, bool) {
	contact, err := helpline.ParseID(r.PathValue("contact"))
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return counsel.Closing{}, false
	}
	if err := form(r); err != nil {
		c.tell(w, r, err)
		return counsel.Closing{}, false
	}
	if r.PostForm.Get("person") != p.ID.String() {
		w.WriteHeader(statusOther)
		return counsel.Closing{}, false
	}
	closing := written(r)
	closing.Contact = contact
	return closing, true
}

// written is what stands in a note's form. Line ends are as the person sees
// them: one character.
func written(r *http.Request) counsel.Closing {
	c := counsel.Closing{
		Text:    strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n"),
		Outcome: counsel.Outcome{},
	}
	c.Revision, _ = strconv.Atoi(r.PostForm.Get("revision")) // 0 is not the newest of any note
	c.Thread, _ = helpline.ParseID(r.PostForm.Get("thread")) // none, or not one of ours: the note stands alone
	for name, codes := range r.PostForm {
		if key, ok := strings.CutPrefix(name, answerPrefix); ok {
			c.Outcome[key] = codes
		}
	}
	return c
}

// tell answers a script with a status and, for a wrong answer, its question.
func (c *Console) tell(w http.ResponseWriter, r *http.Request, err error) {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	switch kind := helpline.KindOf(err); kind {
	case helpline.Invalid:
		f, _ := errors.AsType[counsel.Fault](err)
		asJSON(w, http.StatusUnprocessableEntity, map[string]string{"question": f.Question})
	case helpline.Forbidden:
		status := http.StatusForbidden
		if errors.Is(err, counsel.ErrLocked) {
			status = http.StatusLocked
		}
		w.WriteHeader(status)
	case helpline.NotFound:
		w.WriteHeader(http.StatusNotFound)
	case helpline.Conflict:
		status := http.StatusConflict
		if errors.Is(err, counsel.ErrErased) {
			status = http.StatusGone
		}
		w.WriteHeader(status)
	case helpline.Unavailable:
		c.note(r, err)
		why := "busy"
		if errors.Is(err, counsel.ErrNoSupervisor) {
			why = "supervisor"
		}
		asJSON(w, http.StatusServiceUnavailable, map[string]string{"why": why})
	default:
		c.note(r, err)
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func asJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the reader has gone; there is nobody to tell
}

// loginState tells a page why its socket was refused: "in" (and who), "out"
// (logged out on this computer) or "expired" (the cookie is still here and
// opens nothing), so that what stands on the page is kept or wiped.
func (c *Console) loginState(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	p, in, err := c.who(r)
	if err != nil {
		c.tell(w, r, err)
		return
	}
	answer := map[string]string{"state": "out"}
	switch _, err := r.Cookie(CookieName); {
	case in:
		answer = map[string]string{"state": "in", "person": p.ID.String()}
	case err == nil:
		answer["state"] = "expired"
	}
	asJSON(w, http.StatusOK, answer)
}
