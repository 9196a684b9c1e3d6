package main

import (
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/store"
)

// demoLaw is the law profile of the demonstration: its people are volunteers.
const demoLaw = "volunteer-default"

// demoCast are the simulated people of the demonstration's rota. They have
// logins like everybody, and nobody behind them.
var demoCast = []struct {
	alias   string
	leads   bool
	locales []helpline.Locale
}{
	{"Noor", true, []helpline.Locale{"nl", "en"}},
	{"Bas", true, []helpline.Locale{"nl", "fr"}},
	{"Ilse", false, []helpline.Locale{"nl", "de"}},
	{"Tom", false, []helpline.Locale{"nl", "en"}},
	{"Vera", false, []helpline.Locale{"nl", "fr", "en"}},
	{"Jip", false, []helpline.Locale{"nl"}},
}

// ensureCast finds or makes the people of the demonstration's rota.
func ensureCast(ctx context.Context, db *store.DB) ([]staff.Person, error) {
	var out []staff.Person
	for _, one := range demoCast {
		roles := []helpline.Role{helpline.Counsellor}
		if one.leads {
			roles = append(roles, helpline.Leader)
		}
		p, err := ensurePerson(ctx, db, staff.Person{
			Name: one.alias + simulatedMark, Alias: one.alias, Roles: roles,
			Locales: one.locales, Audiences: helpline.Audiences(), Chats: 1, Language: "nl", Demo: true,
		})
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// demoWeeks is how many weeks are published, from the Monday before today on,
// and how many of the draft after them.
const demoWeeks = 2

// demoPast is how many days before those are published too the first time, so
// that there are hours somebody has worked.
const demoPast = 7

// ensureRota gives the demonstration a rota to click through: a fortnight that
// is published, with a gap and a shift on offer in it, and a draft of the next.
// A folder that is opened again when those weeks are over gets new ones.
func (l *line) ensureRota(ctx context.Context, people demoPeople, cast []staff.Person) error {
	today := rota.DateOf(time.Now().In(l.conf.Zone))
	sam := helpline.Actor{Person: people.supervisor.ID, Alias: people.supervisor.Alias, Roles: people.supervisor.Roles}
	book, err := l.rotas.Standing(ctx)
	if err != nil {
		return err
	}
	d := demoPlan{book: book, zone: l.conf.Zone, law: l.rotas.Law(), people: people, cast: cast, fresh: helpline.NewID}
	first, past := rota.Monday(today), demoPast
	for _, r := range l.rotas.List() {
		for _, v := range l.rotas.Versions(r.ID) {
			switch {
			case r.Name != demoChat || v.State == rota.Superseded:
			case v.Last.String() >= today.String():
				return nil // it lives
			case v.Last.Plus(1).String() > first.String():
				first = v.Last.Plus(1)
			}
			if r.Name == demoChat {
				past = 0
			}
		}
	}
	rows, err := d.rows(ctx, first, past)
	if err != nil {
		return err
	}
	if _, err := l.rotas.Edit(ctx, sam, counsel.RotaEdit{Import: &rows}); err != nil {
		return err
	}
	if err := l.publishDemo(ctx, sam, rows.Versions[0].ID, d); err != nil {
		return err
	}
	if err := l.workDemo(ctx, sam, today); err != nil {
		return err
	}
	return l.callDemo(ctx, sam, cast, today)
}

// workDemo has the supervisor say who was at the shifts that are over, but for
// those of the last days: these wait on the page of the hours.
func (l *line) workDemo(ctx context.Context, sam helpline.Actor, today rota.Date) error {
	for _, month := range []rota.Date{today.Plus(-demoPast), today} {
		open, err := l.rotas.Unconfirmed(sam, month)
		if err != nil {
			return err
		}
		var came []helpline.ID
		for _, u := range open {
			if u.Shift.Date.Before(today.Plus(-3)) {
				came = append(came, u.Assignment)
			}
		}
		if len(came) == 0 {
			continue
		}
		if _, err := l.rotas.Edit(ctx, sam, counsel.RotaEdit{Word: &counsel.RotaWord{Do: rota.DoCame, Places: came}}); err != nil {
			return err
		}
	}
	return nil
}

// callDemo puts the leaders of the cast on call in the nights of this week, in
// turn.
func (l *line) callDemo(ctx context.Context, sam helpline.Actor, cast []staff.Person, today rota.Date) error {
	var calls []counsel.RotaEdit
	for i := range 8 {
		night := today.Plus(i - 1)
		calls = append(calls, counsel.RotaEdit{OnCall: &rota.OnCall{
			ID: helpline.NewID(), Leader: cast[i%2].ID,
			Interval: rota.Interval{Start: rota.FirstOf(night, 22*60, l.conf.Zone), End: rota.LastOf(night.Plus(1), 8*60, l.conf.Zone)},
		}})
	}
	_, err := l.rotas.Edit(ctx, sam, counsel.RotaEdit{Several: calls})
	return err
}

// publishDemo publishes the first weeks, with every advisory breach accepted as
// a supervisor would, and puts a shift on offer.
func (l *line) publishDemo(ctx context.Context, sam helpline.Actor, version helpline.ID, d demoPlan) error {
	b, err := l.rotas.Book(ctx, version)
	if err != nil {
		return err
	}
	for _, breach := range rota.Check(b, l.rotas.Law()) {
		if breach.Level != rota.Advisory || breach.Rule == rota.RuleCoverMin {
			continue
		}
		if _, err := l.rotas.Edit(ctx, sam, counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: version, Key: breach.Key(), Reason: rota.ReasonKnown}}); err != nil {
			return err
		}
	}
	if _, err := l.rotas.Do(ctx, sam, rota.Step{Do: rota.DoPublish, Version: version}); err != nil {
		return err
	}
	if b, err = l.rotas.Book(ctx, version); err != nil {
		return err
	}
	mine, who, found := d.offered(b, time.Now())
	if !found {
		return nil // late on the last Sunday: nothing is left to be offered
	}
	_, err = l.rotas.Do(ctx, who, rota.Step{Do: rota.DoOffer, Assignment: mine})
	return err
}

