package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// rotaRow reads one row. What it promises for a column is filled in by scan.
type rotaRow struct {
	rows  scanner
	after []func() error
}

// scan reads the columns and then fills in what was promised.
func (r *rotaRow) scan(into ...any) error {
	if err := r.rows.Scan(into...); err != nil {
		return err
	}
	for _, f := range r.after {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// id promises an identifier: 16 bytes, or the zero one for none.
func (r *rotaRow) id(to *helpline.ID) any {
	var b []byte
	r.after = append(r.after, func() error {
		switch len(b) {
		case 0:
			*to = helpline.ID{}
		case len(to):
			*to = helpline.ID(b)
		default:
			return damagedRota()
		}
		return nil
	})
	return &b
}

// at promises an instant; 0 is the zero time.
func (r *rotaRow) at(to *time.Time) any {
	var n int64
	r.after = append(r.after, func() error {
		if *to = (time.Time{}); n != 0 {
			*to = time.Unix(n, 0).UTC()
		}
		return nil
	})
	return &n
}

// day promises a date; nothing is the zero date.
func (r *rotaRow) day(to *rota.Date) any {
	var s string
	r.after = append(r.after, func() error {
		if *to = (rota.Date{}); s == "" {
			return nil
		}
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return damagedRota()
		}
		*to = rota.DateOf(t)
		return nil
	})
	return &s
}

func damagedRota() error {
	return helpline.Errorf(helpline.Internal, "read the rotas: a row is damaged")
}

// eachRow reads every row of a query.
func eachRow(ctx context.Context, from asker, doing string, read func(*rotaRow) error, query string, args ...any) error {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(&rotaRow{rows: rows}); err != nil {
			return explain(doing, err)
		}
	}
	return explain(doing, rows.Err())
}

// rotaTable reads one table of the rotas into the state, in the order of keys.
type rotaTable struct {
	query string
	read  func(*rotaRow, *counsel.RotaState) error
}

func loadRotas(ctx context.Context, tx *sql.Tx) (counsel.RotaState, error) {
	var s counsel.RotaState
	if err := tx.QueryRowContext(ctx, `SELECT serial FROM rota_serial WHERE id = 1`).Scan(&s.Serial); err != nil {
		return s, err
	}
	for _, t := range rotaTables {
		err := eachRow(ctx, tx, "read the rotas", func(r *rotaRow) error { return t.read(r, &s) }, t.query)
		if err != nil {
			return s, err
		}
	}
	finishRotas(&s)
	return s, nil
}

// finishRotas fills in what stands once and is read of two tables: the rota of a
// shift is that of its version.
func finishRotas(s *counsel.RotaState) {
	of := make(map[helpline.ID]helpline.ID, len(s.Versions))
	for _, v := range s.Versions {
		of[v.ID] = v.Rota
	}
	for i, sh := range s.Shifts {
		s.Shifts[i].Rota = of[sh.Version]
	}
}

