package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"helpline/chat/sim"
	"helpline/chat/wire"
)

func TestTheTourCanBeWalkedToItsEnd(t *testing.T) {
	t.Parallel()
	w := beginDemo(t, t.TempDir())
	_, port, _ := strings.Cut(w.addr, ":")
	visitor := w.browser("localhost:"+port, "http://localhost:"+port)
	done := func() []string {
		_, text := visitor.get("/tour/progress")
		var p struct{ Done []string }
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		return p.Done
	}
	if got := done(); len(got) != 0 {
		t.Errorf("before anything happened done is %v", got)
	}
	v, c, _ := talkBetween(visitor, w.enter("counsellor"))
	v.say("I do not know how to begin")
	c.hears("how to begin")
	c.say("Take your time")
	v.hears("Take your time")
	if got := done(); !slices.Equal(got, []string{"duty", "start", "accept", "words"}) {
		t.Errorf("after a talk done is %v", got)
	}
	supervisor := w.enter("supervisor")
	if answer, _ := supervisor.get("/board"); answer.StatusCode != 200 {
		t.Errorf("the board was answered %d", answer.StatusCode)
	}
	lane := supervisor.dial("/desk/lane", nil)
	lane.until("the board", func() bool { return lane.board.Kind == wire.Board })
	c.send(&wire.Frame{Kind: wire.Leave, Reason: "done"})
	v.until("the end", func() bool { return v.page.Ended != "" })
	wait(t, "the tour", func() bool {
		return slices.Equal(done(), []string{"duty", "start", "accept", "words", "close", "board"})
	})
	if code := w.stop(); code != exitDone {
		t.Errorf("the exit code is %d: %s", code, w.err)
	}
}

func TestPromiseTheThreadIsNotLostWhenTheServerStopsAndStarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := beginDemo(t, dir)
	_, port, _ := strings.Cut(w.addr, ":")
	visitor := w.browser("localhost:"+port, "http://localhost:"+port)
	counsellor := w.enter("counsellor")
	v, c, _ := talkBetween(visitor, counsellor)
	v.say("one")
	c.say("two")
	vPage, cPage := v.page, c.page
	contact := contactOf(t, counsellor)
	w.stop()
	v.gone()
	c.gone()

	again := begin(t, `tour http://localhost:(\d+)/tour`, "demo", "--addr", w.addr, "--data", dir, "--visitors", "0").onPort()
	visitor.w, counsellor.w = again, again
	if answer, _ := counsellor.get("/desk"); answer.StatusCode != 200 {
		t.Fatalf("after the restart the desk is answered %d: the login was lost", answer.StatusCode)
	}
	v = visitor.dial("/en/talk/link", vPage)
	c = counsellor.dial("/desk/talk/"+contact, cPage)
	v.until("the conversation", v.page.Synced)
	c.until("the conversation", c.page.Synced)
	v.say("three")
	c.hears("three")
	for name, page := range map[string]*sim.Page{"visitor": v.page, "counsellor": c.page} {
		var all []string
		for _, l := range page.Screen() {
			all = append(all, l.Body)
		}
		if got := strings.Join(all, " "); got != `{"text":"one"} {"text":"two"} {"text":"three"}` {
			t.Errorf("on the %s's screen stands %s", name, got)
		}
	}
}

// contactOf asks the desk for the one contact it holds.
func contactOf(t *testing.T, counsellor *browser) string {
	t.Helper()
	lane := counsellor.dial("/desk/lane", nil)
	lane.until("the board", func() bool { return len(lane.board.Yours) == 1 })
	return lane.board.Yours[0].Contact.String()
}

func TestTheDemonstrationKeepsToThisMachine(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"an address of the network", []string{"demo", "--addr", "0.0.0.0:0"}, "helpline serve"},
		{"a name of another machine", []string{"demo", "--addr", "example.org:80"}, "only on 127.0.0.1"},
		{"no port", []string{"demo", "--addr", "127.0.0.1"}, "HOST:PORT"},
		{"a crowd", []string{"demo", "--visitors", "51"}, "0 to 50"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, err shared
			code := run(t.Context(), c.args, &place{env: noEnv, in: strings.NewReader(""), out: &out, err: &err, costs: cheap})
			if code != exitUsage || !strings.Contains(err.String(), c.want) {
				t.Errorf("code %d, said %q", code, &err)
			}
		})
	}
}

func TestTheDemonstrationRefusesForeignHostsAndProxies(t *testing.T) {
	w := beginDemo(t, t.TempDir())
	_, port, _ := strings.Cut(w.addr, ":")
	for _, host := range []string{"evil.example", "127.0.0.1:" + port, "localhost", "localhost:1", "x.localhost:" + port} {
		if answer, page := w.browser(host, "http://"+host).get("/tour"); answer.StatusCode != http.StatusMisdirectedRequest || !strings.Contains(page, "112") {
			t.Errorf("the host %s was answered %d", host, answer.StatusCode)
		}
	}
	b := w.browser("localhost:"+port, "http://localhost:"+port)
	b.header.Set("X-Forwarded-For", "192.0.2.77")
	if answer, _ := b.get("/tour"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a request through a proxy was answered %d", answer.StatusCode)
	}
	for _, path := range []string{"/en/", "/nl/", "/en/before/1", "/nothing/here", "/tour"} {
		if _, page := w.browser("localhost:"+port, "").get(path); !strings.Contains(page, "Demonstrati") {
			t.Errorf("%s has no banner", path)
		}
	}
	for path, want := range map[string]string{"/fr/": "Démonstration.", "/de/": "Vorführung.", "/nl-BE/": "Demonstratie.", "/fr/before/1": "écrivent en anglais", "/de/before/1": "schreiben Englisch"} {
		if _, page := w.browser("localhost:"+port, "").get(path); !strings.Contains(page, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	for _, path := range []string{"/en/", "/nl/"} {
		if _, page := w.browser("localhost:"+port, "").get(path); strings.Contains(page, "Engels") || strings.Contains(page, "write English") {
			t.Errorf("%s speaks of another language, and they write this one", path)
		}
	}
	for _, path := range []string{"/login", "/nothing/here"} {
		if _, page := w.browser("counsellor.localhost:"+port, "").get(path); !strings.Contains(page, "Demonstrati") {
			t.Errorf("%s of the staff has no banner", path)
		}
	}
}
