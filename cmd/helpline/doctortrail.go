package main

import (
	"context"

	"helpline/counsel/audit"
	"helpline/counsel/retention"
)

// checkedBy is how old the last check of the audit log may be, in days: a
// running line does one every day.
const checkedBy = 3

// lookAtAudit reads what the last check of the audit log found, and holds the
// clock against the newest entry.
func lookAtAudit(ctx context.Context, g *ground) []finding {
	if g.db == nil {
		return nil
	}
	const mend = "run `helpline audit verify` with a checkpoint that was kept elsewhere; docs/operations.md, Runbooks, says what then"
	t, err := trailOf(g.db)
	if err != nil {
		return nil // lookAtKeys says so
	}
	newest, err := t.Find(ctx, audit.Query{Limit: 1})
	if err != nil {
		return bad("audit", wrong, mend, "the audit log cannot be read")
	}
	if len(newest) == 0 {
		return bad("audit", look, "start the line, which begins it", "the audit log has no entries yet")
	}
	var out []finding
	if ahead := newest[0].Day - retention.Day(g.now); ahead > 0 {
		out = append(out, bad("clock", wrong, "set the clock", "the clock stands %d days behind the newest entry of the audit log", ahead)...)
	}
	last, err := t.Find(ctx, audit.Query{Codes: []audit.Code{audit.LogCheck}, Limit: 1})
	switch {
	case err != nil:
		return append(out, bad("audit", wrong, mend, "the audit log cannot be read")...)
	case len(last) == 0:
		return append(out, bad("audit", look, "run `helpline audit verify`, or let the line run for a day", "the audit log was never checked")...)
	case last[0].Detail("found") != "good":
		return append(out, bad("audit", wrong, mend, "the last check of the audit log found entry %s wrong", last[0].Detail("at"))...)
	}
	age := retention.Day(g.now) - last[0].Day
	if age > checkedBy {
		return append(out, bad("audit", look, "run `helpline audit verify`, or see why the line does not", "the audit log was last checked %d days ago", age)...)
	}
	return append(out, well("audit", "the audit log was whole %d days ago", max(0, age))...)
}
