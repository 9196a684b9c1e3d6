package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"helpline"
)

//go:embed migrations
var migrations embed.FS

// steps gives the migrations of one database, from a folder in migrations.
func steps(folder string) fs.FS {
	sub, err := fs.Sub(migrations, path.Join("migrations", folder))
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// step is one migration: the schema gets this version by running this SQL.
type step struct {
	version int
	sql     string
}

// readSteps reads NNNN_name.sql files, which must be numbered from 1 without a
// gap: a gap means that somebody renamed what other machines have already run.
func readSteps(fsys fs.FS) ([]step, error) {
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var all []step
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.Atoi(number)
		if err != nil || len(number) != 4 || n != len(all)+1 {
			return nil, helpline.Errorf(helpline.Internal, "migration %s: want number %04d", name, len(all)+1)
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		all = append(all, step{n, string(text)})
	}
	return all, nil
}

// migrate runs what is missing, each step in a transaction of its own that also
// writes the version. A schema newer than the program is refused: an older
// program would write what the newer one cannot read.
func (f *file) migrate(ctx context.Context, fsys fs.FS, beside bool) error {
	all, err := readSteps(fsys)
	if err != nil {
		return err
	}
	newest := len(all)
	version, err := f.version(ctx)
	switch {
	case err != nil:
		return err
	case version < 0:
		return helpline.Errorf(helpline.Internal, "open %s: its schema has version %d, which no helpline program writes: restore the last backup", f.name, version)
	case version > newest:
		return helpline.Errorf(helpline.Conflict,
			"open %s: its schema has version %d, and this program knows versions up to %d: install the newer helpline program, or restore a backup made by this one",
			f.name, version, newest)
	case beside && version < newest:
		return helpline.Errorf(helpline.Conflict,
			"open %s: the running helpline program is older (schema %d) than this one (schema %d): restart it with this program first",
			f.name, version, newest)
	}
	for _, s := range all[version:] {
		doing := fmt.Sprintf("bring %s to schema version %d", f.name, s.version)
		err := f.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, s.sql); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, s.version))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// version reads the schema's version; 0 is a database without anything.
func (f *file) version(ctx context.Context) (int, error) {
	var v int
	if err := f.write.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&v); err != nil {
		return 0, explain("open "+f.name, err)
	}
	return v, nil
}
