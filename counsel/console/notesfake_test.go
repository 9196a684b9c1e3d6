package console

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// cabinet keeps notes, drafts and keys in memory the way counsel keeps them
// sealed: it asks for the same unlocking and refuses the same people.
type cabinet struct {
	mu       sync.Mutex
	open     map[string]bool      // tokens of unlocked logins
	half     map[string]bool      // tokens of logins between passphrase and second factor
	bare     map[helpline.ID]bool // people without a second factor
	notes    []counsel.Note
	closed   map[helpline.ID]bool
	drafts   map[helpline.ID]counsel.Closing
	author   map[helpline.ID]helpline.ID // of drafts
	begun    map[helpline.ID]helpline.ID // contacts elsewhere, by whom
	stranger []counsel.Stranger
	vouched  []helpline.ID
	opened   int    // notes of others
	removed  bool   // a second factor
	asked    func() // after the second factors were counted
	right    func() // after a code was right
	broken   error  // answered by whatever writes
}

func newCabinet() *cabinet {
	return &cabinet{
		open: map[string]bool{}, half: map[string]bool{}, bare: map[helpline.ID]bool{}, closed: map[helpline.ID]bool{},
		drafts: map[helpline.ID]counsel.Closing{}, author: map[helpline.ID]helpline.ID{}, begun: map[helpline.ID]helpline.ID{},
	}
}

func locked() error { return helpline.Errorf(helpline.Forbidden, "cabinet: %w", counsel.ErrLocked) }

func (c *cabinet) ready(by counsel.By) error {
	if c.broken != nil {
		return c.broken
	}
	if !c.open[by.Token] {
		return locked()
	}
	return nil
}

func (c *cabinet) Questions() []counsel.Question {
	return []counsel.Question{
		{Key: counsel.ChannelQuestion, Codes: []string{"chat", "inbox", "phone", "mail", "visit"}},
		{Key: "group", Needed: true, Codes: []string{"own", "adult", "other"}},
		{Key: "concern", Many: true, Codes: []string{"attraction", "images", "someone"}},
		{Key: "suicide", Asked: true, Codes: []string{"none", "thoughts"}},
		{Key: "provider", Many: true, IDs: true},
	}
}

func (c *cabinet) fault(closing counsel.Closing) error {
	if len([]rune(closing.Text)) > counsel.MaxNote {
		return helpline.Errorf(helpline.Invalid, "cabinet: %w", counsel.Fault{Question: "text", Code: "long"})
	}
	for key, codes := range closing.Outcome {
		i := slices.IndexFunc(c.Questions(), func(q counsel.Question) bool { return q.Key == key })
		if i < 0 || (!c.Questions()[i].IDs && slices.ContainsFunc(codes, func(s string) bool { return !slices.Contains(c.Questions()[i].Codes, s) })) {
			return helpline.Errorf(helpline.Invalid, "cabinet: %w", counsel.Fault{Question: key})
		}
	}
	return nil
}

func (c *cabinet) Save(_ context.Context, by counsel.By, closing counsel.Closing) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(by); err != nil {
		return err
	}
	if err := c.fault(closing); err != nil {
		return err
	}
	if c.closed[closing.Contact] {
		return helpline.Errorf(helpline.Conflict, "cabinet: it has a note")
	}
	c.closed[closing.Contact] = true
	delete(c.drafts, closing.Contact)
	c.notes = append(c.notes, counsel.Note{
		NoteHead: counsel.NoteHead{
			ID: helpline.NewID(), Author: by.Person, Alias: by.Alias, Week: "2026-W07", Revision: 1,
			Expires: time.Now().Add(3*day + time.Hour),
		},
		Outcome: closing.Outcome, Text: closing.Text,
	})
	return nil
}

func (c *cabinet) Revise(ctx context.Context, by counsel.By, id helpline.ID, closing counsel.Closing) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(by); err != nil {
		return err
	}
	if err := c.fault(closing); err != nil {
		return err
	}
	for i, n := range c.notes {
		if n.ID != id || n.Author != by.Person {
			continue
		}
		if n.Revision != closing.Revision {
			return helpline.Errorf(helpline.Conflict, "cabinet: changed meanwhile")
		}
		c.notes[i].Outcome, c.notes[i].Text, c.notes[i].Revision = closing.Outcome, closing.Text, n.Revision+1
		return nil
	}
	return errNone
}

