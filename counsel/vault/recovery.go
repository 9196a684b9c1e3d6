package vault

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"slices"

	"helpline"
)

// How many custodians there can be, and how many of them are needed.
const (
	leastShares    = 2
	mostCustodians = 5
)

// recovery is one generation of the line's recovery key, as the log has it.
type recovery struct {
	key         SealKey
	needed      int
	custodians  []helpline.ID // by part, from 1
	commitments [][32]byte    // of the shares, in the same order
}

func recoveryBody(generation uint64, r recovery) []byte {
	var persons, commitments []byte
	for i := range r.custodians {
		persons = append(persons, r.custodians[i][:]...)
		commitments = append(commitments, r.commitments[i][:]...)
	}
	return pack("keylog/recovery/v1", number(generation), r.key[:], []byte{byte(r.needed)}, persons, commitments)
}

func readRecoveryBody(b []byte) (generation uint64, r recovery, ok bool) {
	f := unpack("keylog/recovery/v1", b)
	generation = f.number()
	r.key = SealKey(f.exactly(sealKeySize))
	r.needed = int(f.exactly(1)[0])
	persons := f.next()
	commitments := f.exactly(2 * len(persons))
	if !f.end() || len(persons) == 0 || len(persons)%16 != 0 {
		return 0, recovery{}, false
	}
	for i := range len(persons) / 16 {
		r.custodians = append(r.custodians, helpline.ID(persons[16*i:]))
		r.commitments = append(r.commitments, [32]byte(commitments[32*i:]))
	}
	return generation, r, true
}

// applyRecovery takes the line's next recovery key. Its custodians are people
// of the line, each with one share, and at most one of them is an operator: who
// runs the machine must not hold enough of the key.
func (l *Log) applyRecovery(body []byte) Check {
	generation, r, ok := readRecoveryBody(body)
	if !ok || !r.key.readable() {
		return LogForm
	}
	n := len(r.custodians)
	if generation != uint64(len(l.recoveries))+1 || l.seals[r.key] || r.needed < leastShares || r.needed > n || n > mostCustodians {
		return LogRule
	}
	operators := 0
	for i, c := range r.custodians {
		roles := l.persons[c].roles
		if len(roles) == 0 || slices.Contains(r.custodians[:i], c) {
			return LogRule
		}
		if slices.Contains(roles, helpline.Operator) {
			operators++
		}
	}
	if operators > 1 {
		return LogRule
	}
	l.seals[r.key] = true
	l.recoveries = append(l.recoveries, r)
	return ""
}

// Recovery is the present generation of the line's recovery key, 0 when there
// is none, with how many shares are needed and who holds which, by part.
func (v *Vouched) Recovery() (generation uint64, needed int, custodians []helpline.ID) {
	generation = uint64(len(v.log.recoveries))
	r, ok := v.recovery(generation)
	if !ok {
		return 0, 0, nil
	}
	return generation, r.needed, slices.Clone(r.custodians)
}

// Custodians gives who holds which share of a generation, by part, and how many
// are needed; none for a generation that is not in the log.
func (v *Vouched) Custodians(generation uint64) (needed int, custodians []helpline.ID) {
	r, _ := v.recovery(generation)
	return r.needed, slices.Clone(r.custodians)
}

// Needed is how many shares give a generation of the key, whoever looks; 0 for
// one that is not there.
func (l *Log) Needed(generation uint64) int {
	r, _ := (&Vouched{l}).recovery(generation)
	return r.needed
}

// Recoveries is how many recovery keys the line has had, whoever looks.
func (l *Log) Recoveries() int { return len(l.recoveries) }

func (v *Vouched) recovery(generation uint64) (recovery, bool) {
	if generation == 0 || generation > uint64(len(v.log.recoveries)) {
		return recovery{}, false
	}
	return v.log.recoveries[generation-1], true
}

func shareCommitment(install helpline.ID, generation uint64, part byte, value []byte) [32]byte {
	return sha256.Sum256(pack("share/commit/v1", install[:], number(generation), []byte{part}, value))
}

// Ceremony is what MakeRecovery made, to be kept in one transaction.
type Ceremony struct {
	Generation uint64
	Entry      []byte
	Shares     [][]byte // sealed to the custodians, in their order
}

