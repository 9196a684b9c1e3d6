package vault

import (
	"crypto/ed25519"
	"crypto/rand"

	"helpline"
)

// Founding is what Found made, to be kept in one transaction.
type Founding struct {
	Entries [][]byte // the first entries of the key log, in order
	Seats   []Seat   // the first supervisor's, among the supervisors and the counsellors
}

// Found makes the line's root, has it sign this keyring's owner as the first
// supervisor, with the other roles the person has, and destroys it: nothing ever needs it again. The owner then
// signs the supervisors' and the counsellors' group. Conflict when the keyring trusts a root
// already.
func (k *Keyring) Found(also ...helpline.Role) (Founding, error) {
	if k.trust != (Trust{}) {
		return Founding{}, helpline.Errorf(helpline.Conflict, "found the line's keys: they exist")
	}
	_, root, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Founding{}, helpline.Errorf(helpline.Internal, "make the line's root: %w", err)
	}
	defer clear(root)
	roles := append([]helpline.Role{helpline.Supervisor}, also...)
	first := entry(k.install, Trust{}, saysPerson, personBody(k.public, roles, k.introduced()), root)
	l, err := ReadLog(k.install, [][]byte{first})
	if err != nil {
		return Founding{}, err
	}
	w := &Writing{Entries: [][]byte{first}, ring: k, then: &Vouched{l}}
	for _, g := range []Group{Supervisors, Counsellors} {
		if err := w.Turn(g); err != nil {
			return Founding{}, err
		}
	}
	k.trust = w.then.log.trust()
	return Founding{Entries: w.Entries, Seats: w.Seats}, nil
}

// entry writes and signs the entry that follows a head.
func entry(install helpline.ID, after Trust, says kind, body []byte, by ed25519.PrivateKey) []byte {
	s := statement{
		install: install, number: after.Seen, previous: after.Head, kind: says, body: body,
		signers: []SignKey{SignKey(by[32:])},
	}
	s.signatures = ed25519.Sign(by, s.signed())
	return s.bytes()
}

// Vouch writes the next entry of the log: these keys are this person's. said
// are the six words as the supervisor saw and confirmed them; they must be
// those of the introduction, so that it cannot be exchanged between looking
// and confirming (Conflict). The keyring must be a supervisor's (Forbidden).
func (k *Keyring) Vouch(v *Vouched, intro []byte, said string, roles ...helpline.Role) ([]byte, error) {
	p, introduced, err := readIntroduction(k.install, intro)
	if err != nil {
		return nil, err
	}
	if said != Fingerprint(k.install, k.trust.Root, p) {
		return nil, refuse("vouch for a person", IntroWords)
	}
	return k.next(v, saysPerson, personBody(p, roles, introduced))
}

// Assign writes the next entry of the log: these are a person's roles from now
// on. None says that the person has left.
func (k *Keyring) Assign(v *Vouched, person helpline.ID, roles ...helpline.Role) ([]byte, error) {
	return k.next(v, saysRoles, rolesBody(person, roles))
}

// next writes an entry and tries it on the log, so that nothing is kept which
// a reader would refuse: Conflict where the rules of the log say no.
func (k *Keyring) next(v *Vouched, says kind, body []byte) ([]byte, error) {
	if !v.log.supervises(k.public.Sign) {
		return nil, notSupervisor()
	}
	e := entry(k.install, v.log.trust(), says, body, k.signer)
	trial := v.log.copied()
	if c := trial.add(e); c != "" {
		return nil, helpline.Errorf(helpline.Conflict, "write the key log: %s", string(c))
	}
	return e, nil
}
