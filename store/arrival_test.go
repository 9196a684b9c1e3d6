package store

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// rowsOf writes every row of every table of the line.
func rowsOf(t *testing.T, db *DB) string {
	t.Helper()
	var out strings.Builder
	tables, err := db.main.read.QueryContext(t.Context(), `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for tables.Next() {
		var name string
		if err := tables.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := tables.Close(); err != nil || len(names) < 10 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		rows, err := db.main.read.QueryContext(t.Context(), `SELECT * FROM `+name)
		if err != nil {
			t.Fatal(err)
		}
		wide := len(columns(t, db.main, name))
		for rows.Next() {
			cells, into := make([]any, wide), make([]any, wide)
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&out, name, cells)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// TestPromiseADiskTakenEveryDayTellsNoHalfHour has somebody take the disk after
// every day of a week, of two lines that differ in one thing: when on each day
// the one visitor came. The disks are the same, and stay the same when the week
// is over but for lots.
func TestPromiseADiskTakenEveryDayTellsNoHalfHour(t *testing.T) {
	monday := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	walk := func(hour int) (daily []string, folder string) {
		folder = t.TempDir()
		db := open(t, folder)
		now := monday
		a := counsel.NewArrivals(db, func() bool { return true }, db, time.UTC, slog.New(slog.DiscardHandler)).Clocked(func() time.Time { return now })
		for day := range 7 {
			at := monday.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour)
			for _, event := range []chat.Event{chat.Arrived, chat.LeftQueue} {
				a.Count(chat.Count{At: at, Event: event, Channel: helpline.ByChat, Audience: helpline.Self, Locale: "nl"})
			}
			if err := db.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			about, err := os.ReadFile(filepath.Join(folder, mainName+"-wal"))
			if err != nil || len(about) != 0 {
				t.Fatalf("the log holds %d bytes, %v", len(about), err)
			}
			daily = append(daily, rowsOf(t, db))
		}
		if err := a.End(t.Context()); err != nil {
			t.Fatal(err)
		}
		if rows := rowsOf(t, db); !strings.Contains(rows, "arrival [2026-W47 d1 1 1 0 0") {
			t.Errorf("the week is not written: %s", rows)
		}
		return daily, folder
	}
	early, _ := walk(20)
	late, _ := walk(22)
	for day := range early {
		if early[day] != late[day] {
			t.Errorf("after day %d the disk tells when the visitor came:\n%s\n%s", day+1, early[day], late[day])
		}
		if !strings.Contains(early[day], fmt.Sprintf("counter [2026-W47 d%d arrived", day+1)) {
			t.Errorf("day %d was not counted: %s", day+1, early[day])
		}
	}
}

func TestARowOfArrivalsThatIsNoneIsSaid(t *testing.T) {
	db := open(t, t.TempDir())
	put := func(week, slot string) error {
		_, err := db.main.write.ExecContext(t.Context(), `INSERT INTO arrival (week, slot, came, missed, shut, flood, open, up) VALUES (?, ?, 1, 0, 0, 0, 0, 0)`, week, slot)
		return err
	}
	for _, bad := range [][2]string{{"2026-47", "d1"}, {"2026-W47", "d0"}, {"2026-W47", "d8h00"}, {"2026-W47", "h40"}, {"2026-W47", "d1h77"}, {"2026-W47", "d1h400"}} {
		if err := put(bad[0], bad[1]); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	// What the checks of the table let through all the same is found when it is read.
	for _, bad := range [][2]string{{"2026-W47", "d1h49"}, {"2026-W99", "d1"}} {
		if err := put(bad[0], bad[1]); err != nil {
			t.Fatal(err)
		}
		_, err := db.Arrivals(t.Context(), rota.Date{Year: 2026, Month: 1, Day: 5})
		wantError(t, err, helpline.Internal, "a row is damaged")
		if _, err := db.main.write.ExecContext(t.Context(), `DELETE FROM arrival`); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOldHalfHoursGoWithTheMigration(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "one.db")
	all := steps(".")
	before, err := openFile(t.Context(), path, upTo(t, all, arrivalsStep(t)-1), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range []string{"d4", "h40"} {
		if _, err := before.write.ExecContext(t.Context(), `INSERT INTO counter VALUES ('2026-W47', ?, 'arrived', 'chat', 'self', 'nl', 3)`, slot); err != nil {
			t.Fatal(err)
		}
	}
	if err := before.close(); err != nil {
		t.Fatal(err)
	}
	after, err := openFile(t.Context(), path, all, false)
	if err != nil {
		t.Fatal(err)
	}
	defer after.close()
	var slots string
	if err := after.read.QueryRowContext(t.Context(), `SELECT group_concat(slot) FROM counter`).Scan(&slots); err != nil || slots != "d4" {
		t.Errorf("%q stay, %v; want the day alone", slots, err)
	}
}

// arrivalsStep is the number of the migration that brings arrivals.
func arrivalsStep(t *testing.T) int {
	t.Helper()
	all, err := readSteps(steps("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if strings.Contains(s.sql, "CREATE TABLE arrival") {
			return s.version
		}
	}
	t.Fatal("no migration brings arrivals")
	return 0
}

// upTo gives the migrations up to a number.
func upTo(t *testing.T, all fs.FS, last int) fstest.MapFS {
	t.Helper()
	names, err := fs.Glob(all, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, name := range names[:last] {
		text, err := fs.ReadFile(all, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: text}
	}
	return out
}
