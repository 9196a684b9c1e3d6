package vault

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"helpline"
)

// Run with -update to write testdata/vectors.json anew. Whoever must do so has
// changed a format, and old notes no longer open.
var update = flag.Bool("update", false, "write the vectors anew")

const vectorsFile = "testdata/vectors.json"

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

// vectors are one small line: ann is its supervisor, cas a counsellor.
type vectors struct {
	Install hexBytes   `json:"install"`
	Root    hexBytes   `json:"root"`
	Ann     vectorRing `json:"ann"`
	Cas     vectorRing `json:"cas"`
	Keylog  []hexBytes `json:"keylog"`
	Heads   []hexBytes `json:"heads"`
	Keyring struct {   // ann's, wrapped with the real costs
		Passphrase string   `json:"passphrase"`
		Salt       hexBytes `json:"salt"`
		Time       uint64   `json:"time"`
		MemoryKiB  uint64   `json:"memory_kib"`
		Threads    uint64   `json:"threads"`
		KEK        hexBytes `json:"kek"`
		Wrapped    hexBytes `json:"wrapped"`
	} `json:"keyring"`
	Seat hexBytes `json:"seat"` // ann's, in the supervisors' group
	Note struct { // written by cas
		ID         hexBytes `json:"id"`
		Revision   uint64   `json:"revision"`
		Week       string   `json:"week"`
		Schema     uint64   `json:"schema"`
		Shred      hexBytes `json:"shred_key"`
		Outcome    string   `json:"outcome"`
		Text       string   `json:"text"`
		AAD        hexBytes `json:"aad"`
		Note       hexBytes `json:"note"`
		ToAuthor   hexBytes `json:"grant_author"`
		ToGroup    hexBytes `json:"grant_group"`
		Generation uint64   `json:"generation"`
	} `json:"note"`
	Draft hexBytes   `json:"draft"` // of the same contact and shred key
	Ben   vectorRing `json:"ben"`   // a second supervisor
	Later struct {   // a naming by ann, its confirmation by ben, then the supervisors' second key
		Keylog []hexBytes `json:"keylog"` // after the entries above
		Heads  []hexBytes `json:"heads"`
		Seat   hexBytes   `json:"seat"`  // ann's, in the second generation
		Grant  hexBytes   `json:"grant"` // of the note above, by ann, in place of its grant_group
	} `json:"later"`
	Hold struct { // of the note above: asked by ann, confirmed by ben, to be lifted by ann
		Day     uint64   `json:"day"`
		Reason  string   `json:"reason"`
		Ask     hexBytes `json:"ask"`
		Confirm hexBytes `json:"confirm"`
		Lift    hexBytes `json:"lift"`
	} `json:"hold"`
}

type vectorRing struct {
	Person   hexBytes `json:"person"`
	SealSeed hexBytes `json:"seal_seed"`
	SignSeed hexBytes `json:"sign_seed"`
	SealKey  hexBytes `json:"seal_key"`
	SignKey  hexBytes `json:"sign_key"`
	Words    string   `json:"fingerprint"`
}

func (v vectors) ring(t *testing.T, r vectorRing) *Keyring {
	t.Helper()
	k := &Keyring{
		install: helpline.ID(v.Install), person: helpline.ID(r.Person),
		sealSeed: [32]byte(r.SealSeed), signSeed: [32]byte(r.SignSeed),
	}
	if err := k.expand(); err != nil {
		t.Fatal(err)
	}
	return k
}

func (v vectors) place() Place {
	return Place{helpline.ID(v.Install), helpline.ID(v.Note.ID), v.Note.Revision, v.Note.Week, v.Note.Schema}
}

