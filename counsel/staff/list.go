package staff

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"helpline"
)

// The columns of a list of people.
const (
	nameColumn      = "name"
	aliasColumn     = "alias"
	rolesColumn     = "roles"
	languagesColumn = "languages"
	doorsColumn     = "doors"
	chatsColumn     = "chats"
)

// Columns are those of a list of people, in the order in which it is written.
// The first and the third must be there; a cell of the others may be empty.
func Columns() []string {
	return []string{nameColumn, aliasColumn, rolesColumn, languagesColumn, doorsColumn, chatsColumn}
}

// Bounds of a list.
const (
	MostListed = 1 << 20 // bytes
	mostPeople = 500
)

// Lines is what a list says where it says nothing, and the languages it may name.
type Lines struct {
	Locales []helpline.Locale
	Chats   int
}

// Listed is a person of a list and the line of the file they stand on, from 1.
type Listed struct {
	Line   int
	Person Person
}

// ReadList reads a list of people: UTF-8 with or without a byte order mark,
// commas or semicolons between the columns, or the tabs of cells that were
// copied, quoted or not, a first line that names the columns in any order.
// Within a cell several roles, languages or doors stand with spaces, commas,
// semicolons or strokes between them. Invalid (Faults) names every line that is
// not right; then there is nobody.
func ReadList(text []byte, d Lines) ([]Listed, error) {
	l := list{defaults: d, names: map[string]int{}}
	l.read(text)
	if len(l.faults) > 0 {
		return nil, helpline.Errorf(helpline.Invalid, "the list has %s, so nothing of it is taken:\n%w", several(len(l.faults), "fault"), l.faults)
	}
	return l.people, nil
}

type list struct {
	defaults Lines
	columns  map[string]int // place of a column
	width    int
	names    map[string]int // by folded name, the line
	people   []Listed
	faults   Faults
}

func (l *list) fault(line int, column string, code FaultCode, args ...any) {
	l.faults = append(l.faults, Fault{line, column, code, args})
}

func (l *list) read(text []byte) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	switch {
	case len(text) > MostListed:
		l.fault(0, "", FaultLarge)
		return
	case bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) || bytes.IndexByte(text, 0) >= 0:
		l.fault(0, "", FaultEncoding)
		return
	case len(bytes.TrimSpace(text)) == 0:
		l.fault(0, "", FaultEmpty, "columns", strings.Join(Columns(), ", "))
		return
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			l.fault(i+1, "", FaultLetters)
			return
		}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator(text), -1
	r.TrimLeadingSpace = r.Comma != '\t' // else an empty cell between two tabs would go
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line := 1
			if e, ok := errors.AsType[*csv.ParseError](err); ok {
				line = e.StartLine
			}
			l.fault(line, "", FaultQuote)
			return
		}
		line, _ := r.FieldPos(0)
		if l.columns == nil {
			if !l.header(line, record) {
				return
			}
			continue
		}
		l.row(line, record)
	}
	if len(l.people) == 0 && len(l.faults) == 0 {
		l.fault(0, "", FaultNobody)
	}
	if len(l.people) > mostPeople {
		l.fault(0, "", FaultMany, "n", len(l.people), "most", mostPeople)
	}
}

// separator is what stands between the columns of the first line.
func separator(text []byte) rune {
	first, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	most := ','
	for _, one := range ";\t" {
		if bytes.Count(first, []byte(string(one))) > bytes.Count(first, []byte(string(most))) {
			most = one
		}
	}
	return most
}

// header takes the names of the columns; false when nothing can be read without.
func (l *list) header(line int, record []string) bool {
	l.columns, l.width = map[string]int{}, len(record)
	for i, cell := range record {
		name := strings.ToLower(strings.TrimSpace(cell))
		_, twice := l.columns[name]
		switch {
		case !slices.Contains(Columns(), name):
			l.fault(line, "", FaultColumn, "word", shown(cell), "columns", strings.Join(Columns(), ", "))
		case twice:
			l.fault(line, "", FaultColumnTwice, "column", name)
		default:
			l.columns[name] = i
		}
	}
	for _, name := range []string{nameColumn, rolesColumn} {
		if _, has := l.columns[name]; !has {
			l.fault(line, "", FaultColumnMissing, "column", name)
		}
	}
	return len(l.faults) == 0
}

