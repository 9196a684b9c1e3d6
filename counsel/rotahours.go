package counsel

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// mostThere is how long a check-in counts when nobody checked out of it.
const mostThere = 12 * time.Hour

// Worked is how long one person worked in a month, in minutes. Work is what the
// check-ins show within the shifts, or all of a shift that was confirmed, with
// its debriefing and without its rest.
type Worked struct {
	Person   helpline.ID
	Shifts   int // that were worked
	Planned  int // minutes of all their shifts so far
	Work     int // minutes
	WalkOn   int // of these, minutes in which no shift of their own ran
	Unsocial int // of these, minutes of shifts at hours few people like
	Unknown  int // shifts that are over, with neither a check-in nor a word that they came
	NoShows  int
}

// HoursWorked gives the hours of a month, by the day on which a shift begins, of
// everybody who had any: of all people to those who plan, of their own to others.
// Only what is over counts. first is any day of the month. Forbidden.
func (r *Rotas) HoursWorked(_ context.Context, who helpline.Actor, first rota.Date) ([]Worked, error) {
	if err := May(who, SeeShifts); err != nil {
		return nil, err
	}
	first, last := monthOf(first)
	s, now, by := r.now(), r.clock(), map[helpline.ID]*Worked{}
	of := func(person helpline.ID) *Worked {
		if by[person] == nil {
			by[person] = &Worked{Person: person}
		}
		return by[person]
	}
	been := r.past(s, first, last, now, func(a rota.Assignment, o rota.Shift, there int) {
		w := of(a.Person)
		w.Planned += o.Work()
		minutes := 0
		switch {
		case a.State == rota.NoShow && there == 0:
			w.NoShows++
			return
		case there > 0:
			minutes = there
		case a.State == rota.Worked:
			minutes = o.Work()
		default:
			w.Unknown++
			return
		}
		w.Shifts++
		w.Work += minutes
		if o.Unsocial != "" {
			w.Unsocial += minutes
		}
	})
	for _, c := range been.walked {
		if d := rota.DateOf(c.In.In(r.zone)); !d.Before(first) && !last.Before(d) {
			minutes, w := int(c.Out.Sub(c.In)/time.Minute), of(c.Person)
			w.Work, w.WalkOn = w.Work+minutes, w.WalkOn+minutes
		}
	}
	var out []Worked
	for _, w := range by {
		if May(who, PlanRota) == nil || w.Person == who.Person {
			out = append(out, *w)
		}
	}
	slices.SortFunc(out, func(a, b Worked) int { return bytes.Compare(a.Person[:], b.Person[:]) })
	return out, nil
}

// until is when a check-in ended, at the latest then.
func until(c CheckIn, now, latest time.Time) time.Time {
	end := c.Out
	if end.IsZero() {
		end = now
	}
	if end.After(latest) {
		end = latest
	}
	if end.Before(c.In) {
		return c.In
	}
	return end
}

// presence is how many minutes of a shift, which is over, its check-ins show.
// Rest is left off of a shift that was worked for more than half; whoever was
// there at its end, which stayed says, has debriefed.
func presence(ins []CheckIn, o rota.Shift) (minutes int, stayed bool) {
	slices.SortFunc(ins, func(a, b CheckIn) int { return a.In.Compare(b.In) })
	at := o.Start
	for _, c := range ins {
		from, to := c.In, until(c, o.End, o.End)
		if from.Before(at) {
			from = at
		}
		if !to.After(from) {
			continue
		}
		minutes += int(to.Sub(from) / time.Minute)
		at, stayed = to, to.Equal(o.End)
	}
	if minutes*2 > o.Minutes() {
		minutes = max(0, minutes-o.Break)
	}
	if stayed {
		minutes += o.Debrief
	}
	return minutes, stayed
}

// HoursSheet writes the hours of a month as a table with commas, with a first
// row of names of columns; hours have two decimals. It is UTF-8 and says so with
// a byte order mark. A name that a spreadsheet would take for a formula begins
// with an apostrophe. It stands in the audit log.
func (r *Rotas) HoursSheet(ctx context.Context, who helpline.Actor, month rota.Date) ([]byte, error) {
	if err := May(who, PlanRota); err != nil {
		return nil, err
	}
	all, err := r.HoursWorked(ctx, who, month)
	if err != nil {
		return nil, err
	}
	people, err := r.people.People(ctx)
	if err != nil {
		return nil, err
	}
	names := map[helpline.ID]string{}
	for _, p := range people {
		names[p.ID] = p.Name
	}
	slices.SortStableFunc(all, func(a, b Worked) int { return strings.Compare(names[a.Person], names[b.Person]) })
	hours := func(minutes int) string { return strconv.FormatFloat(float64(minutes)/60, 'f', 2, 64) }
	rows := [][]string{{"month", "name", "shifts", "planned_hours", "worked_hours", "of_these_walk_on", "of_these_unsocial", "shifts_not_confirmed", "no_shows"}}
	for _, w := range all {
		rows = append(rows, []string{
			month.String()[:7], harmlessCell(names[w.Person]), strconv.Itoa(w.Shifts), hours(w.Planned), hours(w.Work), hours(w.WalkOn), hours(w.Unsocial),
			strconv.Itoa(w.Unknown), strconv.Itoa(w.NoShows),
		})
	}
	out := bytes.NewBufferString("\ufeff") // spreadsheets take a table without it for one of another alphabet
	deed := audit.Deed{By: who.Person, Code: audit.Export, Details: []audit.Detail{audit.Word("what", "hours"), audit.Number("records", len(all))}}
	err = Traced(ctx, r.trail, deed, func() error { return csv.NewWriter(out).WriteAll(rows) })
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// harmlessCell keeps a name from being reckoned with by a spreadsheet.
func harmlessCell(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
