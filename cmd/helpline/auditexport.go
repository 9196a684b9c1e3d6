package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/store"
)

// auditExportCommand writes the log for somebody who reads it elsewhere.
type auditExportCommand struct {
	settingFlags
	Form string `enum:"csv,jsonl" default:"csv" help:"csv for a table, jsonl for one JSON object on each line."`
}

// line of an export. Names are those of today; the numbers are what the log
// holds.
type auditLine struct {
	Number    int               `json:"number"`
	Day       string            `json:"day"`
	Actor     string            `json:"actor"`
	Name      string            `json:"name,omitempty"`
	Code      string            `json:"code"`
	Kind      string            `json:"kind,omitempty"`
	Object    string            `json:"object,omitempty"`
	Whom      string            `json:"whom,omitempty"`
	Details   map[string]string `json:"details,omitempty"`
	Before    string            `json:"before"`
	Signature string            `json:"signature"`
}

// Run writes to the output, after an entry that says so.
func (c auditExportCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.loadFolder(p.env)
	if err != nil {
		return err
	}
	db, err := openBeside(ctx, conf)
	if err != nil {
		return err
	}
	defer db.Close()
	t, err := trailOf(db)
	if err != nil {
		return dataError{err}
	}
	names, err := namesOf(ctx, db)
	if err != nil {
		return err
	}
	head, err := t.Find(ctx, audit.Query{Limit: 1})
	if err != nil {
		return err
	}
	count := 1
	if len(head) > 0 {
		count += head[0].Number + 1
	}
	if err := t.Record(ctx, audit.Deed{By: audit.Operator, Code: audit.LogExport, Details: []audit.Detail{audit.Word("form", c.Form), audit.Number("entries", count)}}); err != nil {
		return fmt.Errorf("%w; nothing was exported", err)
	}
	out := bufio.NewWriter(p.out)
	write, end := asCSV(out)
	if c.Form == "jsonl" {
		write, end = asJSONLines(out)
	}
	for from := 0; ; {
		rows, err := t.Rows(ctx, from, 1000)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := write(exported(r, names)); err != nil {
				return err
			}
			from = r.Number + 1
		}
		if len(rows) == 0 {
			break
		}
	}
	if err := end(); err != nil {
		return err
	}
	return out.Flush()
}

func namesOf(ctx context.Context, db *store.DB) (map[helpline.ID]string, error) {
	people, err := db.People(ctx)
	names := map[helpline.ID]string{{}: "the line", audit.Operator: "the command line"}
	for _, one := range people {
		names[one.ID] = one.Name
	}
	return names, err
}

func exported(r audit.Row, names map[helpline.ID]string) auditLine {
	l := auditLine{
		Number: r.Number, Day: retention.Midnight(r.Day).Format(time.DateOnly), Actor: r.Actor.String(), Name: names[r.Actor],
		Code: string(r.Code), Kind: string(r.Object.Kind), Before: fmt.Sprintf("%x", r.Before[:]), Signature: fmt.Sprintf("%x", r.Signature[:]),
	}
	if r.Object.Kind != "" {
		l.Object = r.Object.ID.String()
	}
	if r.Object.Kind == audit.PersonKind {
		l.Whom = names[r.Object.ID]
	}
	for _, d := range r.Deed().Details {
		if l.Details == nil {
			l.Details = map[string]string{}
		}
		l.Details[d.Name] = d.Value
	}
	return l
}

func asJSONLines(out io.Writer) (write func(auditLine) error, end func() error) {
	e := json.NewEncoder(out)
	return func(l auditLine) error { return e.Encode(l) }, func() error { return nil }
}

// asCSV writes a table. No field can be taken for a formula by a program that
// opens it: names are people's own, and a changed database can hold anything.
func asCSV(out io.Writer) (write func(auditLine) error, end func() error) {
	w := csv.NewWriter(out)
	first := true
	write = func(l auditLine) error {
		if first {
			first = false
			if err := w.Write([]string{"number", "day", "actor", "name", "code", "kind", "object", "whom", "details", "before", "signature"}); err != nil {
				return err
			}
		}
		return w.Write([]string{
			strconv.Itoa(l.Number), l.Day, harmless(l.Actor), harmless(l.Name), harmless(l.Code), harmless(l.Kind), harmless(l.Object), harmless(l.Whom),
			harmless(joined(l.Details)), l.Before, l.Signature,
		})
	}
	return write, func() error { w.Flush(); return w.Error() }
}

func joined(details map[string]string) string {
	var all []audit.Detail
	for name, value := range details {
		all = append(all, audit.Detail{Name: name, Value: value})
	}
	return audit.Joined(all)
}

// harmless puts a quotation mark before what a spreadsheet would calculate.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0])) {
		return "'" + s
	}
	return s
}
