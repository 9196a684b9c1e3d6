package counsel

import (
	"context"
	"errors"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// ErrSecondSupervisor: what one supervisor has begun another has to finish.
var ErrSecondSupervisor = errors.New("another supervisor has to do this")

// HoldRow is a note that two supervisors keep beyond its time, or that one has
// asked for. The papers are signed.
type HoldRow struct {
	Note   helpline.ID
	Shred  vault.Key // copied from the file of shred keys
	Papers vault.HoldPapers
}

// HoldRows keeps holds. Asserted by store.
type HoldRows interface {
	// Holds lists all, in the order of the notes.
	Holds(ctx context.Context) ([]HoldRow, error)
	// AddHold keeps one that was asked for; Conflict when the note has one.
	AddHold(ctx context.Context, r HoldRow) error
	// SignHold replaces the papers of a hold if they still are before; Conflict
	// otherwise.
	SignHold(ctx context.Context, note helpline.ID, before, after vault.HoldPapers) error
	// DropHold removes a hold with its copy of the key, if its papers still are
	// before; Conflict otherwise.
	DropHold(ctx context.Context, note helpline.ID, before vault.HoldPapers) error
}

// HoldReasons lists the codes of why a note is held, in the order of the
// screens: some of audit.Reasons.
func HoldReasons() []string { return []string{"law", "complaint", "concern", "visitor"} }

// Held is a hold as the supervisors see it.
type Held struct {
	vault.Hold
	AskedBy, ConfirmedBy, LiftBy staff.Person // zero: nobody
	Broken                       bool         // its papers do not hold: it keeps nothing
}

// InForce says whether the hold keeps its note.
func (h Held) InForce() bool { return !h.Broken && !h.Confirmed.IsZero() }

// Holds looks after notes that are kept beyond their time. One supervisor asks,
// another confirms; one asks to lift it, another does. Safe for concurrent use.
type Holds struct {
	keys   *Keys
	rows   HoldRows
	notes  NoteRows
	rules  retention.Rules
	shreds ShredKeys
	trail  Trail
}

// NewHolds looks after the holds on the notes of an installation.
func NewHolds(k *Keys, r retention.Rules, rows HoldRows, notes NoteRows, shreds ShredKeys, t Trail) *Holds {
	return &Holds{keys: k, rows: rows, notes: notes, rules: r, shreds: shreds, trail: t}
}

// List gives all holds, to a supervisor. Forbidden wraps ErrLocked.
func (h *Holds) List(ctx context.Context, by By) ([]Held, error) {
	if err := May(by.Actor, HoldNotes); err != nil {
		return nil, err
	}
	ring, _, err := h.keys.use(ctx, by) // so that the log is the one the keyring knows
	if err != nil {
		return nil, err
	}
	ring.Zero()
	log, _, err := h.keys.current(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := h.rows.Holds(ctx)
	if err != nil {
		return nil, err
	}
	people, err := h.keys.office.People(ctx)
	if err != nil {
		return nil, err
	}
	named := func(id helpline.ID) staff.Person {
		for _, p := range people {
			if p.ID == id && !id.IsZero() {
				return p
			}
		}
		return staff.Person{}
	}
	var out []Held
	for _, r := range rows {
		one, err := log.Hold(r.Note, r.Papers, r.Shred)
		held := Held{Hold: one, Broken: err != nil}
		held.Note = r.Note
		held.AskedBy, held.ConfirmedBy, held.LiftBy = named(one.Asked), named(one.Confirmed), named(one.Lift)
		out = append(out, held)
	}
	return out, nil
}

// Ask asks for a hold. Invalid for an unknown reason, NotFound without such a
// note or once it has expired, Conflict when it is asked for already.
func (h *Holds) Ask(ctx context.Context, by By, note helpline.ID, reason string) error {
	if err := May(by.Actor, HoldNotes); err != nil {
		return err
	}
	if !slices.Contains(HoldReasons(), reason) {
		return helpline.Errorf(helpline.Invalid, "hold a note: not one of the reasons")
	}
	ring, v, err := h.keys.use(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	row, err := h.notes.Note(ctx, note)
	if err != nil {
		return err
	}
	now := time.Now()
	if h.rules.Expired(row.Day, row.Ends, now) {
		return noNote()
	}
	shred, err := h.shreds.Key(ctx, row.Shred)
	if err != nil {
		return err
	}
	defer clear(shred[:])
	ask, err := ring.AskHold(v, note, retention.Day(now), reason, shred)
	if err != nil {
		return err
	}
	return Traced(ctx, h.trail, holdDeed(by, row, shred, "ask", reason), func() error {
		return h.rows.AddHold(ctx, HoldRow{Note: note, Shred: shred, Papers: vault.HoldPapers{Ask: ask}})
	})
}

// Confirm puts in force what another supervisor has asked for. Conflict wraps
// ErrSecondSupervisor when it is the person's own; NotFound.
func (h *Holds) Confirm(ctx context.Context, by By, note helpline.ID) error {
	return h.sign(ctx, by, note, func(ring *vault.Keyring, v *vault.Vouched, one vault.Hold, r HoldRow) error {
		if one.Asked == by.Person {
			return second()
		}
		confirm, err := ring.ConfirmHold(v, note, r.Papers, r.Shred)
		if err != nil {
			return err
		}
		after := r.Papers
		after.Confirm = confirm
		row, err := h.notes.Note(ctx, note)
		if err != nil {
			return err
		}
		return Traced(ctx, h.trail, holdDeed(by, row, r.Shred, "set", one.Reason), func() error {
			return h.rows.SignHold(ctx, note, r.Papers, after)
		})
	})
}

// AskLift asks that a hold ends.
func (h *Holds) AskLift(ctx context.Context, by By, note helpline.ID) error {
	return h.sign(ctx, by, note, func(ring *vault.Keyring, v *vault.Vouched, _ vault.Hold, r HoldRow) error {
		lift, err := ring.AskLift(v, note, r.Papers, r.Shred)
		if err != nil {
			return err
		}
		after := r.Papers
		after.Lift = lift
		return h.free(ctx, by, r, "ask", func() error { return h.rows.SignHold(ctx, note, r.Papers, after) })
	})
}

// Lift ends a hold: one that nobody has confirmed yet by whoever asked for it
// or by anybody else, one in force only after another supervisor asked for
// that. The note then goes at the time it would have gone. Conflict wraps
// ErrSecondSupervisor.
func (h *Holds) Lift(ctx context.Context, by By, note helpline.ID) error {
	return h.sign(ctx, by, note, func(_ *vault.Keyring, _ *vault.Vouched, one vault.Hold, r HoldRow) error {
		if !one.Confirmed.IsZero() && (one.Lift.IsZero() || one.Lift == by.Person) {
			return second()
		}
		return h.free(ctx, by, r, "set", func() error { return h.rows.DropHold(ctx, note, r.Papers) })
	})
}

// holdDeed is the deed of a step towards a hold.
func holdDeed(by By, row NoteRow, shred vault.Key, step, reason string) audit.Deed {
	return audit.Deed{By: by.Person, Code: audit.NoteHold, Object: audit.Note(row.ID, shred), Details: []audit.Detail{
		audit.Whom("author", row.Author), audit.Word("step", step), audit.Word("reason", reason),
	}}
}

// free does a step towards the end of a hold, and leaves its trace.
func (h *Holds) free(ctx context.Context, by By, r HoldRow, step string, do func() error) error {
	row, err := h.notes.Note(ctx, r.Note)
	if err != nil {
		return err
	}
	return Traced(ctx, h.trail, audit.Deed{By: by.Person, Code: audit.NoteFree, Object: audit.Note(row.ID, r.Shred), Details: []audit.Detail{
		audit.Whom("author", row.Author), audit.Word("step", step),
	}}, do)
}

func second() error {
	return helpline.Errorf(helpline.Conflict, "hold a note: %w", ErrSecondSupervisor)
}

func (h *Holds) sign(ctx context.Context, by By, note helpline.ID, do func(*vault.Keyring, *vault.Vouched, vault.Hold, HoldRow) error) error {
	if err := May(by.Actor, HoldNotes); err != nil {
		return err
	}
	ring, v, err := h.keys.use(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	rows, err := h.rows.Holds(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(r HoldRow) bool { return r.Note == note })
	if i < 0 {
		return helpline.Errorf(helpline.NotFound, "hold a note: there is no hold on it")
	}
	one, err := v.Hold(note, rows[i].Papers, rows[i].Shred)
	if err != nil {
		return err
	}
	return do(ring, v, one, rows[i])
}

// HoldsInForce says which notes are held, by papers that two supervisors of the
// key log have signed. One whose papers do not hold keeps nothing and is counted
// in broken. When the key log cannot be read every note with a hold is kept, and
// the error says why.
func HoldsInForce(ctx context.Context, install helpline.ID, entries KeyLogRows, rows HoldRows) (held map[helpline.ID]bool, broken int, err error) {
	all, err := rows.Holds(ctx)
	if err != nil || len(all) == 0 {
		return nil, 0, err
	}
	held = map[helpline.ID]bool{}
	b, err := entries.KeyLog(ctx)
	var log *vault.Log
	if err == nil {
		log, err = vault.ReadLog(install, b)
	}
	for _, r := range all {
		if err != nil {
			held[r.Note] = true
			continue
		}
		switch one, wrong := log.Hold(r.Note, r.Papers, r.Shred); {
		case wrong != nil:
			broken++
		case !one.Confirmed.IsZero():
			held[r.Note] = true
		}
	}
	return held, broken, err
}
