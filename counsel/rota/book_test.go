package rota

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"helpline"
)

// ids gives identifiers that are the same in every run.
func ids(seed uint64) func() helpline.ID {
	r := rand.New(rand.NewPCG(seed, 7))
	return func() helpline.ID {
		var id helpline.ID
		binary.LittleEndian.PutUint64(id[:8], r.Uint64())
		binary.LittleEndian.PutUint64(id[8:], r.Uint64())
		return id
	}
}

// makeEmptyBook is a line in Amsterdam with three shifts a day from Monday
// 2026-11-30 on: a draft with people, languages, leaders, skills, wishes and
// leave, and nobody on a shift yet.
func makeEmptyBook(seed uint64, weeks, people int) *Book {
	r := rand.New(rand.NewPCG(seed, 1))
	id := ids(seed)
	b := &Book{Site: Site{ID: id(), Name: "Site", Zone: "Europe/Amsterdam"}}
	line := Rota{ID: id(), Site: b.Site.ID, Name: "Chat", Way: Managed, Setup: Team, Needs: []string{"chat"}}
	b.Rotas = []Rota{line}
	first := Date{2026, time.November, 30}
	b.Version = Version{ID: id(), Rota: line.ID, First: first, Last: first.Plus(7*weeks - 1), State: Draft}
	all := On(0, 1, 2, 3, 4, 5, 6)
	for _, t := range []Template{
		{Name: "Morning", From: 9 * 60, To: 14 * 60},
		{Name: "Afternoon", From: 14 * 60, To: 19 * 60},
		{Name: "Evening", From: 19 * 60, To: 60, EndDay: 1, Break: 30, Unsocial: Evening},
	} {
		t.ID, t.Rota, t.Days = id(), line.ID, all
		b.Templates = append(b.Templates, t)
		b.Requirements = append(b.Requirements,
			Requirement{ID: id(), Template: t.ID, Min: 3, Target: 4, Max: 6},
			Requirement{ID: id(), Template: t.ID, Role: Leader, Min: 1},
			Requirement{ID: id(), Template: t.ID, Language: "nl", Min: 1},
			Requirement{ID: id(), Template: t.ID, Language: "fr", Min: 1})
	}
	zone, err := LoadZone(b.Site.Zone)
	if err != nil {
		panic(err)
	}
	if b.Shifts, _, err = Materialise(b.Version, b.Templates, nil, zone, id); err != nil {
		panic(err)
	}
	for i := range people {
		p := Person{ID: id(), Standing: Active, Roles: []Role{Counsellor}, Languages: []helpline.Locale{"nl"}}
		switch {
		case i%5 == 0:
			p.Roles = []Role{Leader}
		case i%13 == 6:
			p.Roles = []Role{Trainee}
		}
		if r.IntN(5) < 3 {
			p.Languages = append(p.Languages, "fr")
		}
		if r.IntN(2) == 0 {
			p.Languages = append(p.Languages, "en")
		}
		b.People = append(b.People, p)
		terms := Terms{Person: p.ID, Employment: Volunteer, Profile: "volunteer-default", Min: 60, Target: 480, Max: 960, Share: 1}
		if i%4 == 0 {
			terms = Terms{Person: p.ID, Employment: Employee, Profile: "nl-atw", Min: 600, Target: 1200, Max: 1920, Share: 2}
		}
		b.Terms = append(b.Terms, terms)
		b.Skills = append(b.Skills, Skill{Person: p.ID, Name: "chat"})
		if r.IntN(3) == 0 {
			b.Skills = append(b.Skills, Skill{Person: p.ID, Name: Mentor, Expires: first.Plus(r.IntN(7*weeks + 30))})
		}
		off := first.Plus(r.IntN(7 * weeks))
		b.Leaves = append(b.Leaves, Leave{ID: id(), Person: p.ID, Interval: Days(off, off.Plus(r.IntN(8)), zone)})
		for range weeks {
			d := first.Plus(r.IntN(7 * weeks))
			wish := []Wish{Cannot, PreferNot, Prefer}[r.IntN(3)]
			b.Availability = append(b.Availability, Availability{Person: p.ID, Interval: Days(d, d, zone), Wish: wish})
		}
	}
	return b
}

// makeBook is makeEmptyBook with people put on its shifts in turn: a leader
// and three counsellors each, of those who are free and rested. It is not
// legal in everything.
func makeBook(seed uint64, weeks, people int) *Book {
	b := makeEmptyBook(seed, weeks, people)
	r := rand.New(rand.NewPCG(seed, 2))
	id := ids(seed + 1)
	free := map[helpline.ID]time.Time{}
	for _, s := range b.Shifts {
		want := []Role{Leader, Counsellor, Counsellor, Counsellor}
		order := r.Perm(len(b.People))
		for _, role := range want {
			for _, i := range order {
				p := b.People[i]
				if !p.May(role) || role == Counsellor && p.May(Leader) || s.Start.Before(free[p.ID]) {
					continue
				}
				b.Assignments = append(b.Assignments, Assignment{ID: id(), Shift: s.ID, Person: p.ID, Role: role, State: Proposed, Source: BySolver})
				free[p.ID] = s.End.Add(11 * time.Hour)
				break
			}
		}
	}
	return b
}
