package vault

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"helpline"
)

// rescued is aLine with a recovery key, whose papers ann, ben and cas hold, and a
// rescue of cas that ann has approved.
type rescued struct {
	*staffed
	papers   []Share
	ceremony Ceremony
	escrow   []byte // cas's
	rescue   *Rescue
	ask      Ask
	approval []byte
	pieces   []Piece // of all three
}

func aRescue(t testing.TB) *rescued {
	t.Helper()
	r := &rescued{staffed: aLine(t)}
	r.ceremony = must[Ceremony](t)(r.ann.MakeRecovery(r.vouched, 2, []helpline.ID{r.ann.person, r.ben.person, r.cas.person}))
	r.entries = append(r.entries, r.ceremony.Entry)
	r.read(t)
	r.escrow = must[[]byte](t)(r.cas.Escrow(r.vouched))
	r.rescue = must[*Rescue](t)(NewRescue(r.install, "the token of cas's browser"))
	r.ask = Ask{ID: r.rescue.ID(), Person: r.cas.person, Key: r.rescue.Public(), Expires: 2_000_000_000, Generation: 1}
	r.approval = must[[]byte](t)(r.ann.Approve(r.vouched, r.ask, r.rescue.Words()))
	for i, k := range []*Keyring{r.ann, r.ben, r.cas} {
		share := must[Share](t)(k.OpenShare(r.vouched, 1, i+1, r.ceremony.Shares[i]))
		r.papers = append(r.papers, share)
		r.pieces = append(r.pieces, Piece{i + 1, must[[]byte](t)(share.Give(r.vouched, r.ask))})
	}
	return r
}

func (r *rescued) finish() (*Keyring, error) {
	return r.rescue.Rescued(r.log, r.ask, r.approval, r.escrow, r.pieces)
}

func TestAnyTwoOfThreeSharesOpenTheKeyringAndOneDoesNot(t *testing.T) {
	r := aRescue(t)
	all := r.pieces
	for _, some := range [][]Piece{all[:2], all[1:], {all[2], all[0]}, all} {
		r.pieces = some
		k, err := r.finish()
		if err != nil || k.Public() != r.cas.Public() || k.Trust() != r.log.trust() {
			t.Errorf("%d shares: %v", len(some), err)
		}
	}
	for _, some := range [][]Piece{nil, all[:1], all[2:]} {
		r.pieces = some
		if _, err := r.finish(); helpline.KindOf(err) != helpline.Unavailable {
			t.Errorf("%d shares: %v", len(some), err)
		}
	}
	// Nor does one share said to be two parts, or the same one twice.
	r.pieces = []Piece{all[0], all[0]}
	if _, err := r.finish(); CheckOf(err) != PiecePlace {
		t.Errorf("the same share twice: %v", err)
	}
	r.pieces = []Piece{all[0], {2, all[0].Sealed}}
	if _, err := r.finish(); CheckOf(err) != PieceOpen {
		t.Errorf("a share as another part: %v", err)
	}
}