// MakeRecovery makes the line's next recovery key, seals one share to each
// custodian and forgets the key: from then on it exists in the shares alone.
// The keyring must be a supervisor's (Forbidden); Conflict where the rules say
// no: 2 to 5 custodians, at least two needed, all in the log, one operator at
// most.
func (k *Keyring) MakeRecovery(v *Vouched, needed int, custodians []helpline.ID) (Ceremony, error) {
	if needed < leastShares || needed > len(custodians) || len(custodians) > mostCustodians {
		return Ceremony{}, helpline.Errorf(helpline.Conflict, "make the recovery key: 2 to 5 custodians, of whom at least two are needed")
	}
	var seed [32]byte
	defer clear(seed[:])
	_, _ = rand.Read(seed[:])
	_, public, err := pair(seed[:])
	if err != nil {
		return Ceremony{}, err
	}
	c := Ceremony{Generation: uint64(len(v.log.recoveries)) + 1}
	r := recovery{key: public, needed: needed, custodians: custodians}
	points := splitSecret(seed[:], needed, len(custodians))
	for i, p := range points {
		defer clear(p.value)
		to, _, err := v.Person(custodians[i])
		if err != nil {
			return Ceremony{}, helpline.Errorf(helpline.Conflict, "make the recovery key: a custodian's keys are not confirmed: %w", KeyUnknown)
		}
		r.commitments = append(r.commitments, shareCommitment(k.install, c.Generation, p.at, p.value))
		place := sharePlace(k.install, c.Generation, public, p.at, to)
		sealed, err := sealTo(to.Seal, pack("share/hpke/v1", place...), p.value)
		if err != nil {
			return Ceremony{}, err
		}
		c.Shares = append(c.Shares, pack("share/v1", append(place, sealed)...))
	}
	c.Entry, err = k.next(v, saysRecovery, recoveryBody(c.Generation, r))
	return c, err
}

func sharePlace(install helpline.ID, generation uint64, key SealKey, part byte, to Public) [][]byte {
	of, seal := key.hash(), to.Seal.hash()
	return [][]byte{install[:], number(generation), of[:], {part}, to.Person[:], seal[:]}
}

// OpenShare opens the share that a ceremony sealed to this custodian. What it
// holds must be what the log commits to.
func (k *Keyring) OpenShare(v *Vouched, generation uint64, part int, sealed []byte) (Share, error) {
	const doing = "open a recovery share"
	r, ok := v.recovery(generation)
	if !ok || part < 1 || part > len(r.custodians) || r.custodians[part-1] != k.person {
		return Share{}, refuse(doing, SharePlace)
	}
	place := sharePlace(k.install, generation, r.key, byte(part), k.public)
	f := unpack("share/v1", sealed)
	for _, want := range place {
		if string(f.next()) != string(want) {
			return Share{}, refuse(doing, SharePlace)
		}
	}
	box := f.exactly(boxedKey)
	if !f.end() {
		return Share{}, refuse(doing, ShareForm)
	}
	value, err := openBy(k.private, pack("share/hpke/v1", place...), box)
	if err != nil || len(value) != 32 {
		return Share{}, refuse(doing, ShareOpen)
	}
	defer clear(value)
	if shareCommitment(k.install, generation, byte(part), value) != r.commitments[part-1] {
		return Share{}, refuse(doing, ShareKey)
	}
	return Share{tag: tagged(k.install, generation, r.key), part: byte(part), k: byte(r.needed), value: [32]byte(value)}, nil
}

// Fits says whether a share that somebody typed is the one the log commits to
// for this generation and custodian. Invalid with a Slip that says whose it is
// instead: older, another's, another line's, or none of these.
func (s Share) Fits(v *Vouched, generation uint64, custodian helpline.ID) error {
	r, ok := v.recovery(generation)
	if !ok {
		return refuse("look at a share", SharePlace)
	}
	install := v.log.install
	if s.tag != tagged(install, generation, r.key) {
		for i, other := range v.log.recoveries {
			if s.tag == tagged(install, uint64(i+1), other.key) {
				return slip(Slip{What: "older"})
			}
		}
		return slip(Slip{What: "line"})
	}
	sum := shareCommitment(install, generation, s.part, s.value[:])
	at := int(s.part) - 1
	if at >= len(r.commitments) || subtle.ConstantTimeCompare(sum[:], r.commitments[at][:]) != 1 {
		return slip(Slip{What: "check"})
	}
	if r.custodians[at] != custodian {
		return slip(Slip{What: "other"})
	}
	return nil
}
