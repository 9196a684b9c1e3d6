package main

import (
	"bytes"
	"database/sql"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
	"helpline/counsel/console"
)

// command runs one short command to its end.
func command(t testing.TB, args ...string) (code int, out, errs string) {
	t.Helper()
	return typed(t, "", args...)
}

// typed runs a command that reads what somebody types.
func typed(t testing.TB, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e shared
	code = run(t.Context(), args, &place{env: noEnv, in: strings.NewReader(in), out: &o, err: &e, costs: cheap})
	return code, o.String(), e.String()
}

// founded makes a line with init and gives its configuration and data folder
// and the first supervisor's way in.
func founded(t testing.TB) (file, dir, join string) {
	t.Helper()
	home := t.TempDir()
	file, dir = filepath.Join(home, "helpline.toml"), filepath.Join(home, "data")
	code, out, errs := command(t, "init", "--config", file, "--data", dir, "--country", "nl", "--locales", "en,nl",
		"--visitor-host", "talk.example", "--staff-host", "desk.example", "--proxy", "127.0.0.1",
		"--neutral-url", "https://weather.example/", "--listen", "127.0.0.1:0", "--supervisor", "Anna Vermeer")
	if code != exitDone {
		t.Fatalf("init ended with %d: %s", code, errs)
	}
	return file, dir, linkIn(t, out)
}

// linkIn is the path of the one invitation in what a command printed.
func linkIn(t testing.TB, out string) string {
	t.Helper()
	found := regexp.MustCompile(`https://desk\.example(/join/[A-Za-z0-9_-]{22})\n`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no invitation was printed: %s", out)
	}
	return found[1]
}

// join spends an invitation with the passphrase that is offered, and gives it,
// and sets up an app.
func (b *browser) join(path, alias string) (pass string) {
	b.w.t.Helper()
	_, page := b.get(path)
	offer := regexp.MustCompile(`name="offer" value="([^"]+)"`).FindStringSubmatch(page)
	if offer == nil {
		b.w.t.Fatalf("no passphrase is offered: %s", page)
	}
	pass = html.UnescapeString(offer[1])
	answer, page := b.post(path, "offer", pass, "written", "yes", "choice", "offer", "alias", alias,
		"language", "en", "locale", "en", "locale", "nl", "door", "self", "door", "relative")
	if answer.StatusCode != 303 {
		b.w.t.Fatalf("joining was answered %d: %s", answer.StatusCode, page)
	}
	b.scan()
	return pass
}

func TestFromABareFolderToAConversation(t *testing.T) {
	t.Parallel()
	file, _, first := founded(t)
	if about, err := os.Stat(file); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the configuration has the mode %v", about.Mode())
	}
	w := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", file)
	supervisor := w.browser("desk.example", "https://desk.example")
	supervisor.join(first, "Anna")
	if supervisor.cookies[console.KnownCookie] == "" {
		t.Error("a browser in which somebody has logged in is not known")
	}
	if answer, _ := supervisor.get("/board"); answer.StatusCode != 200 {
		t.Errorf("the board was answered %d", answer.StatusCode)
	}

	// Somebody is invited while the line runs.
	code, out, errs := command(t, "staff", "add", "Robin Bakker", "--role", "counsellor", "--language", "en", "--door", "self", "--config", file)
	if code != exitDone {
		t.Fatalf("staff add ended with %d: %s", code, errs)
	}
	counsellor := w.browser("desk.example", "https://desk.example")
	counsellor.join(linkIn(t, out), "Robin")

	visitor := w.browser("talk.example", "https://talk.example")
	v, c, _ := talkBetween(visitor, counsellor)
	v.say("good evening")
	c.hears("good evening")
	c.say("good evening to you")
	v.hears("good evening to you")
	if v.page.Alias != "Robin" {
		t.Errorf("the visitor talks with %q", v.page.Alias)
	}

	health, _, _ := command(t, "health", "--config", file, "--listen", w.addr)
	if health != exitDone {
		t.Errorf("health ended with %d while the line runs", health)
	}
	if code, _, errs := command(t, "serve", "--config", file); code != exitData || !strings.Contains(errs, "running on it") {
		t.Errorf("a second serve on the folder ended with %d: %s", code, errs)
	}
	if code := w.stop(); code != exitDone {
		t.Errorf("serve ended with %d: %s", code, w.err)
	}
	if health, _, _ := command(t, "health", "--config", file, "--listen", w.addr); health != exitFailed {
		t.Errorf("health ended with %d while nothing runs", health)
	}
}

