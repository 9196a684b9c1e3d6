package store

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"helpline"
)

// The files of the data folder.
const (
	mainName   = "helpline.db"
	loginsName = "logins.db"
	keysName   = "keys"
	shredName  = "shred.db" // in keys
	lockName   = "lock"
)

// Options of Open. The zero value is usable.
type Options struct {
	// Zone is the line's time zone, which says what a weekday is in the
	// counters; nil is UTC.
	Zone *time.Location
	// Log is told when counters cannot be written; nil is nowhere.
	Log *slog.Logger
	// Beside lets a short command work while the line runs on the same folder:
	// it then neither locks the folder nor changes the schema. Such a command
	// must not call Boot, Count or anything of HostKeys that makes keys.
	Beside bool
}

// DB is the data folder of one line. It is safe for concurrent use.
type DB struct {
	main   *file
	logins *Logins
	shred  *Shred
	keys   *HostKeys
	tally  *tally
	held   *os.File // nil beside a running line
	people staffList
}

// Open opens the data folder, making what is missing, and brings its schemas up
// to date. Errors are Unavailable for what the operator can repair (disk full,
// read-only, locked), Conflict for a schema newer than the program or a folder
// that is in use, Invalid for a folder that cannot be one. Call Close.
func Open(ctx context.Context, dir string, o Options) (*DB, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, explainOS("find the data folder", err)
	}
	if err := prepare(dir); err != nil {
		return nil, err
	}
	held, taken, err := lock(dir)
	switch {
	case err != nil:
		return nil, err
	case taken && !o.Beside:
		return nil, helpline.Errorf(helpline.Conflict, "data folder %s: another helpline program is running on it: stop that one first, or name another folder", dir)
	}
	db := &DB{held: held}
	if !taken {
		if err := tidyFolder(dir); err != nil {
			return nil, errors.Join(err, held.Close())
		}
	}
	if err := db.open(ctx, dir, o, taken); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, dir string, o Options, beside bool) error {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	var err error
	if db.main, err = openFile(ctx, filepath.Join(dir, mainName), steps("."), beside); err != nil {
		return err
	}
	db.main.read.SetMaxOpenConns(readers + 1) // one is the list of people's
	logins, err := openFile(ctx, filepath.Join(dir, loginsName), steps("logins"), beside)
	if err != nil {
		return err
	}
	db.logins = &Logins{file: logins}
	shred, err := openFile(ctx, filepath.Join(dir, keysName, shredName), steps("shred"), beside)
	if err != nil {
		return err
	}
	db.shred = &Shred{file: shred, main: db.main}
	db.keys = &HostKeys{dir: filepath.Join(dir, keysName), log: log}
	db.tally = startTally(zone, log, db.raise)
	return nil
}

// Logins is the store of staff logins.
func (db *DB) Logins() *Logins { return db.logins }

// Shred is the store of shred keys.
func (db *DB) Shred() *Shred { return db.shred }

// HostKeys are the keys of this host.
func (db *DB) HostKeys() *HostKeys { return db.keys }

// Close writes the counters that are still in memory, closes the databases and
// lets go of the folder. The first error is returned, after everything was tried.
func (db *DB) Close() error {
	var first error
	keep := func(err error) {
		if first == nil {
			first = err
		}
	}
	if db.tally != nil {
		keep(db.tally.close())
	}
	if db.logins != nil {
		keep(db.logins.file.close())
	}
	if db.shred != nil {
		keep(db.shred.file.close())
	}
	if db.main != nil {
		db.people.mu.Lock()
		db.people.forget()
		db.people.mu.Unlock()
		keep(db.main.close())
	}
	if db.held != nil {
		if err := db.held.Close(); err != nil {
			keep(explainOS("let go of the data folder", err))
		}
		db.held = nil
	}
	return first
}
