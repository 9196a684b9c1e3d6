package main

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// planTeam publishes, in a folder of the demonstration that does not run, a
// shift of a team that began twenty minutes ago: the counsellor, and the
// supervisor who leads it.
func planTeam(t *testing.T, dir string) {
	t.Helper()
	dir, err := demoFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	l, site, err := openDemo(t.Context(), dir, "127.0.0.1:8080", cheap, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now().UTC().Truncate(time.Second).Add(-20 * time.Minute)
	day := rota.DateOf(start.In(l.conf.Zone))
	r := rota.Rota{ID: helpline.NewID(), Name: "Chat", Way: rota.Managed, Setup: rota.Team}
	v := rota.Version{ID: helpline.NewID(), Rota: r.ID, First: day, Last: day.Plus(20), State: rota.Published, By: site.people.supervisor.ID, At: start.AddDate(0, 0, -7)}
	s := rota.Shift{ID: helpline.NewID(), Version: v.ID, Rota: r.ID, Name: "Now", Date: day, Start: start, End: start.Add(4 * time.Hour)}
	rows := counsel.RotaState{
		Rotas: []rota.Rota{r}, Versions: []rota.Version{v}, Shifts: []rota.Shift{s},
		Requirements: []rota.Requirement{{ID: helpline.NewID(), Shift: s.ID, Role: rota.Leader, Min: 1}, {ID: helpline.NewID(), Shift: s.ID, Min: 2}},
	}
	for who, role := range map[helpline.ID]rota.Role{site.people.counsellor.ID: rota.Counsellor, site.people.supervisor.ID: rota.Leader} {
		id := helpline.NewID()
		rows.Assignments = append(rows.Assignments, rota.Assignment{ID: id, Shift: s.ID, Person: who, Role: role, State: rota.Held, Source: rota.ByHand, Place: id})
	}
	state, err := l.db.LoadRotas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range state.Shifts { // whatever the demonstration plans for this hour does not take place
		other.Cancelled, other.Revision = true, other.Revision+1
		rows.Shifts = append(rows.Shifts, other)
	}
	var gone counsel.RotaGone
	for _, r := range state.Rotas { // and it is not open day and night
		if r.Way == rota.Elsewhere {
			gone.Rotas = append(gone.Rotas, r.ID)
		}
	}
	for _, one := range state.Templates {
		if slices.Contains(gone.Rotas, one.Rota) {
			gone.Templates = append(gone.Templates, one.ID)
			for _, need := range state.Requirements {
				if need.Template == one.ID {
					gone.Requirements = append(gone.Requirements, need.ID)
				}
			}
		}
	}
	err = l.db.ChangeRotas(t.Context(), counsel.RotaChange{Serial: state.Serial, Put: rows, Gone: gone})
	if err == nil {
		err = l.db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestPromiseALeaderWhoDoesNotCheckInIsMissedAndTheLineDoesNotSlamShut: the
// line says the truth, opens when she says that she is there, and when she goes
// again takes no place and touches no conversation.
func TestPromiseALeaderWhoDoesNotCheckInIsMissedAndTheLineDoesNotSlamShut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	planTeam(t, dir)
	w := beginDemo(t, dir)
	_, port, _ := strings.Cut(w.addr, ":")
	front := func(want string) {
		t.Helper()
		wait(t, "the front page to say "+want, func() bool {
			_, page := w.browser("localhost:"+port, "http://localhost:"+port).get("/en/")
			return strings.Contains(page, want)
		})
	}
	counsellor, supervisor := w.enter("counsellor"), w.enter("supervisor")
	lane := counsellor.dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true})
	lane.until("duty", func() bool { return lane.board.On })
	front("We planned to be open now, but too few of us are here.")
	board := func(want ...string) {
		t.Helper()
		wait(t, "the board to say "+strings.Join(want, ", "), func() bool {
			_, page := supervisor.get("/board")
			for _, one := range want {
				if !strings.Contains(page, one) {
					return false
				}
			}
			return true
		})
	}
	board("did not check in", "You are not checked in.", "Too few are here to open as planned.")
	press := func(path string, pairs ...string) {
		t.Helper()
		if answer, page := supervisor.post(path, pairs...); answer.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s %v was answered %d: %s", path, pairs, answer.StatusCode, page)
		}
	}
	press("/board/here", "do", "here")
	board("You are checked in.", "Open. Visitors can start a chat.")

	talker := w.browser("localhost:"+port, "http://localhost:"+port)
	v, c, _ := talkBetween(talker, counsellor)
	waiting := w.browser("localhost:"+port, "http://localhost:"+port)
	waiting.start("relative")
	waits := waiting.dial("/en/talk/link", sim.NewPage(wire.Visitor, helpline.NewID()))
	told := ""
	waits.mu.Lock()
	waits.see = func(f *wire.Frame) {
		if f.Kind == wire.Line {
			told = f.State
		}
	}
	waits.mu.Unlock()
	waits.until("a place", func() bool { return waits.page.Stage == "waiting" })

	press("/board/here", "do", "away")
	front("one of us is missing")
	waits.until("that nobody new is taken", func() bool { return told == "paused" })
	waits.until("the place", func() bool { return waits.page.Ended == "" && waits.page.Stage == "waiting" })
	v.say("I am still here")
	c.hears("still here")
	board("has left", "One of us has been missing for less than ten minutes.")

	press("/board/here", "do", "here")
	waits.until("that all is well again", func() bool { return told == "" })
	board("Open. Visitors can start a chat.")
	if code := w.stop(); code != exitDone {
		t.Errorf("the exit code is %d: %s", code, w.err)
	}
}
