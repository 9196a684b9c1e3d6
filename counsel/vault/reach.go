package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"

	"helpline"
)

// Reaches seals where notices reach members of staff, under a key of the host
// of its own class: the program must be able to send while nobody is logged in,
// so no passphrase can guard it. The key stands in a file beside the database
// and in no safety copy: a copy of the database alone tells no address. Safe for
// concurrent use.
type Reaches struct {
	seal    cipher.AEAD
	proof   []byte
	install helpline.ID
}

const (
	reachLabel = "notice/reach/v1"
	proofLabel = "notice/proof/v1"
	// reachPage is what sealed rows are padded to, so that their length says
	// nothing of the address in them.
	reachPage = 512
)

// NewReaches seals under the host's key of notices, for one installation.
func NewReaches(key Key, install helpline.ID) (*Reaches, error) {
	if key == (Key{}) {
		return nil, helpline.Errorf(helpline.Internal, "seal addresses: no key")
	}
	seal, err := hkdf.Key(sha256.New, key[:], nil, reachLabel, chacha20poly1305.KeySize)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "derive the key of addresses: %w", err)
	}
	defer clear(seal)
	proof, err := hkdf.Key(sha256.New, key[:], nil, proofLabel, sha256.Size)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "derive the key of notices: %w", err)
	}
	aead, err := chacha20poly1305.NewX(seal)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "seal addresses: %w", err)
	}
	return &Reaches{aead, proof, install}, nil
}

func (r *Reaches) aad(person helpline.ID, revision int) []byte {
	return pack(reachLabel, r.install[:], person[:], number(uint64(revision)))
}

// Seal seals what is known of one person's address, in one revision of it.
func (r *Reaches) Seal(person helpline.ID, revision int, plain []byte) []byte {
	page := make([]byte, (4+len(plain)+reachPage-1)/reachPage*reachPage)
	binary.BigEndian.PutUint32(page, uint32(len(plain)))
	copy(page[4:], plain)
	defer clear(page)
	nonce := make([]byte, r.seal.NonceSize(), r.seal.NonceSize()+len(page)+r.seal.Overhead())
	_, _ = rand.Read(nonce) // never fails: crypto/rand aborts the program instead
	return r.seal.Seal(nonce, nonce, page, r.aad(person, revision))
}

// Open opens what Seal made; Invalid for another person's, another revision's,
// another key's or damaged bytes.
func (r *Reaches) Open(person helpline.ID, revision int, sealed []byte) ([]byte, error) {
	bad := helpline.Errorf(helpline.Invalid, "open an address: it was sealed with another key, or for somebody else")
	if len(sealed) < r.seal.NonceSize() {
		return nil, bad
	}
	nonce, box := sealed[:r.seal.NonceSize()], sealed[r.seal.NonceSize():]
	page, err := r.seal.Open(nil, nonce, box, r.aad(person, revision))
	if err != nil || len(page) < 4 {
		return nil, bad
	}
	n := binary.BigEndian.Uint32(page)
	if uint64(n) > uint64(len(page)-4) {
		return nil, bad
	}
	return page[4 : 4+n : 4+n], nil
}

// Proof is 32 bytes over a list that nobody makes without the host's key: for
// links in notices, and for telling causes apart without keeping them.
func (r *Reaches) Proof(label string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, r.proof)
	mac.Write(pack(label, append([][]byte{r.install[:]}, parts...)...))
	return mac.Sum(nil)
}