var rotaTables = []rotaTable{
	{`SELECT id, name, way, setup, skills FROM rota ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var o rota.Rota
		var skills string
		err := r.scan(r.id(&o.ID), &o.Name, &o.Way, &o.Setup, &skills)
		if err == nil && json.Unmarshal([]byte(skills), &o.Needs) != nil {
			err = damagedRota()
		}
		if len(o.Needs) == 0 {
			o.Needs = nil
		}
		s.Rotas = append(s.Rotas, o)
		return err
	}},
	{`SELECT id, rota, first_day, last_day, state, person, at FROM rota_version ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var v rota.Version
		err := r.scan(r.id(&v.ID), r.id(&v.Rota), r.day(&v.First), r.day(&v.Last), &v.State, r.id(&v.By), r.at(&v.At))
		s.Versions = append(s.Versions, v)
		return err
	}},
	{`SELECT id, rota, name, weekdays, starts, ends, end_day, first_day, last_day, rest, debrief, unsocial FROM rota_template ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var t rota.Template
		err := r.scan(r.id(&t.ID), r.id(&t.Rota), &t.Name, &t.Days, &t.From, &t.To, &t.EndDay, r.day(&t.First), r.day(&t.Last), &t.Break, &t.Debrief, &t.Unsocial)
		s.Templates = append(s.Templates, t)
		return err
	}},
	{`SELECT id, template, shift, role, skill, language, least, target, most FROM rota_requirement ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var q rota.Requirement
		err := r.scan(r.id(&q.ID), r.id(&q.Template), r.id(&q.Shift), &q.Role, &q.Skill, &q.Language, &q.Min, &q.Target, &q.Max)
		s.Requirements = append(s.Requirements, q)
		return err
	}},
	{`SELECT id, rota, first_day, last_day FROM rota_closure ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var c rota.Closure
		err := r.scan(r.id(&c.ID), r.id(&c.Rota), r.day(&c.First), r.day(&c.Last))
		s.Closures = append(s.Closures, c)
		return err
	}},
	{`SELECT id, version, template, name, day, starts, ends, rest, debrief, unsocial, cancelled, revision FROM rota_shift ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var o rota.Shift
		err := r.scan(r.id(&o.ID), r.id(&o.Version), r.id(&o.Template), &o.Name, r.day(&o.Date), r.at(&o.Start), r.at(&o.End), &o.Break, &o.Debrief, &o.Unsocial, &o.Cancelled, &o.Revision)
		s.Shifts = append(s.Shifts, o)
		return err
	}},
	{`SELECT id, shift, person, role, state, pinned, minds, source, place, revision FROM rota_assignment ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var a rota.Assignment
		err := r.scan(r.id(&a.ID), r.id(&a.Shift), r.id(&a.Person), &a.Role, &a.State, &a.Pinned, &a.Minds, &a.Source, r.id(&a.Place), &a.Revision)
		s.Assignments = append(s.Assignments, a)
		return err
	}},
	{`SELECT id, kind, state, gives, gives_revision, gives_shift, wants, wants_revision, wants_shift, person, claimant, opener, until, revision FROM rota_swap ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var w rota.Swap
		err := r.scan(
			r.id(&w.ID), &w.Kind, &w.State, r.id(&w.From.Assignment), &w.From.Revision, &w.From.ShiftRevision,
			r.id(&w.To.Assignment), &w.To.Revision, &w.To.ShiftRevision, r.id(&w.Person), r.id(&w.Claimant), r.id(&w.By), r.at(&w.Until), &w.Revision)
		s.Swaps = append(s.Swaps, w)
		return err
	}},
	{`SELECT person, employment, profile, least, target, most, share FROM rota_terms ORDER BY person`, func(r *rotaRow, s *counsel.RotaState) error {
		var t rota.Terms
		err := r.scan(r.id(&t.Person), &t.Employment, &t.Profile, &t.Min, &t.Target, &t.Max, &t.Share)
		s.Terms = append(s.Terms, t)
		return err
	}},
	{`SELECT person, skill, expires FROM rota_skill ORDER BY person, skill`, func(r *rotaRow, s *counsel.RotaState) error {
		var k rota.Skill
		err := r.scan(r.id(&k.Person), &k.Name, r.day(&k.Expires))
		s.Skills = append(s.Skills, k)
		return err
	}},
	{`SELECT person, since FROM rota_pause ORDER BY person`, func(r *rotaRow, s *counsel.RotaState) error {
		var o rota.Pause
		err := r.scan(r.id(&o.Person), r.at(&o.Since))
		s.Pauses = append(s.Pauses, o)
		return err
	}},
	{`SELECT person, starts, ends, wish FROM rota_wish ORDER BY person, starts, ends, wish`, func(r *rotaRow, s *counsel.RotaState) error {
		var a rota.Availability
		err := r.scan(r.id(&a.Person), r.at(&a.Start), r.at(&a.End), &a.Wish)
		s.Availability = append(s.Availability, a)
		return err
	}},
	{`SELECT id, person, starts, ends FROM rota_leave ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var l rota.Leave
		err := r.scan(r.id(&l.ID), r.id(&l.Person), r.at(&l.Start), r.at(&l.End))
		s.Leaves = append(s.Leaves, l)
		return err
	}},
	{`SELECT id, leader, starts, ends FROM rota_oncall ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var o rota.OnCall
		err := r.scan(r.id(&o.ID), r.id(&o.Leader), r.at(&o.Start), r.at(&o.End))
		s.OnCalls = append(s.OnCalls, o)
		return err
	}},
	{`SELECT version, breach, person, at, reason FROM rota_acceptance ORDER BY version, breach`, func(r *rotaRow, s *counsel.RotaState) error {
		var a rota.Acceptance
		err := r.scan(r.id(&a.Version), &a.Key, r.id(&a.By), r.at(&a.At), &a.Reason)
		s.Acceptances = append(s.Acceptances, a)
		return err
	}},
	{`SELECT id, person, assignment, rota, came, went FROM rota_checkin ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var c counsel.CheckIn
		err := r.scan(r.id(&c.ID), r.id(&c.Person), r.id(&c.Assignment), r.id(&c.Rota), r.at(&c.In), r.at(&c.Out))
		s.CheckIns = append(s.CheckIns, c)
		return err
	}},
	{`SELECT id, place, shift, person, at, until, state, taker, revision FROM rota_ask ORDER BY id`, func(r *rotaRow, s *counsel.RotaState) error {
		var a counsel.RotaAsk
		err := r.scan(r.id(&a.ID), r.id(&a.Place), &a.ShiftRevision, r.id(&a.By), r.at(&a.At), r.at(&a.Until), &a.State, r.id(&a.Taker), &a.Revision)
		s.Asks = append(s.Asks, a)
		return err
	}},
	{`SELECT ask, person, answer FROM rota_asked ORDER BY ask, person`, func(r *rotaRow, s *counsel.RotaState) error {
		var ask helpline.ID
		var one counsel.Asked
		err := r.scan(r.id(&ask), r.id(&one.Person), &one.Answer)
		for i := range s.Asks {
			if s.Asks[i].ID == ask {
				s.Asks[i].Asked = append(s.Asks[i].Asked, one)
			}
		}
		return err
	}},
}
