package ticket_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/ticket"
)

func day(epoch int) (d ticket.Day) {
	d.Epoch = epoch
	_, _ = rand.Read(d.Ticket[:])
	_, _ = rand.Read(d.Live[:])
	return d
}

var now = time.Unix(1_800_000_000, 0)

func sample() ticket.Ticket {
	return ticket.Ticket{
		Contact: helpline.NewID(), Audience: helpline.Young, Matter: helpline.AboutHarm, Locale: "nl-BE", Version: 12, Boot: 3, Number: 41,
		Stage: ticket.Talking, Misses: 1, Tab: [16]byte(helpline.NewID()), From: 3<<32 + 7, Shared: true, Expires: now.Add(ticket.Life),
	}
}

func TestATicketComesBackAsItWas(t *testing.T) {
	k := ticket.NewKeys(day(20000), ticket.Day{})
	want := sample()
	s, err := k.Seal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := k.Open(s, now)
	if err != nil || got != want {
		t.Fatalf("got %+v, %v; want %+v", got, err, want)
	}
	if again, _ := k.Seal(want); again == s {
		t.Fatal("two seals of one ticket are equal")
	}
}

func TestATicketIsGoodForTwoDaysOfKeys(t *testing.T) {
	first, second, third := day(1), day(2), day(3)
	k := ticket.NewKeys(first, ticket.Day{})
	s, err := k.Seal(sample())
	if err != nil {
		t.Fatal(err)
	}
	k.Rotate(second, first)
	if _, err := k.Open(s, now); err != nil {
		t.Fatalf("the day after: %v", err)
	}
	k.Rotate(third, second)
	if _, err := k.Open(s, now); helpline.KindOf(err) != helpline.Invalid {
		t.Fatalf("two days after: %v", err)
	}
}

func TestTicketsThatOpenNothing(t *testing.T) {
	k := ticket.NewKeys(day(5), day(4))
	s, err := k.Seal(sample())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open(s, now.Add(ticket.Life)); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("run out: %v", err)
	}
	if _, err := ticket.NewKeys(day(5), day(4)).Open(s, now); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("of another installation: %v", err)
	}
	if _, err := ticket.NewKeys(ticket.Day{Epoch: 5}, ticket.Day{}).Seal(sample()); err == nil {
		t.Error("sealed under a key that was never drawn")
	}
	for i := range len(s) { // every single character counts
		c := byte('A')
		if s[i] == c {
			c = 'B'
		}
		if got, err := k.Open(s[:i]+string(c)+s[i+1:], now); err == nil {
			t.Fatalf("opened with character %d changed: %+v", i, got)
		}
	}
	for _, bad := range []string{"", "x", s + "A", s[1:], strings.Repeat("A", len(s)), s[:len(s)-1] + "\n"} {
		if _, err := k.Open(bad, now); err == nil {
			t.Errorf("opened %q", bad)
		}
	}
}

func TestASealHoldsEveryPartOfAnEntry(t *testing.T) {
	k := ticket.NewKeys(day(5), day(4))
	e := ticket.Said{Contact: helpline.NewID(), At: 9, Prev: 8, Term: 1, Side: 'v', ID: helpline.NewID(), Seen: 7, Body: "x"}
	seal := k.SealEntry(&e)
	if !k.CheckEntry(&e, seal) {
		t.Fatal("its own seal is refused")
	}
	for name, change := range map[string]func(*ticket.Said){
		"contact": func(e *ticket.Said) { e.Contact = helpline.NewID() },
		"at":      func(e *ticket.Said) { e.At++ },
		"prev":    func(e *ticket.Said) { e.Prev-- },
		"term":    func(e *ticket.Said) { e.Term++ },
		"side":    func(e *ticket.Said) { e.Side = 'c' },
		"id":      func(e *ticket.Said) { e.ID[3]++ },
		"seen":    func(e *ticket.Said) { e.Seen++ },
		"body":    func(e *ticket.Said) { e.Body = "y" },
	} {
		changed := e
		change(&changed)
		if k.CheckEntry(&changed, seal) {
			t.Errorf("%s changed, and the seal still holds", name)
		}
	}
	if ticket.NewKeys(ticket.Day{}, ticket.Day{}).CheckEntry(&e, seal) {
		t.Error("a key that was never drawn vouches")
	}
}

func TestKeysCannotBePrinted(t *testing.T) {
	d := day(1)
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("keys", "key", d.Ticket, "day", d)
	for _, s := range []string{fmt.Sprint(d), fmt.Sprintf("%+v %#v %x %s", d, d, d.Live, d.Ticket), b.String()} {
		if strings.Contains(s, string(d.Live[:4])) || strings.Contains(s, fmt.Sprintf("%x", d.Live[:4])) || strings.Contains(s, fmt.Sprint(d.Live[0])+" "+fmt.Sprint(d.Live[1])) {
			t.Errorf("a key in %q", s)
		}
	}
}

func FuzzOpen(f *testing.F) {
	k := ticket.NewKeys(ticket.Day{Epoch: 5, Ticket: ticket.Key{1}}, ticket.Day{})
	s, _ := k.Seal(ticket.Ticket{Contact: helpline.ID{1}, Audience: "self", Locale: "en", Stage: ticket.Waiting, Expires: now.Add(time.Minute)})
	f.Add(s)
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := k.Open(text, now); err == nil && got.Contact != (helpline.ID{1}) {
			t.Fatalf("opened a ticket nobody sealed: %+v", got)
		}
	})
}

func TestATicketCarriesOneOfThreeWaysAndOnlyOfTheYoung(t *testing.T) {
	k := ticket.NewKeys(day(20000), ticket.Day{})
	var lengths []int
	for _, way := range append(helpline.Matters(), "") {
		want := sample()
		want.Matter = way
		s, err := k.Seal(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Open(s, now); err != nil || got.Matter != way || got.Audience != helpline.Young {
			t.Errorf("%q: %+v, %v", way, got, err)
		}
		lengths = append(lengths, len(s))
	}
	if lengths[0] != lengths[1] || lengths[0] != lengths[3] {
		t.Errorf("the length of a ticket tells the way: %v", lengths)
	}
	for _, bad := range []ticket.Ticket{{Audience: helpline.Self, Matter: helpline.AboutSelf}, {Audience: helpline.Young, Matter: "a name"}} {
		t2 := sample()
		t2.Audience, t2.Matter = bad.Audience, bad.Matter
		if _, err := k.Seal(t2); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s %q was sealed: %v", bad.Audience, bad.Matter, err)
		}
	}
}
