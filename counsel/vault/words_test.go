package vault

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

func TestTheListOfSpokenWordsNeverChanges(t *testing.T) {
	words := spoken()
	if len(words) != 4096 {
		t.Fatalf("%d words, want 4096", len(words))
	}
	seen := map[string]bool{}
	for _, w := range words {
		if seen[w] || len(w) != 4 {
			t.Fatalf("%q stands twice or has another length", w)
		}
		seen[w] = true
	}
	sum := sha256.Sum256([]byte(strings.Join(words, " ")))
	if got := hex.EncodeToString(sum[:]); got != spokenSum {
		t.Errorf("SHA-256 of the list is %s: fingerprints read aloud before would no longer match", got)
	}
}

func TestAFingerprintChangesWithEachThingItStandsFor(t *testing.T) {
	l := aLine(t)
	p := l.cas.Public()
	base := Fingerprint(l.install, l.log.root, p)
	if base != l.cas.Fingerprint() || len(strings.Fields(base)) != fingerprintWords {
		t.Fatalf("the two sides read %q and %q", base, l.cas.Fingerprint())
	}
	person, seal, sign, root, install := p, p, p, l.log.root, l.install
	person.Person[0] ^= 1
	seal.Seal[sealKeySize-1] ^= 1
	sign.Sign[31] ^= 1
	root[0] ^= 1
	install[0] ^= 1
	for name, got := range map[string]string{
		"person":      Fingerprint(l.install, l.log.root, person),
		"sealing key": Fingerprint(l.install, l.log.root, seal),
		"signing key": Fingerprint(l.install, l.log.root, sign),
		"root":        Fingerprint(l.install, root, p),
		"line":        Fingerprint(install, l.log.root, p),
	} {
		if got == base {
			t.Errorf("another %s, the same words", name)
		}
	}
}

func TestEveryBitOfTheFingerprintIsSpoken(t *testing.T) {
	l := aLine(t)
	seen := map[string]int{}
	p := l.cas.Public()
	for i := range 2000 {
		p.Seal[0], p.Seal[1] = byte(i), byte(i>>8)
		for _, w := range strings.Fields(Fingerprint(l.install, l.log.root, p)) {
			seen[w]++
		}
	}
	// 12,000 draws from 4,096 leave about 5 in 100 unseen.
	if len(seen) < 3700 {
		t.Errorf("only %d of 4096 words were ever spoken", len(seen))
	}
}

// spokenSum is the SHA-256 of the 4,096 words, joined by spaces.
const spokenSum = "7116c9591838f93ef0c8970a5ee8f512a2dd10ca9b9ca0538722e3a6dc2585d5"
