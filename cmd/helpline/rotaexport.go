package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// rotaExportCommand writes a rota for another program.
type rotaExportCommand struct {
	settingFlags
	File    string `arg:"" optional:"" help:"File to make; without one, standard output."`
	Rota    string `placeholder:"NAME" help:"Rota to write; by default the only one there is."`
	Version string `placeholder:"NUMBER" help:"Version to write, also a draft, by the number that rota check prints."`
	From    string `placeholder:"DAY" help:"First day of what is published, such as 2026-11-30; by default that of the newest published version."`
	To      string `placeholder:"DAY" help:"Last day of what is published; by default that of the newest published version."`
	ICS     bool   `name:"ics" help:"As a calendar (iCalendar) without names: of one person with --person, else of all shifts."`
	Person  string `placeholder:"NAME" help:"Whose shifts the calendar has."`
}

// Run writes the table or the calendar, and leaves a trace: names go out of
// the line.
func (e rotaExportCommand) Run(ctx context.Context, p *place) error {
	if e.Version != "" && e.From+e.To != "" {
		return usageError{errors.New("--version has its own days: leave --from and --to out")}
	}
	if e.Person != "" && !e.ICS {
		return usageError{errors.New("--person is for a calendar: add --ics")}
	}
	d, err := e.openRotas(ctx, p.env)
	if err != nil {
		return err
	}
	defer d.close()
	b, err := e.book(ctx, d)
	if err != nil {
		return err
	}
	text, records, err := e.text(d, b)
	if err != nil {
		return err
	}
	deed := audit.Deed{By: audit.Operator, Code: audit.Export, Details: []audit.Detail{audit.Word("what", "rota"), audit.Number("records", records)}}
	err = traced(ctx, d.db, deed, func() error {
		if e.File == "" {
			_, err := p.out.Write(text)
			return err
		}
		return makeFile(e.File, bytes.NewReader(text), 0o600) // it has names of people
	})
	if err == nil {
		_, err = fmt.Fprintf(p.err, "%s to %s: %s\n", b.Version.First, b.Version.Last, soMany(records, "place", "places"))
	}
	return err
}

// book is what is written: a version, or what is published on some days.
func (e rotaExportCommand) book(ctx context.Context, d *planning) (*rota.Book, error) {
	if e.Version != "" {
		v, err := d.version(rota.Rota{}, e.Version, "", nil)
		if err != nil {
			return nil, err
		}
		return d.rotas.Book(ctx, v.ID)
	}
	line, err := d.oneLine(e.Rota)
	if err != nil {
		return nil, err
	}
	period := rota.Version{Rota: line.ID, State: rota.Published}
	if e.From == "" || e.To == "" {
		newest, err := d.version(line, "", "nothing of this rota is published: name a draft with --version, `helpline rota check` prints them", func(v rota.Version) bool { return v.State == rota.Published })
		if err != nil {
			return nil, err
		}
		period.First, period.Last = newest.First, newest.Last
	}
	for _, one := range []struct {
		flag, text string
		to         *rota.Date
	}{{"--from", e.From, &period.First}, {"--to", e.To, &period.Last}} {
		if one.text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, one.text)
		if err != nil {
			return nil, usageError{fmt.Errorf("%s must be a day such as 2026-11-30", one.flag)}
		}
		*one.to = rota.DateOf(day)
	}
	if f := period.Faults(); len(f) > 0 {
		return nil, usageError{errors.New("--from and --to: " + d.words.T("rota.fault."+f[0].Why))}
	}
	b, err := d.rotas.Published(ctx, period.First, period.Last)
	if err != nil {
		return nil, err
	}
	b.Version = period
	return b, nil
}

// text is the file and how many places it has.
func (e rotaExportCommand) text(d *planning, b *rota.Book) ([]byte, int, error) {
	if e.ICS {
		return e.calendar(d, b)
	}
	text, err := rota.WriteSheet(b, d.name)
	if err != nil {
		return nil, 0, err
	}
	cells, faults := rota.ReadSheet(text, d.named(true))
	if len(faults) > 0 && faults[0].Why != "empty" {
		return nil, 0, fmt.Errorf("the table could not be read again: %w", d.faulty(faults))
	}
	return text, len(cells), nil
}

// calendar is the file of one person, as neutral as the feed, or of all shifts
// without the name of anybody.
func (e rotaExportCommand) calendar(d *planning, b *rota.Book) ([]byte, int, error) {
	if e.Person == "" {
		text, entries := rota.Calendar(b, d.lineName(b.Version.Rota), d.now)
		return []byte(text), entries, nil
	}
	id, known := d.named(true)(e.Person)
	if !known {
		return nil, 0, usageError{errors.New("--person: nobody on the team has this name, or two go by it: write the whole name of the page People")}
	}
	own := *b
	own.Shifts = slices.DeleteFunc(slices.Clone(b.Shifts), func(s rota.Shift) bool { return !b.Has(s) })
	text := rota.Feed(&own, id, rota.FeedWords{Name: d.words.T("shifts.feed.name"), Shift: d.words.T("shifts.feed.shift")}, d.now)
	return []byte(text), strings.Count(text, "BEGIN:VEVENT\r\n"), nil
}
