package counsel

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

// OpeningsADay is how many notes of others a person opens on a day (UTC) before
// a second person has to agree; that allows as many again.
const OpeningsADay = 20

// Reasons why a note of somebody else does not open yet.
var (
	// ErrReason: a note of somebody else opens with a reason only.
	ErrReason = errors.New("a note of somebody else opens with a reason only")
	// ErrTooMany: a second person has to agree to more openings on this day.
	ErrTooMany = errors.New("a second person has to agree to more openings today")
)

// NoteTrail is the audit log as openings need it. Asserted by store.
type NoteTrail interface {
	Trail
	// Find gives rows, the newest first.
	Find(ctx context.Context, q audit.Query) ([]audit.Row, error)
}

// Opening says who opened a note of somebody else, on which day and why.
type Opening struct {
	By     helpline.ID
	Name   string
	Day    time.Time
	Reason string // one of audit.Reasons
}

// trace records that a note of somebody else is about to be shown. Forbidden
// wraps ErrReason or ErrTooMany.
func (n *Notes) trace(ctx context.Context, by By, row NoteRow, shred vault.Key, reason string) error {
	if !slices.Contains(audit.Reasons(), reason) {
		return helpline.Errorf(helpline.Forbidden, "open a note: %w", ErrReason)
	}
	n.opening.Lock() // two windows do not both take the last one of the day
	defer n.opening.Unlock()
	left, err := n.left(ctx, by.Person)
	switch {
	case err != nil:
		return err
	case left < 1:
		return helpline.Errorf(helpline.Forbidden, "open a note: %w", ErrTooMany)
	}
	return n.trail.Record(ctx, audit.Deed{
		By: by.Person, Code: audit.NoteOpen, Object: audit.Note(row.ID, shred),
		Details: []audit.Detail{audit.Whom("author", row.Author), audit.Word("reason", reason)},
	})
}

// left is how many notes of others the person may still open today.
func (n *Notes) left(ctx context.Context, person helpline.ID) (int, error) {
	today := retention.Day(time.Now())
	rows, err := n.trail.Find(ctx, audit.Query{Person: person, Codes: []audit.Code{audit.NoteOpen, audit.NoteAllow}, From: today, To: today + 1})
	if err != nil {
		return 0, err
	}
	left := OpeningsADay
	for _, r := range rows {
		switch {
		case r.Code == audit.NoteOpen && r.Actor == person:
			left--
		case r.Code == audit.NoteAllow && r.Object.ID == person && r.Actor != person:
			more, _ := strconv.Atoi(r.Detail("more"))
			left += more
		}
	}
	return left, nil
}

// Allowance is how many notes of others a person opened today, and may still.
type Allowance struct {
	Person       helpline.ID
	Opened, Left int
}

// Allowances lists those who opened notes of others today.
func (n *Notes) Allowances(ctx context.Context, by By) ([]Allowance, error) {
	if err := May(by.Actor, AllowOpenings); err != nil {
		return nil, err
	}
	today := retention.Day(time.Now())
	rows, err := n.trail.Find(ctx, audit.Query{Codes: []audit.Code{audit.NoteOpen}, From: today, To: today + 1})
	if err != nil {
		return nil, err
	}
	var out []Allowance
	for _, r := range rows {
		i := slices.IndexFunc(out, func(a Allowance) bool { return a.Person == r.Actor })
		if i < 0 {
			i = len(out)
			out = append(out, Allowance{Person: r.Actor})
		}
		out[i].Opened++
	}
	for i := range out {
		if out[i].Left, err = n.left(ctx, out[i].Person); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Allow lets another person open as many notes again today as everybody may.
// Forbidden for oneself, and Conflict while the person has some left.
func (n *Notes) Allow(ctx context.Context, by By, person helpline.ID) error {
	if err := May(by.Actor, AllowOpenings); err != nil {
		return err
	}
	if person == by.Person {
		return helpline.Errorf(helpline.Forbidden, "allow openings: another person has to agree")
	}
	if _, err := n.keys.office.Active(ctx, person); err != nil {
		return err
	}
	n.opening.Lock()
	defer n.opening.Unlock()
	left, err := n.left(ctx, person)
	switch {
	case err != nil:
		return err
	case left > 0:
		return helpline.Errorf(helpline.Conflict, "allow openings: the person may still open %d today", left)
	}
	return n.trail.Record(ctx, audit.Deed{
		By: by.Person, Code: audit.NoteAllow, Object: audit.Person(person), Details: []audit.Detail{audit.Number("more", OpeningsADay)},
	})
}

// openings finds who opened the notes of an author, by note. What a note is
// called in the log can only be told while its shred key is there.
func (n *Notes) openings(ctx context.Context, author helpline.ID, rows []NoteRow, name func(helpline.ID) string) (map[helpline.ID][]Opening, error) {
	days := retention.Day(time.Now()) - n.rules.Days()
	q := audit.Query{Codes: []audit.Code{audit.NoteOpen}, Author: author, From: days}
	var found []audit.Row
	for {
		more, err := n.trail.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		if found = append(found, more...); len(more) < audit.MostRows {
			break
		}
		q.Below = more[len(more)-1].Number
	}
	of := map[audit.Object][]Opening{}
	for _, r := range found {
		if r.Detail("author") == author.String() && r.Detail("result") == "" {
			of[r.Object] = append(of[r.Object], Opening{
				By: r.Actor, Name: name(r.Actor), Day: retention.Midnight(r.Day), Reason: r.Detail("reason"),
			})
		}
	}
	out := map[helpline.ID][]Opening{}
	if len(of) == 0 {
		return out, nil
	}
	for _, r := range rows {
		if r.Author != author {
			continue
		}
		shred, err := n.shreds.Key(ctx, r.Shred)
		if helpline.KindOf(err) == helpline.NotFound {
			continue // it is being purged
		}
		if err != nil {
			return nil, err
		}
		out[r.ID] = of[audit.Note(r.ID, shred)]
		clear(shred[:])
	}
	return out, nil
}
