package staff

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
)

const (
	deskHost   = "desk.example.org"
	deskOrigin = "https://desk.example.org"
)

// device is a passkey in software: it signs whatever it is told to, right or not.
type device struct {
	host, origin string // those it says it was asked for
	id           []byte
	key          *ecdsa.PrivateKey
	counter      uint32
	flags        byte // present and verified
}

const (
	presented = 1 << iota
	_
	ownerVerified
	withKey = 1 << 6
)

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := helpline.NewID()
	return &device{host: deskHost, origin: deskOrigin, id: id[:], key: key, flags: presented | ownerVerified}
}

var b64 = base64.RawURLEncoding.EncodeToString

// client is what a browser signs along: what was asked of it, and by which page.
func (d *device) client(t *testing.T, what string, options []byte) []byte {
	t.Helper()
	var o struct{ Challenge string }
	if err := json.Unmarshal(options, &o); err != nil || o.Challenge == "" {
		t.Fatalf("the options are %s, %v", options, err)
	}
	return marshal(t, map[string]any{"type": "webauthn." + what, "challenge": o.Challenge, "origin": d.origin})
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (d *device) data(more byte) []byte {
	d.counter++
	host := sha256.Sum256([]byte(d.host))
	return binary.BigEndian.AppendUint32(append(host[:], d.flags|more), d.counter)
}

// makes answers Create. The CBOR is that of a P-256 key and of no attestation.
func (d *device) makes(t *testing.T, options []byte) []byte {
	t.Helper()
	point, err := d.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	data := append(d.data(withKey), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(d.id))), d.id...)
	data = append(data, 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32)
	data = append(append(data, point[1:33]...), 0x22, 0x58, 32)
	data = append(data, point[33:]...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return d.answer(t, map[string]any{
		"clientDataJSON": b64(d.client(t, "create", options)), "attestationObject": b64(append(object, data...)),
	})
}

// shows answers Ask for a person.
func (d *device) shows(t *testing.T, options []byte, person helpline.ID) []byte {
	t.Helper()
	client, data := d.client(t, "get", options), d.data(0)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(t, map[string]any{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(person[:]),
	})
}

func (d *device) answer(t *testing.T, response map[string]any) []byte {
	t.Helper()
	return marshal(t, map[string]any{
		"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response,
	})
}

// joins makes a passkey of a device a person's, through what is kept of it.
func (d *device) joins(t *testing.T, p *Passkeys, person helpline.ID) Passkey {
	t.Helper()
	options, c, err := p.Create(person, "Robin de Vries", nil)
	if err != nil {
		t.Fatal(err)
	}
	made, err := p.Created(person, c, d.makes(t, options))
	if err != nil {
		t.Fatal(err)
	}
	var kept Passkey
	if err := json.Unmarshal(marshal(t, made), &kept); err != nil {
		t.Fatal(err)
	}
	return kept
}

