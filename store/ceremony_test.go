package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// ceremonyFolder names the data folder and the passphrases Robin may have, apart
// by "|", for a copy of this test program that makes recovery keys and lets Robin
// come back with them until it is killed.
const ceremonyFolder = "HELPLINE_STORE_TEST_CEREMONY"

// ceremony is a line whose custodians are Anna, Kim and Lou, and Robin, who loses
// the passphrase again and again.
type ceremony struct {
	*site
	kim, lou, robin counsel.By
	say             func(...any)
}

// robins is the n-th passphrase Robin chooses.
func robins(n int) staff.Passphrase {
	return staff.NewPassphrase("kamo ribun tosas velip dorun mikel " + strconv.Itoa(n))
}

// openCeremony opens or makes the line. Exactly one of the passphrases must be
// Robin's; with none Robin joins with the first.
func openCeremony(ctx context.Context, db *DB, passes []staff.Passphrase, say func(...any)) (*ceremony, error) {
	s, err := openSite(ctx, db)
	c := &ceremony{site: s, say: say}
	if err != nil {
		return c, err
	}
	s.recovery = counsel.NewRecovery(s.keys, s.office, s.stretch, counsel.RecoveryStores{
		Renew: db, Codes: db, Escrow: db, Custody: db, Rescues: db, Ends: db, Logins: db.Logins(), Trail: s.trail,
	})
	if c.kim, err = s.person(ctx, "Kim Visser", helpline.Supervisor, helpline.Counsellor); err != nil {
		return c, err
	}
	if c.lou, err = s.person(ctx, "Lou Peters", helpline.Counsellor); err != nil {
		return c, err
	}
	if p, _, err := db.Find(ctx, "Robin Bakker"); err == nil {
		c.robin = counsel.By{Actor: helpline.Actor{Person: p.ID, Alias: p.Alias, Roles: p.Roles}, Token: "cookie of Robin"}
		opens := 0
		for _, pass := range passes {
			err := s.keys.Unlock(ctx, c.robin, pass)
			if err == nil {
				opens++
			} else if helpline.KindOf(err) != helpline.Forbidden {
				return c, err
			}
		}
		if opens != 1 {
			return c, fmt.Errorf("%d of %d passphrases are Robin's", opens, len(passes))
		}
		return c, nil
	}
	c.robin, err = s.person(ctx, "Robin Bakker", helpline.Counsellor)
	if err == nil {
		err = s.note(ctx, c.robin)
	}
	if err == nil {
		err = s.recovery.ChangePassphrase(ctx, c.robin, staff.NewPassphrase("kamo ribun tosas velip dorun mikel Robin Bakker"), passes[0])
	}
	if err == nil {
		err = s.keys.Unlock(ctx, c.robin, passes[0])
	}
	return c, err
}

// once makes a recovery key, has every share written down, and lets Robin come
// back with a new passphrase. It says what has been done.
func (c *ceremony) once(ctx context.Context, to int) error {
	if err := c.recovery.MakeKey(ctx, c.anna, 2, []helpline.ID{c.anna.Person, c.kim.Person, c.lou.Person}); err != nil {
		return err
	}
	c.say("key")
	papers := map[helpline.ID]string{}
	for _, by := range []counsel.By{c.anna, c.kim, c.lou} {
		sheet, err := c.recovery.OwnShare(ctx, by)
		if err != nil {
			return err
		}
		words := sheet.Share.Words()
		papers[by.Person] = strings.Join(words, " ")
		if err := c.recovery.WroteShare(ctx, by, [2]string{words[sheet.Asked[0]-1], words[sheet.Asked[1]-1]}); err != nil {
			return err
		}
		c.say("wrote", by.Person)
	}
	if _, err := c.keys.OwnWords(ctx, c.robin); err != nil { // the keyring is sealed to the new key when it is used
		return err
	}
	rescues, err := c.db.Rescues(ctx, time.Now())
	for i := 0; err == nil && i < len(rescues); i++ { // left behind by a ceremony that was killed
		err = c.recovery.StopRescue(ctx, c.anna, rescues[i].ID)
	}
	if err != nil {
		return err
	}
	token, err := c.recovery.AskRescue(ctx, "Robin Bakker")
	if err != nil {
		return err
	}
	c.say("asked")
	plea, err := c.recovery.Pleading(ctx, token)
	if err != nil {
		return err
	}
	all, err := c.recovery.Rescues(ctx, c.anna)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r counsel.Rescued) bool { return r.Words == plea.Words })
	if i < 0 {
		return errors.New("the supervisor does not see the request")
	}
	if err := c.recovery.ApproveRescue(ctx, c.anna, all[i].ID, plea.Words); err != nil {
		return err
	}
	c.say("approved")
	for _, by := range []counsel.By{c.kim, c.lou} {
		if err := c.recovery.GiveShare(ctx, by, all[i].ID, papers[by.Person]); err != nil {
			return err
		}
		c.say("gave", by.Person)
	}
	c.say("choose", to)
	if _, err := c.recovery.FinishRescue(ctx, token, robins(to)); err != nil {
		return err
	}
	c.say("done", to)
	return c.keys.Unlock(ctx, c.robin, robins(to))
}

