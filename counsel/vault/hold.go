package vault

import (
	"crypto/ed25519"
	"crypto/sha256"

	"helpline"
)

// Hold is why and since when a note is kept beyond its time, and by whose word.
type Hold struct {
	Note      helpline.ID
	Day       int    // on which it was asked for, as package retention counts
	Reason    string // a code
	Asked     helpline.ID
	Confirmed helpline.ID // zero while nobody has
	Lift      helpline.ID // who asks to lift it; zero while nobody does
}

// HoldPapers are the signed papers of a hold: the first is needed, the others
// are empty until somebody has signed them.
type HoldPapers struct{ Ask, Confirm, Lift []byte }

// longestReason is how long a code can be.
const longestReason = 32

// asking is the first paper of a hold.
type asking struct {
	install, note helpline.ID
	day           uint64
	reason        string
	key           [32]byte // hash of the shred key that is held
	by            SignKey
	signature     []byte
}

func (a asking) place() [][]byte {
	return [][]byte{a.install[:], a.note[:], number(a.day), []byte(a.reason), a.key[:], a.by[:]}
}

func readAsking(b []byte) (asking, bool) {
	f := unpack("hold/v1", b)
	a := asking{
		install: f.id(), note: f.id(), day: f.number(), reason: string(f.next()), key: [32]byte(f.exactly(32)),
		by: SignKey(f.exactly(32)), signature: f.exactly(ed25519.SignatureSize),
	}
	return a, f.end() && a.reason != "" && len(a.reason) <= longestReason && a.day < 1<<31
}

func heldKeyHash(shred Key) [32]byte { return sha256.Sum256(pack("hold/key/v1", shred[:])) }

// secondSigned is what somebody signs who answers an asking: label is confirm
// or lift.
func secondSigned(label string, install helpline.ID, ask []byte) []byte {
	sum := sha256.Sum256(ask)
	return pack("hold/"+label+"/sign/v1", install[:], sum[:])
}

func (k *Keyring) second(label string, ask []byte) []byte {
	return pack("hold/"+label+"/v1", k.public.Sign[:], k.sign(secondSigned(label, k.install, ask)))
}

// signer gives the person behind a second paper; false when it does not hold.
func (l *Log) signer(label string, ask, paper []byte) (helpline.ID, bool) {
	f := unpack("hold/"+label+"/v1", paper)
	by, signature := SignKey(f.exactly(32)), f.exactly(ed25519.SignatureSize)
	if !f.end() || !l.signs[by].supervised || !by.verify(secondSigned(label, l.install, ask), signature) {
		return helpline.ID{}, false
	}
	return l.signs[by].person, true
}

// AskHold signs that a note is to be kept, with its shred key, until two
// supervisors lift that. Forbidden unless the owner is a supervisor in the log.
func (k *Keyring) AskHold(v *Vouched, note helpline.ID, day int, reason string, shred Key) ([]byte, error) {
	if !v.log.supervises(k.public.Sign) {
		return nil, notSupervisor()
	}
	if note.IsZero() || reason == "" || len(reason) > longestReason || day < 0 || shred == (Key{}) {
		return nil, helpline.Errorf(helpline.Internal, "hold a note: its place, its key or the reason is missing")
	}
	a := asking{install: k.install, note: note, day: uint64(day), reason: reason, key: heldKeyHash(shred), by: k.public.Sign}
	return pack("hold/v1", append(a.place(), k.sign(pack("hold/sign/v1", a.place()...)))...), nil
}

// ConfirmHold signs, as the second supervisor, what another has asked for.
// Conflict when it is the owner's own, or confirmed already.
func (k *Keyring) ConfirmHold(v *Vouched, note helpline.ID, p HoldPapers, shred Key) ([]byte, error) {
	h, err := k.mayAnswer(v, note, p, shred)
	if err != nil {
		return nil, err
	}
	if !h.Confirmed.IsZero() || h.Asked == k.person {
		return nil, helpline.Errorf(helpline.Conflict, "confirm a hold: another supervisor has to")
	}
	return k.second("confirm", p.Ask), nil
}

// AskLift signs that a hold is to end. Conflict unless the hold is in force and
// nobody has asked for that yet.
func (k *Keyring) AskLift(v *Vouched, note helpline.ID, p HoldPapers, shred Key) ([]byte, error) {
	h, err := k.mayAnswer(v, note, p, shred)
	if err != nil {
		return nil, err
	}
	if h.Confirmed.IsZero() || !h.Lift.IsZero() {
		return nil, helpline.Errorf(helpline.Conflict, "lift a hold: it is not in force, or somebody has asked already")
	}
	return k.second("lift", p.Ask), nil
}

func (k *Keyring) mayAnswer(v *Vouched, note helpline.ID, p HoldPapers, shred Key) (Hold, error) {
	if !v.log.supervises(k.public.Sign) {
		return Hold{}, notSupervisor()
	}
	return v.log.Hold(note, p, shred)
}

// Hold reads the papers of a hold and checks every signature in them. It keeps
// a note only when Confirmed is somebody. It can be asked without a keyring: a
// purge has none. Whoever could write a log of his own could as well delete the
// note.
func (l *Log) Hold(note helpline.ID, p HoldPapers, shred Key) (Hold, error) {
	const doing = "read a hold"
	a, ok := readAsking(p.Ask)
	switch {
	case !ok:
		return Hold{}, refuse(doing, HoldForm)
	case a.install != l.install || a.note != note || a.key != heldKeyHash(shred):
		return Hold{}, refuse(doing, HoldPlace)
	case !l.signs[a.by].supervised || !a.by.verify(pack("hold/sign/v1", a.place()...), a.signature):
		return Hold{}, refuse(doing, HoldSigned)
	}
	h := Hold{Note: note, Day: int(a.day), Reason: a.reason, Asked: l.signs[a.by].person}
	if len(p.Confirm) > 0 {
		if h.Confirmed, ok = l.signer("confirm", p.Ask, p.Confirm); !ok || h.Confirmed == h.Asked {
			return Hold{}, refuse(doing, HoldSigned)
		}
	}
	if len(p.Lift) > 0 {
		if h.Lift, ok = l.signer("lift", p.Ask, p.Lift); !ok {
			return Hold{}, refuse(doing, HoldSigned)
		}
	}
	return h, nil
}

// Hold is Log.Hold for a log that a keyring trusts.
func (v *Vouched) Hold(note helpline.ID, p HoldPapers, shred Key) (Hold, error) {
	return v.log.Hold(note, p, shred)
}
