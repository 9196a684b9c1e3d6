package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// Second weighs second factors. Asserted by counsel.
type Second interface {
	// Kinds says which second factors a person has.
	Kinds(ctx context.Context, person helpline.ID) ([]counsel.FactorKind, error)
	// Code weighs a code of an app and uses it up.
	Code(ctx context.Context, by counsel.By, code string) error
	// Offer draws a secret for an app; Offered reads one that came back.
	Offer(ctx context.Context, by counsel.By) (counsel.CodeOffer, error)
	Offered(ctx context.Context, by counsel.By, sealed string) (counsel.CodeOffer, error)
	// AddCode keeps an offered app once a code of it is right.
	AddCode(ctx context.Context, by counsel.By, sealed, name, code string) error
}

// Halfway keeps keyrings of logins whose second factor is still missing.
type Halfway interface {
	Present(ctx context.Context, by counsel.By, pass staff.Passphrase) error
	Presented(by counsel.By) bool
	// Confirm unlocks the presented keyring for the login's new token.
	Confirm(ctx context.Context, by counsel.By, token string) error
}

func (c *Console) secondRoutes() []entry {
	at := func(e entry, stages ...counsel.Stage) entry { e.stages = stages; return e }
	line := func(method, pattern string, h handler) entry {
		return route(method, pattern, helpline.StaffOnly, counsel.ChangeOwn, h)
	}
	return []entry{
		at(line("GET", "/second", c.secondPage), counsel.Half),
		at(line("POST", "/second", c.second), counsel.Half),
		stepUp(at(line("GET", "/second/new", c.secondNewPage), counsel.Bare, counsel.Full)),
		stepUp(at(line("POST", "/second/app", c.secondApp), counsel.Bare, counsel.Full)),
		line("GET", "/step-up", c.stepUpPage),
		line("POST", "/step-up", c.stepUpNow),
	}
}

// halfway begins a login that opens nothing until the second factor is right,
// or one is set up by whoever has none.
func (c *Console) halfway(w http.ResponseWriter, r *http.Request, p staff.Person, pass staff.Passphrase) {
	ctx := r.Context()
	c.logins.Put(ctx, counsel.StageKey, int(counsel.Half))
	c.logins.SetDeadline(ctx, time.Now().Add(counsel.HalfLasts))
	kinds, err := c.Second.Kinds(ctx, p.ID)
	if err == nil {
		err = c.Halfway.Present(ctx, c.by(r, p), pass)
	}
	if err != nil {
		if gone := c.logins.Destroy(ctx); gone != nil {
			c.note(r, gone)
		}
		if helpline.KindOf(err) == helpline.Unavailable {
			c.showLogin(w, r, http.StatusServiceUnavailable, templates.Login{Name: p.Name, Problem: "busy"})
			return
		}
		c.fail(w, r, err)
		return
	}
	to := "/second"
	if len(kinds) == 0 {
		c.logins.Put(ctx, counsel.StageKey, int(counsel.Bare))
		to = "/second/new"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// errTakenAway: the second factor that was right is not there any more.
var errTakenAway = errors.New("the second factor was taken away meanwhile")

// whole makes a login whole, under a new token. A supervisor who takes second
// factors away does so before the logins are ended: a code that was weighed just
// before, and whose login is kept just after, would outlive both. So the login is
// kept first, and then looks whether there is still a second factor.
func (c *Console) whole(r *http.Request, p staff.Person) error {
	ctx, half := r.Context(), c.by(r, p)
	if err := c.logins.RenewToken(ctx); err != nil {
		return err
	}
	c.logins.Put(ctx, counsel.StageKey, int(counsel.Full))
	c.logins.Put(ctx, counsel.SteppedKey, time.Now().Unix())
	c.logins.SetDeadline(ctx, time.Now().Add(shift))
	c.opens(r)
	// A key log that is not believed leaves the keyring locked: the person can
	// talk with visitors all the same, and is asked again when a key is needed.
	if err := c.Halfway.Confirm(ctx, half, c.logins.Token(ctx)); err != nil {
		c.note(r, err)
	}
	if _, _, err := c.logins.Commit(ctx); err != nil {
		return err
	}
	kinds, err := c.Second.Kinds(ctx, p.ID)
	if err == nil && len(kinds) == 0 {
		err = helpline.Errorf(helpline.Forbidden, "make a login whole: %w", errTakenAway)
	}
	return err
}

// unfit answers when a login could not be made whole, and ends it.
func (c *Console) unfit(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errTakenAway) {
		c.leave(w, r, "/login?again")
		return
	}
	if gone := c.logins.Destroy(r.Context()); gone != nil {
		c.note(r, gone)
	}
	c.fail(w, r, err)
}

// forgotten sends somebody back to the passphrase whose half login outlived
// what was kept of it: a restart came between.
func (c *Console) forgotten(w http.ResponseWriter, r *http.Request, p staff.Person) bool {
	if c.Halfway.Presented(c.by(r, p)) {
		return false
	}
	if err := c.logins.Destroy(r.Context()); err != nil {
		c.fail(w, r, err)
		return true
	}
	http.Redirect(w, r, "/login?again", http.StatusSeeOther)
	return true
}

func (c *Console) secondPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if !c.forgotten(w, r, p) {
		c.showSecond(w, r, http.StatusOK, p, "")
	}
}

