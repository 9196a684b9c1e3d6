package rota

import (
	"slices"

	"helpline"
)

// Need is one requirement of a shift beside how many people meet it.
type Need struct {
	Requirement Requirement
	Have        int
}

// Short says whether fewer are there than the least.
func (n Need) Short() bool { return n.Have < n.Requirement.Min }

// Want is how many are asked for: the target, or the least where it says no
// more.
func (n Need) Want() int { return max(n.Requirement.Min, n.Requirement.Target) }

// Needs lists what a shift asks, in the order of the book, each with how many
// of those who are there meet it. Nil for a shift the book does not have.
func (c *Checker) Needs(shift helpline.ID) []Need {
	s, known := c.shifts[shift]
	if !known {
		return nil
	}
	there := c.there(s)
	asked := c.required(s)
	out := make([]Need, 0, len(asked))
	for _, r := range asked {
		out = append(out, Need{r, c.meets(r, s, there)})
	}
	return out
}

// On lists the assignments that stand on a shift, those too of whom nobody
// works it yet.
func (c *Checker) On(shift helpline.ID) []Assignment { return slices.Clone(c.on[shift]) }

// Heads counts who is on a shift and takes contacts.
func (c *Checker) Heads(shift helpline.ID) int {
	s, known := c.shifts[shift]
	if !known {
		return 0
	}
	return c.meets(Requirement{}, s, c.there(s))
}

// Replaced says whether a shift is published on days that the draft of the book
// plans anew.
func (c *Checker) Replaced(shift helpline.ID) bool {
	s, known := c.shifts[shift]
	return known && c.replaced(s)
}
