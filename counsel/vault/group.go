package vault

import (
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha512"
	"log/slog"
	"slices"

	"helpline"
)

// Group is a set of people who share an X-Wing pair, by its name in the log.
type Group string

// The groups.
const (
	Supervisors  Group = "supervisors"  // open notes
	Counsellors  Group = "counsellors"  // everybody who talks with visitors: inbox, shift log
	Safeguarding Group = "safeguarding" // concerns; its members are named by two supervisors
)

// Groups lists the groups in the order of the screens.
func Groups() []Group { return []Group{Supervisors, Counsellors, Safeguarding} }

func (g Group) known() bool { return slices.Contains(Groups(), g) }

// sits says whether a person belongs to a group. Supervisors belong to the
// counsellors too, because they are who hands its key on.
func (l *Log) sits(g Group, person helpline.ID) bool {
	roles := l.persons[person].roles
	switch g {
	case Supervisors:
		return slices.Contains(roles, helpline.Supervisor)
	case Counsellors:
		return slices.Contains(roles, helpline.Counsellor) || slices.Contains(roles, helpline.Supervisor)
	}
	return slices.Contains(l.named[g], person)
}

// members lists who belongs to a group, in the order of their identifiers.
func (l *Log) members(g Group) []helpline.ID {
	var out []helpline.ID
	for id := range l.persons {
		if l.sits(g, id) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, byBytes)
	return out
}

func byBytes(a, b helpline.ID) int { return slices.Compare(a[:], b[:]) }

// GroupKey is the secret of one generation of a group. It cannot be printed.
type GroupKey struct {
	group      Group
	generation uint64
	seed       [32]byte
	private    hpke.PrivateKey
	public     SealKey
}

func newGroupKey(g Group, generation uint64) (*GroupKey, error) {
	k := &GroupKey{group: g, generation: generation}
	_, _ = rand.Read(k.seed[:])
	var err error
	k.private, k.public, err = pair(k.seed[:])
	return k, err
}

// Zero overwrites the seed. The key is of no use afterwards.
func (k *GroupKey) Zero() {
	clear(k.seed[:])
	k.private = nil
}

// String hides the key.
func (*GroupKey) String() string { return hidden }

// GoString hides the key.
func (*GroupKey) GoString() string { return hidden }

// LogValue hides the key.
func (*GroupKey) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the key from encoders.
func (*GroupKey) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// seat is a group's seed sealed to one member, signed by whoever gave it.
type seat struct {
	install    helpline.ID
	group      Group
	generation uint64
	public     [32]byte // SHA-256 of the group's public key
	member     helpline.ID
	to         [32]byte // SHA-256 of the member's sealing key
	giver      SignKey
	sealed     []byte
	signature  []byte
}

func (s seat) place() [][]byte {
	return [][]byte{s.install[:], []byte(s.group), number(s.generation), s.public[:], s.member[:], s.to[:], s.giver[:]}
}

func (s seat) info() []byte { return pack("seat/hpke/v1", s.place()...) }

func (s seat) signed() []byte {
	sum := sha512.Sum512(s.sealed)
	return pack("seat/sign/v1", append(s.place(), sum[:])...)
}

func readSeat(b []byte) (seat, bool) {
	f := unpack("seat/v1", b)
	s := seat{
		install: f.id(), group: Group(f.next()), generation: f.number(), public: [32]byte(f.exactly(32)),
		member: f.id(), to: [32]byte(f.exactly(32)), giver: SignKey(f.exactly(32)),
		sealed: f.exactly(boxedKey), signature: f.exactly(ed25519.SignatureSize),
	}
	return s, f.end()
}

// GiveSeat seals a group's seed to a person, who must belong to the group by
// the log; Forbidden otherwise.
func (k *Keyring) GiveSeat(v *Vouched, g *GroupKey, to helpline.ID) ([]byte, error) {
	p, _, err := v.Person(to)
	if err != nil {
		return nil, err
	}
	if !v.log.sits(g.group, to) {
		return nil, helpline.Errorf(helpline.Forbidden, "give a seat: the person does not belong to this group")
	}
	if key, ok := v.groupKey(g.group, g.generation); !ok || key != g.public {
		return nil, refuse("give a seat", SeatKey)
	}
	return k.seal(g, p)
}

func (k *Keyring) seal(g *GroupKey, p Public) ([]byte, error) {
	s := seat{
		install: k.install, group: g.group, generation: g.generation, public: g.public.hash(),
		member: p.Person, to: p.Seal.hash(), giver: k.public.Sign,
	}
	var err error
	if s.sealed, err = sealTo(p.Seal, s.info(), g.seed[:]); err != nil {
		return nil, err
	}
	return pack("seat/v1", append(s.place(), s.sealed, k.sign(s.signed()))...), nil
}

// OpenSeat opens the owner's seat in a group. What it holds must be the key
// that the log names for that generation.
func (k *Keyring) OpenSeat(v *Vouched, group Group, seatBytes []byte) (*GroupKey, error) {
	const doing = "open a seat"
	s, ok := readSeat(seatBytes)
	if !ok {
		return nil, refuse(doing, SeatForm)
	}
	key, named := v.groupKey(s.group, s.generation)
	if s.install != k.install || s.group != group || s.member != k.person || s.to != k.public.Seal.hash() || !named || s.public != key.hash() {
		return nil, refuse(doing, SeatPlace)
	}
	if !v.onceSupervisor(s.giver) {
		return nil, refuse(doing, SeatGiver)
	}
	if !s.giver.verify(s.signed(), s.signature) {
		return nil, refuse(doing, SeatSigned)
	}
	seed, err := openBy(k.private, s.info(), s.sealed)
	if err != nil || len(seed) != 32 {
		return nil, refuse(doing, SeatOpen)
	}
	defer clear(seed)
	g := &GroupKey{group: s.group, generation: s.generation, seed: [32]byte(seed)}
	if g.private, g.public, err = pair(seed); err != nil {
		return nil, err
	}
	if g.public != key {
		g.Zero()
		return nil, refuse(doing, SeatKey)
	}
	return g, nil
}
