package counsel

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// Rotas is the line's rotas. Every row is in memory; the store keeps the truth.
// What is done is decided under one lock, written in one transaction, and only
// then counts here. Safe for concurrent use.
type Rotas struct {
	rows   RotaRows
	trail  Trail
	people RotaPeople
	zone   *time.Location
	law    rota.Profile
	clock  func() time.Time

	doing sync.Mutex // held from a decision until it counts

	mu     sync.RWMutex
	state  *RotaState // never changed: another takes its place
	staff  []staff.Person
	here   []rota.Person        // made of staff, of skills and of whom notices reach
	lost   map[helpline.ID]bool // of the staff: those whom no call reaches
	tables map[helpline.ID]*rota.Timetable

	edition uint64    // of all that books are made of
	day     rota.Date // on which they were made
	books   map[helpline.ID]*rota.Book

	queue   sync.Mutex
	hearers []func(RotaChange)
	untold  []RotaChange
	telling bool

	notices func(RotaChange, []staff.Person) []NoticeRow // nil: nobody is told
	hears   func(helpline.ID) bool                       // nil: whoever stands behind a shift is called up by people

	between func() // of tests: after a decision, before its write
}

// TraineeSkill is the skill that makes a counsellor a trainee, as long as it
// counts: staff knows no such role, because it opens nothing.
const TraineeSkill = "trainee"

// UsualLaw is the profile of a line that has named none.
const UsualLaw = "volunteer-default"

// NewRotas reads what is kept. law names the profile that counts for everybody
// whose terms name no other; Invalid when there is none of that name, and
// UsualLaw when it is empty. zone is the line's; nil is UTC.
func NewRotas(ctx context.Context, rows RotaRows, trail Trail, people RotaPeople, zone *time.Location, law string, clock func() time.Time) (*Rotas, error) {
	if zone == nil {
		zone = time.UTC
	}
	profile, err := rota.ProfileNamed(cmp.Or(law, UsualLaw))
	if err != nil {
		return nil, err
	}
	r := &Rotas{rows: rows, trail: trail, people: people, zone: zone, law: profile, clock: clock}
	return r, r.load(ctx)
}

// Law is the profile that counts for everybody whose terms name no other.
func (r *Rotas) Law() rota.Profile { return r.law }

// Zone is where the clocks of the rotas hang.
func (r *Rotas) Zone() *time.Location { return r.zone }

// Changed has f told of every change: after it was written, in order, and never
// while a lock is held. What f returns from late holds up the next telling and
// nothing else.
func (r *Rotas) Changed(f func(RotaChange)) {
	r.queue.Lock()
	defer r.queue.Unlock()
	r.hearers = append(r.hearers, f)
}

// Tells has the notices of every change written with it. f says whom it tells, of
// those who are on the staff list. It is for before the line runs.
func (r *Rotas) Tells(f func(RotaChange, []staff.Person) []NoticeRow) { r.notices = f }

// Hears has the rota know whom a call would reach: f, or with nil everybody. A line
// without notices calls people up, and the word of the rota counts. It is for
// before the line runs, and counts from the next look on.
func (r *Rotas) Hears(f func(helpline.ID) bool) { r.hears = f }

// unreached are those of the staff whom no call reaches. It is asked before r.mu
// is held: notices have a lock of their own.
func (r *Rotas) unreached(all []staff.Person) map[helpline.ID]bool {
	out := map[helpline.ID]bool{}
	for _, p := range all {
		if r.hears != nil && !r.hears(p.ID) {
			out[p.ID] = true
		}
	}
	return out
}

// Refresh reads again what another program has written beside this one. It is
// cheap when there is nothing new.
func (r *Rotas) Refresh(ctx context.Context) error {
	serial, err := r.rows.RotaSerial(ctx)
	if err != nil {
		return err
	}
	if serial == r.now().Serial {
		_, err = r.present(ctx)
		return err
	}
	return r.Reload(ctx)
}

// Reload reads every row again: after a purge, or when another program wrote.
func (r *Rotas) Reload(ctx context.Context) error {
	r.doing.Lock()
	defer r.doing.Unlock()
	return r.load(ctx)
}

func (r *Rotas) load(ctx context.Context) error {
	s, err := r.rows.LoadRotas(ctx)
	if err != nil {
		return err
	}
	all, err := r.people.People(ctx)
	if err != nil {
		return err
	}
	lost := r.unreached(all)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state, r.staff, r.lost, r.here = &s, all, lost, peopleOf(all, lost, &s, r.today())
	r.stale()
	return nil
}

// now gives the rows as they count. They are read and never changed.
func (r *Rotas) now() *RotaState {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.state
}

func (r *Rotas) today() rota.Date { return rota.DateOf(r.clock().In(r.zone)) }

