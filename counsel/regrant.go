package counsel

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/vault"
)

// Regranting is how far older notes are granted to the supervisors' present
// generation. All zero before the group has ever turned.
type Regranting struct {
	Generation uint64      // to which they are granted
	Upto       helpline.ID // the last note that was looked at
	Total      int         // how many there were when it began
	Done       int
	Failed     int  // that could not be opened by whoever did this pass
	Over       bool // nothing is left but what has failed
	Running    bool // now, by somebody's unlocked keyring
}

// Grant is a note's new grant to the supervisors, in place of an older one.
type Grant struct {
	Note             helpline.ID
	Before           uint64 // generation of the grant it replaces
	Replaces, Sealed []byte
}

// RegrantBatch are some of the grants, in the order of the notes.
type RegrantBatch struct {
	Generation uint64
	Upto       helpline.ID // the last note that was looked at
	Grants     []Grant
	Failed     int
}

// RegrantRows keeps grants and how far the granting is. Asserted by store.
type RegrantRows interface {
	// Regranting says how far it is; Over and Running are not the store's.
	Regranting(ctx context.Context) (Regranting, error)
	// Ungranted lists at most so many notes after a place, in the order of
	// their identifiers, whose supervisors' grant is of an earlier generation.
	// ToGroup and Generation are of that grant; ToAuthor is empty.
	Ungranted(ctx context.Context, generation uint64, after helpline.ID, most int) ([]NoteRow, error)
	// GrantAgain replaces grants and remembers Upto in one durable transaction.
	// A note that was revised or went meanwhile is passed over. Conflict when
	// the group has turned again.
	GrantAgain(ctx context.Context, b RegrantBatch) error
	// AgainRegrant begins another pass over the notes that are left.
	AgainRegrant(ctx context.Context, generation uint64) error
}

// regrantBatch is how many notes one transaction grants again: enough that
// syncing the disk costs little, few enough that a save waits for it unnoticed.
const regrantBatch = 200

// Regrants grants older notes to the supervisors' present generation in the
// background. It needs an unlocked keyring of a supervisor: it begins when one
// is unlocked (Kick), stops when that is locked or logged out, and goes on with
// the next, after any crash from where it was. For as long as it works the
// keyring is open in memory. Run must run beside it.
type Regrants struct {
	keys    *Keys
	notes   *Notes
	rows    RegrantRows
	trail   Trail
	log     *slog.Logger
	kicks   chan By
	sweep   func(context.Context, By) error // before each pass; nil for none
	letters func(context.Context, By) error // grants letters; nil for none
	running atomic.Bool
}

// NewRegrants grants the notes of an installation again, and is told by the keys
// who unlocks. It must be made before anybody is let in.
func NewRegrants(k *Keys, n *Notes, rows RegrantRows, t Trail, log *slog.Logger) *Regrants {
	g := &Regrants{keys: k, notes: n, rows: rows, trail: t, log: log, kicks: make(chan By, 64)}
	k.after = g.Kick
	return g
}

// Before lets something be done with the keyring before each pass. It is called
// once, before anybody is let in.
func (g *Regrants) Before(do func(context.Context, By) error) { g.sweep = do }

// Letters has letters granted too, with everybody's keyring: do passes over what
// the person cannot open. It is called once, before anybody is let in.
func (g *Regrants) Letters(do func(context.Context, By) error) { g.letters = do }

// Kick offers the keyring of a login that was just unlocked. It never waits.
func (g *Regrants) Kick(by By) {
	if !by.Has(helpline.Supervisor) && g.letters == nil {
		return
	}
	select {
	case g.kicks <- by:
	default: // others are in line already
	}
}

// Run works until ctx is done.
func (g *Regrants) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case by := <-g.kicks:
			if g.letters != nil {
				if err := g.letters(ctx, by); err != nil && ctx.Err() == nil {
					g.log.Error("older letters could not be granted again; the next who unlocks goes on", "kind", string(helpline.KindOf(err)))
				}
			}
			if !by.Has(helpline.Supervisor) {
				continue
			}
			if err := g.pass(ctx, by); err != nil && ctx.Err() == nil {
				g.log.Error("older notes could not be granted again; the next supervisor who unlocks goes on", "kind", string(helpline.KindOf(err)))
			}
		}
	}
}

