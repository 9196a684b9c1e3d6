package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// rotaImportCommand makes a draft of a spreadsheet or a calendar.
type rotaImportCommand struct {
	settingFlags
	File   string `arg:"" help:"CSV file: days in the first row, then a row for each person with hours such as 19:00-22:00 in the cells; or an iCalendar whose entries have names of people; - is standard input."`
	Rota   string `placeholder:"NAME" help:"Rota that it is of; a new name makes a new rota. By default the only one there is."`
	Setup  string `enum:",small,pair,team" default:"" placeholder:"WORD" help:"What a new rota asks before the line opens: small, pair or team; team by default."`
	Person string `placeholder:"NAME" help:"Whose shifts a calendar has, when its entries have no names."`
	Write  bool   `help:"Make the draft. Without it nothing is changed."`
}

// Run reads the whole sheet and then makes all of the draft, or nothing.
func (i rotaImportCommand) Run(ctx context.Context, p *place) error {
	text, err := sheetText(p, i.File)
	if err != nil {
		return err
	}
	d, err := i.openRotas(ctx, p.env)
	if err != nil {
		return err
	}
	defer d.close()
	line, made, err := d.line(i.Rota)
	if err != nil {
		return err
	}
	if made {
		line.ID, line.Way, line.Setup = helpline.NewID(), rota.Managed, rota.Team
		if i.Setup != "" {
			line.Setup = rota.Setup(i.Setup)
		}
		if len(rota.Template{Name: line.Name, Days: 1, To: 1}.Faults()) > 0 {
			return usageError{errors.New("--rota: " + d.words.T("rota.fault.name"))}
		}
	}
	if line.Way == rota.Elsewhere {
		return usageError{fmt.Errorf("the names of %s are planned elsewhere: name another rota with --rota", seen(line.Name))}
	}
	cells, err := i.cells(d, text)
	if err != nil {
		return err
	}
	draft, proposed, err := d.read(ctx, cells, line, made)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	d.sheet(&out, draft, cells, proposed, made)
	if !i.Write {
		fmt.Fprintln(&out, "Nothing was changed. With --write this becomes a draft; nobody is told of a draft, and it is published on the page Rota.")
		_, err = out.WriteTo(p.out)
		return err
	}
	rows := draftRows(draft)
	if made {
		rows.Rotas = []rota.Rota{line}
	}
	for _, one := range proposed {
		if !one.Known {
			rows.Templates, rows.Requirements = append(rows.Templates, one.Template), append(rows.Requirements, one.Min)
		}
	}
	deed := audit.Deed{Code: audit.RotaImport, Details: []audit.Detail{audit.Number("shifts", len(rows.Shifts)), audit.Number("places", len(rows.Assignments))}}
	if err := d.edit(ctx, counsel.RotaEdit{Import: &rows}, deed); err != nil {
		return fmt.Errorf("nothing was imported: %w", err)
	}
	fmt.Fprintf(&out, "Written: the draft %s. Look at it on the page Rota, or with `helpline rota check`.\n", draft.Version.ID)
	_, err = out.WriteTo(p.out)
	return err
}

// cells reads who works when from a spreadsheet or a calendar.
func (i rotaImportCommand) cells(d *planning, text []byte) ([]rota.SheetCell, error) {
	who := d.named(false)
	calendar := rota.IsCalendar(text)
	if i.Person != "" {
		person, known := who(i.Person)
		switch {
		case !calendar:
			return nil, usageError{errors.New("--person is for calendars: a spreadsheet has its names in the first column")}
		case !known && !person.IsZero():
			return nil, usageError{errors.New("--person: " + d.words.T("rota.sheet.event.gone"))}
		case !known:
			return nil, usageError{errors.New("--person: " + d.words.T("rota.sheet.name"))}
		}
		who = func(string) (helpline.ID, bool) { return person, true }
	}
	read := rota.ReadSheet
	if calendar {
		read = func(text []byte, who func(string) (helpline.ID, bool)) ([]rota.SheetCell, []rota.SheetFault) {
			return rota.ReadCalendar(text, d.zone, who)
		}
	}
	cells, faults := read(text, who)
	if len(faults) > 0 {
		return nil, d.faulty(faults)
	}
	return cells, nil
}

// read makes a draft of what was read, beside all that is published.
func (d *planning) read(ctx context.Context, cells []rota.SheetCell, line rota.Rota, made bool) (*rota.Book, []rota.Proposal, error) {
	b, err := d.rotas.Standing(ctx)
	if err != nil {
		return nil, nil, err
	}
	b.Version = rota.Version{Rota: line.ID}
	if made {
		b.Rotas = append(b.Rotas, line)
	}
	proposed := rota.Match(rota.Propose(cells, line.ID, helpline.NewID), b.Templates)
	draft, faults := rota.PlaceSheet(b, cells, proposed, helpline.NewID)
	if len(faults) > 0 {
		return nil, nil, d.faulty(faults)
	}
	return draft, proposed, nil
}

