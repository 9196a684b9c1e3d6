package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"

	"helpline"
)

const letterVectorsFile = "testdata/letters.json"

// letterVectors are one thread of the line of vectors.json: what a visitor wrote,
// the answer of cas, the card and a link to the note there.
type letterVectors struct {
	Random    hexBytes       `json:"random"` // of which the code was made
	Code      string         `json:"code"`
	Pepper    hexBytes       `json:"pepper"`
	Stretched hexBytes       `json:"stretched"`
	Name      hexBytes       `json:"name"`
	Key       hexBytes       `json:"key"`
	Group     hexBytes       `json:"group"` // seed of the counsellors' first generation
	Entry     []hexBytes     `json:"keylog"`
	Thread    hexBytes       `json:"thread"`
	Shred     hexBytes       `json:"shred_key"`
	Letters   []vectorLetter `json:"letters"`
	Link      hexBytes       `json:"link"`
	Note      hexBytes       `json:"note"`
}

type vectorLetter struct {
	ID       hexBytes `json:"id"`
	Number   uint64   `json:"number"`
	Side     byte     `json:"side"`
	Week     string   `json:"week"`
	Body     string   `json:"body"`
	Sealed   hexBytes `json:"sealed"`
	ToThread hexBytes `json:"to_thread"`
	ToGroup  hexBytes `json:"to_group"`
}

// writeLetterVectors makes a line of its own kind: ann's log of vectors.json has
// its counsellors' key in nobody's hands.
func writeLetterVectors(t *testing.T) {
	t.Helper()
	l := aLine(t)
	w := l.writing(t, l.ann)
	ok(t, w.Turn(Counsellors))
	l.keep(t, w)
	var group *GroupKey
	for _, s := range w.Seats {
		if s.Person == l.cas.person {
			group = must[*GroupKey](t)(l.cas.OpenSeat(l.vouched, Counsellors, s.Sealed))
		}
	}
	v := letterVectors{Random: []byte{0xde, 0xad, 0xbe, 0xef, 0x01, 0x00, 0xca, 0xfe, 0xf0, 0x0d}, Pepper: bytes.Repeat([]byte{0x77}, 16), Group: group.seed[:], Thread: bytes.Repeat([]byte{0x21}, 16), Shred: bytes.Repeat([]byte{0x55}, 32), Note: bytes.Repeat([]byte{0x44}, 16)}
	code, made := ReturnCodeOf(v.Random)
	if !made {
		t.Fatal("the bytes make no code")
	}
	v.Code = code.Reveal()
	d := must[Derived](t)(Stretcher(Stretch).derive([]byte(v.Code), v.Pepper, ReturnCosts()))
	key := must[*ReturnKey](t)(ReturnKeyOf(d.KEK))
	name := key.Name()
	v.Stretched, v.Name, v.Key = d.KEK[:], name[:], key.public[:]
	for _, e := range l.entries {
		v.Entry = append(v.Entry, e)
	}
	for i, one := range []vectorLetter{
		{Side: 1, Number: 1, Week: "2026-W47", Body: `{"text":"I do not know how to begin."}`},
		{Side: 2, Number: 2, Week: "2026-W48", Body: `{"text":"You have begun. \u201cGood.\u201d"}`},
		{Side: 3, Number: 0, Week: "2026-W48", Body: "We agreed to call on Monday."},
	} {
		one.ID = bytes.Repeat([]byte{byte(0x30 + i)}, 16)
		p := LetterPlace{l.install, helpline.ID(v.Thread), helpline.ID(one.ID), one.Number, Side(one.Side), one.Week, key.public}
		var s SealedLetter
		switch p.Side {
		case ByVisitor:
			s = must[SealedLetter](t)(l.log.SealLetter(Counsellors, p, one.Body, Key(v.Shred)))
		case ByLine:
			s = must[SealedLetter](t)(l.cas.SealAnswer(l.vouched, Counsellors, p, one.Body, Key(v.Shred)))
		case OnCard:
			s = must[SealedLetter](t)(l.log.SealLetter("", p, one.Body, Key(v.Shred)))
		}
		one.Sealed, one.ToThread, one.ToGroup = s.Letter, s.ToThread, s.ToGroup
		v.Letters = append(v.Letters, one)
	}
	v.Link = must[[]byte](t)(SealLink(l.install, helpline.ID(v.Thread), key.public, helpline.ID(v.Note)))
	out := must[[]byte](t)(json.MarshalIndent(v, "", "  "))
	ok(t, os.WriteFile(letterVectorsFile, append(out, '\n'), 0o644))
}

func readLetterVectors(t *testing.T) letterVectors {
	t.Helper()
	if *update {
		writeLetterVectors(t)
	}
	var v letterVectors
	ok(t, json.Unmarshal(must[[]byte](t)(os.ReadFile(letterVectorsFile)), &v))
	return v
}

