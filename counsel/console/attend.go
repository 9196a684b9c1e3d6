package console

import (
	"context"
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

// Attending is who is planned and who is there. Asserted by counsel.
type Attending interface {
	Here(ctx context.Context, who helpline.Actor) error
	Away(ctx context.Context, who helpline.Actor) error
	Mine(person helpline.ID) (counsel.CheckIn, bool)
	Now() []counsel.Attendee
	Alarms() []counsel.CoverAlarm
}

// Marking says of somebody that they did not come. Asserted by counsel.
type Marking interface {
	Do(ctx context.Context, who helpline.Actor, s rota.Step) (rota.Change, error)
}

var (
	_ Attending = (*counsel.Attendance)(nil)
	_ Marking   = (*counsel.Rotas)(nil)
)

func (c *Console) attendRoutes() []entry {
	return []entry{
		route("POST", "/board/here", helpline.LeaderOrSupervisor, counsel.SeeBoard, c.checkIn),
		route("POST", "/board/noshow", helpline.SupervisorOnly, counsel.PlanRota, c.markNoShow),
		whileLocked(route("GET", "/board/state", helpline.LeaderOrSupervisor, counsel.SeeBoard, c.boardState)),
	}
}

// checkIn takes a shift leader's word that they are on duty, or not any more.
func (c *Console) checkIn(w http.ResponseWriter, r *http.Request, p staff.Person) {
	err := form(r)
	if err == nil {
		switch r.PostForm.Get("do") {
		case "here":
			err = c.Attending.Here(r.Context(), actor(p))
		case "away":
			err = c.Attending.Away(r.Context(), actor(p))
		default:
			err = helpline.Errorf(helpline.Invalid, "check in: no such word")
		}
	}
	c.attended(w, r, p, err)
}

// markNoShow takes a supervisor's word that somebody did not come, or came
// after all.
func (c *Console) markNoShow(w http.ResponseWriter, r *http.Request, p staff.Person) {
	step := rota.Step{}
	err := form(r)
	if err == nil {
		step.Assignment, err = helpline.ParseID(r.PostForm.Get("place"))
	}
	if err == nil {
		switch r.PostForm.Get("do") {
		case "noshow":
			step.Do = rota.DoNoShow
		case "came":
			step.Do = rota.DoCame
		default:
			err = helpline.Errorf(helpline.Invalid, "no-show: no such word")
		}
	}
	if err == nil {
		_, err = c.Marking.Do(r.Context(), actor(p), step)
	}
	c.attended(w, r, p, err)
}

// attended shows the board after a press; what has changed since the page was
// made is said there.
func (c *Console) attended(w http.ResponseWriter, r *http.Request, p staff.Person, err error) {
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/board", http.StatusSeeOther)
	case helpline.Conflict, helpline.NotFound:
		c.showBoard(w, r, p, http.StatusConflict, "attend")
	case helpline.Forbidden:
		c.troubleFor(w, r, p, http.StatusForbidden, "forbidden", "/board")
	default:
		c.fail(w, r, err)
	}
}

// boardState tells a board whether what it shows of the cover still is so. It
// says no more than that: it answers while the screen is locked.
func (c *Console) boardState(w http.ResponseWriter, _ *http.Request, _ staff.Person) {
	asJSON(w, http.StatusOK, map[string]string{"stamp": c.stamp()})
}

// stamp is a short hash of who is there and what lacks.
func (c *Console) stamp() string {
	if c.Attending == nil {
		return ""
	}
	h := uint64(14695981039346656037)
	add := func(s string) {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
	}
	for _, a := range c.Attending.Now() {
		add(a.Person.String() + a.Assignment.String() + string(a.State))
	}
	for _, a := range c.Attending.Alarms() {
		add(a.Key + string(a.Short.Lacking) + strconv.Itoa(a.Short.Have))
	}
	add(string(c.Hours.Now().Shut))
	return strconv.FormatUint(h, 36)
}

