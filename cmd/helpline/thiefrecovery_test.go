package main

import (
	"context"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// opensByCode tries everything that was gathered on what printed codes open.
func (th *thief) opensByCode(ctx context.Context, p staff.Person) *vault.Keyring {
	th.t.Helper()
	for _, confirmed := range []bool{true, false} {
		row, err := th.db.Code(ctx, p.ID, confirmed)
		if helpline.KindOf(err) == helpline.NotFound {
			continue
		}
		if err != nil {
			th.t.Fatal(err)
		}
		w := vault.Wrapping{Install: th.install, Person: p.ID, By: vault.ByCode, Salt: row.Salt, Costs: vault.Costs(row.Costs)}
		for kek := range th.keys {
			if ring, err := vault.Unwrap(kek, w, row.Wrapped); err == nil {
				return ring
			}
		}
	}
	return nil
}

// learnCode adds what a printed code becomes for a person.
func (th *thief) learnCode(name, code string) {
	th.t.Helper()
	p, _, err := th.db.Find(th.t.Context(), name)
	if err != nil {
		th.t.Fatal(err)
	}
	row, err := th.db.Code(th.t.Context(), p.ID, true)
	if err != nil {
		th.t.Fatal(err)
	}
	work := vault.NewWork(1)
	err = working(th.t.Context(), work, func() error {
		d, err := work.Derive(th.t.Context(), vault.OtherLogin, vault.Asker{}, code, row.Salt, vault.Costs(row.Costs))
		th.keys[d.KEK] = true
		return err
	})
	if err != nil {
		th.t.Fatal(err)
	}
}

// learnPaper adds the value of a share, by sealing it to a key of the thief's
// own: whoever has the paper needs no program of ours for that.
func (th *thief) learnPaper(paper string) {
	th.t.Helper()
	must := func(err error) {
		th.t.Helper()
		if err != nil {
			th.t.Fatal(err)
		}
	}
	share, err := vault.ReadShare(paper)
	must(err)
	log, err := vault.ReadLog(th.install, th.entries())
	must(err)
	own, err := vault.NewRescue(th.install, "the thief's")
	must(err)
	// Any trust will do for that; the thief takes the root of the loot.
	var root vault.SignKey
	copy(root[:], th.root())
	v, err := log.Under(vault.Trust{Root: root, Seen: 1, Head: th.firstHash()})
	must(err)
	ask := vault.Ask{ID: own.ID(), Key: own.Public(), Generation: 1}
	sealed, err := share.Give(v, ask)
	must(err)
	seed, err := hkdf.Key(sha256.New, []byte("the thief's"), th.install[:], "rescue/seed/v1", 32)
	must(err)
	key := own.Public()
	of := sha256.Sum256(key[:])
	n := func(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }
	nobody := helpline.ID{}
	id := own.ID()
	info := framed("piece/hpke/v1", th.install[:], id[:], nobody[:], of[:], n(1), n(0), []byte{byte(share.Part())})
	value := unsealed(th.t, seed, info, sealed)
	th.papers = append(th.papers, paperOf{byte(share.Part()), value})
	th.keys[vault.Key(value)] = true
	if len(th.papers) == 2 {
		th.seed = together(th.papers[0], th.papers[1])
		th.keys[vault.Key(th.seed)] = true
	}
}

type paperOf struct {
	at    byte
	value []byte
}

// together is the value at 0 of the line through two shares.
func together(a, b paperOf) []byte {
	times := func(x, y byte) (p byte) {
		for ; y > 0; y >>= 1 {
			if y&1 == 1 {
				p ^= x
			}
			x = x<<1 ^ 0x1b*(x>>7)
		}
		return p
	}
	var over byte // 1/(a+b)
	for over = 1; times(over, a.at^b.at) != 1; over++ {
	}
	seed := make([]byte, 32)
	for i := range seed {
		seed[i] = times(over, times(a.value[i], b.at)^times(b.value[i], a.at))
	}
	return seed
}

func framed(label string, parts ...[]byte) []byte {
	var out []byte
	for _, p := range append([][]byte{[]byte(label)}, parts...) {
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(p))), p...)
	}
	return out
}

func unframed(b []byte) (parts [][]byte) {
	for len(b) > 0 {
		n := binary.BigEndian.Uint32(b)
		parts, b = append(parts, b[4:4+n]), b[4+n:]
	}
	return parts
}

func unsealed(t *testing.T, seed, info, sealed []byte) []byte {
	t.Helper()
	key, err := hpke.MLKEM768X25519().NewPrivateKey(seed)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, sealed)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func (th *thief) entries() [][]byte {
	th.t.Helper()
	entries, err := th.db.KeyLog(th.t.Context())
	if err != nil {
		th.t.Fatal(err)
	}
	return entries
}

// root is the signer of the first entry.
func (th *thief) root() []byte { return unframed(th.entries()[0])[6] }

func (th *thief) firstHash() [32]byte {
	return sha256.Sum256(framed("keylog/hash/v1", th.entries()[0]))
}

