package vault

import (
	"helpline"
)

// Seat is one member's seat in one generation of a group.
type Seat struct {
	Group      Group
	Generation uint64
	Person     helpline.ID
	Sealed     []byte
}

// Writing is what a supervisor is about to add to the key log, with the seats
// that come with it, to be kept in one transaction. Each entry is tried on the
// log as it stands after the one before, so that nothing is kept which a reader
// would refuse. Not safe for concurrent use.
type Writing struct {
	Entries [][]byte
	Seats   []Seat

	ring *Keyring
	then *Vouched // the log with the entries so far
}

// Write begins a Writing; Forbidden unless the owner is a supervisor in the log.
func (k *Keyring) Write(v *Vouched) (*Writing, error) {
	if !v.log.supervises(k.public.Sign) {
		return nil, notSupervisor()
	}
	return &Writing{ring: k, then: v}, nil
}

func notSupervisor() error {
	return helpline.Errorf(helpline.Forbidden, "write the key log: only a supervisor in it may")
}

// Vouch writes that these keys are this person's; see Keyring.Vouch.
func (w *Writing) Vouch(intro []byte, said string, roles ...helpline.Role) error {
	return w.take(w.ring.Vouch(w.then, intro, said, roles...))
}

// Assign writes that these are a person's roles from now on; none says that the
// person has left. Conflict when that would leave no supervisor.
func (w *Writing) Assign(person helpline.ID, roles ...helpline.Role) error {
	return w.take(w.ring.Assign(w.then, person, roles...))
}

// Turn starts the next generation of a group and seals it to everybody who
// belongs to the group by then.
func (w *Writing) Turn(g Group) error {
	generation := w.then.Generation(g) + 1
	return w.turn(g, generation, func(key SealKey) (kind, []byte) { return saysGroup, groupBody(g, generation, key) })
}

// Name asks for a group's members; it changes nothing before a second
// supervisor confirms it.
func (w *Writing) Name(g Group, members []helpline.ID) error {
	return w.take(w.ring.next(w.then, saysNaming, namingBody(g, members)))
}

// Confirm agrees to the newest naming of a group, which another supervisor must
// have asked for, and starts the generation that has those members. Conflict
// when there is none, or when it is the owner's own.
func (w *Writing) Confirm(g Group) error {
	n := w.then.log.asked[g]
	generation := w.then.Generation(g) + 1
	return w.turn(g, generation, func(key SealKey) (kind, []byte) { return saysConfirm, confirmBody(g, n.number, generation, key) })
}

func (w *Writing) turn(g Group, generation uint64, body func(SealKey) (kind, []byte)) error {
	key, err := newGroupKey(g, generation)
	if err != nil {
		return err
	}
	defer key.Zero()
	says, b := body(key.public)
	if err := w.take(w.ring.next(w.then, says, b)); err != nil {
		return err
	}
	for _, m := range w.then.Members(g) {
		if err := w.Seat(key, m); err != nil {
			return err
		}
	}
	return nil
}

// Seat gives a person a seat in a generation the owner can open.
func (w *Writing) Seat(g *GroupKey, person helpline.ID) error {
	sealed, err := w.ring.GiveSeat(w.then, g, person)
	if err == nil {
		w.Seats = append(w.Seats, Seat{g.group, g.generation, person, sealed})
	}
	return err
}

// Members lists who belongs to a group once what was written stands.
func (w *Writing) Members(g Group) []helpline.ID { return w.then.Members(g) }

func (w *Writing) take(entry []byte, err error) error {
	if err != nil {
		return err
	}
	log := w.then.log.copied()
	if c := log.add(entry); c != "" {
		return helpline.Errorf(helpline.Conflict, "write the key log: %s", string(c))
	}
	w.Entries, w.then = append(w.Entries, entry), &Vouched{log}
	return nil
}
