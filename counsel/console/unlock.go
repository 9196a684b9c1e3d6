package console

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"helpline"
	"helpline/counsel/staff"
	"helpline/templates"
)

func (c *Console) unlockPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showUnlock(w, r, http.StatusOK, p, r.URL.Query().Get("back"), nil, "")
}

func (c *Console) showUnlock(w http.ResponseWriter, r *http.Request, status int, p staff.Person, back string, carried url.Values, problem string) {
	words, frame := c.unfinished(p) // no names, no places: the screen may be locked
	frame.Title = words.T("unlock.title")
	v := templates.Unlock{Staff: frame, Back: c.onward(back, p), Problem: problem, Carries: carried != nil}
	v.Carried = fieldsOf(carried)
	c.show(w, r, status, templates.UnlockPage(v))
}

// onward is where to go on: a page or form of our own behind the login, and
// else the person's first page.
func (c *Console) onward(to string, p staff.Person) string {
	if c.leads(to, c.inner) {
		return to
	}
	return c.first(p)
}

// leads says whether a path is one of some patterns, as it stands.
func (c *Console) leads(to string, patterns map[string]bool) bool {
	u, err := url.Parse(to)
	if err != nil || u.Path != to || path.Clean(to) != to || !strings.HasPrefix(to, "/") || strings.ContainsAny(to, "\\?#%") {
		return false
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if _, pattern := c.mux.Handler(&http.Request{Method: method, URL: u}); patterns[pattern] {
			return true
		}
	}
	return false
}

// unlock opens the keyring and the screen with the passphrase, for a page or
// for the script of a page that keeps what is written on it.
func (c *Console) unlock(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	var err error
	if answer := r.PostForm.Get("key"); answer != "" && c.KeyUnlock != nil {
		err = c.KeyUnlock.Unlock(r.Context(), c.by(r, p), []byte(answer), r.PostForm.Get("prf"))
	} else {
		err = c.Keys.Unlock(r.Context(), c.by(r, p), c.passphrase(r, p))
	}
	if err == nil {
		c.opens(r)
	}
	if r.PostForm.Get("script") != "" {
		c.tell(w, r, err)
		return
	}
	back, carried := r.PostForm.Get("back"), carriedOf(r, "unlock-form")
	if carried != nil {
		back = r.PostForm.Get("unlock-to")
	}
	switch helpline.KindOf(err) {
	case "":
		status := http.StatusSeeOther
		if carried != nil {
			status = http.StatusTemporaryRedirect
		}
		http.Redirect(w, r, c.onward(back, p), status)
	case helpline.Forbidden:
		c.showUnlock(w, r, http.StatusUnprocessableEntity, p, back, carried, "wrong")
	case helpline.Unavailable:
		c.showUnlock(w, r, http.StatusServiceUnavailable, p, back, carried, "busy")
	default:
		c.fail(w, r, err)
	}
}

// unlocked opens the keyring of a login that has just begun. When that fails
// the person is logged in all the same, and asked again when a key is needed.
func (c *Console) unlocked(r *http.Request, p staff.Person, pass staff.Passphrase) {
	if err := c.Keys.Unlock(r.Context(), c.by(r, p), pass); err != nil {
		c.note(r, err)
	}
}
