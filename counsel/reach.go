package counsel

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/retention"
)

// reach is where notices reach a person, and what they wish.
type reach struct {
	Way    NoticeWay
	To     Address
	Kinds  []NoticeKind
	Tested int        // day since 1970; 0: never, and nothing is sent
	Next   *candidate // an address whose test is on its way; nil: none

	revision int
	lost     bool // it cannot be opened: it was sealed on another machine
}

// candidate is an address that counts when its code was typed.
type candidate struct {
	Way    NoticeWay
	To     Address
	Code   string
	Until  time.Time
	Wrong  int
	Notice helpline.ID
}

// Format hides it, code and address.
func (reach) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hiddenAddress) }

// Format hides it, code and address.
func (candidate) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hiddenAddress) }

// The limits of tests.
const (
	codeLasts   = time.Hour
	codeTries   = 5
	testsAnHour = 5
)

// What a person meets who chooses where notices go.
var (
	ErrNoWay     = helpline.Errorf(helpline.Invalid, "this way of notices is not configured")
	ErrTests     = helpline.Errorf(helpline.Unavailable, "too many tests within an hour")
	ErrCode      = helpline.Errorf(helpline.Forbidden, "this is not the code of the test")
	ErrCodeSpent = helpline.Errorf(helpline.NotFound, "no test waits for its code")
)

// page is a reach as it is sealed: the only form in which addresses are written.
type reachPage struct {
	Way    NoticeWay    `json:"way"`
	To     string       `json:"to"`
	Kinds  []NoticeKind `json:"kinds"`
	Tested int          `json:"tested"`
	Next   *nextPage    `json:"next,omitempty"`
}

type nextPage struct {
	Way    NoticeWay   `json:"way"`
	To     string      `json:"to"`
	Code   string      `json:"code"`
	Until  int64       `json:"until"`
	Wrong  int         `json:"wrong"`
	Notice helpline.ID `json:"notice"`
}

// open reads a row. One that does not open is kept as lost, with its revision:
// the person says anew where notices go.
func (n *Notices) open(row ReachRow) reach {
	out := reach{revision: row.Revision, lost: true}
	plain, err := n.set.Seal.Open(row.Person, row.Revision, row.Sealed)
	if err != nil {
		return out
	}
	defer clear(plain)
	var p reachPage
	if json.Unmarshal(plain, &p) != nil {
		return out
	}
	out = reach{Way: p.Way, To: NewAddress(p.To), Kinds: p.Kinds, Tested: p.Tested, revision: row.Revision}
	if p.Next != nil {
		out.Next = &candidate{p.Next.Way, NewAddress(p.Next.To), p.Next.Code, time.Unix(p.Next.Until, 0).UTC(), p.Next.Wrong, p.Next.Notice}
	}
	return out
}

// change writes what a person's reach becomes. do works on a copy.
func (n *Notices) change(ctx context.Context, person helpline.ID, do func(*reach) error) error {
	defer n.told(person, n.Hears(person))
	n.mu.Lock()
	defer n.mu.Unlock()
	r := n.reach[person]
	r.Kinds = slices.Clone(r.Kinds)
	if r.lost {
		r = reach{revision: r.revision}
	}
	if r.Next != nil {
		next := *r.Next
		r.Next = &next
	}
	if err := do(&r); err != nil {
		return err
	}
	r.revision++
	p := reachPage{Way: r.Way, To: r.To.Reveal(), Kinds: r.Kinds, Tested: r.Tested}
	if c := r.Next; c != nil {
		p.Next = &nextPage{c.Way, c.To.Reveal(), c.Code, c.Until.Unix(), c.Wrong, c.Notice}
	}
	plain, err := json.Marshal(p)
	if err != nil {
		return helpline.Errorf(helpline.Internal, "seal an address: it cannot be written")
	}
	defer clear(plain)
	if err := n.set.Reaches.PutReach(ctx, ReachRow{person, r.revision, n.set.Seal.Seal(person, r.revision, plain)}); err != nil {
		return err
	}
	n.reach[person] = r
	return nil
}

// told tells who listens when a call reaches a person and did not, or the other
// way round.
func (n *Notices) told(person helpline.ID, did bool) {
	if n.Hears(person) == did {
		return
	}
	for _, f := range n.heard {
		f()
	}
}

// Choose takes where notices are to reach a person, and sends a test there. The
// address counts when the code in it was typed; until then an older one does.
// Errors: ErrNoWay, ErrAddress, ErrTests.
func (n *Notices) Choose(ctx context.Context, who helpline.Actor, way NoticeWay, to Address, kinds []NoticeKind) error {
	if !n.On() || n.set.Senders[way] == nil {
		return ErrNoWay
	}
	if way == ByWebhook && n.set.Tokens {
		to = Address{}
	} else if to.IsZero() {
		return ErrAddress
	}
	if err := way.Check(to); !to.IsZero() && err != nil {
		return err
	}
	now := n.now()
	recent, err := n.set.Outbox.NoticesMade(ctx, now.Add(-time.Hour))
	if err != nil {
		return err
	}
	tests := 0
	for _, row := range recent {
		if row.Person == who.Person && row.Kind == noticeTest {
			tests++
		}
	}
	if !n.mayTest(who.Person, tests, now) {
		return ErrTests
	}
	code, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return helpline.Errorf(helpline.Internal, "draw a code: %w", err)
	}
	test := NoticeRow{
		ID: helpline.NewID(), Person: who.Person, Kind: noticeTest, Made: now, Due: now, Until: now.Add(codeLasts), State: NoticeWaits,
	}
	test.Cause = n.cause("test", test.ID.String())
	err = n.change(ctx, who.Person, func(r *reach) error {
		r.Kinds = taken(who, kinds)
		r.Next = &candidate{Way: way, To: to, Code: fmt.Sprintf("%06d", code), Until: test.Until, Notice: test.ID}
		return nil
	})
	if err != nil {
		return err
	}
	err = n.set.Outbox.QueueNotices(ctx, []NoticeRow{test})
	n.rouse(true)
	return err
}

