package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
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

// Marking says of somebody that they did not come, or come after all, while their
// shift runs. Asserted by counsel.
type Marking interface {
	Mark(ctx context.Context, who helpline.Actor, do rota.Doing, place helpline.ID) error
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
		whileLocked(route("GET", "/alerts", helpline.StaffOnly, counsel.ChangeOwn, c.alertsNow)),
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
	var place helpline.ID
	var do rota.Doing
	err := form(r)
	if err == nil {
		place, err = helpline.ParseID(r.PostForm.Get("place"))
	}
	if err == nil {
		switch r.PostForm.Get("do") {
		case "noshow":
			do = rota.DoNoShow
		case "came":
			do = rota.DoCame
		default:
			err = helpline.Errorf(helpline.Invalid, "no-show: no such word")
		}
	}
	if err == nil {
		err = c.Marking.Mark(r.Context(), actor(p), do, place)
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

// alertsNow tells a page that stands open what would stand above it if it were
// loaded now, and whether that may be less than there is. While the screen is locked it says nothing, and it never counts as
// somebody's touch.
func (c *Console) alertsNow(w http.ResponseWriter, r *http.Request, p staff.Person) {
	type alert struct {
		Text string `json:"text"`
		Href string `json:"href"`
	}
	in, found := c.loginHere(r)
	if !found || in.Locked || c.touched.locked(vault.LoginID(c.logins.Token(r.Context()))) {
		asJSON(w, http.StatusOK, map[string]any{"locked": true})
		return
	}
	_, f := c.inside(p, short(r.URL.Query().Get("here")))
	all := []alert{}
	for _, a := range f.Alerts {
		all = append(all, alert{a.Text, a.Href})
	}
	asJSON(w, http.StatusOK, map[string]any{"alerts": all, "unsure": f.Unsure})
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
	if c.Asking != nil {
		add(strconv.Itoa(c.Asking.DropsWaiting()))
	}
	return strconv.FormatUint(h, 36)
}

// attend is the part of the board on who is planned and there.
func (c *Console) attend(r *http.Request, w i18n.Words, p staff.Person, problem bool) templates.Attend {
	if c.Attending == nil || !c.Hours.Planned() {
		return templates.Attend{}
	}
	now, say := time.Now(), sayer{Words: w, zone: c.zone()}
	v := templates.Attend{Shown: true, Stamp: c.stamp(), Marks: counsel.May(actor(p), counsel.PlanRota) == nil}
	if problem {
		v.Refuse = w.T("attend.problem")
		if r.URL.Path == "/board/here" && c.off(r, p) {
			v.Refuse = w.T("attend.paused")
		}
	}
	_, v.Mine = c.Attending.Mine(p.ID)
	for _, a := range c.Attending.Now() {
		row := templates.AttendRow{Alias: c.aliasOf(r.Context(), w, a.Person), State: string(a.State), Says: w.T("attend.state." + string(a.State))}
		if a.Role != "" {
			row.Role = w.T("attend.role." + string(a.Role))
			row.Time = say.clocks(a.Shift)
		}
		switch a.State {
		case counsel.AttendLate, counsel.AttendDue, counsel.AttendGone, counsel.AttendLeft:
			row.Place = a.Assignment.String()
		case counsel.AttendNoShow:
			row.Place, row.Came = a.Assignment.String(), true
		}
		v.Now = append(v.Now, row)
	}
	v.Call = c.callNow(r, w, now)
	for _, a := range c.Attending.Alarms() {
		if a.Kind == counsel.AlarmNoShow {
			continue // in the table
		}
		v.Gaps = append(v.Gaps, templates.GapRow{
			Href: gapAt(a, p),
			When: say.when(a.Short.Interval), Rota: a.Short.Name, Near: a.Ahead <= 48*time.Hour,
			Step: w.T("cover.step." + strconv.Itoa(int(a.Ahead/time.Hour))),
			Says: w.T("cover.lacks."+string(a.Short.Lacking), "have", a.Short.Have, "want", a.Short.Want, "who", c.aliases(r.Context(), w, a.Short.Unreached)),
		})
	}
	return v
}

// callNow says who is on call now; empty for a line that never has anybody.
func (c *Console) callNow(r *http.Request, w i18n.Words, now time.Time) string {
	if c.Rotas == nil {
		return ""
	}
	b, err := c.Rotas.Standing(r.Context())
	if err != nil {
		c.note(r, err) // the board is worth more than this line of it
		return ""
	}
	if len(b.OnCalls) == 0 {
		return ""
	}
	var out []string
	for _, o := range b.OnCalls {
		if !now.Before(o.Start) && now.Before(o.End) && leads(b, o.Leader) {
			out = append(out, w.T("byhand.board.one", "who", c.aliasOf(r.Context(), w, o.Leader), "time", c.lineClock(w, now, o.End)))
		}
	}
	if len(out) == 0 {
		return w.T("byhand.board.none")
	}
	slices.Sort(out)
	return w.T("byhand.board.call", "who", strings.Join(out, ", "))
}

// gapAt is where whoever plans closes a gap: the shift, or a draft where nothing
// is published.
func gapAt(a counsel.CoverAlarm, p staff.Person) string {
	switch {
	case !a.Shift.IsZero() && counsel.May(actor(p), counsel.SeeRota) == nil:
		return "/rota/shift/" + a.Shift.String()
	case a.Shift.IsZero() && counsel.May(actor(p), counsel.PlanRota) == nil:
		return "/rota/draft"
	}
	return ""
}

func (c *Console) aliasOf(ctx context.Context, w i18n.Words, person helpline.ID) string {
	if by, err := c.Office.Active(ctx, person); err == nil {
		return by.Alias
	}
	return w.T("hand.someone")
}

// aliases names several, with commas between.
func (c *Console) aliases(ctx context.Context, w i18n.Words, people []helpline.ID) string {
	var out []string
	for _, id := range people {
		out = append(out, c.aliasOf(ctx, w, id))
	}
	return strings.Join(out, ", ")
}

// missed puts above every page of those who look after the cover that somebody
// did not come or has left, or that a shift of the next two days lacks people.
func (c *Console) missed(f *templates.Staff, w i18n.Words, p staff.Person, here string) {
	if c.OwnAsks != nil && !p.ID.IsZero() && here != ownShiftsPlace && len(c.OwnAsks.Asks(p.ID)) > 0 {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("shifts.alert"), Href: "/shifts"})
	}
	if c.Asking != nil && !p.ID.IsZero() && counsel.May(actor(p), counsel.PlanRota) == nil && c.Asking.DropsWaiting() > 0 {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("plan.swaps.alert"), Href: "/rota/swaps"})
	}
	if c.Attending == nil || p.ID.IsZero() || here == "board" || counsel.May(actor(p), counsel.SeeBoard) != nil {
		return
	}
	all := c.Attending.Alarms()
	for _, one := range []struct {
		says string
		left bool
	}{{"attend.alert", false}, {"attend.alert.left", true}} {
		if slices.ContainsFunc(all, func(a counsel.CoverAlarm) bool { return a.Kind == counsel.AlarmNoShow && a.Left == one.left }) {
			f.Alerts = append(f.Alerts, templates.Alert{Text: w.T(one.says), Href: "/board"})
		}
	}
	if slices.ContainsFunc(all, func(a counsel.CoverAlarm) bool { return a.Ahead > 0 && a.Ahead <= 48*time.Hour }) && counsel.May(actor(p), counsel.PlanRota) == nil {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("cover.alert"), Href: "/board"})
	}
}
