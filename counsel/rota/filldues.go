package rota

import "helpline"

// setDues says how much everybody ought to work, and how much of it in hours
// few people like. Both come from what is asked of the whole period and not
// from what is filled, so that one person's hours never change what another's
// cost.
//
// Minutes: what was agreed; who agreed to no target has an even share of the
// rest, but no less than the least and no more than the most that were agreed.
// Unsocial minutes: everybody's share of all that is asked. Who is away
// for a part of the time has so much less of both.
func (s *sheet) setDues() {
	n := len(s.people)
	s.due, s.fair, s.already = make([]int, n), make([]int, n), make([]int, n)
	s.readElsewhere()
	asked, unsocial := 0, 0
	for i, m := range s.minutes {
		heads := s.heads(i)
		asked += heads * m
		if s.unsocial[i] {
			unsocial += heads * m
		}
	}
	agreed, share := make([]bool, n), make([]int, n)
	least, most := make([]int, n), make([]int, n)
	for p := range share {
		share[p] = 1
	}
	days := max(0, 1+s.book.Version.Last.number()-s.book.Version.First.number())
	for _, t := range s.book.Terms {
		p, known := s.personOf[t.Person]
		if !known {
			continue
		}
		share[p] = max(1, t.Share)
		least[p], most[p] = t.Min*days/7, t.Max*days/7
		if t.Target > 0 {
			agreed[p], s.due[p] = true, t.Target*days/7
			asked -= s.due[p]
		}
	}
	present := s.present()
	sumEven, sumFair := 0, 0
	for p, there := range present {
		sumFair += there * share[p]
		if !agreed[p] {
			sumEven += there
		}
	}
	for p, there := range present {
		if sumFair > 0 {
			s.fair[p] = unsocial * there * share[p] / sumFair
		}
		if !agreed[p] && sumEven > 0 {
			s.due[p] = max(max(0, asked)*there/sumEven, least[p])
			if most[p] > 0 {
				s.due[p] = min(s.due[p], most[p])
			}
		}
	}
}

// heads is how many a shift asks for altogether.
func (s *sheet) heads(shift int) int {
	all, byRole := 0, map[Role]int{}
	for _, r := range s.asked(s.shifts[shift]) {
		if heads := max(r.Min, r.Target); r.Role == "" {
			all = max(all, heads)
		} else if r.Role.Covers() {
			byRole[r.Role] = max(byRole[r.Role], heads)
		}
	}
	return max(all, byRole[Counsellor]+byRole[Leader])
}

// present counts the shifts that somebody is not away for.
func (s *sheet) present() []int {
	out := make([]int, len(s.people))
	away := make([][]Interval, len(s.people))
	for _, l := range s.book.Leaves {
		if p, known := s.personOf[l.Person]; known {
			away[p] = append(away[p], l.Interval)
		}
	}
	for _, a := range s.book.Availability {
		if p, known := s.personOf[a.Person]; known && a.Wish == Cannot {
			away[p] = append(away[p], a.Interval)
		}
	}
	for p, person := range s.people {
		if person.Standing != Active || !person.May(Counsellor) {
			continue
		}
		for _, sh := range s.shifts {
			free := true
			for _, a := range away[p] {
				free = free && !a.Meets(sh.Interval())
			}
			if free {
				out[p]++
			}
		}
	}
	return out
}

// readElsewhere counts the minutes that people work in other rotas on the days
// of the version.
func (s *sheet) readElsewhere() {
	minutes := map[helpline.ID]int{}
	v := s.book.Version
	for _, sh := range s.book.Shifts {
		if sh.Version != v.ID && !sh.Cancelled && !sh.Date.after(v.Last) && !v.First.after(sh.Date) {
			minutes[sh.ID] = sh.Work()
		}
	}
	for _, a := range s.book.Assignments {
		if p, known := s.personOf[a.Person]; known && a.State.Stands() && !a.Minds {
			s.already[p] += minutes[a.Shift]
		}
	}
}
