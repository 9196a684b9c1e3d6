package rota

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A ward is an instance of the published nurse-rostering benchmark of Curtois
// and Qu (schedulingbenchmarks.org, instances 1 to 24), read from its text
// format. Day 0 is a Monday. People and shifts are numbers here; names stay
// for the reader of a result.
type ward struct {
	days   int
	shifts []wardShift
	staff  []wardNurse
	on     []wardWish // paid for where the shift is not worked
	off    []wardWish // paid for where it is
	cover  []wardCover
}

type wardShift struct {
	name    string
	minutes int
	not     []int // the shifts that may not be worked on the day after it
}

type wardNurse struct {
	name                   string
	most                   []int // by shift
	maxMinutes, minMinutes int
	maxRun, minRun         int // days of work in a row
	minOff                 int // days off in a row
	maxWeekends            int
	away                   map[int]bool // days
}

type wardWish struct{ nurse, day, shift, weight int }

type wardCover struct{ day, shift, need, under, over int }

// The walls of the reader: an instance beyond them is refused, not tried.
const (
	mostDays   = 1000
	mostShifts = 200
	mostNurses = 2000
	mostWeight = 1_000_000
	mostLines  = 1_000_000
	mostCells  = 20_000_000 // days, shifts and people, multiplied
)

// sections of the format, in the order in which they need each other.
var sections = []struct {
	name string
	read func(w *ward, fields []string) error
	many bool // fields are separated by commas, more than one
}{
	{"SECTION_HORIZON", (*ward).readHorizon, false},
	{"SECTION_SHIFTS", (*ward).readShift, true},
	{"SECTION_STAFF", (*ward).readNurse, true},
	{"SECTION_DAYS_OFF", (*ward).readAway, true},
	{"SECTION_SHIFT_ON_REQUESTS", (*ward).readOn, true},
	{"SECTION_SHIFT_OFF_REQUESTS", (*ward).readOff, true},
	{"SECTION_COVER", (*ward).readCover, true},
}

type rawLine struct {
	number int
	text   string
}

// readWard reads an instance. An error names line and section.
func readWard(r io.Reader) (*ward, error) {
	raw, err := splitSections(r)
	if err != nil {
		return nil, err
	}
	w := &ward{}
	successions := map[int]rawLine{}
	for _, s := range sections {
		for _, line := range raw[s.name] {
			fields := []string{line.text}
			if s.many {
				fields = strings.Split(line.text, ",")
			}
			for i := range fields {
				fields[i] = strings.TrimSpace(fields[i])
			}
			if err := s.read(w, fields); err != nil {
				return nil, fmt.Errorf("line %d, %s: %w", line.number, s.name, err)
			}
			if s.name == "SECTION_SHIFTS" && fields[2] != "" {
				successions[len(w.shifts)-1] = rawLine{line.number, fields[2]}
			}
		}
	}
	for shift, line := range successions {
		for _, name := range strings.Split(line.text, "|") {
			next, err := w.shift(strings.TrimSpace(name))
			if err != nil {
				return nil, fmt.Errorf("line %d, SECTION_SHIFTS: %w", line.number, err)
			}
			w.shifts[shift].not = append(w.shifts[shift].not, next)
		}
	}
	if w.days == 0 || len(w.shifts) == 0 || len(w.staff) == 0 {
		return nil, fmt.Errorf("the file has %d days, %d shifts and %d people: none of them may be 0", w.days, len(w.shifts), len(w.staff))
	}
	if w.days*len(w.shifts)*len(w.staff) > mostCells {
		return nil, fmt.Errorf("the file has %d days, %d shifts and %d people: together they are too many", w.days, len(w.shifts), len(w.staff))
	}
	return w, nil
}

func splitSections(r io.Reader) (map[string][]rawLine, error) {
	raw := map[string][]rawLine{}
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	section, number := "", 0
	for in.Scan() {
		number++
		text := strings.TrimSpace(in.Text())
		if number == 1 {
			text = strings.TrimPrefix(text, "\uFEFF")
		}
		switch {
		case number > mostLines:
			return nil, fmt.Errorf("line %d: more than %d lines", number, mostLines)
		case text == "" || text[0] == '#':
		case strings.HasPrefix(text, "SECTION_"):
			known := slices.ContainsFunc(sections, func(s struct {
				name string
				read func(w *ward, fields []string) error
				many bool
			},
			) bool {
				return s.name == text
			})
			if _, twice := raw[text]; !known || twice {
				return nil, fmt.Errorf("line %d: a section that is unknown or comes twice", number)
			}
			section, raw[text] = text, []rawLine{}
		case section == "":
			return nil, fmt.Errorf("line %d: comes before the first section", number)
		default:
			raw[section] = append(raw[section], rawLine{number, text})
		}
	}
	return raw, in.Err()
}

