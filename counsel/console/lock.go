package console

import (
	"net/http"
	"net/url"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// IdleFor is how long a screen nobody touches stays open.
const IdleFor = 15 * time.Minute

// whileLocked marks a route that works while the screen is locked, also for
// whoever must choose a new passphrase.
func whileLocked(e entry) entry { e.whileLocked, e.due = true, true; return e }

// notDue sends whoever must choose a new passphrase to the page for it.
func notDue(e entry) entry { e.due = false; return e }

// barred says whether the screen of this login is locked, and notes that it
// was used where it is not.
func (c *Console) barred(r *http.Request, in counsel.Login) bool {
	login := vault.LoginID(c.logins.Token(r.Context()))
	if in.Locked || c.touched.idle(login) {
		return true
	}
	c.touched.touch(login)
	return false
}

// lockedOut answers a request while the screen is locked. A page comes after
// the unlocking; a form is carried along; a script gets the status 423. Whoever
// still has to choose a passphrase has none that would unlock: that login ends.
func (c *Console) lockedOut(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if p.Renew {
		c.leave(w, r, "/login?again")
		return
	}
	c.Keys.Lock(c.by(r, p))
	switch mode := r.Header.Get("Sec-Fetch-Mode"); {
	case mode != "" && mode != "navigate":
		asJSON(w, http.StatusLocked, map[string]string{"why": "locked"})
	case r.Method == http.MethodPost:
		if err := form(r); err != nil {
			c.fail(w, r, err)
			return
		}
		c.showUnlock(w, r, http.StatusOK, p, r.URL.Path, r.PostForm, "")
	default:
		http.Redirect(w, r, "/unlock?"+url.Values{"back": {r.URL.Path}}.Encode(), http.StatusSeeOther)
	}
}

// windowField carries the mark of a page to its sockets.
const windowField = "window"

// window is the mark of a page that is opened while its login is unlocked.
func (c *Console) window(r *http.Request) string {
	mark, err := c.Logins.Mark(c.logins.Token(r.Context()))
	if err != nil {
		c.note(r, err) // its sockets wait for the unlocking
	}
	return mark
}

// comesBack says whether a socket may open: always while the login is unlocked.
// While it is locked the pages that were open before go on, also after a break of
// their line; whatever is opened new, in whatever page, has to unlock first.
func (c *Console) comesBack(r *http.Request, in counsel.Login, token string) bool {
	login := vault.LoginID(token)
	locked := in.Locked || c.touched.locked(login)
	switch {
	case !locked:
		c.touched.see(login)
		return true
	case in.Locked:
		c.touched.found(login)
	}
	if contact := r.PathValue("contact"); contact != "" && !c.touched.had(login, contact) {
		return false
	}
	return c.Logins.Marked(token, r.URL.Query().Get(windowField))
}

// rest notes that a login is locked, by hand or by nobody's touch. Its desks ask
// for no visitor any more.
func (c *Console) rest(login [32]byte, byHand bool) {
	for _, lane := range c.touched.shut(login, byHand) {
		lane.Rest()
	}
}

// lock locks the screen: the keyring is dropped, and the login opens no page
// until the passphrase comes. Sockets stay, so the conversation goes on.
func (c *Console) lock(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	c.Keys.Lock(c.by(r, p))
	c.logins.Put(r.Context(), counsel.LockedKey, true)
	c.rest(vault.LoginID(c.logins.Token(r.Context())), true)
	if r.PostForm.Get("script") != "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, "/unlock?"+url.Values{"back": {c.first(p)}}.Encode(), http.StatusSeeOther)
}

// alive is what a page says once a minute while somebody uses it.
func (c *Console) alive(w http.ResponseWriter, _ *http.Request, _ staff.Person) {
	w.WriteHeader(http.StatusNoContent)
}

// opens says that the screen is unlocked again.
func (c *Console) opens(r *http.Request) {
	ctx := r.Context()
	c.logins.Put(ctx, counsel.LockedKey, false) // in any case: it may have become idle while this request was on its way
	c.touched.opened(vault.LoginID(c.logins.Token(ctx)))
}

// passphrase is what was typed; for people of the demonstration who were shown
// none, it is known where the demonstration runs.
func (c *Console) passphrase(r *http.Request, p staff.Person) staff.Passphrase {
	if pass, known := c.demoPass(p); known {
		return pass
	}
	return staff.NewPassphrase(r.PostForm.Get("passphrase"))
}

func (c *Console) demoPass(p staff.Person) (staff.Passphrase, bool) {
	if !p.Demo || c.DemoPass == nil {
		return staff.Passphrase{}, false
	}
	return c.DemoPass(p)
}

func (c *Console) lockRoutes() []entry {
	line := func(method, pattern string, h handler) entry {
		return route(method, pattern, helpline.StaffOnly, counsel.ChangeOwn, h)
	}
	return []entry{
		whileLocked(line("POST", "/lock", c.lock)),
		line("POST", "/alive", c.alive),
		notDue(whileLocked(line("GET", "/unlock", c.unlockPage))),
		whileLocked(line("POST", "/unlock", c.unlock)),
	}
}
