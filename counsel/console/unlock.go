package console

import (
	"net/http"
	"strings"

	"helpline"
	"helpline/counsel/staff"
	"helpline/templates"
)

func (c *Console) unlockPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showUnlock(w, r, http.StatusOK, p, r.URL.Query().Get("back"), "")
}

func (c *Console) showUnlock(w http.ResponseWriter, r *http.Request, status int, p staff.Person, back, problem string) {
	words, frame := c.inside(p, "notes", "js/form.js")
	frame.Here, frame.Title = "", words.T("unlock.title")
	c.show(w, r, status, templates.UnlockPage(templates.Unlock{Staff: frame, Back: afterUnlock(back), Problem: problem}))
}

// afterUnlock is where to go on; only to pages that can have asked.
func afterUnlock(back string) string {
	for _, from := range []string{"/notes", "/closing/", "/people", "/words", "/code", "/recovery"} {
		if strings.HasPrefix(back, from) && !strings.Contains(back, "//") && !strings.ContainsAny(back, "?#\\") {
			return back
		}
	}
	return "/notes"
}

// unlock opens the keyring with the passphrase, for a page or for the script
// of a page that keeps what is written on it.
func (c *Console) unlock(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	err := c.Keys.Unlock(r.Context(), c.by(r, p), staff.NewPassphrase(r.PostForm.Get("passphrase")))
	if r.PostForm.Get("script") != "" {
		c.tell(w, r, err)
		return
	}
	back := r.PostForm.Get("back")
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, afterUnlock(back), http.StatusSeeOther)
	case helpline.Forbidden:
		c.showUnlock(w, r, http.StatusUnprocessableEntity, p, back, "wrong")
	case helpline.Unavailable:
		c.showUnlock(w, r, http.StatusServiceUnavailable, p, back, "busy")
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