func TestARescueThatWasTamperedWithOpensNothing(t *testing.T) {
	thief := must[*Rescue](t)(NewRescue(helpline.ID{}, "the thief"))
	for name, c := range map[string]struct {
		tamper func(t *testing.T, r *rescued)
		want   Check
	}{
		"another browser's token": {func(t *testing.T, r *rescued) {
			r.rescue = must[*Rescue](t)(NewRescue(r.install, "another"))
		}, RescuePlace},
		"another key in the row": {func(_ *testing.T, r *rescued) { r.ask.Key = thief.Public() }, RescuePlace},
		"another person":         {func(_ *testing.T, r *rescued) { r.ask.Person = r.ben.person }, RescueSigned},
		"a later hour":           {func(_ *testing.T, r *rescued) { r.ask.Expires++ }, RescueSigned},
		"no approval":            {func(_ *testing.T, r *rescued) { r.approval = nil }, RescueForm},
		"approved by a counsellor": {func(t *testing.T, r *rescued) {
			r.ask.Person = r.ben.person
			signer := r.cas.public.Sign
			message := pack("rescue/sign/v1", append(r.ask.place(r.install), signer[:])...)
			r.approval = pack("rescue/v1", number(1), signer[:], r.cas.sign(message))
		}, RescueSigner},
		"approved by the asker": {func(t *testing.T, r *rescued) {
			r.ask.Person = r.ann.person
			signer := r.ann.public.Sign
			message := pack("rescue/sign/v1", append(r.ask.place(r.install), signer[:])...)
			r.approval = pack("rescue/v1", number(1), signer[:], r.ann.sign(message))
		}, RescueSigner},
		"a piece for another rescue": {func(t *testing.T, r *rescued) {
			other := r.ask
			other.ID = helpline.NewID()
			r.pieces[0].Sealed = must[[]byte](t)(r.papers[0].Give(r.vouched, other))
		}, PieceOpen},
		"a piece with another value": {func(t *testing.T, r *rescued) {
			r.papers[1].value[0] ^= 1
			r.pieces[1].Sealed = must[[]byte](t)(r.papers[1].Give(r.vouched, r.ask))
		}, ShareKey},
		"a part that is not there": {func(_ *testing.T, r *rescued) { r.pieces[0].Part = 9 }, PiecePlace},
		"no escrow":                {func(_ *testing.T, r *rescued) { r.escrow = nil }, EscrowPlace},
		"another person's escrow": {func(t *testing.T, r *rescued) {
			r.escrow = must[[]byte](t)(r.ben.Escrow(r.vouched))
		}, EscrowPlace},
		"an escrow that somebody else sealed": {func(t *testing.T, r *rescued) {
			mallory := must[*Keyring](t)(NewKeyring(r.install, r.cas.person))
			r.escrow = must[[]byte](t)(mallory.Escrow(r.vouched))
		}, EscrowPlace},
		"a ciphertext of an attacker's in the escrow": {func(t *testing.T, r *rescued) {
			mallory := must[*Keyring](t)(NewKeyring(r.install, r.cas.person))
			parts := split(t, r.escrow)
			parts[7] = split(t, must[[]byte](t)(mallory.Escrow(r.vouched)))[7]
			r.escrow = join(parts)
		}, EscrowSigned},
		"a bit of the escrow": {func(t *testing.T, r *rescued) {
			r.escrow = bytes.Clone(r.escrow)
			r.escrow[len(r.escrow)-200] ^= 1
		}, EscrowSigned},
		"a byte too many": {func(t *testing.T, r *rescued) { r.escrow = append(r.escrow, 0) }, EscrowForm},
	} {
		t.Run(name, func(t *testing.T) {
			r := aRescue(t)
			c.tamper(t, r)
			k, err := r.finish()
			if k != nil || CheckOf(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestTheKeyringInEscrowMustBelieveTheLog(t *testing.T) {
	r := aRescue(t)
	// cas's own key seals and signs a keyring that trusts another root.
	other := aLine(t)
	r.cas.trust = other.log.trust()
	r.escrow = must[[]byte](t)(r.cas.Escrow(r.vouched))
	if _, err := r.finish(); CheckOf(err) != LogRoot {
		t.Errorf("got %v", err)
	}
}

func TestTheRulesOfARecoveryKeyInTheLog(t *testing.T) {
	l := aLine(t)
	l.vouch(t, l.ben, helpline.Supervisor, helpline.Operator)
	l.vouch(t, l.dan, helpline.Operator)
	_, key, err := pair(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	body := func(generation uint64, needed int, who ...*Keyring) []byte {
		r := recovery{key: key, needed: needed}
		for _, k := range who {
			r.custodians, r.commitments = append(r.custodians, k.person), append(r.commitments, [32]byte{})
		}
		return recoveryBody(generation, r)
	}
	stranger := must[*Keyring](t)(NewKeyring(l.install, helpline.NewID()))
	used := bytes.Replace(body(1, 2, l.ann, l.cas), key[:], l.cas.public.Seal[:], 1)
	for name, c := range map[string]struct {
		by   *Keyring
		body []byte
		want Check
	}{
		"two of three":                        {l.ann, body(1, 2, l.ann, l.cas, l.ben), ""},
		"signed by a counsellor":              {l.cas, body(1, 2, l.ann, l.cas), LogSigner},
		"the second before the first":         {l.ann, body(2, 2, l.ann, l.cas), LogRule},
		"one of two":                          {l.ann, body(1, 1, l.ann, l.cas), LogRule},
		"three of two":                        {l.ann, body(1, 3, l.ann, l.cas), LogRule},
		"one custodian":                       {l.ann, body(1, 2, l.ann), LogRule},
		"six":                                 {l.ann, body(1, 2, l.ann, l.cas, l.ben, l.ann, l.cas, l.ben), LogRule},
		"the same twice":                      {l.ann, body(1, 2, l.ann, l.ann), LogRule},
		"two operators":                       {l.ann, body(1, 2, l.ann, l.ben, l.dan), LogRule},
		"somebody who is not in it":           {l.ann, body(1, 2, l.ann, stranger), LogRule},
		"a key that is somebody's":            {l.ann, used, LogRule},
		"no custodian":                        {l.ann, body(1, 2), LogForm},
		"a commitment too few":                {l.ann, body(1, 2, l.ann, l.cas)[:1300], LogForm},
		"a key that cannot be read":           {l.ann, bytes.Replace(body(1, 2, l.ann, l.cas), key[:32], bytes.Repeat([]byte{0xff}, 32), 1), LogForm},
		"generation 0, as if there were none": {l.ann, body(0, 2, l.ann, l.cas), LogRule},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadLog(l.install, append(slices.Clone(l.entries), l.signed(c.by, saysRecovery, c.body)))
			if CheckOf(err) != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	for name, who := range map[string][]helpline.ID{
		"two operators": {l.ben.person, l.dan.person}, "nobody": {l.ann.person, helpline.NewID()},
	} {
		if _, err := l.ann.MakeRecovery(l.vouched, 2, who); helpline.KindOf(err) != helpline.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := l.cas.MakeRecovery(l.vouched, 2, []helpline.ID{l.ann.person, l.cas.person}); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("by a counsellor: %v", err)
	}
}

func TestACodeIsReadForgivinglyAndASlipIsNamed(t *testing.T) {
	c := NewCode()
	plain := c.Reveal()
	groups := strings.Split(plain, "-")
	if len(groups) != 9 || isUgly(plain) {
		t.Fatalf("the code is %d groups", len(groups))
	}
	for _, typed := range []string{plain, strings.ToUpper(plain), strings.Join(groups, ""), " " + strings.Join(groups, "\n  ") + ".", strings.Join(groups, " – ")} {
		if got, err := ReadCode(typed); err != nil || got != c {
			t.Errorf("not read: %v", err)
		}
	}
	with := func(at int, g string) string {
		out := slices.Clone(groups)
		out[at] = g
		return strings.Join(out, "-")
	}
	turned := func(g string) string {
		return g[:4] + string(proConsonants[(strings.IndexByte(proConsonants, g[4])+1)%16])
	}
	for name, w := range map[string]struct {
		typed string
		want  Slip
	}{
		"nothing":             {"", Slip{What: "number", Want: 9}},
		"a group too few":     {strings.Join(groups[1:], "-"), Slip{What: "number", Want: 9}},
		"a letter too many":   {plain + "a", Slip{What: "number", Want: 9}},
		"a whole book":        {strings.Repeat(plain, 100), Slip{What: "number", Want: 9}},
		"no such letter":      {with(2, "xafel"), Slip{What: "unknown", At: 3}},
		"a digit":             {with(4, "b0bab"), Slip{What: "unknown", At: 5}},
		"a letter read wrong": {with(6, turned(groups[6])), Slip{What: "check"}},
	} {
		_, err := ReadCode(w.typed)
		if got := slipIn(err); got != w.want || helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: %+v, want %+v", name, got, w.want)
		}
	}
}

func TestASharesSlipIsNamedByItsWord(t *testing.T) {
	r := aRescue(t)
	words := r.papers[0].Words()
	slips := 0
	for at := range words {
		for _, c := range consonants {
			w := string(c) + words[at][1:]
			if _, known := wordNumber(w); !known || w == words[at] {
				continue
			}
			typed := slices.Clone(words)
			typed[at] = w
			_, err := ReadShare(strings.Join(typed, " "))
			got := slipIn(err)
			if got.What != "check" || got.At != 0 && got.At != at+1 {
				t.Errorf("word %d read wrong is named %+v", at+1, got)
			}
			if got.At == at+1 {
				slips++
			}
		}
	}
	if slips < 200 {
		t.Errorf("only %d slips were named by their word", slips)
	}
	typed := slices.Clone(words)
	typed[4], typed[5] = typed[5], typed[4]
	if got := slipIn(secondOf(ReadShare(strings.Join(typed, " ")))); words[4] != words[5] && got != (Slip{What: "check", At: 5}) {
		t.Errorf("two words exchanged are named %+v", got)
	}
}

func slipIn(err error) Slip {
	s, _ := errors.AsType[Slip](err)
	return s
}

func secondOf(_ Share, err error) error { return err }

func TestNoSecretOfRecoveryCanBePrinted(t *testing.T) {
	r := aRescue(t)
	code := NewCode()
	var out bytes.Buffer
	for _, v := range []any{code, &code, r.papers[0], &r.papers[0], r.rescue, []Share{r.papers[0]}, struct{ S Share }{r.papers[0]}} {
		fmt.Fprintf(&out, "%v %+v %#v %s\n", v, v, v, v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	text := out.String()
	for _, leak := range []string{code.Reveal()[:11], strings.Join(r.papers[0].Words()[4:6], " "), fmt.Sprint(r.papers[0].value[0], r.papers[0].value[1])} {
		if strings.Contains(text, leak) {
			t.Errorf("printed: %s", leak)
		}
	}
	if !strings.Contains(text, hidden) {
		t.Error("nothing was hidden")
	}
}

// Whatever is typed, a share is either one that was made or is refused with a
// slip; and what is read is written the same way again.
func FuzzReadShare(f *testing.F) {
	r := aRescue(f)
	good := strings.Join(r.papers[0].Words(), " ")
	f.Add(good)
	f.Add(strings.ToUpper(good))
	f.Add("1. " + strings.Join(r.papers[1].Words(), "\n2) "))
	f.Add(strings.Repeat("bodu ", ShareWords))
	f.Add("\xff\x00 \u202e")
	f.Fuzz(func(t *testing.T, typed string) {
		s, err := ReadShare(typed)
		if err != nil {
			if slipIn(err).What == "" || helpline.KindOf(err) != helpline.Invalid {
				t.Fatalf("refused without a slip: %v", err)
			}
			return
		}
		again, err := ReadShare(strings.Join(s.Words(), " "))
		if err != nil || again != s {
			t.Fatalf("written again it is another: %v", err)
		}
	})
}

func FuzzReadCode(f *testing.F) {
	f.Add(NewCode().Reveal())
	f.Add("lusab-babad")
	f.Add("\u00ad\u2028\xf8")
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := ReadCode(typed)
		if err != nil {
			if slipIn(err).What == "" || helpline.KindOf(err) != helpline.Invalid {
				t.Fatalf("refused without a slip: %v", err)
			}
			return
		}
		if again, err := ReadCode(c.Reveal()); err != nil || again != c {
			t.Fatalf("written again it is another: %v", err)
		}
	})
}

// Whatever stands in the rows of a rescue, it opens the keyring that was sealed
// or is refused by a check.
func FuzzRescued(f *testing.F) {
	r := aRescue(f)
	f.Add(r.approval, r.escrow, r.pieces[0].Sealed, byte(1))
	f.Add(r.approval[:50], r.escrow, r.pieces[0].Sealed, byte(1))
	f.Add(r.approval, r.escrow[:100], r.pieces[1].Sealed, byte(1))
	f.Add(r.approval, r.escrow, []byte{}, byte(3))
	f.Fuzz(func(t *testing.T, approval, escrow, piece []byte, part byte) {
		pieces := []Piece{{int(part), piece}, r.pieces[1]}
		k, err := r.rescue.Rescued(r.log, r.ask, approval, escrow, pieces)
		switch {
		case err == nil && k.Public() != r.cas.Public():
			t.Fatal("another keyring was opened")
		case err != nil && CheckOf(err) == "":
			t.Fatalf("refused without a check: %v", err)
		}
	})
}
