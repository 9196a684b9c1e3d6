package counsel

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"helpline"
	"helpline/chat"
	"helpline/counsel/retention"
	"helpline/counsel/rota"
	"helpline/counsel/vault"
)

const (
	// mostLetters is how many letters a thread has at most; older ones go in
	// their time.
	mostLetters = 200
	// mostBody is how many bytes the body of a letter has at most: 4,000
	// characters as JSON writes them at worst, or a card of the directory.
	mostBody = 28 << 10
)

// InboxSettings are what an installation decides about its inbox.
type InboxSettings struct {
	AnswerDays int                // working days within which the line answers
	Zone       *time.Location     // of the line
	Most       int                // letters that may wait for an answer at once
	MostWrongs int                // and complaints: neither takes the places of the other
	MostDoubts int                // and complaints of which nobody can tell whom they are about: anybody can make those
	Costs      vault.Costs        // of a return code
	Pepper     [16]byte           // of the installation
	Bars       vault.Key          // of the installation too: names whom a complaint is kept from
	Closed     func() []rota.Date // days to come on which nobody answers; nil for none
}

// Weigher stretches a code; met by vault.Work.
type Weigher interface {
	Derive(ctx context.Context, q vault.Queue, by vault.Asker, passphrase string, salt []byte, c vault.Costs) (vault.Derived, error)
}

// InboxStores keep what an inbox has. Met by store.
type InboxStores struct {
	Threads ThreadRows
	Posts   PostRows
	Holders HolderRows
	Erased  ErasedRows
	Waiting WaitingRows
	Gone    GoneRows
	Grants  GrantRows
	Shreds  ShredKeys
	Count   chat.Counters
}

// Inbox is the visitors' side of the letters: it turns codes into keys, seals
// what they leave and opens what they come back for. It keeps no code and no
// key. Safe for concurrent use.
type Inbox struct {
	keys  *Keys
	notes *Notes
	work  Weigher
	set   InboxSettings
	InboxStores
	forms [32]byte // makes the code of a form; gone with the program
	now   func() time.Time
}

// NewInbox makes the inbox of an installation. now is time.Now but for tests.
func NewInbox(k *Keys, n *Notes, w Weigher, set InboxSettings, s InboxStores, now func() time.Time) *Inbox {
	i := &Inbox{keys: k, notes: n, work: w, set: set, InboxStores: s, now: now}
	_, _ = rand.Read(i.forms[:])
	return i
}

// Leave begins a thread with a letter, a card or both, and gives its code. The
// same form with the same words gives the same code and begins nothing twice;
// with other words, and after a restart in between, it is a Conflict wrapping
// ErrKept. Invalid
// when the words cannot be taken, wrapping helpline.ErrCode when they hold a
// code. Unavailable when too many wait, when nobody could read it (wrapping
// helpline.ErrNobody), or the disk is full.
func (i *Inbox) Leave(ctx context.Context, rate string, l helpline.Left) (helpline.ReturnCode, helpline.ThreadKey, error) {
	if err := i.check(l); err != nil {
		return helpline.ReturnCode{}, helpline.ThreadKey{}, err
	}
	row := ThreadRow{ID: helpline.NewID(), Kind: l.Kind, Locale: l.Locale, Audience: l.Audience, Doubt: l.Doubt}
	answered, err := i.answered(ctx, l)
	if err != nil {
		return helpline.ReturnCode{}, helpline.ThreadKey{}, err
	}
	for _, p := range append(answered, l.About...) {
		row.Barred = append(row.Barred, i.bar(row.ID, p))
	}
	if err := i.room(ctx, row, l.Body != ""); err != nil {
		return helpline.ReturnCode{}, helpline.ThreadKey{}, err
	}
	row, err = i.perhaps(ctx, row, l.Perhaps)
	if err != nil {
		return helpline.ReturnCode{}, helpline.ThreadKey{}, err
	}
	code, err := i.codeOf(l.Form)
	if err != nil {
		return helpline.ReturnCode{}, helpline.ThreadKey{}, err
	}
	k, key, err := i.derive(ctx, rate, code)
	if err != nil {
		return helpline.ReturnCode{}, helpline.ThreadKey{}, err
	}
	row.Name, row.Key = key.Name(), key.Public()
	today := retention.Day(i.now())
	row.Used = today
	if l.Body != "" {
		row.Urgent, row.Waiting, row.Due, row.Ends = l.Urgent, true, i.due(), retention.LettersEnd(today, false)
	}
	err = i.sealed(func() error {
		first, err := i.seal(ctx, row, l, 1)
		if err != nil {
			return err
		}
		return i.Posts.BeginThread(ctx, row, first...)
	})
	out := helpline.NewReturnCode(code.Reveal())
	switch {
	case err == nil && l.Body != "":
		i.count(chat.LetterLeft, row)
	case errors.Is(err, ErrKept):
		if i.same(ctx, key, l) {
			return out, k, nil // an impatient finger
		}
		return helpline.ReturnCode{}, helpline.ThreadKey{}, err
	case err != nil:
		return helpline.ReturnCode{}, helpline.ThreadKey{}, err
	}
	return out, k, nil
}

