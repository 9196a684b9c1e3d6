package console

import (
	"context"
	"slices"
	"sync"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// bureau stands in for what changes people, groups and holds: it remembers what
// it was asked and answers what it is told to.
type bureau struct {
	mu      sync.Mutex
	asked   []string
	roles   []helpline.Role
	members []helpline.ID
	circles counsel.Circles
	again   counsel.Regranting
	held    []counsel.Held
	unheard []helpline.ID // people whose six words nobody has heard
	answer  error
}

func (b *bureau) note(what string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, what)
	return b.answer
}

// told gives what was asked since the last time.
func (b *bureau) told() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.asked
	b.asked = nil
	return out
}

func (b *bureau) SetRoles(_ context.Context, _ counsel.By, p helpline.ID, roles []helpline.Role) error {
	b.roles = slices.Clone(roles)
	return b.note("roles " + p.String())
}

func (b *bureau) Remove(_ context.Context, _ counsel.By, p helpline.ID) error {
	return b.note("remove " + p.String())
}

func (b *bureau) Believed(_ context.Context, p staff.Person) (staff.Person, error) { return p, nil }

func (b *bureau) Heard(_ context.Context, person helpline.ID) (bool, error) {
	return !slices.Contains(b.unheard, person), nil
}

func (b *bureau) Circles(context.Context, counsel.By) (counsel.Circles, error) {
	return b.circles, nil
}

func (b *bureau) Name(_ context.Context, _ counsel.By, members []helpline.ID) error {
	b.members = slices.Clone(members)
	return b.note("name")
}

func (b *bureau) ConfirmNaming(_ context.Context, _ counsel.By, members []helpline.ID) error {
	b.members = slices.Clone(members)
	return b.note("confirm naming")
}

func (b *bureau) Kick(counsel.By) { _ = b.note("kick") }

func (b *bureau) Progress(context.Context, counsel.By) (counsel.Regranting, error) {
	return b.again, nil
}

func (b *bureau) List(context.Context, counsel.By) ([]counsel.Held, error) { return b.held, nil }

func (b *bureau) Ask(_ context.Context, _ counsel.By, note helpline.ID, reason string) error {
	return b.note("ask " + reason + " " + note.String())
}

func (b *bureau) Confirm(_ context.Context, _ counsel.By, note helpline.ID) error {
	return b.note("confirm " + note.String())
}

func (b *bureau) AskLift(_ context.Context, _ counsel.By, note helpline.ID) error {
	return b.note("asklift " + note.String())
}

func (b *bureau) Lift(_ context.Context, _ counsel.By, note helpline.ID) error {
	return b.note("lift " + note.String())
}
