package counsel

import (
	"cmp"
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

// Mine says whether somebody is checked in, and for what.
func (a *Attendance) Mine(person helpline.ID) (CheckIn, bool) {
	_, ins := a.know()
	now := a.clock()
	i := slices.IndexFunc(ins, func(c CheckIn) bool { return c.Person == person && c.at(now) })
	if i < 0 {
		return CheckIn{}, false
	}
	return ins[i], true
}

// Here says that somebody is on duty: for their shift that runs or begins
// within half an hour, else as a walk-on on the rota that runs. Whoever is
// checked in for that already stays so. Conflict while nothing runs and for
// whoever does not work here at the moment, Forbidden for a walk-on who can take
// no contacts.
func (a *Attendance) Here(ctx context.Context, who helpline.Actor) error {
	if err := May(who, SeeShifts); err != nil {
		return err
	}
	now := a.clock()
	h, _ := a.know()
	if h.Paused(who.Person) {
		return helpline.Errorf(helpline.Conflict, "check in: they do not work here at the moment")
	}
	var place helpline.ID
	on, ok := helpline.ID{}, false
	if own, has := h.Own(who.Person, now, EarlyCheckIn); has {
		place, on, ok = own.Assignment.ID, own.Shift.Rota, true
	} else {
		on, ok = h.Rota(now)
		if ok && !h.WalksOn(who.Person) {
			return helpline.Errorf(helpline.Forbidden, "check in: only counsellors and shift leaders walk on")
		}
	}
	if !ok {
		return helpline.Errorf(helpline.Conflict, "check in: no shift runs")
	}
	if open, in := a.Mine(who.Person); in {
		if place.IsZero() || open.Assignment == place {
			return nil
		}
		if err := a.rows.CheckOut(ctx, who); err != nil {
			return err
		}
	}
	return a.rows.CheckIn(ctx, who, place, on)
}

// Away ends that. Whoever is not checked in has nothing to end, which is no
// error.
func (a *Attendance) Away(ctx context.Context, who helpline.Actor) error {
	if err := May(who, SeeShifts); err != nil {
		return err
	}
	if _, in := a.Mine(who.Person); !in {
		return nil
	}
	return a.rows.CheckOut(ctx, who)
}

// Run writes down who is on duty at a desk, ends what nobody took back, and
// tells what lacks, until ctx is done.
func (a *Attendance) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var looked time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := a.clock()
		a.mu.Lock()
		old := now.Sub(a.read) >= time.Minute || now.Before(a.read)
		a.mu.Unlock()
		if old {
			if err := a.Renew(ctx); err != nil {
				a.failed("the hours could not be read; the old ones stand", err)
			}
		}
		a.follow(ctx, now)
		if now.Sub(looked) >= 20*time.Second || now.Before(looked) {
			looked = now
			a.end(ctx, now)
			a.tell(ctx, now)
		}
	}
}

func (a *Attendance) failed(what string, err error) {
	a.log.Error(what, "kind", string(helpline.KindOf(err)))
}

// follow checks in whoever has come to a desk, and out whoever has left it.
func (a *Attendance) follow(ctx context.Context, now time.Time) {
	there := map[helpline.ID]bool{}
	h, _ := a.know()
	for _, m := range a.present() {
		there[m.Person] = true
		a.desks[m.Person] = m
		open, in := a.Mine(m.Person)
		own, has := h.Own(m.Person, now, 0)
		if in && (!has || open.Assignment == own.Assignment.ID) {
			continue
		}
		if err := a.Here(ctx, actorOf(m)); err != nil && helpline.KindOf(err) != helpline.Conflict { // nothing runs: nothing is written
			a.failed("somebody on duty could not be checked in", err)
		}
	}
	for id, m := range a.desks {
		if there[id] {
			continue
		}
		if err := a.Away(ctx, actorOf(m)); err != nil {
			a.failed("somebody who left the desk could not be checked out", err)
			continue // again with the next beat
		}
		delete(a.desks, id)
	}
}

func actorOf(m chat.Member) helpline.Actor {
	return helpline.Actor{Person: m.Person, Alias: m.Alias, Roles: m.Roles}
}

