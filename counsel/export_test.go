package counsel

import (
	"slices"

	"helpline"
)

// Safe is the store in memory of this package's tests, for the contract it has
// to keep like the real one.
type Safe = safe

// NewSafe makes an empty one.
func NewSafe() *Safe { return newSafe() }

// Hold makes a person hold a contact.
func (s *safe) Hold(contact, holder helpline.ID) { s.holders[contact] = holder }

// Join makes somebody work here.
func (s *safe) Join() helpline.ID {
	id := helpline.NewID()
	s.gone[id] = false
	return id
}

// Over ends all contacts that were accepted.
func (s *safe) Over() { clear(s.holders) }

// Counted lists the raises so far.
func (s *safe) Counted() []Coded { return slices.Clone(s.counted) }

// NewDrawer keeps second factors in memory.
func NewDrawer() FactorRows { return newDrawer() }
