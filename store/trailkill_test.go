package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"helpline/counsel/audit"
)

// trailFolder names the data folder for a copy of this test program that only
// records deeds and changes the key of the log until it is killed.
const trailFolder = "HELPLINE_STORE_TEST_TRAIL"

// recordUntilKilled prints one line for every entry that was answered.
func recordUntilKilled(dir string) {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			fmt.Println("fault", err)
			os.Exit(1)
		}
	}
	db, err := Open(ctx, dir, Options{})
	check(err)
	trail := db.Trail(lineID)
	_, err = trail.Begin(ctx)
	check(err)
	for i := 0; ; i++ {
		check(trail.Turn(ctx, "hour"))
		fmt.Println("turned", i)
		check(trail.Record(ctx, audit.Deed{Code: audit.LogExport, Details: []audit.Detail{audit.Word("form", "csv"), audit.Number("entries", i)}}))
		fmt.Println("recorded", i)
	}
}

func TestTheLogSurvivesKill9AtAnyPoint(t *testing.T) {
	dir := t.TempDir()
	const rounds = 6
	before := 0
	for round := range rounds {
		after := 1 + rand.IntN(30)
		moment := rand.N(4 * time.Millisecond)
		t.Logf("round %d: killed %v after line %d", round, moment, after)
		lines := killed(t, trailFolder+"="+dir, after, moment)
		answered := 0
		for _, line := range lines {
			if strings.HasPrefix(line, "fault") {
				t.Fatal(line)
			}
			if strings.HasPrefix(line, "recorded") {
				answered++
			}
		}
		db, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		trail := db.Trail(lineID)
		rows, err := trail.Find(t.Context(), audit.Query{Codes: []audit.Code{audit.LogExport}})
		if err != nil {
			t.Fatal(err)
		}
		there := len(rows) - before
		before = len(rows)
		if there < answered || there > answered+1 {
			t.Errorf("%d entries were answered and %d are there", answered, there)
		}
		recordSome(t, trail, 1) // puts right what the crash has left
		if rep := verified(t, trail, audit.Wanted{}); rep.Fault != nil {
			t.Fatal(rep.Fault)
		}
		if n := len(seeds(t, trail)); n != 1 {
			t.Errorf("%d seeds are left", n)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
