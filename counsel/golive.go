package counsel

import (
	"context"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
)

// PointState is how far one point of the list before opening is.
type PointState string

// The states of a point.
const (
	PointDone PointState = "done"
	PointLook PointState = "look" // done, and something about it needs a look
	PointTodo PointState = "todo"
)

// Point is one thing that should be done before a line opens. What the program
// can see it sees itself; only what needs a person's judgement is somebody's word.
type Point struct {
	ID      string // key after start.point. in the catalogues
	State   PointState
	Has     int      // of Wants, where something is counted
	Wants   int      // 0 where nothing is counted
	Details []string // in English, from the program's own checks
	Href    string   // page where it is done; empty when that is no page

	// Of the two points that are somebody's word.
	Digest string // in hexadecimal, of the text as it stands; empty for what the program sees
	By     string // alias of who gave it for this text; empty: nobody yet
	On     time.Time
}

// Approval is a person's word that a text is right, as it stood.
type Approval struct {
	What   string // promise or lines
	Digest [32]byte
	Person helpline.ID
	Alias  string
	Day    int // as package retention counts
}

// Approvals keeps the newest word on each text. Asserted by store.
type Approvals interface {
	// KeepApproval keeps a word in the place of an older one on the same text.
	KeepApproval(ctx context.Context, a Approval) error
	// Approvals gives them all, by What.
	Approvals(ctx context.Context) (map[string]Approval, error)
}

// Look sees by itself how far one point is.
type Look func(context.Context) (Point, error)

// linesLast is how long a word on the emergency lines counts, in days: numbers
// change.
const linesLast = 365

// looksLast is how long what was seen is told again without looking: every page
// of the staff asks.
const looksLast = 30 * time.Second

// GoLive is the list of what is still to do before a line should open. Safe
// for concurrent use.
type GoLive struct {
	rows  Approvals
	trail Trail
	texts map[string][32]byte
	looks []Look
	now   func() time.Time

	mu   sync.Mutex
	seen []Point
	at   time.Time
}

// NewGoLive makes the list of two texts that somebody must find right, promise
// and lines, given by their digests, and of what the program sees by itself.
func NewGoLive(rows Approvals, trail Trail, promise, lines [32]byte, now func() time.Time, looks ...Look) *GoLive {
	return &GoLive{
		rows: rows, trail: trail, looks: looks, now: now,
		texts: map[string][32]byte{"promise": promise, "lines": lines},
	}
}

// Points gives the list, in its order.
func (g *GoLive) Points(ctx context.Context) ([]Point, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if g.seen != nil && now.Sub(g.at) < looksLast && !now.Before(g.at) {
		return slices.Clone(g.seen), nil
	}
	words, err := g.rows.Approvals(ctx)
	if err != nil {
		return nil, err
	}
	out := []Point{g.word("promise", words, now), g.word("lines", words, now)}
	for _, look := range g.looks {
		p, err := look(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	g.seen, g.at = out, now
	return slices.Clone(out), nil
}

// word is a point that is somebody's word.
func (g *GoLive) word(what string, words map[string]Approval, now time.Time) Point {
	digest := g.texts[what]
	p := Point{ID: what, State: PointTodo, Digest: hex.EncodeToString(digest[:])}
	a, given := words[what]
	if !given || a.Digest != digest {
		return p
	}
	p.State, p.By, p.On = PointDone, a.Alias, retention.Midnight(a.Day)
	if what == "lines" && retention.Day(now)-a.Day > linesLast {
		p.State = PointTodo
	}
	return p
}

// Approve writes down somebody's word on a text, after its entry in the audit
// log. digest is of the text that was looked at: Conflict when another stands
// there by now. NotFound for a text that nobody is asked about.
func (g *GoLive) Approve(ctx context.Context, who helpline.Actor, what, digest string) error {
	now, known := g.texts[what]
	if !known {
		return helpline.Errorf(helpline.NotFound, "approve: no such text")
	}
	if hex.EncodeToString(now[:]) != digest {
		return helpline.Errorf(helpline.Conflict, "approve: the text has changed since it was looked at")
	}
	a := Approval{What: what, Digest: now, Person: who.Person, Alias: who.Alias, Day: retention.Day(g.now())}
	deed := audit.Deed{By: who.Person, Code: audit.Approve, Details: []audit.Detail{{Name: "text", Value: what}}}
	err := Traced(ctx, g.trail, deed, func() error { return g.rows.KeepApproval(ctx, a) })
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen = nil
	return err
}

// Left counts the points that are still to do.
func Left(points []Point) int {
	n := 0
	for _, p := range points {
		if p.State == PointTodo {
			n++
		}
	}
	return n
}
