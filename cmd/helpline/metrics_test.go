package main

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// figured gets the figures of a line that runs.
func figured(t *testing.T, addr, host, method, path string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestPromiseFiguresTellOfNoVisit(t *testing.T) {
	t.Parallel()
	file, _, _ := founded(t)
	w := begin(t, `listen (\S+)\n`, "serve", "--config", file, "--metrics", "127.0.0.1:0")
	wait(t, "the metrics", func() bool { return strings.Contains(w.out.String(), "/metrics") })
	addr := regexp.MustCompile(`metrics http://(\S+)/metrics`).FindStringSubmatch(w.out.String())[1]
	status, before := figured(t, addr, "", "GET", "/metrics")
	if status != 200 {
		t.Fatalf("answered %d: %s", status, before)
	}
	for _, want := range []string{`helpline_ready 1`, `helpline_links_tenths 0`, `helpline_refused_total 0`, `helpline_check{check="purge"} 0`, `helpline_check{check="folder"} 0`} {
		if !strings.Contains(before, want+"\n") {
			t.Errorf("no %s in:\n%s", want, before)
		}
	}
	if regexp.MustCompile(`(?i)contact|visitor|waiting|goroutine|session|name=`).MatchString(before) {
		t.Errorf("figures about people:\n%s", before)
	}
	// Somebody comes, looks, starts and leaves: no figure but memory may have moved.
	b := w.browser("talk.example", "https://talk.example")
	b.get("/en/")
	b.start("self")
	_, after := figured(t, addr, "", "GET", "/metrics")
	steady := func(s string) string {
		return regexp.MustCompile(`(?m)^helpline_memory_bytes .*$`).ReplaceAllString(s, "")
	}
	if steady(before) != steady(after) {
		t.Errorf("a visit shows in the figures:\n%s\n%s", before, after)
	}
	for _, c := range []struct {
		host, method, path string
		want               int
	}{
		{"talk.example", "GET", "/metrics", 403}, // a name that somebody lets point here
		{"desk.example", "GET", "/metrics", 403},
		{"", "POST", "/metrics", 405},
		{"", "GET", "/", 404},
		{"", "GET", "/debug/pprof/", 404},
	} {
		if got, _ := figured(t, addr, c.host, c.method, c.path); got != c.want {
			t.Errorf("%s %s of %q was answered %d, want %d", c.method, c.path, c.host, got, c.want)
		}
	}
	if answer, _ := b.get("/metrics"); answer.StatusCode != 404 {
		t.Errorf("on the visitors' host /metrics is answered %d", answer.StatusCode)
	}
}

func TestFiguresAreForThisMachineOnly(t *testing.T) {
	for _, v := range []string{"0.0.0.0:9180", "10.1.2.3:9180", "metrics.example:9180", "127.0.0.1", ":9180", "127.0.0.1:99999"} {
		if _, err := configure(map[string]string{"metrics": v}, noEnv, written(t, good)); err == nil {
			t.Errorf("%s is taken", v)
		}
	}
	for _, v := range []string{"127.0.0.1:9180", "[::1]:9180", "localhost:0"} {
		if _, err := configure(map[string]string{"metrics": v}, noEnv, written(t, good)); err != nil {
			t.Errorf("%s is refused: %v", v, err)
		}
	}
}
