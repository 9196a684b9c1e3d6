package storetest

import (
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Strongbox is a store of what recovery needs.
type Strongbox struct {
	Renew   counsel.RenewRows
	Codes   counsel.CodeRows
	Escrow  counsel.EscrowRows
	Custody counsel.CustodyRows
	Rescues counsel.RescueRows
	Ends    counsel.RescueEnds
	Keys    counsel.KeyRows
	Log     counsel.KeyLogRows

	Person func(t *testing.T) helpline.ID // active, with a secret and a keyring
}

// Recovery is the contract of everything that recovery keeps.
func Recovery(t *testing.T, fresh Fresh[Strongbox]) {
	t.Run("a code works once it is confirmed, in place of the one before", func(t *testing.T) { codes(t, fresh(t)()) })
	t.Run("a new passphrase takes codes and rescues with it", func(t *testing.T) { renewal(t, fresh(t)()) })
	t.Run("older keyrings in escrow go when the newer key is on paper", func(t *testing.T) { escrows(t, fresh(t)) })
	t.Run("a rescue has its hour, one approval and each share once", func(t *testing.T) { rescues(t, fresh(t)) })
}

func codes(t *testing.T, s Strongbox) {
	p := s.Person(t)
	row := func(b byte) counsel.CodeRow {
		return counsel.CodeRow{Person: p, Salt: []byte{b}, Costs: staff.Params{Time: 1, MemoryKiB: 2, Threads: 3}, Wrapped: []byte{b, b}}
	}
	_, err := s.Codes.Code(t.Context(), p, false)
	wantKind(t, err, helpline.NotFound)
	must(t, s.Codes.PutCode(t.Context(), row(1)))
	must(t, s.Codes.PutCode(t.Context(), row(2)))
	_, err = s.Codes.Code(t.Context(), p, true)
	wantKind(t, err, helpline.NotFound)
	wantKind(t, s.Codes.ConfirmCode(t.Context(), row(1)), helpline.Conflict)
	must(t, s.Codes.ConfirmCode(t.Context(), row(2)))
	wantKind(t, s.Codes.ConfirmCode(t.Context(), row(2)), helpline.Conflict)
	must(t, s.Codes.PutCode(t.Context(), row(3)))
	got, err := s.Codes.Code(t.Context(), p, true)
	must(t, err)
	if got.Person != p || got.Salt[0] != 2 || got.Wrapped[0] != 2 || got.Costs != row(0).Costs {
		t.Errorf("the code that works is %v", got.Salt)
	}
	must(t, s.Codes.ConfirmCode(t.Context(), row(3)))
	if got, err = s.Codes.Code(t.Context(), p, true); err != nil || got.Salt[0] != 3 {
		t.Errorf("the newer code works: %v", err)
	}
	_, err = s.Codes.Code(t.Context(), p, false)
	wantKind(t, err, helpline.NotFound)
}

func renewal(t *testing.T, s Strongbox) {
	p, other := s.Person(t), s.Person(t)
	now := time.Unix(today*86400, 0).UTC()
	must(t, s.Renew.MustRenew(t.Context(), p))
	n := counsel.Renewal{Person: p, Secret: staff.Secret{Salt: []byte{5}, Params: staff.Params{Time: 1, MemoryKiB: 8, Threads: 1}, Verifier: []byte{5}}, Wrapped: []byte("wrapped anew")}
	code := counsel.CodeRow{Person: p, Salt: []byte{1}, Costs: n.Secret.Params, Wrapped: []byte{1}}
	must(t, s.Codes.PutCode(t.Context(), code))
	must(t, s.Codes.ConfirmCode(t.Context(), code))
	must(t, s.Renew.Renew(t.Context(), n))
	ring, err := s.Keys.Keyring(t.Context(), p)
	must(t, err)
	if string(ring.Wrapped) != "wrapped anew" {
		t.Errorf("the keyring is %q", ring.Wrapped)
	}
	_, err = s.Codes.Code(t.Context(), p, true)
	must(t, err)

	ask := counsel.RescueRow{ID: helpline.NewID(), Person: p, Key: []byte{1}, Expires: now.Add(time.Hour)}
	must(t, s.Rescues.Ask(t.Context(), ask, 2, now))
	n.Rescue, n.Spent, n.Wrapped = helpline.NewID(), true, []byte("must not be kept")
	wantKind(t, s.Renew.Renew(t.Context(), n), helpline.NotFound)
	n.Rescue, n.Person = ask.ID, other
	wantKind(t, s.Renew.Renew(t.Context(), n), helpline.NotFound)
	for _, who := range []helpline.ID{p, other} {
		if ring, err = s.Keys.Keyring(t.Context(), who); err != nil || string(ring.Wrapped) == "must not be kept" {
			t.Errorf("half of a change was kept: %v", err)
		}
	}
	n.Person = p
	must(t, s.Renew.Renew(t.Context(), n))
	_, err = s.Rescues.Rescue(t.Context(), ask.ID, now)
	wantKind(t, err, helpline.NotFound)
	_, err = s.Codes.Code(t.Context(), p, true)
	wantKind(t, err, helpline.NotFound)
	n.Person, n.Rescue = helpline.NewID(), helpline.ID{}
	wantKind(t, s.Renew.Renew(t.Context(), n), helpline.NotFound)
}

func escrows(t *testing.T, open func() Strongbox) {
	s := open()
	p, late := s.Person(t), s.Person(t)
	key := func(at int, generation uint64) {
		t.Helper()
		must(t, s.Log.ExtendKeyLog(t.Context(), counsel.Extension{At: at, Entries: [][]byte{{byte(at)}}, Custody: &counsel.CustodyRow{
			Generation: generation, Day: today, Shares: []counsel.ShareRow{{Person: p, Sealed: []byte{1}}, {Person: late, Sealed: []byte{2}}},
		}}))
	}
	put := func(who helpline.ID, generation uint64) {
		t.Helper()
		must(t, s.Escrow.PutEscrow(t.Context(), counsel.EscrowRow{Person: who, Generation: generation, Sealed: []byte{byte(generation)}}))
	}
	want := func(who helpline.ID, generations ...uint64) {
		t.Helper()
		rows, err := s.Escrow.Escrows(t.Context(), who)
		must(t, err)
		var got []uint64
		for _, r := range rows {
			got = append(got, r.Generation)
		}
		if len(got) != len(generations) {
			t.Fatalf("in escrow %v, want %v", got, generations)
		}
		for i := range got {
			if got[i] != generations[i] {
				t.Errorf("in escrow %v, want %v", got, generations)
			}
		}
	}
	key(0, 1)
	put(p, 1)
	put(late, 1)
	must(t, s.Custody.ShareWritten(t.Context(), 1, 1))
	wantKind(t, s.Custody.ShareWritten(t.Context(), 1, 1), helpline.NotFound)
	must(t, s.Custody.ShareWritten(t.Context(), 1, 2))
	key(1, 2)
	put(p, 2)
	want(p, 2, 1) // the new key helps nobody yet
	must(t, s.Custody.ShareWritten(t.Context(), 2, 2))
	want(p, 2, 1)
	s = open()
	must(t, s.Custody.ShareWritten(t.Context(), 2, 1))
	want(p, 2)
	want(late, 1) // has not unlocked since
	put(late, 2)
	want(late, 2)
	all, err := s.Custody.Custodies(t.Context())
	must(t, err)
	if len(all) != 2 || all[0].Generation != 2 || !all[0].Written() || all[0].Day != today || all[0].Shares[1].Person != late {
		t.Errorf("the generations are %d", len(all))
	}
	who, err := s.Escrow.Escrowed(t.Context(), 2)
	if must(t, err); len(who) != 2 {
		t.Errorf("%d people have a keyring in escrow", len(who))
	}
	// A key whose entry comes too late is not kept.
	wantKind(t, s.Log.ExtendKeyLog(t.Context(), counsel.Extension{At: 1, Entries: [][]byte{{9}}, Custody: &counsel.CustodyRow{Generation: 3, Shares: []counsel.ShareRow{{Person: p, Sealed: []byte{1}}}}}), helpline.Conflict)
	if all, err = s.Custody.Custodies(t.Context()); err != nil || len(all) != 2 {
		t.Errorf("%d generations, %v", len(all), err)
	}
}

func rescues(t *testing.T, open func() Strongbox) {
	s := open()
	p := s.Person(t)
	now := time.Unix(today*86400, 0).UTC()
	ask := func(who helpline.ID, after time.Duration) counsel.RescueRow {
		t.Helper()
		r := counsel.RescueRow{ID: helpline.NewID(), Person: who, Key: []byte{7}, Expires: now.Add(after + time.Hour)}
		must(t, s.Rescues.Ask(t.Context(), r, 2, now.Add(after)))
		return r
	}
	first, second := ask(p, 0), ask(p, time.Second)
	nobody := ask(helpline.NewID(), time.Second)
	must(t, s.Rescues.Approve(t.Context(), first.ID, []byte("yes"), now))
	wantKind(t, s.Rescues.Approve(t.Context(), first.ID, []byte("no"), now), helpline.Conflict)
	wantKind(t, s.Rescues.Approve(t.Context(), second.ID, []byte("yes"), now), helpline.Conflict)
	ask(p, 2*time.Second)
	third := ask(p, 3*time.Second)
	_, err := s.Rescues.Rescue(t.Context(), second.ID, now)
	wantKind(t, err, helpline.NotFound) // gave way; the one that was approved did not
	must(t, s.Rescues.AddPiece(t.Context(), first.ID, vault.Piece{Part: 2, Sealed: []byte{2}}, now))
	wantKind(t, s.Rescues.AddPiece(t.Context(), first.ID, vault.Piece{Part: 2, Sealed: []byte{3}}, now), helpline.Conflict)
	wantKind(t, s.Rescues.AddPiece(t.Context(), helpline.NewID(), vault.Piece{Part: 1, Sealed: []byte{3}}, now), helpline.NotFound)
	s = open()
	got, err := s.Rescues.Rescue(t.Context(), first.ID, now)
	must(t, err)
	if got.Person != p || string(got.Approval) != "yes" || len(got.Pieces) != 1 || got.Pieces[0].Part != 2 || !got.Expires.Equal(first.Expires) {
		t.Errorf("the rescue is %+v", got)
	}
	all, err := s.Rescues.Rescues(t.Context(), now)
	if must(t, err); len(all) != 3 {
		t.Errorf("%d rescues of people who are known, want 3", len(all))
	}
	_, err = s.Rescues.Rescue(t.Context(), nobody.ID, now)
	must(t, err)
	must(t, s.Ends.EndRescue(t.Context(), third.ID))
	wantKind(t, s.Ends.EndRescue(t.Context(), third.ID), helpline.NotFound)
	later := now.Add(time.Hour)
	_, err = s.Rescues.Rescue(t.Context(), first.ID, later)
	wantKind(t, err, helpline.NotFound)
	wantKind(t, s.Rescues.Approve(t.Context(), first.ID, []byte("late"), later), helpline.NotFound)
	wantKind(t, s.Rescues.AddPiece(t.Context(), first.ID, vault.Piece{Part: 1, Sealed: []byte{1}}, later), helpline.NotFound)
}
