package main

import (
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"filippo.io/age"

	"helpline/counsel/retention"
	"helpline/store"
)

// notesInBench is how many notes the benchmarks of a large line have;
// HELPLINE_BENCH_NOTES sets another number, such as 1000000: that takes 14 GB for
// the database and as much again for one copy, and some minutes to fill.
func notesInBench() int {
	if n, err := strconv.Atoi(os.Getenv("HELPLINE_BENCH_NOTES")); err == nil {
		return n
	}
	return 10_000
}

// largeLine is a line with so many notes.
func largeLine(b *testing.B, notes int) (file, dir string) {
	b.Helper()
	file, dir, _ = founded(b)
	if err := fillNotes(dir, notes); err != nil {
		b.Fatal(err)
	}
	return file, dir
}

// fillNotes writes notes of real size into a data folder: 1 KiB of text, a grant
// to the author and one to the supervisors. They are written past the program and
// open for nobody: they only have to be there.
func fillNotes(dir string, notes int) error {
	const id = `CAST(printf('%016d', i) AS BLOB)`
	today := strconv.Itoa(retention.Day(time.Now()))
	for _, one := range []struct{ name, text string }{
		{"helpline.db", `INSERT INTO note SELECT ` + id + `, randomblob(16), ` + today + ` - i % 80, ` + today + ` + 9, 1, 1, i, randomblob(1400) FROM c`},
		{"helpline.db", `INSERT INTO permit SELECT ` + id + `, 'author', 0, randomblob(1500) FROM c`},
		{"helpline.db", `INSERT INTO permit SELECT ` + id + `, 'supervisors', 1, randomblob(1500) FROM c`},
		{"keys/shred.db", `INSERT INTO shred SELECT i, randomblob(32) FROM c`},
	} {
		raw, err := sql.Open("sqlite", "file:"+filepath.Join(dir, one.name)+"?_pragma=synchronous(OFF)&_pragma=cache_size(-64000)")
		if err != nil {
			return err
		}
		_, err = raw.Exec(`
			WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < ?)
			`+one.text, notes)
		if err = errors.Join(err, raw.Close()); err != nil {
			return err
		}
	}
	// What was written fast is still on its way to the disk, and whatever is
	// measured next would wait for it.
	for _, name := range []string{"helpline.db", "keys/shred.db"} {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkBackup holds a backup of both sets, sealed and signed, while the
// database can be written, against copying helpline.db with an fsync, in turns.
// "of-copy" is the median of the first by that of the second: at most 2.5.
func BenchmarkBackup(b *testing.B) {
	file, dir := largeLine(b, notesInBench())
	conf, err := configure(nil, noEnv, file)
	if err != nil {
		b.Fatal(err)
	}
	db, err := store.Open(b.Context(), dir, store.Options{Zone: conf.Zone})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		b.Fatal(err)
	}
	to := []age.Recipient{id.Recipient()}
	c := copies{To: to, Dir: b.TempDir(), Days: 1}
	var plain, online []time.Duration
	at := time.Now().Add(-1000 * 24 * time.Hour)
	for b.Loop() {
		start := time.Now()
		if err := copySynced(filepath.Join(dir, "helpline.db"), filepath.Join(c.Dir, "plain")); err != nil {
			b.Fatal(err)
		}
		plain = append(plain, time.Since(start))
		if err := os.Remove(filepath.Join(c.Dir, "plain")); err != nil { // there is room for one copy at a time
			b.Fatal(err)
		}
		at = at.Add(24 * time.Hour)
		start = time.Now()
		made, err := c.run(b.Context(), copier{db: db, to: to, now: at}, dir)
		if err != nil {
			b.Fatal(err)
		}
		online = append(online, time.Since(start))
		for _, path := range []string{made.line, made.keys} {
			if err := os.Remove(path); err != nil {
				b.Fatal(err)
			}
		}
	}
	slices.Sort(plain)
	slices.Sort(online)
	middle := len(plain) / 2
	b.ReportMetric(0, "ns/op") // the two together say nothing
	b.ReportMetric(plain[middle].Seconds(), "copy-s")
	b.ReportMetric(online[middle].Seconds(), "backup-s")
	b.ReportMetric(online[middle].Seconds()/plain[middle].Seconds(), "of-copy")
}

func copySynced(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Sync()
}

// BenchmarkStartWithNotes measures what a start does before anybody is let in,
// with many notes of which none has expired.
func BenchmarkStartWithNotes(b *testing.B) {
	file, _ := largeLine(b, notesInBench())
	conf, err := configure(nil, noEnv, file)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := openLine(b.Context(), conf, cheap, slog.New(slog.DiscardHandler), func(*store.DB) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
		if err := l.db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
