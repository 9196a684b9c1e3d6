package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// plan is when this line means to be open.
func (c config) plan() *rota.Plan { return rota.NewPlan(c.Zone, c.Week, c.Closed) }

// wrongHours checks what the settings of the hours can only see together.
func (c config) wrongHours() []error {
	var faults []error
	if len(c.Closed) > 0 && len(c.Week) == 0 {
		faults = append(faults, errors.New("closed is set and hours is not: without hours the line is open whenever somebody is on duty"))
	}
	for _, s := range c.Week {
		if length := time.Duration(s.To-s.From) * time.Minute; length <= c.Last {
			faults = append(faults, fmt.Errorf("last_admission is %d minutes and hours has an opening that is not longer: nobody could ever come in", int(c.Last.Minutes())))
			break
		}
	}
	return faults
}

// openHours gives the line its hours, and what was said by hand before the start.
func (l *line) openHours(ctx context.Context) error {
	hand, err := counsel.NewHand(ctx, l.db, l.trail, time.Now)
	if err != nil {
		return err
	}
	l.hand = hand
	l.duty = counsel.NewDuty(func() []chat.Member { return l.engine.Present() }).Plan(l.conf.plan(), l.conf.Last, hand)
	return nil
}

// lookAtHours tells when the line opens.
func lookAtHours(_ context.Context, g *ground) []finding {
	p := g.conf.plan()
	if !p.Said() {
		return well("hours", "no hours are set: the line is open while somebody is on duty")
	}
	in, open := p.At(g.now)
	next, more := p.Next(g.now)
	clock := func(t time.Time) string { return t.In(g.conf.Zone).Format("Mon 2006-01-02 15:04 MST") }
	switch {
	case open:
		return well("hours", "within its hours until %s", clock(in.End))
	case more && next.Start.Sub(g.now) > 14*24*time.Hour:
		return bad("hours", look, "see that closed holds no day too many", "the line opens only on %s", clock(next.Start))
	case more:
		return well("hours", "outside its hours; opens %s", clock(next.Start))
	}
	return bad("hours", wrong, "take days out of closed", "the line does not open for more than a year")
}

// lookHours sees whether anybody has said when the line is open. A line may do
// without; then visitors cannot read when to come back.
func (l *line) lookHours(ctx context.Context) (counsel.Point, error) {
	p := counsel.Point{ID: "hours", State: counsel.PointDone}
	for _, one := range lookAtHours(ctx, l.ground(&l.front, time.Now())) {
		p.Details = append(p.Details, one.Says)
		if one.State != fine {
			p.State = counsel.PointTodo
		}
	}
	if len(l.conf.Week) == 0 {
		p.State = counsel.PointLook
	}
	return p, nil
}
