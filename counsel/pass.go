package counsel

import (
	"context"
	"crypto/sha256"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
)

// How long a login for own shifts lasts, and the link that makes one.
const (
	PassLasts     = 30 * 24 * time.Hour
	PassLinkLasts = 15 * time.Minute
)

// mostPasses is how many devices a person can have; links count too.
const mostPasses = 5

// PassRow is a login that opens the person's own shifts and nothing else, on a
// device that the person has named. Until it is entered, Hash is of the token
// in a link that was shown once; then of the token in the device's cookie.
type PassRow struct {
	ID      helpline.ID
	Hash    [32]byte
	Person  helpline.ID
	Device  string
	Entered bool
	Expiry  time.Time
}

// PassRows keeps them in the file of the logins. Asserted by store.
type PassRows interface {
	// AddPass keeps a new one; Conflict when the person has most already.
	AddPass(ctx context.Context, r PassRow, now time.Time, most int) error
	// EnterPass turns an unused link into a login under another hash, once;
	// NotFound.
	EnterPass(ctx context.Context, link [32]byte, now time.Time, to [32]byte, until time.Time) (PassRow, error)
	// Pass gives the one with this hash that has not expired; NotFound.
	Pass(ctx context.Context, hash [32]byte, now time.Time) (PassRow, error)
	// PassesOf lists those of a person that have not expired.
	PassesOf(ctx context.Context, person helpline.ID, now time.Time) ([]PassRow, error)
	// EndPass ends one of a person's; what is not there is no error.
	EndPass(ctx context.Context, person, id helpline.ID) error
}

// Passes gives logins for own shifts. They are no logins of package console's:
// they have another cookie, hold no session and unlock nothing, so that a lost
// phone shows when somebody works and no more. Safe for concurrent use.
type Passes struct {
	rows  PassRows
	trail Trail
}

// NewPasses keeps them in rows.
func NewPasses(rows PassRows, t Trail) *Passes { return &Passes{rows, t} }

// A link and a login never have the same hash, so that the one is not the other.
func linkHash(t staff.Token) [32]byte { return sha256.Sum256([]byte("shifts/link/v1 " + t.Reveal())) }

func passHash(t staff.Token) [32]byte { return sha256.Sum256([]byte("shifts/login/v1 " + t.Reveal())) }

// Link makes a link for another device of the person. It works once and for
// PassLinkLasts. Invalid (staff.DeviceField) when the name cannot be, Conflict
// when the person has too many.
func (s *Passes) Link(ctx context.Context, person helpline.ID, device string) (staff.Token, error) {
	t := staff.NewToken()
	return t, s.add(ctx, PassRow{Hash: linkHash(t), Person: person, Device: device}, PassLinkLasts)
}

// Here makes a login for the device the person sits at.
func (s *Passes) Here(ctx context.Context, person helpline.ID, device string) (staff.Token, error) {
	t := staff.NewToken()
	return t, s.add(ctx, PassRow{Hash: passHash(t), Person: person, Device: device, Entered: true}, PassLasts)
}

func (s *Passes) add(ctx context.Context, r PassRow, lasts time.Duration) error {
	device, err := staff.NameDevice(r.Device)
	if err != nil {
		return err
	}
	now := time.Now()
	r.ID, r.Device, r.Expiry = helpline.NewID(), device, now.Add(lasts)
	return Traced(ctx, s.trail, ofOwnShifts(audit.RotaLogin, r.Person), func() error { return s.rows.AddPass(ctx, r, now, mostPasses) })
}

func ofOwnShifts(c audit.Code, person helpline.ID) audit.Deed {
	return audit.Deed{By: person, Code: c, Object: audit.Person(person)}
}

// Waits says for whom an unused link is; NotFound.
func (s *Passes) Waits(ctx context.Context, link staff.Token) (PassRow, error) {
	r, err := s.rows.Pass(ctx, linkHash(link), time.Now())
	if err == nil && r.Entered {
		return PassRow{}, helpline.Errorf(helpline.NotFound, "own shifts: the link is used")
	}
	return r, err
}

// Enter spends a link and gives the token of the device's cookie; NotFound.
func (s *Passes) Enter(ctx context.Context, link staff.Token) (staff.Token, PassRow, error) {
	t := staff.NewToken()
	now := time.Now()
	r, err := s.rows.EnterPass(ctx, linkHash(link), now, passHash(t), now.Add(PassLasts))
	return t, r, err
}

// Holder says whose login the token of a cookie is; NotFound. Whether that
// person may still work is for the caller to ask.
func (s *Passes) Holder(ctx context.Context, t staff.Token) (PassRow, error) {
	r, err := s.rows.Pass(ctx, passHash(t), time.Now())
	if err == nil && !r.Entered {
		return PassRow{}, helpline.Errorf(helpline.NotFound, "own shifts: not entered")
	}
	return r, err
}

// List gives those of a person, links that wait among them.
func (s *Passes) List(ctx context.Context, person helpline.ID) ([]PassRow, error) {
	return s.rows.PassesOf(ctx, person, time.Now())
}

// End ends one of a person's, at once.
func (s *Passes) End(ctx context.Context, person, id helpline.ID) error {
	return Traced(ctx, s.trail, ofOwnShifts(audit.RotaLoginEnd, person), func() error { return s.rows.EndPass(ctx, person, id) })
}
