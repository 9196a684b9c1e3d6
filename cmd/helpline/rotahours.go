package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// rotaHoursCommand writes the openings of a line that plans its names elsewhere.
type rotaHoursCommand struct {
	settingFlags
	Week   string `arg:"" name:"hours" help:"Openings of a week, such as \"mon-fri 19:00-22:00, sat 14:00-17:00\"; an end that is not after its beginning is on the next day."`
	Setup  string `enum:",small,pair,team" default:"" placeholder:"WORD" help:"What the line asks before it opens: small (one, and somebody who can be reached), pair (two, or one and a buddy) or team; as it was, or small."`
	Closed string `placeholder:"LIST" help:"Days on which it does not open, such as \"2026-12-25, 2026-12-30..2027-01-01\"."`
	Rota   string `placeholder:"NAME" help:"Name of this rota; by default the one whose names are planned elsewhere."`
	DryRun bool   `help:"Only say what would be written."`
}

// Run puts the openings in the place of those there were, all or nothing.
func (h rotaHoursCommand) Run(ctx context.Context, p *place) error {
	opens, err := readHours(h.Week, h.Closed)
	if err != nil {
		return usageError{err}
	}
	d, err := h.openRotas(ctx, p.env)
	if err != nil {
		return err
	}
	defer d.close()
	line, err := d.elsewhere(h.Rota)
	if err != nil {
		return err
	}
	if h.Setup != "" {
		line.Setup = rota.Setup(h.Setup)
	}
	e, line := d.opened(line, opens)
	var list bytes.Buffer
	for _, one := range e.Several {
		switch {
		case one.Template != nil:
			fmt.Fprintf(&list, "open %s on %s\n", clocksOf(*one.Template), weekdays(one.Template.Days))
		case one.Closure != nil:
			fmt.Fprintf(&list, "closed %s to %s\n", one.Closure.First, one.Closure.Last)
		}
	}
	if h.DryRun {
		fmt.Fprintln(&list, "Nothing was changed.")
		_, err = list.WriteTo(p.out)
		return err
	}
	if err := d.tells(ctx); err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	var told []helpline.ID
	reached := 0
	d.rotas.Changed(func(c counsel.RotaChange) {
		told = c.Told
		for _, n := range c.Notices {
			if n.Kind == counsel.NoticeChanges && slices.Contains(told, n.Person) {
				reached++
			}
		}
	})
	if err := d.edit(ctx, e, hoursDeed(e)); err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	fmt.Fprintf(&list, "Written as the rota %s (%s). It counts every week from now on; a running line takes it over within a minute.\n", seen(line.Name), line.Setup)
	if people := soMany(len(told), "person", "people"); reached == 0 && len(told) > 0 {
		fmt.Fprintf(&list, "The shifts of %s changed, and no notice of it goes out: tell them yourself.\n", people)
	} else if reached < len(told) {
		fmt.Fprintf(&list, "The shifts of %s changed; a notice goes to %d of them. Tell the others yourself.\n", people, reached)
	} else if reached > 0 {
		fmt.Fprintf(&list, "The shifts of %s changed; a notice goes to everybody of them.\n", people)
	}
	_, err = list.WriteTo(p.out)
	return err
}

// openings is what somebody said of when the line is open.
type openings struct {
	spans  []rota.Span
	closed []rota.Date
}

// readHours reads openings and closed days, each with commas between.
func readHours(week, closed string) (o openings, err error) {
	entries := divided(week)
	if len(entries) == 0 {
		return o, errors.New("write at least one opening, such as \"mon-fri 19:00-22:00\"")
	}
	if o.spans, err = rota.ParseWeek(entries); err != nil {
		return o, fmt.Errorf("hours: %w", err)
	}
	if o.closed, err = rota.ParseClosed(divided(closed)); err != nil {
		return o, fmt.Errorf("--closed: %w", err)
	}
	return o, nil
}

// divided takes a list apart at its commas.
func divided(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// elsewhere finds the rota whose names are planned elsewhere; without one it
// gives a new one.
func (d *planning) elsewhere(name string) (rota.Rota, error) {
	var all []rota.Rota
	for _, r := range d.state.Rotas {
		switch {
		case name != "" && folded(r.Name) == folded(name) && r.Way != rota.Elsewhere:
			return r, usageError{fmt.Errorf("the names of %s are planned here: its templates say when it is open, on the page Rota", seen(r.Name))}
		case r.Way == rota.Elsewhere && (name == "" || folded(r.Name) == folded(name)):
			all = append(all, r)
		}
	}
	switch len(all) {
	case 0:
		return newHours(name, rota.Small)
	case 1:
		return all[0], nil
	}
	return rota.Rota{}, usageError{fmt.Errorf("there are several such rotas: name one of them with --rota: %s", rotaNames(all))}
}

// newHours is a rota for openings that has no number yet.
func newHours(name string, setup rota.Setup) (rota.Rota, error) {
	if name == "" {
		name = "Hours"
	}
	if f := (rota.Template{Name: name, Days: 1, To: 1}).Faults(); len(f) > 0 {
		return rota.Rota{}, usageError{errors.New("--rota: write a name of at most 60 characters")}
	}
	return rota.Rota{Name: name, Setup: setup}, nil
}

// opened puts openings in the place of those of a rota: all of it at once.
func (d *planning) opened(line rota.Rota, o openings) (counsel.RotaEdit, rota.Rota) {
	line, templates, requirements, closures := rota.FromHours(line, o.spans, o.closed, helpline.NewID)
	all := []counsel.RotaEdit{{Rota: &line}}
	for _, t := range d.state.Templates {
		if t.Rota == line.ID {
			all = append(all, counsel.RotaEdit{DropTemplate: t.ID})
		}
	}
	for _, c := range d.state.Closures {
		if c.Rota == line.ID {
			all = append(all, counsel.RotaEdit{DropClosure: c.ID})
		}
	}
	for i := range templates {
		all = append(all, counsel.RotaEdit{Template: &templates[i]}, counsel.RotaEdit{Requirement: &requirements[i]})
	}
	for i := range closures {
		all = append(all, counsel.RotaEdit{Closure: &closures[i]})
	}
	return counsel.RotaEdit{Several: all}, line
}

// hoursDeed is the trace of hours that were written.
func hoursDeed(e counsel.RotaEdit) audit.Deed {
	opens, closed := 0, 0
	for _, one := range e.Several {
		if one.Template != nil {
			opens++
		}
		if one.Closure != nil {
			closed++
		}
	}
	return audit.Deed{Code: audit.RotaHours, Details: []audit.Detail{audit.Number("openings", opens), audit.Number("closed", closed)}}
}
