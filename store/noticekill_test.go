package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// tellingFolder names the data folder for a copy of this test program that asks
// people for shifts, and has them told, until it is killed.
const tellingFolder = "HELPLINE_STORE_TEST_TELLING"

// holdName is the end of the name of a file, beside the folder, that has the child stand still between a change and its
// being heard.
const holdName = ".hold"

// post takes notices away and counts them.
type post struct{ took chan counsel.Outgoing }

func (p post) Send(_ context.Context, n counsel.Outgoing) error {
	p.took <- n
	return nil
}

// noticesOf is the outbox of a data folder.
func noticesOf(ctx context.Context, db *DB, to counsel.Sender) (*counsel.Notices, error) {
	key, err := db.HostKeys().Notices()
	if err != nil {
		return nil, err
	}
	seal, err := vault.NewReaches(vault.Key(key), helpline.ID{1})
	if err != nil {
		return nil, err
	}
	return counsel.NewNotices(ctx, counsel.NoticeSetup{
		Reaches: db, Outbox: db, Calls: db, Seal: seal, Senders: map[counsel.NoticeWay]counsel.Sender{counsel.ByMail: to},
		People: db, Now: time.Now,
	})
}

// reachable gives somebody an address whose code was typed.
func reachable(ctx context.Context, n *counsel.Notices, took chan counsel.Outgoing, who staff.Person) error {
	err := n.Choose(ctx, helpline.Actor{Person: who.ID, Roles: who.Roles}, counsel.ByMail, counsel.NewAddress("a"+fmt.Sprintf("%x", who.ID[:4])+"@example.org"), counsel.NoticeKinds())
	if err != nil {
		return err
	}
	return n.Typed(ctx, who.ID, (<-took).Code)
}

