package counsel

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

// purge is one of this house, on some day.
func (h *house) purge(at time.Time) (Purged, error) {
	p := Purge{Rules: retention.Rules{NoteDays: 90}, Rows: h.safe, Shreds: h.safe, Held: func(ctx context.Context) (map[helpline.ID]bool, int, error) {
		return HoldsInForce(ctx, installation, h.safe, h.safe)
	}}
	return p.Run(h.t.Context(), at)
}

func TestANoteThatTwoSupervisorsHoldStaysUntilTwoLiftIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := ready(t)
		id, other := h.save(h.robin, "held"), h.save(h.robin, "not held")
		ctx := t.Context()
		wantErr(t, h.legal.Ask(ctx, h.robin, id, "law"), helpline.Forbidden, nil)
		wantErr(t, h.legal.Ask(ctx, h.sam, id, "curiosity"), helpline.Invalid, nil)
		wantErr(t, h.legal.Ask(ctx, h.sam, helpline.NewID(), "law"), helpline.NotFound, nil)
		must(t, h.legal.Ask(ctx, h.sam, id, "law"))
		wantErr(t, h.legal.Ask(ctx, h.kim, id, "visitor"), helpline.Conflict, nil)
		wantErr(t, h.legal.Confirm(ctx, h.sam, id), helpline.Conflict, ErrSecondSupervisor)
		wantErr(t, h.legal.Confirm(ctx, h.kim, other), helpline.NotFound, nil)
		wantErr(t, h.legal.AskLift(ctx, h.kim, id), helpline.Conflict, nil) // not in force yet
		must(t, h.legal.Confirm(ctx, h.kim, id))
		wantErr(t, h.legal.Confirm(ctx, h.kim, id), helpline.Conflict, nil)

		all, err := h.legal.List(ctx, h.sam)
		if err != nil || len(all) != 1 || !all[0].InForce() || all[0].AskedBy.Name != "Sam" || all[0].ConfirmedBy.Name != "Kim" || all[0].Reason != "law" {
			t.Fatalf("the list says %+v, %v", all, err)
		}
		time.Sleep(91 * 24 * time.Hour)
		h.unlock(h.sam, h.kim, h.robin)
		gone, err := h.purge(time.Now())
		if err != nil || gone.Notes != 1 || gone.Held != 1 || gone.Keys != 1 {
			t.Fatalf("the purge says %+v, %v", gone, err)
		}
		delete(h.safe.keys, h.safe.notes[id].Shred) // the file of shred keys is lost, or was replaced
		for _, by := range []By{h.sam, h.kim, h.robin} {
			n, err := h.notes.Open(ctx, by, id, "quality")
			if err != nil || n.Text != "held" || !n.Held {
				t.Errorf("%s reads %v", by.Alias, err)
			}
			heads, err := h.notes.List(ctx, by)
			if err != nil || len(heads) != 1 || !heads[0].Held {
				t.Errorf("%s sees %d notes, %v", by.Alias, len(heads), err)
			}
		}
		_, err = h.notes.Open(ctx, h.sam, other, "quality")
		wantErr(t, err, helpline.NotFound, nil)

		wantErr(t, h.legal.Lift(ctx, h.sam, id), helpline.Conflict, ErrSecondSupervisor)
		must(t, h.legal.AskLift(ctx, h.kim, id))
		wantErr(t, h.legal.AskLift(ctx, h.sam, id), helpline.Conflict, nil)
		wantErr(t, h.legal.Lift(ctx, h.kim, id), helpline.Conflict, ErrSecondSupervisor)
		must(t, h.legal.Lift(ctx, h.sam, id))
		_, err = h.notes.Open(ctx, h.sam, id, "quality")
		wantErr(t, err, helpline.NotFound, nil)
		if gone, err := h.purge(time.Now()); err != nil || gone.Notes != 1 || gone.Held != 0 || len(h.safe.notes) != 0 {
			t.Errorf("after it was lifted the purge says %+v, %v", gone, err)
		}
	})
}

