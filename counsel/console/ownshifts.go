package console

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// changesFor is how far back the page says what has changed.
const changesFor = 14 * 24 * time.Hour

// ownRoutes are everybody's own shifts. All of them work without scripts, and
// on a device that sees nothing else.
func (c *Console) ownRoutes() []entry {
	own := func(method, pattern string, h func(o *ownVisit)) entry {
		return route(method, pattern, helpline.OwnShifts, counsel.SeeShifts, func(w http.ResponseWriter, r *http.Request, p staff.Person) {
			if o, ok := c.own(w, r, p); ok {
				h(o)
			}
		})
	}
	return []entry{
		own("GET", "/shifts", (*ownVisit).shifts),
		own("POST", "/shifts/in", (*ownVisit).attend),
		own("POST", "/shifts/seen", (*ownVisit).seen),
		own("GET", "/shifts/open", (*ownVisit).open),
		own("POST", "/shifts/open/{swap}", (*ownVisit).answer),
		own("POST", "/shifts/free/{shift}", (*ownVisit).take),
		own("POST", "/shifts/asks/{ask}", (*ownVisit).reply),
		own("GET", "/shifts/one/{place}", (*ownVisit).place),
		own("POST", "/shifts/one/{place}/offer", (*ownVisit).offer),
		own("POST", "/shifts/one/{place}/swap", (*ownVisit).exchange),
		own("POST", "/shifts/one/{place}/drop", (*ownVisit).drop),
		own("POST", "/shifts/one/{place}/back", (*ownVisit).withdraw),
		own("GET", "/shifts/wishes", (*ownVisit).wishes),
		own("POST", "/shifts/wishes", (*ownVisit).wish),
		own("POST", "/shifts/wishes/end", (*ownVisit).unwish),
		own("GET", "/shifts/off", (*ownVisit).daysOff),
		own("POST", "/shifts/off", (*ownVisit).leave),
		own("POST", "/shifts/off/end", (*ownVisit).unleave),
		own("GET", "/shifts/calendar", (*ownVisit).calendars),
		own("POST", "/shifts/calendar", (*ownVisit).makeFeed),
		own("POST", "/shifts/calendar/end", (*ownVisit).endFeed),
		route("GET", "/feed/{file}", helpline.FeedHolder, "", c.feed),
	}
}

// ownVisit is one request about somebody's own shifts.
type ownVisit struct {
	c      *Console
	w      http.ResponseWriter
	r      *http.Request
	p      staff.Person
	who    helpline.Actor
	words  i18n.Words
	page   templates.OwnPage
	book   *rota.Book
	zone   *time.Location
	now    time.Time
	people map[helpline.ID]staff.Person // read when a colleague is named
}

// own reads what every one of these pages needs; when it cannot, it answers.
func (c *Console) own(w http.ResponseWriter, r *http.Request, p staff.Person) (*ownVisit, bool) {
	o := &ownVisit{c: c, w: w, r: r, p: p, who: ownActor(p.ID, p.Alias), now: time.Now()}
	words, frame := c.inside(p, "shifts", "js/form.js")
	frame.Styles = append(frame.Styles, "css/shifts.css")
	o.words, o.page = words, templates.OwnPage{Staff: frame}
	if len(p.Roles) == 0 { // by a device that sees nothing else
		o.page.Alias, o.page.Tongues, o.page.Only = "", nil, true
		row, err := c.passOf(r)
		if err != nil {
			c.fail(w, r, err)
			return nil, false
		}
		o.page.Device, o.page.Left = row.Device, daysLeft(words, row)
	}
	book, err := c.OwnRotas.Standing(r.Context())
	if err == nil && r.Method == http.MethodPost {
		err = form(r)
	}
	if err != nil {
		o.fail(err)
		return nil, false
	}
	o.book, o.zone = book, c.ownZone(book)
	if me := standing(book, p.ID); me.Standing == rota.Suspended {
		o.page.Off = words.T("shifts.paused", "day", o.say().full(rota.DateOf(me.Since.In(o.zone))))
	}
	return o, true
}

// ownZone is the clock of a rota's site, else that of the line.
func (c *Console) ownZone(b *rota.Book) *time.Location {
	if zone, err := rota.LoadZone(b.Site.Zone); err == nil {
		return zone
	}
	if c.Zone != nil {
		return c.Zone
	}
	return time.Local
}

// fail answers with what went wrong, and leads back to the own shifts.
func (o *ownVisit) fail(err error) {
	status, key := http.StatusInternalServerError, "internal"
	switch helpline.KindOf(err) {
	case helpline.Invalid:
		status, key = http.StatusBadRequest, "invalid"
	case helpline.NotFound:
		status, key = http.StatusNotFound, "shift"
	case helpline.Forbidden:
		status, key = http.StatusForbidden, "forbidden"
	case helpline.Unavailable:
		status, key = http.StatusServiceUnavailable, "busy"
	case helpline.Conflict:
		status, key = http.StatusConflict, "shift"
	}
	if status >= http.StatusInternalServerError {
		o.c.note(o.r, err)
	}
	frame := o.page.Staff
	frame.Here, frame.Title = "", o.words.T("staff.title")
	o.c.show(o.w, o.r, status, templates.TroublePage(templates.Trouble{Staff: frame, Key: key, Back: "/shifts"}))
}

