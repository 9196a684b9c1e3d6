package console

import (
	"context"
	"net/http"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// Passkeys asks for passkeys and weighs them. Asserted by counsel; nil where
// the host cannot have any.
type Passkeys interface {
	// OfferKey asks the browser to make one; AddKey keeps it.
	OfferKey(ctx context.Context, by counsel.By, name string) (options []byte, err error)
	AddKey(ctx context.Context, by counsel.By, name string, answer []byte) error
	// AskKey asks for one of the person's; Key weighs the answer.
	AskKey(ctx context.Context, by counsel.By) (options []byte, err error)
	Key(ctx context.Context, by counsel.By, answer []byte, prf string) error
}

// KeyUnlock opens a locked screen by a passkey.
type KeyUnlock interface {
	AskUnlock(ctx context.Context, by counsel.By) (options []byte, err error)
	Unlock(ctx context.Context, by counsel.By, answer []byte, prf string) error
}

func (c *Console) passkeyRoutes() []entry {
	if c.Passkeys == nil {
		return nil
	}
	line := func(pattern string, h handler, stages ...counsel.Stage) entry {
		e := route("POST", pattern, helpline.StaffOnly, counsel.ChangeOwn, h)
		e.stages = stages
		return e
	}
	return []entry{
		line("/passkey/new", c.offerKey, counsel.Bare, counsel.Full),
		stepUp(line("/second/passkey", c.addKey, counsel.Bare, counsel.Full)),
		line("/passkey/ask", c.askKey, counsel.Half, counsel.Full),
		whileLocked(line("/unlock/ask", c.askUnlock)),
	}
}

// offerKey is asked by the script of the page that sets a second factor up.
func (c *Console) offerKey(w http.ResponseWriter, r *http.Request, p staff.Person) {
	options, err := c.Passkeys.OfferKey(r.Context(), c.by(r, p), p.Name)
	c.options(w, r, options, err)
}

func (c *Console) askKey(w http.ResponseWriter, r *http.Request, p staff.Person) {
	options, err := c.Passkeys.AskKey(r.Context(), c.by(r, p))
	c.options(w, r, options, err)
}

func (c *Console) askUnlock(w http.ResponseWriter, r *http.Request, p staff.Person) {
	options, err := c.KeyUnlock.AskUnlock(r.Context(), c.by(r, p))
	c.options(w, r, options, err)
}

// options answers a script with what the browser is to be asked.
func (c *Console) options(w http.ResponseWriter, r *http.Request, options []byte, err error) {
	if err != nil {
		c.tell(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(options) // the reader has gone; there is nobody to tell
}

// addKey keeps a passkey that the browser has made.
func (c *Console) addKey(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	by, name := c.by(r, p), r.PostForm.Get("name")
	o, err := c.Second.Offer(r.Context(), by) // the page offers an app as well
	if err != nil {
		c.unoffered(w, r, p, err)
		return
	}
	err = c.Passkeys.AddKey(r.Context(), by, name, []byte(r.PostForm.Get("key")))
	switch helpline.KindOf(err) {
	case "":
		c.addedFactor(w, r, p)
	case helpline.Forbidden:
		c.showSecondNew(w, r, http.StatusUnprocessableEntity, p, o, name, "key")
	case helpline.Invalid:
		c.showSecondNew(w, r, http.StatusUnprocessableEntity, p, o, name, "name")
	case helpline.Conflict:
		c.crowded(w, r, p, o, name)
	default:
		c.fail(w, r, err)
	}
}

// weigh weighs whichever second factor a form holds: a passkey's answer, or
// the code of an app. prefix is that of the form's fields.
func (c *Console) weigh(r *http.Request, p staff.Person, prefix string) error {
	by := c.by(r, p)
	if answer := r.PostForm.Get(prefix + "key"); answer != "" && c.Passkeys != nil {
		if err := c.Passkeys.Key(r.Context(), by, []byte(answer), r.PostForm.Get(prefix+"prf")); err != nil {
			return keyRefused{err}
		}
		return nil
	}
	return c.Second.Code(r.Context(), by, r.PostForm.Get(prefix+"code"))
}

// keyRefused is the refusal of a passkey, whose words are others than a code's.
type keyRefused struct{ error }

func (e keyRefused) Unwrap() error { return e.error }
