package console

import (
	"context"
	"net/http"
	"time"

	"helpline/counsel/staff"
)

// KnownCookie is the cookie of a browser in which somebody has logged in. It
// opens nothing: see staff.Devices.
const KnownCookie = "__Host-known"

// asked is the context of a request with on whose behalf it is made: a browser
// that is known, or else the rate key, which the edge has put in place of the
// address.
func (c *Console) asked(r *http.Request) context.Context {
	if cookie, err := r.Cookie(KnownCookie); err == nil {
		if name, ok := c.Known.Knows(cookie.Value, time.Now()); ok {
			return staff.AskedFromDevice(r.Context(), name)
		}
	}
	return staff.AskedFrom(r.Context(), r.RemoteAddr)
}

// mark has this browser known from now on.
func (c *Console) mark(w http.ResponseWriter) {
	if c.Known == nil {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: KnownCookie, Value: c.Known.Mark(time.Now()), Path: "/", MaxAge: int(staff.DeviceLasts / time.Second),
		HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	})
}
