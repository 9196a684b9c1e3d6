package counsel

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"helpline"
	"helpline/chat"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

// ThreadHead is what is known of a thread without opening it.
type ThreadHead struct {
	ID       helpline.ID
	Kind     helpline.ThreadKind
	Locale   helpline.Locale
	Audience helpline.Audience
	Urgent   bool
	Waiting  bool
	Due      int // day by which it is answered, while Waiting
	Ends     int // day on which its letters go
	Holder   helpline.ID
	Mine     bool
	News     int  // letters since the last answer
	Doubt    bool // a complaint of which nobody can tell whom it is about
}

// Threads is the line's side of the letters. A thread is read by the group its
// letters are sealed to, and never by whom it is about. Safe for concurrent use.
type Threads struct {
	inbox *Inbox
	trail Trail
	hands hands
}

// NewThreads works on the letters of an inbox.
func NewThreads(i *Inbox, t Trail) *Threads { return &Threads{inbox: i, trail: t} }

// Heads lists the threads a person may read, the most urgent and then the oldest
// due first.
func (t *Threads) Heads(ctx context.Context, by By) ([]ThreadHead, error) {
	member, err := t.member(ctx, by)
	if err != nil {
		return nil, err
	}
	rows, err := t.inbox.Threads.Threads(ctx)
	if err != nil {
		return nil, err
	}
	today := retention.Day(t.inbox.now())
	var out []ThreadHead
	for _, r := range rows {
		if !t.mayRead(by, r, member) || r.Ends <= today {
			continue
		}
		out = append(out, ThreadHead{
			ID: r.ID, Kind: r.Kind, Locale: r.Locale, Audience: r.Audience, Urgent: r.Urgent, Waiting: r.Waiting,
			Due: r.Due, Ends: r.Ends, Holder: r.Holder, Mine: r.Holder == by.Person, News: r.News, Doubt: r.Doubt,
		})
	}
	return out, nil
}

// member says whether a person belongs to the safeguarding group.
func (t *Threads) member(ctx context.Context, by By) (bool, error) {
	log, _, err := t.inbox.keys.current(ctx)
	if err != nil || log == nil {
		return false, err
	}
	return slices.Contains(log.Members(vault.Safeguarding), by.Person), nil
}

// mayRead says who a thread is for.
func (t *Threads) mayRead(by By, r ThreadRow, member bool) bool {
	switch {
	case t.inbox.barred(r, by.Person):
		return false
	case r.Kind == helpline.WrongThread:
		return member && May(by.Actor, AnswerWrongs) == nil
	}
	return May(by.Actor, AnswerThreads) == nil
}

// find gives a thread that the person may read; for everybody else it is not there.
func (t *Threads) find(ctx context.Context, by By, id helpline.ID) (ThreadRow, error) {
	member, err := t.member(ctx, by)
	if err != nil {
		return ThreadRow{}, err
	}
	r, err := t.inbox.Threads.Thread(ctx, id)
	if err != nil {
		return ThreadRow{}, err
	}
	if !t.mayRead(by, r, member) || r.Ends <= retention.Day(t.inbox.now()) {
		return ThreadRow{}, noThread()
	}
	return r, nil
}

// Claim takes a thread that nobody has; Conflict when somebody was faster.
func (t *Threads) Claim(ctx context.Context, by By, id helpline.ID) error {
	r, err := t.find(ctx, by, id)
	if err != nil {
		return err
	}
	if r.Holder == by.Person {
		return nil
	}
	take := func() error {
		err := t.inbox.Holders.Take(ctx, id, helpline.ID{}, by.Person)
		if err == nil {
			t.hands.touch(id, by.Person, t.inbox.now())
		}
		return err
	}
	if r.Kind != helpline.WrongThread {
		return take()
	}
	return t.traced(ctx, audit.Deed{By: by.Person, Code: audit.WrongOpen}, id, take)
}

// Release lets go of a thread; Conflict when somebody else has it.
func (t *Threads) Release(ctx context.Context, by By, id helpline.ID) error {
	if _, err := t.find(ctx, by, id); err != nil {
		return err
	}
	return t.inbox.Holders.Take(ctx, id, by.Person, helpline.ID{})
}