// same says whether a form that was kept already held these words. Whoever has
// only the form, as a browser may keep it, is given no code for it.
func (i *Inbox) same(ctx context.Context, key *vault.ReturnKey, l helpline.Left) (same bool) {
	t, err := i.named(ctx, key)
	if err != nil {
		return false
	}
	card, err := tidyCard(l.Card)
	if err != nil {
		return false
	}
	err = i.each(ctx, t, key, func(r LetterRow, body string) {
		same = same || r.ID == l.Form && body == l.Body || l.Body == "" && r.ID == cardID(l.Form) && body == card
	})
	return same && err == nil
}

// check looks at what somebody leaves before anything costs.
func (i *Inbox) check(l helpline.Left) error {
	const doing = "leave a letter"
	_, kind := helpline.ParseThreadKind(string(l.Kind))
	_, door := helpline.ParseAudience(string(l.Audience))
	_, locale := helpline.ParseLocale(string(l.Locale))
	switch {
	case kind != nil || door != nil || locale != nil || l.Form.IsZero():
		return helpline.Errorf(helpline.Invalid, "%s: the form is not one of ours", doing)
	case l.Body == "" && l.Card == "" && l.Kind != helpline.CardThread:
		return helpline.Errorf(helpline.Invalid, "%s: there is nothing in it", doing)
	case len(l.Body) > mostBody || !utf8.ValidString(l.Body):
		return helpline.Errorf(helpline.Invalid, "%s: it is too long", doing)
	}
	if _, err := tidyCard(l.Card); err != nil {
		return err
	}
	if holdsCode(l.Body) || vault.HoldsReturnCode(l.Card) {
		return helpline.Errorf(helpline.Invalid, "%s: %w", doing, helpline.ErrCode)
	}
	return nil
}

// holdsCode says whether a return code stands in the words of a body, or in one
// of the messages that go along with a complaint; of a body without words
// whether it stands anywhere.
func holdsCode(body string) bool {
	var b struct {
		Text string `json:"text"`
		Said []struct {
			Text string `json:"text"`
		} `json:"said"`
	}
	if json.Unmarshal([]byte(body), &b) != nil || b.Text == "" {
		return vault.HoldsReturnCode(body)
	}
	for _, q := range b.Said {
		if vault.HoldsReturnCode(q.Text) {
			return true
		}
	}
	return vault.HoldsReturnCode(b.Text)
}

// tidyCard makes the words of a card readable; Invalid when there are too many.
func tidyCard(text string) (string, error) {
	text, err := tidyText(text, helpline.MaxCard)
	if err != nil {
		return "", helpline.Errorf(helpline.Invalid, "keep a card: %w", err)
	}
	return text, nil
}

// codeOf gives the code of a form: the same for as long as the program runs.
func (i *Inbox) codeOf(form helpline.ID) (vault.ReturnCode, error) {
	random, err := hkdf.Key(sha256.New, i.forms[:], form[:], "code of a form", 1000)
	defer clear(random)
	if err == nil {
		if c, ok := vault.ReturnCodeOf(random); ok {
			return c, nil
		}
	}
	return vault.ReturnCode{}, helpline.Errorf(helpline.Internal, "make a code")
}