func passkeysOf(t *testing.T) *Passkeys {
	t.Helper()
	p, err := NewPasskeys(deskHost, deskOrigin, "A line")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPasskeyIsMadeAndShown(t *testing.T) {
	p, person, first, second := passkeysOf(t), helpline.NewID(), newDevice(t), newDevice(t)
	have := []Passkey{first.joins(t, p, person), second.joins(t, p, person)}
	for name, asked := range map[string][]Passkey{"by name": have, "whichever there is": nil} {
		options, c, err := p.Ask(person, asked, [32]byte{1})
		if err != nil {
			t.Fatal(err)
		}
		which, now, err := p.Answered(person, c, have, second.shows(t, options, person))
		if err != nil || which != 1 || now.Copied() {
			t.Errorf("%s: passkey %d, copied %t, %v", name, which, now.Copied(), err)
		}
		have[1] = now
	}
	// A second device with the same key counts from where it was copied.
	second.counter = 1
	options, c, err := p.Ask(person, have, [32]byte{})
	if err != nil {
		t.Fatal(err)
	}
	if _, now, err := p.Answered(person, c, have, second.shows(t, options, person)); err != nil || !now.Copied() {
		t.Errorf("a counter that went back: copied %t, %v", now.Copied(), err)
	}
}

func TestPromiseAPasskeyAnswersItsOwnChallengeOnly(t *testing.T) {
	p := passkeysOf(t)
	robin, sam := helpline.NewID(), helpline.NewID()
	// Each row spoils one thing of an answer that is right without it.
	for name, spoil := range map[string]func(t *testing.T, mine, theirs *device, have []Passkey, options []byte) ([]Passkey, []byte){
		"nothing": func(t *testing.T, mine, _ *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			return have, mine.shows(t, options, robin)
		},
		"an earlier challenge": func(t *testing.T, mine, _ *device, have []Passkey, _ []byte) ([]Passkey, []byte) {
			earlier, _, err := p.Ask(robin, have, [32]byte{})
			if err != nil {
				t.Fatal(err)
			}
			return have, mine.shows(t, earlier, robin)
		},
		"a page elsewhere": func(t *testing.T, mine, _ *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			mine.origin = "https://desk.example.net"
			return have, mine.shows(t, options, robin)
		},
		"a page of the visitors' host": func(t *testing.T, mine, _ *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			mine.origin = "https://talk.example.org"
			return have, mine.shows(t, options, robin)
		},
		"a page without encryption": func(t *testing.T, mine, _ *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			mine.origin = "http://" + deskHost
			return have, mine.shows(t, options, robin)
		},
		"a passkey for another host": func(t *testing.T, mine, _ *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			mine.host = "example.org"
			return have, mine.shows(t, options, robin)
		},
		"another person's passkey": func(t *testing.T, _, theirs *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			return have, theirs.shows(t, options, robin)
		},
		"another person's name": func(t *testing.T, mine, _ *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			return have, mine.shows(t, options, sam)
		},
		"another key under the same name": func(t *testing.T, mine, theirs *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			theirs.id = mine.id
			return have, theirs.shows(t, options, robin)
		},
		"a passkey removed meanwhile": func(t *testing.T, mine, _ *device, _ []Passkey, options []byte) ([]Passkey, []byte) {
			return nil, mine.shows(t, options, robin)
		},
		"an owner who was not asked": func(t *testing.T, mine, _ *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			mine.flags = presented
			return have, mine.shows(t, options, robin)
		},
		"an answer too late": func(t *testing.T, mine, _ *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			time.Sleep(PasskeyLasts + time.Second)
			return have, mine.shows(t, options, robin)
		},
		"the answer that made it": func(t *testing.T, mine, _ *device, have []Passkey, options []byte) ([]Passkey, []byte) {
			return have, mine.makes(t, options)
		},
		"something else": func(_ *testing.T, _, _ *device, have []Passkey, _ []byte) ([]Passkey, []byte) {
			return have, []byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{}}`)
		},
	} {
		for way, discover := range map[string]bool{"by name": false, "whichever there is": true} {
			t.Run(name+", "+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					mine, theirs := newDevice(t), newDevice(t)
					have := []Passkey{mine.joins(t, p, robin)}
					theirs.joins(t, p, sam)
					asked := have
					if discover {
						asked = nil
					}
					options, c, err := p.Ask(robin, asked, [32]byte{})
					if err != nil {
						t.Fatal(err)
					}
					left, answer := spoil(t, mine, theirs, have, options)
					_, _, err = p.Answered(robin, c, left, answer)
					if want := helpline.Forbidden; name != "nothing" && helpline.KindOf(err) != want || name == "nothing" && err != nil {
						t.Errorf("answered with %v", err)
					}
				})
			})
		}
	}
}

func TestPromiseANewPasskeyAnswersItsOwnChallengeOnly(t *testing.T) {
	p, robin := passkeysOf(t), helpline.NewID()
	for name, spoil := range map[string]func(d *device){
		"nothing":                    func(*device) {},
		"a page elsewhere":           func(d *device) { d.origin = "https://desk.example.net" },
		"another host":               func(d *device) { d.host = "example.org" },
		"an owner who was not asked": func(d *device) { d.flags = presented },
		"an answer too late":         func(*device) { time.Sleep(PasskeyLasts + time.Second) },
		"another challenge":          nil,
		"another person's challenge": nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				options, c, err := p.Create(robin, "Robin de Vries", nil)
				if err != nil {
					t.Fatal(err)
				}
				who, d := robin, newDevice(t)
				switch name {
				case "another challenge":
					if options, _, err = p.Create(robin, "Robin de Vries", nil); err != nil {
						t.Fatal(err)
					}
				case "another person's challenge":
					who = helpline.NewID()
				default:
					spoil(d)
				}
				_, err = p.Created(who, c, d.makes(t, options))
				if name != "nothing" && helpline.KindOf(err) != helpline.Forbidden || name == "nothing" && err != nil {
					t.Errorf("answered with %v", err)
				}
			})
		})
	}
}

func TestAHostThatCannotHavePasskeysIsRefused(t *testing.T) {
	for _, host := range []string{"", "127.0.0.1", "::1", "desk example"} {
		if _, err := NewPasskeys(host, "https://"+host, "A line"); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%q: %v", host, err)
		}
	}
}