// second weighs the code of a login.
func (c *Console) second(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	if c.forgotten(w, r, p) {
		return
	}
	err := c.weigh(r, p, "")
	switch helpline.KindOf(err) {
	case "":
		if err := c.whole(r, p); err != nil {
			c.unfit(w, r, err)
			return
		}
		http.Redirect(w, r, c.first(p), http.StatusSeeOther)
	case helpline.Forbidden:
		c.showSecond(w, r, http.StatusUnprocessableEntity, p, secondProblem(err))
	case helpline.Unavailable:
		c.showSecond(w, r, http.StatusServiceUnavailable, p, "busy")
	default:
		c.fail(w, r, err)
	}
}

// secondProblem is the key of the words for what was not right.
func secondProblem(err error) string {
	_, key := errors.AsType[keyRefused](err)
	switch {
	case key:
		return "key"
	case errors.Is(err, counsel.ErrClock):
		return "clock"
	case errors.Is(err, staff.ErrReused):
		return "reused"
	}
	return "code"
}

func (c *Console) showSecond(w http.ResponseWriter, r *http.Request, status int, p staff.Person, problem string) {
	kinds, err := c.Second.Kinds(r.Context(), p.ID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.unfinished(p)
	frame.Title = words.T("second.title")
	c.show(w, r, status, templates.SecondPage(templates.Second{Staff: frame, Problem: problem, Clock: c.clock(), Ways: c.ways(kinds)}))
}

// ways are the second factors a page offers.
func (c *Console) ways(kinds []counsel.FactorKind) templates.Ways {
	return templates.Ways{
		Code: slices.Contains(kinds, counsel.CodeFactor), Key: c.Passkeys != nil && slices.Contains(kinds, counsel.PasskeyFactor),
	}
}

// unfinished is the frame of somebody whose login is not whole: no places to go.
func (c *Console) unfinished(p staff.Person) (i18n.Words, templates.Staff) {
	words, frame := c.inside(p, "notes", "js/form.js")
	frame.Here, frame.Alias, frame.Tongues, frame.Alerts = "", "", nil, nil
	return words, frame
}

// clock is what the clock of this machine says, in the line's own hours.
func (c *Console) clock() string {
	now := time.Now()
	if c.Zone != nil {
		now = now.In(c.Zone)
	}
	return now.Format("15:04")
}

func (c *Console) secondNewPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	o, err := c.Second.Offer(r.Context(), c.by(r, p))
	if err != nil {
		c.unoffered(w, r, p, err)
		return
	}
	c.showSecondNew(w, r, http.StatusOK, p, o, "", "")
}

