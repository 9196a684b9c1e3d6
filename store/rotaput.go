package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// rotaWriter writes one change. After an error it does nothing more.
type rotaWriter struct {
	ctx   context.Context
	tx    *sql.Tx
	doing string
	err   error
}

func (w *rotaWriter) do(query string, args ...any) {
	if w.err == nil {
		_, w.err = w.tx.ExecContext(w.ctx, query, args...)
	}
}

// fresh inserts a row that must not be there.
func (w *rotaWriter) fresh(query string, args ...any) {
	if w.do(query, args...); unique(w.err) {
		w.err = rotaMoved(w.doing)
	}
}

// replace changes a row that must stand as it was known.
func (w *rotaWriter) replace(query string, args ...any) {
	if w.err != nil {
		return
	}
	done, err := w.tx.ExecContext(w.ctx, query, args...)
	if err == nil {
		var n int64
		if n, err = done.RowsAffected(); err == nil && n == 0 {
			err = rotaMoved(w.doing)
		}
	}
	if unique(err) {
		err = rotaMoved(w.doing)
	}
	w.err = err
}

func (w *rotaWriter) each(ids []helpline.ID, query string) {
	for _, id := range ids {
		w.do(query, id[:])
	}
}

// drop deletes what goes. What hangs on it goes by the keys of the tables.
func (w *rotaWriter) drop(g counsel.RotaGone) {
	for _, b := range g.Acceptances {
		w.do(`DELETE FROM rota_acceptance WHERE version = ? AND breach = ?`, b.Version[:], b.Key)
	}
	w.each(g.Assignments, `DELETE FROM rota_assignment WHERE id = ?`)
	w.each(g.Shifts, `DELETE FROM rota_shift WHERE id = ?`)
	w.each(g.Versions, `DELETE FROM rota_version WHERE id = ?`)
	w.each(g.Requirements, `DELETE FROM rota_requirement WHERE id = ?`)
	w.each(g.Templates, `DELETE FROM rota_template WHERE id = ?`)
	w.each(g.Closures, `DELETE FROM rota_closure WHERE id = ?`)
	w.each(g.Rotas, `DELETE FROM rota WHERE id = ?`)
	w.each(g.Leaves, `DELETE FROM rota_leave WHERE id = ?`)
	w.each(g.OnCalls, `DELETE FROM rota_oncall WHERE id = ?`)
	w.each(g.AvailabilityOf, `DELETE FROM rota_wish WHERE person = ?`)
	w.each(g.SkillsOf, `DELETE FROM rota_skill WHERE person = ?`)
	w.each(g.TermsOf, `DELETE FROM rota_terms WHERE person = ?`)
	w.each(g.PausesOf, `DELETE FROM rota_pause WHERE person = ?`)
}

