package console

import (
	"strconv"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates"
)

// askClosed says what published shifts a closure is about, and how many people:
// they are told, so somebody is asked whether they are sure. What was seen when
// it was asked comes back with the yes.
func (l *look) askClosed(v *templates.RotaClosed, one rota.Closure, now time.Time) {
	shut := map[helpline.ID]bool{}
	people := map[helpline.ID]bool{}
	for i := range l.book.Shifts {
		s := &l.book.Shifts[i]
		if s.Cancelled || !now.Before(s.End) || s.Closed(l.book.Closures) || !s.Closed([]rota.Closure{one}) {
			continue
		}
		shut[s.ID] = true
		v.Runs = v.Runs || !now.Before(s.Start)
		v.Shifts = append(v.Shifts, templates.Link{Label: s.Name + ", " + l.when(s.Interval()), Href: "/rota/shift/" + s.ID.String()})
	}
	if len(shut) == 0 {
		return
	}
	for _, a := range l.book.Assignments {
		if shut[a.Shift] && a.State.Stands() && !a.Minds {
			people[a.Person] = true
		}
	}
	v.Ask = l.N("byhand.closed.ask", len(shut), "people", l.N("byhand.people", len(people)))
	v.Saw = strconv.Itoa(len(shut)) + " " + strconv.Itoa(len(people)) + " " + one.First.String() + " " + one.Last.String() + " " + one.Rota.String()
}
