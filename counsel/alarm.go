package counsel

import (
	"context"
	"slices"
	"strconv"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// CoverAlarm is one thing that lacks and somebody should know in time.
type CoverAlarm struct {
	Key     string // the same for the same thing at the same step: it is sent once
	Kind    AlarmKind
	Rota    helpline.ID
	Shift   helpline.ID   // zero where nothing is published
	Person  helpline.ID   // who did not come, or has left
	Left    bool          // they were there
	Covered bool          // those who are there are enough on their rota all the same
	At      time.Time     // when the gap, or the shift, begins; of somebody who has left: when
	Ahead   time.Duration // the step it has reached; 0 of who is missed
	Until   time.Time     // after that nobody needs to be told
	Short   rota.Shortage // of the kinds AlarmGap and AlarmUnpublished
}

// AlarmKind is what lacks.
type AlarmKind string

// The kinds. A gap and an unpublished rota concern supervisors; of somebody who
// did not come, or has left, shift leaders are told too.
const (
	AlarmGap         AlarmKind = "gap"
	AlarmUnpublished AlarmKind = "unpublished"
	AlarmNoShow      AlarmKind = "noshow"
)

// AlarmSteps are how long before a gap it is told, the furthest first.
func AlarmSteps() []time.Duration {
	return []time.Duration{14 * 24 * time.Hour, 7 * 24 * time.Hour, 48 * time.Hour, 12 * time.Hour}
}

// AlarmPost sends what lacks to those whom it concerns.
type AlarmPost interface {
	// Alarm puts a notice in the outbox. A key that was there before, also before a
	// restart, sends nothing, unless it was mended since and is not covered.
	Alarm(context.Context, CoverAlarm) error
	// Mended ends what goes on about the alarms of keys, which lack no more. It does
	// nothing where nothing goes on.
	Mended(ctx context.Context, keys []string) error
}

// Alarms lists what lacks now and in the next fourteen days, each once, at the
// step it has reached: first who is missed (of those who have left one on a rota:
// coming back, each of them mends the same), then what comes soonest.
func (a *Attendance) Alarms() []CoverAlarm {
	now := a.clock()
	h, _ := a.know()
	var out []CoverAlarm
	for _, one := range missedFirst(a.Now()) {
		c := CoverAlarm{
			Key: missingKey(one.Assignment), Kind: AlarmNoShow, Rota: one.Rota, Shift: shiftOf(h, now, one.Assignment), Person: one.Person,
			Left: one.State == AttendLeft, Covered: a.covered(now, one.Rota), At: one.Shift.Start, Until: one.Shift.End,
		}
		if c.Left {
			c.At = one.Since
		}
		out = append(out, c)
	}
	for _, g := range h.Shortages(now, now.Add(AlarmSteps()[0])) {
		step := stepOf(g.Start.Sub(now))
		c := CoverAlarm{Kind: AlarmGap, Rota: g.Rota, Shift: g.Shift, At: g.Start, Ahead: step, Until: g.End, Short: g}
		of := g.Shift.String()
		if g.Lacking == rota.LackingVersion {
			c.Kind, of = AlarmUnpublished, g.Rota.String()+"/"+strconv.FormatInt(g.Start.Unix(), 10)
		}
		c.Key = string(c.Kind) + "/" + of + "/" + strconv.Itoa(int(step/time.Hour))
		if !slices.ContainsFunc(out, func(o CoverAlarm) bool { return o.Key == c.Key }) {
			out = append(out, c)
		}
	}
	return out
}

// stepOf is the step that something so far ahead has reached.
func stepOf(far time.Duration) time.Duration {
	steps := AlarmSteps()
	reached := steps[0]
	for _, s := range steps {
		if far <= s {
			reached = s
		}
	}
	return reached
}

func shiftOf(h *rota.Hours, now time.Time, assignment helpline.ID) helpline.ID {
	for _, d := range h.Expected(now) {
		if d.Assignment.ID == assignment {
			return d.Shift.ID
		}
	}
	return helpline.ID{}
}

// tell puts what is new into the outbox. Of who is missed it tells with every
// beat: what is kept of the calls says whether that is new.
func (a *Attendance) tell(ctx context.Context, now time.Time) {
	if a.post == nil || now.Sub(a.started) < deskBack { // after a start the desks come back first
		return
	}
	a.mend(ctx, now)
	counts := map[string]bool{}
	for _, c := range a.Alarms() {
		counts[c.Key] = true
		if a.told[c.Key] && c.Kind != AlarmNoShow {
			continue
		}
		if err := a.post.Alarm(ctx, c); err != nil {
			a.failed("an alarm about the cover could not be sent; it is tried again", err)
			continue
		}
		a.told[c.Key] = true
	}
	for key := range a.told {
		if !counts[key] {
			delete(a.told, key) // the outbox knows it
		}
	}
}
