package counsel

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// RescueLasts is how long custodians have to enter their shares.
const RescueLasts = time.Hour

// mostAsked is how many rescues of one name can wait for an approval: of many
// askers at once each has words of their own, and a supervisor confirms those
// that were heard. It is more than a page shows, so that whoever asks again and
// again under somebody's name does not push the one who needs help out; a
// supervisor finds those by their words.
const mostAsked = 256

// ErrNotHeld: no keyring of this person is sealed to a recovery key whose
// shares were written down.
var ErrNotHeld = errors.New("nothing of this person is held in escrow")

// Pleading is a rescue as the asker sees it.
type Pleading struct {
	Words    string // six, to be read to a supervisor
	Approved bool
	Given    int // shares entered so far
	Needed   int // 0 before it is approved
	Expires  time.Time
}

// Ready says whether a new passphrase can be chosen.
func (p Pleading) Ready() bool { return p.Approved && p.Needed > 0 && p.Given >= p.Needed }

// AskRescue begins a rescue and gives what the asker's browser keeps. It costs
// and answers the same whether the name is known or not, and waits like a
// login.
func (r *Recovery) AskRescue(ctx context.Context, name string) (token string, err error) {
	token = rand.Text()
	mine, err := vault.NewRescue(r.keys.install, token)
	if err != nil {
		return "", err
	}
	var who helpline.ID
	salt := helpline.NewID()
	_, err = r.people.Try(ctx, name, func(ctx context.Context, p staff.Person) (bool, error) {
		if who = p.ID; who.IsZero() {
			who = r.nobody(name)
		}
		_, err := r.stretch.Verifier(ctx, staff.NewPassphrase(token), salt[:], r.people.Costs())
		return false, err // counted like a wrong passphrase: asking is no faster than guessing
	})
	if helpline.KindOf(err) != helpline.Forbidden {
		return "", err
	}
	key, now := mine.Public(), time.Now()
	row := RescueRow{ID: mine.ID(), Person: who, Key: key[:], Expires: now.Add(RescueLasts)}
	return token, r.rows.Rescues.Ask(ctx, row, mostAsked, now)
}

// nobody stands for a name that is not known, so that asking under it again and
// again looks like asking under one that is. It means nothing after a restart.
func (r *Recovery) nobody(name string) helpline.ID {
	mac := hmac.New(sha256.New, r.decoys[:])
	mac.Write([]byte(strings.ToLower(strings.Join(strings.Fields(name), " "))))
	return helpline.ID(mac.Sum(nil)[:16])
}

// Pleading says how far the rescue of a browser is; NotFound when it has
// expired, ended, or gave way to newer ones.
func (r *Recovery) Pleading(ctx context.Context, token string) (Pleading, error) {
	mine, row, err := r.rescue(ctx, token)
	if err != nil {
		return Pleading{}, err
	}
	p := Pleading{Words: mine.Words(), Expires: row.Expires, Approved: len(row.Approval) > 0, Given: len(row.Pieces)}
	if !p.Approved {
		return p, nil
	}
	log, _, err := r.keys.current(ctx)
	if err != nil {
		return Pleading{}, err
	}
	if log == nil {
		return Pleading{}, helpline.Errorf(helpline.Internal, "look at a rescue: %w", vault.LogShort)
	}
	generation, err := log.Approved(askOf(row), row.Approval)
	if err != nil {
		return Pleading{}, err
	}
	p.Needed = log.Needed(generation)
	return p, nil
}

func (r *Recovery) rescue(ctx context.Context, token string) (*vault.Rescue, RescueRow, error) {
	if token == "" {
		return nil, RescueRow{}, helpline.Errorf(helpline.NotFound, "look at a rescue: there is none")
	}
	mine, err := vault.NewRescue(r.keys.install, token)
	if err != nil {
		return nil, RescueRow{}, err
	}
	row, err := r.rows.Rescues.Rescue(ctx, mine.ID(), time.Now())
	return mine, row, err
}

func askOf(row RescueRow) vault.Ask {
	a := vault.Ask{ID: row.ID, Person: row.Person, Expires: uint64(row.Expires.Unix())}
	copy(a.Key[:], row.Key)
	return a
}

// Rescued is a rescue as supervisors and custodians see it.
type Rescued struct {
	ID         helpline.ID
	Person     helpline.ID
	Name       string
	Words      string // for supervisors, before it is approved
	Expires    time.Time
	Approved   bool
	By         string // name of the supervisor who approved
	Given      int
	Needed     int
	Generation uint64 // of the recovery key that helps
	Mine       int    // part of the share this person holds; 0: none
	Entered    bool   // it was entered
}

