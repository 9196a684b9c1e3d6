package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
)

// script writes a program for notices.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tell")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestACommandGetsOneLineOfJSONAndNothingOfOurs(t *testing.T) {
	t.Setenv("HELPLINE_SECRET", "hush")
	out := filepath.Join(t.TempDir(), "out")
	s := &commandSender{argv: []string{script(t, `cat > "$1"; echo "args:$#:$2" >> "$1"; env >> "$1"; pwd >> "$1"`), out, "; rm -rf / $(id)"}}
	n := aNotice(`robin"; $(id) <&>`)
	if err := s.Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	line, rest, _ := strings.Cut(string(text), "\n")
	var got leaving
	if err := json.Unmarshal([]byte(line), &got); err != nil || got.To != `robin"; $(id) <&>` || got.ID != n.ID || got.Text != n.Text || got.Link != n.Link || got.Language != "en" {
		t.Errorf("the line is %q, %v", line, err)
	}
	if !strings.HasPrefix(rest, "args:2:; rm -rf / $(id)\n") || strings.Contains(rest, "hush") || strings.Contains(rest, "HELPLINE") || strings.Contains(rest, "HOME") {
		t.Errorf("arguments and environment: %q", rest)
	}
}

func TestACommandThatFailsHangsOrTalksWithoutEndIsEnded(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want helpline.Kind
	}{
		"it fails":              {"echo robin; exit 1", helpline.Unavailable},
		"no such address":       {"exit 67", helpline.Invalid},
		"it is no program":      {"", helpline.Unavailable},
		"it talks without end":  {"yes robin@example.org", helpline.Unavailable},
		"it hangs":              {"sleep 600", helpline.Unavailable},
		"what it started hangs": {"sleep 600 & wait", helpline.Unavailable},
		"it reads nothing":      {"exit 0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := script(t, c.text)
			if name == "it is no program" {
				path += ".none"
			}
			ctx := t.Context()
			if strings.Contains(name, "hangs") {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 100*time.Millisecond)
				defer cancel()
			}
			err := (&commandSender{argv: []string{path}}).Send(ctx, aNotice("robin@example.org"))
			if helpline.KindOf(err) != c.want || err != nil && strings.Contains(err.Error(), "robin") {
				t.Errorf("answered %v, want %q", err, c.want)
			}
		})
	}
}

func TestACommandThatLeavesSomethingBehindHasTakenTheNoticeOnce(t *testing.T) {
	for code, want := range map[string]helpline.Kind{"0": "", "1": helpline.Unavailable} {
		out := filepath.Join(t.TempDir(), "child")
		s := &commandSender{argv: []string{script(t, `sleep 600 & echo $! > "$1"; exit `+code), out}}
		if err := s.Send(t.Context(), aNotice("robin@example.org")); helpline.KindOf(err) != want {
			t.Errorf("it ended with %s: %v, want %q", code, err, want)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		patience, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		stat := "/proc/" + strings.TrimSpace(string(text)) + "/stat"
		for running := true; running; time.Sleep(time.Millisecond) {
			state, err := os.ReadFile(stat)
			running = err == nil && !strings.Contains(string(state), ") Z ")
			if patience.Err() != nil {
				t.Fatal("what it left behind still runs")
			}
		}
	}
}

func TestAWebhookGetsTheNoticeAndItsNumber(t *testing.T) {
	var head http.Header
	var body []byte
	status := http.StatusNoContent
	where := ""
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hook/long-secret", func(w http.ResponseWriter, r *http.Request) {
		head = r.Header.Clone()
		body, _ = io.ReadAll(r.Body)
		if where != "" {
			w.Header().Set("Location", where)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(strings.Repeat("robin@example.org ", 10_000)))
	})
	away := 0
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { away++ })
	there := httptest.NewTLSServer(mux)
	defer there.Close()
	pool := there.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	s := newWebhook(there.URL+"/hook/long-secret", "word", pool)
	n := aNotice("robin@example.org")
	if err := s.Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	var got leaving
	if err := json.Unmarshal(body, &got); err != nil || got.ID != n.ID || got.To != "robin@example.org" || got.Text != n.Text {
		t.Errorf("it got %q, %v", body, err)
	}
	if head.Get("Idempotency-Key") != n.ID.String() || head.Get("Authorization") != "Bearer word" || head.Get("Content-Type") != "application/json" {
		t.Errorf("its headers are %v", head)
	}
	for code, want := range map[int]helpline.Kind{200: "", 202: "", 301: helpline.Unavailable, 307: helpline.Unavailable, 401: helpline.Unavailable, 404: helpline.Unavailable, 410: helpline.Invalid, 422: helpline.Invalid, 429: helpline.Unavailable, 500: helpline.Unavailable} {
		status, where = code, ""
		if code/100 == 3 {
			where = there.URL + "/elsewhere"
		}
		if got := kindOf(t, s, "robin@example.org"); got != want {
			t.Errorf("%d is %q, want %q", code, got, want)
		}
	}
	if away != 0 {
		t.Error("a redirect was followed")
	}
	stranger := newWebhook(there.URL+"/hook/long-secret", "", nil)
	err := stranger.Send(t.Context(), n)
	if helpline.KindOf(err) != helpline.Unavailable || strings.Contains(err.Error(), "long-secret") || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("a certificate nobody vouches for: %v", err)
	}
}