// Read opens the letters of a thread to whoever has claimed it, Conflict
// otherwise; its card stays closed. Forbidden wraps
// ErrLocked or ErrUnvouched; NotFound; Internal wraps a vault.Check when what is
// kept was tampered with.
func (t *Threads) Read(ctx context.Context, by By, id helpline.ID) (helpline.Thread, error) {
	r, err := t.find(ctx, by, id)
	if err != nil {
		return helpline.Thread{}, err
	}
	if r.Holder != by.Person {
		return helpline.Thread{}, helpline.Errorf(helpline.Conflict, "read a thread: claim it first")
	}
	ring, v, err := t.inbox.keys.use(ctx, by)
	if err != nil {
		return helpline.Thread{}, err
	}
	defer ring.Zero()
	rows, err := t.inbox.Threads.Letters(ctx, id)
	if err != nil {
		return helpline.Thread{}, err
	}
	t.hands.touch(id, by.Person, t.inbox.now())
	out := threadOf(r)
	for _, l := range rows {
		if l.Side == vault.OnCard {
			continue
		}
		body, err := t.open(ctx, by, ring, v, r, l)
		if helpline.KindOf(err) == helpline.NotFound {
			continue // a purge took its key meanwhile
		}
		if err != nil {
			return helpline.Thread{}, err
		}
		one := letterOf(l, body)
		if !one.FromLine { // an own one is new until it has been read, and can be taken back
			one.New = r.Waiting && l.Number > lastAnswer(rows)
		}
		out.Letters = append(out.Letters, one)
	}
	return out, nil
}

// lastAnswer is the number of the line's newest letter; 0 without one.
func lastAnswer(rows []LetterRow) (n uint64) {
	for _, r := range rows {
		if r.Side == vault.ByLine {
			n = max(n, r.Number)
		}
	}
	return n
}

func (t *Threads) open(ctx context.Context, by By, ring *vault.Keyring, v *vault.Vouched, r ThreadRow, l LetterRow) (string, error) {
	shred, err := t.inbox.Shreds.Key(ctx, l.Shred)
	if err != nil {
		return "", err
	}
	defer clear(shred[:])
	g, err := t.inbox.keys.group(ctx, by, ring, v, r.Circle(), l.Generation)
	if err != nil {
		return "", err
	}
	defer g.Zero()
	body, err := ring.OpenLetterAs(g, v, letterPlace(t.inbox.keys.install, r, l), l.Sealed, l.ToGroup, shred)
	t.inbox.keys.alarm.ring(ctx, by, err)
	return body, err
}

