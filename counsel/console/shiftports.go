package console

import (
	"context"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// OwnRotas is the line's rotas, as a person's own pages need them. Asserted by
// counsel.
type OwnRotas interface {
	// Standing is all that is published, of every rota.
	Standing(context.Context) (*rota.Book, error)
	// Law holds for everybody whose terms name no other.
	Law() rota.Profile
	// Do takes one step; Conflict when somebody was faster, or wraps the rules
	// that would be broken (rota.RefusedFor).
	Do(ctx context.Context, who helpline.Actor, s rota.Step) (rota.Change, error)
	// Edit changes wishes and days off.
	Edit(ctx context.Context, who helpline.Actor, e counsel.RotaEdit) (counsel.RotaEdit, error)
	// Events is what happened to the person's shifts from one instant until
	// before another, the newest first.
	Events(ctx context.Context, who helpline.Actor, from, until time.Time) ([]rota.Event, error)
}

// OwnAsks are questions to several people at once: can you take this? Asserted
// by counsel.
type OwnAsks interface {
	// Asks lists the open ones this person is asked and has not answered.
	Asks(person helpline.ID) []counsel.RotaAsk
	// Answer says yes or no. The first yes has the place; Conflict when somebody
	// was faster, or wraps the rules that would be broken.
	Answer(ctx context.Context, who helpline.Actor, ask helpline.ID, yes bool) error
}

// ownActor is how somebody acts on the pages of their own shifts: for
// themselves alone, whatever their roles are. It may do what everybody may, so
// a phone for own shifts can do no more, and neither can the full login of a
// supervisor there.
func ownActor(person helpline.ID, alias string) helpline.Actor {
	return helpline.Actor{Person: person, Alias: alias, Roles: []helpline.Role{helpline.Operator}}
}
