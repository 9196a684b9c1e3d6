package console

import (
	"net/http"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

// recoveryRoutes are those of passphrases, codes and the recovery key.
func (c *Console) recoveryRoutes() []entry {
	return []entry{
		whileDue(route("GET", "/passphrase", helpline.StaffOnly, counsel.ChangeOwn, c.renewPage)),
		whileDue(route("POST", "/passphrase", helpline.StaffOnly, counsel.ChangeOwn, c.renew)),
		stepUp(route("GET", "/code", helpline.StaffOnly, counsel.ChangeOwn, c.codePage)),
		stepUp(route("POST", "/code", helpline.StaffOnly, counsel.ChangeOwn, c.makeCode)),
		route("GET", "/lost", helpline.Anyone, "", c.lostPage),
		route("POST", "/lost/code", helpline.Anyone, "", c.lostCode),
		route("POST", "/lost/ask", helpline.Anyone, "", c.lostAsk),
		route("GET", "/lost/wait", helpline.Anyone, "", c.lostWait),
		route("POST", "/lost/wait", helpline.Anyone, "", c.lostDone),
		route("POST", "/lost/stop", helpline.Anyone, "", c.lostStop),
		route("GET", "/recovery", helpline.StaffOnly, counsel.HelpRescue, c.recoveryPage),
		stepUp(route("GET", "/recovery/key", helpline.SupervisorOnly, counsel.MakeRecoveryKey, c.keyPage)),
		stepUp(route("POST", "/recovery/key", helpline.SupervisorOnly, counsel.MakeRecoveryKey, c.makeKey)),
		stepUp(route("GET", "/recovery/share", helpline.StaffOnly, counsel.HelpRescue, c.sharePage)),
		stepUp(route("POST", "/recovery/share", helpline.StaffOnly, counsel.HelpRescue, c.wroteShare)),
		stepUp(route("POST", "/recovery/{rescue}/approve", helpline.SupervisorOnly, counsel.ApproveRescue, c.approve)),
		route("POST", "/recovery/heard", helpline.SupervisorOnly, counsel.ApproveRescue, c.heardWords),
		route("POST", "/recovery/{rescue}/stop", helpline.SupervisorOnly, counsel.ApproveRescue, c.stopRescue),
		stepUp(route("GET", "/recovery/{rescue}/give", helpline.StaffOnly, counsel.HelpRescue, c.givePage)),
		stepUp(route("POST", "/recovery/{rescue}/give", helpline.StaffOnly, counsel.HelpRescue, c.give)),
	}
}

// whileDue keeps a route open to a person who must choose a new passphrase
// before anything else.
func whileDue(e entry) entry { e.due = true; return e }

func (c *Console) renewPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	v := templates.Renewing{Changed: r.URL.Query().Has("changed")}
	c.showRenew(w, r, http.StatusOK, p, v)
}

func (c *Console) showRenew(w http.ResponseWriter, r *http.Request, status int, p staff.Person, v templates.Renewing) {
	words, frame := c.inside(p, "me", "js/form.js")
	frame.Here, frame.Title = "", words.T("renew.title")
	if frame.Due = p.Renew; p.Renew {
		frame.Places, frame.Alerts = nil, nil
	}
	v.Staff, v.Action, v.Due, v.Old = frame, "/passphrase", p.Renew, c.Own.NeedsOld(c.by(r, p))
	if v.Offer == "" {
		v.Offer = staff.Offer().Reveal()
	}
	c.show(w, r, status, templates.RenewPage(v))
}

// chosen reads the choice of a passphrase. What we never offered is not taken
// for our offer, nor shown as one.
func chosen(r *http.Request) joining {
	f := joining{own: r.PostForm.Get("choice") == "own"}
	if offer := r.PostForm.Get("offer"); staff.Offered(offer) {
		f.offer = offer
	}
	return f
}

// renew changes the passphrase. This login goes on under a new token; all
// others of the person have ended.
func (c *Console) renew(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	f := chosen(r)
	v := templates.Renewing{Offer: f.offer, Own: f.own}
	if r.PostForm.Get("do") == "another" {
		c.showRenew(w, r, http.StatusOK, p, templates.Renewing{})
		return
	}
	pass, problem := f.passphrase(r)
	if v.Problem = problem; problem != "" {
		c.showRenew(w, r, http.StatusUnprocessableEntity, p, v)
		return
	}
	byCode := !c.Own.NeedsOld(c.by(r, p))
	r = r.WithContext(counsel.HoldStretch(r.Context())) // for the keyring, which is unlocked with it again
	err := c.Own.ChangePassphrase(r.Context(), c.by(r, p), staff.NewPassphrase(r.PostForm.Get("passphrase")), pass)
	switch helpline.KindOf(err) {
	case "":
		to := "/passphrase?changed"
		if byCode {
			to = "/code?first" // the code is spent
		}
		c.renewed(w, r, p, pass, to)
	case helpline.Forbidden:
		v.Problem = "old"
		c.showRenew(w, r, http.StatusUnprocessableEntity, p, v)
	case helpline.Invalid:
		v.Problem = joinProblem(err)
		c.showRenew(w, r, http.StatusUnprocessableEntity, p, v)
	case helpline.Unavailable:
		v.Problem = "busy"
		c.showRenew(w, r, http.StatusServiceUnavailable, p, v)
	default:
		c.fail(w, r, err)
	}
}

// renewed goes on in a login whose passphrase has just changed.
func (c *Console) renewed(w http.ResponseWriter, r *http.Request, p staff.Person, pass staff.Passphrase, to string) {
	if err := c.logins.RenewToken(r.Context()); err != nil {
		c.fail(w, r, err)
		return
	}
	c.unlocked(r, p, pass)
	c.Engine.Dismiss(p.ID)
	http.Redirect(w, r, to, http.StatusSeeOther)
}
