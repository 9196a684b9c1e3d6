package main

import (
	"errors"
	"io"
	"log/slog"
	"reflect"
	"regexp"
	"strings"
	"syscall"

	"helpline"
)

// logKeys is all that may stand in a log line beside its time, level and
// message. A key that is not here is dropped with its value, and a value of
// another kind than stands here is replaced. Nothing in the list can hold an
// address, a browser's name, a secret or what somebody wrote.
var logKeys = map[string]slog.Kind{
	"area":    slog.KindString,   // package or command
	"sort":    slog.KindString,   // a fixed word of the program
	"kind":    slog.KindString,   // helpline.Kind
	"route":   slog.KindString,   // pattern of a route, never a path
	"version": slog.KindString,   // of the program
	"listen":  slog.KindString,   // our own listening address
	"step":    slog.KindString,   // what was being done, a fixed word
	"err":     slog.KindAny,      // only its kind and types are written
	"count":   slog.KindInt64,    // how many
	"boot":    slog.KindInt64,    // number of this start
	"epoch":   slog.KindInt64,    // day number of a key
	"days":    slog.KindInt64,    // how far a clock is off
	"status":  slog.KindInt64,    // of an answer
	"took":    slog.KindDuration, // how long something of ours took
}

// newLog is the program's only logger: JSON lines through the allow-list.
func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: allow}))
}

// allow is the allow-list at work.
func allow(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 {
		_, level := a.Value.Any().(slog.Level)
		switch { // by sort too: a value that calls itself time or level is none
		case a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime, a.Key == slog.LevelKey && level:
			return a
		case a.Key == slog.MessageKey:
			return slog.String(slog.MessageKey, plain(a.Value.String(), 120))
		}
	}
	want, known := logKeys[a.Key]
	if !known || len(groups) > 0 {
		return slog.Attr{}
	}
	value := a.Value.Resolve()
	if a.Key == "err" {
		err, _ := value.Any().(error)
		return slog.String("err", shape(err))
	}
	if kind, ok := value.Any().(helpline.Kind); ok {
		value = slog.StringValue(string(kind))
	}
	if value.Kind() != want {
		return slog.String(a.Key, "[not written]")
	}
	if want == slog.KindString && a.Key == "listen" {
		return slog.String(a.Key, spelt(value.String(), 80))
	}
	if want == slog.KindString {
		return slog.String(a.Key, plain(value.String(), 80))
	}
	return slog.Attr{Key: a.Key, Value: value}
}

// address finds what could be one: four numbers with dots, or two colons that
// have nothing but hexadecimal digits between them.
var address = regexp.MustCompile(`[0-9]{1,3}(\.[0-9]{1,3}){3}|:[0-9a-fA-F]*:`)

// plain lets through what spelt does, unless an address stands in it.
func plain(s string, most int) string {
	if address.MatchString(s) {
		return "[not written]"
	}
	return spelt(s, most)
}

// spelt lets through short text of the characters our own fixed words, route
// patterns and versions are made of, and replaces everything else whole.
func spelt(s string, most int) string {
	if len(s) > most || strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(" .,:;/_-{}()[]'$+", r)
	}) {
		return "[not written]"
	}
	return s
}

// shape describes an error without its text, which may quote an address, a
// path or a row: its kind, the types in its chain and the system's error.
func shape(err error) string {
	if err == nil {
		return "[not written]"
	}
	parts := []string{string(helpline.KindOf(err))}
	for e := err; e != nil; e = errors.Unwrap(e) {
		name := reflect.TypeOf(e).String()
		if name == "*fmt.wrapError" || name == "*helpline.Error" {
			continue
		}
		parts = append(parts, name)
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		parts = append(parts, errno.Error())
	}
	return strings.Join(parts, " ")
}