// row takes a person. A line of empty cells is none.
func (l *list) row(line int, record []string) {
	if strings.TrimSpace(strings.Join(record, "")) == "" {
		return
	}
	if len(record) != l.width {
		l.fault(line, "", FaultCells, "cells", several(len(record), "cell"), "n", len(record), "width", l.width)
		return
	}
	before := len(l.faults)
	for _, column := range Columns() {
		if at, has := l.columns[column]; has {
			if sign, found := unseen(record[at]); found {
				l.fault(line, column, FaultUnseen, "sign", sign)
			}
		}
	}
	if len(l.faults) > before {
		return
	}
	cell := func(column string) string {
		if at, has := l.columns[column]; has {
			return strings.TrimSpace(record[at])
		}
		return ""
	}
	p := Person{Name: tidy(cell(nameColumn)), Alias: tidy(cell(aliasColumn)), Chats: l.chats(line, cell(chatsColumn))}
	p.Roles = each(l, line, rolesColumn, cell(rolesColumn), helpline.ParseRole, helpline.Roles())
	p.Locales = each(l, line, languagesColumn, cell(languagesColumn), l.locale, l.defaults.Locales)
	if cell(languagesColumn) == "" {
		p.Locales = l.defaults.Locales
	}
	p.Audiences = each(l, line, doorsColumn, cell(doorsColumn), helpline.ParseAudience, helpline.Audiences())
	if cell(doorsColumn) == "" {
		p.Audiences = helpline.Audiences()
	}
	if p.Alias == "" && p.Name != "" {
		p.Alias = strings.Fields(p.Name)[0]
	}
	if first, twice := l.names[fold(p.Name)]; twice {
		l.fault(line, nameColumn, FaultTwice, "line", first)
	}
	l.names[fold(p.Name)] = line
	if len(l.faults) > before {
		return
	}
	if f := wrong(p); f != "" {
		code, args := faultOf(f)
		l.fault(line, columnOf(f), code, args...)
		return
	}
	l.people = append(l.people, Listed{line, p})
}

func (l *list) chats(line int, cell string) int {
	if cell == "" {
		return max(1, l.defaults.Chats)
	}
	n, err := strconv.Atoi(cell)
	if err != nil || n < 1 || n > mostChats {
		l.fault(line, chatsColumn, FaultChats, "most", mostChats)
		return 1
	}
	return n
}

// locale takes a language of the line, in any case.
func (l *list) locale(s string) (helpline.Locale, error) {
	for _, one := range l.defaults.Locales {
		if strings.EqualFold(string(one), s) {
			return one, nil
		}
	}
	return "", helpline.Errorf(helpline.Invalid, "list: not a language of the line")
}

// each reads the words of a cell, once each.
func each[T ~string](l *list, line int, column, cell string, parse func(string) (T, error), all []T) (out []T) {
	for _, word := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" ,;/|+\t\n\r\u00a0", r) }) {
		one, err := parse(strings.ToLower(word))
		switch {
		case err != nil:
			l.fault(line, column, FaultWord, "word", shown(word), "known", listed(all))
		case !slices.Contains(out, one):
			out = append(out, one)
		}
	}
	return out
}

func listed[T ~string](all []T) string {
	var out []string
	for _, one := range all {
		out = append(out, string(one))
	}
	return strings.Join(out, ", ")
}

// WriteList writes people as ReadList reads them. A cell that a spreadsheet
// would take for a formula begins with an apostrophe.
func WriteList(w io.Writer, people []Person) error {
	out := csv.NewWriter(w)
	if err := out.Write(Columns()); err != nil {
		return err
	}
	for _, p := range people {
		cells := []string{p.Name, p.Alias, listed(p.Roles), listed(p.Locales), listed(p.Audiences), strconv.Itoa(p.Chats)}
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a cell from being run by a spreadsheet.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
