package staff

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"helpline"
)

// FaultCode is the kind of a fault, for whoever says it in other words.
type FaultCode string

// The faults of a list, each with the placeholders its sentence has.
const (
	FaultLarge         FaultCode = "large"         // of the file
	FaultEncoding      FaultCode = "encoding"      // of the file
	FaultEmpty         FaultCode = "empty"         // columns
	FaultNobody        FaultCode = "nobody"        // of the file
	FaultMany          FaultCode = "many"          // n, most
	FaultLetters       FaultCode = "letters"       // one line is not UTF-8
	FaultQuote         FaultCode = "quote"         // of a line
	FaultCells         FaultCode = "cells"         // n, width; cells is n in English
	FaultColumn        FaultCode = "column"        // word, columns
	FaultColumnTwice   FaultCode = "columntwice"   // column
	FaultColumnMissing FaultCode = "columnmissing" // column
	FaultUnseen        FaultCode = "unseen"        // sign
	FaultWord          FaultCode = "word"          // word, known
	FaultTwice         FaultCode = "twice"         // line
	FaultName          FaultCode = "name"          // of a cell
	FaultAlias         FaultCode = "alias"         // of a cell
	FaultRoles         FaultCode = "roles"         // known
	FaultChats         FaultCode = "chats"         // most
	FaultOther         FaultCode = "other"         // of a cell
	FaultThere         FaultCode = "there"         // somebody has the name
	FaultAlike         FaultCode = "alike"         // alias, with; stops nothing
)

// sentences say the faults on a terminal, each with how it is put right. Pages
// have their own, in their languages.
func sentences() map[FaultCode]string {
	return map[FaultCode]string{
		FaultLarge:         "it has more than 1 MiB: split it",
		FaultEncoding:      `it is not UTF-8 text: save it as "CSV UTF-8"`,
		FaultEmpty:         "it is empty: the first line names the columns {columns}",
		FaultNobody:        "nobody stands below the names of the columns",
		FaultMany:          "it has {n} people: {most} is the most at once",
		FaultLetters:       `this line is not UTF-8: save the file as "CSV UTF-8"`,
		FaultQuote:         "a quotation mark is missing or stands in the wrong place: a cell is quoted whole or not at all, and a mark inside is doubled",
		FaultCells:         "it has {cells} and the first line has {width}: quote what has a comma or a semicolon in it",
		FaultColumn:        "there is no column {word}: there are {columns}",
		FaultColumnTwice:   "the column {column} stands there twice",
		FaultColumnMissing: "the column {column} is missing: the first line names the columns, and there must be name and roles",
		FaultUnseen:        "there is a sign in it that cannot be seen ({sign}): type the cell anew",
		FaultWord:          "there is no {word}: there are {known}",
		FaultTwice:         "the same name stands on line {line}: give each a name that tells them apart",
		FaultName:          "a name has 2 to 64 letters, digits, spaces, dots, apostrophes and hyphens",
		FaultAlias:         "the name that visitors see has 2 to 24 letters, digits, spaces, dots, apostrophes and hyphens",
		FaultRoles:         "give at least one of {known}",
		FaultChats:         "write how many conversations at once, 1 to {most}, or nothing",
		FaultOther:         "this cannot be",
		FaultThere:         "somebody of this name is there already, or was: take the line out, or give a name that tells the two apart",
		FaultAlike:         "visitors would see {alias} for {with} too: each can choose another name when joining",
	}
}

// FaultCodes lists every kind of fault.
func FaultCodes() []FaultCode {
	return []FaultCode{
		FaultLarge, FaultEncoding, FaultEmpty, FaultNobody, FaultMany, FaultLetters, FaultQuote, FaultCells,
		FaultColumn, FaultColumnTwice, FaultColumnMissing, FaultUnseen, FaultWord, FaultTwice,
		FaultName, FaultAlias, FaultRoles, FaultChats, FaultOther, FaultThere, FaultAlike,
	}
}

// Fault is what is wrong with a list. Line is 0 for the whole file, Column empty
// for the whole line. Args are pairs of a placeholder's name and its value.
type Fault struct {
	Line   int
	Column string
	Code   FaultCode
	Args   []any
}

// What says it in English, with how it is put right.
func (f Fault) What() string {
	var pairs []string
	for i := 0; i+1 < len(f.Args); i += 2 {
		pairs = append(pairs, fmt.Sprintf("{%v}", f.Args[i]), fmt.Sprint(f.Args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(sentences()[f.Code])
}

// String is the place and what is wrong there.
func (f Fault) String() string {
	switch {
	case f.Line == 0:
		return "the file: " + f.What()
	case f.Column == "":
		return fmt.Sprintf("line %d: %s", f.Line, f.What())
	}
	return fmt.Sprintf("line %d, %s: %s", f.Line, f.Column, f.What())
}

// Faults are all of them. They are what an Invalid error of ReadList wraps.
type Faults []Fault

// MostTold bounds how many faults are written out.
const MostTold = 50

// Error is one line for each fault.
func (fs Faults) Error() string {
	var all []string
	for _, f := range fs[:min(len(fs), MostTold)] {
		all = append(all, f.String())
	}
	if len(fs) > MostTold {
		all = append(all, fmt.Sprintf("and %d more", len(fs)-MostTold))
	}
	return strings.Join(all, "\n")
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// unseen finds a sign that nobody can see, and that no name or word may have:
// an order to a terminal, a mark that turns the direction of writing, a letter
// without a shape. Line ends and tabs within a cell are spaces.
func unseen(cell string) (sign string, found bool) {
	for _, r := range cell {
		if unicode.IsSpace(r) {
			continue
		}
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return fmt.Sprintf("U+%04X", r), true
		}
	}
	return "", false
}

// shown is a piece of a file as it can stand in a message on a terminal.
func shown(s string) string {
	if r := []rune(s); len(r) > 24 {
		s = string(r[:24]) + "…"
	}
	return strconv.QuoteToGraphic(s)
}

func columnOf(f Field) string {
	switch f {
	case NameField:
		return nameColumn
	case RoleField:
		return rolesColumn
	case LocaleField:
		return languagesColumn
	case AudienceField:
		return doorsColumn
	}
	return string(f)
}

// faultOf is the fault of a field that is not right, with what its sentence has.
func faultOf(f Field) (code FaultCode, args []any) {
	switch f {
	case NameField:
		return FaultName, nil
	case AliasField:
		return FaultAlias, nil
	case RoleField:
		return FaultRoles, []any{"known", listed(helpline.Roles())}
	case ChatsField:
		return FaultChats, []any{"most", mostChats}
	}
	return FaultOther, nil
}
