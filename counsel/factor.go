package counsel

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// FactorKind is a kind of second factor.
type FactorKind byte

// The kinds.
const (
	CodeFactor    FactorKind = 1 // an app that shows codes
	PasskeyFactor FactorKind = 2
)

// MostFactors is how many second factors a person can have.
const MostFactors = 8

// ErrSetUp says that a login which was to set up the first second factor came
// too late: another has done it.
var ErrSetUp = errors.New("there is a second factor by now")

// ErrLastFactor says that a person's only second factor cannot go.
var ErrLastFactor = errors.New("it is the only second factor")

// FactorRow is a second factor as it is kept. Wrapped is the keyring under what
// a passkey gives; empty for most.
type FactorRow struct {
	ID, Person helpline.ID
	Kind       FactorKind
	Revision   uint64
	Sealed     []byte
	Wrapped    []byte
}

// FactorRows keeps second factors. Asserted by store.
type FactorRows interface {
	// Factors gives those of a person.
	Factors(ctx context.Context, person helpline.ID) ([]FactorRow, error)
	// AddFactor keeps a new one; Conflict when its ID is known or the person
	// has most already.
	AddFactor(ctx context.Context, r FactorRow, most int) error
	// RenewFactor replaces Revision, Sealed and Wrapped if the revision still
	// is one less than r's; Conflict otherwise.
	RenewFactor(ctx context.Context, r FactorRow) error
	// RemoveFactor deletes one; NotFound, and Conflict when it is the last.
	RemoveFactor(ctx context.Context, person, id helpline.ID) error
	// ResetFactors deletes all of a person.
	ResetFactors(ctx context.Context, person helpline.ID) error
}

// Factor is a second factor as its owner sees it.
type Factor struct {
	ID      helpline.ID
	Kind    FactorKind
	Name    string // as the owner calls it
	Day     int    // on which it was set up, counted from 1970
	Unlocks bool   // a passkey that can unlock the keyring
	Copied  bool   // its counter went back once: there may be a copy of it
}

// factorBody is what is sealed of a factor.
type factorBody struct {
	Name   string          `json:"name"`
	Day    int             `json:"day"`
	Secret []byte          `json:"secret,omitempty"` // of an app
	Last   int64           `json:"last,omitempty"`   // newest step used
	Key    json.RawMessage `json:"key,omitempty"`    // a passkey, as counsel/staff writes it
	Copied bool            `json:"copied,omitempty"`
}

// Second weighs second factors. What is known of them is sealed under the
// keyring of their owner, so weighing one needs the passphrase first. Safe for
// concurrent use.
type Second struct {
	keys  *Keys
	rows  FactorRows
	now   func() time.Time
	trail Trail // nil where nobody keeps one: a line made for a load test
	turns staff.Turns

	mu    sync.Mutex
	asked map[[32]byte]asked // by login
}

// NewSecond weighs by a clock.
func NewSecond(keys *Keys, rows FactorRows, now func() time.Time) *Second {
	return &Second{keys: keys, rows: rows, now: now}
}

// Traced makes every change of a second factor leave a trace, or be refused.
func (s *Second) Traced(t Trail) *Second {
	s.trail = t
	return s
}

func (s *Second) trace(ctx context.Context, by By, code audit.Code, of helpline.ID, kind FactorKind, do func() error) error {
	if s.trail == nil {
		return do()
	}
	d := audit.Deed{By: by.Person, Code: code, Object: audit.Person(of)}
	switch kind {
	case CodeFactor:
		d.Details = []audit.Detail{audit.Word("factor", "totp")}
	case PasskeyFactor:
		d.Details = []audit.Detail{audit.Word("factor", "passkey")}
	}
	return Traced(ctx, s.trail, d, do)
}

// room says how many second factors a login may bring its person to. One that
// has shown the passphrase alone sets up the first and no more: of two such
// logins at once, the slower must show the second factor of the other. Conflict
// wraps ErrSetUp for it.
func (s *Second) room(ctx context.Context, by By) (most int, err error) {
	if s.keys.Unlocked(by) {
		return MostFactors, nil
	}
	rows, err := s.rows.Factors(ctx, by.Person)
	if err == nil && len(rows) > 0 {
		err = helpline.Errorf(helpline.Conflict, "set up a second factor: %w", ErrSetUp)
	}
	return 1, err
}

