package counsel

import (
	"context"
	"time"

	"helpline"
)

// OwnDuty is whether somebody is there, as their own pages ask it.
type OwnDuty struct{ rotas *Rotas }

// NewOwnDuty asks the rotas of a line.
func NewOwnDuty(r *Rotas) OwnDuty { return OwnDuty{r} }

// Here checks somebody in for the shift of their own that runs or begins
// within half an hour; Conflict when there is none.
func (d OwnDuty) Here(ctx context.Context, who helpline.Actor) error {
	b, err := d.rotas.Standing(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	for _, m := range b.Own(who.Person, now) {
		if !now.Before(m.Shift.Start.Add(-30 * time.Minute)) {
			return d.rotas.CheckIn(ctx, who, m.Assignment.ID, m.Shift.Rota)
		}
	}
	return helpline.Errorf(helpline.Conflict, "check in: no shift begins soon")
}

// Away checks somebody out.
func (d OwnDuty) Away(ctx context.Context, who helpline.Actor) error {
	return d.rotas.CheckOut(ctx, who)
}

// Mine gives the check-in of somebody who is there.
func (d OwnDuty) Mine(person helpline.ID) (CheckIn, bool) {
	now := time.Now()
	for _, c := range d.rotas.CheckIns(now, now.Add(time.Second)) {
		if c.Person == person && c.Out.IsZero() {
			return c, true
		}
	}
	return CheckIn{}, false
}
