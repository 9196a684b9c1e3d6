package counsel

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

// minuteOf reads a book and its check-ins for one minute and nothing else. It
// shares no code with the hours.
type minuteOf struct {
	book *rota.Book
	ins  []CheckIn
}

// running lists the shifts that take place at an instant.
func (m minuteOf) running(at time.Time) (out []rota.Shift) {
	for _, s := range m.book.Shifts {
		shut := false
		for _, c := range m.book.Closures {
			shut = shut || c.First.String() <= s.Date.String() && s.Date.String() <= c.Last.String()
		}
		if !s.Cancelled && !shut && !at.Before(s.Start) && at.Before(s.End) {
			out = append(out, s)
		}
	}
	return out
}

func (m minuteOf) person(id helpline.ID) (rota.Person, bool) {
	for _, p := range m.book.People {
		if p.ID == id {
			return p, p.Standing == rota.Active
		}
	}
	return rota.Person{}, false
}

// lead is the one who leads, and is on call.
func (m minuteOf) lead() rota.Person { return m.book.People[0] }

// takes says whether whoever came for a place takes contacts.
func (m minuteOf) takes(place helpline.ID) bool {
	for _, a := range m.book.Assignments {
		if a.ID == place {
			return a.Role != rota.Buddy && a.Role != rota.Trainee
		}
	}
	return true
}

// works says whether somebody has a place on what runs.
func (m minuteOf) works(person helpline.ID, at time.Time) bool {
	for _, s := range m.running(at) {
		for _, a := range m.book.Assignments {
			if a.Shift == s.ID && a.Person == person && !a.Minds && a.State != rota.NoShow && a.State != rota.Swapped && a.State != rota.Dropped {
				return true
			}
		}
	}
	return false
}

// enough says whether people are what the set-up asks. Without ins those who
// are planned are taken to be there.
func (m minuteOf) enough(at time.Time, really bool) bool {
	here := map[helpline.ID]bool{}
	for _, c := range m.ins {
		until := c.In.Add(12 * time.Hour)
		if !c.Out.IsZero() && c.Out.Before(until) {
			until = c.Out
		}
		if !at.Before(c.In) && at.Before(until) && (m.takes(c.Assignment) || m.works(c.Person, at)) {
			here[c.Person] = true
		}
	}
	shifts := m.running(at)
	setup := m.book.Rotas[0].Setup
	planned := map[helpline.ID]bool{}
	roles := map[helpline.ID]map[helpline.ID]rota.Role{} // by shift and person
	for _, s := range shifts {
		roles[s.ID] = map[helpline.ID]rota.Role{}
		for _, a := range m.book.Assignments {
			if _, works := m.person(a.Person); a.Shift != s.ID || !works || a.Minds || a.State == rota.NoShow || a.State == rota.Swapped || a.State == rota.Dropped {
				continue
			}
			planned[a.Person] = true
			called := false // a notice would call them, wherever they are
			if p, _ := m.person(a.Person); setup == rota.Small && a.Role == rota.Buddy {
				called = !p.Unreached
				if !called && !really {
					continue
				}
			}
			if !really || here[a.Person] || called {
				roles[s.ID][a.Person] = a.Role
			}
		}
	}
	if really {
		for id := range here {
			p, works := m.person(id)
			if planned[id] || !works {
				continue
			}
			for _, s := range shifts {
				led := false
				for _, r := range roles[s.ID] {
					led = led || r == rota.Leader
				}
				switch {
				case slices.Contains(p.Roles, rota.Leader) && !led && m.book.Requirements != nil:
					roles[s.ID][id] = rota.Leader
				case slices.Contains(p.Roles, rota.Leader), slices.Contains(p.Roles, rota.Counsellor):
					roles[s.ID][id] = rota.Counsellor
				}
			}
		}
	}
	heads, buddies := map[helpline.ID]bool{}, map[helpline.ID]bool{}
	covered := false
	for _, s := range shifts {
		n, leaders := 0, 0
		for id, r := range roles[s.ID] {
			switch r {
			case rota.Leader:
				leaders++
				n++
				heads[id] = true
			case rota.Counsellor:
				n++
				heads[id] = true
			case rota.Buddy:
				buddies[id] = true
			}
		}
		covered = covered || n >= 2 && leaders >= 1
	}
	stands := func(behind map[helpline.ID]bool) bool {
		for h := range heads {
			for b := range behind {
				if h != b {
					return true
				}
			}
		}
		return false
	}
	switch setup {
	case rota.Team:
		return covered
	case rota.Pair:
		return len(heads) >= 2 || stands(buddies)
	}
	for _, o := range m.book.OnCalls {
		if len(shifts) > 0 && !at.Before(o.Start) && at.Before(o.End) && !m.lead().Unreached {
			buddies[o.Leader] = true
		}
	}
	return len(heads) >= 2 || stands(buddies)
}

