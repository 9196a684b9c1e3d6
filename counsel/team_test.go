package counsel

import (
	"errors"
	"slices"
	"testing"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

func TestWhoIsRemovedOpensNothingAndTheOthersEverything(t *testing.T) {
	h := ready(t)
	old := h.save(h.robin, "old")
	kims := h.save(h.kim, "hers")
	kept, _, err := h.keys.use(t.Context(), h.kim) // what she could have kept in her pocket
	if err != nil {
		t.Fatal(err)
	}
	seat := h.seats[chair{vault.Supervisors, 1, h.kim.Person}]
	if err := h.staffing.Remove(t.Context(), h.sam, h.kim.Person); err != nil {
		t.Fatal(err)
	}
	if h.keys.Unlocked(h.kim) || !slices.Contains(h.released, h.kim.Person) || !slices.Contains(h.ended, h.kim.Person) {
		t.Error("a login, a link or a keyring of hers is still open")
	}
	if _, there := h.rings[h.kim.Person]; there {
		t.Error("her wrapped keyring is still there")
	}
	for at := range h.seats {
		if at.person == h.kim.Person {
			t.Errorf("she still has a seat among the %s", at.group)
		}
	}
	if h.safe.notes[kims].ToAuthor != nil {
		t.Error("her own grant is still there")
	}
	wantErr(t, h.keys.Unlock(t.Context(), h.kim, staff.NewPassphrase("kim")), helpline.NotFound, nil)

	young := h.save(h.robin, "young")
	for _, id := range []helpline.ID{old, kims, young} {
		if _, err := h.notes.Open(t.Context(), h.sam, id, "quality"); err != nil {
			t.Errorf("who stays: %v", err)
		}
	}
	// With her old keyring, her old seat and everything the database holds now.
	log, _, err := h.keys.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := log.Under(kept.Trust())
	if err != nil {
		t.Fatal(err)
	}
	group, err := kept.OpenSeat(v, vault.Supervisors, seat)
	if err != nil {
		t.Fatal(err)
	}
	row := h.safe.notes[young]
	if row.Generation != 2 {
		t.Fatalf("a new note is granted to generation %d", row.Generation)
	}
	_, err = kept.OpenNoteAs(group, v, h.notes.place(row), row.Author, row.Sealed, row.ToGroup, h.safe.keys[row.Shred])
	if vault.CheckOf(err) != vault.NotGranted {
		t.Errorf("the removed person opens what was written since: %v", err)
	}
}

func TestPromiseARemovedPersonOpensNothingWrittenSince(t *testing.T) {
	h := ready(t)
	ring, _, err := h.keys.use(t.Context(), h.kim)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.staffing.Remove(t.Context(), h.sam, h.kim.Person); err != nil {
		t.Fatal(err)
	}
	row := h.safe.notes[h.save(h.lou, "since")]
	log, _, err := h.keys.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := log.Under(ring.Trust())
	if err != nil {
		t.Fatal(err)
	}
	// Every seat there is, tried with her keys, and the author's grant.
	for at, seat := range h.seats {
		if _, err := ring.OpenSeat(v, at.group, seat); err == nil {
			t.Errorf("the seat of generation %d of the %s opens for her", at.generation, at.group)
		}
	}
	if _, err := ring.OpenNote(v, h.notes.place(row), row.Author, row.Sealed, row.ToAuthor, h.safe.keys[row.Shred]); err == nil {
		t.Error("the note opens for her")
	}
}

func TestWhoBecomesASupervisorOpensOlderNotesAndWhoIsOneNoMoreOpensNone(t *testing.T) {
	h := ready(t)
	old := h.save(h.robin, "old")
	if err := h.staffing.Remove(t.Context(), h.sam, h.kim.Person); err != nil { // so that there are two generations
		t.Fatal(err)
	}
	between := h.save(h.robin, "between")
	if err := h.staffing.SetRoles(t.Context(), h.sam, h.lou.Person, []helpline.Role{helpline.Supervisor}); err != nil {
		t.Fatal(err)
	}
	if h.keys.Unlocked(h.lou) || !slices.Contains(h.ended, h.lou.Person) {
		t.Error("who became a supervisor did not have to log in again")
	}
	h.lou.Roles = []helpline.Role{helpline.Supervisor}
	h.unlock(h.lou)
	for name, id := range map[string]helpline.ID{"of the first generation": old, "of the second": between} {
		if _, err := h.notes.Open(t.Context(), h.lou, id, "quality"); err != nil {
			t.Errorf("the new supervisor, a note %s: %v", name, err)
		}
	}
	if err := h.staffing.SetRoles(t.Context(), h.sam, h.lou.Person, []helpline.Role{helpline.Counsellor}); err != nil {
		t.Fatal(err)
	}
	if h.keys.Unlocked(h.lou) {
		t.Error("who is a supervisor no more still has the keyring open")
	}
	if g := h.regrant.Generation; g != 3 {
		t.Errorf("the supervisors are at generation %d", g)
	}
	h.unlock(h.lou) // the login says supervisor still, the database and the keys do not
	for at := range h.seats {
		if at.person == h.lou.Person && at.group != vault.Counsellors {
			t.Errorf("a seat among the %s is left", at.group)
		}
	}
	_, err := h.notes.Open(t.Context(), h.lou, old, "quality")
	wantErr(t, err, helpline.Forbidden, ErrUnvouched)
}

func TestACounsellorWhoStaysOneKeepsTheLogin(t *testing.T) {
	h := ready(t)
	if err := h.staffing.SetRoles(t.Context(), h.sam, h.robin.Person, []helpline.Role{helpline.Counsellor, helpline.Leader}); err != nil {
		t.Fatal(err)
	}
	if !h.keys.Unlocked(h.robin) || len(h.ended) > 0 {
		t.Error("a counsellor who leads a shift too was logged out")
	}
	if len(h.released) > 0 {
		t.Error("his conversations were ended")
	}
	if h.regrant.Generation != 0 {
		t.Error("a group turned although nobody left it")
	}
	if !slices.Contains(h.out, h.robin.Person) {
		t.Error("the links still have the old roles")
	}
}

func TestTheLastSupervisorCannotGo(t *testing.T) {
	h := ready(t)
	for name, err := range map[string]error{
		"removes herself":          h.staffing.Remove(t.Context(), h.sam, h.sam.Person),
		"takes the role away":      h.staffing.SetRoles(t.Context(), h.sam, h.sam.Person, []helpline.Role{helpline.Counsellor}),
		"gives herself other ones": h.staffing.SetRoles(t.Context(), h.sam, h.sam.Person, helpline.Roles()),
	} {
		if helpline.KindOf(err) != helpline.Forbidden || !errors.Is(err, ErrOneself) {
			t.Errorf("who %s: %v", name, err)
		}
	}
	if err := h.staffing.Remove(t.Context(), h.sam, h.kim.Person); err != nil {
		t.Fatal(err)
	}
	// Two who remove each other at the same moment: the log takes one of them,
	// and by the log alone the other is no supervisor any more.
	if err := h.staffing.Remove(t.Context(), h.kim, h.sam.Person); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("who was removed removes others: %v", err)
	}
	// Somebody whose row says supervisor and whose keys nobody has confirmed.
	ghost := staff.Person{ID: helpline.NewID(), Name: "Ghost", Roles: []helpline.Role{helpline.Supervisor}, State: staff.Active}
	h.team.people = append(h.team.people, ghost)
	by := By{Actor: helpline.Actor{Person: ghost.ID, Roles: ghost.Roles}, Token: "token of ghost"}
	h.unlock(by)
	for name, err := range map[string]error{
		"removes the last one":     h.staffing.Remove(t.Context(), by, h.sam.Person),
		"changes her roles":        h.staffing.SetRoles(t.Context(), by, h.sam.Person, []helpline.Role{helpline.Counsellor}),
		"gives a colleague a role": h.staffing.SetRoles(t.Context(), by, h.lou.Person, []helpline.Role{helpline.Supervisor}),
	} {
		if helpline.KindOf(err) != helpline.Forbidden {
			t.Errorf("somebody nobody vouched for %s: %v", name, err)
		}
	}
}