// The rotas of the demonstration. The second keeps it open day and night: a
// visitor who tries it out at six in the morning finds a line, not a notice.
const (
	demoChat   = "Chat"
	demoAlways = "Demonstration: never closed"
)

// demoPlan is what the rows of the demonstration are made from.
type demoPlan struct {
	book   *rota.Book
	zone   *time.Location
	law    rota.Profile
	people demoPeople
	cast   []staff.Person
	fresh  func() helpline.ID
}

// rows makes the rota where there is none yet, a version that is to be
// published, from so many days before the first one on, and a draft. Chance
// begins at the same number every time.
func (d demoPlan) rows(ctx context.Context, first rota.Date, past int) (counsel.RotaState, error) {
	var s counsel.RotaState
	line, templates, requirements := d.line()
	if line.ID.IsZero() {
		line, templates, requirements = d.newLine(&s)
	}
	base := rota.Book{
		Site: rota.Site{Name: "Line", Zone: demoZone}, Rotas: []rota.Rota{line}, Templates: templates, Requirements: requirements,
		People: d.book.People, Terms: d.book.Terms, Skills: d.book.Skills, Availability: d.book.Availability, Leaves: d.book.Leaves,
		Shifts: d.book.Shifts, Assignments: d.book.Assignments,
	}
	for n := range 2 {
		b := base
		b.Version = rota.Version{ID: d.fresh(), Rota: line.ID, First: first.Plus(7 * demoWeeks * n), Last: first.Plus(7*demoWeeks*(n+1) - 1), State: rota.Draft}
		if n == 0 {
			b.Version.First = b.Version.First.Plus(-past)
		}
		shifts, _, err := rota.Materialise(b.Version, templates, nil, d.zone, d.fresh)
		if err != nil {
			return s, err
		}
		b.Shifts = slices.Concat(base.Shifts, shifts)
		filled := rota.NewFiller(&b, d.law, rota.Given{}).Draft(ctx, 1).In(&b, d.fresh)
		if err := ctx.Err(); err != nil {
			return s, err
		}
		open := gapIn(shifts, n == 1)
		s.Versions, s.Shifts = append(s.Versions, b.Version), append(s.Shifts, shifts...)
		base.Shifts = b.Shifts
		for _, a := range filled.Assignments {
			if gap, own := open[a.Shift]; own && !gap {
				s.Assignments, base.Assignments = append(s.Assignments, a), append(base.Assignments, a)
			}
		}
	}
	return s, nil
}

