package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
	"helpline/store"
)

// beginning is the rota that a new line starts with. The zero one is none: a
// line without a rota is open whenever somebody is on duty.
type beginning struct {
	setup rota.Setup
	opens openings
}

// askRota asks what the line needs before it opens, and when it is open.
func (i *initCommand) askRota(p *place, lines *bufio.Scanner, said map[string]string) error {
	answer := func(question string, takes func(string) error) error {
		for {
			fmt.Fprint(p.out, question)
			if !lines.Scan() {
				return usageError{errors.New("the questions were not answered; nothing was written")}
			}
			err := takes(strings.TrimSpace(lines.Text()))
			if err == nil {
				return nil
			}
			fmt.Fprintf(p.out, "%v.\n", err)
		}
	}
	err := answer(`Who must be there before the line opens?
  small: one counsellor, and somebody else who can be reached
  pair:  two, or one and a buddy
  team:  what each shift asks for, with shift leaders
small, pair or team [small]: `, func(v string) error {
		switch v = strings.ToLower(cmp.Or(v, string(rota.Small))); rota.Setup(v) {
		case rota.Small, rota.Pair, rota.Team:
			i.Setup = v
			return nil
		}
		return errors.New("write small, pair or team")
	})
	if err != nil || said["hours"] != "" {
		return err
	}
	return answer("When is it open, such as mon-fri 19:00-22:00, sat 14:00-17:00 (empty: planned later, on the page Rota): ", func(v string) error {
		if v == "" {
			return nil
		}
		if _, err := readHours(v, said["closed"]); err != nil {
			return err
		}
		said["hours"] = v
		return nil
	})
}

// firstRota is what was said of rota and hours. Hours become a rota, and no
// setting: there is one place where they stand.
func (i initCommand) firstRota(said map[string]string) (b beginning, err error) {
	b.setup = rota.Setup(i.Setup)
	if said["closed"] != "" && said["hours"] == "" {
		return b, errors.New("--closed goes with --hours")
	}
	if said["hours"] != "" {
		b.opens, err = readHours(said["hours"], said["closed"])
		b.setup = cmp.Or(b.setup, rota.Small)
		delete(said, "hours")
		delete(said, "closed")
	}
	return b, err
}

// write makes the rota: of openings whose names are planned elsewhere, or one
// to be planned on the page, with no shifts yet.
func (b beginning) write(ctx context.Context, db *store.DB, conf config) error {
	if b.setup == "" {
		return nil
	}
	d, err := planningOf(ctx, db, conf)
	if err != nil {
		return err
	}
	if len(b.opens.spans) == 0 {
		e := counsel.RotaEdit{Rota: &rota.Rota{Name: "Rota", Way: rota.Managed, Setup: b.setup}}
		return d.edit(ctx, e, audit.Deed{Code: audit.RotaHours, Details: []audit.Detail{audit.Number("openings", 0), audit.Number("closed", 0)}})
	}
	line, err := newHours("", b.setup)
	if err != nil {
		return err
	}
	e, _ := d.opened(line, b.opens)
	return d.edit(ctx, e, hoursDeed(e))
}
