package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"helpline"
	"helpline/chat/wire"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// demoMark is the file that says that a data folder was made by the
// demonstration. It also holds which tasks of the tour have been done.
const demoMark = "demonstration.json"

// isDemo says whether the demonstration made a data folder.
func isDemo(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, demoMark))
	return err == nil
}

// demoTasks are the tasks of the tour in their order, with who does them.
var demoTasks = []struct{ id, who string }{
	{"duty", "counsellor"},
	{"start", "visitor"},
	{"accept", "counsellor"},
	{"words", "visitor"},
	{"reload", "visitor"},
	{"close", "counsellor"},
	{"board", "supervisor"},
	{"shift", "counsellor"},
}

// progress is how far somebody is on the tour. It learns only from what the
// engine really did for people who are not simulated; no page can tick a task.
type progress struct {
	file string

	mu    sync.Mutex
	done  map[string]bool
	talks map[helpline.ID]*talk // contacts of people who are not simulated
	desks int                   // desks on duty whose people are not simulated
}

// talk is what is remembered of one such contact; never a word of it.
type talk struct {
	waiting bool // not accepted yet
	wrote   map[wire.Side]bool
	sent    map[wire.Side]int64 // newest entry each side's page was sent
}

type demoFile struct {
	Demonstration bool     `json:"demonstration"`
	Done          []string `json:"done"`
}

// newProgress reads the mark of a data folder, or makes it.
func newProgress(dir string) (*progress, error) {
	p := &progress{file: filepath.Join(dir, demoMark), done: make(map[string]bool), talks: make(map[helpline.ID]*talk)}
	text, err := os.ReadFile(p.file)
	if os.IsNotExist(err) {
		return p, p.write()
	}
	if err != nil {
		return nil, err
	}
	var f demoFile
	if err := json.Unmarshal(text, &f); err != nil {
		return p, p.write() // torn by a kill: the tour starts again
	}
	for _, id := range f.Done {
		p.done[id] = true
	}
	return p, nil
}

// list names the tasks that are done, in their order.
func (p *progress) list() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.listed()
}

func (p *progress) listed() []string {
	out := []string{}
	for _, t := range demoTasks {
		if p.done[t.id] {
			out = append(out, t.id)
		}
	}
	return out
}

// tick notes that a task was done. The caller holds no lock.
func (p *progress) tick(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ticked(id)
}

func (p *progress) ticked(id string) {
	if p.done[id] || !slices.ContainsFunc(demoTasks, func(t struct{ id, who string }) bool { return t.id == id }) {
		return
	}
	p.done[id] = true
	_ = p.write() // a tick that is lost on a full disk is done again
}

func (p *progress) write() error {
	text, err := json.Marshal(demoFile{Demonstration: true, Done: p.listed()})
	if err != nil {
		return err
	}
	return os.WriteFile(p.file, append(text, '\n'), 0o600)
}

// started notes a contact of somebody who is not simulated, also one that
// comes back after a restart.
func (p *progress) started(contact helpline.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.talks[contact] == nil {
		p.talks[contact] = &talk{waiting: true, wrote: make(map[wire.Side]bool), sent: make(map[wire.Side]int64)}
	}
	p.ticked("start")
}

// human says whether somebody who is not simulated waits to be accepted.
func (p *progress) human() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.talks {
		if t.waiting {
			return true
		}
	}
	return false
}

// seen looks at a frame on its way to one of the two pages of a contact.
func (p *progress) seen(contact helpline.ID, to wire.Side, f *wire.Frame, link *watchedLink) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.talks[contact]
	if t == nil {
		return
	}
	switch f.Kind {
	case wire.Stage:
		if f.Stage == "talking" && t.waiting {
			t.waiting = false
			p.ticked("accept")
		}
	case wire.Said, wire.Held:
		// What this seat was sent before and is sent again before it is caught
		// up goes to a page that was loaded again.
		if !link.caughtUp && f.Entry.At <= t.sent[to] {
			p.ticked("reload")
		}
		t.sent[to] = max(t.sent[to], f.Entry.At)
		t.wrote[f.Entry.Side] = true
		if t.wrote[wire.Visitor] && t.wrote[wire.Counsellor] {
			p.ticked("words")
		}
	case wire.Synced:
		link.caughtUp = true
	case wire.Closed:
		if !t.waiting {
			p.ticked("close")
		}
		delete(p.talks, contact)
	}
}

// left notes that a visitor ended a contact. One that was never accepted is
// forgotten; the end of a conversation is a task of the tour.
func (p *progress) left(contact helpline.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.talks[contact]
	delete(p.talks, contact)
	if t != nil && !t.waiting {
		p.ticked("close")
	}
}

// toDesk sees a frame on its way to a desk or to the supervisor's board.
func (p *progress) toDesk(f *wire.Frame, link *watchedLink, board bool) {
	if f.Kind != wire.Board {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if board {
		p.ticked("board")
		return
	}
	if f.On {
		p.ticked("duty")
	}
	p.duty(link, f.On)
}

// duty counts the desks on duty; the caller holds the lock.
func (p *progress) duty(link *watchedLink, on bool) {
	if on == link.onDuty {
		return
	}
	link.onDuty = on
	if on {
		p.desks++
	} else {
		p.desks--
	}
}

// deskGone notes that the lane of a desk has ended.
func (p *progress) deskGone(link *watchedLink) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.duty(link, false)
}

// onDuty says whether somebody who is not simulated is on duty.
func (p *progress) onDuty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.desks > 0
}

// swapped sees a change of the rotas: somebody who is not simulated took a
// shift over.
func (p *progress) swapped(c counsel.RotaChange, people demoPeople) {
	for _, e := range c.Events {
		if (e.Kind == rota.EventClaim || e.Kind == rota.EventTake) && (e.By == people.counsellor.ID || e.By == people.supervisor.ID) {
			p.tick("shift")
		}
	}
}