// put writes rows, those that others hang on first.
func (w *rotaWriter) put(s counsel.RotaState) {
	w.putPlans(s)
	for _, o := range s.Shifts {
		w.putShift(o)
	}
	for _, r := range s.Requirements {
		w.do(`
			INSERT INTO rota_requirement (id, template, shift, role, skill, language, least, target, most) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET template = excluded.template, shift = excluded.shift, role = excluded.role, skill = excluded.skill,
				language = excluded.language, least = excluded.least, target = excluded.target, most = excluded.most`,
			r.ID[:], maybe(r.Template), maybe(r.Shift), r.Role, r.Skill, r.Language, r.Min, r.Target, r.Max)
	}
	// Those that end go before those that follow on them: a place has one owner at every moment.
	for _, a := range s.Assignments {
		if a.Revision > 0 {
			w.replace(`
				UPDATE rota_assignment SET shift = ?, person = ?, role = ?, state = ?, pinned = ?, minds = ?, source = ?, place = ?, revision = ?
				WHERE id = ? AND revision = ? - 1`,
				a.Shift[:], a.Person[:], a.Role, a.State, a.Pinned, a.Minds, a.Source, some(a.Place), a.Revision, a.ID[:], a.Revision)
		}
	}
	for _, a := range s.Assignments {
		if a.Revision == 0 {
			w.fresh(`
				INSERT INTO rota_assignment (id, shift, person, role, state, pinned, minds, source, place, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
				a.ID[:], a.Shift[:], a.Person[:], a.Role, a.State, a.Pinned, a.Minds, a.Source, some(a.Place))
		}
	}
	for _, ended := range []bool{true, false} { // as above: a place is on offer once, and nobody is there twice
		for _, o := range s.Swaps {
			if (o.Revision > 0) == ended {
				w.putSwap(o)
			}
		}
		for _, c := range s.CheckIns {
			if !c.Out.IsZero() == ended {
				w.putCheckIn(c)
			}
		}
	}
	w.putPeople(s)
	for _, a := range s.Acceptances {
		w.do(`
			INSERT INTO rota_acceptance (version, breach, person, at, reason) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (version, breach) DO UPDATE SET person = excluded.person, at = excluded.at, reason = excluded.reason`,
			a.Version[:], a.Key, a.By[:], instant(a.At), a.Reason)
	}
	for _, a := range s.Asks {
		w.putAsk(a)
	}
}

// putPlans writes what a rota is made of.
func (w *rotaWriter) putPlans(s counsel.RotaState) {
	for _, r := range s.Rotas {
		skills, err := json.Marshal(append([]string{}, r.Needs...)) // [] and never null
		if err != nil && w.err == nil {
			w.err = err
		}
		w.do(`
			INSERT INTO rota (id, name, way, setup, skills) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, way = excluded.way, setup = excluded.setup, skills = excluded.skills`,
			r.ID[:], r.Name, r.Way, r.Setup, string(skills))
	}
	for _, v := range s.Versions {
		w.do(`
			INSERT INTO rota_version (id, rota, first_day, last_day, state, person, at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET first_day = excluded.first_day, last_day = excluded.last_day,
				state = excluded.state, person = excluded.person, at = excluded.at`,
			v.ID[:], v.Rota[:], dateText(v.First), dateText(v.Last), v.State, some(v.By), instant(v.At))
	}
	for _, t := range s.Templates {
		w.do(`
			INSERT INTO rota_template (id, rota, name, weekdays, starts, ends, end_day, first_day, last_day, rest, debrief, unsocial)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, weekdays = excluded.weekdays, starts = excluded.starts, ends = excluded.ends,
				end_day = excluded.end_day, first_day = excluded.first_day, last_day = excluded.last_day,
				rest = excluded.rest, debrief = excluded.debrief, unsocial = excluded.unsocial`,
			t.ID[:], t.Rota[:], t.Name, int(t.Days), t.From, t.To, t.EndDay, dateText(t.First), dateText(t.Last), t.Break, t.Debrief, t.Unsocial)
	}
	for _, c := range s.Closures {
		w.do(`
			INSERT INTO rota_closure (id, rota, first_day, last_day) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET rota = excluded.rota, first_day = excluded.first_day, last_day = excluded.last_day`,
			c.ID[:], maybe(c.Rota), dateText(c.First), dateText(c.Last))
	}
}

func (w *rotaWriter) putShift(o rota.Shift) {
	if o.Revision == 0 {
		w.fresh(`
			INSERT INTO rota_shift (id, version, template, name, day, starts, ends, rest, debrief, unsocial, cancelled, revision)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
			o.ID[:], o.Version[:], some(o.Template), o.Name, dateText(o.Date), instant(o.Start), instant(o.End), o.Break, o.Debrief, o.Unsocial, o.Cancelled)
		return
	}
	w.replace(`
		UPDATE rota_shift SET name = ?, day = ?, starts = ?, ends = ?, rest = ?, debrief = ?, unsocial = ?, cancelled = ?, revision = ?
		WHERE id = ? AND version = ? AND revision = ? - 1`,
		o.Name, dateText(o.Date), instant(o.Start), instant(o.End), o.Break, o.Debrief, o.Unsocial, o.Cancelled, o.Revision, o.ID[:], o.Version[:], o.Revision)
}

func (w *rotaWriter) putSwap(o rota.Swap) {
	if o.Revision == 0 {
		w.fresh(`
			INSERT INTO rota_swap (id, kind, state, gives, gives_revision, gives_shift, wants, wants_revision, wants_shift, person, claimant, opener, until, revision)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
			o.ID[:], o.Kind, o.State, o.From.Assignment[:], o.From.Revision, o.From.ShiftRevision,
			maybe(o.To.Assignment), o.To.Revision, o.To.ShiftRevision, some(o.Person), some(o.Claimant), o.By[:], instant(o.Until))
		return
	}
	w.replace(`
		UPDATE rota_swap SET state = ?, claimant = ?, until = ?, revision = ?
		WHERE id = ? AND revision = ? - 1`,
		o.State, some(o.Claimant), instant(o.Until), o.Revision, o.ID[:], o.Revision)
}

// putPeople writes what was agreed with people, and what they said.
func (w *rotaWriter) putPeople(s counsel.RotaState) {
	for _, t := range s.Terms {
		w.do(`
			INSERT INTO rota_terms (person, employment, profile, least, target, most, share) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (person) DO UPDATE SET employment = excluded.employment, profile = excluded.profile,
				least = excluded.least, target = excluded.target, most = excluded.most, share = excluded.share`,
			t.Person[:], t.Employment, t.Profile, t.Min, t.Target, t.Max, t.Share)
	}
	for _, k := range s.Skills {
		w.do(`
			INSERT INTO rota_skill (person, skill, expires) VALUES (?, ?, ?)
			ON CONFLICT (person, skill) DO UPDATE SET expires = excluded.expires`, k.Person[:], k.Name, dateText(k.Expires))
	}
	for _, o := range s.Pauses {
		w.do(`
			INSERT INTO rota_pause (person, since) VALUES (?, ?)
			ON CONFLICT (person) DO UPDATE SET since = excluded.since`, o.Person[:], instant(o.Since))
	}
	for _, a := range s.Availability {
		w.do(`
			INSERT INTO rota_wish (person, starts, ends, wish) VALUES (?, ?, ?, ?)
			ON CONFLICT (person, starts, ends, wish) DO NOTHING`, a.Person[:], instant(a.Start), instant(a.End), a.Wish)
	}
	for _, l := range s.Leaves {
		w.do(`
			INSERT INTO rota_leave (id, person, starts, ends) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET starts = excluded.starts, ends = excluded.ends`, l.ID[:], l.Person[:], instant(l.Start), instant(l.End))
	}
	for _, o := range s.OnCalls {
		w.do(`
			INSERT INTO rota_oncall (id, leader, starts, ends) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET leader = excluded.leader, starts = excluded.starts, ends = excluded.ends`,
			o.ID[:], o.Leader[:], instant(o.Start), instant(o.End))
	}
}

func (w *rotaWriter) putCheckIn(c counsel.CheckIn) {
	w.fresh(`
		INSERT INTO rota_checkin (id, person, assignment, rota, came, went) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET came = excluded.came, went = excluded.went`,
		c.ID[:], c.Person[:], maybe(c.Assignment), c.Rota[:], instant(c.In), instant(c.Out))
}

func (w *rotaWriter) putAsk(a counsel.RotaAsk) {
	if a.Revision == 0 {
		w.fresh(`
			INSERT INTO rota_ask (id, place, shift, person, at, until, state, taker, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
			a.ID[:], a.Place[:], a.ShiftRevision, a.By[:], instant(a.At), instant(a.Until), a.State, some(a.Taker))
	} else {
		w.replace(`
			UPDATE rota_ask SET until = ?, state = ?, taker = ?, revision = ? WHERE id = ? AND revision = ? - 1`,
			instant(a.Until), a.State, some(a.Taker), a.Revision, a.ID[:], a.Revision)
	}
	for _, one := range a.Asked {
		w.do(`
			INSERT INTO rota_asked (ask, person, answer) VALUES (?, ?, ?)
			ON CONFLICT (ask, person) DO UPDATE SET answer = excluded.answer`, a.ID[:], one.Person[:], one.Answer)
	}
}

// note adds events.
func (w *rotaWriter) note(events []rota.Event) {
	for _, e := range events {
		w.fresh(`
			INSERT INTO rota_event (id, at, person, behalf, kind, version, shift, assignment, swap) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			e.ID[:], instant(e.At), some(e.By), some(e.For), e.Kind, some(e.Version), some(e.Shift), some(e.Assignment), some(e.Swap))
	}
}
