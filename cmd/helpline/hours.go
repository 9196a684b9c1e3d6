package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/rota"
)

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

// planned is the stored rota as the hours read it: another program may have
// written beside this one, and openings that stand in the configuration are one
// more rota, whose names are planned elsewhere.
type planned struct {
	*counsel.Rotas
	conf config
}

// Standing is all that is published.
func (p planned) Standing(ctx context.Context) (*rota.Book, error) {
	if err := p.Refresh(ctx); err != nil {
		return nil, err
	}
	b, err := p.Rotas.Standing(ctx)
	if err != nil || len(p.conf.Week) == 0 {
		return b, err
	}
	r := rota.Rota{ID: helpline.ID{15: 1}, Name: "hours", Way: rota.Elsewhere, Setup: rota.Small}
	b.Rotas = append(b.Rotas, r)
	for i, s := range p.conf.Week {
		one := rota.Template{ID: helpline.ID{14: 1, 15: byte(i)}, Rota: r.ID, Name: "hours", Days: rota.On(s.Day), From: s.From, To: s.To}
		if one.To > 1440 {
			one.To, one.EndDay = one.To-1440, 1
		}
		b.Templates = append(b.Templates, one)
		b.Requirements = append(b.Requirements, rota.Requirement{Template: one.ID, Min: 1})
	}
	for _, d := range p.conf.Closed {
		b.Closures = append(b.Closures, rota.Closure{Rota: r.ID, First: d, Last: d})
	}
	return b, nil
}

// openHours gives the line its hours, and what was said by hand before the start.
func (l *line) openHours(ctx context.Context) error {
	hand, err := counsel.NewHand(ctx, l.db, l.trail, time.Now)
	if err != nil {
		return err
	}
	l.hand = hand
	desks := func() []chat.Member { return l.engine.Present() }
	if l.attend, err = counsel.NewAttendance(ctx, planned{l.rotas, l.conf}, desks, nil, time.Now, l.log); err != nil {
		return err
	}
	l.rotas.Changed(l.attend.Heard)
	l.duty = counsel.NewDuty(desks).Plan(l.attend, l.conf.Last, hand)
	return nil
}

// openTimes is when a line plans to be open.
type openTimes interface {
	Said() bool
	At(time.Time) (rota.Interval, bool)
	Next(time.Time) (rota.Interval, bool)
}

// lookAtHours tells when the line opens by what is published.
func lookAtHours(ctx context.Context, g *ground) []finding {
	if g.db == nil {
		return nil // the folder said why
	}
	rotas, err := counsel.NewRotas(ctx, g.db, nil, g.db, g.conf.Zone, g.conf.Law, func() time.Time { return g.now })
	if err != nil {
		return bad("hours", wrong, "look at the other findings first", "the rota cannot be read: %v", err)
	}
	b, err := planned{rotas, g.conf}.Standing(ctx)
	if err != nil {
		return bad("hours", wrong, "look at the other findings first", "the rota cannot be read: %v", err)
	}
	return sayHours(g, rota.ReadHours(b, rotas.Versions(helpline.ID{}), g.now, nil))
}

func sayHours(g *ground, p openTimes) []finding {
	if !p.Said() {
		return well("hours", "no hours are planned: the line is open while somebody is on duty")
	}
	in, open := p.At(g.now)
	next, more := p.Next(g.now)
	clock := func(t time.Time) string { return t.In(g.conf.Zone).Format("Mon 2006-01-02 15:04 MST") }
	switch {
	case open:
		return well("hours", "within its hours until %s", clock(in.End))
	case more && next.Start.Sub(g.now) > 14*24*time.Hour:
		return bad("hours", look, "see that the rota holds no closure too many", "the line opens only on %s", clock(next.Start))
	case more:
		return well("hours", "outside its hours; opens %s", clock(next.Start))
	}
	return bad("hours", wrong, "publish a rota, or take days out of its closures", "no opening is planned for more than a year")
}

// lookHours sees whether anybody has said when the line is open. A line may do
// without; then visitors cannot read when to come back.
func (l *line) lookHours(context.Context) (counsel.Point, error) {
	p := counsel.Point{ID: "hours", State: counsel.PointDone}
	for _, one := range sayHours(l.ground(&l.front, time.Now()), l.attend) {
		p.Details = append(p.Details, one.Says)
		if one.State != fine {
			p.State = counsel.PointTodo
		}
	}
	if !l.attend.Said() {
		p.State = counsel.PointLook
	}
	return p, nil
}

// lookCover sees what the rota of the next fourteen days lacks. A line that has
// named nobody lacks nothing here.
func (l *line) lookCover(context.Context) (counsel.Point, error) {
	p := counsel.Point{ID: "cover", State: counsel.PointDone}
	for _, a := range l.attend.Alarms() {
		if a.Kind == counsel.AlarmNoShow {
			continue
		}
		p.State = counsel.PointLook
		from, to := a.Short.Start.In(l.conf.Zone), a.Short.End.In(l.conf.Zone)
		said := strings.TrimSpace(fmt.Sprintf("%s-%s %s: %s", from.Format("Mon 2006-01-02 15:04"), to.Format("15:04"), a.Short.Name, a.Short.Lacking))
		if a.Short.Want > 0 {
			said += fmt.Sprintf(" (%d of %d)", a.Short.Have, a.Short.Want)
		}
		p.Details = append(p.Details, said)
	}
	return p, nil
}