// end checks out those who forgot to: whose own shift ended a while ago, or of
// walk-ons the last one, who have been in for too long, and those who were at a
// desk before a restart and did not come back to it. Whoever is at a desk is there.
func (a *Attendance) end(ctx context.Context, now time.Time) {
	h, ins := a.know()
	for _, c := range ins {
		if _, desk := a.desks[c.Person]; desk || !c.Out.IsZero() {
			continue
		}
		_, runs := h.Run(now)
		_, ran := h.Run(now.Add(-overtime))
		over := !runs && !ran && now.Sub(c.In) >= EarlyCheckIn+overtime
		place, known := h.Place(c.Assignment)
		if _, works := h.Own(c.Person, now, 0); known && !works { // or they would be a walk-on of whoever comes next
			over = over || now.Sub(place.Shift.End) >= overtime
		}
		away := h.Leads(c.Person) || known && place.Assignment.Role == rota.Buddy // they check in on the board, or from where they are
		lost := !away && c.In.Before(a.started) && now.Sub(a.started) >= deskBack
		if over || lost || now.Sub(c.In) >= checkInLasts {
			// Time does it, for somebody whose roles are not at hand: ending one's own check-in takes any of them.
			if err := a.rows.CheckOut(ctx, helpline.Actor{Person: c.Person, Roles: []helpline.Role{helpline.Operator}}); err != nil {
				a.failed("a check-in that nobody took back could not be ended", err)
			}
		}
	}
}

// Attendee is somebody who is planned now, or there.
type Attendee struct {
	Person     helpline.ID
	Assignment helpline.ID // zero for a walk-on
	Rota       helpline.ID // likewise
	Role       rota.Role   // empty for a walk-on
	Shift      rota.Interval
	State      AttendState
	Since      time.Time // of those who are there, or were
}

// AttendState is how it is with somebody who is planned.
type AttendState string

// The states. Screens say them from "attend.state."+AttendState.
const (
	AttendHere   AttendState = "here"
	AttendDue    AttendState = "due"    // the shift has just begun
	AttendLate   AttendState = "late"   // a quarter of an hour ago
	AttendGone   AttendState = "gone"   // was there
	AttendLeft   AttendState = "left"   // was there, and is missed (miss)
	AttendNoShow AttendState = "noshow" // as a supervisor has said
	AttendWalkOn AttendState = "walkon"
)

// Now lists who is planned on the shifts that run and how it is with them, and
// then those who walked on.
func (a *Attendance) Now() []Attendee {
	now := a.clock()
	h, ins := a.know()
	there := map[helpline.ID]time.Time{}
	for _, m := range a.present() {
		there[m.Person] = now
	}
	for _, c := range ins {
		if c.at(now) {
			there[c.Person] = c.In
		}
	}
	var out []Attendee
	planned := map[helpline.ID]bool{}
	for _, d := range h.Expected(now) {
		p := d.Assignment.Person
		planned[p] = true
		one := Attendee{Person: p, Assignment: d.Assignment.ID, Rota: d.Shift.Rota, Role: d.Assignment.Role, Shift: d.Shift.Interval(), State: AttendDue}
		since, here := there[p]
		switch {
		case here:
			one.State, one.Since = AttendHere, since
		case d.Assignment.State == rota.NoShow:
			one.State = AttendNoShow
		case slices.ContainsFunc(ins, func(c CheckIn) bool { return c.Person == p && c.Out.After(d.Shift.Start) }):
			one.State, one.Since = AttendGone, leftAt(ins, p)
		case d.Assignment.Role != rota.Buddy && now.Sub(d.Shift.Start) >= lateAfter: // a buddy is reached where they are
			one.State = AttendLate
		}
		out = append(out, one)
	}
	if !h.Said() {
		return nil
	}
	a.miss(h, ins, now, out)
	var walked []Attendee
	for p, since := range there {
		if !planned[p] {
			walked = append(walked, Attendee{Person: p, State: AttendWalkOn, Since: since})
		}
	}
	slices.SortFunc(walked, func(a, b Attendee) int {
		return cmp.Or(a.Since.Compare(b.Since), slices.Compare(a.Person[:], b.Person[:]))
	})
	return append(out, walked...)
}
