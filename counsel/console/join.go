package console

import (
	"errors"
	"net/http"
	"slices"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

func (c *Console) joinPage(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	p, ok := c.invited(w, r)
	if !ok {
		return
	}
	f := joining{Profile: staff.Profile{Alias: p.Alias, Locales: p.Locales, Audiences: p.Audiences, Language: locale(r)}}
	c.showJoin(w, r, http.StatusOK, p, f, "")
}

// invited reads the token of the address; without a good one it answers.
func (c *Console) invited(w http.ResponseWriter, r *http.Request) (staff.Person, bool) {
	token, err := staff.ParseToken(r.PathValue("token"))
	var p staff.Person
	if err == nil {
		p, err = c.Office.Invited(r.Context(), token)
	}
	switch helpline.KindOf(err) {
	case "":
		return p, true
	case helpline.Invalid, helpline.NotFound:
		c.trouble(w, r, http.StatusNotFound, "spent", "/login")
	default:
		c.fail(w, r, err)
	}
	return staff.Person{}, false
}

// joining is what a person has filled in so far.
type joining struct {
	staff.Profile
	offer string
	own   bool
}

func (c *Console) join(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	p, ok := c.invited(w, r)
	if !ok {
		return
	}
	f := c.joiningFrom(r)
	if r.PostForm.Get("do") == "another" {
		f.offer, f.own = "", false
		c.showJoin(w, r, http.StatusOK, p, f, "")
		return
	}
	pass, problem := f.passphrase(r)
	if problem != "" {
		c.showJoin(w, r, http.StatusUnprocessableEntity, p, f, problem)
		return
	}
	token, err := staff.ParseToken(r.PathValue("token"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	r = r.WithContext(counsel.HoldStretch(r.Context())) // for the keyring, which is made with it
	active, err := c.Peers.Join(r.Context(), token, pass, f.Profile)
	if err == nil {
		c.enter(w, r, active, pass)
		return
	}
	switch helpline.KindOf(err) {
	case helpline.Invalid:
		c.showJoin(w, r, http.StatusUnprocessableEntity, p, f, joinProblem(err))
	case helpline.Unavailable:
		c.showJoin(w, r, http.StatusServiceUnavailable, p, f, "busy")
	case helpline.NotFound:
		c.trouble(w, r, http.StatusNotFound, "spent", "/login")
	default:
		c.fail(w, r, err)
	}
}

// joiningFrom reads the form; what is not on offer is left out.
func (c *Console) joiningFrom(r *http.Request) joining {
	return joining{Profile: c.profileFrom(r), offer: r.PostForm.Get("offer"), own: r.PostForm.Get("choice") == "own"}
}

func (f joining) passphrase(r *http.Request) (staff.Passphrase, string) {
	if f.own {
		if r.PostForm.Get("own") != r.PostForm.Get("again") {
			return staff.Passphrase{}, "unequal"
		}
		return staff.NewPassphrase(r.PostForm.Get("own")), ""
	}
	if r.PostForm.Get("written") != "yes" {
		return staff.Passphrase{}, "unwritten"
	}
	return staff.NewPassphrase(f.offer), ""
}

// joinProblem is the key of the words for what was not taken.
func joinProblem(err error) string {
	if w, ok := errors.AsType[staff.Weakness](err); ok {
		return string(w)
	}
	return profileProblem(err)
}

func (c *Console) showJoin(w http.ResponseWriter, r *http.Request, status int, p staff.Person, f joining, problem string) {
	if f.offer == "" {
		f.offer = staff.Offer().Reveal()
	}
	words, frame := c.outside(r, "join.page")
	j := templates.Join{
		Staff: frame, Action: r.URL.Path, Name: p.Name, Alias: f.Alias, Offer: f.offer, Own: f.own, Problem: problem,
	}
	if f.Alias == "" {
		j.Alias = p.Alias
	}
	for _, l := range screens() {
		j.Languages = append(j.Languages, templates.Choice{
			Value: string(l), Label: c.Words.In(l).T("language.name"), Checked: l == f.Language,
		})
	}
	if actor(p).Has(helpline.Counsellor) {
		j.Locales = localeChoices(words, c.Line.Locales, f.Locales)
		j.Doors = doorChoices(words, f.Audiences)
	}
	c.show(w, r, status, templates.JoinPage(j))
}

func localeChoices(w i18n.Words, all, chosen []helpline.Locale) []templates.Choice {
	var out []templates.Choice
	for _, l := range all {
		out = append(out, templates.Choice{
			Value: string(l), Label: w.T("staff.locale." + string(l)), Checked: slices.Contains(chosen, l),
		})
	}
	return out
}

func doorChoices(w i18n.Words, chosen []helpline.Audience) []templates.Choice {
	var out []templates.Choice
	for _, a := range helpline.Audiences() {
		out = append(out, templates.Choice{
			Value: string(a), Label: w.T("staff.door." + string(a)), Checked: slices.Contains(chosen, a),
		})
	}
	return out
}
