package store

import (
	"context"
	"strings"

	"helpline/counsel"
	"helpline/counsel/audit"
)

var _ counsel.NoteTrail = (*Trail)(nil)

// few codes are found by their index; more are nearly all.
const few = 3

// Find gives the rows that a query asks for, the newest first.
func (t *Trail) Find(ctx context.Context, q audit.Query) ([]audit.Row, error) {
	where, args := []string{"day >= ?"}, []any{q.From}
	and := func(text string, more ...any) {
		where = append(where, text)
		args = append(args, more...)
	}
	if !q.Person.IsZero() {
		and("(actor = ? OR object = ?)", q.Person[:], q.Person[:])
	}
	if q.Actor != nil {
		and("actor = ?", q.Actor[:])
	}
	if !q.Author.IsZero() {
		detail := "author=" + q.Author.String() // the first, in the order of their names
		and("substr(details, 1, ?) = ?", len(detail), detail)
	}
	if len(q.Codes) > 0 {
		var codes []any
		for _, c := range q.Codes {
			codes = append(codes, string(c))
		}
		column := "code"
		if len(codes) > few {
			column = "+code" // walk back from the end and stop early, instead of sorting all there are
		}
		and(column+" IN (?"+strings.Repeat(", ?", len(codes)-1)+")", codes...)
	}
	if q.To > 0 {
		and("day < ?", q.To)
	}
	if q.Below > 0 {
		and("number < ?", q.Below)
	}
	limit := q.Limit
	if limit < 1 || limit > audit.MostRows {
		limit = audit.MostRows
	}
	args = append(args, limit)
	return t.query(ctx, "look into the audit log", ` WHERE `+strings.Join(where, ` AND `)+` ORDER BY number DESC LIMIT ?`, args...)
}