func TestTheSettingsOfNoticesRefuseWhatCouldLeak(t *testing.T) {
	for key, bad := range map[string][]string{
		"notice_smtp":          {"mail.example.org", "mail.example.org:25", "smtp://mail.example.org", "http://x:25", "smtp://user:pass@x.org:25", "smtp://x.org:25/path", "smtp://x.org:0", "smtp://x y:25", "smtps://:465"},
		"notice_from":          {"rota", "rota@example.org\r\nBcc: x@y.de", "Rota <rota@example.org>", "a@b.de,c@d.de"},
		"notice_smtp_login":    {"relay.txt", "./relay"},
		"notice_command":       {"tell", "./tell, x", "sh -c tell"},
		"notice_webhook":       {"http://hooks.example.org/x", "ftp://127.0.0.1/", "https://user:pass@x.org/", "https://", "https:///x", "https://x.org/#a", "//x.org"},
		"notice_webhook_to":    {"", "Word", "name"},
		"notice_webhook_login": {"token"},
		"notice_link":          {"", "true"},
	} {
		for _, s := range settings {
			if s.key != key {
				continue
			}
			for _, v := range bad {
				if s.set(&config{}, v) == nil {
					t.Errorf("%s = %q is taken", key, v)
				}
			}
			if err := s.set(&config{}, s.start); err != nil {
				t.Errorf("%s: its own default: %v", key, err)
			}
		}
	}
	for _, good := range [][2]string{
		{"notice_smtp", "smtp://127.0.0.1:25"},
		{"notice_smtp", "smtp://[::1]:25"},
		{"notice_smtp", "smtps://mail.example.org:465"},
		{"notice_from", "rota@example.org"},
		{"notice_command", "/usr/local/bin/tell,--pager"},
		{"notice_webhook", "https://hooks.example.org/a?b=c"},
		{"notice_webhook", "http://127.0.0.1:9000/x"},
		{"notice_webhook_to", "address"},
	} {
		for _, s := range settings {
			if s.key == good[0] {
				if err := s.set(&config{}, good[1]); err != nil {
					t.Errorf("%s = %q: %v", good[0], good[1], err)
				}
			}
		}
	}
}

func TestASecretFileThatOthersCanReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "login")
	for _, c := range []struct {
		text string
		mode os.FileMode
		ok   bool
	}{{"rota\nhush hush\n", 0o600, true}, {"rota\r\nhush hush", 0o640, true}, {"rota\nhush\n", 0o604, false}, {"rota\n", 0o600, false}, {"a\nb\nc\n", 0o600, false}, {strings.Repeat("a", 5000), 0o600, false}} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		got, err := noticeWays{Relay: "127.0.0.1:25", From: "a@b.de", Auth: path}.senders()
		if (err == nil) != c.ok {
			t.Errorf("%q, %o: %v", c.text, c.mode, err)
		}
		if s, _ := got[counsel.ByMail].(*smtpSender); c.ok && (s.name != "rota" || s.secret != "hush hush") {
			t.Errorf("%q is read as another login", c.text)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}
