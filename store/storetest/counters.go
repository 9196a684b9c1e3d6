package storetest

import (
	"context"
	"maps"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
)

// Counted is a store of counters with what it takes to read them back.
type Counted interface {
	chat.Counters
	Flush(context.Context) error
	Totals(ctx context.Context, week string) (map[chat.Event]int64, error)
	Week(time.Time) string
}

// noon is a Thursday in week 47, far from midnight in every time zone nearby.
var noon = time.Date(2026, 11, 19, 12, 10, 0, 0, time.UTC)

// Counters runs the contract of chat.Counters.
func Counters(t *testing.T, fresh Fresh[Counted]) {
	t.Run("raises of one event add up over doors, languages and days of a week", func(t *testing.T) {
		c := fresh(t)()
		for _, r := range []chat.Count{
			raise(noon, chat.Arrived, helpline.Self, "nl"),
			raise(noon, chat.Arrived, helpline.Self, "nl"),
			raise(noon.AddDate(0, 0, 1), chat.Arrived, helpline.Relative, "en"),
			raise(noon.Add(7*time.Hour), chat.Accepted, helpline.Self, "nl"),
			raise(noon.AddDate(0, 0, 7), chat.Arrived, helpline.Self, "nl"), // next week
		} {
			c.Count(r)
		}
		wantTotals(t, c, map[chat.Event]int64{chat.Arrived: 3, chat.Accepted: 1})
	})
	t.Run("what was counted is there after a restart", func(t *testing.T) {
		open := fresh(t)
		c := open()
		c.Count(raise(noon, chat.Missed, helpline.Young, "fr"))
		c = open() // closing writes what is still in memory
		c.Count(raise(noon, chat.Missed, helpline.Young, "fr"))
		wantTotals(t, c, map[chat.Event]int64{chat.Missed: 2})
	})
	t.Run("many may count at once and none is lost", func(t *testing.T) {
		c := fresh(t)()
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 50 {
					c.Count(raise(noon, chat.Resumed, helpline.Self, "en"))
				}
				if err := c.Flush(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		wantTotals(t, c, map[chat.Event]int64{chat.Resumed: 400})
	})
	t.Run("a refusal without a door counts too", func(t *testing.T) {
		c := fresh(t)()
		c.Count(chat.Count{At: noon, Event: chat.RefusedShut, Channel: helpline.ByChat})
		wantTotals(t, c, map[chat.Event]int64{chat.RefusedShut: 1})
	})
	t.Run("a week without contacts is empty", func(t *testing.T) {
		wantTotals(t, fresh(t)(), map[chat.Event]int64{})
	})
}

func raise(at time.Time, e chat.Event, a helpline.Audience, l helpline.Locale) chat.Count {
	return chat.Count{At: at, Event: e, Channel: helpline.ByChat, Audience: a, Locale: l}
}

func wantTotals(t *testing.T, c Counted, want map[chat.Event]int64) {
	t.Helper()
	must(t, c.Flush(t.Context()))
	got, err := c.Totals(t.Context(), c.Week(noon))
	must(t, err)
	if !maps.Equal(got, want) {
		t.Errorf("the week's totals are %v, want %v", got, want)
	}
}
