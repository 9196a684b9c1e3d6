package vault

import (
	"maps"
	"slices"

	"helpline"
)

// Log is a key log whose chain, signatures and rules hold from its own first
// entry on. It says nothing yet about whose root that is: Under does. It is
// never changed; safe for concurrent use.
type Log struct {
	install helpline.ID
	root    SignKey
	hashes  [][32]byte
	persons map[helpline.ID]standing
	signs   map[SignKey]signing // every signing key that ever stood in the log
	seals   map[SealKey]bool    // every sealing key that ever stood in the log
	groups  map[Group][]SealKey // by generation, from 1
	named   map[Group][]helpline.ID
	asked   map[Group]naming // the newest naming that nobody has confirmed yet

	recoveries []recovery // by generation, from 1
}

// naming is what one supervisor has asked for and another can confirm.
type naming struct {
	number  uint64 // of the entry
	by      helpline.ID
	members []helpline.ID
}

type standing struct {
	public Public
	roles  []helpline.Role
}

type signing struct {
	person     helpline.ID
	supervised bool // its holder was a supervisor with this key at some time
}

// ReadLog verifies a whole log. It costs about 0.2 ms an entry; keep the Log
// and Extend it.
func ReadLog(install helpline.ID, entries [][]byte) (*Log, error) {
	l := &Log{
		install: install,
		persons: map[helpline.ID]standing{}, signs: map[SignKey]signing{},
		seals: map[SealKey]bool{}, groups: map[Group][]SealKey{},
		named: map[Group][]helpline.ID{}, asked: map[Group]naming{},
	}
	if len(entries) == 0 {
		return nil, refuse("read the key log", LogShort)
	}
	if err := l.take(entries); err != nil {
		return nil, err
	}
	return l, nil
}

// Extend takes the whole log as it is kept now, entries read before included:
// those must be the same, byte for byte, and only new ones are verified.
func (l *Log) Extend(entries [][]byte) (*Log, error) {
	if len(entries) < len(l.hashes) {
		return nil, refuse("extend the key log", LogShort)
	}
	for i, h := range l.hashes {
		if entryHash(entries[i]) != h {
			return nil, refuse("extend the key log", LogReplaced)
		}
	}
	next := l.copied()
	if err := next.take(entries[len(l.hashes):]); err != nil {
		return nil, err
	}
	return next, nil
}

func (l *Log) copied() *Log {
	next := &Log{
		install: l.install, root: l.root, hashes: slices.Clone(l.hashes),
		persons: maps.Clone(l.persons), signs: maps.Clone(l.signs), seals: maps.Clone(l.seals), groups: map[Group][]SealKey{},
		named: maps.Clone(l.named), asked: maps.Clone(l.asked),
	}
	for g, keys := range l.groups {
		next.groups[g] = slices.Clone(keys)
	}
	next.recoveries = slices.Clone(l.recoveries)
	return next
}

func (l *Log) take(entries [][]byte) error {
	for _, e := range entries {
		if c := l.add(e); c != "" {
			return refuse("read the key log", c)
		}
	}
	return nil
}

func (l *Log) add(entry []byte) Check {
	s, ok := readStatement(entry)
	if !ok {
		return LogForm
	}
	if s.install != l.install || s.number != uint64(len(l.hashes)) || s.previous != l.head() {
		return LogChain
	}
	// In this version every entry has one signer. Later kinds may ask for two.
	if len(s.signers) != 1 {
		return LogSigner
	}
	by := s.signers[0]
	if s.number == 0 {
		l.root = by
		l.signs[by] = signing{}
	} else if !l.supervises(by) {
		return LogSigner
	}
	if !s.genuine() {
		return LogSignature
	}
	if c := l.apply(s); c != "" {
		return c
	}
	l.hashes = append(l.hashes, entryHash(entry))
	return ""
}

// supervises says whether a key is the present key of a present supervisor.
func (l *Log) supervises(k SignKey) bool {
	st := l.persons[l.signs[k].person]
	return st.public.Sign == k && slices.Contains(st.roles, helpline.Supervisor)
}