// Rescues lists who asks, for a supervisor all, for a custodian those that were
// approved and ask for a share of theirs.
func (r *Recovery) Rescues(ctx context.Context, by By) ([]Rescued, error) {
	if err := May(by.Actor, HelpRescue); err != nil {
		return nil, err
	}
	ring, v, err := r.keys.use(ctx, by)
	if err != nil {
		return nil, err
	}
	defer ring.Zero()
	rows, err := r.rows.Rescues.Rescues(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	people, err := r.keys.office.People(ctx)
	if err != nil {
		return nil, err
	}
	name := func(id helpline.ID) string {
		for _, p := range people {
			if p.ID == id {
				return p.Name
			}
		}
		return ""
	}
	supervises := May(by.Actor, ApproveRescue) == nil
	var out []Rescued
	for _, row := range rows {
		if row.Person == by.Person {
			continue // this login is no help to who cannot log in; and nobody approves their own
		}
		one := Rescued{ID: row.ID, Person: row.Person, Name: name(row.Person), Expires: row.Expires}
		if len(row.Approval) == 0 {
			one.Words = vault.RescueWords(r.keys.install, row.ID, askOf(row).Key)
			if supervises {
				out = append(out, one)
			}
			continue
		}
		if err := r.addHelp(ctx, v, by, row, &one); err != nil {
			return nil, err
		}
		one.By = name(v.Approver(row.Approval))
		if supervises || one.Mine > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

func (r *Recovery) addHelp(ctx context.Context, v *vault.Vouched, by By, row RescueRow, one *Rescued) error {
	generation, err := v.Approved(askOf(row), row.Approval)
	if err != nil {
		return err
	}
	whole, err := r.rows.Rescues.Rescue(ctx, row.ID, time.Now())
	if helpline.KindOf(err) == helpline.NotFound {
		return nil // it has just ended
	}
	if err != nil {
		return err
	}
	var custodians []helpline.ID
	one.Needed, custodians = v.Custodians(generation)
	one.Approved, one.Given, one.Generation = true, len(whole.Pieces), generation
	one.Mine = slices.Index(custodians, by.Person) + 1
	one.Entered = slices.ContainsFunc(whole.Pieces, func(p vault.Piece) bool { return p.Part == one.Mine })
	return nil
}

// held finds the newest keyring of a person in escrow that shares on paper can
// open, and holds it against the log. Unavailable wraps ErrNotHeld.
func (r *Recovery) held(ctx context.Context, v *vault.Vouched, person helpline.ID) (EscrowRow, error) {
	all, err := r.rows.Custody.Custodies(ctx)
	if err != nil {
		return EscrowRow{}, err
	}
	rows, err := r.rows.Escrow.Escrows(ctx, person)
	if err != nil {
		return EscrowRow{}, err
	}
	for _, c := range all {
		i := slices.IndexFunc(rows, func(e EscrowRow) bool { return e.Generation == c.Generation })
		if i >= 0 && c.Written() {
			return rows[i], vault.CheckEscrow(v, person, c.Generation, rows[i].Sealed)
		}
	}
	return EscrowRow{}, helpline.Errorf(helpline.Unavailable, "look for a keyring in escrow: %w", ErrNotHeld)
}

// ApproveRescue confirms that the asker is who they say: the supervisor has
// heard the six words from them. words are those that were shown. Conflict when
// they are not those any more or another rescue of the person was approved,
// Unavailable with ErrNotHeld.
func (r *Recovery) ApproveRescue(ctx context.Context, by By, id helpline.ID, words string) error {
	if err := May(by.Actor, ApproveRescue); err != nil {
		return err
	}
	row, err := r.rows.Rescues.Rescue(ctx, id, time.Now())
	if err != nil {
		return err
	}
	if _, err := r.people.Active(ctx, row.Person); err != nil {
		return err
	}
	ring, v, err := r.keys.use(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	escrow, err := r.held(ctx, v, row.Person)
	if err != nil {
		return r.told(ctx, by, err)
	}
	ask := askOf(row)
	ask.Generation = escrow.Generation
	approval, err := ring.Approve(v, ask, words)
	if err != nil {
		return err
	}
	d := audit.Deed{By: by.Person, Code: audit.RecoveryAsk, Object: audit.Person(row.Person)}
	return Traced(ctx, r.rows.Trail, d, func() error { return r.rows.Rescues.Approve(ctx, id, approval, time.Now()) })
}

// StopRescue ends a rescue, approved or not. NotFound when it is over.
func (r *Recovery) StopRescue(ctx context.Context, by By, id helpline.ID) error {
	if err := May(by.Actor, ApproveRescue); err != nil {
		return err
	}
	row, err := r.rows.Rescues.Rescue(ctx, id, time.Now())
	if err != nil {
		return err
	}
	if _, err := r.people.Active(ctx, row.Person); err != nil {
		return err
	}
	d := audit.Deed{By: by.Person, Code: audit.RecoveryStop, Object: audit.Person(row.Person)}
	return Traced(ctx, r.rows.Trail, d, func() error { return r.rows.Ends.EndRescue(ctx, id) })
}

// GiveShare takes the words of a custodian's share for a rescue and seals it to
// the asker: it stands in clear nowhere. Invalid with a vault.Slip when the
// words are not those of this custodian's share, Conflict when it was entered
// before, NotFound when the rescue is over.
func (r *Recovery) GiveShare(ctx context.Context, by By, id helpline.ID, typed string) error {
	if err := May(by.Actor, HelpRescue); err != nil {
		return err
	}
	row, err := r.rows.Rescues.Rescue(ctx, id, time.Now())
	if err != nil {
		return err
	}
	if len(row.Approval) == 0 || row.Person == by.Person {
		return helpline.Errorf(helpline.NotFound, "give a share: nobody has approved that")
	}
	ring, v, err := r.keys.use(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	ask := askOf(row)
	if ask.Generation, err = v.Approved(ask, row.Approval); err != nil {
		return r.told(ctx, by, err)
	}
	escrow, err := r.escrowOf(ctx, row.Person, ask.Generation)
	if err != nil {
		return err
	}
	if err := vault.CheckEscrow(v, row.Person, ask.Generation, escrow.Sealed); err != nil {
		return r.told(ctx, by, err)
	}
	share, err := vault.ReadShare(typed)
	if err != nil {
		return err
	}
	if err := share.Fits(v, ask.Generation, by.Person); err != nil {
		return err
	}
	sealed, err := share.Give(v, ask)
	if err != nil {
		return err
	}
	d := audit.Deed{By: by.Person, Code: audit.RecoveryGive, Object: audit.Person(row.Person)}
	piece := vault.Piece{Part: share.Part(), Sealed: sealed}
	return Traced(ctx, r.rows.Trail, d, func() error { return r.rows.Rescues.AddPiece(ctx, id, piece, time.Now()) })
}

func (r *Recovery) escrowOf(ctx context.Context, person helpline.ID, generation uint64) (EscrowRow, error) {
	rows, err := r.rows.Escrow.Escrows(ctx, person)
	if err != nil {
		return EscrowRow{}, err
	}
	for _, e := range rows {
		if e.Generation == generation {
			return e, nil
		}
	}
	return EscrowRow{}, helpline.Errorf(helpline.Unavailable, "look for a keyring in escrow: %w", ErrNotHeld)
}

// FinishRescue puts the recovery key together in the asker's request, opens the
// keyring with it, forgets it and wraps the keyring under the new passphrase.
// The rescue ends, printed codes go, and the recovery key is marked as used:
// another has to be made. The key of the passphrase is left in the context for
// the Unlock that follows. Unavailable while there are too few shares, Invalid
// with a Weakness.
func (r *Recovery) FinishRescue(ctx context.Context, token string, pass staff.Passphrase) (staff.Person, error) {
	mine, row, err := r.rescue(ctx, token)
	if err != nil {
		return staff.Person{}, err
	}
	if len(row.Approval) == 0 {
		return staff.Person{}, helpline.Errorf(helpline.Unavailable, "finish a rescue: nobody has approved it")
	}
	p, err := r.people.Active(ctx, row.Person)
	if err != nil {
		return staff.Person{}, err
	}
	if err := staff.Check(pass, p); err != nil {
		return staff.Person{}, err
	}
	log, _, err := r.keys.current(ctx)
	if err != nil {
		return staff.Person{}, err
	}
	if log == nil {
		return staff.Person{}, helpline.Errorf(helpline.Internal, "finish a rescue: %w", vault.LogShort)
	}
	ask := askOf(row)
	if ask.Generation, err = log.Approved(ask, row.Approval); err != nil {
		return staff.Person{}, r.told(ctx, By{}, err)
	}
	escrow, err := r.escrowOf(ctx, p.ID, ask.Generation)
	if err != nil {
		return staff.Person{}, err
	}
	ring, err := mine.Rescued(log, ask, row.Approval, escrow.Sealed, row.Pieces)
	if err != nil {
		return staff.Person{}, r.told(ctx, By{}, err)
	}
	defer ring.Zero()
	n := Renewal{Spent: true, Rescue: row.ID, Used: ask.Generation}
	d := audit.Deed{By: p.ID, Code: audit.RecoveryDone, Object: audit.Person(p.ID)}
	if err := r.renew(ctx, p, ring, pass, n, d); err != nil {
		return staff.Person{}, err
	}
	p.Renew = false
	return p, nil
}
