package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// TestPromiseADayThatIsClosedWhileTheLineIsOpenCostsNobodyThePlaceAtOnce: the
// supervisor is asked first, whoever waits keeps the place, a conversation goes
// on, and an undo opens the line again.
func TestPromiseADayThatIsClosedWhileTheLineIsOpenCostsNobodyThePlaceAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	planTeam(t, dir)
	w := beginDemo(t, dir)
	_, port, _ := strings.Cut(w.addr, ":")
	counsellor, supervisor := w.enter("counsellor"), w.enter("supervisor")
	lane := counsellor.dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true})
	lane.until("duty", func() bool { return lane.board.On })
	if answer, page := supervisor.post("/board/here", "do", "here"); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the leader's check-in was answered %d: %s", answer.StatusCode, page)
	}
	board := func(want string) {
		t.Helper()
		wait(t, "the board to say "+want, func() bool {
			_, page := supervisor.get("/board")
			return strings.Contains(page, want)
		})
	}
	board("Open. Visitors can start a chat.")
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

	first, last := time.Now().AddDate(0, 0, -1).Format(time.DateOnly), time.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	answer, page := supervisor.post("/rota/closed", "first", first, "last", last)
	saw := regexp.MustCompile(`name="saw" value="([^"]*)"`).FindStringSubmatch(page)
	if answer.StatusCode != http.StatusConflict || saw == nil || !strings.Contains(page, "1 published shift lies on these days, with 2 people.") || !strings.Contains(page, "One of them runs now.") {
		t.Fatalf("closing was answered %d: %s", answer.StatusCode, page)
	}
	if answer, page := supervisor.post("/rota/closed", "first", first, "last", last, "sure", "yes", "saw", saw[1]); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the yes was answered %d: %s", answer.StatusCode, page)
	}
	waits.until("that nobody new is taken", func() bool { return told == "paused" })
	waits.until("the place", func() bool { return waits.page.Ended == "" && waits.page.Stage == "waiting" })
	v.say("I am still here")
	c.hears("still here")
	if answer, page := supervisor.post("/rota/undo", "back", "/rota/closed"); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the undo was answered %d: %s", answer.StatusCode, page)
	}
	board("Open. Visitors can start a chat.")
	waits.until("the line again", func() bool { return told == "" })

	// Closed once more, and the program starts anew: the place is kept through that too.
	if answer, page := supervisor.post("/rota/closed", "first", first, "last", last, "sure", "yes", "saw", saw[1]); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("closing again was answered %d: %s", answer.StatusCode, page)
	}
	waits.until("that nobody new is taken", func() bool { return told == "paused" })
	if answer, _ := waiting.post("/en/talk/renew"); answer.StatusCode != http.StatusNoContent {
		t.Errorf("the ticket was renewed with %d", answer.StatusCode)
	}
	if code := w.stop(); code != exitDone {
		t.Errorf("the program ended with %d: %s", code, w.err)
	}
	anew := beginDemo(t, dir)
	_, port, _ = strings.Cut(anew.addr, ":")
	waiting.w, waiting.host, waiting.origin = anew, "localhost:"+port, "http://localhost:"+port
	waits = waiting.dial("/en/talk/link", waits.page)
	if _, page := anew.browser(waiting.host, waiting.origin).get("/en/"); !strings.Contains(page, "Nobody new can start a chat for a moment: one of us is missing.") {
		t.Errorf("after the start others read %s", page)
	}
	waits.until("the place, still", func() bool { return waits.page.Ended == "" && waits.page.Stage == "waiting" })
}