func (l *Log) apply(s statement) Check {
	switch {
	case s.kind == saysPerson:
		return l.applyPerson(s)
	case s.number == 0:
		return LogRule // the root signs the first supervisor and nothing else
	case s.kind == saysRoles:
		person, roles, ok := readRolesBody(s.body)
		if !ok {
			return LogForm
		}
		st, known := l.persons[person]
		if !known {
			return LogRule
		}
		return l.stand(standing{st.public, roles})
	case s.kind == saysGroup:
		name, generation, key, ok := readGroupBody(s.body)
		if !ok {
			return LogForm
		}
		if name == Safeguarding && len(l.named[name]) == 0 {
			return LogRule // its members are named first
		}
		return l.turn(name, generation, key)
	case s.kind == saysNaming:
		return l.applyNaming(s)
	case s.kind == saysConfirm:
		return l.applyConfirm(s)
	case s.kind == saysRecovery:
		return l.applyRecovery(s.body)
	}
	return LogForm
}

// turn starts the next generation of a group.
func (l *Log) turn(name Group, generation uint64, key SealKey) Check {
	switch {
	case !key.readable():
		return LogForm
	case !name.known() || generation != uint64(len(l.groups[name]))+1 || l.seals[key]:
		return LogRule
	}
	l.seals[key] = true
	l.groups[name] = append(l.groups[name], key)
	return ""
}

// applyNaming takes what one supervisor asks for. It changes nothing yet.
func (l *Log) applyNaming(s statement) Check {
	name, members, ok := readNamingBody(s.body)
	if !ok {
		return LogForm
	}
	if name != Safeguarding || !l.allStand(members) {
		return LogRule
	}
	l.asked[name] = naming{s.number, l.signs[s.signers[0]].person, members}
	return ""
}

// applyConfirm takes the word of a second supervisor: the members are those of
// the naming, and the group has a new key.
func (l *Log) applyConfirm(s statement) Check {
	name, number, generation, key, ok := readConfirmBody(s.body)
	if !ok {
		return LogForm
	}
	n, asked := l.asked[name]
	if !asked || n.number != number || n.by == l.signs[s.signers[0]].person || !l.sits(Supervisors, n.by) || !l.allStand(n.members) {
		return LogRule
	}
	if c := l.turn(name, generation, key); c != "" {
		return c
	}
	l.named[name] = n.members
	delete(l.asked, name)
	return ""
}

func (l *Log) allStand(members []helpline.ID) bool {
	return len(members) > 0 && !slices.ContainsFunc(members, func(m helpline.ID) bool { return len(l.persons[m].roles) == 0 })
}

// applyPerson takes a new person, or a person's new keys: fresh ones, for what
// was sealed to or signed with another's key must never change hands.
func (l *Log) applyPerson(s statement) Check {
	p, roles, introduced, ok := readPersonBody(s.body)
	if !ok || !p.introducedBy(l.install, introduced) {
		return LogForm
	}
	if before, known := l.persons[p.Person]; !known || before.public != p {
		if _, used := l.signs[p.Sign]; used || l.seals[p.Seal] {
			return LogRule
		}
	}
	l.seals[p.Seal] = true
	l.signs[p.Sign] = signing{person: p.Person, supervised: l.signs[p.Sign].supervised}
	return l.stand(standing{p, roles})
}

// stand enters a person's standing, and refuses to leave nobody who could sign.
func (l *Log) stand(st standing) Check {
	l.persons[st.public.Person] = st
	if len(st.roles) == 0 { // who has left is in no group, and in none after coming back
		for g, members := range l.named {
			l.named[g] = slices.DeleteFunc(slices.Clone(members), func(m helpline.ID) bool { return m == st.public.Person })
		}
	}
	if slices.Contains(st.roles, helpline.Supervisor) {
		l.signs[st.public.Sign] = signing{person: st.public.Person, supervised: true}
		return ""
	}
	for _, other := range l.persons {
		if slices.Contains(other.roles, helpline.Supervisor) {
			return ""
		}
	}
	return LogRule
}

func (l *Log) head() [32]byte {
	if len(l.hashes) == 0 {
		return [32]byte{}
	}
	return l.hashes[len(l.hashes)-1]
}

