package vault

import (
	"testing"

	"helpline"
)

func TestASecondSupervisorGetsTheGroupKeyFromTheFirst(t *testing.T) {
	l := aLine(t)
	mine := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, l.seat))
	seat := must[[]byte](t)(l.ann.GiveSeat(l.vouched, mine, l.ben.person))
	his := must[*GroupKey](t)(l.ben.OpenSeat(l.vouched, Supervisors, seat))
	if his.seed != mine.seed || his.public != mine.public || his.generation != 1 {
		t.Error("another key came out")
	}
	// He can give it on: both are supervisors.
	l.vouch(t, l.dan, helpline.Supervisor)
	third := must[[]byte](t)(l.ben.GiveSeat(l.vouched, his, l.dan.person))
	if _, err := l.dan.OpenSeat(l.vouched, Supervisors, third); err != nil {
		t.Error(err)
	}
}

func TestTheWordsConfirmedMustBeThoseOfTheKeys(t *testing.T) {
	l := aLine(t)
	said := l.dan.Fingerprint()
	impostor := must[*Keyring](t)(NewKeyring(l.install, l.dan.person))
	// Between looking and confirming, the introduction is exchanged.
	_, err := l.ann.Vouch(l.vouched, impostor.Introduce(), said, helpline.Supervisor)
	wantCheck(t, err, IntroWords)
	if helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("got kind %s, want conflict", helpline.KindOf(err))
	}
	for name, intro := range map[string][]byte{
		"cut off":                     l.dan.Introduce()[:100],
		"nothing":                     nil,
		"keys without their proof":    with(t, l.dan.Introduce(), 5, split(t, impostor.Introduce())[5]),
		"another's sealing key":       with(t, l.dan.Introduce(), 3, split(t, impostor.Introduce())[3]),
		"another person's identifier": with(t, l.dan.Introduce(), 2, l.ben.person[:]),
		"of another line":             aStranger(t, helpline.NewID()).Introduce(),
		"nobody's":                    must[*Keyring](t)(NewKeyring(l.install, helpline.ID{})).Introduce(),
		"a sealing key that is none":  unreadable(l.dan),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.ann.Vouch(l.vouched, intro, said, helpline.Supervisor)
			wantCheck(t, err, IntroForm)
		})
	}
	if _, err := l.cas.Vouch(l.vouched, l.dan.Introduce(), said); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("a counsellor vouched: %v", err)
	}
	if p, err := ReadIntroduction(l.install, l.dan.Introduce()); err != nil || p != l.dan.Public() {
		t.Errorf("read %v", err)
	}
}

func unreadable(k *Keyring) []byte {
	p := k.Public()
	for i := range p.Seal {
		p.Seal[i] = 255
	}
	return introduction(k.install, p, k.sign(introductionSigned(k.install, p)))
}

func TestASeatGoesOnlyToWhomTheLogNamesForIt(t *testing.T) {
	l := aLine(t)
	g := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, l.seat))
	if _, err := l.ann.GiveSeat(l.vouched, g, l.cas.person); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("to a counsellor: %v", err)
	}
	_, err := l.ann.GiveSeat(l.vouched, g, l.dan.person)
	wantCheck(t, err, KeyUnknown)
	fake := must[*GroupKey](t)(newGroupKey(Supervisors, 1))
	_, err = l.ann.GiveSeat(l.vouched, fake, l.ben.person)
	wantCheck(t, err, SeatKey)
}

func TestASeatThatWasTamperedWithIsRefused(t *testing.T) {
	l := aLine(t)
	g := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, l.seat))
	good := must[[]byte](t)(l.ann.GiveSeat(l.vouched, g, l.ben.person))
	fake := must[*GroupKey](t)(newGroupKey(Supervisors, 1))
	other := split(t, must[[]byte](t)(l.ann.seal(g, l.ben.public)))
	// A seat that is signed anew by somebody who may, or may not, give one.
	made := func(by *Keyring, change func(*seat)) []byte {
		s, _ := readSeat(good)
		s.giver = by.public.Sign
		change(&s)
		return pack("seat/v1", append(s.place(), s.sealed, by.sign(s.signed()))...)
	}
	resealed := func(seed []byte) func(*seat) {
		return func(s *seat) { s.sealed = must[[]byte](t)(sealTo(l.ben.public.Seal, s.info(), seed)) }
	}
	hash := fake.public.hash()
	for name, c := range map[string]struct {
		seat []byte
		want Check
	}{
		"nothing":                           {nil, SeatForm},
		"cut off":                           {good[:len(good)-1], SeatForm},
		"a byte too many":                   {append(append([]byte(nil), good...), 0), SeatForm},
		"of a later version":                {with(t, good, 0, []byte("seat/v2")), SeatForm},
		"ann's seat in ben's row":           {l.seat, SeatPlace},
		"of another line":                   {with(t, good, 1, make([]byte, 16)), SeatPlace},
		"of another group":                  {with(t, good, 2, []byte("counsellors")), SeatPlace},
		"of a generation to come":           {with(t, good, 3, number(2)), SeatPlace},
		"of no generation":                  {with(t, good, 3, number(0)), SeatPlace},
		"in the name of another member":     {with(t, good, 5, l.cas.person[:]), SeatPlace},
		"for another group key":             {with(t, good, 4, hash[:]), SeatPlace},
		"for another of ben's keys":         {with(t, good, 6, hash[:]), SeatPlace},
		"given by a counsellor":             {made(l.cas, func(*seat) {}), SeatGiver},
		"given by a stranger":               {made(l.dan, func(*seat) {}), SeatGiver},
		"signed by another than its giver":  {with(t, good, 7, l.ben.public.Sign[:]), SeatSigned},
		"the ciphertext of another seat":    {with(t, good, 8, other[8]), SeatSigned},
		"the signature of another seat":     {with(t, good, 9, other[9]), SeatSigned},
		"ciphertext and signature grafted":  {with(t, with(t, good, 8, split(t, l.seat)[8]), 9, split(t, l.seat)[9]), SeatSigned},
		"sealed to somebody else":           {made(l.ben, func(s *seat) { s.sealed = split(t, l.seat)[8] }), SeatOpen},
		"a seed of 31 bytes":                {made(l.ann, func(s *seat) { s.sealed = make([]byte, boxedKey) }), SeatOpen},
		"another key, by a false colleague": {made(l.ann, resealed(fake.seed[:])), SeatKey},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.ben.OpenSeat(l.vouched, Supervisors, c.seat)
			wantCheck(t, err, c.want)
		})
	}
	t.Run("asked for as another group's", func(t *testing.T) {
		_, err := l.ben.OpenSeat(l.vouched, "counsellors", good)
		wantCheck(t, err, SeatPlace)
	})
	if _, err := l.ben.OpenSeat(l.vouched, Supervisors, good); err != nil {
		t.Errorf("the good one: %v", err)
	}
}