// to goes on to a page, which says what was done. back names what would take
// it back; empty when nothing does.
func (o *ownVisit) to(page, done, back string) {
	if back != "" {
		back = "&key=" + back
	}
	http.Redirect(o.w, o.r, page+"?done="+done+back, http.StatusSeeOther)
}

// said puts what was done just now above a page, if the address says one of
// the words that there are.
func (o *ownVisit) said(words ...string) string {
	done := o.r.URL.Query().Get("done")
	if !slices.Contains(words, done) {
		return ""
	}
	o.page.Done = done
	return done
}

// the reads an identifier of the address or a form.
func (o *ownVisit) the(name string) helpline.ID {
	id, err := helpline.ParseID(cmp.Or(o.r.PathValue(name), o.r.PostForm.Get(name)))
	if err != nil {
		return helpline.ID{} // of nothing: nothing is found under it
	}
	return id
}

// shifts shows the next shift first, and what asks for an answer.
func (o *ownVisit) shifts() { o.showShifts(http.StatusOK) }

func (o *ownVisit) showShifts(status int) {
	o.said("in", "out", "seen", "taken", "asked", "no", "noted")
	v := templates.Shifts{OwnPage: o.page}
	mine := o.book.Own(o.p.ID, o.now)
	for i, m := range mine {
		row := o.ownShift(m)
		if i == 0 {
			v.Next = &row
			continue
		}
		v.Later = append(v.Later, row)
	}
	v.Check = o.checkIn(mine)
	check := rota.NewChecker(o.book, o.c.OwnRotas.Law())
	for _, people := range check.Unheard() {
		if slices.Contains(people, o.p.ID) && !v.Only { // who sees nothing else reads it at a screen
			v.Alerts = append(v.Alerts, templates.Alert{Text: o.words.T("shifts.unheard"), Href: "/me/notices"})
			break
		}
	}
	v.Asks = o.asks(check)
	for _, one := range o.offers() {
		if !one.Swap.Person.IsZero() {
			v.Asks = append(v.Asks, o.chance(check, one))
		} else {
			v.Open++
		}
	}
	v.Open += len(o.free(check, mine))
	v.Hopes = o.hopes()
	var err error
	if v.Changes, v.Through, err = o.changes(); err != nil {
		o.fail(err)
		return
	}
	o.c.show(o.w, o.r, status, templates.ShiftsPage(v))
}

// checkIn says whether one can check in now, or since when one is there.
func (o *ownVisit) checkIn(mine []rota.Mine) templates.CheckIn {
	if in, there := o.c.Attending.Mine(o.p.ID); there {
		return templates.CheckIn{State: "there", Clock: o.say().clock(in.In)}
	}
	if len(mine) == 0 {
		return templates.CheckIn{}
	}
	switch from := mine[0].Shift.Start.Add(-counsel.EarlyCheckIn); {
	case !o.now.Before(from):
		return templates.CheckIn{State: "now"}
	case from.Sub(o.now) < 12*time.Hour:
		return templates.CheckIn{State: "early", Clock: o.say().clock(from)}
	}
	return templates.CheckIn{}
}

// attend checks in or out. Twice is once.
func (o *ownVisit) attend() {
	_, there := o.c.Attending.Mine(o.p.ID)
	out := o.r.PostForm.Get("do") == "out"
	var err error
	switch {
	case out && there:
		err = o.c.Attending.Away(o.r.Context(), o.who)
	case !out && !there && o.checkIn(o.book.Own(o.p.ID, o.now)).State != "now": // whoever walks on does so at the desk
		err = helpline.Errorf(helpline.Conflict, "own shifts: none begins soon")
	case !out && !there:
		err = o.c.Attending.Here(o.r.Context(), o.who)
	}
	switch kind := helpline.KindOf(err); {
	case err == nil && out:
		o.to("/shifts", "out", "")
	case err == nil:
		o.to("/shifts", "in", "")
	case kind == helpline.Conflict || kind == helpline.NotFound || kind == helpline.Invalid || kind == helpline.Forbidden:
		o.page.Problem = o.words.T("shifts.check.cannot")
		o.showShifts(http.StatusConflict)
	default:
		o.fail(err)
	}
}

// seen remembers until when the person has seen what changed.
func (o *ownVisit) seen() {
	until, err := strconv.ParseInt(o.r.PostForm.Get("upto"), 10, 64)
	if err != nil || until <= 0 || time.Unix(until, 0).After(o.now) {
		o.fail(helpline.Errorf(helpline.Invalid, "own shifts: seen until no time"))
		return
	}
	if err := o.c.Feeds.See(o.r.Context(), o.p.ID, time.Unix(until, 0)); err != nil {
		o.fail(err)
		return
	}
	o.to("/shifts", "seen", "")
}

// changes is what others did with the person's shifts since they looked last,
// in words, the newest first.
func (o *ownVisit) changes() (said []string, through string, err error) {
	since, err := o.c.Feeds.SeenUntil(o.r.Context(), o.p.ID)
	if err != nil {
		return nil, "", err
	}
	if least := o.now.Add(-changesFor); since.Before(least) {
		since = least
	}
	events, err := o.c.OwnRotas.Events(o.r.Context(), o.who, since.Add(time.Second), o.now.Add(time.Second))
	if err != nil {
		return nil, "", err
	}
	t := o.tale()
	for _, e := range events {
		if text := t.says(e); text != "" && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	// A second that is not over yet is not seen: more may come in it.
	return said, strconv.FormatInt(o.now.Unix()-1, 10), nil
}