// askUntilKilled publishes one evening that nobody works, and asks for it again
// and again. It prints a line in the very moment after a question was written,
// before anybody who listens has heard of it.
func askUntilKilled(dir string) {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			fmt.Println("fault", err)
			os.Exit(1)
		}
	}
	db, err := Open(ctx, dir, Options{})
	check(err)
	took := make(chan counsel.Outgoing, 1000)
	n, err := noticesOf(ctx, db, post{took})
	check(err)
	people, err := db.People(ctx)
	check(err)
	fresh := len(people) == 0
	for i := range 4 {
		if !fresh {
			break
		}
		one := staff.Person{ID: helpline.NewID(), Name: fmt.Sprint("Person ", i), Roles: []helpline.Role{helpline.Counsellor}, State: staff.Active, Language: "en"}
		check(db.Add(ctx, one, staff.Invitation{Hash: [32]byte(append(one.ID[:], one.ID[:]...)), Person: one.ID, Expires: time.Now().Add(time.Hour)}))
		people = append(people, one)
	}
	check(db.main.tx(ctx, "let them join", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE person SET state = 'active'`)
		return err
	}))
	live, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); _ = n.Run(live) }()
	for _, one := range people {
		if fresh {
			check(reachable(ctx, n, took, one))
		}
	}
	stop() // from here on what is told stays in the outbox
	<-ended
	r, err := counsel.NewRotas(ctx, db, unrecorded{}, db, time.UTC, "", time.Now)
	check(err)
	supervisor := helpline.Actor{Person: people[0].ID, Roles: []helpline.Role{helpline.Supervisor}}
	if fresh {
		of := rota.Rota{ID: helpline.NewID(), Name: "Evenings", Way: rota.Managed, Setup: rota.Team}
		evening := rota.Template{ID: helpline.NewID(), Rota: of.ID, Name: "Evening", Days: 127, From: 19 * 60, To: 22 * 60}
		v := rota.Version{ID: helpline.NewID(), Rota: of.ID, First: rota.DateOf(time.Now()).Plus(5)}
		v.Last = v.First
		_, err := r.Edit(ctx, supervisor, counsel.RotaEdit{Several: []counsel.RotaEdit{{Rota: &of}, {Template: &evening}, {Requirement: &rota.Requirement{Template: evening.ID, Min: 1}}, {NewVersion: &v}}})
		check(err)
		_, err = r.Do(ctx, supervisor, rota.Step{Do: rota.DoPublish, Version: v.ID})
		check(err)
	}
	b, err := r.Standing(ctx)
	check(err)
	for _, a := range r.Asks(helpline.ID{}) {
		check(r.StopAsk(ctx, supervisor, a.ID))
	}
	r.Tells(n.OfChange)
	r.Changed(func(c counsel.RotaChange) { // before the outbox hears of it
		for _, a := range c.Put.Asks {
			fmt.Println(a.State, a.ID)
		}
		if _, err := os.Stat(dir + holdName); err == nil && len(c.Put.Asks) > 0 {
			select {} // nobody else ever hears of it
		}
	})
	r.Changed(n.RotaChanged)
	for {
		a, err := r.Ask(ctx, supervisor, counsel.AskFor{Shift: b.Shifts[0].ID, N: 3})
		check(err)
		check(r.StopAsk(ctx, supervisor, a.ID))
	}
}

func TestPromiseKill9BetweenAChangeAndTheOutboxLosesNoNoticeAndTellsNobodyTwice(t *testing.T) {
	dir := t.TempDir()
	for round := range 4 {
		after, moment := 1, time.Duration(0) // the first time: between the change and its being heard
		hold := dir + holdName
		if round == 0 {
			if err := os.WriteFile(hold, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		} else {
			if err := os.RemoveAll(hold); err != nil {
				t.Fatal(err)
			}
			after, moment = 1+rand.IntN(6), rand.N(5*time.Millisecond)
		}
		t.Logf("round %d: killed %v after line %d", round, moment, after)
		for _, line := range killed(t, tellingFolder+"="+dir, after, moment) {
			if line[:5] == "fault" {
				t.Fatal(line)
			}
		}
		db, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := db.LoadRotas(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.NoticesMade(t.Context(), time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		told, asked := map[helpline.ID]int{}, map[helpline.ID]int{}
		for _, row := range rows {
			if row.Kind == counsel.NoticeAsks {
				told[row.Person]++
			}
		}
		for _, a := range s.Asks {
			for _, one := range a.Asked {
				asked[one.Person]++
			}
		}
		if len(asked) == 0 {
			t.Fatal("nobody was asked: the test kills too early")
		}
		for person := range asked {
			if told[person] != asked[person] {
				t.Errorf("somebody was asked %d times, and %d notices stand in the outbox", asked[person], told[person])
			}
		}
		if len(told) > len(asked) {
			t.Error("somebody is told of a question that was never asked")
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// The next start sends each of them, once, and the one after it none.
	db := open(t, dir)
	waiting, _, err := db.DueNotices(t.Context(), time.Now(), false, 20)
	if err != nil || len(waiting) == 0 {
		t.Fatalf("%d wait, %v", len(waiting), err)
	}
	seen := map[helpline.ID]int{}
	for start := range 2 {
		took := make(chan counsel.Outgoing, 1000)
		n, err := noticesOf(t.Context(), db, post{took})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); _ = n.Run(ctx) }()
		for range waiting {
			if start == 0 {
				seen[(<-took).ID]++
			}
		}
		for start == 0 { // until they are struck out
			left, _, err := db.DueNotices(t.Context(), time.Now(), false, 20)
			if err != nil {
				t.Fatal(err)
			}
			if !sharesOne(left, waiting) {
				break
			}
		}
		stop()
		<-ended
		close(took)
		for n := range took {
			seen[n.ID]++
		}
	}
	for _, row := range waiting {
		if seen[row.ID] != 1 {
			t.Errorf("a notice left %d times", seen[row.ID])
		}
	}
}

// sharesOne says whether two lists have a notice in common.
func sharesOne(a, b []counsel.NoticeRow) bool {
	ids := map[helpline.ID]bool{}
	for _, row := range a {
		ids[row.ID] = true
	}
	for _, row := range b {
		if ids[row.ID] {
			return true
		}
	}
	return false
}
