package console

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

// FreshFor is how long a second factor counts as fresh for what needs one,
// where the line has not said otherwise.
const FreshFor = 5 * time.Minute

// The fields of a step-up beside those it carries along.
const (
	passField = "step-pass"
	goField   = "step-go"
)

// mostCarried bounds the fields that are carried through a step-up.
const mostCarried = 200

// stepUp marks a route that asks for a fresh second factor. A page is asked for
// it before it opens; a form is carried along, so that nothing typed is lost; a
// script gets the status 428.
func stepUp(e entry) entry { e.stepUp = true; return e }

// fresh says whether the second factor of this login was shown just now. A time
// that has still to come counts for nothing: the clock was set back. People of
// the demonstration have no second factor.
func (c *Console) fresh(in counsel.Login, p staff.Person, now time.Time) bool {
	age := now.Sub(in.Stepped)
	return p.Demo || !in.Stepped.IsZero() && age > -time.Second && age < cmp.Or(c.Fresh, FreshFor)
}

// unstepped answers a request whose second factor is not fresh.
func (c *Console) unstepped(w http.ResponseWriter, r *http.Request, p staff.Person) {
	switch mode := r.Header.Get("Sec-Fetch-Mode"); {
	case mode != "" && mode != "navigate":
		asJSON(w, http.StatusPreconditionRequired, map[string]string{"why": "stepup"})
	case r.Method == http.MethodPost:
		if err := form(r); err != nil {
			c.fail(w, r, err)
			return
		}
		c.showStepUp(w, r, http.StatusOK, p, r.URL.Path, r.PostForm, "")
	default:
		http.Redirect(w, r, "/step-up?"+url.Values{"back": {r.URL.Path}}.Encode(), http.StatusSeeOther)
	}
}

func (c *Console) stepUpPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showStepUp(w, r, http.StatusOK, p, r.URL.Query().Get("back"), nil, "")
}

// stepUpNow weighs a second factor and goes on to where it was needed: to a
// page, or once more to where a form went, with all of its fields.
func (c *Console) stepUpNow(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	to, carried := r.PostForm.Get(goField), carriedOf(r, "step-form")
	err := c.stepped(r, p)
	switch helpline.KindOf(err) {
	case "":
		c.logins.Put(r.Context(), counsel.SteppedKey, time.Now().Unix())
		status := http.StatusSeeOther
		if carried != nil {
			status = http.StatusTemporaryRedirect // the browser sends the form again, now to its own place
		}
		http.Redirect(w, r, c.stepTarget(to, p), status)
	case helpline.Forbidden:
		c.showStepUp(w, r, http.StatusUnprocessableEntity, p, to, carried, secondProblem(err))
	case helpline.Unavailable:
		c.showStepUp(w, r, http.StatusServiceUnavailable, p, to, carried, "busy")
	default:
		c.fail(w, r, err)
	}
}

// carries says whether a field is carried along.
func carries(name string) bool {
	return !strings.HasPrefix(name, "step-") && !strings.HasPrefix(name, "unlock-") && !slices.Contains(typed, name)
}

// carriedOf gives the fields that are carried along where the form has a mark,
// and nil where there are none to carry.
func carriedOf(r *http.Request, mark string) url.Values {
	if !r.PostForm.Has(mark) {
		return nil
	}
	return r.PostForm
}

// fieldsOf lists what a page carries along.
func fieldsOf(carried url.Values) []templates.Field {
	var out []templates.Field
	for _, name := range slices.Sorted(maps.Keys(carried)) {
		for _, value := range carried[name] {
			if len(out) < mostCarried && carries(name) && (name != "offer" || !staff.Offered(value)) {
				out = append(out, templates.Field{Name: name, Value: value})
			}
		}
	}
	return out
}

// stepped weighs what was typed: the passphrase where the keyring is locked,
// for the second factors are sealed under it, and then the code.
func (c *Console) stepped(r *http.Request, p staff.Person) error {
	by := c.by(r, p)
	if !c.Keys.Unlocked(by) {
		if err := c.Keys.Unlock(r.Context(), by, staff.NewPassphrase(r.PostForm.Get(passField))); err != nil {
			return err
		}
		c.opens(r)
	}
	return c.weigh(r, p, "step-")
}

// typed are fields that are not carried anywhere: they hold a secret, or say
// that a script asks.
var typed = []string{"passphrase", "own", "again", "old", "code", "typed", "share", "word1", "word2", "script"}

// stepTarget is where to go on: only to a route of our own that asks for a
// step-up, and else to the first page.
func (c *Console) stepTarget(to string, p staff.Person) string {
	if c.leads(to, c.steps) {
		return to
	}
	return c.first(p)
}

func (c *Console) showStepUp(w http.ResponseWriter, r *http.Request, status int, p staff.Person, to string, carried url.Values, problem string) {
	kinds, err := c.Second.Kinds(r.Context(), p.ID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "notes", "js/form.js")
	frame.Here, frame.Title = "", words.T("stepup.title")
	v := templates.StepUp{Staff: frame, Go: c.stepTarget(to, p), Problem: problem, Carries: carried != nil, Clock: c.clock(), Locked: !c.Keys.Unlocked(c.by(r, p)), Ways: c.ways(kinds)}
	v.Carried = fieldsOf(carried)
	c.show(w, r, status, templates.StepUpPage(v))
}
