package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/mattn/go-isatty"
)

// loadReport is the result of a run; its JSON names are an interface. Times
// are milliseconds, sizes bytes. What was not measured is null.
type loadReport struct {
	Rooms      int     `json:"rooms"`
	Waiting    int     `json:"waiting"`
	Rate       float64 `json:"rate"`
	Seconds    float64 `json:"seconds"`
	Seed       uint64  `json:"seed"`
	Offered    int     `json:"offered"`
	Messages   int     `json:"messages"`
	Delivered  int     `json:"delivered"`
	Lost       int     `json:"lost"`
	Doubled    int     `json:"doubled"`
	Misordered int     `json:"misordered"`
	Unknown    int     `json:"cannot_tell"`
	Foreign    int     `json:"foreign"`
	Moved      int     `json:"places_lost"`
	P50        float64 `json:"p50"`
	P99        float64 `json:"p99"`
	Max        float64 `json:"max"`
	LateP99    float64 `json:"own_lateness_p99"`

	Kills     int       `json:"kills"`
	Away      []float64 `json:"away"`      // for each kill, until the line listened again
	Reconnect []float64 `json:"reconnect"` // after each kill, from the listener to the last page that was back
	Desks     []float64 `json:"desks"`     // the same for the counsellors' desks: on duty again, as their board says

	Resident        *int64   `json:"resident"`         // after the messages
	ResidentEmpty   *int64   `json:"resident_empty"`   // before anybody came
	PerConversation *int64   `json:"per_conversation"` // what opening the conversations added
	PerWaiting      *int64   `json:"per_waiting"`      // what those who wait added
	CPU             *float64 `json:"cpu_us_per_delivered"`
	Others          *float64 `json:"used_by_others"` // share of the machine, 0 to 1, while messages were sent
	Early           bool     `json:"stopped_early"`
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// report counts everything.
func (l *load) report() loadReport {
	t := l.tally()
	r := loadReport{
		Rooms: l.Rooms, Waiting: l.Waiting, Rate: l.Rate, Seconds: l.For.Seconds(), Seed: l.Seed, Offered: int(l.offered.Load()),
		Messages: t.Said, Delivered: t.Delivered, Lost: t.Lost, Doubled: t.Doubled, Misordered: t.Misordered, Unknown: t.Unknown, Foreign: t.Foreign,
		Moved: l.moved(), Early: l.early, Away: []float64{}, Reconnect: []float64{}, Desks: []float64{},
		P50: milliseconds(l.delays.Quantile(0.5)), P99: milliseconds(l.delays.Quantile(0.99)), Max: milliseconds(l.delays.Max()),
		LateP99: milliseconds(l.late.Quantile(0.99)),
	}
	if l.server != nil {
		r.Kills = l.server.killed
	}
	for _, o := range l.outages {
		r.Away, r.Reconnect, r.Desks = append(r.Away, milliseconds(o.away)), append(r.Reconnect, milliseconds(o.pages)), append(r.Desks, milliseconds(o.desks))
	}
	if l.others >= 0 {
		r.Others = &l.others
	}
	per := func(bytes, less int64, n int) *int64 {
		if n == 0 || bytes == 0 {
			return nil
		}
		each := (bytes - less) / int64(n)
		return &each
	}
	r.ResidentEmpty, r.Resident = per(l.came[0], 0, 1), per(l.came[3], 0, 1)
	r.PerConversation, r.PerWaiting = per(l.came[1], l.came[0], l.Rooms), per(l.came[2], l.came[1], l.Waiting)
	if l.measured && t.Delivered > 0 && l.offered.Load() > 0 {
		each := float64(l.spent.Microseconds()) / float64(t.Delivered)
		r.CPU = &each
	}
	return r
}

// judge says what must not be.
func (r loadReport) judge() error {
	if r.Lost+r.Doubled+r.Misordered+r.Foreign+r.Moved == 0 {
		return nil
	}
	err := fmt.Errorf("%d lost, %d doubled, %d misordered", r.Lost, r.Doubled, r.Misordered)
	if r.Foreign > 0 {
		err = fmt.Errorf("%w, %d that nobody wrote", err, r.Foreign)
	}
	if r.Moved > 0 {
		err = fmt.Errorf("%w, %d places in the queue lost", err, r.Moved)
	}
	return err
}

// print writes the table, or the object.
func (r loadReport) print(to io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(to).Encode(r)
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", args...) }
	row("rooms", "%d", r.Rooms)
	row("waiting", "%d", r.Waiting)
	row("offered", "%d messages, %g a second, seed %d", r.Offered, r.Rate, r.Seed)
	row("messages", "%d, each conversation's greeting included", r.Messages)
	row("delivered", "%d", r.Delivered)
	row("lost", "%d", r.Lost)
	row("doubled", "%d", r.Doubled)
	row("misordered", "%d", r.Misordered)
	row("cannot tell", "%d", r.Unknown)
	row("places lost", "%d", r.Moved)
	if r.Offered > 0 {
		row("p50", "%.2f ms", r.P50)
		row("p99", "%.2f ms (our own lateness in that: p99 %.2f ms)", r.P99, r.LateP99)
		row("max", "%.2f ms", r.Max)
	}
	if r.Kills > 0 {
		row("kills", "%d", r.Kills)
		row("line away", "%.0f ms", r.Away)
		row("pages back", "%.0f ms after the line listened again", r.Reconnect)
		row("desks back", "%.0f ms; a board is sent once a second", r.Desks)
	}
	size := func(name string, bytes *int64, of string) {
		if bytes == nil {
			row(name, "not measured")
		} else {
			row(name, "%.1f KiB%s", float64(*bytes)/1024, of)
		}
	}
	size("resident", r.Resident, " after the messages")
	size("resident, empty", r.ResidentEmpty, "")
	if r.Rooms > 0 {
		size("per conversation", r.PerConversation, "")
	}
	if r.Waiting > 0 {
		size("per waiting visitor", r.PerWaiting, "")
	}
	switch {
	case r.CPU != nil:
		row("processor", "%.1f us of the line per delivered message", *r.CPU)
	case r.Offered > 0:
		row("processor", "not measured")
	}
	others := "what others used of them is not known"
	if r.Others != nil {
		others = fmt.Sprintf("others used %.0f %% of them", *r.Others*100)
	}
	row("machine", "%d processors, shared with the simulated people; %s; %s", runtime.NumCPU(), others, runtime.Version())
	return w.Flush()
}

// ticker shows how far a run is: one line that changes on a terminal, a line
// every few seconds elsewhere.
type ticker struct {
	out   io.Writer
	term  bool
	mu    sync.Mutex
	shown time.Time
	open  bool
}

func newTicker(out io.Writer) *ticker {
	f, ok := out.(*os.File)
	return &ticker{out: out, term: ok && isatty.IsTerminal(f.Fd())}
}

// show says how far it is, seldom enough to be read.
func (t *ticker) show(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	every := 5 * time.Second
	if t.term {
		every = 200 * time.Millisecond
	}
	if time.Since(t.shown) >= every {
		t.line(text)
	}
}

// say says it now.
func (t *ticker) say(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.line(text)
}

func (t *ticker) line(text string) {
	t.shown = time.Now()
	if t.term {
		t.open = true
		fmt.Fprintf(t.out, "\r%-78s", text)
		return
	}
	fmt.Fprintln(t.out, text)
}

// end leaves the line that changes.
func (t *ticker) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open {
		t.open = false
		fmt.Fprintln(t.out)
	}
}