// TestPromiseTheLineIsOpenInExactlyTheMinutesInWhichEnoughAreThere: over a day
// and a half of random check-ins, on both nights on which clocks are set, what
// visitors read is what a reading of that minute and the ten before it says.
func TestPromiseTheLineIsOpenInExactlyTheMinutesInWhichEnoughAreThere(t *testing.T) {
	seen := map[helpline.Shut]int{}
	for i, night := range []struct {
		zone string
		day  rota.Date
	}{
		{"Europe/Amsterdam", rota.Date{Year: 2026, Month: 3, Day: 28}},
		{"Europe/Amsterdam", rota.Date{Year: 2026, Month: 10, Day: 24}},
		{"Europe/London", rota.Date{Year: 2026, Month: 3, Day: 28}},
		{"Europe/London", rota.Date{Year: 2026, Month: 10, Day: 24}},
		{"Australia/Lord_Howe", rota.Date{Year: 2026, Month: 4, Day: 4}},
		{"Australia/Lord_Howe", rota.Date{Year: 2026, Month: 10, Day: 3}},
	} {
		zone, err := rota.LoadZone(night.zone)
		if err != nil {
			t.Fatal(err)
		}
		for n, setup := range []rota.Setup{rota.Small, rota.Pair, rota.Team} {
			r := rand.New(rand.NewPCG(uint64(i), uint64(n)))
			m := randomEvening(r, night.zone, zone, night.day, setup)
			now := rota.FirstOf(night.day, 0, zone)
			end := now.Add(36 * time.Hour)
			shelf := &rotaShelf{book: m.book, versions: []rota.Version{{ID: helpline.NewID(), Rota: m.book.Rotas[0].ID, First: night.day.Plus(-1), Last: night.day.Plus(2), State: rota.Published}}, ins: m.ins, clock: func() time.Time { return now }}
			// Somebody of no rota is always at a desk: what is measured is the cover.
			stranger := taker
			stranger.Person = helpline.NewID()
			desk := func() []chat.Member { return []chat.Member{stranger} }
			a := attendance(t, shelf, desk)
			duty := NewDuty(desk).Plan(a, 0, nil).Clocked(func() time.Time { return now })
			met := map[time.Time]bool{} // by minute
			for ; now.Before(end); now = now.Add(time.Minute) {
				met[now] = m.enough(now, true)
				a.count(now)
				want := helpline.Shut("")
				recent, began, planned := false, now, m.enough(now, false)
				for back := 1; back <= 10; back++ {
					recent = recent || met[now.Add(-time.Duration(back)*time.Minute)]
				}
				for planned && m.enough(began.Add(-time.Minute), false) && now.Sub(began) < time.Hour {
					began = began.Add(-time.Minute)
				}
				runs := len(m.running(now)) > 0
				switch {
				case !runs, !planned && !met[now] && !recent:
					want = helpline.ShutHours
				case met[now]:
				case recent || planned && now.Sub(began) < 10*time.Minute:
					want = helpline.ShutShort
				default:
					want = helpline.ShutCover
				}
				seen[want]++
				if h := duty.Now(); h.Shut != want || h.Open != (want == "") {
					t.Fatalf("%s, %s, %s: open %v, shut %q; the minutes say %q", night.zone, setup, now.In(zone), h.Open, h.Shut, want)
				}
			}
		}
	}
	for _, s := range []helpline.Shut{"", helpline.ShutHours, helpline.ShutShort, helpline.ShutCover} {
		if seen[s] < 100 {
			t.Errorf("only %d minutes were %q: %v", seen[s], s, seen)
		}
	}
}

