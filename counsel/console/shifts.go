package console

import (
	"errors"
	"net/http"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// PassCookie is the cookie of a device that sees its owner's shifts and
// nothing else. No route reads it but those of own shifts, and it names no
// session: nothing that asks for a login can be opened with it.
const PassCookie = "__Host-shifts"

// shiftRoutes are the own shifts, and the devices that see nothing else.
func (c *Console) shiftRoutes() []entry {
	return []entry{
		route("POST", "/shifts/leave", helpline.Anyone, "", c.leaveShifts),
		route("GET", "/shifts/enter/{token}", helpline.InviteHolder, "", c.enterPage),
		route("POST", "/shifts/enter/{token}", helpline.InviteHolder, "", c.enterShifts),
		route("GET", "/me/shifts", helpline.StaffOnly, counsel.ChangeOwn, c.passes),
		stepUp(route("POST", "/me/shifts", helpline.StaffOnly, counsel.ChangeOwn, c.makePass)),
		route("POST", "/me/shifts/{pass}/end", helpline.StaffOnly, counsel.ChangeOwn, c.endPass),
	}
}

// passHolder lets a person in whose device sees own shifts only, on the routes
// that are for it. The person that is handed on has no role: whatever a
// handler asks the permission table, the answer is no.
func (c *Console) passHolder(r *http.Request, e entry) (staff.Person, bool, error) {
	if e.Policy != helpline.OwnShifts {
		return staff.Person{}, false, nil
	}
	row, err := c.passOf(r)
	if helpline.KindOf(err) == helpline.NotFound {
		return staff.Person{}, false, nil
	}
	if err != nil {
		return staff.Person{}, false, err
	}
	p, in, err := c.active(r, row.Person)
	if err != nil || !in || counsel.May(actor(p), e.action) != nil {
		return staff.Person{}, false, err
	}
	p.Roles = nil
	return p, true, nil
}

// passOf reads the cookie of such a device; NotFound.
func (c *Console) passOf(r *http.Request) (counsel.PassRow, error) {
	token := staff.Token{}
	cookie, err := r.Cookie(PassCookie)
	if err == nil {
		token, err = staff.ParseToken(cookie.Value)
	}
	if err != nil {
		return counsel.PassRow{}, helpline.Errorf(helpline.NotFound, "own shifts: no cookie")
	}
	return c.Passes.Holder(r.Context(), token)
}

// Front is where the bare address of the staff's host leads, which is all the
// link of a notice says: on a device that sees own shifts only, to these.
func (c *Console) Front(r *http.Request) string {
	if _, err := r.Cookie(PassCookie); err != nil {
		return "/desk"
	}
	if _, in := c.Holder(r); in {
		return "/desk"
	}
	return "/shifts"
}

// daysLeft says how long a login for own shifts still lasts, in whole days.
func daysLeft(words i18n.Words, row counsel.PassRow) string {
	return words.N("shifts.left", max(1, int((time.Until(row.Expiry)+day-1)/day)))
}

// leaveShifts ends the login for own shifts on this device. Without one there
// is nothing to end, which is no error.
func (c *Console) leaveShifts(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	row, err := c.passOf(r)
	if err == nil {
		err = c.Passes.End(r.Context(), row.Person, row.ID)
	}
	if err != nil && helpline.KindOf(err) != helpline.NotFound {
		c.fail(w, r, err)
		return
	}
	http.SetCookie(w, passCookie("", -1))
	http.Redirect(w, r, "/login?out", http.StatusSeeOther)
}

func passCookie(value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: PassCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	}
}

// waiting reads the link of the address; without a good one it answers.
func (c *Console) waiting(w http.ResponseWriter, r *http.Request) (staff.Token, staff.Person, counsel.PassRow, bool) {
	token, err := staff.ParseToken(r.PathValue("token"))
	var row counsel.PassRow
	if err == nil {
		row, err = c.Passes.Waits(r.Context(), token)
	}
	var p staff.Person
	if err == nil {
		p, err = c.Office.Active(r.Context(), row.Person)
	}
	switch helpline.KindOf(err) {
	case "":
		return token, p, row, true
	case helpline.Invalid, helpline.NotFound:
		c.trouble(w, r, http.StatusNotFound, "passlink", "/login")
	default:
		c.fail(w, r, err)
	}
	return staff.Token{}, staff.Person{}, counsel.PassRow{}, false
}

