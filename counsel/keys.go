package counsel

import (
	"context"
	"errors"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Reasons why something sealed cannot be written or read now.
var (
	// ErrLocked: this login has no unlocked keyring; the passphrase helps.
	ErrLocked = errors.New("the keyring is locked")
	// ErrNoSupervisor: no supervisor has ever signed in, so there is nobody a
	// note could be sealed to.
	ErrNoSupervisor = errors.New("no supervisor has signed in yet")
	// ErrUnvouched: no supervisor has confirmed this person's six words.
	ErrUnvouched = errors.New("the person's keys are not confirmed yet")
	// ErrAuthorUnvouched: no supervisor has confirmed the six words of the
	// note's author; once one has, the note opens.
	ErrAuthorUnvouched = errors.New("the author's keys are not confirmed yet")
)

// loginLasts is longer than any login: what is older opens for nobody.
const loginLasts = 12 * time.Hour

// Office is what Keys needs to know of people. Asserted by counsel/staff.
type Office interface {
	// Login weighs a passphrase, with its delays.
	Login(ctx context.Context, name string, p staff.Passphrase) (staff.Person, error)
	// Active gives a person who may work; NotFound.
	Active(ctx context.Context, id helpline.ID) (staff.Person, error)
	// People lists everybody.
	People(ctx context.Context) ([]staff.Person, error)
}

var _ Office = (*staff.Office)(nil)

// Keys looks after the keyrings of those who are logged in. An unlocked keyring
// stands in memory only, as ciphertext under a key that only the browser's
// cookie gives; it is gone with the program, with Lock and with the login.
//
// The first supervisor who unlocks makes the line's root, the key log and the
// supervisors' group. Everybody else gets a keyring at the first unlocking and
// trusts the root that stands then; a supervisor who hears the same six words
// confirms it. Safe for concurrent use.
type Keys struct {
	install helpline.ID
	office  Office
	rows    KeyRows
	entries KeyLogRows
	codes   CodeRows   // nil: nobody logs in by a printed code
	escrow  EscrowRows // nil: keyrings are not sealed to the recovery key

	mu    sync.Mutex
	open  map[[32]byte]unlocked // by login
	half  map[[32]byte]unlocked // of logins whose second factor is still missing
	known *vault.Log            // as verified last; nil before
	heads HeadFile              // nil: every log that holds by itself is believed
	head  vault.Trust           // as heads has it; zero before it was read
	alarm alarm
	after func(By) // is told whoever unlocks; set before anybody is let in
}

type unlocked struct {
	*vault.Unlocked
	since   time.Time
	how     vault.By // what opened it
	refused error    // why the key log is not believed; the keyring then opens nothing but second factors
}

// NewKeys looks after the keyrings of one installation.
func NewKeys(install helpline.ID, o Office, rows KeyRows, entries KeyLogRows) *Keys {
	return &Keys{install: install, office: o, rows: rows, entries: entries, open: map[[32]byte]unlocked{}, half: map[[32]byte]unlocked{}}
}

// Unlocked says whether this login has its keyring.
func (k *Keys) Unlocked(by By) bool {
	_, ok := k.unlocked(by)
	return ok
}

func (k *Keys) unlocked(by By) (*vault.Unlocked, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	u, ok := k.open[by.login()]
	return u.Unlocked, ok && u.Public().Person == by.Person
}

// Opened says whether a person has an unlocked keyring in some login: is at work,
// at a screen that is not locked.
func (k *Keys) Opened(person helpline.ID) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, u := range k.open {
		if u.Public().Person == person && time.Since(u.since) < loginLasts {
			return true
		}
	}
	return false
}

// Lock drops the keyring of a login; without one it does nothing.
func (k *Keys) Lock(by By) { k.LockLogin(by.login()) }

// LockLogin is Lock for a login by the name it is filed under.
func (k *Keys) LockLogin(id [32]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, where := range []map[[32]byte]unlocked{k.open, k.half} {
		if u, ok := where[id]; ok {
			u.Drop()
			delete(where, id)
		}
	}
}

// Unlock opens the person's keyring for this login, and makes one for a person
// who has none. Forbidden when the passphrase is not right, Unavailable when
// too many wait, Internal (a vault.Check) when what is kept was tampered with.
func (k *Keys) Unlock(ctx context.Context, by By, pass staff.Passphrase) error {
	u, err := k.stretched(ctx, by, pass)
	if err == nil {
		err = u.refused
	}
	if err != nil {
		return err
	}
	k.keep(k.open, by, u)
	k.tell(by)
	return nil
}

// tell says that a login has its keyring now.
func (k *Keys) tell(by By) {
	if k.after != nil {
		k.after(by)
	}
}