// unoffered answers when the keyring that would seal a second factor is not there.
func (c *Console) unoffered(w http.ResponseWriter, r *http.Request, p staff.Person, err error) {
	in, _ := c.loginHere(r)
	switch {
	case !errors.Is(err, counsel.ErrLocked):
		c.fail(w, r, err)
	case in.Stage == counsel.Full:
		http.Redirect(w, r, "/unlock?back=%2Fsecond%2Fnew", http.StatusSeeOther)
	default:
		c.forgotten(w, r, p)
	}
}

// secondApp keeps an app once its first code is right.
func (c *Console) secondApp(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	ctx, by, sealed, name := r.Context(), c.by(r, p), r.PostForm.Get("offer"), r.PostForm.Get("name")
	o, err := c.Second.Offered(ctx, by, sealed)
	if helpline.KindOf(err) == helpline.Invalid {
		c.secondNewPage(w, r, p) // of another login or not ours: begin anew
		return
	}
	if err != nil {
		c.unoffered(w, r, p, err)
		return
	}
	err = c.Second.AddCode(ctx, by, sealed, name, r.PostForm.Get("code"))
	switch helpline.KindOf(err) {
	case "":
		c.addedFactor(w, r, p)
	case helpline.Forbidden:
		c.showSecondNew(w, r, http.StatusUnprocessableEntity, p, o, name, "code")
	case helpline.Invalid:
		c.showSecondNew(w, r, http.StatusUnprocessableEntity, p, o, name, "name")
	case helpline.Conflict:
		c.crowded(w, r, p, o, name)
	case helpline.Unavailable:
		c.showSecondNew(w, r, http.StatusServiceUnavailable, p, o, name, "busy")
	default:
		c.fail(w, r, err)
	}
}

// crowded answers when there is no room for a second factor. A login that was
// to set up the first one came too late and ends: the next asks for the one
// that is there.
func (c *Console) crowded(w http.ResponseWriter, r *http.Request, p staff.Person, o counsel.CodeOffer, name string) {
	if in, _ := c.loginHere(r); in.Stage == counsel.Full {
		c.showSecondNew(w, r, http.StatusConflict, p, o, name, "many")
		return
	}
	c.leave(w, r, "/login?again")
}

// addedFactor goes on after a second factor was set up: it counts as shown.
func (c *Console) addedFactor(w http.ResponseWriter, r *http.Request, p staff.Person) {
	in, _ := c.loginHere(r)
	if in.Stage == counsel.Full {
		c.logins.Put(r.Context(), counsel.SteppedKey, time.Now().Unix())
		http.Redirect(w, r, "/devices", http.StatusSeeOther)
		return
	}
	if err := c.whole(r, p); err != nil {
		c.unfit(w, r, err)
		return
	}
	c.offerCode(w, r, p)
}

func (c *Console) showSecondNew(w http.ResponseWriter, r *http.Request, status int, p staff.Person, o counsel.CodeOffer, name, problem string) {
	in, _ := c.loginHere(r)
	words, frame := c.unfinished(p)
	if in.Stage == counsel.Full {
		words, frame = c.inside(p, "notes", "js/form.js")
		frame.Here = ""
	}
	picture, err := o.Secret.Picture(c.Line.Name, p.Name)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	frame.Title = words.T("second.new.title")
	if len([]rune(name)) > 24 {
		name = ""
	}
	c.show(w, r, status, templates.SecondNewPage(templates.SecondNew{
		Staff: frame, First: in.Stage != counsel.Full, Name: name, Problem: problem, Clock: c.clock(),
		Offer: o.Sealed, Secret: o.Secret.Text(), Squares: templates.Squares(picture), Key: c.Passkeys != nil,
	}))
}