func (c *cabinet) List(_ context.Context, by counsel.By) ([]counsel.NoteHead, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []counsel.NoteHead
	for _, n := range c.notes {
		if n.Author == by.Person || by.Has(helpline.Supervisor) {
			n.Mine = n.Author == by.Person
			out = append(out, n.NoteHead)
		}
	}
	return out, nil
}

func (c *cabinet) Open(_ context.Context, by counsel.By, id helpline.ID, reason string) (counsel.Note, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, n := range c.notes {
		if n.ID == id && (n.Author == by.Person || by.Has(helpline.Supervisor)) {
			n.Mine = n.Author == by.Person
			if err := c.ready(by); err != nil {
				return counsel.Note{}, err
			}
			if !n.Mine && !slices.Contains(audit.Reasons(), reason) {
				return counsel.Note{}, helpline.Errorf(helpline.Forbidden, "cabinet: %w", counsel.ErrReason)
			}
			if !n.Mine && c.opened >= counsel.OpeningsADay {
				return counsel.Note{}, helpline.Errorf(helpline.Forbidden, "cabinet: %w", counsel.ErrTooMany)
			}
			if !n.Mine {
				c.opened++
				c.notes[i].Openings = append(c.notes[i].Openings, counsel.Opening{By: by.Person, Name: by.Alias, Day: time.Now(), Reason: reason})
			}
			return n, nil
		}
	}
	return counsel.Note{}, errNone
}

func (c *cabinet) Draft(_ context.Context, by counsel.By, closing counsel.Closing) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil {
		return c.broken
	}
	if c.closed[closing.Contact] {
		return helpline.Errorf(helpline.Conflict, "cabinet: it has a note")
	}
	c.drafts[closing.Contact], c.author[closing.Contact] = closing, by.Person
	return nil
}

func (c *cabinet) Begin(_ context.Context, by counsel.By) (helpline.ID, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := helpline.NewID()
	c.begun[id] = by.Person
	return id, c.broken
}

func (c *cabinet) Drafts(_ context.Context, by counsel.By) ([]helpline.ID, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []helpline.ID
	for contact := range maps.Keys(c.drafts) {
		if c.author[contact] == by.Person {
			out = append(out, contact)
		}
	}
	return out, nil
}

func (c *cabinet) OpenDraft(_ context.Context, by counsel.By, contact helpline.ID) (counsel.Closing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.drafts[contact]
	if !ok || c.author[contact] != by.Person {
		return counsel.Closing{}, errNone
	}
	_, begun := c.begun[contact]
	d.Elsewhere = d.Elsewhere || begun
	return d, c.ready(by)
}

func (c *cabinet) Unlocked(by counsel.By) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open[by.Token]
}

func (c *cabinet) Unlock(_ context.Context, by counsel.By, p staff.Passphrase) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.Reveal() != pass {
		return helpline.Errorf(helpline.Forbidden, "cabinet: not the passphrase")
	}
	c.open[by.Token] = true
	return nil
}

func (c *cabinet) Lock(by counsel.By) { c.LockLogin(vault.LoginID(by.Token)) }

func (c *cabinet) LockLogin(id [32]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, where := range []map[string]bool{c.open, c.half} {
		maps.DeleteFunc(where, func(token string, _ bool) bool { return vault.LoginID(token) == id })
	}
}

// lockAll is a restart of the server.
func (c *cabinet) lockAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.open)
	clear(c.half)
}

const ownSix = "bodu fegi kalo mani reso tuvi"

func (c *cabinet) OwnWords(_ context.Context, by counsel.By) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ownSix, c.ready(by)
}

func (c *cabinet) Strangers(_ context.Context, by counsel.By) ([]counsel.Stranger, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.stranger), c.ready(by)
}

func (c *cabinet) Vouch(_ context.Context, by counsel.By, person helpline.ID, words string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(by); err != nil {
		return err
	}
	i := slices.IndexFunc(c.stranger, func(s counsel.Stranger) bool { return s.Person == person })
	switch {
	case i < 0:
		return errNone
	case c.stranger[i].Words != words:
		return helpline.Errorf(helpline.Conflict, "cabinet: other keys by now")
	}
	c.stranger = slices.Delete(c.stranger, i, i+1)
	c.vouched = append(c.vouched, person)
	return nil
}