// Answer seals a letter of the line to the thread and its readers. Only who has
// claimed it may; Conflict otherwise. The same letter again changes nothing.
// read is the visitor's newest letter that the author has seen: a Conflict when
// there is a newer one, because an answer ends the waiting of all before it.
// Invalid when it is too long or empty, or wraps helpline.ErrCode.
func (t *Threads) Answer(ctx context.Context, by By, id, letter, read helpline.ID, body string) error {
	const doing = "answer a letter"
	r, err := t.find(ctx, by, id)
	if err != nil {
		return err
	}
	switch {
	case letter.IsZero() || body == "" || len(body) > mostBody || !utf8.ValidString(body):
		return helpline.Errorf(helpline.Invalid, "%s: it is empty or too long", doing)
	case holdsCode(body):
		return helpline.Errorf(helpline.Invalid, "%s: %w", doing, helpline.ErrCode)
	case r.Holder != by.Person:
		return helpline.Errorf(helpline.Conflict, "%s: claim it first", doing)
	}
	fresh := true
	err = t.inbox.sealed(func() error {
		ring, v, err := t.inbox.keys.use(ctx, by)
		if err != nil {
			return err
		}
		defer ring.Zero()
		rows, err := t.inbox.Threads.Letters(ctx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(rows, func(l LetterRow) bool { return l.ID == letter }) {
			fresh = false
			return nil
		}
		if newest(rows) != read {
			return unread(doing)
		}
		if err := t.genuine(ctx, by, ring, v, r, rows); err != nil {
			return err
		}
		l, err := t.seal(ctx, by, ring, v, r, LetterRow{ID: letter, Thread: id, Number: next(rows), Side: vault.ByLine, Author: by.Person}, body)
		if err != nil {
			return err
		}
		return t.inbox.Posts.AddLetter(ctx, l, ThreadTurn{Ends: retention.LettersEnd(l.Day, true), Holder: by.Person})
	})
	if errors.Is(err, ErrKept) {
		return nil
	}
	if err == nil && fresh {
		t.inbox.count(chat.LetterAnswered, r)
	}
	return err
}

// genuine opens the visitor's newest letter before an answer is sealed: the key
// of the thread stands in it, so nobody who writes the database can have an
// answer sealed to a key of his own.
func (t *Threads) genuine(ctx context.Context, by By, ring *vault.Keyring, v *vault.Vouched, r ThreadRow, rows []LetterRow) error {
	for _, l := range slices.Backward(rows) {
		if l.Side != vault.ByVisitor {
			continue
		}
		_, err := t.open(ctx, by, ring, v, r, l)
		return err
	}
	return noThread()
}

func (t *Threads) seal(ctx context.Context, by By, ring *vault.Keyring, v *vault.Vouched, r ThreadRow, l LetterRow, body string) (LetterRow, error) {
	var shred vault.Key
	var err error
	if l.Shred, shred, err = t.inbox.Shreds.Take(ctx); err != nil {
		return l, err
	}
	defer clear(shred[:])
	l.Day = retention.Day(t.inbox.now())
	s, err := ring.SealAnswer(v, r.Circle(), letterPlace(t.inbox.keys.install, r, l), body, shred)
	l.Sealed, l.ToThread, l.ToGroup, l.Generation = s.Letter, s.ToThread, s.ToGroup, s.Generation
	return l, err
}

// Withdraw takes an own answer back that nobody has read yet; Conflict when
// somebody has. The thread waits again.
func (t *Threads) Withdraw(ctx context.Context, by By, id, letter helpline.ID) error {
	if _, err := t.find(ctx, by, id); err != nil {
		return err
	}
	rows, err := t.inbox.Threads.Letters(ctx, id)
	if err != nil {
		return err
	}
	day := retention.Day(t.inbox.now())
	for _, l := range rows {
		if l.Side == vault.ByVisitor {
			day = l.Day // of the newest: it waits since then
		}
	}
	shred, err := t.inbox.Posts.TakeBack(ctx, id, letter, by.Person, ThreadTurn{Due: t.inbox.due(), Ends: retention.LettersEnd(day, false)})
	if err != nil {
		return err
	}
	return t.inbox.Shreds.Forget(ctx, []int64{shred})
}

// newest is the visitor's newest letter; zero without one.
func newest(rows []LetterRow) helpline.ID {
	for _, l := range slices.Backward(rows) {
		if l.Side == vault.ByVisitor {
			return l.ID
		}
	}
	return helpline.ID{}
}

func unread(doing string) error {
	return helpline.Errorf(helpline.Conflict, "%s: there is a letter that was not read yet", doing)
}

// Finish says that a claimed thread needs no answer, or no further one, and lets
// go of it; Conflict when somebody else has it, or there is a newer letter of the
// visitor's than read.
func (t *Threads) Finish(ctx context.Context, by By, id, read helpline.ID) error {
	if _, err := t.find(ctx, by, id); err != nil {
		return err
	}
	rows, err := t.inbox.Threads.Letters(ctx, id)
	if err != nil {
		return err
	}
	if newest(rows) != read {
		return unread("finish a thread")
	}
	return t.inbox.Holders.Finish(ctx, id, by.Person, retention.LettersEnd(retention.Day(t.inbox.now()), true))
}

// Today is the day of the line's clock, for pages that say what is late.
func (t *Threads) Today() int { return DueDayOf(t.inbox.now(), t.inbox.set.Zone) }

// DueDayOf is the day of an instant on the calendar of the line.
func DueDayOf(now time.Time, zone *time.Location) int {
	y, m, d := now.In(zone).Date()
	return retention.Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}