// enterPage shows the one button behind a link: following a link spends
// nothing, so that a preview of it does not.
func (c *Console) enterPage(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	_, p, row, ok := c.waiting(w, r)
	if !ok {
		return
	}
	_, frame := c.inside(p, "shifts", "js/form.js")
	frame.Alias, frame.Places, frame.Tongues = "", nil, nil
	c.show(w, r, http.StatusOK, templates.EnterShiftsPage(templates.EnterShifts{Staff: frame, Action: r.URL.Path, Device: row.Device}))
}

// enterShifts spends a link.
func (c *Console) enterShifts(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	token, _, _, ok := c.waiting(w, r)
	if !ok {
		return
	}
	held, _, err := c.Passes.Enter(r.Context(), token)
	switch helpline.KindOf(err) {
	case "":
		http.SetCookie(w, passCookie(held.Reveal(), int(counsel.PassLasts/time.Second)))
		http.Redirect(w, r, "/shifts", http.StatusSeeOther)
	case helpline.NotFound:
		c.trouble(w, r, http.StatusNotFound, "passlink", "/login")
	default:
		c.fail(w, r, err)
	}
}

// passes lists a person's devices that see own shifts only.
func (c *Console) passes(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showPasses(w, r, http.StatusOK, p, templates.Passes{})
}

func (c *Console) showPasses(w http.ResponseWriter, r *http.Request, status int, p staff.Person, v templates.Passes) {
	rows, err := c.Passes.List(r.Context(), p.ID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "shifts", "js/form.js")
	v.Staff, v.Minutes, v.Days = frame, int(counsel.PassLinkLasts/time.Minute), int(counsel.PassLasts/day)
	for _, row := range rows {
		one := templates.Pass{Device: row.Device, Left: words.T("shifts.waits"), End: "/me/shifts/" + row.ID.String() + "/end"}
		if row.Entered {
			one.Left = daysLeft(words, row)
		}
		v.Devices = append(v.Devices, one)
	}
	c.show(w, r, status, templates.PassesPage(v))
}

// makePass makes a link for another device, shown in this answer and nowhere
// else, or turns this device into one that sees own shifts only: its full
// login ends with that.
func (c *Console) makePass(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	device, here := r.PostForm.Get("device"), r.PostForm.Get("do") == "here"
	token, err := staff.Token{}, error(nil)
	if here {
		token, err = c.Passes.Here(r.Context(), p.ID, device)
	} else {
		token, err = c.Passes.Link(r.Context(), p.ID, device)
	}
	switch kind := helpline.KindOf(err); {
	case err == nil && here:
		http.SetCookie(w, passCookie(token.Reveal(), int(counsel.PassLasts/time.Second)))
		c.leave(w, r, "/shifts")
	case err == nil:
		link := c.Origin + "/shifts/enter/" + token.Reveal()
		picture, err := staff.Picture(link)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		c.showPasses(w, r, http.StatusOK, p, templates.Passes{Link: link, For: device, Squares: templates.Squares(picture)})
	case kind == helpline.Conflict:
		c.showPasses(w, r, http.StatusConflict, p, templates.Passes{Problem: "many", Typed: device})
	case errors.Is(err, staff.DeviceField):
		c.showPasses(w, r, http.StatusUnprocessableEntity, p, templates.Passes{Problem: "device", Typed: device})
	default:
		c.fail(w, r, err)
	}
}

// endPass ends one of the person's own.
func (c *Console) endPass(w http.ResponseWriter, r *http.Request, p staff.Person) {
	id, err := helpline.ParseID(r.PathValue("pass"))
	if err != nil {
		c.troubleFor(w, r, p, http.StatusNotFound, "notfound", "/me/shifts")
		return
	}
	if err := c.Passes.End(r.Context(), p.ID, id); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/me/shifts", http.StatusSeeOther)
}
