package console

import (
	"maps"
	"slices"
	"strconv"
	"sync"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates"
)

// mostChecked is how many books the console keeps checked: those of a
// supervisor or two who turn pages.
const mostChecked = 8

// checked is a book held against the rules once, for every page that shows it
// until a row changes. All of it is only read.
type checked struct {
	check    *rota.Checker
	breaches []rota.Breach
	score    rota.Score // of a draft
	weeks    map[weekKey]weekDrawn
}

// checkedKey is what a checked book depends on. The edition is another as soon
// as anything is that the book is made of.
type checkedKey struct {
	edition     uint64
	version     helpline.ID
	first, last rota.Date // of what is published, around which the book was cut
}

// weekKey is what else the look of a week depends on, but for the names.
type weekKey struct {
	rota        helpline.ID
	week, today rota.Date
	by          string
	locale      helpline.Locale
	may         bool
}

// weekDrawn is a week in words.
type weekDrawn struct {
	names  map[helpline.ID]string // that stand in it
	grid   templates.RotaGrid
	panel  templates.RotaPanel
	score  []templates.RotaPart
	points string
}

// checks keeps what the last books came to. A book without an edition is made
// by hand and never kept.
type checks struct {
	mu  sync.Mutex
	all map[checkedKey]*checked
}

func newChecks() *checks { return &checks{all: map[checkedKey]*checked{}} }

// of gives the book of a look, checked: what is published is cut to some days
// first, and the look has the cut book then.
func (c *checks) of(l *look, first, last rota.Date) *checked {
	key := checkedKey{edition: l.book.Edition, version: l.version.ID}
	if l.version.ID.IsZero() {
		key.first, key.last = first, last
		l.book = around(l.book, first, last)
	}
	c.mu.Lock()
	one := c.all[key]
	c.mu.Unlock()
	if one != nil {
		return one
	}
	one = &checked{check: rota.NewChecker(l.book, l.law), weeks: map[weekKey]weekDrawn{}}
	one.breaches = one.check.All()
	if l.draft() {
		one.score = rota.ScoreOf(l.book, rota.UsualWeights())
	}
	if key.edition == 0 {
		return one
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.all, func(k checkedKey, _ *checked) bool { return k.edition < key.edition })
	if len(c.all) == mostChecked {
		clear(c.all)
	}
	c.all[key] = one
	return one
}

// week gives a week in words, as it was drawn before or anew.
func (c *checks) week(l *look, one *checked, week, today rota.Date, by string) weekDrawn {
	key := weekKey{l.rota.ID, week, today, by, l.Locale, l.may}
	c.mu.Lock()
	was, known := one.weeks[key]
	c.mu.Unlock()
	if known && maps.Equal(was.names, l.names) {
		return was
	}
	is := weekDrawn{names: l.names, grid: l.grid(one.check, week, today, by)}
	breaches := one.breaches
	if l.version.ID.IsZero() { // of all that was ever published, what begins in this week
		breaches = l.stand(l.inWeek(breaches, week))
	}
	is.panel = l.panel(breaches, accepted(l.book), mostInPanel)
	if l.draft() {
		is.points, is.score = strconv.FormatInt(one.score.Total, 10), l.score(one.score)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(one.weeks) == mostChecked {
		clear(one.weeks)
	}
	one.weeks[key] = is
	return is
}

// stand leaves out what is said of shifts that do not take place, because their
// days were closed: nothing is left to do about them.
func (l *look) stand(all []rota.Breach) []rota.Breach {
	on := make(map[helpline.ID]bool, len(l.book.Shifts))
	for i := range l.book.Shifts {
		if s := &l.book.Shifts[i]; !l.off(s) {
			on[s.ID] = true
		}
	}
	out := make([]rota.Breach, 0, len(all))
	for _, b := range all {
		if len(b.Shifts) == 0 || slices.ContainsFunc(b.Shifts, func(id helpline.ID) bool { return on[id] }) {
			out = append(out, b)
		}
	}
	return out
}
