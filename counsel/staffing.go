package counsel

import (
	"context"
	"math"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

const (
	// FewestWeeks is how many closed weeks are added before anything is shown.
	FewestWeeks = 4
	// FewestShown is the smallest number that is shown; of less it is said that it is less.
	FewestShown = 5

	remembered = 60 // weeks that a forecast looks at; older ones weigh less than one in a hundred
	tried      = 26 // weeks that the backtest looks at
)

// Staffing is what the weeks so far let expect of the next one. It advises; it
// changes nothing. Safe for concurrent use.
type Staffing struct {
	rows  ArrivalRows
	plan  PlannedWeek
	zone  *time.Location
	queue int
	clock func() time.Time
	cover PlannedCover // nil: not shown

	mu    sync.Mutex
	made  *studied
	until time.Time
}

// studied is what is made of the weeks once in a while: pages are cheap then.
type studied struct {
	monday rota.Date
	weeks  []rota.SeenWeek
	next   *rota.Forecast
	trial  rota.Trial
}

// PlannedWeek is when the line means to be open in a usual week. Met by
// Attendance.
type PlannedWeek interface {
	Said() bool
	Cells() []rota.Cell
}

var _ PlannedWeek = (*Attendance)(nil)

// NewStaffing reads rows. plan is when the line means to be open; queue how
// many places it has to wait.
func NewStaffing(rows ArrivalRows, plan PlannedWeek, zone *time.Location, queue int, clock func() time.Time) *Staffing {
	if zone == nil {
		zone = time.UTC
	}
	return &Staffing{rows: rows, plan: plan, zone: zone, queue: queue, clock: clock}
}

// Number is a sum of four weeks: rounded, and with Few only said to be less
// than FewestShown.
type Number struct {
	N   int
	Few bool
}

// number rounds a sum and keeps small ones back.
func number(n float64) Number {
	r := int(math.Round(max(0, n)))
	return Number{N: r, Few: r < FewestShown}
}

// Heat is one half hour, over four weeks, as the lots over the numbers let see
// it: drawn towards what its weekday and its time of day saw.
type Heat struct {
	Open         int // minutes
	Came, Missed Number
	Shut         Number  // came while it was closed
	Share        float64 // missed of those who came; 0 while either is kept back
}

// Picture is what four closed weeks saw and what they let expect.
type Picture struct {
	Weeks       int // closed weeks there are, with an opening in them
	First, Last rota.Date
	Heat        [rota.Cells]Heat
	Hours       [rota.Cells / 2]Heat // the same, hour by hour
	Days        [7]Heat              // exact sums, small ones kept back
	Planned     bool                 // Cells are those of the line's hours; else those in which it was open of late
	Cells       []rota.Cell          // that the advice is for
	Advice      []rota.Advice
	Trial       rota.Trial
	Aim         rota.Aim

	Covered    bool                      // something is planned for the coming seven days
	From       rota.Date                 // their first: today
	Cover      [rota.Cells]Headcount     // half hour by half hour
	CoverHours [rota.Cells / 2]Headcount // hour by hour
}

// Enough says whether there are weeks enough to show anything.
func (p Picture) Enough() bool { return p.Weeks >= FewestWeeks }

// Aim is what the line begins with.
func (s *Staffing) Aim() rota.Aim {
	a := rota.Usual()
	a.Queue = s.queue
	return a
}

// Look gives the picture; Forbidden, Invalid for an aim that cannot be.
func (s *Staffing) Look(ctx context.Context, who helpline.Actor, aim rota.Aim) (Picture, error) {
	if err := May(who, SeeStaffing); err != nil {
		return Picture{}, err
	}
	aim.Queue = s.queue
	if err := aim.Check(); err != nil {
		return Picture{}, err
	}
	made, err := s.study(ctx)
	if err != nil {
		return Picture{}, err
	}
	p := Picture{Weeks: len(made.weeks), Planned: s.plan.Said(), Cells: s.plan.Cells(), Trial: made.trial, Aim: aim}
	s.covers(&p)
	if !p.Enough() {
		return p, nil
	}
	four := made.weeks[len(made.weeks)-FewestWeeks:]
	p.First, p.Last = four[0].Monday, four[FewestWeeks-1].Monday.Plus(6)
	p.heat(four, made.monday)
	if !p.Planned {
		p.Cells = usual(p.Heat)
	}
	if p.Advice, err = aim.Advise(made.next, p.Cells); err != nil {
		return Picture{}, err
	}
	return p, nil
}

// WhatIf says what to expect of an opening with so many people; errors like
// Look, and Unavailable while there are too few weeks.
func (s *Staffing) WhatIf(ctx context.Context, who helpline.Actor, aim rota.Aim, cells []rota.Cell, people int) (rota.Outlook, error) {
	if err := May(who, SeeStaffing); err != nil {
		return rota.Outlook{}, err
	}
	made, err := s.study(ctx)
	if err != nil {
		return rota.Outlook{}, err
	}
	if len(made.weeks) < FewestWeeks {
		return rota.Outlook{}, helpline.Errorf(helpline.Unavailable, "staffing: fewer than %d weeks", FewestWeeks)
	}
	aim.Queue = s.queue
	return aim.WhatIf(made.next, cells, people)
}

// study reads the closed weeks and works out what is the same on every page.
func (s *Staffing) study(ctx context.Context) (*studied, error) {
	now := s.clock()
	monday := rota.Monday(rota.DateOf(now.In(s.zone)))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made != nil && s.made.monday == monday && now.Before(s.until) {
		return s.made, nil
	}
	all, err := s.rows.Arrivals(ctx, monday.Plus(-7*remembered))
	if err != nil {
		return nil, err
	}
	made := &studied{monday: monday}
	for _, w := range all {
		if w.Monday.Before(monday) && opened(w) {
			made.weeks = append(made.weeks, w)
		}
	}
	made.next = rota.Fit(made.weeks, monday, rota.HalfLife, rota.Coming)
	made.trial = rota.Backtest(made.weeks[max(0, len(made.weeks)-tried):], rota.HalfLife)
	if len(made.weeks) >= FewestWeeks { // of fewer there is nothing to remember
		s.made, s.until = made, now.Add(time.Minute)
	}
	return made, nil
}

func opened(w rota.SeenWeek) bool {
	for _, d := range w.Days {
		if d.Open > 0 {
			return true
		}
	}
	return false
}

// usual gives the half hours in which the line was open for half of the time.
func usual(heat [rota.Cells]Heat) (out []rota.Cell) {
	for c, h := range heat {
		if h.Open >= FewestWeeks*30/2 {
			out = append(out, rota.Cell(c))
		}
	}
	return out
}

// heat fills the maps of the last four weeks.
func (p *Picture) heat(four []rota.SeenWeek, monday rota.Date) {
	forgetNothing := math.Inf(1)
	came := rota.Fit(four, monday, forgetNothing, rota.Coming)
	missed := rota.Fit(four, monday, forgetNothing, rota.Missing)
	shut := rota.Fit(four, monday, forgetNothing, rota.Knocking)
	var sum rota.SeenWeek
	for _, w := range four {
		sum.Add(w)
	}
	var hour [rota.Cells / 2][3]float64
	for c, s := range sum.Halves {
		cell := rota.Cell(c)
		open, closed := float64(s.Open)/30, float64(s.Up-s.Open)/30
		n := [3]float64{came.Mean(cell) * open, missed.Mean(cell) * open, shut.Mean(cell) * closed}
		p.Heat[c] = heatOf(s.Open, n)
		p.Hours[c/2].Open += s.Open
		for i := range n {
			hour[c/2][i] += n[i]
		}
	}
	for h := range p.Hours {
		p.Hours[h] = heatOf(p.Hours[h].Open, hour[h])
	}
	for d, s := range sum.Days {
		p.Days[d] = heatOf(s.Open, [3]float64{float64(s.Came), float64(s.Missed), float64(s.Shut)})
	}
}

// heatOf keeps small numbers back. Of whoever is missed no more are shown than came.
func heatOf(open int, n [3]float64) Heat {
	n[1] = min(n[1], n[0])
	h := Heat{Open: open, Came: number(n[0]), Missed: number(n[1]), Shut: number(n[2])}
	if !h.Came.Few && !h.Missed.Few {
		h.Share = n[1] / n[0]
	}
	return h
}
