package rota

// Part is one thing that a filling is scored by. All of them are costs: fewer
// points are better, and no breach of a hard rule is among them, because no
// filling has one.
type Part string

// The parts, and what one of each is.
const (
	PartUncovered Part = "uncovered"   // a head below the least cover
	PartAlone     Part = "alone"       // a shift with one head
	PartLeadless  Part = "leaderless"  // a shift without a leader
	PartCrowd     Part = "crowd"       // a head above the most
	PartLanguages Part = "languages"   // a head below the target of a language
	PartTarget    Part = "target"      // a head below any other target
	PartSurplus   Part = "surplus"     // a head that no target asks for
	PartWishes    Part = "preferences" // two: a shift somebody prefers not to have; one: a stretch they asked for and got nothing in
	PartFairness  Part = "fairness"    // strain of unsocial hours away from one's share
	PartContract  Part = "contract"    // strain of hours away from what was agreed, or from an even share
	PartWeekends  Part = "weekends"    // a weekend of which one day is worked and one is not
	PartChanges   Part = "changes"     // a place that is not as it was published
	PartHandover  Part = "handover"    // a shift that ends as another begins, with no time together
	PartDebrief   Part = "debrief"     // a debrief in which another shift of the same person begins
)

// parts gives every part its place in a tally.
var parts = [...]Part{PartUncovered, PartAlone, PartLeadless, PartCrowd, PartLanguages, PartTarget, PartSurplus, PartWishes, PartFairness, PartContract, PartWeekends, PartChanges, PartHandover, PartDebrief}

const (
	atUncovered = iota
	atAlone
	atLeadless
	atCrowd
	atLanguages
	atTarget
	atSurplus
	atWishes
	atFairness
	atContract
	atWeekends
	atChanges
	atHandover
	atDebrief
)

// tally is how much there is of every part.
type tally [len(parts)]int64

// Weights says how many points one of each part costs. They are data: a line
// may set its own.
type Weights map[Part]int

// UsualWeights are those a line starts with: a missing head outweighs
// everything, a published promise outweighs comfort.
func UsualWeights() Weights {
	return Weights{
		PartUncovered: 1000, PartLeadless: 400, PartAlone: 200, PartCrowd: 300, PartLanguages: 80, PartTarget: 60, PartSurplus: 10,
		PartWishes: 8, PartFairness: 1, PartContract: 1, PartWeekends: 15, PartChanges: 50, PartHandover: 2, PartDebrief: 4,
	}
}

// points is what a tally costs.
func (t tally) points(w *tally) (sum int64) {
	for i, n := range t {
		sum += n * w[i]
	}
	return sum
}

// Score is what a filling costs, and for what.
type Score struct {
	Total int64
	Parts []PartScore // every part, in the same order
}

// PartScore is one line of a score.
type PartScore struct {
	Part   Part
	Amount int64
	Points int64
}

// Of gives the line of a part.
func (s Score) Of(p Part) PartScore {
	for _, line := range s.Parts {
		if line.Part == p {
			return line
		}
	}
	return PartScore{Part: p}
}

// ScoreOf scores a book as it stands. It adds everything up from nothing and
// shares no running sum with any search.
func ScoreOf(b *Book, w Weights) Score {
	s := newSheet(b, w, false)
	has := make([]set, len(s.people))
	for p := range has {
		has[p] = newSet(len(s.slots))
	}
	for _, st := range s.standing {
		has[st.person].add(st.slot)
	}
	return s.score(has)
}

// score adds up what people have.
func (s *sheet) score(has []set) Score {
	t := s.constant()
	for p := range has {
		t.add(s.row(p, has[p]))
	}
	for i := range s.needs {
		n := &s.needs[i]
		t.add(n.tally(n.heads(has)))
	}
	out := Score{Total: t.points(&s.weights)}
	for i, amount := range t {
		out.Parts = append(out.Parts, PartScore{parts[i], amount, amount * s.weights[i]})
	}
	return out
}

func (t *tally) add(u tally) {
	for i, n := range u {
		t[i] += n
	}
}

// strain is how much so many minutes away from what is right weigh: half as
// much again at eight hours as at one, for each of them, so that many small
// differences are better than one large.
func strain(minutes int) int64 {
	if minutes < 0 {
		minutes = -minutes
	}
	h := int64(minutes+30) / 60
	return h * (h + 8) / 8
}
