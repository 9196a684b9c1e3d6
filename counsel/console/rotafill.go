package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// Bounds of filling: how long somebody waits for a first draft, how long a
// search goes on unless it is stopped, and how long its end is remembered. A page
// with scripts gives up after 20 seconds (static/js/post.js), and a draft whose
// page has gone is not kept: on a slow machine what was found by then has to be
// there before.
const (
	draftPatience = 12 * time.Second
	improveFor    = 20 * time.Second
	searchKept    = 10 * time.Minute
)

// quest is an improvement that runs in the background.
type quest struct {
	stop  context.CancelFunc
	by    helpline.ID
	part  float64
	cost  int64
	first int64 // what it began with
	done  bool
	said  string
	ended time.Time
}

// quests are those of the drafts; one each, and one at a time on the whole
// line: it takes a core.
type quests struct {
	mu      sync.Mutex
	all     map[helpline.ID]*quest
	filling bool // a gap is being filled within a request
}

func newQuests() *quests { return &quests{all: map[helpline.ID]*quest{}} }

// begin makes the search of a draft, unless one runs somewhere.
func (s *quests) begin(version, by helpline.ID, stop context.CancelFunc) (*quest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy() {
		return nil, false
	}
	for id, one := range s.all {
		if time.Since(one.ended) > searchKept {
			delete(s.all, id)
		}
	}
	one := &quest{stop: stop, by: by}
	s.all[version] = one
	return one, true
}

// busy says whether the core is taken. The lock is held.
func (s *quests) busy() bool {
	for _, one := range s.all {
		if !one.done {
			return true
		}
	}
	return s.filling
}

// fill takes the core for a filling within a request, and gives what hands it
// back; nil while something else has it.
func (s *quests) fill() (free func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy() {
		return nil
	}
	s.filling = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.filling = false
	}
}

// at changes a search under the lock.
func (s *quests) at(one *quest, change func(*quest)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(one)
}

// progress is how far a search is, for the page.
type progress struct {
	Part  int    `json:"part"` // percent
	Cost  string `json:"cost"`
	First string `json:"first"`
	Done  bool   `json:"done"`
	Said  string `json:"said"`
}

// of tells how the search of a draft stands.
func (s *quests) of(version helpline.ID) (progress, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.all[version]
	if !ok {
		return progress{}, false
	}
	return progress{int(one.part * 100), strconv.FormatInt(one.cost, 10), strconv.FormatInt(one.first, 10), one.done, one.said}, true
}

// halt ends the search of a draft; what it found so far is taken.
func (s *quests) halt(version helpline.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, ok := s.all[version]; ok {
		one.stop()
	}
}

// draftLook reads the draft of an address; else it has answered.
func (c *Console) draftLook(w http.ResponseWriter, r *http.Request, p staff.Person) (*look, bool) {
	words, _ := c.inside(p, "rota")
	err := form(r)
	var l *look
	if err == nil {
		l, err = c.rotaLook(r, p, words, "", r.PathValue("version"))
	}
	if err == nil && !l.draft() {
		err = helpline.Errorf(helpline.NotFound, "rota: no such draft")
	}
	if err != nil {
		c.lost(w, r, p, err)
		return nil, false
	}
	return l, true
}

// fillPlan fills the gaps of a draft, with what stands there as it is.
func (c *Console) fillPlan(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, ok := c.draftLook(w, r, p)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), draftPatience)
	defer cancel()
	before := l.gapsOf()
	var f rota.Filling
	err := errFilling
	if free := c.quests.fill(); free != nil {
		f = fillNow(ctx, l, free)
		err = r.Context().Err()
	}
	if err == nil {
		err = c.edit(r, p, "fill", counsel.RotaEdit{Filling: &counsel.RotaFilling{Version: l.version.ID, Places: f.Places, Gone: f.Gone}})
	}
	said := ""
	switch kind := helpline.KindOf(err); {
	case errors.Is(err, errFilling):
		said = l.T("plan.problem.filling")
	case kind == "":
		said = l.filled(before, f)
	case kind == helpline.Conflict, kind == helpline.Invalid, kind == helpline.NotFound:
		said = l.T("plan.problem.changed")
	default:
		c.fail(w, r, err)
		return
	}
	if r.PostForm.Get("script") != "" {
		asJSON(w, http.StatusOK, map[string]string{"said": said})
		return
	}
	c.undos.tell(p.ID, said)
	http.Redirect(w, r, within(r.PostForm.Get("back")), http.StatusSeeOther)
}