func TestAHoldThatNobodyConfirmedKeepsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := ready(t)
		id := h.save(h.robin, "asked for")
		must(t, h.legal.Ask(t.Context(), h.sam, id, "law"))
		time.Sleep(91 * 24 * time.Hour)
		h.unlock(h.sam, h.kim)
		_, err := h.notes.Open(t.Context(), h.sam, id, "quality")
		wantErr(t, err, helpline.NotFound, nil)
		if gone, err := h.purge(time.Now()); err != nil || gone.Notes != 1 || len(h.safe.notes)+len(h.safe.holds) != 0 {
			t.Errorf("the purge says %+v, %v", gone, err)
		}
		again := h.save(h.robin2(), "later")
		must(t, h.legal.Ask(t.Context(), h.sam, again, "law"))
		must(t, h.legal.Lift(t.Context(), h.kim, again)) // anybody may withdraw what nobody has confirmed
	})
}

// robin2 unlocks Robin again after a long time.
func (h *house) robin2() By { h.unlock(h.robin); return h.robin }

// Whoever can write the database makes a hold of his own, or puts papers of
// another note in a row, to keep a note for ever: the purge believes nothing
// that two supervisors have not signed.
func TestAForgedHoldKeepsNothing(t *testing.T) {
	for name, tamper := range map[string]func(h *house, id, other helpline.ID){
		"no confirmation, but some bytes": func(h *house, id, _ helpline.ID) {
			r := h.safe.holds[id]
			r.Papers.Confirm = []byte("confirmed")
			h.safe.holds[id] = r
		},
		"the asker's own confirmation": func(h *house, id, _ helpline.ID) {
			r := h.safe.holds[id]
			ring, _, err := h.keys.use(h.t.Context(), h.sam)
			if err != nil {
				h.t.Fatal(err)
			}
			log, _, err := h.keys.current(h.t.Context())
			if err != nil {
				h.t.Fatal(err)
			}
			v, err := log.Under(ring.Trust())
			if err != nil {
				h.t.Fatal(err)
			}
			if _, err := ring.ConfirmHold(v, id, r.Papers, r.Shred); err == nil {
				h.t.Error("the asker could confirm")
			}
			r.Papers.Confirm = r.Papers.Ask
			h.safe.holds[id] = r
		},
		"papers of another note": func(h *house, id, other helpline.ID) {
			r := h.safe.holds[other]
			r.Note = id
			h.safe.holds[id] = r
		},
		"another shred key": func(h *house, id, other helpline.ID) {
			must(h.t, h.legal.Confirm(h.t.Context(), h.kim, id))
			r := h.safe.holds[id]
			r.Shred = vault.Key{9}
			h.safe.holds[id] = r
		},
		"nothing at all": func(h *house, id, _ helpline.ID) { h.safe.holds[id] = HoldRow{Note: id} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := ready(t)
				id, other := h.save(h.robin, "to be kept for ever"), h.save(h.robin, "held")
				must(t, h.legal.Ask(t.Context(), h.sam, id, "law"))
				must(t, h.legal.Ask(t.Context(), h.sam, other, "law"))
				must(t, h.legal.Confirm(t.Context(), h.kim, other))
				tamper(h, id, other)
				time.Sleep(91 * 24 * time.Hour)
				h.unlock(h.sam)
				_, err := h.notes.Open(t.Context(), h.sam, id, "quality")
				wantErr(t, err, helpline.NotFound, nil)
				all, err := h.legal.List(t.Context(), h.sam)
				broken := 0
				for _, one := range all {
					if one.Broken {
						broken++
					}
				}
				if err != nil || broken != 1 {
					t.Errorf("%d holds are shown as broken, %v", broken, err)
				}
				if gone, err := h.purge(time.Now()); err != nil || gone.Notes != 1 || gone.Held != 1 || gone.Broken != 1 {
					t.Errorf("the purge says %+v, %v", gone, err)
				}
			})
		})
	}
}

// A key log that cannot be read is no reason to destroy what is held, and no
// reason to keep the rest.
func TestAPurgeThatCannotCheckTheHoldsKeepsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := ready(t)
		id := h.save(h.robin, "held")
		h.save(h.robin, "not held")
		must(t, h.legal.Ask(t.Context(), h.sam, id, "law"))
		must(t, h.legal.Confirm(t.Context(), h.kim, id))
		h.log[1] = append([]byte(nil), h.log[1]...)
		h.log[1][40] ^= 1
		gone, err := h.purge(time.Now().Add(91 * 24 * time.Hour))
		if vault.CheckOf(err) == "" || gone.Notes != 1 || gone.Held != 1 {
			t.Errorf("the purge says %+v, %v", gone, err)
		}
		if _, there := h.safe.notes[id]; !there || len(h.safe.notes) != 1 {
			t.Errorf("%d notes are left", len(h.safe.notes))
		}
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