// mayTest counts a test, unless a person has had too many within an hour: by the
// outbox, or by what is remembered, for whoever ends their notices empties theirs.
func (n *Notices) mayTest(person helpline.ID, kept int, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	recent := slices.DeleteFunc(n.tests[person], func(at time.Time) bool { return !at.After(now.Add(-time.Hour)) })
	may := max(kept, len(recent)) < testsAnHour
	if may {
		recent = append(recent, now)
	}
	n.tests[person] = recent
	return may
}

// Typed takes the code of a test: with the right one the address counts.
// ErrCode for another, ErrCodeSpent when none waits any more: it was typed too
// late, or wrongly too often.
func (n *Notices) Typed(ctx context.Context, person helpline.ID, code string) error {
	if n == nil {
		return ErrCodeSpent
	}
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code)
	now, result := n.now(), error(nil)
	err := n.change(ctx, person, func(r *reach) error {
		switch {
		case r.Next == nil:
			return ErrCodeSpent
		case !now.Before(r.Next.Until):
			r.Next, result = nil, ErrCodeSpent
		case subtle.ConstantTimeCompare([]byte(code), []byte(r.Next.Code)) == 1:
			r.Way, r.To, r.Tested, r.Next = r.Next.Way, r.Next.To, retention.Day(now), nil
		default:
			if r.Next.Wrong++; r.Next.Wrong >= codeTries {
				r.Next, result = nil, ErrCodeSpent
				return nil
			}
			result = ErrCode
		}
		return nil
	})
	if err != nil {
		return err
	}
	return result
}

// Wish takes of what a person wishes to be told; NotFound when they have said
// nowhere to tell it.
func (n *Notices) Wish(ctx context.Context, who helpline.Actor, kinds []NoticeKind) error {
	if n == nil {
		return ErrNoWay
	}
	if _, known := n.of(who.Person); !known {
		return helpline.Errorf(helpline.NotFound, "wish for notices: there is no address")
	}
	return n.change(ctx, who.Person, func(r *reach) error {
		r.Kinds = taken(who, kinds)
		return nil
	})
}

// Stop forgets where a person is reached, and all that waits for them. With an
// error they are told nothing any more either, but the disk may still hold what
// was deleted: Stop once more wipes it.
func (n *Notices) Stop(ctx context.Context, person helpline.ID) error {
	if n == nil {
		return nil
	}
	if err := n.drop(ctx, person); err != nil {
		return err
	}
	return n.set.Reaches.WipeReaches(ctx)
}

func (n *Notices) drop(ctx context.Context, person helpline.ID) error {
	defer n.told(person, n.Hears(person))
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.set.Reaches.DropReach(ctx, person); err != nil {
		return err
	}
	delete(n.reach, person)
	return nil
}

// OwnReach is what a person sees of where notices reach them: never an address
// whole.
type OwnReach struct {
	Ways   []NoticeWay // that are configured; none: notices are off
	Tokens bool        // a webhook is told a word, and no address
	Token  string      // that word; empty where there is no such webhook
	Kinds  []NoticeKind
	Way    NoticeWay // in force; empty: none
	Hint   string
	Tested int  // day since 1970
	Lost   bool // it was given once, and cannot be opened on this machine
	Gone   bool // its way is not configured any more

	// Of an address that waits for its code.
	Next     NoticeWay // empty: none waits
	NextHint string
	Sent     NoticeState
}

// Own shows it.
func (n *Notices) Own(ctx context.Context, who helpline.Actor) (OwnReach, error) {
	var out OwnReach
	if n == nil {
		return out, nil
	}
	for _, w := range []NoticeWay{ByMail, ByCommand, ByWebhook} {
		if n.set.Senders[w] != nil {
			out.Ways = append(out.Ways, w)
		}
	}
	out.Tokens = n.set.Tokens
	if n.set.Tokens && n.set.Senders[ByWebhook] != nil {
		out.Token = n.Token(who.Person)
	}
	r, known := n.of(who.Person)
	if !known {
		out.Kinds = KindsFor(who)
		return out, nil
	}
	out.Kinds, out.Lost = r.Kinds, r.lost
	if r.Tested > 0 {
		out.Way, out.Hint, out.Tested, out.Gone = r.Way, r.To.Hint(), r.Tested, n.set.Senders[r.Way] == nil
	}
	if r.lost {
		out.Kinds = KindsFor(who)
	}
	if r.Next != nil && n.now().Before(r.Next.Until) {
		out.Next, out.NextHint, out.Sent = r.Next.Way, r.Next.To.Hint(), NoticeWaits
		row, err := n.set.Outbox.Notice(ctx, r.Next.Notice)
		if err != nil && helpline.KindOf(err) != helpline.NotFound {
			return OwnReach{}, err
		}
		if err == nil {
			out.Sent = row.State
			if row.State == NoticeWaits && row.Tries > 0 {
				out.Sent = NoticeFailed // so far; it is tried again
			}
		}
	}
	return out, nil
}
