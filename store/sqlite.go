package store

import (
	"context"
	"database/sql"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// readers is how many connections read at once. Reads are short; each
// connection has a page cache of its own.
const readers = 3

// file is one SQLite database: one connection that writes, a few that read.
type file struct {
	name  string
	path  string
	plain *os.File // the same file past SQLite, for reading pages; see Snapshot.Copy
	write *sql.DB
	read  *sql.DB

	compiled sync.Mutex
	stmts    map[string]*sql.Stmt // for write, by their text
}

// pragmas are run by the driver on every new connection.
var pragmas = []string{
	"busy_timeout(5000)", // first: the others may have to wait for a lock
	"foreign_keys(1)",
	"journal_mode(WAL)",
	"synchronous(FULL)", // in WAL mode: sync at every commit, not only at checkpoints
	"secure_delete(1)",
	"trusted_schema(0)",
	"temp_store(MEMORY)",
}

// dsn names a database for the driver. Extra settings override nothing above.
func dsn(path string, extra url.Values) string {
	q := url.Values{
		"_pragma":    pragmas,
		"_txlock":    {"immediate"},
		"_dqs":       {"0"}, // "x" is a column, never quietly a text
		"_defensive": {"1"},
	}
	for k, v := range extra {
		q[k] = append(q[k], v...)
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	return u.String()
}

// openFile opens the database at an absolute path, makes it if there is none,
// and brings its schema up to date. With beside it changes no schema: it
// refuses any version but its own.
func openFile(ctx context.Context, path string, steps fs.FS, beside bool) (*file, error) {
	name := filepath.Base(path)
	// Made here and not by SQLite, for the permissions: the files that SQLite
	// puts beside a database get those of the database.
	made, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, explainOS("open "+name, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = made.Close()
		return nil, explainOS("close "+name+" to others", err)
	}
	write := dsn(path, nil)
	if beside { // a command has time: late is better than half done
		write = strings.Replace(write, url.QueryEscape(pragmas[0]), url.QueryEscape("busy_timeout(20000)"), 1)
	}
	f, err := connect(ctx, name, write, dsn(path, url.Values{"_query_only": {"1"}}), steps, beside)
	if err != nil {
		_ = made.Close()
		return nil, err
	}
	f.path, f.plain = path, made
	return f, nil
}

func connect(ctx context.Context, name, writeDSN, readDSN string, steps fs.FS, beside bool) (*file, error) {
	f := &file{name: name}
	var err error
	if f.write, err = sql.Open("sqlite", writeDSN); err != nil {
		return nil, explain("open "+name, err)
	}
	f.write.SetMaxOpenConns(1)
	f.write.SetMaxIdleConns(1)
	if f.read, err = sql.Open("sqlite", readDSN); err != nil {
		_ = f.write.Close()
		return nil, explain("open "+name, err)
	}
	f.read.SetMaxOpenConns(readers)
	f.read.SetMaxIdleConns(readers)
	if err := f.migrate(ctx, steps, beside); err != nil {
		_ = f.close()
		return nil, err
	}
	return f, nil
}

// close ends the readers first, so that the writer, as the last connection,
// moves the log into the database and removes it. The plain file comes last:
// when a process closes a file it loses every lock that it has on it, also those
// that SQLite took, and another program would then think itself alone.
func (f *file) close() error {
	errRead := f.read.Close()
	errWrite := f.write.Close()
	if f.plain != nil {
		_ = f.plain.Close() // nothing was written through it
	}
	if errWrite != nil {
		return explain("close "+f.name, errWrite)
	}
	if errRead != nil {
		return explain("close "+f.name, errRead)
	}
	return nil
}