func TestTheVectorsOfLettersOpen(t *testing.T) {
	v := readLetterVectors(t)
	code := must[ReturnCode](t)(ReadReturnCode(strings.ToUpper(v.Code)))
	if again, _ := ReturnCodeOf(v.Random); again != code {
		t.Error("the bytes make another code")
	}
	d := must[Derived](t)(Stretcher(Stretch).derive([]byte(code.Reveal()), v.Pepper, ReturnCosts()))
	key := must[*ReturnKey](t)(ReturnKeyOf(d.KEK))
	if name := key.Name(); !bytes.Equal(d.KEK[:], v.Stretched) || !bytes.Equal(name[:], v.Name) || !bytes.Equal(key.public[:], v.Key) {
		t.Error("the code becomes something else")
	}
	var entries [][]byte
	for _, e := range v.Entry {
		entries = append(entries, e)
	}
	install := helpline.ID(split(t, entries[0])[1])
	log := must[*Log](t)(ReadLog(install, entries))
	for _, one := range v.Letters {
		p := LetterPlace{install, helpline.ID(v.Thread), helpline.ID(one.ID), one.Number, Side(one.Side), one.Week, key.public}
		if got, err := key.OpenLetter(log, p, one.Sealed, one.ToThread, Key(v.Shred)); err != nil || got != one.Body {
			t.Errorf("letter %d: %v", one.Number, err)
		}
	}
	if note, err := key.OpenLink(install, helpline.ID(v.Thread), v.Link); err != nil || !bytes.Equal(note[:], v.Note) {
		t.Errorf("the link: %v", err)
	}
}

// As second_test.go: written from the package comment, with nothing else of this
// package.
func TestASecondReaderWrittenFromTheSpecificationReadsLetters(t *testing.T) {
	v := readLetterVectors(t)

	// The code: letters to bits, check group, stretching.
	consonants, vowels := "bdfghjklmnprstvz", "aiou"
	var bits []uint16
	for g := range strings.SplitSeq(v.Code, "-") {
		n := 0
		for i, r := range g {
			if i%2 == 0 {
				n = n<<4 | strings.IndexRune(consonants, r)
			} else {
				n = n<<2 | strings.IndexRune(vowels, r)
			}
		}
		bits = append(bits, uint16(n))
	}
	var ten []byte
	for _, n := range bits[:5] {
		ten = binary.BigEndian.AppendUint16(ten, n)
	}
	if !bytes.Equal(ten, v.Random) || bits[5] != binary.BigEndian.Uint16(hashed(framed(word("return/check/v1"), ten))) {
		t.Error("the code says something else")
	}
	stretched := argon2.IDKey([]byte(v.Code), v.Pepper, 2, 32<<10, 1, 32)
	kek := must[[]byte](t)(hkdf.Key(sha256.New, stretched, nil, "kek/v1", 32))
	name := must[[]byte](t)(hkdf.Key(sha256.New, kek, nil, "return/name/v1", 16))
	seed := must[[]byte](t)(hkdf.Key(sha256.New, kek, nil, "return/seed/v1", 32))
	key := must[hpke.PrivateKey](t)(hpke.MLKEM768X25519().NewPrivateKey(seed)).PublicKey().Bytes()
	if !bytes.Equal(name, v.Name) || !bytes.Equal(key, v.Key) {
		t.Fatal("the code becomes something else")
	}

	// The counsellors' newest key, and the key of who answered, out of the log.
	install := split(t, v.Entry[0])[1]
	var group, generation []byte
	persons := map[string]bool{}
	for _, e := range v.Entry {
		switch p := split(t, e); p[4][0] {
		case 1:
			persons[string(split(t, p[5])[3])] = true
		case 3:
			if body := split(t, p[5]); string(body[1]) == "counsellors" {
				generation, group = body[2], body[3]
			}
		}
	}

	for _, one := range v.Letters {
		l := split(t, one.Sealed) // label, aad, box, commitment, signature
		author := split(t, l[1])[7]
		aad := framed(word("letter/aad/v1"), install, v.Thread, one.ID, be(8, one.Number), []byte{one.Side}, hashed(key), author, word(one.Week))
		if !bytes.Equal(aad, l[1]) {
			t.Errorf("letter %d: the associated data differ", one.Number)
		}
		if one.Side == 2 {
			signedBy(t, "answer", author, framed(word("letter/sign/v1"), aad, hashed5(l[2]), l[3]), l[4])
			if !persons[string(author)] {
				t.Error("who answered is in no log")
			}
		} else if len(l[4]) > 0 || !bytes.Equal(author, make([]byte, 32)) {
			t.Errorf("letter %d is signed", one.Number)
		}
		dek := hopen(t, seed, framed(word("letter/thread/v1"), install, v.Thread, one.ID, l[3], hashed(key)), one.ToThread)
		if one.Side != 3 {
			theirs := hopen(t, v.Group, framed(word("letter/group/v1"), install, v.Thread, one.ID, l[3], word("counsellors"), generation, hashed(group)), one.ToGroup)
			if !bytes.Equal(theirs, dek) {
				t.Errorf("letter %d: the group has another key", one.Number)
			}
		}
		mac := hmac.New(sha256.New, dek)
		mac.Write(word("commit/v1"))
		if !bytes.Equal(mac.Sum(nil), l[3]) {
			t.Errorf("letter %d: the commitment differs", one.Number)
		}
		content := must[[]byte](t)(hkdf.Key(sha256.New, dek, v.Shred, "letter/v1"+string(one.ID), 32))
		plain := xopen(t, content, aad, l[2])
		n := binary.BigEndian.Uint32(plain)
		if len(plain) != 1024 || string(plain[4:4+n]) != one.Body || !bytes.Equal(plain[4+n:], make([]byte, len(plain)-4-int(n))) {
			t.Errorf("letter %d holds something else", one.Number)
		}
	}
	if note := hopen(t, seed, framed(word("link/v1"), install, v.Thread, hashed(key)), v.Link); !bytes.Equal(note, v.Note) {
		t.Error("the link names another note")
	}
}
