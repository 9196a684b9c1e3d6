package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// loaded runs a load test and reads its one JSON object.
func loaded(t *testing.T, args ...string) (code int, r loadReport, errs string) {
	t.Helper()
	code, out, errs := command(t, append([]string{"loadtest", "--json"}, args...)...)
	if out == "" {
		return code, r, errs
	}
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("what was printed is no JSON object: %v: %s", err, out)
	}
	return code, r, errs
}

func TestLoadtestLosesNothingWhenTheLineIsKilled(t *testing.T) {
	t.Parallel()
	code, r, errs := loaded(t, "--rooms", "20", "--waiting", "20", "--for", "5s", "--kill-every", "2s", "--rate", "40", "--seed", "7")
	if code != exitDone {
		t.Errorf("ended with %d: %s", code, errs)
	}
	if r.Lost != 0 || r.Doubled != 0 || r.Misordered != 0 || r.Unknown != 0 || r.Moved != 0 || r.Foreign != 0 {
		t.Errorf("counted %+v", r)
	}
	// A machine that is too busy for the pace offers fewer; of what was said nothing may lack.
	if r.Offered < 100 || r.Offered > 200 || r.Messages != r.Offered+20 || r.Delivered != r.Messages {
		t.Errorf("%d offered, %d said, %d delivered, want up to 200, and 20 more with the greetings", r.Offered, r.Messages, r.Delivered)
	}
	if r.Kills == 0 || len(r.Reconnect) != r.Kills || len(r.Desks) != r.Kills || len(r.Away) != r.Kills {
		t.Errorf("%d kills, away %v, back after %v and %v", r.Kills, r.Away, r.Reconnect, r.Desks)
	}
	if r.P50 <= 0 || r.P99 < r.P50 || r.Max < r.P99 || r.Seed != 7 || r.Early {
		t.Errorf("times %v, %v, %v, seed %d", r.P50, r.P99, r.Max, r.Seed)
	}
	if _, _, known := processUsage(os.Getpid()); known && (r.Resident == nil || *r.Resident < 1<<20 || r.CPU == nil || *r.CPU <= 0 || r.Others == nil || *r.Others > 1) {
		t.Errorf("resident %v, processor %v", r.Resident, r.CPU)
	}
}

func TestLoadtestThatIsStoppedPrintsSoFarAndLeavesNothing(t *testing.T) {
	home := t.TempDir()
	t.Setenv("TMPDIR", home)
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs shared
	code := make(chan int)
	go func() {
		code <- run(ctx, []string{"loadtest", "--rooms", "2", "--waiting", "3", "--for", "10m", "--json"}, &place{env: noEnv, out: &out, err: &errs, costs: cheap})
	}()
	wait(t, "the messages", func() bool { return strings.Contains(errs.String(), "messages:") })
	cancel()
	if got := <-code; got != exitFailed || !strings.Contains(errs.String(), "stopped before the end") {
		t.Errorf("ended with %d: %s", got, &errs)
	}
	var r loadReport
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil || !r.Early || r.Messages == 0 || r.Lost != 0 {
		t.Errorf("printed %s: %v", &out, err)
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestLoadtestSaysWhenItsLineDies(t *testing.T) {
	t.Parallel()
	l := &load{loadtestCommand: loadtestCommand{Rooms: 1, Rate: 10, For: 10 * time.Minute}, progress: newTicker(new(shared)), lost: make(chan error, 1)}
	t.Cleanup(func() { _ = l.close() })
	if err := l.prepare(t.Context(), &place{env: noEnv, err: new(shared), costs: cheap}); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- l.all(t.Context()) }()
	wait(t, "a message", func() bool { return l.delays.N() > 0 })
	c, _ := l.server.gone()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "the line ended by itself") {
		t.Errorf("the run ended with %v", err)
	}
}

func TestLoadtestRefusesWhatCannotBe(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--rooms -1", "--rooms"},
		{"--rooms 2001", "0 to 2000"},
		{"--rooms 0", "nobody would come"},
		{"--waiting -1", "--waiting"},
		{"--waiting 10001", "0 to 10000"},
		{"--rooms 0 --waiting 1 --rate 5", "nobody writes"},
		{"--rate -1", "--rate"},
		{"--rate 0.0001", "0.01"},
		{"--rate NaN", "--rate"},
		{"--rate Inf", "--rate"},
		{"--rooms 1 --rate 31", "at most 30"},
		{"--for 0s", "--for"},
		{"--for -3s", "--for"},
		{"--for 25h", "24h"},
		{"--for tomorrow", "for"},
		{"--kill-every 10ms", "--kill-every"},
		{"--kill-every 20s --for 10s", "--kill-every"},
		{"--kill-every 2s --url http://talk.localhost:1", "--kill-every"},
		{"--seed -1", "seed"},
		{"--desk http://desk.localhost:1", "belong to --url"},
		{"--yes-this-is-mine", "belong to --url"},
		{"--url http://talk.localhost:1", "--desk and --logins"},
		{"--url http://talk.localhost:1 --rooms 0 --waiting 1 --desk http://desk.localhost:1", "belong together"},
		{"--url ftp://talk.localhost --rooms 0 --waiting 1", "write scheme and host"},
		{"--url http://talk.localhost:1/en/ --rooms 0 --waiting 1", "write scheme and host"},
		{"--url http://192.0.2.1 --rooms 0 --waiting 1", "--yes-this-is-mine"},
		{"--url http://127.0.0.1:1 --desk http://127.0.0.1:2 --logins /nowhere/logins", "--logins"},
		{"more", "unexpected"},
	} {
		if code, out, errs := command(t, append([]string{"loadtest"}, strings.Fields(c.args)...)...); code != exitUsage || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s ended with %d and said %q, want %d and %q", c.args, code, errs, exitUsage, c.want)
		}
	}
}

