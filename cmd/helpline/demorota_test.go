package main

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// The demonstration has a rota that lives: published weeks with a gap and an
// offer its counsellor may take, and a draft after them. A second start of the
// same folder changes nothing.
func TestTheDemonstrationHasALivingRota(t *testing.T) {
	t.Parallel()
	dir, err := demoFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for start := range 2 {
		l, site, err := openDemo(t.Context(), dir, "127.0.0.1:8080", cheap, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		cast, err := ensureCast(t.Context(), l.db)
		if err == nil {
			err = l.ensureRota(t.Context(), site.people, cast)
		}
		if err != nil {
			t.Fatal(err)
		}
		lives(t, l, site.people, cast)
		if start == 1 {
			takes(t, l, site)
		}
		if err := l.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func lives(t *testing.T, l *line, people demoPeople, cast []staff.Person) {
	t.Helper()
	lines := l.rotas.List()
	i := slices.IndexFunc(lines, func(r rota.Rota) bool { return r.Name == demoChat })
	if len(lines) != 2 || i < 0 {
		t.Fatalf("%+v", lines)
	}
	versions := l.rotas.Versions(lines[i].ID)
	published := slices.IndexFunc(versions, func(v rota.Version) bool { return v.State == rota.Published })
	if len(versions) != 2 || published < 0 || !slices.ContainsFunc(versions, func(v rota.Version) bool { return v.State == rota.Draft }) {
		t.Fatalf("%+v", versions)
	}
	today := rota.DateOf(time.Now().In(l.conf.Zone)).String()
	if v := versions[published]; v.First.String() > today || v.Last.String() < today {
		t.Errorf("today is not in %+v", v)
	}
	b, err := l.rotas.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	offersAtAnyHour(t, l, versions[published].ID, people, cast)
	sam := helpline.Actor{Person: people.supervisor.ID, Roles: people.supervisor.Roles}
	worked, calls := 0, 0
	for _, month := range []rota.Date{versions[published].First, rota.DateOf(time.Now().In(l.conf.Zone))} {
		all, err := l.rotas.HoursWorked(t.Context(), sam, month)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range all {
			worked += w.Shifts
		}
	}
	for _, o := range b.OnCalls {
		if o.End.After(time.Now()) {
			calls++
		}
	}
	if worked == 0 || calls < 6 {
		t.Errorf("%d shifts were worked, %d stretches on call are to come", worked, calls)
	}
	offers, gaps, own := 0, 0, 0
	for _, s := range b.Swaps {
		if s.Kind == rota.Offer && s.State == rota.Open && slices.ContainsFunc(cast, func(p staff.Person) bool { return p.ID == s.By }) {
			offers++
		}
	}
	for _, a := range b.Assignments {
		if a.Minds {
			gaps++
		}
		if a.Person == people.counsellor.ID {
			own++
		}
	}
	if offers != 1 || gaps == 0 || own < 3 {
		t.Errorf("%d offers, %d gaps, %d shifts of the counsellor", offers, gaps, own)
	}
	for _, v := range versions {
		b, err := l.rotas.Book(t.Context(), v.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range rota.Check(b, l.rotas.Law()) {
			if one.Level == rota.Hard {
				t.Errorf("%s: %+v", v.State, one)
			}
		}
	}
}

// offersAtAnyHour says whether there would be an offer too if the demonstration
// had been begun at another hour of this week: its last one has the fewest
// shifts before it.
func offersAtAnyHour(t *testing.T, l *line, version helpline.ID, people demoPeople, cast []staff.Person) {
	t.Helper()
	b, err := l.rotas.Book(t.Context(), version)
	if err != nil {
		t.Fatal(err)
	}
	d := demoPlan{zone: l.conf.Zone, law: l.rotas.Law(), people: people, cast: cast}
	monday := rota.FirstOf(rota.Monday(rota.DateOf(time.Now().In(l.conf.Zone))), 0, l.conf.Zone)
	for hour := range 7 * 24 {
		now := monday.Add(time.Duration(hour) * time.Hour)
		if _, _, found := d.offered(b, now); !found {
			t.Errorf("begun at %v there is nothing to offer", now)
		}
	}
}

// takes has the counsellor take the offer, which is a task of the tour.
func takes(t *testing.T, l *line, site *demoSite) {
	t.Helper()
	l.rotas.Changed(func(c counsel.RotaChange) { site.progress.swapped(c, site.people) })
	b, err := l.rotas.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(b.Swaps, func(s rota.Swap) bool { return s.State == rota.Open })
	robin := site.people.counsellor
	who := helpline.Actor{Person: robin.ID, Alias: robin.Alias, Roles: robin.Roles}
	if _, err := l.rotas.Do(context.Background(), who, rota.Step{Do: rota.DoClaim, Swap: b.Swaps[i].ID}); err != nil {
		t.Fatal(err)
	}
	if got := site.progress.list(); !slices.Equal(got, []string{"shift"}) {
		t.Errorf("the tour has ticked %q", got)
	}
}