// randomEvening draws shifts, people and check-ins around the night after a day.
func randomEvening(r *rand.Rand, name string, zone *time.Location, day rota.Date, setup rota.Setup) minuteOf {
	b := &rota.Book{Site: rota.Site{ID: helpline.NewID(), Zone: name}, Rotas: []rota.Rota{{ID: helpline.NewID(), Way: rota.Managed, Setup: setup}}}
	for i := range 6 {
		p := rota.Person{ID: helpline.NewID(), Standing: rota.Active, Roles: []rota.Role{rota.Counsellor}, Unreached: r.IntN(3) == 0}
		switch i {
		case 0:
			p.Roles = []rota.Role{rota.Leader}
		case 5:
			p.Standing = rota.Suspended
		}
		b.People = append(b.People, p)
	}
	version := helpline.NewID()
	for range 5 {
		start := rota.FirstOf(day, 8*60+r.IntN(40)*30, zone)
		s := rota.Shift{ID: helpline.NewID(), Version: version, Rota: b.Rotas[0].ID, Date: rota.DateOf(start.In(zone)), Start: start, End: start.Add(time.Duration(2+r.IntN(6)) * time.Hour), Cancelled: r.IntN(6) == 0}
		b.Shifts = append(b.Shifts, s)
		if setup == rota.Team {
			b.Requirements = append(b.Requirements, rota.Requirement{ID: helpline.NewID(), Shift: s.ID, Min: 2}, rota.Requirement{ID: helpline.NewID(), Shift: s.ID, Role: rota.Leader, Min: 1})
		}
		for i, p := range b.People {
			if i > 0 && r.IntN(2) == 0 {
				continue
			}
			role := []rota.Role{rota.Counsellor, rota.Counsellor, rota.Buddy, rota.Trainee}[r.IntN(4)]
			if i == 0 {
				role = rota.Leader
			}
			state := []rota.State{rota.Held, rota.Held, rota.Offered, rota.NoShow, rota.Dropped}[r.IntN(5)]
			b.Assignments = append(b.Assignments, rota.Assignment{ID: helpline.NewID(), Shift: s.ID, Person: p.ID, Role: role, State: state, Minds: r.IntN(9) == 0})
		}
	}
	if r.IntN(3) == 0 {
		b.Closures = []rota.Closure{{ID: helpline.NewID(), First: day.Plus(1), Last: day.Plus(1)}}
	}
	at := rota.FirstOf(day, 0, zone)
	minute := func() time.Time { return at.Add(time.Duration(r.IntN(36*60)) * time.Minute) }
	call := minute()
	b.OnCalls = []rota.OnCall{{ID: helpline.NewID(), Leader: b.People[0].ID, Interval: rota.Interval{Start: call, End: call.Add(8 * time.Hour)}}}
	m := minuteOf{book: b}
	for range 40 {
		c := CheckIn{ID: helpline.NewID(), Person: b.People[r.IntN(len(b.People))].ID, In: minute()}
		if own := slices.DeleteFunc(slices.Clone(b.Assignments), func(a rota.Assignment) bool { return a.Person != c.Person }); len(own) > 0 && r.IntN(2) == 0 {
			c.Assignment = own[r.IntN(len(own))].ID
		}
		if r.IntN(10) > 0 {
			c.Out = c.In.Add(time.Duration(1+r.IntN(240)) * time.Minute)
		}
		m.ins = append(m.ins, c)
	}
	return m
}
