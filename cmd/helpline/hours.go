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

// errHours is for the settings of older versions.
var errHours = errors.New(`opening hours are no setting any more: they come from the rota. Take the lines "hours" and "closed" out and write them once with: helpline rota hours "mon-fri 19:00-22:00" --closed 2026-12-25`)

// openHours gives the line its hours, and what was said by hand before the start.
func (l *line) openHours(ctx context.Context) error {
	hand, err := counsel.NewHand(ctx, l.db, l.trail, time.Now)
	if err != nil {
		return err
	}
	l.hand = hand
	desks := func() []chat.Member { return l.engine.Present() }
	if l.attend, err = counsel.NewAttendance(ctx, l.rotas, desks, time.Now, l.log); err != nil {
		return err
	}
	if err := l.attend.Recall(ctx, l.db); err != nil {
		return err
	}
	l.attend.Post(l.notices)
	l.rotas.Changed(l.attend.Heard)
	l.notices.Changed(l.attend.Reached)
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
	hears, err := g.hears(ctx)
	if err != nil {
		return bad("hours", wrong, "look at the other findings first", "whom notices reach cannot be read: %v", err)
	}
	rotas.Hears(hears)
	b, err := rotas.Standing(ctx)
	if err != nil {
		return bad("hours", wrong, "look at the other findings first", "the rota cannot be read: %v", err)
	}
	h := rota.ReadHours(b, rotas.Versions(helpline.ID{}), g.now)
	return append(sayHours(g, h), sayBehind(g, h)...)
}

// hears says whom a call would reach; nil while notices are off. It makes no key.
func (g *ground) hears(ctx context.Context) (func(helpline.ID) bool, error) {
	if !g.conf.Notices.on() {
		return nil, nil
	}
	if _, err := g.db.HostKeys().KeptNotices(); err != nil {
		return func(helpline.ID) bool { return false }, nil // nobody has tested one, or what they tested cannot be read
	}
	set, err := noticesOf(g.conf, g.db)
	if err != nil {
		return nil, err
	}
	n, err := counsel.NewNotices(ctx, set)
	return n.Caller(), err
}

// sayBehind tells of a small line that leans on somebody whom no notice reaches.
func sayBehind(g *ground, h *rota.Hours) []finding {
	const ahead = 14 * 24 * time.Hour
	shut, people := 0, map[helpline.ID]bool{}
	var first time.Time
	for _, s := range h.Shortages(g.now, g.now.Add(ahead)) {
		if s.Lacking != rota.LackingNotice {
			continue
		}
		if shut++; shut == 1 {
			first = s.Start
		}
		for _, id := range s.Unreached {
			people[id] = true
		}
	}
	day := func(t time.Time) string { return t.In(g.conf.Zone).Format("Mon 2006-01-02 15:04") }
	if shut > 0 {
		return bad("behind", look, "have them test a notice on their page \"Notices\" and tick there that they are called, or plan a second person; the board names them",
			"a small line stays shut %s within 14 days, first on %s: no notice reaches those who stand behind it (%s)", soMany(shut, "time", "times"), day(first), soMany(len(people), "person", "people"))
	}
	if lean := h.Leans(g.now, g.now.Add(ahead)); len(lean) > 0 && !g.conf.Notices.on() {
		return bad("behind", look, "see that whoever stands behind a shift answers the telephone, or set up notices (docs/operations.md)",
			"a small line opens with one person %s within 14 days, first on %s, and takes the rota's word that somebody behind them can be reached: notices are off", soMany(len(lean), "time", "times"), day(lean[0].Start))
	}
	return nil
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