// Kinds says which second factors a person has, each kind once.
func (s *Second) Kinds(ctx context.Context, person helpline.ID) ([]FactorKind, error) {
	rows, err := s.rows.Factors(ctx, person)
	if err != nil {
		return nil, err
	}
	var out []FactorKind
	for _, r := range rows {
		if !slices.Contains(out, r.Kind) {
			out = append(out, r.Kind)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Factors lists the second factors of the person whose login this is.
func (s *Second) Factors(ctx context.Context, by By) ([]Factor, error) {
	ring, rows, err := s.look(ctx, by)
	if err != nil {
		return nil, err
	}
	defer ring.Zero()
	var out []Factor
	for _, r := range rows {
		b, err := read(ring, r)
		if err != nil {
			return nil, err
		}
		out = append(out, Factor{ID: r.ID, Kind: r.Kind, Name: b.Name, Day: b.Day, Unlocks: len(r.Wrapped) > 0, Copied: b.Copied})
	}
	slices.SortFunc(out, func(a, b Factor) int { return a.Day - b.Day })
	return out, nil
}

// Remove takes one of the person's own second factors away. Conflict wraps
// ErrLastFactor when there is no other.
func (s *Second) Remove(ctx context.Context, by By, id helpline.ID) error {
	rows, err := s.rows.Factors(ctx, by.Person)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(r FactorRow) bool { return r.ID == id })
	switch {
	case i < 0:
		return helpline.Errorf(helpline.NotFound, "remove a second factor: there is none")
	case len(rows) == 1:
		return helpline.Errorf(helpline.Conflict, "remove a second factor: %w", ErrLastFactor)
	}
	err = s.trace(ctx, by, audit.FactorRemove, by.Person, rows[i].Kind, func() error { return s.rows.RemoveFactor(ctx, by.Person, id) })
	if helpline.KindOf(err) == helpline.Conflict {
		return helpline.Errorf(helpline.Conflict, "remove a second factor: %w", ErrLastFactor)
	}
	return err
}

// Reset takes all second factors of a colleague away, who then sets up a new
// one after the passphrase. Forbidden for oneself and for whoever may not.
func (s *Second) Reset(ctx context.Context, by By, person helpline.ID) error {
	if err := May(by.Actor, VouchPeers); err != nil {
		return err
	}
	if person == by.Person {
		return helpline.Errorf(helpline.Forbidden, "reset second factors: not one's own")
	}
	return s.trace(ctx, by, audit.FactorReset, person, 0, func() error { return s.rows.ResetFactors(ctx, person) })
}

// look opens the keyring of the login and reads its owner's rows.
func (s *Second) look(ctx context.Context, by By) (*vault.Keyring, []FactorRow, error) {
	rows, err := s.rows.Factors(ctx, by.Person)
	if err != nil {
		return nil, nil, err
	}
	ring, err := s.keys.forFactors(by)
	return ring, rows, err
}

func place(r FactorRow) vault.Factor {
	return vault.Factor{ID: r.ID, Kind: byte(r.Kind), Revision: r.Revision}
}

func read(ring *vault.Keyring, r FactorRow) (factorBody, error) {
	plain, err := ring.OpenFactor(place(r), r.Sealed)
	if err != nil {
		return factorBody{}, err
	}
	defer clear(plain)
	var b factorBody
	if err := json.Unmarshal(plain, &b); err != nil {
		return factorBody{}, helpline.Errorf(helpline.Internal, "read a second factor: %w", vault.FactorForm)
	}
	return b, nil
}

func (b factorBody) seal(ring *vault.Keyring, r FactorRow) (FactorRow, error) {
	plain, err := json.Marshal(b)
	if err != nil {
		return r, helpline.Errorf(helpline.Internal, "seal a second factor: %w", err)
	}
	defer clear(plain)
	r.Sealed, err = ring.SealFactor(place(r), plain)
	return r, err
}

func (s *Second) today() int { return int(s.now().Unix() / 86400) }