// present reads who works here. Timetables are made anew when that has changed.
func (r *Rotas) present(ctx context.Context) ([]rota.Person, error) {
	all, err := r.people.People(ctx)
	if err != nil {
		return nil, err
	}
	lost := r.unreached(all)
	r.mu.Lock()
	defer r.mu.Unlock()
	here := peopleOf(all, lost, r.state, r.today())
	r.staff, r.lost = all, lost
	if !slices.EqualFunc(here, r.here, samePerson) {
		r.here = here
		r.stale()
	}
	return slices.Clone(r.here), nil
}

func samePerson(a, b rota.Person) bool {
	return a.ID == b.ID && a.Unreached == b.Unreached && a.Standing == b.Standing && a.Since.Equal(b.Since) && slices.Equal(a.Roles, b.Roles) && slices.Equal(a.Languages, b.Languages)
}

// peopleOf says what the rota must know of the staff. It is derived, never
// typed twice. Whoever is invited can be planned already.
func peopleOf(all []staff.Person, lost map[helpline.ID]bool, s *RotaState, today rota.Date) []rota.Person {
	out := make([]rota.Person, 0, len(all))
	for _, p := range all {
		one := rota.Person{ID: p.ID, Standing: rota.Active, Languages: slices.Clone(p.Locales), Unreached: lost[p.ID]}
		if p.State == staff.Removed {
			one.Standing = rota.Removed
		}
		learns := slices.ContainsFunc(s.Skills, func(k rota.Skill) bool { return k.Person == p.ID && k.Name == TraineeSkill && k.Good(today) })
		for _, role := range p.Roles {
			switch {
			case role == helpline.Leader:
				one.Roles = append(one.Roles, rota.Leader)
			case role == helpline.Counsellor && learns:
				one.Roles = append(one.Roles, rota.Trainee)
			case role == helpline.Counsellor:
				one.Roles = append(one.Roles, rota.Counsellor)
			}
		}
		out = append(out, one)
	}
	return standings(out, s.Pauses)
}

// tries is how often a change is decided anew because another program wrote.
const tries = 4

// alter decides on a copy of the rows, writes what differs, lets it count and
// tells the hearers. When another program has written in between it reads again
// and decides anew. Nothing is changed when it returns an error.
func (r *Rotas) alter(ctx context.Context, by helpline.Actor, decide func(*rotaTurn) error) (RotaChange, error) {
	c, err := r.altered(ctx, by, decide)
	r.tell()
	return c, err
}

func (r *Rotas) altered(ctx context.Context, by helpline.Actor, decide func(*rotaTurn) error) (RotaChange, error) {
	r.doing.Lock()
	defer r.doing.Unlock()
	for n := 1; ; n++ {
		here, err := r.present(ctx)
		if err != nil {
			return RotaChange{}, err
		}
		t := &rotaTurn{r: r, ctx: ctx, was: r.now(), here: here, by: by, at: r.clock().UTC().Truncate(time.Second)}
		t.is = *t.was
		if err := decide(t); err != nil {
			return RotaChange{}, err
		}
		if err := t.paused(); err != nil {
			return RotaChange{}, err
		}
		if err := t.closed(); err != nil {
			return RotaChange{}, err
		}
		t.shut()
		t.endAsks()
		c := t.change()
		t.setUp(&c)
		if r.between != nil {
			r.between()
		}
		if c.empty() {
			return c, nil
		}
		if r.notices != nil {
			c.Notices = r.notices(c, r.colleagues())
		}
		err = r.recorded(ctx, together(t.deeds), func() error { return r.rows.ChangeRotas(ctx, c) })
		if err == nil {
			t.is.Serial = c.Serial + 1
			r.count(t, c)
			return c, nil
		}
		serial, unread := r.rows.RotaSerial(ctx)
		if helpline.KindOf(err) != helpline.Conflict || unread != nil || serial == c.Serial || n == tries {
			return RotaChange{}, err
		}
		if err := r.load(ctx); err != nil {
			return RotaChange{}, err
		}
	}
}

// recorded does something after the entries of its deeds stand.
func (r *Rotas) recorded(ctx context.Context, deeds []audit.Deed, do func() error) error {
	if len(deeds) == 0 {
		return do()
	}
	return Traced(ctx, r.trail, deeds[0], func() error { return r.recorded(ctx, deeds[1:], do) })
}

// count lets a change that is written count.
func (r *Rotas) count(t *rotaTurn, c RotaChange) {
	r.mu.Lock()
	r.state, r.here = &t.is, peopleOf(r.staff, r.lost, &t.is, r.today())
	r.stale()
	r.mu.Unlock()
	r.queue.Lock()
	r.untold = append(r.untold, c)
	r.queue.Unlock()
}

// tell hands changes on, one at a time and in their order, whoever does it.
func (r *Rotas) tell() {
	r.queue.Lock()
	defer r.queue.Unlock()
	if r.telling {
		return // whoever tells now comes to these too
	}
	r.telling = true
	defer func() { r.telling = false }()
	for len(r.untold) > 0 {
		c, hearers := r.untold[0], r.hearers
		r.untold = r.untold[1:]
		r.queue.Unlock()
		for _, f := range hearers {
			f(c)
		}
		r.queue.Lock()
	}
}
