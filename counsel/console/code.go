package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/templates"
	"helpline/templates/i18n"
)

func (c *Console) codePage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	q := r.URL.Query()
	c.showCode(w, r, http.StatusOK, p, templates.PaperCode{First: q.Has("first"), Kept: q.Has("kept")})
}

func (c *Console) showCode(w http.ResponseWriter, r *http.Request, status int, p staff.Person, v templates.PaperCode) {
	has, err := c.Own.HasCode(r.Context(), p.ID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "me", "js/form.js")
	frame.Here, frame.Title = "", words.T("code.title")
	v.Staff, v.Name, v.Has, v.Back, v.Date = frame, p.Name, has, c.first(p), c.today()
	c.show(w, r, status, templates.CodePage(v))
}

// today is the date as it stands on paper.
func (c *Console) today() string { return time.Now().UTC().Format(time.DateOnly) }

// makeCode makes a code and shows it, in the answer to the post and nowhere
// else, or takes one that was typed back.
func (c *Console) makeCode(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	if r.PostForm.Get("do") == "typed" {
		c.confirmCode(w, r, p)
		return
	}
	code, err := c.Own.MakeCode(r.Context(), c.by(r, p))
	switch {
	case err == nil:
		c.showCode(w, r, http.StatusOK, p, templates.PaperCode{Groups: strings.Split(code.Reveal(), "-"), Typing: true})
	case errors.Is(err, counsel.ErrLocked):
		unlockFirst(w, r, "/code")
	case helpline.KindOf(err) == helpline.Unavailable:
		words, _ := c.inside(p, "me")
		c.showCode(w, r, http.StatusServiceUnavailable, p, templates.PaperCode{Problem: words.T("code.problem.busy")})
	default:
		c.fail(w, r, err)
	}
}

// offerCode leads somebody who has just joined to the recovery code, and whoever
// has one to the first page.
func (c *Console) offerCode(w http.ResponseWriter, r *http.Request, p staff.Person) {
	to := c.first(p)
	if has, err := c.Own.HasCode(r.Context(), p.ID); err == nil && !has {
		to = "/code?first"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func unlockFirst(w http.ResponseWriter, r *http.Request, back string) {
	http.Redirect(w, r, "/unlock?"+url.Values{"back": {back}}.Encode(), http.StatusSeeOther)
}

func (c *Console) confirmCode(w http.ResponseWriter, r *http.Request, p staff.Person) {
	err := c.Own.ConfirmCode(r.Context(), c.by(r, p), r.PostForm.Get("typed"))
	words, _ := c.inside(p, "me")
	v, status := templates.PaperCode{Typing: true}, http.StatusUnprocessableEntity
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/code?kept", http.StatusSeeOther)
		return
	case helpline.Invalid:
		v.Problem = slipped(words, "code", err)
	case helpline.Forbidden:
		v.Problem = words.T("code.problem.another")
	case helpline.NotFound:
		v.Problem, v.Typing = words.T("code.problem.none"), false
	case helpline.Conflict:
		v.Problem = words.T("code.problem.changed")
	case helpline.Unavailable:
		v.Problem, status = words.T("code.problem.busy"), http.StatusServiceUnavailable
	default:
		c.fail(w, r, err)
		return
	}
	c.showCode(w, r, status, p, v)
}

// slipped says where something typed from paper went wrong.
func slipped(w i18n.Words, of string, err error) string {
	s, _ := errors.AsType[vault.Slip](err)
	key := of + ".slip." + s.What
	if s.What == "check" && s.At > 0 {
		key += ".at"
	}
	return w.T(key, "at", strconv.Itoa(s.At), "want", strconv.Itoa(s.Want))
}
