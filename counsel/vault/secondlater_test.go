package vault

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"testing"
)

// The second reader, for what came with groups that turn: a naming by two, a
// second generation, a grant in place of another, and a hold. Like second_test.go
// it uses nothing of this package but what that file wrote itself.
func TestASecondReaderReadsWhatComesAfterSomebodyLeft(t *testing.T) {
	v := readVectors(t)
	previous := v.Heads[len(v.Heads)-1]
	var second []byte // the supervisors' second key
	signers := [][]byte{v.Ann.SignKey, v.Ann.SignKey, v.Ben.SignKey, v.Ann.SignKey}
	if len(v.Later.Keylog) != len(signers) {
		t.Fatalf("%d entries", len(v.Later.Keylog))
	}
	for i, e := range v.Later.Keylog {
		p := split(t, e)
		if !bytes.Equal(p[2], be(8, uint64(len(v.Keylog)+i))) || !bytes.Equal(p[3], previous) || !bytes.Equal(p[6], signers[i]) {
			t.Fatalf("entry %d does not follow", i)
		}
		signedBy(t, "entry", p[6], framed(append([][]byte{word("keylog/sign/v1")}, p[1:7]...)...), p[7])
		previous = hashed(framed(word("keylog/hash/v1"), e))
		if !bytes.Equal(previous, v.Later.Heads[i]) {
			t.Errorf("entry %d has another hash", i)
		}
		body := split(t, p[5])
		switch p[4][0] {
		case 3: // label, name, generation, key
			second = body[3]
			if string(body[1]) != "supervisors" || !bytes.Equal(body[2], be(8, 2)) {
				t.Error("another group turned")
			}
		case 5: // label, name, persons in the order of their bytes
			want := framed(word("persons/v1"), v.Cas.Person, v.Ben.Person)
			if string(body[1]) != "safeguarding" || !bytes.Equal(body[2], want) {
				t.Error("others are named")
			}
		case 6: // label, name, number of the naming, generation, key
			if string(body[1]) != "safeguarding" || !bytes.Equal(body[2], be(8, uint64(len(v.Keylog)+1))) || !bytes.Equal(body[3], be(8, 1)) {
				t.Error("another naming is confirmed")
			}
		}
	}

	s := split(t, v.Later.Seat)
	signedBy(t, "seat", s[7], framed(append(append([][]byte{word("seat/sign/v1")}, s[1:8]...), hashed5(s[8]))...), s[9])
	if !bytes.Equal(s[3], be(8, 2)) || !bytes.Equal(s[4], hashed(second)) {
		t.Error("the seat is in another generation")
	}
	seed := hopen(t, v.Ann.SealSeed, framed(append([][]byte{word("seat/hpke/v1")}, s[1:8]...)...), s[8])

	// The note is the one of before; only who opens it has changed.
	commitment := split(t, v.Note.Note)[3]
	g := split(t, v.Later.Grant)
	place := [][]byte{v.Install, v.Note.ID, commitment, {2}, word("supervisors"), hashed(second), be(8, 2), v.Ann.SignKey}
	if !bytes.Equal(framed(g[1:9]...), framed(place...)) {
		t.Error("the grant is for somebody else")
	}
	signedBy(t, "grant", v.Ann.SignKey, framed(append(append([][]byte{word("grant/sign/v1")}, place...), hashed5(g[9]))...), g[10])
	dek := hopen(t, seed, framed(append([][]byte{word("grant/hpke/v1")}, place...)...), g[9])
	mac := hmac.New(sha256.New, dek)
	mac.Write(word("commit/v1"))
	if !bytes.Equal(mac.Sum(nil), commitment) {
		t.Error("the commitment differs")
	}

	h := split(t, v.Hold.Ask)
	place = [][]byte{v.Install, v.Note.ID, be(8, v.Hold.Day), word(v.Hold.Reason), hashed(framed(word("hold/key/v1"), v.Note.Shred)), v.Ann.SignKey}
	if !bytes.Equal(framed(h[1:7]...), framed(place...)) {
		t.Error("another hold was asked for")
	}
	signedBy(t, "hold", v.Ann.SignKey, framed(append([][]byte{word("hold/sign/v1")}, place...)...), h[7])
	for label, c := range map[string]struct{ paper, by []byte }{"confirm": {v.Hold.Confirm, v.Ben.SignKey}, "lift": {v.Hold.Lift, v.Ann.SignKey}} {
		p := split(t, c.paper)
		if string(p[0]) != "hold/"+label+"/v1" || !bytes.Equal(p[1], c.by) {
			t.Errorf("another paper than %s", label)
		}
		signedBy(t, label, c.by, framed(word("hold/"+label+"/sign/v1"), v.Install, hashed(v.Hold.Ask)), p[2])
	}
}
