package vault

import (
	"crypto/ed25519"
	"crypto/sha256"
	"slices"

	"helpline"
)

// kind is what an entry of the key log says.
type kind byte

const (
	saysPerson kind = 1 // these are a person's keys and roles
	saysRoles  kind = 2 // these are a person's roles from now on; none: the person has left
	saysGroup  kind = 3 // this is the key of a group's next generation

	saysRecovery kind = 4 // this is the line's next recovery key, and who holds its shares
	saysNaming   kind = 5 // one supervisor asks for these members of a group
	saysConfirm  kind = 6 // another agrees: this is the key of the generation that has them
)

// statement is one entry of the key log, read but not yet believed.
type statement struct {
	install  helpline.ID
	number   uint64
	previous [32]byte
	kind     kind
	body     []byte
	signers  []SignKey

	signatures []byte // 64 bytes for each signer
}

func (s statement) signed() []byte {
	return pack("keylog/sign/v1", s.install[:], number(s.number), s.previous[:], []byte{byte(s.kind)}, s.body, s.signerBytes())
}

func (s statement) signerBytes() []byte {
	var b []byte
	for _, k := range s.signers {
		b = append(b, k[:]...)
	}
	return b
}

func (s statement) bytes() []byte {
	return pack("keylog/v1", s.install[:], number(s.number), s.previous[:], []byte{byte(s.kind)}, s.body, s.signerBytes(), s.signatures)
}

func entryHash(entry []byte) [32]byte { return sha256.Sum256(pack("keylog/hash/v1", entry)) }

// longestEntry keeps a damaged row from costing more than it should.
const longestEntry = 8 << 10

func readStatement(entry []byte) (statement, bool) {
	if len(entry) > longestEntry {
		return statement{}, false
	}
	f := unpack("keylog/v1", entry)
	s := statement{install: f.id(), number: f.number(), previous: [32]byte(f.exactly(32)), kind: kind(f.exactly(1)[0]), body: f.next()}
	signers := f.next()
	s.signatures = f.next()
	n := len(signers) / 32
	if !f.end() || n == 0 || len(signers) != n*32 || len(s.signatures) != n*ed25519.SignatureSize {
		return statement{}, false
	}
	for b := range slices.Chunk(signers, 32) {
		s.signers = append(s.signers, SignKey(b))
	}
	return s, true
}

// genuine says whether each signer signed.
func (s statement) genuine() bool {
	message := s.signed()
	for i, k := range s.signers {
		if !k.verify(message, s.signatures[i*64:i*64+64]) {
			return false
		}
	}
	return true
}

// personBody carries the owner's own signature beside the keys, so that nobody
// can have somebody else's keys entered as his own.
func personBody(p Public, roles []helpline.Role, introduced []byte) []byte {
	return pack("keylog/person/v1", p.Person[:], p.Seal[:], p.Sign[:], rolesBytes(roles), introduced)
}

func readPersonBody(b []byte) (p Public, roles []helpline.Role, introduced []byte, ok bool) {
	f := unpack("keylog/person/v1", b)
	p = Public{Person: f.id(), Seal: SealKey(f.exactly(sealKeySize)), Sign: SignKey(f.exactly(32))}
	roles, ok = readRoles(f.next())
	introduced = f.exactly(ed25519.SignatureSize)
	return p, roles, introduced, ok && f.end()
}

func rolesBody(person helpline.ID, roles []helpline.Role) []byte {
	return pack("keylog/roles/v1", person[:], rolesBytes(roles))
}

func readRolesBody(b []byte) (person helpline.ID, roles []helpline.Role, ok bool) {
	f := unpack("keylog/roles/v1", b)
	person = f.id()
	roles, ok = readRoles(f.next())
	return person, roles, ok && f.end()
}

func groupBody(name Group, generation uint64, k SealKey) []byte {
	return pack("keylog/group/v1", []byte(name), number(generation), k[:])
}

func readGroupBody(b []byte) (name Group, generation uint64, k SealKey, ok bool) {
	f := unpack("keylog/group/v1", b)
	name = Group(f.next())
	generation = f.number()
	k = SealKey(f.exactly(sealKeySize))
	return name, generation, k, f.end()
}

// mostNamed is how many members can be named.
const mostNamed = 64

// namingBody has each member once, in the order of their bytes.
func namingBody(name Group, members []helpline.ID) []byte {
	sorted := slices.Clone(members)
	slices.SortFunc(sorted, byBytes)
	var parts [][]byte
	for _, m := range slices.Compact(sorted) {
		parts = append(parts, m[:])
	}
	return pack("keylog/members/v1", []byte(name), pack("persons/v1", parts...))
}

func readNamingBody(b []byte) (name Group, members []helpline.ID, ok bool) {
	f := unpack("keylog/members/v1", b)
	name = Group(f.next())
	list := unpack("persons/v1", f.next())
	for list.more() && len(members) <= mostNamed {
		m := list.id()
		if len(members) > 0 && byBytes(m, members[len(members)-1]) <= 0 {
			return "", nil, false
		}
		members = append(members, m)
	}
	return name, members, f.end() && list.end() && len(members) <= mostNamed
}

func confirmBody(name Group, asked, generation uint64, k SealKey) []byte {
	return pack("keylog/confirm/v1", []byte(name), number(asked), number(generation), k[:])
}

func readConfirmBody(b []byte) (name Group, asked, generation uint64, k SealKey, ok bool) {
	f := unpack("keylog/confirm/v1", b)
	name = Group(f.next())
	asked, generation = f.number(), f.number()
	k = SealKey(f.exactly(sealKeySize))
	return name, asked, generation, k, f.end()
}

// rolesBytes writes each role once, in the order of their bytes.
func rolesBytes(roles []helpline.Role) []byte {
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	parts := make([][]byte, len(roles))
	for i, r := range roles {
		parts[i] = []byte(r)
	}
	return pack("roles/v1", parts...)
}

func readRoles(b []byte) ([]helpline.Role, bool) {
	f := unpack("roles/v1", b)
	var roles []helpline.Role
	for f.more() {
		r := helpline.Role(f.next())
		if r == "" || len(r) > 32 || len(roles) > 0 && r <= roles[len(roles)-1] {
			return nil, false
		}
		roles = append(roles, r)
	}
	return roles, f.end()
}