// attend is the part of the board on who is planned and there.
func (c *Console) attend(r *http.Request, w i18n.Words, p staff.Person, problem bool) templates.Attend {
	if c.Attending == nil || !c.Hours.Planned() {
		return templates.Attend{}
	}
	now := time.Now()
	v := templates.Attend{Shown: true, Stamp: c.stamp(), Marks: counsel.May(actor(p), counsel.PlanRota) == nil}
	if problem {
		v.Refuse = w.T("attend.problem")
	}
	_, v.Mine = c.Attending.Mine(p.ID)
	for _, a := range c.Attending.Now() {
		row := templates.AttendRow{Alias: c.aliasOf(r.Context(), w, a.Person), State: string(a.State), Says: w.T("attend.state." + string(a.State))}
		if a.Role != "" {
			row.Role = w.T("attend.role." + string(a.Role))
			row.Time = w.T("attend.time", "from", c.lineClock(w, now, a.Shift.Start), "to", c.lineClock(w, now, a.Shift.End))
		}
		switch a.State {
		case counsel.AttendLate, counsel.AttendDue, counsel.AttendGone:
			row.Place = a.Assignment.String()
		case counsel.AttendNoShow:
			row.Place, row.Came = a.Assignment.String(), true
		}
		v.Now = append(v.Now, row)
	}
	for _, a := range c.Attending.Alarms() {
		if a.Kind == counsel.AlarmNoShow {
			continue // in the table
		}
		v.Gaps = append(v.Gaps, templates.GapRow{
			When: c.gapTime(w, a.Short.Interval), Rota: a.Short.Name, Near: a.Ahead <= 48*time.Hour,
			Step: w.T("cover.step." + strconv.Itoa(int(a.Ahead/time.Hour))),
			Says: w.T("cover.lacks."+string(a.Short.Lacking), "have", a.Short.Have, "want", a.Short.Want),
		})
	}
	return v
}

// gapTime is a stretch on the line's own clock, with its day.
func (c *Console) gapTime(w i18n.Words, in rota.Interval) string {
	from, to := in.Start, in.End
	if c.Zone != nil {
		from, to = from.In(c.Zone), to.In(c.Zone)
	}
	clock := func(t time.Time) string {
		return w.T("time.clock", "hour", t.Format("15"), "minute", t.Format("04"))
	}
	return w.T("cover.when", "day", w.T("day."+strconv.Itoa(int(from.Weekday()))), "date", from.Format(time.DateOnly), "from", clock(from), "to", clock(to))
}

func (c *Console) aliasOf(ctx context.Context, w i18n.Words, person helpline.ID) string {
	if by, err := c.Office.Active(ctx, person); err == nil {
		return by.Alias
	}
	return w.T("hand.someone")
}

// missed puts above every page of those who look after the cover that somebody
// did not come, or that a shift of the next two days lacks people.
func (c *Console) missed(f *templates.Staff, w i18n.Words, p staff.Person, here string) {
	if c.Asking != nil && !p.ID.IsZero() && counsel.May(actor(p), counsel.PlanRota) == nil && c.Asking.DropsWaiting() > 0 {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("plan.swaps.alert"), Href: "/rota/swaps"})
	}
	if c.Attending == nil || p.ID.IsZero() || here == "board" || counsel.May(actor(p), counsel.SeeBoard) != nil {
		return
	}
	all := c.Attending.Alarms()
	if slices.ContainsFunc(all, func(a counsel.CoverAlarm) bool { return a.Kind == counsel.AlarmNoShow }) {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("attend.alert"), Href: "/board"})
	}
	if slices.ContainsFunc(all, func(a counsel.CoverAlarm) bool { return a.Ahead > 0 && a.Ahead <= 48*time.Hour }) && counsel.May(actor(p), counsel.PlanRota) == nil {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("cover.alert"), Href: "/board"})
	}
}
