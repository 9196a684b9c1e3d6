package rota

import (
	"context"
	"maps"
)

// changeInRepair is what a changed place costs while a rota is repaired: less
// than a shift without a leader or with one head, and more than any comfort.
const changeInRepair = 150

// Repair mends a version after something happened to it, such as somebody's
// leave: what the rules no longer allow is given up, and where that opens a
// gap it is filled, with as few changed places as it can. Whatever else stands
// is kept. Only where a gap stays does it look again with published places
// free to move; of the two it gives the one with fewer heads missing. Pinned
// places never move: one that its person cannot keep stays for Check to name.
func Repair(ctx context.Context, b *Book, law Profile, g Given, seed uint64) Filling {
	weights := UsualWeights()
	if g.Weights != nil {
		weights = maps.Clone(g.Weights)
	}
	weights[PartChanges] = max(weights[PartChanges], changeInRepair)
	g.Weights, g.HoldAll, g.MovePublished = weights, true, false
	kept := NewFiller(b, law, g).Draft(ctx, seed)
	if len(kept.Gaps) == 0 {
		return kept
	}
	g.MovePublished = true
	moved := NewFiller(b, law, g).Draft(ctx, seed)
	if moved.Score.Of(PartUncovered).Amount < kept.Score.Of(PartUncovered).Amount {
		return moved
	}
	return kept
}
