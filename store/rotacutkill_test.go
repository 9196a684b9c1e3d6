package store

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// cutFolder names the data folder for a copy of this test program that closes a
// day on which the line is open, and opens it again, until it is killed.
const cutFolder = "HELPLINE_STORE_TEST_CUT"

// cutNoon is when it begins.
var cutNoon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// closeUntilKilled prints a line with the second of everything that was answered.
// Every closing and every opening has a second of its own.
func closeUntilKilled(dir string) {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			fmt.Println("fault", err)
			os.Exit(1)
		}
	}
	db, err := Open(ctx, dir, Options{})
	check(err)
	now := cutNoon
	r, err := counsel.NewRotas(ctx, db, unrecorded{}, db, time.UTC, "", func() time.Time { return now })
	check(err)
	events, err := db.RotaEvents(ctx, time.Unix(1, 0), cutNoon.Add(24*time.Hour))
	check(err)
	if len(events) > 0 {
		now = events[0].At.Add(time.Minute)
	}
	who := helpline.Actor{Person: helpline.ID{1}, Roles: []helpline.Role{helpline.Supervisor}}
	if len(r.List()) == 0 {
		of := rota.Rota{ID: helpline.NewID(), Name: "Hours", Way: rota.Elsewhere, Setup: rota.Small}
		always := rota.Template{ID: helpline.NewID(), Rota: of.ID, Name: "Open", Days: 127, To: 1440}
		_, err := r.Edit(ctx, who, counsel.RotaEdit{Several: []counsel.RotaEdit{{Rota: &of}, {Template: &always}, {Requirement: &rota.Requirement{Template: always.ID, Min: 1}}}})
		check(err)
	}
	s, err := db.LoadRotas(ctx)
	check(err)
	for _, c := range s.Closures {
		_, err := r.Edit(ctx, who, counsel.RotaEdit{DropClosure: c.ID})
		check(err)
	}
	for {
		now = now.Add(time.Second)
		shut := rota.Closure{ID: helpline.NewID(), First: rota.DateOf(now), Last: rota.DateOf(now)}
		_, err := r.Edit(ctx, who, counsel.RotaEdit{Closure: &shut})
		check(err)
		fmt.Println("closed", now.Unix())
		if _, err := os.Stat(dir + holdName); err == nil {
			select {} // the day stays closed
		}
		now = now.Add(time.Second)
		_, err = r.Edit(ctx, who, counsel.RotaEdit{DropClosure: shut.ID})
		check(err)
		fmt.Println("opened", now.Unix())
	}
}

// TestPromiseKill9WhileDaysCloseLeavesNoWaitWithoutItsGrace: a day is closed with
// the moment from which whoever waits keeps the place, or it is open.
func TestPromiseKill9WhileDaysCloseLeavesNoWaitWithoutItsGrace(t *testing.T) {
	dir := t.TempDir()
	hold := dir + holdName
	for round := range 5 {
		after, moment := 1, time.Duration(0) // the first time: while the day is closed
		if round == 0 {
			if err := os.WriteFile(hold, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		} else {
			if err := os.RemoveAll(hold); err != nil {
				t.Fatal(err)
			}
			after, moment = 1+rand.IntN(12), rand.N(4*time.Millisecond)
		}
		t.Logf("round %d: killed %v after line %d", round, moment, after)
		lines := killed(t, cutFolder+"="+dir, after, moment)
		db, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := db.LoadRotas(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		events, err := db.RotaEvents(t.Context(), time.Unix(1, 0), cutNoon.Add(24*time.Hour))
		if err != nil || len(events) == 0 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		cuts := map[string]bool{}
		for _, e := range events {
			cuts[fmt.Sprint("closed ", e.At.Unix())] = e.Kind == rota.EventShut
		}
		for _, line := range lines {
			if strings.HasPrefix(line, "fault") {
				t.Fatal(line)
			}
			if strings.HasPrefix(line, "closed") && !cuts[line] {
				t.Errorf("%q was answered, and nobody knows any more that it was cut short", line)
			}
		}
		at := events[0].At
		h := saidAfter(t, db, at.Add(time.Minute))
		switch {
		case round == 0 && len(s.Closures) == 0:
			t.Error("the day is not closed: the test kills too early")
		case len(s.Closures) == 0 && h.Shut != "":
			t.Errorf("the day is open, and the line says %+v", h)
		case len(s.Closures) > 0 && (h.Shut != helpline.ShutShort || !h.Until.Equal(at.Add(10*time.Minute))):
			t.Errorf("the day is closed since a minute, and the line says %+v", h)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// saidAfter is what a program says that has just started.
func saidAfter(t *testing.T, db *DB, now time.Time) helpline.Hours {
	t.Helper()
	clock := func() time.Time { return now }
	r, err := counsel.NewRotas(t.Context(), db, unrecorded{}, db, time.UTC, "", clock)
	if err != nil {
		t.Fatal(err)
	}
	desk := func() []chat.Member {
		return []chat.Member{{Person: helpline.ID{1}, Locales: []helpline.Locale{"nl"}, Audiences: []helpline.Audience{helpline.Self}, Chats: 1}}
	}
	a, err := counsel.NewAttendance(t.Context(), r, desk, clock, slog.New(slog.DiscardHandler))
	if err == nil {
		err = a.Recall(t.Context(), db)
	}
	if err != nil {
		t.Fatal(err)
	}
	return counsel.NewDuty(desk).Plan(a, 0, nil).Clocked(clock).Now()
}
