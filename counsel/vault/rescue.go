package vault

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"log/slog"

	"helpline"
)

// Rescue is what somebody who has lost everything holds while the custodians
// enter their shares: a pair made from a token that only the browser has. The
// server keeps its public half alone. It cannot be printed.
type Rescue struct {
	install helpline.ID
	id      helpline.ID
	private hpke.PrivateKey
	public  SealKey
}

// NewRescue expands the token of a browser: at least 128 random bits.
func NewRescue(install helpline.ID, token string) (*Rescue, error) {
	seed, err := hkdf.Key(sha256.New, []byte(token), install[:], "rescue/seed/v1", 32)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "expand the token of a rescue: %w", err)
	}
	defer clear(seed)
	sum := sha256.Sum256(pack("rescue/id/v1", install[:], []byte(token)))
	r := &Rescue{install: install, id: helpline.ID(sum[:16])}
	r.private, r.public, err = pair(seed)
	return r, err
}

// ID is the name the rescue is filed under.
func (r *Rescue) ID() helpline.ID { return r.id }

// Public is the key the shares are sealed to.
func (r *Rescue) Public() SealKey { return r.public }

// Words are the six words the asker reads to a supervisor.
func (r *Rescue) Words() string { return RescueWords(r.install, r.id, r.public) }

// RescueWords are the six words as a supervisor sees them.
func RescueWords(install, id helpline.ID, key SealKey) string {
	sum := sha256.Sum256(pack("rescue/words/v1", install[:], id[:], key[:]))
	return sixWords(sum)
}

// Ask is a rescue as it is kept: for whom, with which key, until when.
type Ask struct {
	ID, Person helpline.ID
	Key        SealKey
	Expires    uint64 // seconds since 1970
	Generation uint64 // of the recovery key that is to help
}

func (a Ask) place(install helpline.ID) [][]byte {
	of := a.Key.hash()
	return [][]byte{install[:], a.ID[:], a.Person[:], of[:], number(a.Generation), number(a.Expires)}
}

// Approve signs that the asker is this person: the supervisor has heard the six
// words from them. said are the words as they were shown; Conflict when they
// are not those of this key. Nobody approves their own rescue.
func (k *Keyring) Approve(v *Vouched, a Ask, said string) ([]byte, error) {
	const doing = "approve a rescue"
	if !v.log.supervises(k.public.Sign) || a.Person == k.person {
		return nil, helpline.Errorf(helpline.Forbidden, "%s: only another supervisor in the log may", doing)
	}
	if said != RescueWords(k.install, a.ID, a.Key) {
		return nil, refuse(doing, IntroWords)
	}
	if _, ok := v.recovery(a.Generation); !ok {
		return nil, refuse(doing, RescuePlace)
	}
	signer := k.public.Sign
	message := pack("rescue/sign/v1", append(a.place(k.install), signer[:])...)
	return pack("rescue/v1", number(a.Generation), signer[:], k.sign(message)), nil
}

// Approved checks an approval against the log and gives the generation of the
// recovery key it is for. The signer must be a supervisor now.
func (v *Vouched) Approved(a Ask, approval []byte) (generation uint64, err error) {
	return v.log.Approved(a, approval)
}

// Approved is Vouched.Approved for somebody who has no keyring yet: it says
// that the log fits together, not whose log it is. Nothing is opened on the
// strength of it but by Rescued, which holds the log against the keyring.
func (l *Log) Approved(a Ask, approval []byte) (generation uint64, err error) {
	const doing = "look at the approval of a rescue"
	f := unpack("rescue/v1", approval)
	a.Generation = f.number()
	signer, signature := SignKey(f.exactly(32)), f.exactly(ed25519.SignatureSize)
	if !f.end() {
		return 0, refuse(doing, RescueForm)
	}
	if !l.supervises(signer) || l.signs[signer].person == a.Person {
		return 0, refuse(doing, RescueSigner)
	}
	if !signer.verify(pack("rescue/sign/v1", append(a.place(l.install), signer[:])...), signature) {
		return 0, refuse(doing, RescueSigned)
	}
	return a.Generation, nil
}

// Approver gives the person who signed an approval that Approved has checked.
func (v *Vouched) Approver(approval []byte) helpline.ID {
	f := unpack("rescue/v1", approval)
	_ = f.number()
	return v.log.signs[SignKey(f.exactly(32))].person
}

func piecePlace(install helpline.ID, a Ask, part byte) []byte {
	return pack("piece/hpke/v1", append(a.place(install), []byte{part})...)
}

// Give seals a share to the key of an approved rescue. The share must fit.
func (s Share) Give(v *Vouched, a Ask) ([]byte, error) {
	return sealTo(a.Key, piecePlace(v.log.install, a, s.part), s.value[:])
}

// Piece is a share that a custodian has entered, sealed to the rescue.
type Piece struct {
	Part   int
	Sealed []byte
}

// Rescued opens the person's keyring with the pieces: approved, enough of them,
// each what the log commits to. Nothing of the recovery key outlives the call.
// Unavailable while there are too few.
func (r *Rescue) Rescued(l *Log, a Ask, approval, sealed []byte, pieces []Piece) (*Keyring, error) {
	const doing = "put the recovery key together"
	if a.ID != r.id || a.Key != r.public {
		return nil, refuse(doing, RescuePlace)
	}
	generation, err := l.Approved(a, approval)
	if err != nil {
		return nil, err
	}
	a.Generation = generation
	of, ok := (&Vouched{l}).recovery(generation)
	if !ok {
		return nil, refuse(doing, RescuePlace)
	}
	var points []point
	defer func() {
		for _, p := range points {
			clear(p.value)
		}
	}()
	seen := map[int]bool{}
	for _, p := range pieces {
		if p.Part < 1 || p.Part > len(of.commitments) || seen[p.Part] {
			return nil, refuse(doing, PiecePlace)
		}
		seen[p.Part] = true
		value, err := openBy(r.private, piecePlace(l.install, a, byte(p.Part)), p.Sealed)
		if err != nil || len(value) != 32 {
			return nil, refuse(doing, PieceOpen)
		}
		points = append(points, point{byte(p.Part), value})
		if shareCommitment(l.install, generation, byte(p.Part), value) != of.commitments[p.Part-1] {
			return nil, refuse(doing, ShareKey)
		}
	}
	if len(points) < of.needed {
		return nil, helpline.Errorf(helpline.Unavailable, "%s: there are too few shares", doing)
	}
	seed := interpolate(points)
	defer clear(seed)
	return openEscrow(l, a.Person, generation, sealed, seed)
}

// String hides the rescue.
func (*Rescue) String() string { return hidden }

// GoString hides the rescue.
func (*Rescue) GoString() string { return hidden }

// LogValue hides the rescue.
func (*Rescue) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the rescue from encoders.
func (*Rescue) MarshalText() ([]byte, error) { return []byte(hidden), nil }
