package console

import (
	"net/http"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

// rescueCookie carries the token of a rescue. What opens with it needs the
// custodians' shares as well.
const rescueCookie = "__Host-rescue"

func (c *Console) lostPage(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	c.showLost(w, r, http.StatusOK, templates.Lost{Expired: r.URL.Query().Has("over")})
}

func (c *Console) showLost(w http.ResponseWriter, r *http.Request, status int, v templates.Lost) {
	_, v.Staff = c.outside(r, "lost.title")
	c.show(w, r, status, templates.LostPage(v))
}

// typedName is a name as it goes back into a form.
func typedName(r *http.Request) string {
	if name := r.PostForm.Get("name"); len(name) <= 64 {
		return name
	}
	return ""
}

// lostCode begins a login with a printed code. It leads to the page of a new
// passphrase and nowhere else.
func (c *Console) lostCode(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	r = r.WithContext(counsel.HoldStretch(r.Context())) // for the keyring, which is unlocked with it
	p, err := c.Lost.EnterByCode(r.Context(), r.PostForm.Get("name"), r.PostForm.Get("typed"))
	words := c.Words.In(locale(r))
	v := templates.Lost{Name: typedName(r)}
	switch helpline.KindOf(err) {
	case "":
		c.enter(w, r, p, staff.Passphrase{})
	case helpline.Invalid:
		v.Code = slipped(words, "code", err)
		c.showLost(w, r, http.StatusUnprocessableEntity, v)
	case helpline.Forbidden:
		v.Code = words.T("lost.code.wrong")
		c.showLost(w, r, http.StatusForbidden, v)
	case helpline.Unavailable:
		v.Code = words.T("code.problem.busy")
		c.showLost(w, r, http.StatusServiceUnavailable, v)
	default:
		c.fail(w, r, err)
	}
}

// lostAsk begins a rescue, whether the name is known or not.
func (c *Console) lostAsk(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	token, err := c.Lost.AskRescue(r.Context(), r.PostForm.Get("name"))
	switch helpline.KindOf(err) {
	case "":
		c.setRescue(w, token, int(counsel.RescueLasts/time.Second))
		http.Redirect(w, r, "/lost/wait", http.StatusSeeOther)
	case helpline.Unavailable:
		v := templates.Lost{Name: typedName(r), Ask: c.Words.In(locale(r)).T("code.problem.busy")}
		c.showLost(w, r, http.StatusServiceUnavailable, v)
	default:
		c.fail(w, r, err)
	}
}

func (c *Console) setRescue(w http.ResponseWriter, token string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: rescueCookie, Value: token, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	})
}

// mostToken bounds what a cookie can make this program hash.
const mostToken = 64

func rescueOf(r *http.Request) string {
	cookie, err := r.Cookie(rescueCookie)
	if err != nil || len(cookie.Value) > mostToken {
		return ""
	}
	return cookie.Value
}

// lostWait shows how far the rescue of this browser is, and at its end asks for
// a new passphrase.
func (c *Console) lostWait(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	c.showWait(w, r, http.StatusOK, templates.Renewing{})
}

func (c *Console) showWait(w http.ResponseWriter, r *http.Request, status int, v templates.Renewing) {
	p, err := c.Lost.Pleading(r.Context(), rescueOf(r))
	if helpline.KindOf(err) == helpline.NotFound {
		c.rescueOver(w, r)
		return
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if p.Ready() {
		_, v.Staff = c.outside(r, "renew.title")
		v.Rescue, v.Action = true, "/lost/wait"
		if v.Offer == "" {
			v.Offer = staff.Offer().Reveal()
		}
		c.show(w, r, status, templates.RenewPage(v))
		return
	}
	words, frame := c.outside(r, "lost.wait.title")
	wait := templates.LostWait{
		Staff: frame, Six: p.Words, Approved: p.Approved, Until: words.N("lost.wait.until", minutesLeft(p.Expires)),
	}
	if p.Approved {
		wait.Given = words.T("lost.wait.given", "given", itoa(p.Given), "needed", itoa(p.Needed))
	}
	c.show(w, r, status, templates.LostWaitPage(wait))
}

func (c *Console) rescueOver(w http.ResponseWriter, r *http.Request) {
	c.setRescue(w, "", -1)
	http.Redirect(w, r, "/lost?over", http.StatusSeeOther)
}

// minutesLeft is at least one.
func minutesLeft(until time.Time) int { return max(1, int(time.Until(until)/time.Minute)) }

// lostDone ends a rescue with a new passphrase and logs the person in.
func (c *Console) lostDone(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	f := chosen(r)
	v := templates.Renewing{Offer: f.offer, Own: f.own}
	if r.PostForm.Get("do") == "another" {
		c.showWait(w, r, http.StatusOK, templates.Renewing{})
		return
	}
	pass, problem := f.passphrase(r)
	if v.Problem = problem; problem != "" {
		c.showWait(w, r, http.StatusUnprocessableEntity, v)
		return
	}
	r = r.WithContext(counsel.HoldStretch(r.Context())) // for the keyring, which is unlocked with it
	p, err := c.Lost.FinishRescue(r.Context(), rescueOf(r), pass)
	switch helpline.KindOf(err) {
	case "":
		c.setRescue(w, "", -1)
		c.Engine.Dismiss(p.ID)
		c.enter(w, r, p, pass)
	case helpline.NotFound:
		c.rescueOver(w, r)
	case helpline.Invalid:
		v.Problem = joinProblem(err)
		c.showWait(w, r, http.StatusUnprocessableEntity, v)
	case helpline.Unavailable:
		v.Problem = "busy"
		c.showWait(w, r, http.StatusServiceUnavailable, v)
	default:
		c.fail(w, r, err)
	}
}

// lostStop forgets the rescue of this browser. The row goes with its hour.
func (c *Console) lostStop(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	c.setRescue(w, "", -1)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}
