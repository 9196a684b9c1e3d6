package counsel

import (
	"encoding/binary"
	"time"

	"helpline"
)

// Stage is how far a login is.
type Stage int

// The stages.
const (
	// Full: passphrase and second factor were right.
	Full Stage = iota
	// Half: the passphrase was right; the second factor is still asked for.
	Half
	// Bare: the passphrase was right, and the person has no second factor yet
	// and must set one up before anything else.
	Bare

	stages // how many there are
)

// Login is what the sealed half of a login says.
type Login struct {
	Person  helpline.ID
	Stage   Stage
	Stepped time.Time // of the last second factor on this login; zero: none yet
	Locked  bool      // the screen was locked by hand or for being idle
}

// The values a login can have. Only the person must be there; the others are
// zero when they are not.
const (
	PersonKey  = "person"  // the person's identifier as text
	StageKey   = "stage"   // int, of a Stage
	SteppedKey = "stepped" // int64, Unix seconds
	LockedKey  = "locked"  // bool
)

const packed = 16 + 8 + 1 + 8 + 1

// LoginCodec writes a login as the person's 16 bytes, the deadline in Unix
// seconds, the stage, the second of the last second factor, and whether it is
// locked, and nothing else: no page, no address, no browser. It has the shape
// of an scs codec.
type LoginCodec struct{}

// Encode refuses any value but those of a Login.
func (LoginCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	in, err := LoginOf(values)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, packed)
	out = append(out, in.Person[:]...)
	out = binary.BigEndian.AppendUint64(out, uint64(deadline.Unix()))
	out = append(out, byte(in.Stage))
	stepped := int64(0)
	if !in.Stepped.IsZero() {
		stepped = in.Stepped.Unix()
	}
	out = binary.BigEndian.AppendUint64(out, uint64(stepped))
	if in.Locked {
		return append(out, 1), nil
	}
	return append(out, 0), nil
}

// Decode is the inverse of Encode.
func (LoginCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	in, deadline, err := unpack(b)
	if err != nil {
		return time.Time{}, nil, err
	}
	values := map[string]any{PersonKey: in.Person.String(), StageKey: int(in.Stage), LockedKey: in.Locked}
	if !in.Stepped.IsZero() {
		values[SteppedKey] = in.Stepped.Unix()
	}
	return deadline, values, nil
}

// LoginOf reads the values of a login; Internal when there is anything else.
func LoginOf(values map[string]any) (Login, error) {
	in := Login{}
	good := false
	for key, value := range values {
		ok := false
		switch key {
		case PersonKey:
			var text string
			if text, ok = value.(string); ok {
				person, err := helpline.ParseID(text)
				in.Person, ok, good = person, err == nil, true
			}
		case StageKey:
			var n int
			n, ok = value.(int)
			in.Stage, ok = Stage(n), ok && n >= 0 && n < int(stages)
		case SteppedKey:
			var at int64
			at, ok = value.(int64)
			in.Stepped, ok = time.Unix(at, 0).UTC(), ok && at > 0
		case LockedKey:
			in.Locked, ok = value.(bool)
		}
		if !ok {
			return Login{}, helpline.Errorf(helpline.Internal, "pack login: it holds a person, how far it is, and nothing else")
		}
	}
	if !good {
		return Login{}, helpline.Errorf(helpline.Internal, "pack login: it holds nobody")
	}
	return in, nil
}

func unpack(b []byte) (Login, time.Time, error) {
	if len(b) != packed || b[24] >= byte(stages) || b[33] > 1 {
		return Login{}, time.Time{}, helpline.Errorf(helpline.Internal, "unpack login: %d bytes that are not one", len(b))
	}
	in := Login{Person: helpline.ID(b[:16]), Stage: Stage(b[24]), Locked: b[33] == 1}
	if at := int64(binary.BigEndian.Uint64(b[25:33])); at > 0 {
		in.Stepped = time.Unix(at, 0).UTC()
	}
	return in, time.Unix(int64(binary.BigEndian.Uint64(b[16:24])), 0).UTC(), nil
}

// lockedNow is the same login, locked. What it was sealed as counts where it is
// none.
func lockedNow(data []byte) []byte {
	if len(data) != packed {
		return data
	}
	return append(data[:packed-1:packed-1], 1)
}
