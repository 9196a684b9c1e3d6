package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode"

	"helpline"
	"helpline/counsel/staff"
)

var (
	_ staff.Accounts = (*DB)(nil)
	_ staff.Profiles = (*DB)(nil)
)

// Add inserts an invited person with the hash of the invitation; Conflict when
// the name is taken, without regard to upper and lower case or spaces.
func (db *DB) Add(ctx context.Context, p staff.Person, i staff.Invitation) error {
	const doing = "add a person"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		return insertPerson(ctx, tx, doing, p, i)
	})
}

// Find looks a person up by name, without regard to upper and lower case;
// NotFound. Whoever has not used the invitation yet has an empty secret, and
// removed people are found too: look at State.
func (db *DB) Find(ctx context.Context, name string) (staff.Person, staff.Secret, error) {
	const doing = "find a person"
	var s staff.Secret
	var passes, memory, threads sql.NullInt64
	p, err := scanPerson(db.main.read.QueryRowContext(ctx, `
		SELECT p.id, p.name, p.alias, p.roles, p.locales, p.audiences, p.chats, p.state, p.language, p.demo, p.renew,
		       s.salt, s.passes, s.memory_kib, s.threads, s.verifier
		FROM person p LEFT JOIN secret s ON s.person = p.id
		WHERE p.folded = ?`, fold(name)), &s.Salt, &passes, &memory, &threads, &s.Verifier)
	if err != nil {
		return staff.Person{}, staff.Secret{}, missing(doing, err)
	}
	s.Params = staff.Params{Time: uint32(passes.Int64), MemoryKiB: uint32(memory.Int64), Threads: uint8(threads.Int64)}
	return p, s, nil
}

// Person looks a person up; NotFound.
func (db *DB) Person(ctx context.Context, id helpline.ID) (staff.Person, error) {
	p, err := scanPerson(db.main.read.QueryRowContext(ctx, `
		SELECT id, name, alias, roles, locales, audiences, chats, state, language, demo, renew
		FROM person WHERE id = ?`, id[:]))
	return p, missing("find a person", err)
}

// Revise replaces what people may change about themselves: alias, locales,
// audiences, conversations at once and the language of their screens. Name,
// roles and state stay. NotFound for unknown and removed people.
func (db *DB) Revise(ctx context.Context, p staff.Person) error {
	const doing = "change a person"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE person SET alias = ?, locales = ?, audiences = ?, chats = ?, language = ?
			WHERE id = ? AND state <> ?`,
			p.Alias, join(p.Locales), join(p.Audiences), p.Chats, p.Language, p.ID[:], staff.Removed)
		return one(done, err, doing)
	})
}

// one turns a change of no row into a NotFound.
func one(done sql.Result, err error, doing string) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return missing(doing, sql.ErrNoRows)
}

// missing explains an error, and an absent row as NotFound.
func missing(doing string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return helpline.Errorf(helpline.NotFound, "%s: not known", doing)
	}
	return explain(doing, err)
}

// scanPerson reads the columns of a person, then more.
func scanPerson(row scanner, more ...any) (staff.Person, error) {
	var p staff.Person
	var id []byte
	var roles, locales, audiences string
	into := []any{&id, &p.Name, &p.Alias, &roles, &locales, &audiences, &p.Chats, &p.State, &p.Language, &p.Demo, &p.Renew}
	if err := row.Scan(append(into, more...)...); err != nil {
		return staff.Person{}, err
	}
	copy(p.ID[:], id)
	p.Roles, p.Locales, p.Audiences = split[helpline.Role](roles), split[helpline.Locale](locales), split[helpline.Audience](audiences)
	return p, nil
}

// join and split keep a list of the program's own words, none of which has a
// space in it, in one column.
func join[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(w))
	}
	return b.String()
}

func split[T ~string](s string) []T {
	var words []T
	for w := range strings.FieldsSeq(s) {
		words = append(words, T(w))
	}
	return words
}

// fold gives names that differ only in upper and lower case or in spaces the
// same text: of all the runes that are one letter in different cases it takes
// the first.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			first = min(first, next)
		}
		return first
	}, strings.Join(strings.Fields(name), " "))
}

// seconds is how times are kept where a row has one.
func seconds(t time.Time) int64 { return t.Unix() }
