package templates

import "time"

// RotaTable is a table: the first cell of a row names it.
type RotaTable struct {
	Heads []string
	Rows  [][]string
	Hrefs map[[2]int]string // by row and column, where a cell leads
}

// RotaFair is the page of what everybody has beside their share.
type RotaFair struct {
	RotaFrame
	From, To string // days, as 2026-11-30, or what was typed for one
	Caption  string // of the table
	Faults   map[string]string
	Table    RotaTable
}

// RotaHours is the page of how long people worked in a month.
type RotaHours struct {
	RotaFrame
	Month   string // in words
	Value   string // 2026-11
	Earlier string // addresses
	Later   string
	Table   RotaTable
	Open    []RotaOpen
}

// RotaOpen is one person's shifts that are over, of which nobody knows whether
// they were there.
type RotaOpen struct {
	ID     string
	Name   string
	Places []RotaOpenPlace
}

// RotaOpenPlace is one of them.
type RotaOpenPlace struct {
	ID      string
	When    string
	Href    string // of the shift
	Checked bool
}

// dayField is the kind of a field for a day. One of days shows nothing for a text
// that is no day, and what was typed would be gone.
func dayField(value string) string {
	if _, err := time.Parse(time.DateOnly, value); value != "" && err != nil {
		return "text"
	}
	return "date"
}
