package staff

import (
	"context"
	"strings"
	"time"

	"helpline"
)

// Invitations keeps people who are invited and have not joined. Asserted by
// store.
type Invitations interface {
	// AddAll inserts invited people, all or none; Conflict (a Taken) when a
	// name is taken.
	AddAll(ctx context.Context, people []Person, invitations []Invitation) error
	// Amend writes Name, Roles and all that Revise writes of a person who has
	// not joined; NotFound, Conflict when the name is taken.
	Amend(ctx context.Context, p Person) error
	// Withdraw removes a person who has never joined; NotFound.
	Withdraw(ctx context.Context, person helpline.ID) error
	// Waiting says until when each invitation works, expired ones included.
	Waiting(ctx context.Context) (map[helpline.ID]time.Time, error)
}

// Taken is the name that somebody else has.
type Taken string

func (t Taken) Error() string { return "the name is taken" }

// Invitee is a person to be invited: nothing of it is kept yet. The token is
// shown once.
type Invitee struct {
	Person     Person
	Invitation Invitation
	Token      Token
}

// NewInvitee makes an invitation for a person. ID and State of p are set here;
// Alias may be empty and is then the first word of the name until the person
// chooses one. Invalid (a Field) when a field is not right.
func NewInvitee(p Person, lasts time.Duration) (Invitee, error) {
	p.ID, p.State = helpline.NewID(), Invited
	p.Name = tidy(p.Name)
	p.Alias = tidy(p.Alias)
	if p.Alias == "" && p.Name != "" {
		p.Alias = strings.Fields(p.Name)[0]
	}
	if p.Chats == 0 {
		p.Chats = 1
	}
	if err := valid(p); err != nil {
		return Invitee{}, err
	}
	token := NewToken()
	return Invitee{Person: p, Token: token, Invitation: Invitation{Hash: token.Hash(), Person: p.ID, Expires: time.Now().Add(lasts)}}, nil
}

// Amended is a person with other facts, as they may be kept; Invalid (a Field).
func Amended(p Person) (Person, error) {
	p.Name, p.Alias = tidy(p.Name), tidy(p.Alias)
	return p, valid(p)
}
