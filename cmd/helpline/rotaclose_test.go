package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// pigeon takes notices and hands them to the test.
type pigeon chan counsel.Outgoing

func (p pigeon) Send(_ context.Context, n counsel.Outgoing) error {
	p <- n
	return nil
}

// reachable gives people of a data folder an address whose code was typed.
func reachable(t *testing.T, n *counsel.Notices, took pigeon, who ...helpline.Actor) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = n.Run(ctx) }()
	for i, one := range who {
		if err := n.Choose(ctx, one, counsel.ByCommand, counsel.NewAddress(fmt.Sprint("pager-", i)), counsel.NoticeKinds()); err != nil {
			t.Fatal(err)
		}
		if err := n.Typed(ctx, one.Person, (<-took).Code); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	<-ended
}

// TestPromiseDaysThatACommandClosesAreToldToWhoeverIsPlannedThere: the notices
// stand in the outbox with the change, each once, and a calendar takes the news.
func TestPromiseDaysThatACommandClosesAreToldToWhoeverIsPlannedThere(t *testing.T) {
	t.Parallel()
	file, dir := manned(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append([]byte("notice_command = [\"/bin/true\"]\n"), text...), 0o600); err != nil {
		t.Fatal(err)
	}
	wantRun(t, exitDone, "Written", "rota", "import", list(t, fourWeeks(monday())), "--write", "--config", file)
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "helpline.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.ExecContext(t.Context(), `UPDATE person SET state = 'active'`); err != nil {
		t.Fatal(err)
	}
	db, rotas, state := rotasIn(t, dir)
	publish(t, dir, rotas, state.Versions[0].ID)
	people, err := db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]helpline.Actor{}
	for _, p := range people {
		who[p.Name] = helpline.Actor{Person: p.ID, Roles: p.Roles}
	}
	// From now on somebody else plans the names; what is published stands.
	elsewhere := state.Rotas[0]
	elsewhere.Way = rota.Elsewhere
	if _, err := rotas.Edit(t.Context(), who["Anna Vermeer"], counsel.RotaEdit{Rota: &elsewhere}); err != nil {
		t.Fatal(err)
	}
	conf, err := configure(nil, noEnv, file)
	if err != nil {
		t.Fatal(err)
	}
	set, err := noticesOf(conf, db)
	if err != nil {
		t.Fatal(err)
	}
	took := make(pigeon, 20)
	set.Senders = map[counsel.NoticeWay]counsel.Sender{counsel.ByCommand: took}
	notices, err := counsel.NewNotices(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	reachable(t, notices, took, who["Kim Visser"], who["Bas Mulder"])

	told := func() (out []string) {
		t.Helper()
		rows, err := db.NoticesMade(t.Context(), time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			for name, one := range who {
				if r.Kind == counsel.NoticeChanges && r.Person == one.Person {
					out = append(out, name)
				}
			}
		}
		slices.Sort(out)
		return out
	}
	revisions := func() int {
		t.Helper()
		s, err := db.LoadRotas(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, one := range s.Shifts {
			sum += one.Revision
		}
		return sum
	}
	// On the first day Kim and Robin are planned; of these Kim can be reached.
	first, week := monday(), "mon-sun 19:00-22:00"
	before := revisions()
	shut := func(says string, more ...string) {
		t.Helper()
		wantRun(t, exitDone, says, append([]string{"rota", "hours", week, "--rota", elsewhere.Name, "--config", file}, more...)...)
	}
	shut("Nothing was changed", "--closed", first.String(), "--dry-run")
	if got := told(); len(got) != 0 {
		t.Errorf("looking told %v", got)
	}
	shut("The shifts of 2 people changed; a notice goes to 1 of them.", "--closed", first.String())
	if got := told(); !slices.Equal(got, []string{"Kim Visser"}) {
		t.Errorf("told: %v", got)
	}
	if revisions() <= before {
		t.Error("no calendar would take the news")
	}
	out := wantRun(t, exitDone, "Written", "rota", "hours", week, "--rota", elsewhere.Name, "--closed", first.String(), "--config", file)
	if got := told(); strings.Contains(out, "changed;") || !slices.Equal(got, []string{"Kim Visser"}) {
		t.Errorf("the same once more told %v and said %s", got, out)
	}
	// The line sends what a command left in the outbox.
	again, err := counsel.NewNotices(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = again.Run(ctx) }()
	if n := <-took; n.To.Reveal() != "pager-0" || !strings.Contains(n.Text, "in je diensten") {
		t.Errorf("sent %q", n.Text)
	}
	stop()
	<-ended
}
