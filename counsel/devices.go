package counsel

import (
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/staff"
)

// DeviceRows is what Devices needs of the logins' file. Asserted by store.
type DeviceRows interface {
	// OfPerson lists the ids of a person's logins, expired ones included.
	OfPerson(ctx context.Context, person helpline.ID) ([][32]byte, error)
	// Get returns a row; NotFound.
	Get(ctx context.Context, id [32]byte) (staff.LoginRow, error)
	// NameLogin sets the device of a login; one that does not exist is no error.
	NameLogin(ctx context.Context, id [32]byte, device string) error
	// Delete removes a row; one that does not exist is no error.
	Delete(ctx context.Context, id [32]byte) error
}

// Device is a login of a person as that person sees it: on which day it began,
// and what the person calls the device. There is no finer time, no address and
// no browser to be seen, because none is kept.
type Device struct {
	ID   [32]byte
	Name string // empty until the person gives one
	Day  int    // counted from 1970
	Here bool   // the login that asks
}

// Devices lists and ends the logins of a person.
type Devices struct {
	rows  DeviceRows
	lock  func(login [32]byte)
	lasts time.Duration
}

// NewDevices looks after the logins of a file, of which each lasts so long; lock
// drops the keyring of one that ends.
func NewDevices(rows DeviceRows, lock func(login [32]byte), lasts time.Duration) *Devices {
	return &Devices{rows: rows, lock: lock, lasts: lasts}
}

// List gives the person's logins that have not expired, this one first.
func (d *Devices) List(ctx context.Context, by By) ([]Device, error) {
	ids, err := d.rows.OfPerson(ctx, by.Person)
	if err != nil {
		return nil, err
	}
	var out []Device
	for _, id := range ids {
		r, err := d.rows.Get(ctx, id)
		if helpline.KindOf(err) == helpline.NotFound || err == nil && !time.Now().Before(r.Expiry) {
			continue
		}
		if err != nil {
			return nil, err
		}
		began := r.Expiry.Add(-d.lasts)
		out = append(out, Device{ID: id, Name: r.Device, Day: int(began.Unix() / 86400), Here: id == by.login()})
	}
	slices.SortFunc(out, func(a, b Device) int {
		switch {
		case a.Here != b.Here && a.Here:
			return -1
		case a.Here != b.Here:
			return 1
		}
		return b.Day - a.Day
	})
	return out, nil
}

// Name says what the person calls the device of this login; Invalid.
func (d *Devices) Name(ctx context.Context, by By, name string) (string, error) {
	name, err := staff.FactorName(name)
	if err != nil {
		return "", err
	}
	return name, d.rows.NameLogin(ctx, by.login(), name)
}

// End ends one of the person's logins; NotFound when it is not one.
func (d *Devices) End(ctx context.Context, by By, id [32]byte) error {
	r, err := d.rows.Get(ctx, id)
	if err != nil {
		return err
	}
	if r.Person != by.Person {
		return helpline.Errorf(helpline.NotFound, "end a login: it is not the person's")
	}
	d.lock(id)
	return d.rows.Delete(ctx, id)
}

// EndOthers ends every login of the person but this one.
func (d *Devices) EndOthers(ctx context.Context, by By) error {
	ids, err := d.rows.OfPerson(ctx, by.Person)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id == by.login() {
			continue
		}
		d.lock(id)
		if err := d.rows.Delete(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

type deviceKey struct{}

// OnDevice says what the device of a request is called; logins that are kept
// for the context are filed under that name.
func OnDevice(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, deviceKey{}, name)
}

func deviceOf(ctx context.Context) string {
	name, _ := ctx.Value(deviceKey{}).(string)
	return name
}
