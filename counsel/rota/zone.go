package rota

import (
	"time"

	"helpline"
)

// LoadZone reads an IANA zone. The empty name and "Local" are refused: what a
// rota means must not depend on the machine it runs on.
func LoadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" || len(name) > 64 {
		return nil, helpline.Errorf(helpline.Invalid, "zone: must be a name such as Europe/Amsterdam")
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, helpline.Errorf(helpline.Invalid, "zone: there is none of that name; it must be one such as Europe/Amsterdam")
	}
	return zone, nil
}

// number counts the days from a fixed one on, so that days and weeks can be
// reckoned with.
func (d Date) number() int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// week counts weeks that begin on a Monday.
func (d Date) week() int { return (d.number() + 3) / 7 } // 1970-01-01 was a Thursday
