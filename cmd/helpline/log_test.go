package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"helpline"
)

// marks must never reach a log line, whatever way they are handed in.
var marks = []string{"192.0.2.77", "MarkedBrowser/7", "the marked sentence", "hunter2"}

// chatty says too much about itself.
type chatty struct{ text string }

func (c chatty) LogValue() slog.Value { return slog.StringValue(c.text) }

func TestALogLineCannotHoldAnAddressOrASentence(t *testing.T) {
	for _, mark := range marks {
		netErr := &net.OpError{Op: "read", Net: "tcp", Addr: rateAddr(mark), Err: os.NewSyscallError("read", syscall.ECONNRESET)}
		for name, write := range map[string]func(*slog.Logger){
			"an unknown key":              func(l *slog.Logger) { l.Info("hello", "address", mark) },
			"a group":                     func(l *slog.Logger) { l.WithGroup("request").Info("hello", "area", mark) },
			"a group attribute":           func(l *slog.Logger) { l.Info("hello", slog.Group("g", "area", mark)) },
			"a logger that carries it":    func(l *slog.Logger) { l.With("user_agent", mark).Info("hello") },
			"an error with text":          func(l *slog.Logger) { l.Error("failed", "err", errors.New(mark)) },
			"an error of ours with text":  func(l *slog.Logger) { l.Error("failed", "err", helpline.Errorf(helpline.Invalid, "bad: %s", mark)) },
			"an error wrapped twice":      func(l *slog.Logger) { l.Error("failed", "err", fmt.Errorf("%s: %w", mark, netErr)) },
			"text in the place of an err": func(l *slog.Logger) { l.Error("failed", "err", mark) },
			"text in the place of a sum":  func(l *slog.Logger) { l.Info("hello", "count", mark) },
			"bytes under a known key":     func(l *slog.Logger) { l.Info("hello", "area", []byte(mark)) },
			"a struct under a known key":  func(l *slog.Logger) { l.Info("hello", "kind", struct{ S string }{mark}) },
			"a value that resolves":       func(l *slog.Logger) { l.Info("hello", "text", chatty{mark}) },
			"a text that is called time":  func(l *slog.Logger) { l.Info("hello", "time", mark) },
			"a text that is called level": func(l *slog.Logger) { l.Info("hello", "level", mark) },
			"a second message":            func(l *slog.Logger) { l.Info("hello", "msg", "me@"+mark) },
			"a missing key":               func(l *slog.Logger) { args := []any{mark}; l.Info("hello", args...) },
			"a line feed":                 func(l *slog.Logger) { l.Info("hello", "area", "x\n"+mark) },
			"a long value":                func(l *slog.Logger) { l.Info("hello", "area", strings.Repeat("x", 100)+mark) },
		} {
			t.Run(name, func(t *testing.T) {
				var out bytes.Buffer
				write(newLog(&out, slog.LevelDebug))
				if strings.Contains(out.String(), mark) {
					t.Errorf("the log line holds the mark: %s", &out)
				}
				if out.Len() == 0 {
					t.Error("nothing was logged at all")
				}
			})
		}
	}
}

// Of numbers alone an address is made, and those are fit for a fixed word.
func TestALogLineCannotHoldAnAddressUnderAKnownKey(t *testing.T) {
	for _, address := range []string{"192.0.2.77", "192.0.2.77:4000", "[2001:db8::77]:443", "2001:db8::77", "::1", "from 192.0.2.77.", "fe80::1", "2001:db8:0:0:1:2:3:4"} {
		for _, key := range []string{"area", "sort", "kind", "route", "version", "step"} {
			var out bytes.Buffer
			newLog(&out, slog.LevelDebug).Info(address, key, address, "kind", helpline.Kind(address))
			if text := out.String(); strings.Contains(text, "0.2.77") || strings.Contains(text, "::") || strings.Contains(text, "db8") {
				t.Errorf("under %s: %s", key, text)
			}
		}
	}
	var out bytes.Buffer
	newLog(&out, slog.LevelDebug).Info("the line runs", "listen", "127.0.0.1:8080", "version", "0.1.0", "route", "GET /a/{hash}/{name...}")
	if text := out.String(); strings.Contains(text, "not written") {
		t.Errorf("our own words are not written: %s", text)
	}
}

func TestALogLineStillSaysWhatWentWrong(t *testing.T) {
	var out bytes.Buffer
	log := newLog(&out, slog.LevelInfo)
	log.Error("could not write counters", "area", "store", "count", 3, "took", 2*time.Second,
		"kind", helpline.Unavailable, "err", helpline.Errorf(helpline.Unavailable, "x: %w", syscall.ENOSPC))
	for _, want := range []string{"could not write counters", `"area":"store"`, `"count":3`, `"kind":"unavailable"`, "no space left on device", "syscall.Errno"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the line lacks %q: %s", want, &out)
		}
	}
}