// derive turns a code into its keys, in the one place of work.
func (i *Inbox) derive(ctx context.Context, rate string, c vault.ReturnCode) (helpline.ThreadKey, *vault.ReturnKey, error) {
	ctx, cancel := context.WithTimeout(ctx, vault.Patience)
	defer cancel()
	d, err := i.work.Derive(ctx, vault.ReturnCodes, vault.Asker{From: rate}, c.Reveal(), i.set.Pepper[:], i.set.Costs)
	if err != nil {
		return helpline.ThreadKey{}, nil, err
	}
	key, err := vault.ReturnKeyOf(d.KEK)
	return helpline.ThreadKey(d.KEK), key, err
}

// sealed does a sealing that must be done again when the group has turned or
// another letter came in between.
func (i *Inbox) sealed(do func() error) (err error) {
	for range 4 {
		if err = do(); !errors.Is(err, ErrTurned) && !errors.Is(err, ErrBehind) {
			return err
		}
	}
	return err
}

// seal makes the rows of a letter and of a card.
func (i *Inbox) seal(ctx context.Context, t ThreadRow, l helpline.Left, number uint64) (rows []LetterRow, err error) {
	if l.Body != "" {
		r, err := i.sealOne(ctx, t, LetterRow{ID: l.Form, Number: number, Side: vault.ByVisitor}, l.Body)
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	card, err := tidyCard(l.Card)
	if err != nil || card == "" {
		return rows, err
	}
	r, err := i.sealOne(ctx, t, LetterRow{ID: cardID(l.Form), Side: vault.OnCard}, card)
	return append(rows, r), err
}

// cardID is the number of a card that came with a form: another than the letter's.
func cardID(form helpline.ID) helpline.ID {
	sum := sha256.Sum256(append([]byte("card of a form"), form[:]...))
	return helpline.ID(sum[:16])
}

func (i *Inbox) sealOne(ctx context.Context, t ThreadRow, r LetterRow, body string) (LetterRow, error) {
	log, err := i.log(ctx)
	if err != nil {
		return r, err
	}
	var shred vault.Key
	if r.Shred, shred, err = i.Shreds.Take(ctx); err != nil {
		return r, err
	}
	defer clear(shred[:])
	r.Thread, r.Day = t.ID, retention.Day(i.now())
	group := t.Circle()
	if r.Side == vault.OnCard {
		group = ""
	}
	s, err := log.SealLetter(group, letterPlace(i.keys.install, t, r), body, shred)
	r.Sealed, r.ToThread, r.ToGroup, r.Generation = s.Letter, s.ToThread, s.ToGroup, s.Generation
	return r, err
}

// letterPlace is where a letter stands. Its week is bound into it.
func letterPlace(install helpline.ID, t ThreadRow, r LetterRow) vault.LetterPlace {
	return vault.LetterPlace{
		Install: install, Thread: t.ID, Letter: r.ID, Number: r.Number, Side: r.Side,
		Week: vault.Week(retention.Midnight(r.Day)), Key: t.Key,
	}
}

func (i *Inbox) due() int {
	var closed []rota.Date
	if i.set.Closed != nil {
		closed = i.set.Closed()
	}
	return DueDay(i.now(), i.set.Zone, i.set.AnswerDays, closed)
}

func (i *Inbox) count(e chat.Event, t ThreadRow) {
	i.Count.Count(chat.Count{At: i.now(), Event: e, Channel: helpline.ByInbox, Audience: t.Audience, Locale: t.Locale})
}

// noThread is one answer for a code that never was, has expired or was erased.
func noThread() error { return helpline.Errorf(helpline.NotFound, "open a thread: not known") }

// Enter weighs a code that was typed. Invalid with a helpline.Slip, before
// anything is derived; NotFound alike for one that never was, has expired or was
// erased; Unavailable when too many wait.
func (i *Inbox) Enter(ctx context.Context, rate, typed string) (helpline.ThreadKey, error) {
	c, err := vault.ReadReturnCode(typed)
	if slip, ok := errors.AsType[vault.Slip](err); ok {
		return helpline.ThreadKey{}, helpline.Errorf(helpline.Invalid, "read a code: %w", helpline.Slip(slip))
	}
	if err != nil {
		return helpline.ThreadKey{}, err
	}
	k, key, err := i.derive(ctx, rate, c)
	if err != nil {
		return helpline.ThreadKey{}, err
	}
	if _, err := i.named(ctx, key); err != nil {
		return helpline.ThreadKey{}, err
	}
	return k, nil
}

// named finds the thread of a key; NotFound once its code has expired.
func (i *Inbox) named(ctx context.Context, key *vault.ReturnKey) (ThreadRow, error) {
	t, err := i.Threads.ThreadNamed(ctx, key.Name())
	if err != nil {
		if helpline.KindOf(err) == helpline.NotFound {
			err = noThread()
		}
		return ThreadRow{}, err
	}
	if t.Key != key.Public() {
		return ThreadRow{}, helpline.Errorf(helpline.Internal, "open a thread: %w", vault.LetterAt)
	}
	if retention.Day(i.now()) >= retention.CodeEnds(t.Used) {
		return ThreadRow{}, noThread()
	}
	return t, nil
}

// find gives the thread of a key that Enter or Leave gave.
func (i *Inbox) find(ctx context.Context, k helpline.ThreadKey) (ThreadRow, *vault.ReturnKey, error) {
	key, err := vault.ReturnKeyOf(vault.Key(k))
	if err != nil {
		return ThreadRow{}, nil, err
	}
	t, err := i.named(ctx, key)
	return t, key, err
}

// Read opens a thread; what it shows counts as read, and as a use of the code.
func (i *Inbox) Read(ctx context.Context, k helpline.ThreadKey) (helpline.Thread, error) {
	t, key, err := i.find(ctx, k)
	if err != nil {
		return helpline.Thread{}, err
	}
	today := retention.Day(i.now())
	out := threadOf(t)
	out.CodeEnds = retention.CodeEnds(today)
	var seen []helpline.ID
	err = i.each(ctx, t, key, func(r LetterRow, body string) {
		switch {
		case r.Side == vault.OnCard:
			out.Card = body
		case t.Ends > today:
			l := letterOf(r, body)
			if l.New {
				seen = append(seen, r.ID)
			}
			out.Letters = append(out.Letters, l)
		}
	})
	if err == nil {
		err = i.Posts.Visited(ctx, t.ID, today, seen)
	}
	if err != nil {
		return helpline.Thread{}, err
	}
	return out, nil
}

func threadOf(t ThreadRow) helpline.Thread {
	return helpline.Thread{
		ID: t.ID, Kind: t.Kind, Locale: t.Locale, Audience: t.Audience, Urgent: t.Urgent, Waiting: t.Waiting, Due: t.Due, Ends: t.Ends,
		CodeEnds: retention.CodeEnds(t.Used),
	}
}

func letterOf(r LetterRow, body string) helpline.Letter {
	line := r.Side == vault.ByLine
	return helpline.Letter{ID: r.ID, FromLine: line, Day: r.Day, New: line && !r.Seen, Body: body}
}

// each opens the letters of a thread with its code. What a purge takes away
// meanwhile is passed over.
func (i *Inbox) each(ctx context.Context, t ThreadRow, key *vault.ReturnKey, see func(LetterRow, string)) error {
	log, err := i.log(ctx)
	if err != nil {
		return err
	}
	rows, err := i.Threads.Letters(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		shred, err := i.Shreds.Key(ctx, r.Shred)
		if helpline.KindOf(err) == helpline.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		body, err := key.OpenLetter(log, letterPlace(i.keys.install, t, r), r.Sealed, r.ToThread, shred)
		clear(shred[:])
		if err != nil {
			i.keys.alarm.ring(ctx, By{}, err)
			return err
		}
		see(r, body)
	}
	return nil
}

// Add puts a letter, a card or both into a thread; one form counts once. Errors
// as Leave, and NotFound.
func (i *Inbox) Add(ctx context.Context, k helpline.ThreadKey, l helpline.Left) error {
	t, _, err := i.find(ctx, k)
	if err != nil {
		return err
	}
	l.Kind, l.Locale, l.Audience = t.Kind, t.Locale, t.Audience
	if l.Card != "" && l.Body == "" {
		l.Kind = helpline.CardThread
	}
	if err := i.check(l); err != nil {
		return err
	}
	if err := i.room(ctx, t, l.Body != "" && !t.Waiting); err != nil {
		return err
	}
	if err := i.dropEnded(ctx, t); err != nil {
		return err
	}
	if l.Card != "" {
		if err := i.putCard(ctx, t, cardID(l.Form), l.Card); err != nil {
			return err
		}
	}
	if l.Body == "" {
		return nil
	}
	fresh := true
	err = i.sealed(func() error {
		rows, err := i.Threads.Letters(ctx, t.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(rows, func(r LetterRow) bool { return r.ID == l.Form }) {
			fresh = false
			return nil
		}
		if len(rows) >= mostLetters {
			return helpline.Errorf(helpline.Unavailable, "add a letter: the thread is full")
		}
		r, err := i.sealOne(ctx, t, LetterRow{ID: l.Form, Number: next(rows), Side: vault.ByVisitor}, l.Body)
		if err != nil {
			return err
		}
		return i.Posts.AddLetter(ctx, r, i.turn(t, l.Urgent))
	})
	if errors.Is(err, ErrKept) {
		return nil
	}
	if err == nil && fresh {
		i.count(chat.LetterLeft, t)
	}
	return err
}

// turn is what a visitor's letter changes of a thread: who waits already waits
// no longer for it.
func (i *Inbox) turn(t ThreadRow, urgent bool) ThreadTurn {
	today := retention.Day(i.now())
	turn := ThreadTurn{Waiting: true, Urgent: urgent || t.Waiting && t.Urgent, Due: i.due(), Ends: retention.LettersEnd(today, false), Used: today}
	if t.Waiting && t.Due > 0 {
		turn.Due = min(turn.Due, t.Due)
	}
	return turn
}

// next is the number of the next letter.
func next(rows []LetterRow) uint64 {
	n := uint64(0)
	for _, r := range rows {
		n = max(n, r.Number)
	}
	return n + 1
}

// Card gives the card of a thread, empty where there is none. It counts as a
// use of the code, and marks nothing as read.
func (i *Inbox) Card(ctx context.Context, k helpline.ThreadKey) (thread helpline.ID, card string, err error) {
	t, key, err := i.find(ctx, k)
	if err != nil {
		return helpline.ID{}, "", err
	}
	err = i.each(ctx, t, key, func(r LetterRow, body string) {
		if r.Side == vault.OnCard {
			card = body
		}
	})
	if err == nil {
		err = i.Posts.Visited(ctx, t.ID, retention.Day(i.now()), nil)
	}
	return t.ID, card, err
}

// KeepCard seals a card to a thread, in place of an earlier one. It needs no
// code and opens nothing. Invalid when it is too long, or wrapping
// helpline.ErrCode when it holds a code; NotFound.
func (i *Inbox) KeepCard(ctx context.Context, thread helpline.ID, card string) error {
	t, err := i.Threads.Thread(ctx, thread)
	if err != nil {
		return err
	}
	if vault.HoldsReturnCode(card) {
		return helpline.Errorf(helpline.Invalid, "keep a card: %w", helpline.ErrCode)
	}
	return i.putCard(ctx, t, helpline.NewID(), card)
}

func (i *Inbox) putCard(ctx context.Context, t ThreadRow, id helpline.ID, card string) error {
	card, err := tidyCard(card)
	if err != nil {
		return err
	}
	if card == "" {
		return helpline.Errorf(helpline.Invalid, "keep a card: it is empty")
	}
	r, err := i.sealOne(ctx, t, LetterRow{ID: id, Side: vault.OnCard}, card)
	if err != nil {
		return err
	}
	replaced, err := i.Posts.PutCard(ctx, r, retention.Day(i.now()))
	if errors.Is(err, ErrKept) {
		return nil
	}
	if err != nil {
		return err
	}
	return i.Shreds.Forget(ctx, replaced)
}
