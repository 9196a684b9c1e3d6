package counsel

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"helpline"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

const (
	// MaxNote is how many characters the words of a note may have.
	MaxNote = 2000
	// mostDraft leaves room for words that have still to be shortened.
	mostDraft = 3000
)

// Closing is what a counsellor writes about a contact. It cannot be printed.
type Closing struct {
	Contact   helpline.ID // the zero ID when a note is revised
	Elsewhere bool        // by phone, mail or visit: answered by OpenDraft, not asked
	Revision  int         // of the note that was opened; 0 for a new one
	Outcome   Outcome
	Text      string
	Thread    helpline.ID // behind the visitor's return code; zero for none
}

const hiddenWords = "[sealed]"

// String hides the words.
func (Closing) String() string { return hiddenWords }

// GoString hides the words.
func (Closing) GoString() string { return hiddenWords }

// LogValue hides the words.
func (Closing) LogValue() slog.Value { return slog.StringValue(hiddenWords) }

// NoteHead is what is known of a note without opening it.
type NoteHead struct {
	ID, Author helpline.ID
	Alias      string // of the author
	Week       string // in which it was written: 2026-W47
	Expires    time.Time
	Revision   int
	Mine       bool
	Held       bool      // kept beyond Expires by two supervisors
	Openings   []Opening // by others, the newest first; told to the author only
}

// Note is a note that was opened. It cannot be printed.
type Note struct {
	NoteHead
	Outcome Outcome
	Text    string
}

// String hides the words.
func (Note) String() string { return hiddenWords }

// GoString hides the words.
func (Note) GoString() string { return hiddenWords }

// LogValue hides the words.
func (Note) LogValue() slog.Value { return slog.StringValue(hiddenWords) }

// Notes writes and opens sealed notes. Nothing of what they say leaves this
// package but in an opened Note: no error, no log and no unsealed column has
// it. Safe for concurrent use.
type Notes struct {
	install helpline.ID
	codes   Codes
	rules   retention.Rules
	keys    *Keys
	rows    NoteRows
	drafts  DraftRows
	shreds  ShredKeys
	trail   NoteTrail
	linker  Linker
	opening sync.Mutex
}

// NewNotes writes notes of one installation with these codes and rules.
func NewNotes(keys *Keys, c Codes, r retention.Rules, rows NoteRows, drafts DraftRows, shreds ShredKeys, t NoteTrail) *Notes {
	return &Notes{install: keys.install, codes: c, rules: r, keys: keys, rows: rows, drafts: drafts, shreds: shreds, trail: t}
}

// Questions lists the record in the order of the screen.
func (n *Notes) Questions() []Question { return n.codes.Questions() }

// Save seals a closing as the contact's note, raises the counters and drops
// the draft, in one durable transaction. Invalid wraps a Fault; NotFound when
// the person neither holds nor began the contact; Conflict when it has its note already;
// Forbidden wraps ErrLocked; Unavailable wraps ErrNoSupervisor, or the disk is
// full. After an error nothing was changed and the draft is still there, but for
// a Conflict that wraps ErrErased: the contact is counted and no note is kept.
func (n *Notes) Save(ctx context.Context, by By, c Closing) error {
	if err := May(by.Actor, WriteNotes); err != nil {
		return err
	}
	contents, outcome, err := n.contents(c)
	if err != nil {
		return err
	}
	if !n.keys.Unlocked(by) {
		return locked() // before a shred key is taken
	}
	draft, shred, err := n.about(ctx, by, c.Contact)
	if err != nil {
		return err
	}
	defer clear(shred[:])
	if err := outcome.came(draft.Elsewhere()); err != nil {
		return err
	}
	now := time.Now()
	day := retention.Day(now)
	row := NoteRow{
		ID: helpline.NewID(), Author: by.Person, Day: day, Ends: n.rules.NoteEnds(day),
		Revision: 1, Schema: n.codes.schema, Shred: draft.Shred,
	}
	if err := n.link(ctx, c.Thread, row.ID); err != nil {
		return err
	}
	err = n.sealed(ctx, by, &row, contents, shred, func() error {
		return n.rows.SaveNote(ctx, c.Contact, row, n.codes.counts(outcome), now)
	})
	if err != nil {
		return err
	}
	return n.erased(ctx, c.Thread, row)
}