func TestPromiseNothingIdentifiesYouIsStoredOrLogged(t *testing.T) {
	t.Parallel()
	file, dir, first := founded(t)
	w := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", file)
	counsellor := w.browser("desk.example", "https://desk.example")
	counsellor.join(first, "Anna")

	// What must be found nowhere: addresses, a browser's name, the words.
	found := []string{"192.0.2.77", "2001:db8:77", "MarkedBrowser", "MarkedReferrer", "the heron stands in the ditch", "and the fog lifts late"}
	visitor := w.browser("talk.example", "https://talk.example")
	visitor.header.Set("User-Agent", "MarkedBrowser/7.7")
	visitor.header.Set("Referer", "https://talk.example/MarkedReferrer")
	visitor.header.Set("X-Forwarded-For", "2001:db8:77::1, 192.0.2.77")
	visitor.header.Set("X-Real-Ip", "192.0.2.77")
	v, c, _ := talkBetween(visitor, counsellor)
	v.say("the heron stands in the ditch")
	c.hears("heron")
	c.say("and the fog lifts late")
	v.hears("fog")
	visitor.get("/en/no/such/page/192.0.2.77")
	visitor.post("/en/door", "door", "the heron stands in the ditch")
	visitor.post("/en/talk/renew")
	v.send(&wire.Frame{Kind: wire.Say, Body: "the heron stands in the ditch"}) // malformed: no identifier
	search := func(when string) {
		t.Helper()
		everything := map[string][]byte{"the output": []byte(w.out.String()), "the log": []byte(w.err.String())}
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				everything[path], err = os.ReadFile(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(everything) < 6 {
			t.Fatalf("only %d files were searched", len(everything))
		}
		for name, bytesOf := range everything {
			for _, mark := range found {
				if bytes.Contains(bytesOf, []byte(mark)) {
					t.Errorf("%s: %q stands in %s", when, mark, name)
				}
			}
		}
	}
	search("during the talk")
	visitor.post("/en/leave")
	c.until("the end", func() bool { return c.page.Ended != "" })
	search("after the talk")
	w.stop()
	search("after the stop")
	if !strings.Contains(w.err.String(), "the line runs") {
		t.Errorf("there was no log to search: %s", w.err)
	}
}

func TestCommandsSayWhatIsWrongAndEndWithTheirCode(t *testing.T) {
	file, dir, _ := founded(t)
	demo := t.TempDir()
	if _, err := newProgress(demo); err != nil {
		t.Fatal(err)
	}
	nowhere := filepath.Join(t.TempDir(), "none.toml")
	bad := written(t, good+"note_day = 3\n")
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no command", []string{}, exitUsage, "helpline --help"},
		{"an unknown command", []string{"fly"}, exitUsage, "fly"},
		{"an unknown flag", []string{"serve", "--fly"}, exitUsage, "--fly"},
		{"version", []string{"version"}, exitDone, ""},
		{"help", []string{"serve", "--help"}, exitDone, ""},
		{"serve without its file", []string{"serve", "--config", nowhere}, exitConfig, "helpline init"},
		{"serve with a misspelt key", []string{"serve", "--config", bad}, exitConfig, `did you mean "note_days"?`},
		{"serve without a data folder", []string{"serve", "--config", file, "--data", nowhere}, exitData, "helpline init"},
		{"serve on an empty folder", []string{"serve", "--config", file, "--data", t.TempDir()}, exitData, "holds no line yet"},
		{"serve on a demonstration", []string{"serve", "--config", file, "--data", demo}, exitData, "made by the demonstration"},
		{"serve on a file", []string{"serve", "--config", file, "--data", file}, exitData, ""},
		{"init twice", []string{"init", "--config", file}, exitConfig, "exists already"},
		{"init on a folder that has a line", []string{"init", "--config", nowhere, "--data", dir, "--visitor-host", "a.example", "--staff-host", "b.example"}, exitData, "already holds a line"},
		{"init without hosts", []string{"init", "--config", nowhere}, exitConfig, "visitor_host is not set"},
		{"staff add without a role", []string{"staff", "add", "Kim", "--config", file}, exitUsage, "--role"},
		{"staff add with a strange role", []string{"staff", "add", "Kim", "--role", "boss", "--config", file}, exitUsage, "counsellor, leader, supervisor, operator and reviewer"},
		{"staff add with a strange door", []string{"staff", "add", "Kim", "--role", "counsellor", "--door", "back", "--config", file}, exitUsage, "self, relative"},
		{"staff add of a name that is taken", []string{"staff", "add", "anna VERMEER", "--role", "counsellor", "--config", file}, exitFailed, "of that name already"},
		{"staff add to a demonstration", []string{"staff", "add", "Kim", "--role", "counsellor", "--config", file, "--data", demo}, exitData, "no real people"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := command(t, c.args...)
			if code != c.code || !strings.Contains(errs, c.want) {
				t.Errorf("ended with %d, want %d; said %q", code, c.code, errs)
			}
			if code != exitDone && errs == "" || code == exitDone && out == "" {
				t.Error("said nothing")
			}
		})
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("a failed init left a configuration")
	}
}