// Trust is what a keyring would know of the log that had seen all of it. It
// vouches for nothing: people do, on the host, by the words they compare.
func (l *Log) Trust() Trust { return l.trust() }

func (l *Log) trust() Trust {
	return Trust{Root: l.root, Seen: uint64(len(l.hashes)), Head: l.head()}
}

// Under holds the log against what a keyring knows: the same root, and every
// entry it has seen still there.
func (l *Log) Under(t Trust) (*Vouched, error) {
	switch {
	case t.Root == (SignKey{}) || t.Root != l.root:
		return nil, refuse("trust the key log", LogRoot)
	case t.Seen == 0 || t.Seen > uint64(len(l.hashes)):
		return nil, refuse("trust the key log", LogShort)
	case l.hashes[t.Seen-1] != t.Head:
		return nil, refuse("trust the key log", LogReplaced)
	}
	return &Vouched{l}, nil
}

// Vouched are the keys of a log that one keyring's owner can trust. Safe for
// concurrent use.
type Vouched struct{ log *Log }

// Person gives somebody's present keys and roles; a person without roles has
// left. It refuses whoever does not stand in the log.
func (v *Vouched) Person(id helpline.ID) (Public, []helpline.Role, error) {
	st, ok := v.log.persons[id]
	if !ok {
		return Public{}, nil, refuse("look up a key", KeyUnknown)
	}
	return st.public, slices.Clone(st.roles), nil
}

// Generation is the present generation of a group, 0 where it has no key yet.
func (v *Vouched) Generation(g Group) uint64 { return uint64(len(v.log.groups[g])) }

// Head is the hash of the newest entry.
func (l *Log) Head() [32]byte { return l.head() }

// Generation is the present generation of a group, 0 where it has no key yet.
func (l *Log) Generation(g Group) uint64 { return uint64(len(l.groups[g])) }

// Members lists who belongs to a group.
func (l *Log) Members(g Group) []helpline.ID { return l.members(g) }

// Custodians says how many shares of the present recovery key are needed and who
// holds them; 0 when there is none.
func (l *Log) Custodians() (needed int, custodians []helpline.ID) {
	_, needed, custodians = (&Vouched{l}).Recovery()
	return needed, custodians
}

// Has says whether these are the keys that stand in the log for the person.
func (l *Log) Has(person helpline.ID, intro []byte) bool {
	p, err := ReadIntroduction(l.install, intro)
	return err == nil && p.Person == person && l.persons[person].public == p
}

// Stands says whether somebody has a role by the log.
func (l *Log) Stands(person helpline.ID) bool { return len(l.persons[person].roles) > 0 }

// Roles gives somebody's roles by the log; false for whoever never stood in it.
func (l *Log) Roles(person helpline.ID) ([]helpline.Role, bool) {
	st, ok := l.persons[person]
	return slices.Clone(st.roles), ok
}

// Members lists who belongs to a group.
func (v *Vouched) Members(g Group) []helpline.ID { return v.log.members(g) }

// Asked gives the naming of a group's members that waits for a second
// supervisor; false when there is none.
func (v *Vouched) Asked(g Group) (by helpline.ID, members []helpline.ID, ok bool) {
	n, ok := v.log.asked[g]
	return n.by, slices.Clone(n.members), ok
}

// groupKey gives the public key of a generation; false when there is none.
func (v *Vouched) groupKey(g Group, generation uint64) (SealKey, bool) {
	keys := v.log.groups[g]
	if generation == 0 || generation > uint64(len(keys)) {
		return SealKey{}, false
	}
	return keys[generation-1], true
}

// onceSupervisor says whether a key was at some time a supervisor's.
func (v *Vouched) onceSupervisor(k SignKey) bool { return v.log.signs[k].supervised }

// author gives the person a signing key belongs or belonged to.
func (v *Vouched) author(k SignKey) (helpline.ID, bool) {
	s, ok := v.log.signs[k]
	return s.person, ok && !s.person.IsZero()
}

// former says whether a key is no longer the person's present one, or the
// person has left.
func (v *Vouched) former(k SignKey) bool {
	st := v.log.persons[v.log.signs[k].person]
	return st.public.Sign != k || len(st.roles) == 0
}
