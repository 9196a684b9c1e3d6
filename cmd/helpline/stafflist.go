package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
)

// staffListCommand lists the people. It works while the line runs.
type staffListCommand struct {
	settingFlags
	CSV bool `name:"csv" help:"As a list that import reads: without state, and without whoever was removed."`
}

// Run prints a table, or the list.
func (s staffListCommand) Run(ctx context.Context, p *place) error {
	c, err := s.load(p.env)
	if err != nil {
		return err
	}
	db, _, err := openPeers(ctx, c, p)
	if err != nil {
		return err
	}
	defer db.Close()
	people, err := db.People(ctx)
	if err != nil {
		return dataError{err}
	}
	if s.CSV {
		people = slices.DeleteFunc(people, func(q staff.Person) bool { return q.State == staff.Removed })
		trail, err := trailOf(db)
		if err == nil {
			err = trail.Record(ctx, audit.Deed{
				By: audit.Operator, Code: audit.Export, Details: []audit.Detail{audit.Word("what", "staff"), audit.Number("records", len(people))},
			})
		}
		if err != nil {
			return dataError{err}
		}
		return staff.WriteList(p.out, people)
	}
	until, err := db.Waiting(ctx)
	if err != nil {
		return dataError{err}
	}
	return table(p.out, people, until, time.Now())
}

func table(to io.Writer, people []staff.Person, until map[helpline.ID]time.Time, now time.Time) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "name\tvisitors see\troles\tlanguages\tstate")
	for _, q := range people {
		state := string(q.State)
		if q.State == staff.Invited {
			state = "invited, the link has expired"
			if left := until[q.ID].Sub(now); left > 0 {
				state = fmt.Sprintf("invited, %d h left", int((left+time.Hour-1)/time.Hour))
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", seen(q.Name), seen(q.Alias), spaced(q.Roles), spaced(q.Locales), state)
	}
	return w.Flush()
}

// seen is a name as it can stand on a terminal. Ours hold nothing else; what
// somebody wrote into the file behind the program's back may.
func seen(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, name)
}

func spaced[T ~string](all []T) string {
	var out []string
	for _, one := range all {
		out = append(out, string(one))
	}
	return strings.Join(out, " ")
}

// staffWithdrawCommand takes an invitation back.
type staffWithdrawCommand struct {
	settingFlags
	Person string `arg:"" name:"person" help:"The person's name, as staff list writes it."`
}

// Run withdraws.
func (s staffWithdrawCommand) Run(ctx context.Context, p *place) error {
	c, err := s.load(p.env)
	if err != nil {
		return err
	}
	db, peers, err := openPeers(ctx, c, p)
	if err != nil {
		return err
	}
	defer db.Close()
	err = peers.WithdrawFromHost(ctx, strings.Join(strings.Fields(s.Person), " "))
	if helpline.KindOf(err) == helpline.NotFound {
		return fmt.Errorf("nobody of this name waits for an invitation: `helpline staff list` names everybody. Whoever has joined is removed by a supervisor, on the page People")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, "The invitation is withdrawn. Its link does not work any more.")
	return err
}

// readList reads the file of an import.
func readList(p *place, name string, d staff.Lines) ([]staff.Listed, error) {
	in := p.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, usageError{fmt.Errorf("open the list: %w", err)}
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, staff.MostListed+1))
	if err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	return staff.ReadList(text, d)
}