func TestLoginsFileIsReadStrictlyAndNeverShown(t *testing.T) {
	const good = `{"name":"Robin Bakker","passphrase":"marked sentence one two"}` + "\n"
	file := filepath.Join(t.TempDir(), "logins")
	for _, c := range []struct{ name, text, want string }{
		{"two good lines", good + "\n" + `{"name":"Anna","passphrase":" marked  sentence ","totp":"jbsw y3dp ehpk 3pxp JBSW Y3DP EHPK 3PXP"}`, ""},
		{"nothing", "\n", "it is empty"},
		{"no JSON", good + "Robin marked", "line 2: it is no JSON object"},
		{"half an object", good + `{"name":"A","passphrase":"marked"`, "line 2: it is not one whole"},
		{"two objects", `{"name":"A","passphrase":"marked"} {}`, "line 1: it is not one whole"},
		{"unknown field", `{"name":"A","passphrase":"marked","role":"x"}`, `line 1: there is a field that is none of name, passphrase and totp`},
		{"field twice", `{"name":"A","name":"B","passphrase":"marked"}`, "line 1: name: stands there twice"},
		{"number", good + `{"name":"A","passphrase":12345}`, "line 2: passphrase: must be a text"},
		{"object inside", `{"name":{"a":"b"},"passphrase":"marked"}`, "line 1: name: must be a text"},
		{"no name", `{"passphrase":"marked"}`, "line 1: name: is missing"},
		{"no passphrase", good + `{"name":"A"}`, "line 2: passphrase: is missing"},
		{"empty passphrase", `{"name":"A","passphrase":" "}`, "line 1: passphrase: is missing"},
		{"bad totp", `{"name":"A","passphrase":"marked","totp":"marked 1"}`, "line 1: totp: must be"},
		{"empty totp", `{"name":"A","passphrase":"marked","totp":""}`, "line 1: totp: must be"},
		{"same person", good + good, "line 2: name: stands on line 1 too"},
		{"too much", strings.Repeat(" ", 1<<20) + good, "over 1 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			logins, err := readLogins(file)
			if c.want == "" {
				if err != nil || len(logins) != 2 || logins[0].App != nil || logins[1].App == nil || logins[1].Name != "Anna" || logins[1].Pass.Reveal() != "marked sentence" {
					t.Fatalf("read %v, %v", logins, err)
				}
				if text := fmt.Sprintf("%v %+v %#v", logins, logins, logins); strings.Contains(text, "marked") || strings.Contains(fmt.Sprint(*logins[1].App), "3PXP") {
					t.Errorf("a passphrase is printed: %s", text)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "marked") || strings.Contains(err.Error(), "12345") {
				t.Errorf("the error is %v, want %q and no secret", err, c.want)
			}
		})
	}
	if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := readLogins(file); (err == nil) != want {
			t.Errorf("with the mode %o: %v", mode, err)
		}
	}
	if _, err := readLogins(filepath.Dir(file)); err == nil {
		t.Error("a folder was read")
	}
}

func TestLoadReportSaysNothingItDoesNotKnow(t *testing.T) {
	var out bytes.Buffer
	if err := (loadReport{Rooms: 1, Offered: 3}).print(&out, false); err != nil {
		t.Fatal(err)
	}
	table := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"resident not measured", "per conversation not measured", "processor not measured", "lost 0 doubled 0 misordered 0"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, &out)
		}
	}
	for _, bad := range []loadReport{{Lost: 1}, {Doubled: 1}, {Misordered: 1}, {Foreign: 1}, {Moved: 1}} {
		if bad.judge() == nil {
			t.Errorf("%+v passes", bad)
		}
	}
	if err := (loadReport{Delivered: 5, Unknown: 1}).judge(); err != nil {
		t.Errorf("nothing was lost, and it says %v", err)
	}
}