// Progress says how far it is, to a supervisor.
func (g *Regrants) Progress(ctx context.Context, by By) (Regranting, error) {
	if err := May(by.Actor, SeeKeys); err != nil {
		return Regranting{}, err
	}
	r, err := g.rows.Regranting(ctx)
	if err != nil || r.Generation == 0 {
		return Regranting{}, err
	}
	left, err := g.rows.Ungranted(ctx, r.Generation, r.Upto, 1)
	r.Over, r.Running = len(left) == 0, g.running.Load()
	return r, err
}

// pass works with one supervisor's keyring for as long as that is unlocked. A
// group that turned meanwhile makes it begin again.
func (g *Regrants) pass(ctx context.Context, by By) error {
	g.running.Store(true)
	defer g.running.Store(false)
	if g.sweep != nil && g.keys.Unlocked(by) {
		if err := g.sweep(ctx, by); err != nil && helpline.KindOf(err) != helpline.Forbidden { // not confirmed herself
			return err
		}
	}
	r, err := g.rows.Regranting(ctx)
	if err != nil || r.Generation == 0 {
		return err
	}
	if left, err := g.rows.Ungranted(ctx, r.Generation, r.Upto, 1); err != nil {
		return err
	} else if len(left) == 0 && r.Failed > 0 {
		if err := g.rows.AgainRegrant(ctx, r.Generation); err != nil {
			return err
		}
	}
	for range 5 {
		if err = g.grant(ctx, by); helpline.KindOf(err) != helpline.Conflict {
			return err
		}
	}
	return err
}

func (g *Regrants) grant(ctx context.Context, by By) error {
	ring, v, err := g.keys.use(ctx, by)
	if errors.Is(err, ErrLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	defer ring.Zero()
	held := map[uint64]*vault.GroupKey{}
	defer func() {
		for _, key := range held {
			key.Zero()
		}
	}()
	r, err := g.rows.Regranting(ctx)
	if err != nil {
		return err
	}
	if r.Generation != v.Generation(vault.Supervisors) {
		return helpline.Errorf(helpline.Conflict, "grant notes again: the group has turned, or the row says what the key log does not")
	}
	for begun := false; ctx.Err() == nil && g.keys.Unlocked(by); begun = true {
		rows, err := g.rows.Ungranted(ctx, r.Generation, r.Upto, regrantBatch)
		if err != nil || len(rows) == 0 {
			return err
		}
		if !begun {
			if err := g.trail.Record(ctx, regranting(by, max(len(rows), r.Total-r.Done))); err != nil {
				return err
			}
		}
		b := RegrantBatch{Generation: r.Generation, Upto: rows[len(rows)-1].ID}
		for _, row := range rows {
			sealed, err := g.again(ctx, by, ring, v, held, row)
			switch {
			case err == nil:
				b.Grants = append(b.Grants, Grant{row.ID, row.Generation, row.ToGroup, sealed})
			case vault.CheckOf(err) != "" || errors.Is(err, ErrUnvouched):
				b.Failed++ // damaged, or of a time before this supervisor
			default:
				return err
			}
		}
		if err := g.rows.GrantAgain(ctx, b); err != nil {
			return err
		}
		r.Upto = b.Upto
	}
	return nil
}

// regranting is the deed of a pass: so many notes are about to be granted.
func regranting(by By, records int) audit.Deed {
	return audit.Deed{By: by.Person, Code: audit.GroupRegrant, Details: []audit.Detail{
		audit.Word("group", string(vault.Supervisors)), audit.Number("records", records),
	}}
}

func (g *Regrants) again(ctx context.Context, by By, ring *vault.Keyring, v *vault.Vouched, held map[uint64]*vault.GroupKey, row NoteRow) ([]byte, error) {
	key := held[row.Generation]
	if key == nil {
		var err error
		if key, err = g.keys.group(ctx, by, ring, v, vault.Supervisors, row.Generation); err != nil {
			return nil, err
		}
		held[row.Generation] = key
	}
	sealed, _, err := ring.Regrant(v, key, g.notes.place(row), row.Sealed, row.ToGroup)
	return sealed, err
}
