package store

import (
	"context"
	"slices"

	"helpline"
	"helpline/counsel/audit"
)

// Begin makes the log of an installation that has none, and gives its first
// public key; a log that was begun is left alone. Unavailable when there are
// entries without a key that fits, or a key without entries.
func (t *Trail) Begin(ctx context.Context) (first audit.Key, err error) {
	err = t.locked(ctx, func(ctx context.Context, k *keeper) error {
		keys, err := readAnchors(t.dir)
		switch {
		case err != nil:
			return err
		case len(keys) > 0 && k.head.Entries > 0:
			first = keys[0]
			return nil
		case len(keys) > 0:
			return helpline.Errorf(helpline.Unavailable, "begin the audit log: it was begun before and its entries are gone: the database was restored or emptied; run `helpline audit restart`")
		case k.head.Entries > 0:
			return k.adopt(ctx, &first)
		}
		return k.begin(ctx, &first)
	})
	return first, err
}

// begin writes the seed, then entry 0, then the public key: a crash in between
// leaves either nothing that counts or what adopt can finish.
func (k *keeper) begin(ctx context.Context, first *audit.Key) error {
	seed := newSeed()
	defer clear(seed[:])
	row := audit.Begin(k.t.install, &seed, k.today())
	if err := k.file.wipe(1); err != nil {
		return err
	}
	if err := k.file.put(0, audit.Slot{Hash: row.Hash(k.t.install), Seed: seed}); err != nil {
		return err
	}
	if err := k.write(ctx, []audit.Row{row}); err != nil {
		return err
	}
	k.fit = audit.Fit{State: audit.Ready}
	*first = seed.Key()
	return writeAnchors(k.t.dir, []audit.Key{*first})
}

// adopt names the first key of a log that was begun and not finished.
func (k *keeper) adopt(ctx context.Context, first *audit.Key) error {
	if err := k.fits(ctx); err != nil {
		return err
	}
	rows, err := k.t.Rows(ctx, 0, 1)
	if err != nil {
		return err
	}
	*first = k.seed().Key()
	if len(rows) == 0 || rows[0].Before != audit.First(k.t.install, *first) {
		return helpline.Errorf(helpline.Unavailable, "begin the audit log: %s is gone, which names its first public key: put it back from your own copy", anchors)
	}
	return writeAnchors(k.t.dir, []audit.Key{*first})
}

// Turn changes the key of the log: an entry names the next one, and the old
// seed is overwritten. at is start, hour or stop.
func (t *Trail) Turn(ctx context.Context, at string) error {
	return t.signing(ctx, func(ctx context.Context, k *keeper) error { return k.turn(ctx, audit.LogKey, "at", at) })
}

// turn writes the next seed beside the one in force, commits the entry, and
// then overwrites the old seed.
func (k *keeper) turn(ctx context.Context, c audit.Code, name, word string, more ...audit.Detail) error {
	seed := newSeed()
	defer clear(seed[:])
	signer := k.seed()
	if c == audit.LogRestart {
		signer = &seed
	}
	rows, err := audit.Next(k.t.install, k.head, signer, k.today(), audit.Deed{
		Code: c, Details: append(more, audit.Bytes32("next", seed.Key()), audit.Word(name, word)),
	})
	if err != nil {
		return err
	}
	last := rows[len(rows)-1]
	idle := 1 - k.fit.Use
	if err := k.file.put(idle, audit.Slot{Number: last.Number, Hash: last.Hash(k.t.install), Seed: seed}); err != nil {
		return err
	}
	if err := k.write(ctx, rows); err != nil {
		_ = k.file.wipe(idle) // it was not used; if this fails too, the next signing does it
		return err
	}
	old := k.fit.Use
	k.fit.Use = idle
	return k.file.wipe(old)
}

// Restart begins the log anew behind its last entry, with a key of its own:
// for a key that is lost or a database that was restored. why is lost or
// restored. Whoever checks the log must be told the key that it gives.
func (t *Trail) Restart(ctx context.Context, why string) (fresh audit.Key, err error) {
	err = t.locked(ctx, func(ctx context.Context, k *keeper) error {
		if k.fit.State == audit.Ready {
			return helpline.Errorf(helpline.Conflict, "begin the audit log anew: its key fits, there is no need")
		}
		keys, err := readAnchors(t.dir)
		if err != nil {
			return err
		}
		var more []audit.Detail
		if k.fit.Known > 0 {
			more = append(more, audit.Number("known", k.fit.Known))
		}
		if len(keys) == 0 { // restored without them: the copy says what it began with
			rows, err := t.Rows(ctx, 0, 1)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if first, ok := r.Names(); ok {
					keys = append(keys, first)
				}
			}
		}
		if err := k.turn(ctx, audit.LogRestart, "why", why, more...); err != nil {
			return err
		}
		fresh = k.seed().Key()
		return writeAnchors(t.dir, append(keys, fresh))
	})
	return fresh, err
}

// Keys are the public keys that the log and its new beginnings began with.
func (t *Trail) Keys() ([]audit.Key, error) { return readAnchors(t.dir) }

// Checkpoint is the present end of the log; NotFound before it has begun.
func (t *Trail) Checkpoint(ctx context.Context) (c audit.Checkpoint, err error) {
	err = t.signing(ctx, func(_ context.Context, k *keeper) error {
		c = audit.Checkpoint{Install: t.install, Number: k.head.Entries - 1, Hash: k.head.Hash, Key: k.seed().Key()}
		return nil
	})
	return c, err
}

// Known is what the key file knows of the log by itself: the entry that names
// the key in force. It shows a log that was cut or rolled back before that.
// False when no key can be read.
func (t *Trail) Known(ctx context.Context) (c audit.Checkpoint, ok bool, err error) {
	err = t.locked(ctx, func(_ context.Context, k *keeper) error {
		for i, s := range k.file.slots {
			if k.file.good[i] && (!ok || s.Number > c.Number) {
				ok = true
				c = audit.Checkpoint{Install: t.install, Number: s.Number, Hash: s.Hash, Key: s.Seed.Key()}
			}
		}
		if k.fit.State == audit.Ready && k.fit.Unused { // the later one was never used
			s := k.file.slots[k.fit.Use]
			c = audit.Checkpoint{Install: t.install, Number: s.Number, Hash: s.Hash, Key: s.Seed.Key()}
		}
		return nil
	})
	return c, ok, err
}

// Verify checks the log against the keys it is given, those of this folder
// when there are none, the checkpoints, and what the key file knows.
func (t *Trail) Verify(ctx context.Context, w audit.Wanted) (audit.Report, error) {
	w.Install = t.install
	if len(w.Keys) == 0 {
		keys, err := t.Keys()
		if err != nil {
			return audit.Report{}, err
		}
		w.Keys = keys
	}
	known, ok, err := t.Known(ctx)
	if err != nil {
		return audit.Report{}, err
	}
	if ok {
		w.Checkpoints = append(slices.Clone(w.Checkpoints), known)
	}
	return audit.Verify(ctx, t, w)
}