// sealed seals a note and keeps it, once more when somebody left the
// supervisors in between: nothing new is sealed to a generation of the past.
func (n *Notes) sealed(ctx context.Context, by By, row *NoteRow, c vault.Contents, shred vault.Key, keep func() error) (err error) {
	for range 3 {
		if err = n.seal(ctx, by, row, c, shred); err == nil {
			err = keep()
		}
		if !errors.Is(err, ErrTurned) {
			return err
		}
	}
	return err
}

func (n *Notes) seal(ctx context.Context, by By, row *NoteRow, c vault.Contents, shred vault.Key) error {
	ring, v, err := n.keys.use(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	s, err := ring.SealNote(v, n.place(*row), c, shred)
	if err != nil {
		return err
	}
	row.Sealed, row.ToAuthor, row.ToGroup, row.Generation = s.Note, s.ToAuthor, s.ToGroup, s.Generation
	return nil
}

// place is where a note stands. The week is bound into it: a row whose day is
// moved to another week does not open.
func (n *Notes) place(r NoteRow) vault.Place {
	return vault.Place{
		Install: n.install, Note: r.ID, Revision: r.Revision,
		Week: vault.Week(retention.Midnight(r.Day)), Schema: r.Schema,
	}
}

// contents checks a closing and makes it ready for sealing.
func (n *Notes) contents(c Closing) (vault.Contents, Outcome, error) {
	outcome, err := n.codes.Check(c.Outcome)
	if err != nil {
		return vault.Contents{}, nil, err
	}
	text, err := tidyText(c.Text, MaxNote)
	if err != nil {
		return vault.Contents{}, nil, err
	}
	contents, err := contentsOf(outcome, text)
	return contents, outcome, err
}

func outcomeOf(b []byte) (Outcome, error) {
	var o Outcome
	if err := json.Unmarshal(b, &o); err != nil {
		return nil, helpline.Errorf(helpline.Internal, "read an outcome: it is of another form")
	}
	return o, nil
}

func contentsOf(o Outcome, text string) (vault.Contents, error) {
	b, err := json.Marshal(o)
	if err != nil {
		return vault.Contents{}, helpline.Errorf(helpline.Internal, "write an outcome: %T", err)
	}
	return vault.Contents{Outcome: b, Text: text}, nil
}

// tidyText drops control characters but line feed and tab, and the white space
// at the ends.
func tidyText(s string, most int) (string, error) {
	if !utf8.ValidString(s) {
		return "", fault(textQuestion, "utf8")
	}
	s = readable(s)
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > most {
		return "", fault(textQuestion, "long")
	}
	return s, nil
}

// readable leaves out what cannot be seen and would change how the rest reads:
// control characters, turns of direction, characters without width, and marks
// beyond the fourth on one letter. What joins letters stays.
func readable(s string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == '\n' || r == '\t' || r == 0x200c || r == 0x200d || r == 0xad || r == 0x034f:
			return r
		case marks > 4, unicode.IsControl(r), unicode.In(r, hiddenRunes, unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point):
			return -1
		}
		return r
	}, s)
}

// hiddenRunes are the format characters that no text of ours needs.
var hiddenRunes = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x180e, Hi: 0x180e, Stride: 1},
		{Lo: 0x200b, Hi: 0x200b, Stride: 1},
		{Lo: 0x2028, Hi: 0x2029, Stride: 1},
		{Lo: 0x2060, Hi: 0x206f, Stride: 1},
		{Lo: 0xfeff, Hi: 0xfeff, Stride: 1},
		{Lo: 0xfff9, Hi: 0xfffb, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0x1bca0, Hi: 0x1bca3, Stride: 1}, {Lo: 0x1d173, Hi: 0x1d17a, Stride: 1}, {Lo: 0xe0001, Hi: 0xe007f, Stride: 1}},
}