// recoverUntilKilled prints a line for everything that was answered.
func recoverUntilKilled(how string) {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			fmt.Println("fault", err)
			os.Exit(1)
		}
	}
	parts := strings.Split(how, "|")
	var passes []staff.Passphrase
	next := 0
	for _, text := range parts[1:] {
		n, err := strconv.Atoi(text)
		check(err)
		passes, next = append(passes, robins(n)), max(next, n+1)
	}
	db, err := Open(ctx, parts[0], Options{})
	check(err)
	c, err := openCeremony(ctx, db, passes, func(what ...any) { fmt.Println(what...) })
	check(err)
	fmt.Println("open")
	for ; ; next++ {
		check(c.once(ctx, next))
	}
}

// A ceremony is a key, three shares, a request, an approval, two shares given and
// a new passphrase. It is killed anywhere; afterwards each step is done or not,
// Robin has one passphrase with which the note opens, and the ceremony can be
// done again to its end.
func TestNothingIsHalfRecoveredAfterKill9(t *testing.T) {
	dir := t.TempDir()
	now := 0 // Robin's passphrase, as far as it was answered
	maybe := -1
	for round, after := range []int{1 + rand.IntN(5), 6 + rand.IntN(4), 9, 10 + rand.IntN(12)} {
		moment := rand.N(25 * time.Millisecond)
		t.Logf("round %d: killed %v after line %d", round, moment, after)
		how := dir + "|" + strconv.Itoa(now)
		if maybe >= 0 {
			how += "|" + strconv.Itoa(maybe)
		}
		answered := killed(t, ceremonyFolder+"="+how, after, moment)
		for _, line := range answered {
			what, n, _ := strings.Cut(line, " ")
			number, err := strconv.Atoi(n)
			switch {
			case what == "fault":
				t.Fatal(line)
			case what == "choose" && err == nil:
				maybe = number
			case what == "done" && err == nil:
				now, maybe = number, -1
			}
		}
		now = wholeCeremony(t, dir, now, maybe)
		maybe = -1
	}
}

// wholeCeremony opens what is left, holds it against the key log, and does the
// ceremony once more. It gives the number of Robin's passphrase.
func wholeCeremony(t *testing.T, dir string, now, maybe int) int {
	t.Helper()
	ctx := t.Context()
	db, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() // the next child needs the folder
	candidates := []int{now}
	if maybe >= 0 {
		candidates = append(candidates, maybe)
	}
	var passes []staff.Passphrase
	for _, n := range candidates {
		passes = append(passes, robins(n))
	}
	c, err := openCeremony(ctx, db, passes, func(...any) {})
	defer c.stop()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := db.KeyLog(ctx)
	if err != nil {
		t.Fatal(err)
	}
	log, err := vault.ReadLog(siteInstall, entries)
	if err != nil {
		t.Fatal(err)
	}
	custodies, err := db.Custodies(ctx)
	if err != nil || len(custodies) != log.Recoveries() {
		t.Errorf("%d recovery keys have shares and the log knows %d, %v", len(custodies), log.Recoveries(), err)
	}
	for _, one := range custodies {
		if len(one.Shares) != 3 {
			t.Errorf("the key %d has %d of 3 shares", one.Generation, len(one.Shares))
		}
	}
	rescues, err := db.Rescues(ctx, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = db.Find(ctx, "Robin Bakker")
	if err != nil {
		t.Fatal(err)
	}
	renewed := maybe >= 0 && c.keys.Unlock(ctx, c.in("again"), robins(maybe)) == nil
	approved := 0
	for _, r := range rescues {
		if len(r.Approval) == 0 {
			continue
		}
		approved++
		if _, err := log.Approved(vault.Ask{ID: r.ID, Person: r.Person, Key: vault.SealKey(r.Key), Expires: uint64(r.Expires.Unix())}, r.Approval); err != nil {
			t.Errorf("an approval does not hold: %v", err)
		}
	}
	if renewed && (approved != 0 || !custodies[0].Used) {
		t.Errorf("Robin is back, and %d requests stand, the key counts as used: %v", approved, custodies[0].Used)
	}
	if maybe >= 0 && !renewed && (approved != 1 || custodies[0].Used) {
		t.Errorf("Robin is not back, and %d requests stand, the key counts as used: %v", approved, custodies[0].Used)
	}
	var pieces, orphans int
	err = db.main.read.QueryRowContext(ctx, `
		SELECT count(*), count(*) FILTER (WHERE rescue NOT IN (SELECT id FROM rescue)) FROM piece`).Scan(&pieces, &orphans)
	if err != nil || orphans != 0 || approved == 0 && pieces != 0 {
		t.Errorf("%d shares were given to %d requests, %d of them to none, %v", pieces, approved, orphans, err)
	}
	last := max(now, maybe) + 1
	if err := c.once(ctx, last); err != nil {
		t.Fatalf("the ceremony cannot be done again: %v", err)
	}
	heads, err := c.notes.List(ctx, c.robin)
	if err != nil || len(heads) != 1 {
		t.Fatalf("Robin has %d notes, %v", len(heads), err)
	}
	if n, err := c.notes.Open(ctx, c.robin, heads[0].ID, ""); err != nil || n.Text == "" {
		t.Errorf("the note does not open: %v", err)
	}
	if err := c.keys.Unlock(ctx, c.in("the old one"), robins(now)); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("the lost passphrase opens: %v", err)
	}
	return last
}

// in is another login of Robin.
func (c *ceremony) in(token string) counsel.By {
	by := c.robin
	by.Token = token
	return by
}
