package counsel

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Logins keeps logins sealed: what the store holds opens only with the token
// in the browser's cookie and the login key of its day. It has the shape of an
// scs store and, with LoginCodec, of its codec. Safe for concurrent use.
type Logins struct {
	rows LoginRows
	keys *vault.LoginKeys
}

// NewLogins seals with keys and files in rows.
func NewLogins(rows LoginRows, keys *vault.LoginKeys) *Logins { return &Logins{rows, keys} }

type foundKey struct{}

// OneRequest gives the context of a request. A login that its request found or
// has kept and that was ended before the request is answered stays ended, whatever
// the request would keep in it.
func OneRequest(ctx context.Context) context.Context {
	return context.WithValue(ctx, foundKey{}, new([32]byte))
}

// FindCtx gives the data of a token's login. One that has expired, that is
// sealed under a key which is gone or that was tampered with is not found.
func (l *Logins) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	r, err := l.rows.Get(ctx, vault.LoginID(token))
	switch {
	case helpline.KindOf(err) == helpline.NotFound:
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case !time.Now().Before(r.Expiry):
		return nil, false, nil
	}
	data, err := l.keys.OpenLogin(token, r.Epoch, r.Sealed)
	switch helpline.KindOf(err) {
	case "":
		if f, ok := ctx.Value(foundKey{}).(*[32]byte); ok {
			*f = r.ID
		}
		if r.Idle {
			data = lockedNow(data)
		}
		return data, true, nil
	case helpline.NotFound, helpline.Invalid:
		return nil, false, nil
	}
	return nil, false, err
}

// CommitCtx seals and files the data of a login, which must be LoginCodec's.
func (l *Logins) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	in, _, err := unpack(data)
	if err != nil {
		return err
	}
	id, epoch, sealed, err := l.keys.SealLogin(token, data)
	if err != nil {
		return err
	}
	row := staff.LoginRow{ID: id, Epoch: epoch, Sealed: sealed, Person: in.Person, Device: deviceOf(ctx), Expiry: expiry}
	f, ok := ctx.Value(foundKey{}).(*[32]byte)
	if ok && *f == id {
		return l.rows.Change(ctx, row)
	}
	if err := l.rows.Put(ctx, row); err != nil {
		return err
	}
	if ok {
		*f = id // what the request keeps in it from now on brings it back no more either
	}
	return nil
}

// Mark is what a page carries that was opened while its login was unlocked: by it
// the page is known again after the login was locked. Whoever has the token alone
// cannot make it, and it opens nothing without the token.
func (l *Logins) Mark(token string) (string, error) {
	marks, err := l.keys.Marks(token)
	if err != nil || len(marks) == 0 {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(marks[0]), nil
}

// Marked says whether a mark is one of the login of a token, of today or
// yesterday.
func (l *Logins) Marked(token, mark string) bool {
	got, err := base64.RawURLEncoding.Strict().DecodeString(mark)
	if err != nil {
		return false
	}
	marks, err := l.keys.Marks(token)
	return err == nil && slices.ContainsFunc(marks, func(m []byte) bool { return subtle.ConstantTimeCompare(m, got) == 1 })
}

// DeleteCtx ends the login of a token.
func (l *Logins) DeleteCtx(ctx context.Context, token string) error {
	return l.rows.Delete(ctx, vault.LoginID(token))
}

// Idle keeps that a login was locked because nobody touched it: a program that was
// started again asks for the passphrase too.
func (l *Logins) Idle(ctx context.Context, id [32]byte) error { return l.rows.Idle(ctx, id) }

// Stands says whether a login still exists, by the name it is filed under. A
// socket that has been open for hours is asked this way: the token is not kept.
func (l *Logins) Stands(ctx context.Context, id [32]byte) (bool, error) {
	r, err := l.rows.Get(ctx, id)
	if helpline.KindOf(err) == helpline.NotFound {
		return false, nil
	}
	return err == nil && time.Now().Before(r.Expiry), err
}

// Find, Commit and Delete complete the shape; requests use those with a context.
func (l *Logins) Find(token string) ([]byte, bool, error) {
	return l.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (l *Logins) Commit(token string, data []byte, expiry time.Time) error {
	return l.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (l *Logins) Delete(token string) error { return l.DeleteCtx(context.Background(), token) }