// gapIn says of each shift whether it stays without people: of the published weeks the
// last Saturday evening, of the draft its whole second week, which is there to
// be filled.
func gapIn(shifts []rota.Shift, draft bool) map[helpline.ID]bool {
	out := map[helpline.ID]bool{}
	last := shifts[len(shifts)-1].Date
	for _, s := range shifts {
		out[s.ID] = draft && s.Date.String() > last.Plus(-7).String() || !draft && s.Date == last.Plus(-1) && s.Unsocial == rota.Evening
	}
	return out
}

// line finds the rota of an earlier start.
func (d demoPlan) line() (line rota.Rota, templates []rota.Template, requirements []rota.Requirement) {
	i := slices.IndexFunc(d.book.Rotas, func(r rota.Rota) bool { return r.Name == demoChat })
	if i < 0 {
		return line, nil, nil
	}
	of := map[helpline.ID]bool{}
	for _, t := range d.book.Templates {
		if t.Rota == d.book.Rotas[i].ID {
			templates, of[t.ID] = append(templates, t), true
		}
	}
	for _, q := range d.book.Requirements {
		if of[q.Template] {
			requirements = append(requirements, q)
		}
	}
	return d.book.Rotas[i], templates, requirements
}

// newLine makes the two rotas.
func (d demoPlan) newLine(s *counsel.RotaState) (rota.Rota, []rota.Template, []rota.Requirement) {
	line := rota.Rota{ID: d.fresh(), Name: demoChat, Way: rota.Preferences, Setup: rota.Team}
	templates := []rota.Template{
		{Name: "Afternoon", Days: rota.On(1, 2, 3, 4, 5), From: 14 * 60, To: 18 * 60, Debrief: 15},
		{Name: "Evening", Days: rota.On(0, 1, 2, 3, 4, 5, 6), From: 18 * 60, To: 22 * 60, Debrief: 15, Unsocial: rota.Evening},
	}
	var requirements []rota.Requirement
	for i := range templates {
		t := &templates[i]
		t.ID, t.Rota = d.fresh(), line.ID
		requirements = append(requirements,
			rota.Requirement{ID: d.fresh(), Template: t.ID, Min: 2, Target: 2, Max: 4},
			rota.Requirement{ID: d.fresh(), Template: t.ID, Language: "fr", Target: 1})
	}
	always, rows, needs, _ := rota.FromHours(rota.Rota{Name: demoAlways, Setup: rota.Small}, dayAndNight(), nil, d.fresh)
	s.Rotas = []rota.Rota{line, always}
	s.Templates, s.Requirements = slices.Concat(templates, rows), slices.Concat(requirements, needs)
	return line, templates, requirements
}

// dayAndNight is a week without an end.
func dayAndNight() []rota.Span {
	var out []rota.Span
	for day := range time.Weekday(7) {
		out = append(out, rota.Span{Day: day, To: 1440})
	}
	return out
}

// offered finds a colleague's place that the demonstration's counsellor could
// take, the nearest one that begins tomorrow or later.
func (d demoPlan) offered(b *rota.Book, now time.Time) (assignment helpline.ID, who helpline.Actor, found bool) {
	check := rota.NewChecker(b, d.law)
	at := map[helpline.ID]rota.Shift{}
	for _, s := range b.Shifts {
		at[s.ID] = s
	}
	var best time.Time
	for _, a := range b.Assignments {
		s := at[a.Shift]
		i := slices.IndexFunc(d.cast, func(p staff.Person) bool { return p.ID == a.Person })
		if i < 0 || a.State != rota.Held || a.Minds || a.Role != rota.Counsellor || s.Start.Sub(now) < 24*time.Hour || found && !s.Start.Before(best) {
			continue
		}
		if len(check.Could(rota.Assignment{Shift: s.ID, Person: d.people.counsellor.ID, Role: a.Role})) > 0 {
			continue
		}
		p := d.cast[i]
		assignment, who, best, found = a.ID, helpline.Actor{Person: p.ID, Alias: p.Alias, Roles: p.Roles}, s.Start, true
	}
	return assignment, who, found
}
