package chat

import (
	"slices"

	"helpline"
)

// Member is a member of staff at a desk, as the engine knows one.
type Member struct {
	Person    helpline.ID
	Alias     string
	Roles     []helpline.Role
	Locales   []helpline.Locale
	Audiences []helpline.Audience
	Chats     int // conversations at once; 0 counts as 1
}

func (m *Member) counsels() bool { return slices.Contains(m.Roles, helpline.Counsellor) }

func (m *Member) chats() int { return max(m.Chats, 1) }

// takes says whether a contact is one this counsellor can take.
func (m *Member) takes(l helpline.Locale, a helpline.Audience) bool {
	return m.counsels() && helpline.Capacity{Locales: m.Locales, Audiences: m.Audiences}.Takes(l, a)
}
