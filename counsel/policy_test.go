package counsel

import (
	"testing"

	"helpline"
)

func TestThePermissionTable(t *testing.T) {
	const no, yes = false, true
	for action, c := range map[Action]struct{ nobody, counsellor, supervisor, both bool }{
		ChangeOwn:      {no, yes, yes, yes},
		Watch:          {no, yes, yes, yes},
		TakeContact:    {no, yes, no, yes},
		SeeBoard:       {no, no, yes, yes},
		SeePeople:      {no, no, yes, yes},
		InvitePeers:    {no, no, yes, yes},
		WriteNotes:     {no, yes, no, yes},
		ReadNotes:      {no, yes, yes, yes},
		VouchPeers:     {no, no, yes, yes},
		KeepDirectory:  {no, no, yes, yes},
		"read a visit": {no, no, no, no},
	} {
		for who, w := range map[string]struct {
			roles []helpline.Role
			may   bool
		}{
			"nobody":                {nil, c.nobody},
			"a counsellor":          {[]helpline.Role{helpline.Counsellor}, c.counsellor},
			"a supervisor":          {[]helpline.Role{helpline.Supervisor}, c.supervisor},
			"one who is both":       {[]helpline.Role{helpline.Counsellor, helpline.Supervisor}, c.both},
			"a role nobody knows":   {[]helpline.Role{"root"}, false},
			"an empty role's owner": {[]helpline.Role{""}, false},
		} {
			t.Run(string(action)+", "+who, func(t *testing.T) {
				err := May(helpline.Actor{Roles: w.roles}, action)
				if (err == nil) != w.may || (err != nil && helpline.KindOf(err) != helpline.Forbidden) {
					t.Errorf("got %v, want allowed %v", err, w.may)
				}
			})
		}
	}
	for _, a := range Actions() {
		if len(allowed(a)) == 0 {
			t.Errorf("%s is for nobody", a)
		}
	}
}
