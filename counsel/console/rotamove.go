package console

import (
	"net/http"
	"strings"
	"time"

	"helpline/counsel/rota"
	"helpline/templates"
)

// moveForm is the form of other times: as the shift stands, or as it was typed
// into a form that was not taken.
func (l *look) moveForm(r *http.Request, s *rota.Shift) templates.RotaMove {
	if r.PostForm.Get("do") == string(rota.DoMove) {
		get := func(name string) string { return strings.TrimSpace(short(r.PostForm.Get(name))) }
		return templates.RotaMove{Date: get("day"), From: tidyClock(get("from")), To: tidyClock(get("to"))}
	}
	return templates.RotaMove{Date: s.Date.String(), From: s.Start.In(l.zone).Format("15:04"), To: s.End.In(l.zone).Format("15:04")}
}

// moved reads other times of a shift. fault says in words what is wrong with
// them; an end that is not after the beginning is on the next day.
func (l *look) moved(f templates.RotaMove) (to rota.Interval, fault string) {
	day, okDay := dayOf(f.Date)
	from, okFrom := clock(f.From)
	until, okTo := clock(f.To)
	if f.To == "24:00" {
		until, okTo = 0, true
	}
	switch {
	case !okDay:
		return to, l.T("rota.fault.date")
	case !okFrom || !okTo:
		return to, l.T("rota.fault.clock")
	case from == until:
		return to, l.T("rota.fault.same")
	}
	end := day
	if until < from {
		end = day.Plus(1)
	}
	to = rota.Interval{Start: rota.FirstOf(day, from, l.zone), End: rota.LastOf(end, until, l.zone)}
	switch {
	case !to.Start.Before(to.End):
		return to, l.T("rota.sheet.swallowed")
	case !time.Now().Before(to.Start):
		return to, l.T("plan.problem.step.past")
	case day.Before(l.version.First) || l.version.Last.Before(day):
		return to, l.T("plan.problem.step.period")
	case rota.Shift{Rota: l.version.Rota, Date: day}.Closed(l.book.Closures):
		return to, l.T("plan.problem.step.shut")
	}
	return to, ""
}