// Revise seals a note anew, by its author. Conflict when Revision is not that
// of the note any more; NotFound for everybody else. Counters stay as they were
// raised at the close.
func (n *Notes) Revise(ctx context.Context, by By, note helpline.ID, c Closing) error {
	if err := May(by.Actor, WriteNotes); err != nil {
		return err
	}
	contents, _, err := n.contents(c)
	if err != nil {
		return err
	}
	row, err := n.find(ctx, by, note)
	if err != nil {
		return err
	}
	if row.Author != by.Person {
		return noNote()
	}
	if c.Revision < 1 || uint64(c.Revision) != row.Revision {
		return helpline.Errorf(helpline.Conflict, "revise a note: it was changed meanwhile")
	}
	shred, err := n.shred(ctx, row)
	if err != nil {
		return err
	}
	defer clear(shred[:])
	from := row.Revision
	row.Revision, row.Schema = from+1, n.codes.schema
	return n.sealed(ctx, by, &row, contents, shred, func() error { return n.rows.ReviseNote(ctx, row, from) })
}

// Open opens a note. One of somebody else needs a reason of audit.Reasons, and
// is given only after its entry stands in the audit log; the author is told.
// NotFound for a colleague, like one that does not exist, and once it has
// expired; Forbidden wraps ErrLocked, ErrUnvouched, ErrAuthorUnvouched,
// ErrReason or ErrTooMany; Internal wraps a vault.Check when the row was
// tampered with; Unavailable when the entry cannot be written.
func (n *Notes) Open(ctx context.Context, by By, id helpline.ID, reason string) (Note, error) {
	row, err := n.find(ctx, by, id)
	if err != nil {
		return Note{}, err
	}
	ring, v, err := n.keys.use(ctx, by)
	if err != nil {
		return Note{}, err
	}
	defer ring.Zero()
	shred, err := n.shred(ctx, row)
	if err != nil {
		return Note{}, err
	}
	defer clear(shred[:])
	opened, err := n.unseal(ctx, by, ring, v, row, shred)
	if err != nil {
		n.keys.alarm.ring(ctx, by, err)
		return Note{}, err
	}
	if row.Author != by.Person {
		if err := n.trace(ctx, by, row, shred, reason); err != nil {
			return Note{}, err
		}
	}
	outcome, err := outcomeOf(opened.Outcome)
	if err != nil {
		return Note{}, err
	}
	head := n.head(by, row)
	if head.Held, err = n.held(ctx, row); err != nil {
		return Note{}, err
	}
	if p, err := n.keys.office.Active(ctx, row.Author); err == nil {
		head.Alias = p.Alias
	}
	return Note{NoteHead: head, Outcome: outcome, Text: opened.Text}, nil
}

func (n *Notes) unseal(ctx context.Context, by By, ring *vault.Keyring, v *vault.Vouched, row NoteRow, shred vault.Key) (vault.Opened, error) {
	if row.Author == by.Person {
		return ring.OpenNote(v, n.place(row), row.Author, row.Sealed, row.ToAuthor, shred)
	}
	if _, _, err := v.Person(row.Author); vault.CheckOf(err) == vault.KeyUnknown {
		return vault.Opened{}, helpline.Errorf(helpline.Forbidden, "open a note: %w", ErrAuthorUnvouched)
	}
	g, err := n.keys.group(ctx, by, ring, v, vault.Supervisors, row.Generation)
	if err != nil {
		return vault.Opened{}, err
	}
	defer g.Zero()
	return ring.OpenNoteAs(g, v, n.place(row), row.Author, row.Sealed, row.ToGroup, shred)
}