// stretched gives the keyring as ciphertext for the login. Where it opens and the
// key log is not believed, it says so in refused.
func (k *Keys) stretched(ctx context.Context, by By, pass staff.Passphrase) (unlocked, error) {
	if by.Token == "" || by.Person.IsZero() {
		return unlocked{}, helpline.Errorf(helpline.Internal, "unlock a keyring: there is no login")
	}
	kek, w, err := k.weigh(ctx, by, pass)
	if err != nil {
		return unlocked{}, err
	}
	defer clear(kek[:])
	ring, err := k.ring(ctx, by, kek, w)
	refused := error(nil)
	if vault.CheckOf(err) != "" {
		k.alarm.ring(ctx, by, err)
		refused = err
		ring, err = k.alone(ctx, kek, w)
	}
	if err != nil {
		return unlocked{}, errors.Join(refused, err)
	}
	defer ring.Zero()
	u, err := ring.SealFor(by.Token)
	return unlocked{u, time.Now(), w.By, refused}, err
}

// alone opens a keyring without a look at the key log.
func (k *Keys) alone(ctx context.Context, kek vault.Key, w vault.Wrapping) (*vault.Keyring, error) {
	if w.By == vault.ByCode {
		return k.ringByCode(ctx, w.Person, kek, w)
	}
	row, err := k.rows.Keyring(ctx, w.Person)
	if err != nil {
		return nil, err
	}
	return vault.Unwrap(kek, w, row.Wrapped)
}

// keep puts a keyring where a login finds it, and drops what is too old.
func (k *Keys) keep(where map[[32]byte]unlocked, by By, u unlocked) {
	now := time.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, old := range k.open {
		if now.Sub(old.since) > loginLasts {
			old.Drop()
			delete(k.open, id)
		}
	}
	for id, old := range k.half {
		if now.Sub(old.since) > HalfLasts {
			old.Drop()
			delete(k.half, id)
		}
	}
	where[by.login()] = u
}

// weigh gives the key that wraps the keyring: what a login has just left in
// the context, or else the passphrase is weighed like at a login.
func (k *Keys) weigh(ctx context.Context, by By, pass staff.Passphrase) (vault.Key, vault.Wrapping, error) {
	h, ok := ctx.Value(heldKey{}).(*held)
	if !ok {
		h = &held{}
	}
	kek, w, ok := h.take()
	if !ok {
		p, err := k.office.Active(ctx, by.Person)
		if err != nil {
			return vault.Key{}, vault.Wrapping{}, err
		}
		who, err := k.office.Login(context.WithValue(ctx, heldKey{}, h), p.Name, pass)
		if err != nil {
			return vault.Key{}, vault.Wrapping{}, err
		}
		if kek, w, ok = h.take(); !ok || who.ID != by.Person {
			return vault.Key{}, vault.Wrapping{}, helpline.Errorf(helpline.Internal, "unlock a keyring: the passphrase was not stretched here")
		}
	}
	w.Install, w.Person = k.install, by.Person
	return kek, w, nil
}

// ring opens or makes a keyring. Whoever is slower than another window or
// another supervisor looks again.
func (k *Keys) ring(ctx context.Context, by By, kek vault.Key, w vault.Wrapping) (ring *vault.Keyring, err error) {
	for range 3 {
		ring, err = k.tryRing(ctx, by, kek, w)
		if err == nil {
			err = k.keepEscrow(ctx, ring)
		}
		if err == nil {
			return ring, nil
		}
		if ring != nil {
			ring.Zero()
		}
		if helpline.KindOf(err) != helpline.Conflict {
			break
		}
	}
	return nil, err
}

func (k *Keys) tryRing(ctx context.Context, by By, kek vault.Key, w vault.Wrapping) (*vault.Keyring, error) {
	if w.By == vault.ByCode {
		return k.ringByCode(ctx, by.Person, kek, w)
	}
	row, err := k.rows.Keyring(ctx, by.Person)
	fresh := helpline.KindOf(err) == helpline.NotFound
	var ring *vault.Keyring
	switch {
	case fresh:
		ring, err = vault.NewKeyring(k.install, by.Person)
	case err == nil:
		ring, err = vault.Unwrap(kek, w, row.Wrapped)
	}
	if err != nil {
		return nil, err
	}
	before := ring.Trust()
	log, _, err := k.current(ctx)
	switch {
	case err != nil:
		return ring, err
	case log == nil && before == (vault.Trust{}) && by.Has(helpline.Supervisor):
		if err := k.found(ctx, by, ring, kek, w); err != nil {
			return ring, err
		}
		if log, _, err = k.current(ctx); err != nil {
			return ring, err
		}
		k.remember(ctx, by, log, ring.Trust(), true)
		return ring, nil
	case log != nil || before != (vault.Trust{}):
		if _, err := trusted(ring, log); err != nil {
			return ring, err
		}
		k.remember(ctx, by, log, ring.Trust(), before != (vault.Trust{}))
	}
	if !fresh && ring.Trust() == before {
		return ring, nil
	}
	wrapped, err := ring.Wrap(kek, w)
	if err != nil {
		return ring, err
	}
	if fresh {
		return ring, k.rows.Enrol(ctx, KeyringRow{Person: by.Person, Intro: ring.Introduce(), Wrapped: wrapped})
	}
	return ring, k.rows.Rewrap(ctx, by.Person, wrapped)
}