func (v vectors) wrapping() Wrapping {
	k := v.Keyring
	return Wrapping{
		Install: helpline.ID(v.Install), Person: helpline.ID(v.Ann.Person), By: ByPassphrase, Salt: k.Salt,
		Costs: Costs{uint32(k.Time), uint32(k.MemoryKiB), uint8(k.Threads)},
	}
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	if *update {
		writeVectors(t)
	}
	var v vectors
	if err := json.Unmarshal(must[[]byte](t)(os.ReadFile(vectorsFile)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheVectorsOpen(t *testing.T) {
	v := readVectors(t)
	var entries [][]byte
	for _, e := range v.Keylog {
		entries = append(entries, e)
	}
	log := must[*Log](t)(ReadLog(helpline.ID(v.Install), entries))
	for i, h := range v.Heads {
		if !bytes.Equal(log.hashes[i][:], h) {
			t.Errorf("entry %d has another hash", i)
		}
	}
	if !bytes.Equal(log.root[:], v.Root) {
		t.Error("another root")
	}
	ann := must[*Keyring](t)(Unwrap(Key(v.Keyring.KEK), v.wrapping(), v.Keyring.Wrapped))
	cas := v.ring(t, v.Cas)
	if err := cas.Pin(log); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		k *Keyring
		r vectorRing
	}{"ann": {ann, v.Ann}, "cas": {cas, v.Cas}} {
		if !bytes.Equal(c.k.public.Seal[:], c.r.SealKey) || !bytes.Equal(c.k.public.Sign[:], c.r.SignKey) || c.k.Fingerprint() != c.r.Words {
			t.Errorf("%s has other keys or words: %s", name, c.k.Fingerprint())
		}
	}
	trusted := must[*Vouched](t)(log.Under(ann.Trust()))
	group := must[*GroupKey](t)(ann.OpenSeat(trusted, Supervisors, v.Seat))
	own, err := cas.OpenNote(trusted, v.place(), cas.person, v.Note.Note, v.Note.ToAuthor, Key(v.Note.Shred))
	if err != nil || own.Text != v.Note.Text || string(own.Outcome) != v.Note.Outcome {
		t.Errorf("the author reads %v", err)
	}
	hers, err := ann.OpenNoteAs(group, trusted, v.place(), cas.person, v.Note.Note, v.Note.ToGroup, Key(v.Note.Shred))
	if err != nil || hers.Text != v.Note.Text {
		t.Errorf("the supervisor reads %v", err)
	}
	draft, err := cas.OpenDraft(Draft{helpline.ID(v.Install), helpline.ID(v.Note.ID)}, v.Draft, Key(v.Note.Shred))
	if err != nil || draft.Text != v.Note.Text {
		t.Errorf("the draft: %v", err)
	}
}

func writeVectors(t *testing.T) {
	t.Helper()
	var v vectors
	fill := func(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }
	v.Install = fill(0x11, 16)
	ringOf := func(b byte) vectorRing {
		r := vectorRing{Person: fill(b, 16), SealSeed: fill(b+1, 32), SignSeed: fill(b+2, 32)}
		k := v.ring(t, r)
		r.SealKey, r.SignKey = k.public.Seal[:], k.public.Sign[:]
		return r
	}
	v.Ann, v.Cas = ringOf(0x20), ringOf(0x30)
	ann, cas := v.ring(t, v.Ann), v.ring(t, v.Cas)
	f := must[Founding](t)(ann.Found())
	log := must[*Log](t)(ReadLog(ann.install, f.Entries))
	if err := cas.Pin(log); err != nil {
		t.Fatal(err)
	}
	trusted := must[*Vouched](t)(log.Under(ann.Trust()))
	entries := append(f.Entries, must[[]byte](t)(ann.Vouch(trusted, cas.Introduce(), cas.Fingerprint(), helpline.Counsellor)))
	log = must[*Log](t)(log.Extend(entries))
	trusted = must[*Vouched](t)(log.Under(ann.Trust()))
	ann.Saw(trusted)
	for i, e := range entries {
		v.Keylog = append(v.Keylog, e)
		v.Heads = append(v.Heads, log.hashes[i][:])
	}
	v.Root, v.Seat = log.root[:], f.Seats[0].Sealed
	v.Ann.Words, v.Cas.Words = ann.Fingerprint(), cas.Fingerprint()

	// The key is the one that kdf_test.go knows for this passphrase and salt.
	k := &v.Keyring
	k.Passphrase, k.Salt = "correct horse battery staple lantern", []byte("abcdefghijklmnop")
	k.Time, k.MemoryKiB, k.Threads = uint64(RealCosts().Time), uint64(RealCosts().MemoryKiB), uint64(RealCosts().Threads)
	k.KEK = must[[]byte](t)(hex.DecodeString("c3a343b0b7c0efb006fc8af72d5029c549b4ec352eae0711dc1f6e7098d2b4db"))
	k.Wrapped = must[[]byte](t)(ann.Wrap(Key(k.KEK), v.wrapping()))

	n := &v.Note
	n.ID, n.Revision, n.Week, n.Schema, n.Shred = fill(0x44, 16), 1, "2026-W47", 1, fill(0x55, 32)
	n.Outcome, n.Text = `{"ended":"with a card","steps":2}`, "Spoke about a first step.\nHe will call on Monday: \u201cyes\u201d."
	n.AAD = v.place().aad(cas.public.Sign)
	c := Contents{Outcome: []byte(n.Outcome), Text: n.Text}
	s := must[Sealed](t)(cas.SealNote(trusted, v.place(), c, Key(n.Shred)))
	n.Note, n.ToAuthor, n.ToGroup, n.Generation = s.Note, s.ToAuthor, s.ToGroup, s.Generation
	v.Draft = must[[]byte](t)(SealDraft(cas.Public(), Draft{cas.install, helpline.ID(n.ID)}, c, Key(n.Shred)))

	v.writeLater(t, ann, cas, ringOf, entries, log)
	out := must[[]byte](t)(json.MarshalIndent(v, "", "  "))
	if err := os.WriteFile(vectorsFile, append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// writeLater goes on where the first log ends: the vectors of before stay as
// they are.
func (v *vectors) writeLater(t *testing.T, ann, cas *Keyring, ringOf func(byte) vectorRing, entries [][]byte, log *Log) {
	t.Helper()
	v.Ben = ringOf(0x60)
	ben := v.ring(t, v.Ben)
	ok(t, ben.Pin(log))
	v.Ben.Words = ben.Fingerprint()
	l := &staffed{install: ann.install, ann: ann, ben: ben, cas: cas, entries: entries, log: log}
	l.vouched = must[*Vouched](t)(log.Under(ann.Trust()))
	first := must[*GroupKey](t)(ann.OpenSeat(l.vouched, Supervisors, v.Seat))
	w := l.writing(t, ann)
	ok(t, w.Vouch(ben.Introduce(), ben.Fingerprint(), helpline.Supervisor))
	ok(t, w.Name(Safeguarding, []helpline.ID{cas.person, ben.person}))
	l.keep(t, w)
	w = l.writing(t, ben)
	ok(t, w.Confirm(Safeguarding))
	l.keep(t, w)
	w = l.writing(t, ann)
	ok(t, w.Turn(Supervisors))
	l.keep(t, w)
	for _, s := range w.Seats {
		if s.Person == ann.person {
			v.Later.Seat = s.Sealed
		}
	}
	for i, e := range l.entries[len(entries):] {
		v.Later.Keylog = append(v.Later.Keylog, e)
		v.Later.Heads = append(v.Later.Heads, l.log.hashes[len(entries)+i][:])
	}
	grant, _, err := ann.Regrant(l.vouched, first, v.place(), v.Note.Note, v.Note.ToGroup)
	ok(t, err)
	v.Later.Grant = grant
	h := &v.Hold
	h.Day, h.Reason = 20_773, "law"
	note, shred := helpline.ID(v.Note.ID), Key(v.Note.Shred)
	p := HoldPapers{Ask: must[[]byte](t)(ann.AskHold(l.vouched, note, int(h.Day), h.Reason, shred))}
	p.Confirm = must[[]byte](t)(ben.ConfirmHold(l.vouched, note, p, shred))
	p.Lift = must[[]byte](t)(ann.AskLift(l.vouched, note, p, shred))
	h.Ask, h.Confirm, h.Lift = p.Ask, p.Confirm, p.Lift
}