func TestRolesAreChangedByAnUnlockedSupervisorAndOnlyToRolesThereAre(t *testing.T) {
	h := ready(t)
	roles := []helpline.Role{helpline.Leader}
	wantErr(t, h.staffing.SetRoles(t.Context(), h.robin, h.lou.Person, roles), helpline.Forbidden, nil)
	wantErr(t, h.staffing.Remove(t.Context(), By{}, h.lou.Person), helpline.Forbidden, nil)
	wantErr(t, h.staffing.SetRoles(t.Context(), h.sam, h.lou.Person, nil), helpline.Invalid, staff.RoleField)
	wantErr(t, h.staffing.SetRoles(t.Context(), h.sam, h.lou.Person, []helpline.Role{"root"}), helpline.Invalid, staff.RoleField)
	wantErr(t, h.staffing.SetRoles(t.Context(), h.sam, helpline.NewID(), roles), helpline.NotFound, nil)
	h.keys.Lock(h.sam)
	wantErr(t, h.staffing.Remove(t.Context(), h.sam, h.lou.Person), helpline.Forbidden, ErrLocked)
	if len(h.log) != 6 || len(h.out) > 0 || len(h.ended) > 0 {
		t.Errorf("something was changed: %d entries, %v, %v", len(h.log), h.out, h.ended)
	}
	h.unlock(h.sam)
	h.fails = helpline.Errorf(helpline.Unavailable, "the disk is full")
	wantErr(t, h.staffing.Remove(t.Context(), h.sam, h.lou.Person), helpline.Unavailable, nil)
	if len(h.log) != 6 || len(h.out) > 0 || len(h.ended) > 0 || h.gone[h.lou.Person] {
		t.Error("a removal that failed has done half of it")
	}
	h.fails = nil
	if err := h.staffing.Remove(t.Context(), h.sam, h.lou.Person); err != nil {
		t.Error(err)
	}
	wantErr(t, h.staffing.Remove(t.Context(), h.sam, h.lou.Person), helpline.NotFound, nil)
}