// opensByShares opens a person's keyring in escrow once the recovery key is
// together, and gives the person's signing seed; nil before.
func (th *thief) opensByShares(ctx context.Context, p staff.Person) []byte {
	th.t.Helper()
	rows, err := th.db.Escrows(ctx, p.ID)
	if err != nil {
		th.t.Fatal(err)
	}
	if th.seed == nil || len(rows) == 0 {
		return nil
	}
	e := unframed(rows[0].Sealed)
	return unsealed(th.t, th.seed, framed("escrow/hpke/v1", e[1:7]...), e[7])[32:64]
}

var anOption = regexp.MustCompile(`name="custodian" value="([A-Za-z0-9_-]{22})"[^>]*>\s*<span>\s*([^<]*?)\s*<`)

// sheet reads the words of a custodian's own share and confirms two of them.
func (b *browser) sheet() string {
	b.w.t.Helper()
	answer, page := b.get("/recovery/share")
	words := regexp.MustCompile(`<li>([a-z]{4})</li>`).FindAllStringSubmatch(page, -1)
	asked := regexp.MustCompile(`for="word[12]">[^<]*?(\d+)`).FindAllStringSubmatch(page, -1)
	if len(words) != vault.ShareWords || len(asked) != 2 {
		b.w.t.Fatalf("the share was answered %d with %d words", answer.StatusCode, len(words))
	}
	said := func(i int) string {
		n, _ := strconv.Atoi(asked[i][1])
		return words[n-1][1]
	}
	if answer, _ := b.post("/recovery/share", "word1", said(0), "word2", said(1)); answer.Header.Get("Location") != "/recovery?done=share" {
		b.w.t.Fatalf("the two words were answered %d", answer.StatusCode)
	}
	var all []string
	for _, w := range words {
		all = append(all, w[1])
	}
	return strings.Join(all, " ")
}

// code makes a recovery code and types it back.
func (b *browser) code() string {
	b.w.t.Helper()
	_, page := b.post("/code", "do", "make")
	groups := regexp.MustCompile(`<li>([a-z]{5})</li>`).FindAllStringSubmatch(page, -1)
	var all []string
	for _, g := range groups {
		all = append(all, g[1])
	}
	code := strings.Join(all, "-")
	if answer, _ := b.post("/code", "do", "typed", "typed", code); answer.Header.Get("Location") != "/code?kept" {
		b.w.t.Fatalf("typing %d groups back was answered %d", len(groups), answer.StatusCode)
	}
	return code
}

func TestPromiseAThiefOpensNothingOfRecoveryWithoutACodeOrTwoShares(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	s.vouch("Robin Bakker")
	s.vouch("Kim Visser")
	_, page := s.anna.get("/recovery/key")
	form := []string{"needed", "2"}
	for _, o := range anOption.FindAllStringSubmatch(page, -1) {
		if name := html.UnescapeString(o[2]); !strings.HasPrefix(name, "Lou") {
			form = append(form, "custodian", o[1])
		}
	}
	if answer, page := s.anna.post("/recovery/key", form...); len(form) != 8 || answer.Header.Get("Location") != "/recovery?done=key" {
		t.Fatalf("the key was answered %d with %v: %s", answer.StatusCode, form, page)
	}
	home := filepath.Dir(s.file)
	early := t.TempDir() // while the shares wait for their custodians
	if err := os.CopyFS(early, os.DirFS(home)); err != nil {
		t.Fatal(err)
	}
	papers := []string{s.anna.sheet(), s.robin.sheet(), s.kim.sheet()}
	code := s.robin.code()
	s.stop()

	robins := func(th *thief) (byCode *vault.Keyring, byShares []byte) {
		p, _, err := th.db.Find(t.Context(), "Robin Bakker")
		if err != nil {
			t.Fatal(err)
		}
		return th.opensByCode(t.Context(), p), th.opensByShares(t.Context(), p)
	}
	nothing := func(name string, th *thief) {
		t.Helper()
		if byCode, byShares := robins(th); byCode != nil || byShares != nil {
			t.Errorf("%s: the thief has Robin's keys", name)
		}
		if texts := th.read(); len(texts) != 0 {
			t.Errorf("%s: the thief reads %q", name, texts)
		}
	}
	nothing("the disk while the shares wait", steal(t, early))
	nothing("the disk", steal(t, home))

	one := steal(t, home)
	one.learnPaper(papers[2])
	nothing("the disk and one share", one)

	wrong := steal(t, home)
	other := vault.NewCode()
	wrong.learnCode("Robin Bakker", other.Reveal())
	nothing("the disk and another code", wrong)

	th := steal(t, home)
	th.learnCode("Robin Bakker", code)
	ring, _ := robins(th)
	if ring == nil {
		t.Fatal("the right code opens nothing: this test sees nothing")
	}
	th = steal(t, home)
	th.learnPaper(papers[2])
	th.learnPaper(papers[0])
	_, seed := robins(th)
	if seed == nil {
		t.Fatal("two shares open nothing: this test sees nothing")
	}
	row, err := th.db.Custodies(t.Context())
	if err != nil || len(row) != 1 || !row[0].Written() {
		t.Errorf("the shares are still there: %v", err)
	}
	if !slices.Equal(th.root(), steal(t, early).root()) {
		t.Error("another root")
	}
}
