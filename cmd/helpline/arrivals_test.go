package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
	"helpline/store"
)

// TestALineThatStopsHasCountedEveryoneWhoCame runs a line in earnest, in which
// nobody is on duty: who comes is refused, is turned away by the gate, and all
// of it stands in the week when the line has stopped, by the day and exact.
func TestALineThatStopsHasCountedEveryoneWhoCame(t *testing.T) {
	t.Parallel()
	file, data, _ := founded(t)
	conf, err := configure(nil, noEnv, file)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	l, err := openLine(t.Context(), conf, cheap, slog.New(slog.NewTextHandler(&log, nil)), func(*store.DB) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 19, 19, 10, 0, 0, time.UTC)
	l.arrivals.Clocked(func() time.Time { return at })
	e, err := l.edge()
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range []chat.Event{chat.Arrived, chat.LeftQueue, chat.RefusedShut, chat.RefusedShut} {
		l.arrivals.Count(chat.Count{At: at, Event: event, Channel: helpline.ByChat, Audience: helpline.Self, Locale: "nl"})
	}
	var away int
	for range 5_000 {
		if _, ok := l.begin("one address"); !ok {
			away++
		}
		if away == 3 {
			break
		}
	}
	if e.sites[conf.VisitorHost].away == nil || e.sites[conf.StaffHost].away != nil {
		t.Error("the gate tells of the wrong site")
	}
	e.sites[conf.VisitorHost].away()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop() // it starts, is told to stop, and does
	if err := l.run(ctx, on, http.NotFoundHandler()); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), data, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	weeks, err := db.Arrivals(t.Context(), rota.Date{Year: 2026, Month: time.November, Day: 16})
	if err != nil || len(weeks) != 1 {
		t.Fatalf("%d weeks, %v; the log says %s", len(weeks), err, log.String())
	}
	got := weeks[0].Days[3]
	if got.Came != 1 || got.Missed != 1 || got.Shut != 2 || got.Flood != 4 || got.Up != 1 || got.Open > 1 {
		t.Errorf("the day is %+v", got)
	}
	if strings.Contains(log.String(), "is lost") {
		t.Error(log.String())
	}
}