func TestSomebodyWhoseKeysNobodyConfirmedIsRemovedWithoutAnEntry(t *testing.T) {
	h := build(t)
	h.unlock(h.sam, h.lou)
	if err := h.staffing.Remove(t.Context(), h.sam, h.lou.Person); err != nil {
		t.Fatal(err)
	}
	if len(h.log) != 3 || !h.gone[h.lou.Person] || h.keys.Unlocked(h.lou) {
		t.Errorf("%d entries, removed %v", len(h.log), h.gone[h.lou.Person])
	}
}

// A database writer gives somebody a role in the row and waits for a supervisor
// to confirm the six words again: the roles signed are those of the log.
func TestARoleWrittenIntoTheDatabaseIsNotSignedAtTheNextConfirmation(t *testing.T) {
	h := ready(t)
	delete(h.rings, h.robin.Person) // he lost his passphrase and gets new keys
	h.keys.LockAll(h.robin.Person)
	for i, p := range h.team.people {
		if p.ID == h.robin.Person {
			h.team.people[i].Roles = []helpline.Role{helpline.Counsellor, helpline.Supervisor}
		}
	}
	h.unlock(h.robin)
	h.vouch()
	if _, there := h.seats[chair{vault.Supervisors, 1, h.robin.Person}]; there {
		t.Error("he got a seat among the supervisors")
	}
	id := h.save(h.lou, "hers")
	h.robin.Roles = []helpline.Role{helpline.Counsellor, helpline.Supervisor}
	_, err := h.notes.Open(t.Context(), h.robin, id, "quality")
	wantErr(t, err, helpline.Forbidden, ErrUnvouched)
	wantErr(t, h.staffing.Remove(t.Context(), h.robin, h.lou.Person), helpline.Forbidden, nil)
}

