package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/retention"
	"helpline/store"
)

// A safety copy ("set") is one file: a tar archive inside an age file. The
// archive holds the files of the set and at its end manifest.json and
// manifest.sig. The names and their order are fixed.
//
// age says who can read a set, and nothing about who made it: everybody knows
// the recipients' public keys. So the manifest is signed by a key of the host
// that stands in no set, and whoever restores must know its public half, the
// signer, from somewhere else.
const (
	manifestForm  = 1
	manifestName  = "manifest.json"
	signatureName = "manifest.sig"
	databaseName  = "database"
	keyName       = "installation.key"
	anchorsName   = "audit.pub"
	mostManifest  = 64 << 10
	signContext   = "helpline/backup/manifest/v1\n"
	signerPrefix  = "signer-"
)

// manifest says what is in a set and of what line it is.
type manifest struct {
	Form    int              `json:"form"`
	Part    store.Part       `json:"part"`
	Install helpline.ID      `json:"install"`
	Program string           `json:"program"`
	Made    int64            `json:"made"` // seconds since 1970; both sets of one backup have the same
	Files   map[string]filed `json:"files"`
	Audit   string           `json:"audit"` // checkpoint of the audit log; empty when it could not be read
	Head    store.Head       `json:"head"`
}

// filed is one file of a set.
type filed struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// age is how many days ago the set was made; never less than none.
func (m manifest) age(now time.Time) int {
	return max(0, retention.Day(now)-retention.Day(time.Unix(m.Made, 0)))
}

// signer is who signs sets: the public half of a host's key.
type signer ed25519.PublicKey

func (s signer) String() string {
	return signerPrefix + base64.RawURLEncoding.EncodeToString(s)
}

func (s signer) equal(other signer) bool { return bytes.Equal(s, other) }

func parseSigner(text string) (signer, error) {
	coded, ok := strings.CutPrefix(strings.TrimSpace(text), signerPrefix)
	key, err := base64.RawURLEncoding.Strict().DecodeString(coded)
	if !ok || err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("a signer looks like " + signerPrefix + "... and stands in the output of `helpline backup`")
	}
	return key, nil
}

// signing is the secret half.
func signing(k store.Key) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k[:]) }

func signerOf(k store.Key) signer { return signer(signing(k).Public().(ed25519.PublicKey)) }

// sign gives the text of the manifest and its signature.
func (m manifest) sign(k store.Key) (text, sig []byte, err error) {
	text, err = json.Marshal(m)
	if err != nil {
		return nil, nil, fmt.Errorf("write the manifest: %w", err)
	}
	by := signing(k)
	defer clear(by)
	line := append(append([]byte(signerOf(k).String()), '\n'), ed25519.Sign(by, append([]byte(signContext), text...))...)
	return text, line, nil
}

// readManifest checks a manifest against its signature and gives who signed it.
// Whether that is who should have is for the caller to say.
func readManifest(text, sig []byte) (manifest, signer, error) {
	name, mark, found := bytes.Cut(sig, []byte{'\n'})
	by, err := parseSigner(string(name))
	if !found || err != nil || !ed25519.Verify(ed25519.PublicKey(by), append([]byte(signContext), text...), mark) {
		return manifest{}, nil, errors.New("its manifest is not signed, or was changed after it was signed")
	}
	var m manifest
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil || d.More() {
		return manifest{}, nil, errors.New("its manifest cannot be read: it is of another version of this program")
	}
	if m.Form != manifestForm {
		return manifest{}, nil, fmt.Errorf("it has form %d and this program reads form %d: use the program it was made with", m.Form, manifestForm)
	}
	return m, by, nil
}

// digest names what was hashed as a manifest does.
func digest(sum [sha256.Size]byte) string { return fmt.Sprintf("%x", sum) }