// found makes the root, the log and the supervisors' group.
func (k *Keys) found(ctx context.Context, by By, ring *vault.Keyring, kek vault.Key, w vault.Wrapping) error {
	f, err := ring.Found(by.Roles...)
	if err != nil {
		return err
	}
	wrapped, err := ring.Wrap(kek, w)
	if err != nil {
		return err
	}
	return k.entries.ExtendKeyLog(ctx, Extension{
		Entries: f.Entries,
		Seats:   seatRows(f.Seats),
		Keyring: &KeyringRow{Person: w.Person, Intro: ring.Introduce(), Wrapped: wrapped},
	})
}

// current gives the key log as it is kept now, verified, and its entries; nil
// when nobody has founded it. A log that lost or changed an entry since this
// program read it is refused.
func (k *Keys) current(ctx context.Context) (*vault.Log, [][]byte, error) {
	entries, err := k.entries.KeyLog(ctx)
	if err != nil {
		return nil, nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	log := k.known
	switch {
	case log != nil:
		log, err = log.Extend(entries)
	case len(entries) > 0:
		log, err = vault.ReadLog(k.install, entries)
	}
	if err != nil {
		return nil, nil, err
	}
	k.known = log
	return log, entries, nil
}

// trusted holds the log against what the keyring knows, and lets the keyring
// remember what is new. A keyring that is older than the log takes its root.
func trusted(ring *vault.Keyring, log *vault.Log) (*vault.Vouched, error) {
	switch {
	case log == nil && ring.Trust() == (vault.Trust{}):
		return nil, helpline.Errorf(helpline.Unavailable, "look at the key log: %w", ErrNoSupervisor)
	case log == nil:
		return nil, helpline.Errorf(helpline.Internal, "look at the key log: %w", vault.LogShort)
	case ring.Trust() == (vault.Trust{}):
		if err := ring.Pin(log); err != nil {
			return nil, err
		}
	}
	v, err := log.Under(ring.Trust())
	if err != nil {
		return nil, err
	}
	ring.Saw(v)
	return v, nil
}

// use opens the login's keyring for one piece of work, with the keys it can
// trust. The caller Zeros it.
func (k *Keys) use(ctx context.Context, by By) (*vault.Keyring, *vault.Vouched, error) {
	ring, err := k.own(by)
	if err != nil {
		return nil, nil, err
	}
	log, _, err := k.current(ctx)
	if err == nil {
		var v *vault.Vouched
		if v, err = trusted(ring, log); err == nil {
			k.remember(ctx, by, log, ring.Trust(), false) // a ring that believed at this login is no witness yet
			_ = k.keepEscrow(ctx, ring)                   // of use later; the next piece of work tries again
			return ring, v, nil
		}
	}
	k.alarm.ring(ctx, by, err)
	ring.Zero()
	return nil, nil, err
}

// own opens the login's keyring; Forbidden wraps ErrLocked.
func (k *Keys) own(by By) (*vault.Keyring, error) {
	u, ok := k.unlocked(by)
	if !ok {
		return nil, locked()
	}
	ring, err := u.OpenWith(by.Token)
	if helpline.KindOf(err) == helpline.Forbidden {
		return nil, locked()
	}
	return ring, err
}

func locked() error {
	return helpline.Errorf(helpline.Forbidden, "open a keyring: %w", ErrLocked)
}

// group opens the person's seat in a generation of a group; Forbidden wraps
// ErrUnvouched. The caller Zeros it.
func (k *Keys) group(ctx context.Context, by By, ring *vault.Keyring, v *vault.Vouched, g vault.Group, generation uint64) (*vault.GroupKey, error) {
	sealed, err := k.rows.Seat(ctx, g, generation, by.Person)
	if helpline.KindOf(err) == helpline.NotFound {
		return nil, helpline.Errorf(helpline.Forbidden, "open the key of the %s: %w", string(g), ErrUnvouched)
	}
	if err != nil {
		return nil, err
	}
	return ring.OpenSeat(v, g, sealed)
}

func seatRows(seats []vault.Seat) []SeatRow {
	var out []SeatRow
	for _, s := range seats {
		out = append(out, SeatRow(s))
	}
	return out
}
