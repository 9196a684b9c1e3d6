package main

import (
	"bytes"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/store"
)

func TestTheWebServersOwnLogGoesThroughTheCount(t *testing.T) {
	var standard, ours bytes.Buffer
	before := log.Writer()
	log.SetOutput(&standard)
	t.Cleanup(func() { log.SetOutput(before) })
	s := newServer(http.NotFoundHandler(), nil, newLog(&ours, slog.LevelDebug), "", "")
	s.http.ErrorLog.Print("http: panic serving 192.0.2.77: the marked sentence")
	s.noise.report()
	if got := standard.String() + ours.String(); strings.Contains(got, "192.0.2.77") || strings.Contains(got, "sentence") || !strings.Contains(got, `"sort":"panic","count":1`) {
		t.Errorf("written: %s", got)
	}
}

func TestANewDayChangesTheKeysOfARunningLine(t *testing.T) {
	t.Parallel()
	file, _, _ := founded(t)
	conf, err := configure(nil, noEnv, file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := openLine(t.Context(), conf, cheap, slog.New(slog.DiscardHandler), func(*store.DB) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.db.Close() })
	now := time.Now()
	first, card := l.epoch, ticket.Ticket{
		Contact: helpline.NewID(), Audience: helpline.Self, Locale: "en", Stage: ticket.Waiting, Expires: now.Add(1000 * time.Hour).Truncate(time.Second),
	}
	sealed, err := l.tickets.Seal(card)
	if err != nil {
		t.Fatal(err)
	}
	_, _, login, err := l.keys.SealLogin("token", []byte("who"))
	if err != nil {
		t.Fatal(err)
	}
	for later, opens := range []bool{true, true, false} {
		if later > 0 {
			l.turn(t.Context(), now.Add(time.Duration(later)*24*time.Hour))
			if !l.owing {
				t.Errorf("day %d: nothing is to be purged", later)
			}
		}
		l.purgeDay(t.Context(), now.Add(time.Duration(later)*24*time.Hour))
		if l.owing || l.epoch != first+later || l.tickets.Epoch() != first+later {
			t.Errorf("day %d: keys of day %d, tickets of day %d, still owing %v", later, l.epoch-first, l.tickets.Epoch()-first, l.owing)
		}
		if _, err := l.tickets.Open(sealed, now); (err == nil) != opens {
			t.Errorf("day %d: the ticket of the first day: %v", later, err)
		}
		if _, err := l.keys.OpenLogin("token", first, login); (err == nil) != opens {
			t.Errorf("day %d: the login of the first day: %v", later, err)
		}
	}
}

func TestLoginsAndStartsHaveABudget(t *testing.T) {
	t.Parallel()
	file, _, join := founded(t)
	w := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", file)
	staff, visitor := w.browser("desk.example", "https://desk.example"), w.browser("talk.example", "https://talk.example")
	for _, c := range []struct {
		path        string
		as          *browser
		free, tries int // how many at once are certainly let in, and how many certainly not
	}{
		{"/login", staff, 25, 40},
		{"/unlock", staff, 0, 10}, // out of the same budget, which is used up
		{join, staff, 25, 40},
		{"/en/start", visitor, 200, 280},
		{"/nl/start", visitor, 0, 10},
	} {
		limited := 0
		for n := range c.tries {
			answer, _ := c.as.post(c.path, "name", fmt.Sprintf("Nobody %d", n), "passphrase", "not it")
			if answer.StatusCode != http.StatusTooManyRequests {
				continue
			}
			if limited++; n < c.free || answer.Header.Get("Retry-After") == "" {
				t.Fatalf("%s: number %d is put off until %q", c.path, n, answer.Header.Get("Retry-After"))
			}
		}
		if limited < 5 {
			t.Errorf("%s: %d of %d at once were put off", c.path, limited, c.tries)
		}
	}
}
