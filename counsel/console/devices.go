package console

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

// DeviceCookie carries what a person calls this device, and nothing else, so
// that the next login here has a name in the list.
const DeviceCookie = "__Host-device"

// deviceLasts is how long a browser keeps the name.
const deviceLasts = 90 * 24 * time.Hour

// Factors lists, removes and resets second factors. Asserted by counsel.
type Factors interface {
	Factors(ctx context.Context, by counsel.By) ([]counsel.Factor, error)
	Remove(ctx context.Context, by counsel.By, id helpline.ID) error
	Reset(ctx context.Context, by counsel.By, person helpline.ID) error
}

// Devices lists, names and ends logins of a person. Asserted by counsel.
type Devices interface {
	List(ctx context.Context, by counsel.By) ([]counsel.Device, error)
	Name(ctx context.Context, by counsel.By, name string) (string, error)
	End(ctx context.Context, by counsel.By, id [32]byte) error
	EndOthers(ctx context.Context, by counsel.By) error
}

func (c *Console) deviceRoutes() []entry {
	line := func(method, pattern string, h handler) entry {
		return route(method, pattern, helpline.StaffOnly, counsel.ChangeOwn, h)
	}
	return []entry{
		line("GET", "/devices", c.devices),
		line("POST", "/devices/name", c.nameDevice),
		line("POST", "/devices/end", c.endDevice),
		line("POST", "/devices/others", c.endOthers),
		stepUp(line("POST", "/devices/factor", c.removeFactor)),
		stepUp(route("GET", "/people/{person}/factors", helpline.SupervisorOnly, counsel.VouchPeers, c.factorsOf)),
		stepUp(route("POST", "/people/{person}/factors", helpline.SupervisorOnly, counsel.VouchPeers, c.resetFactors)),
	}
}

// deviceName is what this browser's device is called; empty when it has no name
// or sent something else.
func deviceName(r *http.Request) string {
	cookie, err := r.Cookie(DeviceCookie)
	if err != nil {
		return ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return ""
	}
	name, err := staff.FactorName(string(raw))
	if err != nil {
		return ""
	}
	return name
}

func (c *Console) devices(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showDevices(w, r, http.StatusOK, p, "", "")
}

func (c *Console) showDevices(w http.ResponseWriter, r *http.Request, status int, p staff.Person, done, problem string) {
	by := c.by(r, p)
	all, err := c.Devices.List(r.Context(), by)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	factors, err := c.Factors.Factors(r.Context(), by)
	if err != nil && !errors.Is(err, counsel.ErrLocked) {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "notes", "js/form.js")
	frame.Here, frame.Title = "", words.T("devices.title")
	v := templates.Devices{
		Staff: frame, Done: done, Problem: problem, Locked: err != nil, Only: len(factors) < 2, Key: c.Passkeys != nil, Demo: p.Demo,
	}
	for _, d := range all {
		row := templates.Device{ID: hex.EncodeToString(d.ID[:]), Name: d.Name, Day: dayIn(d.Day), Here: d.Here}
		if d.Here {
			v.Name = d.Name
		}
		v.Devices = append(v.Devices, row)
	}
	for _, f := range factors {
		kind := "app"
		if f.Kind == counsel.PasskeyFactor {
			kind = "key"
		}
		v.Factors = append(v.Factors, templates.Factor{
			ID: f.ID.String(), Name: f.Name, Kind: kind, Day: dayIn(f.Day), Unlocks: f.Unlocks, Copied: f.Copied,
		})
	}
	c.show(w, r, status, templates.DevicesPage(v))
}

// dayIn writes a day since 1970 for people.
func dayIn(day int) string {
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}

func (c *Console) nameDevice(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	name, err := c.Devices.Name(r.Context(), c.by(r, p), r.PostForm.Get("device"))
	switch helpline.KindOf(err) {
	case "":
	case helpline.Invalid:
		c.showDevices(w, r, http.StatusUnprocessableEntity, p, "", "name")
		return
	default:
		c.fail(w, r, err)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: DeviceCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(name)), Path: "/", MaxAge: int(deviceLasts / time.Second),
		HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, "/devices", http.StatusSeeOther)
}

func (c *Console) endDevice(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	id, err := hex.DecodeString(r.PostForm.Get("login"))
	if err != nil || len(id) != 32 {
		c.fail(w, r, helpline.Errorf(helpline.Invalid, "end a login: not one"))
		return
	}
	err = c.Devices.End(r.Context(), c.by(r, p), [32]byte(id))
	if err != nil && helpline.KindOf(err) != helpline.NotFound { // it may have ended by itself
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/devices", http.StatusSeeOther)
}

func (c *Console) endOthers(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := c.Devices.EndOthers(r.Context(), c.by(r, p)); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/devices", http.StatusSeeOther)
}

func (c *Console) removeFactor(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	id, err := helpline.ParseID(r.PostForm.Get("factor"))
	if err == nil {
		err = c.Factors.Remove(r.Context(), c.by(r, p), id)
	}
	switch {
	case err == nil:
		c.showDevices(w, r, http.StatusOK, p, "removed", "")
	case errors.Is(err, counsel.ErrLastFactor):
		c.showDevices(w, r, http.StatusConflict, p, "", "last")
	case helpline.KindOf(err) == helpline.NotFound:
		c.showDevices(w, r, http.StatusOK, p, "removed", "")
	default:
		c.fail(w, r, err)
	}
}

// factorsOf shows a supervisor what resetting a colleague's factors means.
func (c *Console) factorsOf(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showFactorsOf(w, r, http.StatusOK, p, false)
}

// colleagueOf is the person of the address, if it is somebody else who works.
func (c *Console) colleagueOf(r *http.Request, p staff.Person) (staff.Person, error) {
	id, err := helpline.ParseID(r.PathValue("person"))
	if err != nil || id == p.ID {
		return staff.Person{}, helpline.Errorf(helpline.NotFound, "second factors of a colleague: not one")
	}
	return c.Office.Active(r.Context(), id)
}

func (c *Console) showFactorsOf(w http.ResponseWriter, r *http.Request, status int, p staff.Person, done bool) {
	q, err := c.colleagueOf(r, p)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	kinds, err := c.Second.Kinds(r.Context(), q.ID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "people", "js/form.js")
	frame.Title = words.T("factors.title", "name", q.Name)
	c.show(w, r, status, templates.FactorsPage(templates.FactorsOf{
		Staff: frame, Name: q.Name, Action: r.URL.Path, Ways: c.ways(kinds), None: len(kinds) == 0, Done: done,
	}))
}

// resetFactors takes all second factors of a colleague away and ends their
// logins: whoever has the lost phone is out at once.
func (c *Console) resetFactors(w http.ResponseWriter, r *http.Request, p staff.Person) {
	q, err := c.colleagueOf(r, p)
	if err == nil {
		err = c.Factors.Reset(r.Context(), c.by(r, p), q.ID)
	}
	if err == nil {
		err = c.Devices.EndOthers(r.Context(), counsel.By{Actor: actor(q)})
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.Engine.Dismiss(q.ID)
	c.showFactorsOf(w, r, http.StatusOK, p, true)
}
