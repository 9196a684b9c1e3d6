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
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// pauseFolder names the data folder for a copy of this test program that only
// takes people off the rota and back until it is killed.
const pauseFolder = "HELPLINE_STORE_TEST_PAUSE"

// pauseUntilKilled publishes a week of eight people, and then says of one after
// the other that they do not work here, that they work again, and gives them a
// shift of whoever answers for it.
func pauseUntilKilled(dir string) {
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
			if n == 0 {
				one.Roles = append(one.Roles, helpline.Supervisor)
			}
			check(db.Add(ctx, one, staff.Invitation{Hash: [32]byte(append(one.ID[:], one.ID[:]...)), Person: one.ID, Expires: time.Now().Add(time.Hour)}))
			people = append(people, one)
		}
	}
	var who helpline.Actor
	var others []helpline.ID
	for _, p := range people {
		if len(p.Roles) > 1 {
			who = helpline.Actor{Person: p.ID, Roles: p.Roles}
		} else {
			others = append(others, p.ID)
		}
	}
	r, err := rotasOf(ctx, db)
	check(err)
	if len(r.List()) == 0 {
		of := rota.Rota{ID: helpline.NewID(), Name: "Evenings", Way: rota.SelfSignUp, Setup: rota.Team}
		evening := rota.Template{ID: helpline.NewID(), Rota: of.ID, Name: "Evening", Days: 127, From: 19 * 60, To: 22 * 60}
		v := rota.Version{ID: helpline.NewID(), Rota: of.ID, First: rotaMonday, Last: rotaMonday.Plus(5)}
		_, err := r.Edit(ctx, who, counsel.RotaEdit{Several: []counsel.RotaEdit{{Rota: &of}, {Template: &evening}, {NewVersion: &v}}})
		check(err)
		b, err := r.Book(ctx, v.ID)
		check(err)
		for i, s := range b.Shifts {
			for _, p := range []helpline.ID{others[i%7], others[(i+3)%7]} {
				_, err := r.Edit(ctx, who, counsel.RotaEdit{Place: &rota.Assignment{Shift: s.ID, Person: p, Role: rota.Counsellor}})
				check(err)
			}
		}
		b, err = r.Book(ctx, v.ID)
		check(err)
		for _, x := range rota.Check(b, r.Law()) {
			if x.Level == rota.Advisory {
				_, err := r.Edit(ctx, who, counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: v.ID, Key: x.Key(), Reason: rota.ReasonKnown}})
				check(err)
			}
		}
		_, err = r.Do(ctx, who, rota.Step{Do: rota.DoPublish, Version: v.ID})
		check(err)
	}
	for i := 0; ; i++ {
		one := others[i%len(others)]
		if !r.Paused(one) {
			_, err := r.Edit(ctx, who, counsel.RotaEdit{Suspend: one})
			check(err)
			fmt.Println("off", one)
		}
		_, err := r.Edit(ctx, who, counsel.RotaEdit{Reinstate: one})
		check(err)
		fmt.Println("back", one)
		b, err := r.Standing(ctx)
		check(err)
		for _, a := range b.Assignments {
			if a.Minds && a.State == rota.Held {
				_, err := r.Do(ctx, who, rota.Step{Do: rota.DoAssign, Assignment: a.ID, Person: one})
				if err != nil && len(rota.RefusedFor(err)) == 0 {
					check(err)
				}
			}
		}
	}
}

func TestPromiseKill9WhileSomebodyIsTakenOffLeavesAllOfItOrNothing(t *testing.T) {
	dir := t.TempDir()
	offs := 0
	for round := range 4 {
		after, moment := 1+rand.IntN(20), rand.N(6*time.Millisecond)
		t.Logf("round %d: killed %v after line %d", round, moment, after)
		lines := killed(t, pauseFolder+"="+dir, after, moment)
		db, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := db.LoadRotas(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		off := map[string]bool{}
		for _, o := range s.Pauses {
			off[o.Person.String()] = true
		}
		owners := map[helpline.ID]int{}
		places := map[helpline.ID]bool{}
		for _, a := range s.Assignments {
			places[a.Place] = true
			if !a.State.Stands() {
				continue
			}
			owners[a.Place]++
			if off[a.Person.String()] && !a.Minds {
				t.Error("somebody who does not work here has a shift")
			}
		}
		if len(places) != 12 {
			t.Errorf("%d places", len(places))
		}
		for place := range places {
			if owners[place] != 1 {
				t.Errorf("a place has %d owners", owners[place])
			}
		}
		for _, line := range lines {
			what, _, _ := strings.Cut(line, " ")
			if what == "fault" {
				t.Fatal(line)
			}
			if what == "off" {
				offs++
			}
		}
		if len(off) > 1 {
			t.Errorf("%d people are off: one at a time is", len(off))
		}
		// A program that starts again knows it.
		r, err := rotasOf(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		for id := range off {
			one, err := helpline.ParseID(id)
			if err != nil || !r.Paused(one) {
				t.Errorf("%s is off on the disk and not in the program: %v", id, err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if offs == 0 {
		t.Error("nobody was ever taken off")
	}
}
