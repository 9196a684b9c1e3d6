package counsel_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/retention"
)

// keeper is a store of which only the days of the chores matter.
type keeper struct {
	days   map[retention.Chore]int
	counts []retention.Count
	asked  int
}

func (k *keeper) Census(context.Context, retention.Rules, time.Time) ([]retention.Count, error) {
	return k.counts, nil
}

func (k *keeper) Chores(context.Context) (map[retention.Chore]int, error) {
	k.asked++
	return k.days, nil
}

func TestWhoWatchesOverItIsToldWhenAChoreIsLate(t *testing.T) {
	now := retention.Midnight(20_000).Add(9 * time.Hour)
	reviewer, counsellor := helpline.Actor{Roles: []helpline.Role{helpline.Reviewer}}, helpline.Actor{Roles: []helpline.Role{helpline.Counsellor}}
	for name, c := range map[string]struct {
		days   map[retention.Chore]int
		copies bool
		late   []retention.Chore
	}{
		"all was done today":                   {map[retention.Chore]int{"purge": 20_000, "rebuild": 20_000, "backup": 20_000, "verify": 20_000}, true, nil},
		"all was done yesterday":               {map[retention.Chore]int{"purge": 19_999, "rebuild": 19_999, "backup": 19_999, "verify": 19_999}, true, nil},
		"nothing was purged yesterday":         {map[retention.Chore]int{"purge": 19_998, "rebuild": 20_000, "backup": 20_000}, true, []retention.Chore{"purge"}},
		"the copies have stopped":              {map[retention.Chore]int{"purge": 20_000, "rebuild": 20_000, "backup": 19_990}, true, []retention.Chore{"backup"}},
		"there never was a copy":               {map[retention.Chore]int{"purge": 20_000, "rebuild": 20_000}, true, []retention.Chore{"backup"}},
		"this line makes no copies":            {map[retention.Chore]int{"purge": 20_000, "rebuild": 20_000}, false, nil},
		"the files were not written anew":      {map[retention.Chore]int{"purge": 20_000, "rebuild": 19_992, "backup": 20_000}, true, []retention.Chore{"rebuild"}},
		"a new line":                           {map[retention.Chore]int{"purge": 20_000}, false, nil},
		"a restore was not rehearsed for long": {map[retention.Chore]int{"purge": 20_000, "rebuild": 20_000, "backup": 20_000, "verify": 19_000}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rows := &keeper{days: c.days}
			k := counsel.NewKeeping(rows, retention.Rules{}, c.copies, func() time.Time { return now })
			if got := k.Late(t.Context(), reviewer); !slices.Equal(got, c.late) {
				t.Errorf("late are %v, want %v", got, c.late)
			}
			if got := k.Late(t.Context(), counsellor); got != nil {
				t.Errorf("a counsellor is told of %v", got)
			}
			if k.Late(t.Context(), reviewer); rows.asked != 1 {
				t.Errorf("the store was asked %d times for two pages", rows.asked)
			}
		})
	}
}

func TestTheOverviewIsForThoseWhoWatchOverIt(t *testing.T) {
	rows := &keeper{
		days:   map[retention.Chore]int{"purge": 20_000, "verify": 19_000, "restore": 100},
		counts: []retention.Count{{Code: retention.Notes, Rows: 5, Overdue: 2}},
	}
	k := counsel.NewKeeping(rows, retention.Rules{NoteDays: 30}, true, func() time.Time { return retention.Midnight(20_000) })
	for _, role := range helpline.Roles() {
		o, err := k.Overview(t.Context(), helpline.Actor{Roles: []helpline.Role{role}})
		if role != helpline.Supervisor && role != helpline.Reviewer {
			if helpline.KindOf(err) != helpline.Forbidden {
				t.Errorf("a %s sees %+v, %v", role, o, err)
			}
			continue
		}
		if err != nil || len(o.Classes) != len((retention.Rules{}).Classes()) {
			t.Fatalf("a %s sees %d classes, %v", role, len(o.Classes), err)
		}
		if first := o.Classes[0]; first.Code != retention.Notes || first.Days != 30 || first.Rows != 5 || first.Overdue != 2 {
			t.Errorf("the notes are %+v", first)
		}
		want := []counsel.Done{
			{Chore: "purge", Day: 20_000, Ever: true},
			{Chore: "rebuild"},
			{Chore: "backup", Late: true},
			{Chore: "verify", Day: 19_000, Ever: true, Late: true},
			{Chore: "restore", Day: 100, Ever: true},
		}
		if !slices.Equal(o.Chores, want) {
			t.Errorf("the chores are %+v, want %+v", o.Chores, want)
		}
	}
}