// faulty names what is wrong with a sheet, each with its row and column.
func (d *planning) faulty(faults []rota.SheetFault) error {
	lines, what := make([]string, len(faults)), "cells"
	for n, f := range faults {
		lines[n] = d.words.Sheet(f)
		if strings.HasPrefix(f.Why, "event.") {
			what = "entries"
		}
	}
	return helpline.Errorf(helpline.Invalid, "nothing of the sheet is taken:\n%s\nMend these %s and try again. A name is one of the page People, or an alias that one person has alone", strings.Join(lines, "\n"), what)
}

// draftRows are the rows of a book's version.
func draftRows(b *rota.Book) counsel.RotaState {
	s := counsel.RotaState{Versions: []rota.Version{b.Version}}
	of := map[helpline.ID]bool{}
	for _, sh := range b.Shifts {
		if sh.Version == b.Version.ID {
			s.Shifts, of[sh.ID] = append(s.Shifts, sh), true
		}
	}
	for _, a := range b.Assignments {
		if of[a.Shift] {
			s.Assignments = append(s.Assignments, a)
		}
	}
	return s
}

// mostTold is how many breaches an import prints; check prints them all. Of one
// breach it names mostCells places of the file.
const (
	mostTold  = 20
	mostCells = 3
)

// stands says where in the file the places of a breach are.
func (d *planning) stands(places []rota.Assignment, cells []rota.SheetCell) func(rota.Breach) string {
	at := map[helpline.ID]rota.SheetCell{}
	for i, a := range places { // one for each cell, in their order
		at[a.ID] = cells[i]
	}
	return func(b rota.Breach) string {
		var all []string
		for _, id := range b.Assignments {
			c, here := at[id]
			if text := d.words.Cell(c); here && !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
		if more := len(all) - mostCells; more > 0 {
			all = append(all[:mostCells], fmt.Sprintf("%d more", more))
		}
		if len(all) == 0 {
			return ""
		}
		return " (" + strings.Join(all, "; ") + ")"
	}
}

// sheet says what was read.
func (d *planning) sheet(out *bytes.Buffer, draft *rota.Book, cells []rota.SheetCell, proposed []rota.Proposal, made bool) {
	rows := draftRows(draft)
	who := map[helpline.ID]bool{}
	for _, a := range rows.Assignments {
		who[a.Person] = true
	}
	name, kind := "", "the rota"
	for _, r := range draft.Rotas {
		if r.ID == draft.Version.Rota {
			name = seen(r.Name)
		}
	}
	if made {
		kind = "a new rota,"
	}
	fmt.Fprintf(out, "For %s %s: %s to %s, %d people in %d places on %d shifts.\nTemplates:\n", kind, name,
		draft.Version.First, draft.Version.Last, len(who), len(rows.Assignments), len(rows.Shifts))
	for _, one := range proposed {
		state := fmt.Sprintf("new, at least %d", one.Min.Min)
		if one.Known {
			state = "known: " + seen(one.Template.Name)
		}
		fmt.Fprintf(out, "  %s on %s: %s on %s (%s)\n", clocksOf(one.Template), weekdays(one.Template.Days), soMany(one.Cells, "place", "places"), soMany(one.Days, "day", "days"), state)
	}
	all := rota.Check(draft, d.rotas.Law())
	told := all[:min(len(all), mostTold)]
	fmt.Fprintln(out, "Rules:")
	d.breaches(out, told, d.stands(rows.Assignments, cells))
	hard := 0
	for _, b := range all {
		if b.Level == rota.Hard {
			hard++
		}
	}
	if len(all) == 0 {
		fmt.Fprintln(out, "  all of them are kept")
	} else if len(all) > len(told) {
		fmt.Fprintf(out, "  and %d more: `helpline rota check` lists them all once the draft is written\n", len(all)-len(told))
	}
	if hard > 0 {
		fmt.Fprintf(out, "To be solved before it can be published: %d.\n", hard)
	}
}

// clocksOf are the wall clocks of a template.
func clocksOf(t rota.Template) string {
	at := func(n int) string {
		if n == 1440 {
			return "24:00"
		}
		return time.Date(2000, 1, 1, 0, n, 0, 0, time.UTC).Format("15:04")
	}
	return at(t.From) + "-" + at(t.To)
}

// weekdays names the days of a set, from Monday on.
func weekdays(w rota.Weekdays) string {
	var out []string
	for _, day := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		if w.Has(day) {
			out = append(out, strings.ToLower(day.String()[:3]))
		}
	}
	return strings.Join(out, " ")
}
