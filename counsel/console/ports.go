package console

import (
	"context"

	"helpline"
	"helpline/chat"
	"helpline/chat/link"
)

// Engine is the live line as the console needs it. Of makes one of chat's.
type Engine interface {
	// Attend takes the link as a desk's lane.
	Attend(context.Context, chat.Member, chat.Link) (link.Receiver, error)
	// Sit takes the link as the counsellor's end of one conversation; NotFound
	// unless the member holds the contact.
	Sit(ctx context.Context, m chat.Member, contact helpline.ID, l chat.Link) (link.Receiver, error)
	// Dismiss drops every link of a person at once.
	Dismiss(person helpline.ID)
	// Present lists who is on duty.
	Present() []chat.Member
}

type engine struct{ *chat.Engine }

// Of shows a chat.Engine as this package's Engine.
func Of(e *chat.Engine) Engine { return engine{e} }

func (e engine) Attend(ctx context.Context, m chat.Member, l chat.Link) (link.Receiver, error) {
	s, err := e.Engine.Attend(ctx, m, l)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (e engine) Sit(ctx context.Context, m chat.Member, contact helpline.ID, l chat.Link) (link.Receiver, error) {
	s, err := e.Engine.Sit(ctx, m, contact, l)
	if err != nil {
		return nil, err
	}
	return s, nil
}
