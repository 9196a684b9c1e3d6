package console

import (
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

// ownPage is where everybody may go who is logged in, whatever the role.
const ownPage = "/me"

// ownShiftsPlace is where everybody finds their own shifts: no page to start on.
const ownShiftsPlace = "shifts"

// places are the pages of the navigation that are for a person, in its order;
// the first of them but the own shifts is the page a person starts on. A name is the key after
// staff.place. in the catalogues and, after a slash, the address. Places of one
// group stand together; whoever has few of them sees no groups.
func (c *Console) places(p staff.Person) []templates.Place {
	if p.ID.IsZero() {
		return nil // nobody is logged in
	}
	var out []templates.Place
	for _, one := range []struct {
		name   string
		action counsel.Action
		group  string
	}{
		{"desk", counsel.TakeContact, ""},
		{"board", counsel.SeeBoard, ""},
		{inboxTray.key, counsel.AnswerThreads, ""},
		{"notes", counsel.ReadNotes, ""},
		{wrongTray.key, counsel.AnswerWrongs, ""},
		{ownShiftsPlace, counsel.SeeShifts, ""},
		{"rota", counsel.SeeRota, "line"},
		{"people", counsel.SeePeople, "line"},
		{"staffing", counsel.SeeStaffing, "line"},
		{"directory", counsel.KeepDirectory, "line"},
		{"start", counsel.SeeStart, "line"},
		{"keys", counsel.SeeKeys, "safety"},
		{"recovery", counsel.MakeRecoveryKey, "safety"},
		{"audit", counsel.ReadTrail, "safety"},
		{"retention", counsel.SeeRetention, "safety"},
	} {
		if one.name == wrongTray.key && !c.guards(p) {
			continue // not everybody may who could be named for it
		}
		if counsel.May(actor(p), one.action) == nil {
			out = append(out, templates.Place{Name: one.name, Href: "/" + one.name, Group: one.group})
		}
	}
	return out
}

// first is the page a person starts on.
func (c *Console) first(p staff.Person) string {
	for _, at := range c.places(p) {
		if at.Name != ownShiftsPlace {
			return at.Href
		}
	}
	return ownPage
}