func TestWithoutAnEntryInTheAuditLogNothingIsChanged(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "words")
	must(t, h.legal.Ask(t.Context(), h.sam, id, "law"))
	must(t, h.staffing.SetRoles(t.Context(), h.sam, h.lou.Person, []helpline.Role{helpline.Counsellor, helpline.Leader}))
	entries := len(h.log)
	h.trail.full = true
	ctx := t.Context()
	for name, err := range map[string]error{
		"a removal":                  h.staffing.Remove(ctx, h.sam, h.kim.Person),
		"a change of roles":          h.staffing.SetRoles(ctx, h.sam, h.robin.Person, []helpline.Role{helpline.Leader}),
		"a naming":                   h.keys.Name(ctx, h.sam, []helpline.ID{h.kim.Person}),
		"the confirmation of keys":   h.keys.Vouch(ctx, h.sam, h.robin.Person, wordsOf(t, h, h.robin)),
		"the confirmation of a hold": h.legal.Confirm(ctx, h.kim, id),
	} {
		if helpline.KindOf(err) != helpline.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(h.log) != entries || len(h.ended) > 0 || h.gone[h.kim.Person] || len(h.safe.holds[id].Papers.Confirm) > 0 {
		t.Error("something was changed without a trace")
	}
	h.trail.full = false
	before := len(h.trail.rows)
	must(t, h.staffing.Remove(ctx, h.sam, h.kim.Person))
	var codes []audit.Code
	for _, r := range h.trail.rows[before:] {
		codes = append(codes, r.Code)
	}
	if !slices.Equal(codes, []audit.Code{audit.PersonRemove, audit.GroupNew, audit.GroupNew}) {
		t.Errorf("a removal left %v", codes)
	}
	before = len(h.trail.rows)
	must(t, h.regrants.pass(ctx, h.sam))
	if rows := h.trail.rows[before:]; len(rows) != 1 || rows[0].Code != audit.GroupRegrant || rows[0].Detail("records") != "1" {
		t.Errorf("the granting left %v", rows)
	}
}

func wordsOf(t *testing.T, h *house, by By) string {
	t.Helper()
	words, err := h.keys.OwnWords(t.Context(), by)
	must(t, err)
	return words
}

// An older copy was restored: the list of the removed is newer than its log.
func TestTheKeyLogLearnsWhoWasRemovedWithoutIt(t *testing.T) {
	h := ready(t)
	old := h.save(h.robin, "old")
	for i, p := range h.team.people {
		if p.ID == h.kim.Person {
			h.team.people[i].State = staff.Removed
		}
	}
	entries := len(h.log)
	must(t, h.staffing.Sweep(t.Context(), h.sam))
	if len(h.log) != entries+3 || h.regrant.Generation != 2 {
		t.Errorf("%d new entries, generation %d", len(h.log)-entries, h.regrant.Generation)
	}
	must(t, h.staffing.Sweep(t.Context(), h.sam))
	if len(h.log) != entries+3 {
		t.Error("a second look wrote again")
	}
	must(t, h.regrants.pass(t.Context(), h.sam))
	if _, err := h.notes.Open(t.Context(), h.sam, old, "quality"); err != nil {
		t.Error(err)
	}
	wantErr(t, h.staffing.Sweep(t.Context(), h.robin), helpline.Forbidden, nil)
}

func TestARoleThatNobodySignedIsNotBelieved(t *testing.T) {
	h := ready(t)
	everything := staff.Person{ID: h.robin.Person, Roles: helpline.Roles(), State: staff.Active}
	believed := func(h *house, p staff.Person) []helpline.Role {
		t.Helper()
		p, err := h.keys.Believed(t.Context(), p)
		must(t, err)
		return p.Roles
	}
	if got := believed(h, everything); !slices.Equal(got, []helpline.Role{helpline.Counsellor}) {
		t.Errorf("a counsellor whose row says everything has %v", got)
	}
	must(t, h.staffing.Remove(t.Context(), h.sam, h.robin.Person))
	if got := believed(h, everything); len(got) != 0 {
		t.Errorf("somebody who was removed and brought back in the database has %v", got)
	}
	stranger := staff.Person{ID: helpline.NewID(), Roles: []helpline.Role{helpline.Supervisor}}
	if got := believed(h, stranger); len(got) != 1 {
		t.Errorf("somebody nobody has confirmed yet has %v", got)
	}
	h.restart()
	if got := believed(h, everything); len(got) != 0 {
		t.Errorf("after a restart he has %v", got)
	}
	h.restart()
	h.log[1] = []byte("damaged")
	if got := believed(h, everything); !slices.Equal(got, []helpline.Role{helpline.Counsellor, helpline.Leader}) {
		t.Errorf("with a damaged log he has %v", got)
	}
	h = build(t)
	if got := believed(h, everything); len(got) != len(helpline.Roles()) {
		t.Errorf("before there is a log he has %v", got)
	}
}