// filled says what a filling came to: what was missing, what to do next, and
// the most that could still be better.
func (l *look) filled(before int, f rota.Filling) string {
	after, next := headsOf(f.Gaps), l.T("plan.fill.some")
	if after == 0 {
		next = l.T("plan.fill.all")
	}
	said := l.T("plan.done.fill", "before", l.N("plan.places", before), "after", l.N("plan.places", after), "next", next)
	parts := slices.DeleteFunc(slices.Clone(f.Score.Parts), func(p rota.PartScore) bool { return p.Points == 0 || p.Part == rota.PartUncovered })
	slices.SortStableFunc(parts, func(a, b rota.PartScore) int { return cmp.Compare(b.Points, a.Points) })
	var better []string
	for _, p := range parts[:min(len(parts), mostBetter)] {
		better = append(better, l.T("plan.fill.part", "what", l.T("rota.part."+string(p.Part)), "n", strconv.FormatInt(p.Amount, 10)))
	}
	if len(better) > 0 {
		said += " " + l.T("plan.fill.better", "what", strings.Join(better, ", "))
	}
	return said
}

// mostBetter is how many parts of a score are said after a filling; the table
// below the grid has all.
const mostBetter = 3

// errFilling is why a draft is not filled now.
var errFilling = helpline.Errorf(helpline.Unavailable, "rota: another draft is being filled")

// fillNow fills the gaps of a draft, and hands the core back whatever happens.
func fillNow(ctx context.Context, l *look, free func()) rota.Filling {
	defer free()
	return rota.NewFiller(l.book, l.law, rota.Given{From: time.Now()}).Draft(ctx, seedOf(l.version.ID))
}

// gapsOf counts the heads that a draft lacks.
func (l *look) gapsOf() int { return headsOf(rota.Gaps(l.book)) }

func headsOf(gaps []rota.Gap) (n int) {
	for _, g := range gaps {
		n += g.Want - g.Have
	}
	return n
}

// seedOf makes the chance of a search one that a draft always has: the same
// draft is filled the same way twice.
func seedOf(id helpline.ID) uint64 {
	var seed uint64
	for _, b := range id[:8] {
		seed = seed<<8 | uint64(b)
	}
	return seed
}

// improvePlan begins a search for a better filling, or stops it.
func (c *Console) improvePlan(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, ok := c.draftLook(w, r, p)
	if !ok {
		return
	}
	if r.PostForm.Get("do") == "stop" {
		c.quests.halt(l.version.ID)
	} else {
		c.improve(r, p, l)
	}
	if r.PostForm.Get("script") != "" {
		now, _ := c.quests.of(l.version.ID)
		asJSON(w, http.StatusOK, now)
		return
	}
	c.undos.tell(p.ID, l.T("plan.improve.running"))
	http.Redirect(w, r, "/rota?version="+l.version.ID.String(), http.StatusSeeOther)
}

// improve lets the search run beside the request; its end is an edit like any
// other, and can be taken back.
func (c *Console) improve(r *http.Request, p staff.Person, l *look) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(r.Context()), 2*improveFor)
	one, free := c.quests.begin(l.version.ID, p.ID, stop)
	if !free {
		stop()
		return
	}
	first := rota.ScoreOf(l.book, rota.UsualWeights()).Total
	c.quests.at(one, func(s *quest) { s.first, s.cost = first, first })
	book, law, version := l.book, l.law, l.version.ID
	go func() {
		defer stop()
		defer func() { // nobody answers for a panic here: it would end every conversation
			if recover() != nil {
				c.Log.Error("search for a better filling", "kind", string(helpline.Internal))
				c.quests.at(one, func(s *quest) { s.done, s.said, s.ended = true, l.T("plan.problem.unusable"), time.Now() })
			}
		}()
		f := rota.NewFiller(book, law, rota.Given{From: time.Now()}).Improve(ctx, rota.Effort{Seed: uint64(time.Now().UnixNano()), Time: improveFor, Now: time.Now}, func(at rota.Progress) {
			c.quests.at(one, func(s *quest) { s.part, s.cost = at.Part, at.Cost })
		})
		said := l.T("plan.done.improve", "before", strconv.FormatInt(first, 10), "after", strconv.FormatInt(f.Score.Total, 10))
		back, err := c.RotaWork.Edit(context.WithoutCancel(ctx), actor(p), counsel.RotaEdit{Filling: &counsel.RotaFilling{Version: version, Places: f.Places, Gone: f.Gone}})
		if err != nil {
			c.Log.Error("keep a better filling", "kind", string(helpline.KindOf(err)))
			said = l.T("plan.problem.changed")
		} else {
			c.undos.push(p.ID, "improve", back)
		}
		c.quests.at(one, func(s *quest) {
			s.done, s.said, s.ended, s.part, s.cost = true, said, time.Now(), 1, f.Score.Total
		})
	}()
}

// improving tells the page how far the search is.
func (c *Console) improving(w http.ResponseWriter, r *http.Request, p staff.Person) {
	id, err := helpline.ParseID(r.PathValue("version"))
	if err != nil {
		c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such draft"))
		return
	}
	now, ok := c.quests.of(id)
	if !ok {
		now.Done = true
	}
	asJSON(w, http.StatusOK, now)
}
