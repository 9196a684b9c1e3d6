package console

import (
	"net/http"
	"slices"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// login is the login of this request, as its sealed half says; false when
// there is none or it ended.
func (c *Console) loginHere(r *http.Request) (counsel.Login, bool) {
	ctx := r.Context()
	person, err := helpline.ParseID(c.logins.GetString(ctx, counsel.PersonKey))
	if err != nil {
		return counsel.Login{}, false // nobody is logged in
	}
	values := map[string]any{}
	for _, key := range c.logins.Keys(ctx) {
		values[key] = c.logins.Get(ctx, key)
	}
	in, err := counsel.LoginOf(values)
	return in, err == nil && in.Person == person
}

// who is the person of this request's login once it is whole; false when there
// is none, it has ended, a second factor is still missing, or the person may
// not work any more.
func (c *Console) who(r *http.Request) (staff.Person, bool, error) {
	in, ok := c.loginHere(r)
	if !ok || in.Stage != counsel.Full {
		return staff.Person{}, false, nil
	}
	return c.active(r, in.Person)
}

// active says whether a person may work.
func (c *Console) active(r *http.Request, person helpline.ID) (staff.Person, bool, error) {
	p, err := c.Office.Active(r.Context(), person)
	if helpline.KindOf(err) == helpline.NotFound {
		return staff.Person{}, false, nil
	}
	if err == nil {
		p, err = c.Groups.Believed(r.Context(), p)
	}
	return c.earnest(p), err == nil, err
}

// earnest takes the mark of the demonstration off people where no demonstration
// runs: it lets a login skip the second factor, and whoever can write the
// database could set it.
func (c *Console) earnest(p staff.Person) staff.Person {
	p.Demo = p.Demo && c.DemoPass != nil
	return p
}

// personOf reads whose whole login the data is; false when it is not whole or
// the person may not work.
func (c *Console) personOf(r *http.Request, data []byte) (staff.Person, counsel.Login, bool, error) {
	_, values, err := counsel.LoginCodec{}.Decode(data)
	if err != nil {
		return staff.Person{}, counsel.Login{}, false, err
	}
	in, err := counsel.LoginOf(values)
	if err != nil || in.Stage != counsel.Full {
		return staff.Person{}, in, false, err
	}
	p, found, err := c.active(r, in.Person)
	return p, in, found, err
}

// stageOf is where a login of some stage goes on that may not be here.
func (c *Console) stageOf(in counsel.Login, p staff.Person) string {
	switch in.Stage {
	case counsel.Full:
		return c.first(p)
	case counsel.Half:
		return "/second"
	case counsel.Bare:
		return "/second/new"
	default:
		return "/login"
	}
}

// fits says whether a login of this stage may open the route.
func (e entry) fits(in counsel.Login) bool {
	if len(e.stages) == 0 {
		return in.Stage == counsel.Full
	}
	return slices.Contains(e.stages, in.Stage)
}
