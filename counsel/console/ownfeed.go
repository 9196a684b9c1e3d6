package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// calendars lists the calendars that read the person's shifts.
func (o *ownVisit) calendars() { o.showCalendars(http.StatusOK, templates.Calendars{}) }

func (o *ownVisit) showCalendars(status int, v templates.Calendars) {
	o.said("ended")
	v.OwnPage = o.page
	v.Form = helpline.NewID().String()
	rows, err := o.c.Feeds.List(o.r.Context(), o.p.ID)
	if err != nil {
		o.fail(err)
		return
	}
	for _, row := range rows {
		v.Feeds = append(v.Feeds, templates.Named{Text: row.Device, Key: row.ID.String()})
	}
	o.c.show(o.w, o.r, status, templates.CalendarsPage(v))
}

// makeFeed makes a calendar. Its address stands in this answer and nowhere else.
func (o *ownVisit) makeFeed() {
	device := o.r.PostForm.Get("device")
	id, err := helpline.ParseID(o.r.PostForm.Get("form"))
	if err != nil {
		id = helpline.NewID()
	}
	secret, err := o.c.Feeds.Make(o.r.Context(), o.p.ID, id, device)
	switch {
	case err == nil:
		link := o.c.Origin + "/feed/" + secret.Reveal() + ".ics"
		picture, err := staff.Picture(link)
		if err != nil {
			o.fail(err)
			return
		}
		o.showCalendars(http.StatusOK, templates.Calendars{Link: link, For: device, Squares: templates.Squares(picture)})
	case helpline.KindOf(err) == helpline.Conflict:
		o.page.Problem = o.words.T("shifts.feed.many")
		o.showCalendars(http.StatusConflict, templates.Calendars{Typed: device})
	case errors.Is(err, staff.DeviceField):
		o.page.Problem = o.words.T("shifts.problem.device")
		o.showCalendars(http.StatusUnprocessableEntity, templates.Calendars{Typed: device})
	default:
		o.fail(err)
	}
}

// endFeed ends one of the person's own, at once.
func (o *ownVisit) endFeed() {
	if err := o.c.Feeds.End(o.r.Context(), o.p.ID, o.the("key")); err != nil {
		o.fail(err)
		return
	}
	o.to("/shifts/calendar", "ended", "")
}

// feed answers a calendar that shows a secret. One that is not known, was ended
// or is of somebody who has left gets the same answer after the same look.
func (c *Console) feed(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	name, ics := strings.CutSuffix(r.PathValue("file"), ".ics")
	secret, err := staff.ParseToken(name)
	if !ics || err != nil {
		secret = staff.NewToken() // is looked for all the same
	}
	ctx := r.Context()
	person, err := c.Feeds.Holder(ctx, secret)
	var p staff.Person
	var book *rota.Book
	if err == nil {
		p, err = c.Office.Active(ctx, person)
	}
	if err == nil {
		book, err = c.OwnRotas.Standing(ctx)
	}
	switch helpline.KindOf(err) {
	case "":
	case helpline.NotFound:
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	default:
		c.note(r, err)
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	l, ok := screen(string(p.Language))
	if !ok {
		l = "en"
	}
	words := c.Words.In(l)
	text := rota.Feed(book, person, rota.FeedWords{Name: words.T("shifts.feed.name"), Shift: words.T("shifts.feed.shift")}, time.Now())
	sum := sha256.Sum256([]byte(text))
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", tag)
	if known(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	_, _ = io.WriteString(w, text) // the calendar has gone; there is nobody to tell
}

// known says whether a calendar has what the tag names.
func known(given, tag string) bool {
	for one := range strings.SplitSeq(given, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}