func TestServeRefusesPeopleOfADemonstrationWhoseFolderLostItsMark(t *testing.T) {
	file, dir, _ := founded(t)
	db, err := sql.Open("sqlite", filepath.Join(dir, "helpline.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE person SET demo = 1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := command(t, "serve", "--config", file); code != exitData || !strings.Contains(errs, "people of a demonstration") {
		t.Errorf("ended with %d: %q", code, errs)
	}
}

func TestServeRefusesADatabaseOfANewerProgram(t *testing.T) {
	file, dir, _ := founded(t)
	db, err := sql.Open("sqlite", filepath.Join(dir, "helpline.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA user_version = 9999"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve", "--config", file}, {"staff", "add", "Kim", "--role", "counsellor", "--config", file}} {
		if code, _, errs := command(t, args...); code != exitData || !strings.Contains(errs, "9999") || !strings.Contains(errs, "newer") {
			t.Errorf("%s ended with %d: %s", args[0], code, errs)
		}
	}
}

func TestAFullQueueSaysSoAndLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	file, _, first := founded(t)
	w := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", file, "--max-waiting", "1")
	counsellor := w.browser("desk.example", "https://desk.example")
	counsellor.join(first, "Anna")
	lane := counsellor.dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true})
	lane.until("duty", func() bool { return lane.board.On })
	waits := w.browser("talk.example", "https://talk.example")
	waits.start("self")
	v := waits.dial("/en/talk/link", sim.NewPage(wire.Visitor, helpline.NewID()))
	v.until("a place", func() bool { return v.page.Stage == "waiting" })

	late := w.browser("talk.example", "https://talk.example")
	_, promise := late.get("/en/before/1")
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(promise)
	answer, page := late.post("/en/start", "door", "self", "version", version[1])
	if answer.StatusCode != 503 || !strings.Contains(page, "112") || len(late.cookies) > 0 {
		t.Errorf("with a full queue start was answered %d, cookies %v", answer.StatusCode, late.cookies)
	}
	if answer, _ := waits.post("/en/talk/renew"); answer.StatusCode != 204 || v.page.Stage != "waiting" {
		t.Errorf("who waits was disturbed: %d, %s", answer.StatusCode, v.page.Stage)
	}
}

func TestALiveLinkNeedsOurOriginAndATicketOrALogin(t *testing.T) {
	t.Parallel()
	file, _, _ := founded(t)
	w := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", file)
	forged := map[string]string{"__Host-place": "Zm9yZ2Vk", "__Host-login": "Zm9yZ2VkZm9yZ2VkZm9yZ2VkZm9yZ2VkZm9yZ2VkZm9"}
	for _, c := range []struct {
		name, host, path, origin string
		cookies                  map[string]string
		status                   int
	}{
		{"a visitor without a ticket", "talk.example", "/en/talk/link", "https://talk.example", nil, 401},
		{"a visitor with a forged ticket", "talk.example", "/en/talk/link", "https://talk.example", forged, 401},
		{"a lane without a login", "desk.example", "/desk/lane", "https://desk.example", nil, 401},
		{"a lane with a forged login", "desk.example", "/desk/lane", "https://desk.example", forged, 401},
		{"a conversation without a login", "desk.example", "/desk/talk/AAAAAAAAAAAAAAAAAAAAAA", "https://desk.example", nil, 401},
		{"the staff's link on the visitors' host", "talk.example", "/desk/lane", "https://talk.example", nil, 404},
		{"the visitors' link on the staff's host", "desk.example", "/en/talk/link", "https://desk.example", nil, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := w.browser(c.host, c.origin)
			b.cookies = c.cookies
			if got := b.upgrade(c.path, c.origin); got != c.status {
				t.Errorf("answered %d, want %d", got, c.status)
			}
		})
	}
	visitor := w.browser("talk.example", "https://talk.example")
	visitor.start("self") // just after the start the line is open
	for _, origin := range []string{"", "null", "http://talk.example", "https://desk.example", "https://evil.example", "https://talk.example:444"} {
		if got := visitor.upgrade("/en/talk/link", origin); got != 403 {
			t.Errorf("the origin %q was answered %d, want 403", origin, got)
		}
	}
	if got := visitor.upgrade("/en/talk/link", "https://talk.example"); got != 101 {
		t.Errorf("our own origin was answered %d", got)
	}
}

func TestInitAsksWhatNobodyHasSaid(t *testing.T) {
	var out shared
	p := &place{env: noEnv, out: &out, in: strings.NewReader("Praat\natlantis\nnl\ntalk.example\nHTTPS://desk\ndesk.example\n\nSparrow, Utrecht\n\nNo proxy.\n\npair\nsat 14:00-17:00\nAnna\n")}
	i := initCommand{}
	said := map[string]string{"locales": "nl"}
	if err := i.ask(p, said); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"name": "Praat", "country": "nl", "locales": "nl", "visitor_host": "talk.example", "staff_host": "desk.example",
		"neutral_url": "https://www.wikipedia.org/", "data": "", "organisation": "Sparrow, Utrecht", "host_keeps": "", "proxy_keeps": "No proxy.", "hours": "sat 14:00-17:00",
	} {
		if said[key] != want {
			t.Errorf("%s is %q, want %q", key, said[key], want)
		}
	}
	if i.Supervisor != "Anna" || i.Setup != "pair" {
		t.Errorf("the supervisor is %q, the set-up %q", i.Supervisor, i.Setup)
	}
	if !strings.Contains(out.String(), "This must be one of be, de, generic, ie, nl, uk.") {
		t.Errorf("a wrong answer was not explained: %s", &out)
	}
}
