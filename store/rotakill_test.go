package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// rotaFolder names the data folder for a copy of this test program that only
// drafts and publishes until it is killed.
const rotaFolder = "HELPLINE_STORE_TEST_ROTA"

type unrecorded struct{}

func (unrecorded) Record(context.Context, audit.Deed) error { return nil }

var rotaMonday = rota.Date{Year: 2026, Month: time.November, Day: 23}

func rotasOf(ctx context.Context, db *DB) (*counsel.Rotas, error) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	return counsel.NewRotas(ctx, db, unrecorded{}, db, time.UTC, "", func() time.Time { return now })
}

// publishUntilKilled prints one line for everything that was answered. Every
// other version plans the days of the one before anew.
func publishUntilKilled(dir string) {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			fmt.Println("fault", err)
			os.Exit(1)
		}
	}
	db, err := Open(ctx, dir, Options{})
	check(err)
	people, err := db.People(ctx)
	check(err)
	if len(people) == 0 {
		for n := range 8 {
			one := staff.Person{ID: helpline.NewID(), Name: fmt.Sprint("Person ", n), Roles: []helpline.Role{helpline.Counsellor}, State: staff.Invited}
			check(db.Add(ctx, one, staff.Invitation{Hash: [32]byte(append(one.ID[:], one.ID[:]...)), Person: one.ID, Expires: time.Now().Add(time.Hour)}))
			people = append(people, one)
		}
	}
	r, err := rotasOf(ctx, db)
	check(err)
	who := helpline.Actor{Person: people[0].ID, Roles: []helpline.Role{helpline.Supervisor}}
	all := r.List()
	if len(all) == 0 {
		of := rota.Rota{ID: helpline.NewID(), Name: "Evenings", Way: rota.SelfSignUp, Setup: rota.Team}
		evening := rota.Template{ID: helpline.NewID(), Rota: of.ID, Name: "Evening", Days: 127, From: 19 * 60, To: 22 * 60}
		_, err := r.Edit(ctx, who, counsel.RotaEdit{Several: []counsel.RotaEdit{{Rota: &of}, {Template: &evening}, {Requirement: &rota.Requirement{Template: evening.ID, Min: 3}}}})
		check(err)
		all = r.List()
	}
	for i := 0; ; i++ {
		v := rota.Version{ID: helpline.NewID(), Rota: all[0].ID, First: rotaMonday.Plus(7 * (i / 2 % 5))}
		v.Last = v.First.Plus(6)
		_, err := r.Edit(ctx, who, counsel.RotaEdit{NewVersion: &v})
		check(err)
		b, err := r.Book(ctx, v.ID)
		check(err)
		var places []counsel.RotaEdit
		n := 0 // of its own shifts: those of other versions lie between them, and nobody may come to work every day
		for _, s := range b.Shifts {
			if s.Version == v.ID {
				places = append(places, counsel.RotaEdit{Place: &rota.Assignment{Shift: s.ID, Person: people[n%4].ID, Role: rota.Counsellor}},
					counsel.RotaEdit{Place: &rota.Assignment{Shift: s.ID, Person: people[4+n%4].ID, Role: rota.Counsellor}})
				n++
			}
		}
		_, err = r.Edit(ctx, who, counsel.RotaEdit{Several: places})
		check(err)
		b, err = r.Book(ctx, v.ID)
		check(err)
		var accept []counsel.RotaEdit
		for _, x := range rota.Check(b, r.Law()) {
			if x.Level == rota.Advisory && x.Rule != rota.RuleCoverMin {
				accept = append(accept, counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: v.ID, Key: x.Key(), Reason: rota.ReasonKnown}})
			}
		}
		if len(accept) > 0 {
			_, err = r.Edit(ctx, who, counsel.RotaEdit{Several: accept})
			check(err)
		}
		fmt.Println("publishing", v.ID)
		_, err = r.Do(ctx, who, rota.Step{Do: rota.DoPublish, Version: v.ID})
		check(err)
		fmt.Println("published", v.ID)
	}
}

func TestPromiseKill9InAPublicationLeavesAllOfItOrNothing(t *testing.T) {
	dir := t.TempDir()
	for round := range 5 {
		after, moment := 1+rand.IntN(14), rand.N(6*time.Millisecond)
		t.Logf("round %d: killed %v after line %d", round, moment, after)
		lines := killed(t, rotaFolder+"="+dir, after, moment)
		db, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := db.LoadRotas(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		state := map[string]rota.VersionState{}
		for _, v := range s.Versions {
			state[v.ID.String()] = v.State
			if why := halfPublished(s, v); why != "" {
				t.Errorf("%s version of %s: %s", v.State, v.First, why)
			}
		}
		for _, line := range lines {
			what, id, _ := strings.Cut(line, " ")
			if what == "fault" {
				t.Fatal(line)
			}
			if what == "published" && state[id] != rota.Published && state[id] != rota.Superseded {
				t.Errorf("what was published is %q", state[id])
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// halfPublished says what of a version is not as its state says; nothing when
// all of it is.
func halfPublished(s counsel.RotaState, v rota.Version) string {
	shifts, days := map[helpline.ID]rota.Shift{}, 0
	for _, o := range s.Shifts {
		if o.Version == v.ID {
			shifts[o.ID] = o
			days++
		}
	}
	if days != 7 {
		return fmt.Sprint(days, " shifts")
	}
	owned := map[helpline.ID]int{}
	for _, a := range s.Assignments {
		o, own := shifts[a.Shift]
		switch {
		case !own:
		case v.State == rota.Draft && a.State != rota.Proposed:
			return "a place of a draft is " + string(a.State)
		case v.State != rota.Draft && a.State != rota.Held:
			return "a published place is " + string(a.State)
		case o.Cancelled != (v.State == rota.Superseded):
			return "a shift that was replaced stands, or one that stands was cancelled"
		default:
			owned[a.Shift]++
		}
	}
	for _, n := range owned {
		if v.State != rota.Draft && n != 3 { // two with a name, and the place that somebody answers for
			return fmt.Sprint("a shift has ", n, " places")
		}
	}
	return ""
}
