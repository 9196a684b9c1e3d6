package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"helpline"
)

const recoveryVectorsFile = "testdata/recovery.json"

// recoveryVectors are one small line with a recovery key: ann is its
// supervisor, ben and cas are with her its custodians, two of them needed. cas
// asks.
type recoveryVectors struct {
	Install hexBytes              `json:"install"`
	People  map[string]vectorRing `json:"people"`
	Keylog  []hexBytes            `json:"keylog"`
	Shares  []hexBytes            `json:"shares"` // as sent, by part: ann, ben, cas
	Papers  []string              `json:"papers"`
	Escrow  hexBytes              `json:"escrow"` // of cas
	Token   string                `json:"token"`
	Words   string                `json:"words"`
	Expires uint64                `json:"expires"`
	Approve hexBytes              `json:"approval"`
	Pieces  []hexBytes            `json:"pieces"` // of ann and ben
	Code    string                `json:"code"`
	Entropy hexBytes              `json:"code_bits"`
}

func writeRecoveryVectors(t *testing.T) {
	t.Helper()
	l := aLine(t)
	l.install = helpline.ID(bytes.Repeat([]byte{0x11}, 16))
	ring := func(b byte) *Keyring {
		k := &Keyring{install: l.install, person: helpline.ID(bytes.Repeat([]byte{b}, 16)), sealSeed: [32]byte{b, 1}, signSeed: [32]byte{b, 2}}
		if err := k.expand(); err != nil {
			t.Fatal(err)
		}
		return k
	}
	l.ann, l.ben, l.cas = ring(0x20), ring(0x30), ring(0x40)
	l.entries = must[Founding](t)(l.ann.Found()).Entries
	l.read(t)
	for _, k := range []*Keyring{l.ben, l.cas} {
		if err := k.Pin(l.log); err != nil {
			t.Fatal(err)
		}
		l.vouch(t, k, helpline.Counsellor)
	}
	v := recoveryVectors{Install: l.install[:], People: map[string]vectorRing{}, Token: "a token of a browser, 128 bits at least", Expires: 1_800_000_000}
	for name, k := range map[string]*Keyring{"ann": l.ann, "ben": l.ben, "cas": l.cas} {
		v.People[name] = vectorRing{Person: k.person[:], SealSeed: k.sealSeed[:], SignSeed: k.signSeed[:], SealKey: k.public.Seal[:], SignKey: k.public.Sign[:]}
	}
	c := must[Ceremony](t)(l.ann.MakeRecovery(l.vouched, 2, []helpline.ID{l.ann.person, l.ben.person, l.cas.person}))
	l.entries = append(l.entries, c.Entry)
	l.read(t)
	for i, k := range []*Keyring{l.ann, l.ben, l.cas} {
		share := must[Share](t)(k.OpenShare(l.vouched, 1, i+1, c.Shares[i]))
		v.Shares, v.Papers = append(v.Shares, c.Shares[i]), append(v.Papers, strings.Join(share.Words(), " "))
	}
	for _, e := range l.entries {
		v.Keylog = append(v.Keylog, e)
	}
	v.Escrow = must[[]byte](t)(l.cas.Escrow(l.vouched))
	r := must[*Rescue](t)(NewRescue(l.install, v.Token))
	v.Words = r.Words()
	ask := Ask{ID: r.ID(), Person: l.cas.person, Key: r.Public(), Expires: v.Expires, Generation: 1}
	v.Approve = must[[]byte](t)(l.ann.Approve(l.vouched, ask, v.Words))
	for _, paper := range v.Papers[:2] {
		v.Pieces = append(v.Pieces, must[[]byte](t)(must[Share](t)(ReadShare(paper)).Give(l.vouched, ask)))
	}
	code := NewCode()
	v.Code = code.Reveal()
	for _, g := range code.groups {
		v.Entropy = append(v.Entropy, byte(g>>8), byte(g))
	}
	out := must[[]byte](t)(json.MarshalIndent(v, "", "  "))
	if err := os.WriteFile(recoveryVectorsFile, append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readRecoveryVectors(t *testing.T) recoveryVectors {
	t.Helper()
	if *update {
		writeRecoveryVectors(t)
	}
	var v recoveryVectors
	if err := json.Unmarshal(must[[]byte](t)(os.ReadFile(recoveryVectorsFile)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheRecoveryVectorsOpen(t *testing.T) {
	v := readRecoveryVectors(t)
	var entries [][]byte
	for _, e := range v.Keylog {
		entries = append(entries, e)
	}
	log := must[*Log](t)(ReadLog(helpline.ID(v.Install), entries))
	r := must[*Rescue](t)(NewRescue(helpline.ID(v.Install), v.Token))
	cas := helpline.ID(v.People["cas"].Person)
	ask := Ask{ID: r.ID(), Person: cas, Key: r.Public(), Expires: v.Expires}
	pieces := []Piece{{1, v.Pieces[0]}, {2, v.Pieces[1]}}
	k := must[*Keyring](t)(r.Rescued(log, ask, v.Approve, v.Escrow, pieces))
	if !bytes.Equal(k.sealSeed[:], v.People["cas"].SealSeed) || r.Words() != v.Words {
		t.Error("another keyring, or other words")
	}
	if c, err := ReadCode(v.Code); err != nil || c.Reveal() != v.Code {
		t.Errorf("the code: %v", err)
	}
}

// What follows was written from the package comment, like second_test.go.
func TestASecondReaderPutsTheRecoveryKeyTogetherFromTwoPapers(t *testing.T) {
	v := readRecoveryVectors(t)
	body := split(t, split(t, v.Keylog[len(v.Keylog)-1])[5]) // label, generation, key, k, persons, commitments
	recoveryKey := body[2]
	if string(body[0]) != "keylog/recovery/v1" || body[3][0] != 2 || !bytes.Equal(body[4], slices.Concat(v.People["ann"].Person, v.People["ben"].Person, v.People["cas"].Person)) {
		t.Fatal("the entry says something else")
	}
	one := be(8, 1)

	var shares [][]byte
	for part, paper := range v.Papers[:2] {
		var bits []byte // one bit in each
		for _, w := range strings.Fields(paper) {
			n, _ := slices.BinarySearch(spoken(), w) // the list has a test of its own
			for i := 11; i >= 0; i-- {
				bits = append(bits, byte(n>>i&1))
			}
		}
		b := make([]byte, len(bits)/8)
		for i, bit := range bits {
			b[i/8] |= bit << (7 - i%8)
		}
		share := b[4:36]
		switch {
		case len(b) != 39 || b[3] != byte(part+1)<<4|2:
			t.Error("another part or another number of shares")
		case !bytes.Equal(b[:3], hashed(framed(word("share/tag/v1"), v.Install, one, recoveryKey))[:3]):
			t.Error("another tag")
		case !bytes.Equal(b[36:], hashed(framed(word("share/check/v1"), b[:36]))[:3]):
			t.Error("another check")
		case !bytes.Equal(body[5][32*part:32*part+32], hashed(framed(word("share/commit/v1"), v.Install, one, []byte{byte(part + 1)}, share))):
			t.Error("another commitment")
		}
		shares = append(shares, share)
	}

	// The share as it was sent to ann.
	sent := split(t, v.Shares[0]) // label, install, generation, key, part, custodian, key, box
	place := [][]byte{v.Install, one, hashed(recoveryKey), {1}, v.People["ann"].Person, hashed(v.People["ann"].SealKey)}
	if !bytes.Equal(framed(sent[1:7]...), framed(place...)) ||
		!bytes.Equal(hopen(t, v.People["ann"].SealSeed, framed(append([][]byte{word("share/hpke/v1")}, place...)...), sent[7]), shares[0]) {
		t.Error("the share that was sent is another")
	}

	// The pieces, with the token of the browser.
	seedOf := must[[]byte](t)(hkdf.Key(sha256.New, []byte(v.Token), v.Install, "rescue/seed/v1", 32))
	_, rescueKey, err := pair(seedOf)
	if err != nil {
		t.Fatal(err)
	}
	id := hashed(framed(word("rescue/id/v1"), v.Install, word(v.Token)))[:16]
	place = [][]byte{v.Install, id, v.People["cas"].Person, hashed(rescueKey[:]), one, be(8, v.Expires)}
	approval := split(t, v.Approve) // label, generation, signer, signature
	signedBy(t, "approval", v.People["ann"].SignKey, framed(append(append([][]byte{word("rescue/sign/v1")}, place...), approval[2])...), approval[3])
	for i, piece := range v.Pieces {
		info := framed(append(append([][]byte{word("piece/hpke/v1")}, place...), []byte{byte(i + 1)})...)
		if !bytes.Equal(hopen(t, seedOf, info, piece), shares[i]) {
			t.Errorf("piece %d is another share", i+1)
		}
	}

	// Two points of a line: the value at 0 is (2 y1 + y2) / 3, and 1/3 is f6.
	seed := make([]byte, 32)
	for i := range seed {
		double := shares[0][i]<<1 ^ 0x1b*(shares[0][i]>>7)
		sum, third := double^shares[1][i], byte(0)
		for bit, x := 0, sum; bit < 8; bit, x = bit+1, x<<1^0x1b*(x>>7) {
			third ^= x * (0xf6 >> bit & 1)
		}
		seed[i] = third
	}
	e := split(t, v.Escrow) // label, place (6), sealed, signature
	cas := v.People["cas"]
	place = [][]byte{v.Install, cas.Person, one, hashed(recoveryKey), hashed(cas.SealKey), cas.SignKey}
	if !bytes.Equal(framed(e[1:7]...), framed(place...)) {
		t.Error("the escrow is somebody else's")
	}
	signedBy(t, "escrow", cas.SignKey, framed(append(append([][]byte{word("escrow/sign/v1")}, place...), hashed5(e[7]))...), e[8])
	ring := hopen(t, seed, framed(append([][]byte{word("escrow/hpke/v1")}, place...)...), e[7])
	if !bytes.Equal(ring[:64], slices.Concat(cas.SealSeed, cas.SignSeed)) {
		t.Error("the keyring is another")
	}

	// The code.
	letters := strings.ReplaceAll(v.Code, "-", "")
	var bits []byte
	for i, r := range letters {
		alphabet, n := "bdfghjklmnprstvz", 4
		if i%5%2 == 1 {
			alphabet, n = "aiou", 2
		}
		at := strings.IndexRune(alphabet, r)
		for b := n - 1; b >= 0; b-- {
			bits = append(bits, byte(at>>b&1))
		}
	}
	code := make([]byte, 18)
	for i, bit := range bits {
		code[i/8] |= bit << (7 - i%8)
	}
	if !bytes.Equal(code[:16], v.Entropy) || !bytes.Equal(code[16:], hashed(framed(word("code/check/v1"), code[:16]))[:2]) {
		t.Error("the code says other bits")
	}
}
