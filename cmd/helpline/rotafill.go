package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// rotaFillCommand fills a draft.
type rotaFillCommand struct {
	settingFlags
	Rota    string `placeholder:"NAME" help:"Rota whose newest draft is filled; by default the only one there is."`
	Version string `placeholder:"NUMBER" help:"Draft to fill, by the number that rota check prints."`
	Seed    uint64 `default:"1" placeholder:"N" help:"Where chance begins: the same again gives the same filling, with --seconds 0 on every machine."`
	Seconds int    `default:"10" placeholder:"N" help:"Seconds to look for something better after the first draft, 0 to 3600."`
	Write   bool   `help:"Write the places into the draft. Without it nothing is changed."`
}

// Run fills and says what it came to.
func (f rotaFillCommand) Run(ctx context.Context, p *place) error {
	if f.Seconds < 0 || f.Seconds > 3600 {
		return usageError{errors.New("--seconds must be 0 to 3600")}
	}
	d, err := f.openRotas(ctx, p.env)
	if err != nil {
		return err
	}
	defer d.close()
	v, err := f.draft(d)
	if err != nil {
		return err
	}
	b, err := d.rotas.Book(ctx, v.ID)
	if err != nil {
		return err
	}
	law := d.rotas.Law()
	filler := rota.NewFiller(b, law, rota.Given{From: d.now})
	began := time.Now()
	filling := filler.Draft(ctx, f.Seed)
	first, took := filling, time.Since(began)
	if f.Seconds > 0 {
		tell, end := searching(p.err)
		filling = filler.Improve(ctx, rota.Effort{Seed: f.Seed, Time: time.Duration(f.Seconds) * time.Second, Now: time.Now}, tell)
		end()
	}
	if ctx.Err() != nil {
		return errors.New("stopped: nothing was changed")
	}
	filled := filling.In(b, helpline.NewID)
	var out bytes.Buffer
	fmt.Fprintln(&out, d.title(v))
	fmt.Fprintf(&out, "A legal draft in %s: %d points. ", took.Round(time.Millisecond), first.Score.Total)
	if f.Seconds > 0 {
		fmt.Fprintf(&out, "After %d s more: %d points, %d steps. ", f.Seconds, filling.Score.Total, filling.Steps)
	}
	fmt.Fprintln(&out, "Fewer are better; they are of:")
	for _, line := range filling.Score.Parts {
		if line.Amount != 0 {
			fmt.Fprintf(&out, "  %6d  %s: %d\n", line.Points, d.words.T("rota.part."+string(line.Part)), line.Amount)
		}
	}
	fmt.Fprintf(&out, "%s new, %d given up, %d as they were.\n", soMany(len(filling.Added()), "place", "places"), len(filling.Gone), len(filling.Places)-len(filling.Added()))
	d.unfilled(&out, filled, filling.Gaps)
	if !f.Write {
		fmt.Fprintln(&out, "Nothing was changed. With --write these places go into the draft.")
		_, err = out.WriteTo(p.out)
		return err
	}
	if err := d.keep(ctx, v, filling); err != nil {
		return fmt.Errorf("nothing was filled: %w", err)
	}
	fmt.Fprintln(&out, "Written into the draft. Nobody is told before it is published on the page Rota.")
	_, err = out.WriteTo(p.out)
	return err
}

// draft finds the draft that is filled.
func (f rotaFillCommand) draft(d *planning) (rota.Version, error) {
	var line rota.Rota
	if f.Version == "" {
		var err error
		if line, err = d.oneLine(f.Rota); err != nil {
			return rota.Version{}, err
		}
	}
	v, err := d.version(line, f.Version, "there is no draft: make one on the page Rota, or with `helpline rota import`", func(v rota.Version) bool { return v.State == rota.Draft })
	if err == nil && v.State != rota.Draft {
		return v, usageError{errors.New("this version is published: only a draft is filled; make one of its days on the page Rota")}
	}
	return v, err
}

// keep writes what a filling changes.
func (d *planning) keep(ctx context.Context, v rota.Version, filling rota.Filling) error {
	e := counsel.RotaEdit{Filling: &counsel.RotaFilling{Version: v.ID, Places: filling.Places, Gone: filling.Gone}}
	return d.edit(ctx, e, audit.Deed{Code: audit.RotaFill, Details: []audit.Detail{audit.Number("places", len(filling.Added())), audit.Number("gone", len(filling.Gone))}})
}

// mostWhy is how many people, and how many gaps, are explained.
const (
	mostWhy  = 5
	mostGaps = 30
)

// unfilled says which cover is not met, and for each what keeps whom from it.
func (d *planning) unfilled(out *bytes.Buffer, b *rota.Book, gaps []rota.Gap) {
	if len(gaps) == 0 {
		fmt.Fprintln(out, "Every shift has its least cover.")
		return
	}
	at := map[helpline.ID]rota.Interval{}
	for _, s := range b.Shifts {
		at[s.ID] = s.Interval()
	}
	fmt.Fprintf(out, "%s not met:\n", soMany(len(gaps), "need is", "needs are"))
	for n, g := range gaps {
		if n == mostGaps {
			fmt.Fprintf(out, "  and %d more\n", len(gaps)-n)
			break
		}
		fmt.Fprintf(out, "  %s\n", d.words.Gap(g, at[g.Shift]))
		all := rota.Why(b, d.rotas.Law(), g)
		all = slices.DeleteFunc(all, func(o rota.Obstacle) bool { return o.There })
		for k, o := range all {
			if k == mostWhy {
				fmt.Fprintf(out, "    and %d others who cannot\n", len(all)-k)
				break
			}
			why := "could take it: not everybody can have everything; ask"
			if !o.Free() {
				why = strings.Join(d.words.Why(o), " ")
			}
			fmt.Fprintf(out, "    %s: %s\n", d.name(o.Person), why)
		}
	}
	fmt.Fprintln(out, "Who would help most:")
	for n, h := range rota.HelpFor(gaps) {
		if n == mostWhy {
			break
		}
		fmt.Fprintf(out, "  %s on %ss: %d more, for %s\n", d.words.Help(h), h.Day, h.Heads, soMany(h.Shifts, "shift", "shifts"))
	}
}

// searching shows how far a search is where somebody can see it.
func searching(w io.Writer) (tell func(rota.Progress), end func()) {
	f, ok := w.(*os.File)
	if !ok || !terminal(f) {
		return nil, func() {}
	}
	const whole = 1000
	bar := progressbar.NewOptions(whole, progressbar.OptionSetWriter(f), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	return func(p rota.Progress) {
		bar.Describe(fmt.Sprintf("%d points", p.Cost))
		_ = bar.Set(int(p.Part * whole))
	}, func() { _ = bar.Finish() }
}
