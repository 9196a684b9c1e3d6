package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/json"
	"slices"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"
)

// What follows was written from the package comment and uses nothing else of
// this package: a second reader, as an auditor or a successor would write one.

func be(n int, v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v)[8-n:] }

func framed(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(append(out, be(4, uint64(len(p)))...), p...)
	}
	return out
}

func word(s string) []byte { return []byte(s) }

func hashed(b []byte) []byte  { s := sha256.Sum256(b); return s[:] }
func hashed5(b []byte) []byte { s := sha512.Sum512(b); return s[:] }

func xopen(t *testing.T, key, aad, boxed []byte) []byte {
	t.Helper()
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := aead.Open(nil, boxed[:24], boxed[24:], aad)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func hopen(t *testing.T, seed, info, sealed []byte) []byte {
	t.Helper()
	k := must[hpke.PrivateKey](t)(hpke.MLKEM768X25519().NewPrivateKey(seed))
	r := must[*hpke.Recipient](t)(hpke.NewRecipient(sealed[:1120], k, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info))
	return must[[]byte](t)(r.Open(nil, sealed[1120:]))
}

func signedBy(t *testing.T, what string, key, message, signature []byte) {
	t.Helper()
	if !ed25519.Verify(ed25519.PublicKey(key), message, signature) {
		t.Errorf("%s: the signature is not over what the specification says", what)
	}
}

func TestASecondReaderWrittenFromTheSpecificationReadsTheVectors(t *testing.T) {
	v := readVectors(t)

	// The key log: chain and signatures.
	previous := make([]byte, 32)
	groups := map[string][]byte{} // by name and generation
	for i, e := range v.Keylog {
		p := split(t, e) // label, line, number, previous, kind, body, signers, signatures
		if string(p[0]) != "keylog/v1" || !bytes.Equal(p[1], v.Install) || !bytes.Equal(p[2], be(8, uint64(i))) || !bytes.Equal(p[3], previous) {
			t.Fatalf("entry %d does not follow", i)
		}
		signer := v.Ann.SignKey
		if i == 0 {
			signer = v.Root
		}
		if !bytes.Equal(p[6], signer) {
			t.Errorf("entry %d has another signer", i)
		}
		signedBy(t, "entry", p[6], framed(append([][]byte{word("keylog/sign/v1")}, p[1:7]...)...), p[7])
		previous = hashed(framed(word("keylog/hash/v1"), e))
		if !bytes.Equal(previous, v.Heads[i]) {
			t.Errorf("entry %d has another hash", i)
		}
		body := split(t, p[5])
		switch p[4][0] {
		case 1: // label, person, sealing key, signing key, roles, introduction
			signedBy(t, "introduction", body[3], framed(word("introduction/sign/v1"), v.Install, body[1], body[2], body[3]), body[5])
		case 3: // label, name, generation, sealing key
			groups[string(body[1])+string(body[2])] = body[3]
		}
	}
	groupKey := groups["supervisors"+string(be(8, 1))]

	// The keyring.
	k := v.Keyring
	aad := framed(word("keyring/aad/v1"), v.Install, v.Ann.Person, []byte{1}, k.Salt, be(8, k.Time), be(8, k.MemoryKiB), be(8, k.Threads))
	ring := xopen(t, k.KEK, aad, split(t, k.Wrapped)[1])
	if !bytes.Equal(ring, slices.Concat(v.Ann.SealSeed, v.Ann.SignSeed, v.Root, be(8, uint64(len(v.Keylog))), previous)) {
		t.Error("the keyring holds something else")
	}

	// The seat.
	s := split(t, v.Seat) // label, line, group, generation, hash, member, hash, giver, sealed, signature
	signedBy(t, "seat", s[7], framed(append(append([][]byte{word("seat/sign/v1")}, s[1:8]...), hashed5(s[8]))...), s[9])
	if !bytes.Equal(s[4], hashed(groupKey)) || !bytes.Equal(s[6], hashed(v.Ann.SealKey)) || !bytes.Equal(s[7], v.Ann.SignKey) {
		t.Error("the seat is somebody else's")
	}
	groupSeed := hopen(t, v.Ann.SealSeed, framed(append([][]byte{word("seat/hpke/v1")}, s[1:8]...)...), s[8])

	// The note and both grants.
	n := v.Note
	note := split(t, n.Note) // label, aad, box, commitment, signature
	aad = framed(word("note/aad/v1"), v.Install, n.ID, be(8, n.Revision), v.Cas.SignKey, word(n.Week), be(8, n.Schema))
	if !bytes.Equal(aad, note[1]) || !bytes.Equal(aad, n.AAD) {
		t.Error("the associated data differ")
	}
	signedBy(t, "note", v.Cas.SignKey, framed(word("note/sign/v1"), aad, hashed5(note[2]), note[3]), note[4])
	var dek []byte
	for _, g := range []struct {
		grant, seed, who, name []byte
		kind                   byte
		generation             uint64
	}{
		{n.ToAuthor, v.Cas.SealSeed, v.Cas.SealKey, v.Cas.Person, 1, 0},
		{n.ToGroup, groupSeed, groupKey, word("supervisors"), 2, 1},
	} {
		p := split(t, g.grant)
		place := [][]byte{v.Install, n.ID, note[3], {g.kind}, g.name, hashed(g.who), be(8, g.generation), v.Cas.SignKey}
		if !bytes.Equal(framed(p[1:9]...), framed(place...)) {
			t.Error("a grant is for somebody else")
		}
		signedBy(t, "grant", v.Cas.SignKey, framed(append(append([][]byte{word("grant/sign/v1")}, place...), hashed5(p[9]))...), p[10])
		dek = hopen(t, g.seed, framed(append([][]byte{word("grant/hpke/v1")}, place...)...), p[9])
		mac := hmac.New(sha256.New, dek)
		mac.Write(word("commit/v1"))
		if !bytes.Equal(mac.Sum(nil), note[3]) {
			t.Error("the commitment differs")
		}
	}
	read := func(what, label string, dek, aad, boxed []byte) {
		key := must[[]byte](t)(hkdf.Key(sha256.New, dek, n.Shred, label+string(n.ID), 32))
		plain := xopen(t, key, aad, boxed)
		length := binary.BigEndian.Uint32(plain)
		text, err := json.Marshal(n.Text)
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"outcome":` + n.Outcome + `,"text":` + string(text) + `}`; string(plain[4:4+length]) != want || len(plain) != 1024 {
			t.Errorf("%s holds something else", what)
		}
	}
	read("the note", "note/v1", dek, aad, note[2])

	// The draft.
	d := split(t, v.Draft) // label, aad, sealed key, box
	aad = framed(word("draft/aad/v1"), v.Install, n.ID, v.Cas.Person, hashed(v.Cas.SealKey))
	read("the draft", "draft/v1", hopen(t, v.Cas.SealSeed, aad, d[2]), aad, d[3])
}
