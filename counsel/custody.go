package counsel

import (
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Lack says what is missing before a lost passphrase loses nothing. It is a key
// for the screens; empty when nothing is.
type Lack string

// What can be missing, the worst first.
const (
	NoKey     Lack = "key"     // there is no recovery key
	Unwritten Lack = "shares"  // a custodian has not written the share down
	KeyUsed   Lack = "used"    // the key was put together to help somebody: make another
	GoneAway  Lack = "left"    // a custodian is no longer of the line
	Alone     Lack = "alone"   // somebody's loss could not be helped: it takes another supervisor and enough other custodians
	Unsealed  Lack = "waiting" // somebody has not unlocked since the key was made
)

// Custodian is a member of staff with a share, or who could have one.
type Custodian struct {
	Person   helpline.ID
	Name     string
	Operator bool // one at most may hold a share
	Written  bool // has written the share down
	Active   bool
}

// RecoveryState is how far the line's recovery key is.
type RecoveryState struct {
	Generation uint64 // 0: there is none
	Day        int    // on which it was made
	Needed     int    // 0 when the log cannot be read now
	Custodians []Custodian
	Waiting    []string // names of those whose keyring is not sealed to it yet
	Tight      bool     // every share is needed: it helps no custodian, and no paper may be lost
	Lack       Lack
}

// State says how far the recovery key is. It asks for no login: nothing in it
// is secret, and nothing is opened on the strength of it.
func (r *Recovery) State(ctx context.Context) (RecoveryState, error) {
	all, err := r.rows.Custody.Custodies(ctx)
	if err != nil {
		return RecoveryState{}, err
	}
	if len(all) == 0 {
		return RecoveryState{Lack: NoKey}, nil
	}
	now := all[0]
	sealed, err := r.rows.Escrow.Escrowed(ctx, now.Generation)
	if err != nil {
		return RecoveryState{}, err
	}
	people, err := r.keys.office.People(ctx)
	if err != nil {
		return RecoveryState{}, err
	}
	s := RecoveryState{Generation: now.Generation, Day: now.Day}
	for _, share := range now.Shares {
		c := Custodian{Person: share.Person, Written: len(share.Sealed) == 0}
		if i := slices.IndexFunc(people, func(p staff.Person) bool { return p.ID == share.Person }); i >= 0 {
			c.Name, c.Active = people[i].Name, people[i].State == staff.Active
		}
		s.Custodians = append(s.Custodians, c)
	}
	for _, p := range people {
		if p.State == staff.Active && !slices.Contains(sealed, p.ID) {
			s.Waiting = append(s.Waiting, p.Name)
		}
	}
	if log, _, err := r.keys.current(ctx); err == nil && log != nil {
		s.Needed = log.Needed(now.Generation)
		s.Tight = s.Needed >= len(s.Custodians)
	}
	if s.Lack, err = r.lack(ctx, all); s.Lack == "" && len(s.Waiting) > 0 {
		s.Lack = Unsealed
	}
	return s, err
}

// lack is the worst that is missing, but for those who have not unlocked since.
func (r *Recovery) lack(ctx context.Context, all []CustodyRow) (Lack, error) {
	switch {
	case len(all) == 0:
		return NoKey, nil
	case !all[0].Written():
		return Unwritten, nil
	case all[0].Used:
		return KeyUsed, nil
	}
	for _, s := range all[0].Shares {
		_, err := r.people.Active(ctx, s.Person)
		switch helpline.KindOf(err) {
		case "":
		case helpline.NotFound:
			return GoneAway, nil
		default:
			return "", err
		}
	}
	covered, err := r.covered(ctx, all[0])
	if err != nil || covered {
		return "", err
	}
	return Alone, nil
}

// covered says whether everybody could be helped: nobody confirms their own
// rescue, and nobody can enter a share while they cannot log in.
func (r *Recovery) covered(ctx context.Context, now CustodyRow) (bool, error) {
	r.keys.mu.Lock()
	log := r.keys.known
	r.keys.mu.Unlock()
	if log == nil {
		var err error
		if log, _, err = r.keys.current(ctx); err != nil || log == nil {
			return true, nil // what else is wrong is told elsewhere
		}
	}
	people, err := r.keys.office.People(ctx)
	if err != nil {
		return false, err
	}
	var supervisors []helpline.ID
	for _, p := range people {
		if roles, _ := log.Roles(p.ID); p.State == staff.Active && slices.Contains(roles, helpline.Supervisor) {
			supervisors = append(supervisors, p.ID)
		}
	}
	for _, p := range people {
		if p.State != staff.Active || !log.Stands(p.ID) {
			continue
		}
		confirm, give := len(supervisors), len(now.Shares)
		if slices.Contains(supervisors, p.ID) {
			confirm--
		}
		if slices.ContainsFunc(now.Shares, func(s ShareRow) bool { return s.Person == p.ID }) {
			give--
		}
		if confirm < 1 || give < log.Needed(now.Generation) {
			return false, nil
		}
	}
	return true, nil
}

// Candidates lists who could hold a share: active people whose six words were
// confirmed. Only those who may make the key may ask.
func (r *Recovery) Candidates(ctx context.Context, by By) ([]Custodian, error) {
	if err := May(by.Actor, MakeRecoveryKey); err != nil {
		return nil, err
	}
	ring, v, err := r.keys.use(ctx, by)
	if err != nil {
		return nil, err
	}
	defer ring.Zero()
	people, err := r.keys.office.People(ctx)
	if err != nil {
		return nil, err
	}
	var out []Custodian
	for _, p := range people {
		_, roles, err := v.Person(p.ID)
		if err != nil || len(roles) == 0 || p.State != staff.Active {
			continue
		}
		out = append(out, Custodian{Person: p.ID, Name: p.Name, Operator: slices.Contains(roles, helpline.Operator), Active: true})
	}
	return out, nil
}

// MakeKey makes the line's next recovery key and seals a share to each
// custodian. The key is forgotten at once. Everybody's keyring is sealed to it
// when they unlock next; the shares of the key before help those who have not,
// until then. Conflict when the rules say no or somebody else wrote the key log
// at the same time.
func (r *Recovery) MakeKey(ctx context.Context, by By, needed int, custodians []helpline.ID) error {
	if err := May(by.Actor, MakeRecoveryKey); err != nil {
		return err
	}
	ring, v, err := r.keys.use(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	for _, c := range custodians {
		if _, err := r.people.Active(ctx, c); err != nil {
			return helpline.Errorf(helpline.Conflict, "make the recovery key: a custodian is not an active person: %w", err)
		}
	}
	c, err := ring.MakeRecovery(v, needed, custodians)
	if err != nil {
		return err
	}
	row := &CustodyRow{Generation: c.Generation, Day: retention.Day(time.Now())}
	for i, sealed := range c.Shares {
		row.Shares = append(row.Shares, ShareRow{Person: custodians[i], Sealed: sealed})
	}
	e := Extension{At: int(ring.Trust().Seen), Entries: [][]byte{c.Entry}, Custody: row}
	d := audit.Deed{By: by.Person, Code: audit.RecoveryMake, Details: []audit.Detail{
		audit.Number("needed", needed), audit.Number("shares", len(custodians)),
	}}
	if err := Traced(ctx, r.rows.Trail, d, func() error { return r.keys.entries.ExtendKeyLog(ctx, e) }); err != nil {
		return err
	}
	if _, _, err := r.keys.current(ctx); err != nil {
		return err
	}
	return r.keys.keepEscrow(ctx, ring)
}

// Sheet is a share as its custodian writes it down.
type Sheet struct {
	Share      vault.Share
	Generation uint64
	Of, Needed int
	Day        int    // on which the key was made
	Asked      [2]int // the two words to be typed, by place from 1
}

// Holds says whether a share waits for this person to write it down.
func (r *Recovery) Holds(ctx context.Context, person helpline.ID) (bool, error) {
	all, err := r.rows.Custody.Custodies(ctx)
	if err != nil || len(all) == 0 {
		return false, err
	}
	return waits(all[0], person) > 0, nil
}

// waits is the part of the share that waits for a person; 0 for none.
func waits(c CustodyRow, person helpline.ID) int {
	for i, s := range c.Shares {
		if s.Person == person && len(s.Sealed) > 0 {
			return i + 1
		}
	}
	return 0
}

// OwnShare opens the share that waits for this custodian; NotFound when none
// does: it is shown until it was written down, and never again.
func (r *Recovery) OwnShare(ctx context.Context, by By) (Sheet, error) {
	all, err := r.rows.Custody.Custodies(ctx)
	if err != nil {
		return Sheet{}, err
	}
	part := 0
	if len(all) > 0 {
		part = waits(all[0], by.Person)
	}
	if part == 0 {
		return Sheet{}, helpline.Errorf(helpline.NotFound, "open a recovery share: none waits for this person")
	}
	ring, v, err := r.keys.use(ctx, by)
	if err != nil {
		return Sheet{}, err
	}
	defer ring.Zero()
	share, err := ring.OpenShare(v, all[0].Generation, part, all[0].Shares[part-1].Sealed)
	if err != nil {
		return Sheet{}, r.told(ctx, by, err)
	}
	return Sheet{
		Share: share, Generation: all[0].Generation, Of: len(all[0].Shares), Needed: share.Needed(), Day: all[0].Day, Asked: share.Asked(),
	}, nil
}

// WroteShare takes the two words the custodian was asked for; with them the
// share is emptied here and stands on the paper alone. Forbidden when they are
// not those.
func (r *Recovery) WroteShare(ctx context.Context, by By, typed [2]string) error {
	s, err := r.OwnShare(ctx, by)
	if err != nil {
		return err
	}
	if !s.Share.Matches(s.Asked, typed) {
		return helpline.Errorf(helpline.Forbidden, "confirm a recovery share: these are other words")
	}
	d := audit.Deed{
		By: by.Person, Code: audit.RecoveryShare, Object: audit.Person(by.Person),
		Details: []audit.Detail{audit.Number("share", s.Share.Part())},
	}
	return Traced(ctx, r.rows.Trail, d, func() error {
		return r.rows.Custody.ShareWritten(ctx, s.Generation, s.Share.Part())
	})
}

// Task is something that somebody has to do about recovery. It is a key for
// the screens: a Lack, or one of these.
type Task string

// The tasks beside those that a Lack gives to supervisors.
const (
	ShareWaits Task = "share" // a share to be written down
	PleaWaits  Task = "plea"  // somebody needs this custodian's share
	AskWaits   Task = "ask"   // somebody asks, and no supervisor has confirmed them
)

// Tasks lists what a person has to do. It reads rows only: nothing is opened,
// and nothing is believed on the strength of it.
func (r *Recovery) Tasks(ctx context.Context, who helpline.Actor) ([]Task, error) {
	all, err := r.rows.Custody.Custodies(ctx)
	if err != nil {
		return nil, err
	}
	supervises := May(who, MakeRecoveryKey) == nil
	var out []Task
	if len(all) > 0 && waits(all[0], who.Person) > 0 {
		out = append(out, ShareWaits)
	}
	rescues, err := r.rows.Rescues.Rescues(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	for _, q := range rescues {
		task := AskWaits
		if len(q.Approval) > 0 {
			task = PleaWaits
		}
		mine := task == AskWaits && supervises || task == PleaWaits && isCustodian(all, who.Person)
		if mine && q.Person != who.Person && !slices.Contains(out, task) {
			out = append(out, task)
		}
	}
	if !supervises {
		return out, nil
	}
	lack, err := r.lack(ctx, all)
	if lack != "" {
		out = append(out, Task(lack))
	}
	return out, err
}

func isCustodian(all []CustodyRow, person helpline.ID) bool {
	return slices.ContainsFunc(all, func(c CustodyRow) bool {
		return slices.ContainsFunc(c.Shares, func(s ShareRow) bool { return s.Person == person })
	})
}
