package chat

import (
	"slices"
	"time"
)

// Estimate is how long a wait is, as the front page says it. All of it changes
// seldom and together, so that nobody can watch a single visit in it.
type Estimate struct {
	Band int  // 0: we cannot tell, 1: under 5 minutes, 2: 5 to 15, 3: longer
	Late bool // who joins now would hardly be asked before the line closes
	Busy bool // so many wait that messages go first
}

// pace knows how long conversations lasted of late. It is kept in memory only.
type pace struct {
	lasted []time.Duration // the newest 20
}

func (p *pace) add(d time.Duration) {
	p.lasted = append(p.lasted, d)
	if len(p.lasted) > 20 {
		p.lasted = p.lasted[1:]
	}
}

// perPlace gives the seconds one place in the queue takes, as a range, with so
// many conversations carried at once. Zero and zero: it cannot be told.
func (p *pace) perPlace(chats int) (low, high int) {
	if len(p.lasted) < 3 || chats < 1 {
		return 0, 0
	}
	sorted := slices.Clone(p.lasted)
	slices.Sort(sorted)
	quarter := sorted[len(sorted)/4]
	threeQuarters := sorted[len(sorted)*3/4]
	low = max(1, int(quarter.Seconds())/chats)
	high = max(low, int(threeQuarters.Seconds())/chats)
	return low, high
}

// band turns the wait of somebody who would join now into one of three.
func band(low, high, ahead, free int) int {
	switch {
	case free > ahead:
		return 1
	case low == 0 && high == 0:
		return 0
	}
	switch wait := (low + high) / 2 * (ahead + 1 - free); {
	case wait < 5*60:
		return 1
	case wait <= 15*60:
		return 2
	}
	return 3
}