func (w *ward) readHorizon(f []string) error {
	if w.days != 0 {
		return fmt.Errorf("a second horizon")
	}
	return numbers(f, numberTo{&w.days, 1, mostDays})
}

func (w *ward) readShift(f []string) error {
	if len(f) != 3 {
		return fmt.Errorf("want name, minutes and what may not follow, got %d fields", len(f))
	}
	s := wardShift{name: f[0]}
	if err := numbers(f[1:2], numberTo{&s.minutes, 1, 2880}); err != nil {
		return err
	}
	if _, err := w.shift(s.name); err == nil || s.name == "" || len(w.shifts) == mostShifts {
		return fmt.Errorf("a shift without a name, one that comes twice, or more than %d", mostShifts)
	}
	w.shifts = append(w.shifts, s)
	return nil
}

func (w *ward) readNurse(f []string) error {
	if len(f) != 8 {
		return fmt.Errorf("want 8 fields, got %d", len(f))
	}
	n := wardNurse{name: f[0], away: map[int]bool{}, most: make([]int, len(w.shifts))}
	for i := range n.most {
		n.most[i] = w.days
	}
	if _, err := w.nurse(n.name); err == nil || n.name == "" || len(w.staff) == mostNurses {
		return fmt.Errorf("a person without a name, one who comes twice, or more than %d", mostNurses)
	}
	for _, part := range strings.Split(f[1], "|") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, count, _ := strings.Cut(part, "=")
		s, err := w.shift(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		if err := numbers([]string{count}, numberTo{&n.most[s], 0, 1 << 20}); err != nil {
			return err
		}
	}
	err := numbers(f[2:], numberTo{&n.maxMinutes, 0, 1 << 30}, numberTo{&n.minMinutes, 0, 1 << 30},
		numberTo{&n.maxRun, 0, 1 << 20}, numberTo{&n.minRun, 0, 1 << 20}, numberTo{&n.minOff, 0, 1 << 20}, numberTo{&n.maxWeekends, 0, 1 << 20})
	w.staff = append(w.staff, n)
	return err
}

func (w *ward) readAway(f []string) error {
	n, err := w.nurse(f[0])
	for _, text := range f[1:] {
		var d int
		if err == nil && text != "" {
			err = numbers([]string{text}, numberTo{&d, 0, w.days - 1})
			w.staff[n].away[d] = err == nil
		}
	}
	return err
}

func (w *ward) readOn(f []string) (err error)  { w.on, err = w.readWish(w.on, f); return err }
func (w *ward) readOff(f []string) (err error) { w.off, err = w.readWish(w.off, f); return err }

func (w *ward) readWish(to []wardWish, f []string) ([]wardWish, error) {
	if len(f) != 4 {
		return nil, fmt.Errorf("want person, day, shift and weight, got %d fields", len(f))
	}
	var x wardWish
	var err error
	if x.nurse, err = w.nurse(f[0]); err != nil {
		return nil, err
	}
	if x.shift, err = w.shift(f[2]); err != nil {
		return nil, err
	}
	err = numbers([]string{f[1], f[3]}, numberTo{&x.day, 0, w.days - 1}, numberTo{&x.weight, 0, mostWeight})
	return append(to, x), err
}

func (w *ward) readCover(f []string) error {
	if len(f) != 5 {
		return fmt.Errorf("want day, shift, requirement and two weights, got %d fields", len(f))
	}
	var c wardCover
	var err error
	if c.shift, err = w.shift(f[1]); err != nil {
		return err
	}
	err = numbers([]string{f[0], f[2], f[3], f[4]}, numberTo{&c.day, 0, w.days - 1}, numberTo{&c.need, 0, 1 << 20},
		numberTo{&c.under, 0, mostWeight}, numberTo{&c.over, 0, mostWeight})
	w.cover = append(w.cover, c)
	return err
}

func (w *ward) shift(name string) (int, error) {
	i := slices.IndexFunc(w.shifts, func(s wardShift) bool { return s.name == name })
	if i < 0 {
		return 0, fmt.Errorf("no such shift")
	}
	return i, nil
}

func (w *ward) nurse(name string) (int, error) {
	i := slices.IndexFunc(w.staff, func(n wardNurse) bool { return n.name == name })
	if i < 0 {
		return 0, fmt.Errorf("no such person")
	}
	return i, nil
}

// numberTo is where a number goes, and its walls.
type numberTo struct {
	to          *int
	least, most int
}

func numbers(fields []string, to ...numberTo) error {
	for i, n := range to {
		v, err := strconv.Atoi(strings.TrimSpace(fields[i]))
		if err != nil || v < n.least || v > n.most {
			return fmt.Errorf("want a number from %d to %d", n.least, n.most)
		}
		*n.to = v
	}
	return nil
}
