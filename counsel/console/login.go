package console

import (
	"net/http"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

func (c *Console) loginPage(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	p, in, err := c.who(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if in {
		http.Redirect(w, r, c.first(p), http.StatusSeeOther)
		return
	}
	next := ""
	if r.URL.Query().Has("out") {
		next = "out"
	}
	if r.URL.Query().Has("again") {
		next = "again"
	}
	c.showLogin(w, r, http.StatusOK, templates.Login{Next: next})
}

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request, status int, l templates.Login) {
	_, l.Staff = c.outside(r, "login.title")
	c.show(w, r, status, templates.LoginPage(l))
}

func (c *Console) login(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	name, pass := r.PostForm.Get("name"), staff.NewPassphrase(r.PostForm.Get("passphrase"))
	r = r.WithContext(counsel.HoldStretch(r.Context())) // for the keyring, which is unlocked with it
	p, err := c.Office.Login(r.Context(), name, pass)
	if len(name) > 64 {
		name = ""
	}
	switch helpline.KindOf(err) {
	case "":
		c.enter(w, r, p, pass)
	case helpline.Forbidden:
		c.showLogin(w, r, http.StatusForbidden, templates.Login{Name: name, Problem: "wrong"})
	case helpline.Unavailable:
		c.showLogin(w, r, http.StatusServiceUnavailable, templates.Login{Name: name, Problem: "busy"})
	default:
		c.fail(w, r, err)
	}
}

// enter starts a login under a new token, and asks for the second factor. People
// of the demonstration have none: their keyring is unlocked at once.
func (c *Console) enter(w http.ResponseWriter, r *http.Request, p staff.Person, pass staff.Passphrase) {
	ctx := r.Context()
	if err := c.logins.RenewToken(ctx); err != nil {
		c.fail(w, r, err)
		return
	}
	c.logins.Put(ctx, counsel.PersonKey, p.ID.String())
	c.mark(w)
	if p = c.earnest(p); !p.Demo {
		c.halfway(w, r, p, pass)
		return
	}
	c.logins.Put(ctx, counsel.StageKey, int(counsel.Full))
	c.opens(r)
	c.unlocked(r, p, pass)
	http.Redirect(w, r, c.first(p), http.StatusSeeOther)
}

// Enter logs a person in whose passphrase the caller knows. Only the
// demonstration's one-use links call it; the handler must be wrapped by
// Middleware.
func (c *Console) Enter(w http.ResponseWriter, r *http.Request, p staff.Person, pass staff.Passphrase) {
	c.enter(w, r, p, pass)
}

// Middleware loads and saves logins around handlers that live elsewhere.
func (c *Console) Middleware(h http.Handler) http.Handler { return c.logins.LoadAndSave(h) }

// logout ends the login, then every link of the person. It asks for no login:
// logging out twice is no error.
func (c *Console) logout(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	c.leave(w, r, "/login?out")
}

// leave ends the login of this request and goes on to a page.
func (c *Console) leave(w http.ResponseWriter, r *http.Request, to string) {
	ctx := r.Context()
	id, err := helpline.ParseID(c.logins.GetString(ctx, counsel.PersonKey))
	if err == nil {
		c.Keys.Lock(c.by(r, staff.Person{ID: id}))
		if err := c.logins.Destroy(ctx); err != nil {
			c.fail(w, r, err)
			return
		}
		c.Engine.Dismiss(id)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (c *Console) language(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	l, ok := screen(r.PostForm.Get("language"))
	if !ok {
		c.fail(w, r, helpline.Errorf(helpline.Invalid, "language: not one of the screens'"))
		return
	}
	if err := c.Office.SetLanguage(r.Context(), p, l); err != nil {
		c.fail(w, r, err)
		return
	}
	back := c.first(p)
	for _, at := range c.places(p) {
		if r.PostForm.Get("back") == at.Href {
			back = at.Href
		}
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}
