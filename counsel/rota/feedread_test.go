package rota

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A second reader of iCalendar, written from RFC 5545 and not from the library
// that writes: it is strict where readers in the field are not.

// icsProperty is one content line (3.1): a name, parameters and a value.
type icsProperty struct {
	name   string
	params map[string]string
	value  string
}

// icsPart is a component (3.6) with what is in it.
type icsPart struct {
	name  string
	props []icsProperty
	parts []*icsPart
}

func (p *icsPart) all(name string) (out []icsProperty) {
	for _, one := range p.props {
		if one.name == name {
			out = append(out, one)
		}
	}
	return out
}

var (
	icsName  = regexp.MustCompile(`^(?:[A-Z]+|X-[A-Z0-9-]+|[A-Z][A-Z-]*)$`)
	icsLine  = regexp.MustCompile(`^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$`)
	icsParam = regexp.MustCompile(`;([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)`)
)

// readICS reads a whole stream of one calendar (3.4).
func readICS(text string) (*icsPart, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("not UTF-8")
	}
	if !strings.HasSuffix(text, "\r\n") {
		return nil, fmt.Errorf("the last line does not end")
	}
	if rest := strings.ReplaceAll(text, "\r\n", ""); strings.ContainsAny(rest, "\r\n") {
		return nil, fmt.Errorf("a line ends in something else than CRLF")
	}
	lines := strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
	var whole []string
	for i, line := range lines {
		if len(line) > 75 {
			return nil, fmt.Errorf("line %d has %d octets: 75 are the most (3.1)", i+1, len(line))
		}
		if !utf8.ValidString(line) {
			return nil, fmt.Errorf("line %d is folded within a character", i+1)
		}
		if rest, folded := strings.CutPrefix(line, " "); folded && i > 0 {
			whole[len(whole)-1] += rest
			continue
		}
		whole = append(whole, line)
	}
	root := &icsPart{}
	stack := []*icsPart{root}
	for _, line := range whole {
		m := icsLine.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("not a content line: %q", line)
		}
		p := icsProperty{strings.ToUpper(m[1]), map[string]string{}, m[3]}
		if !icsName.MatchString(p.name) || strings.ContainsFunc(p.value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return nil, fmt.Errorf("a name or value that cannot be: %q", line)
		}
		for _, q := range icsParam.FindAllStringSubmatch(m[2], -1) {
			name := strings.ToUpper(q[1])
			if _, again := p.params[name]; again {
				return nil, fmt.Errorf("%s stands twice in %q (3.2)", name, line)
			}
			p.params[name] = strings.Trim(q[2], `"`)
		}
		top := stack[len(stack)-1]
		switch p.name {
		case "BEGIN":
			part := &icsPart{name: strings.ToUpper(p.value)}
			top.parts = append(top.parts, part)
			stack = append(stack, part)
		case "END":
			if len(stack) == 1 || top.name != strings.ToUpper(p.value) {
				return nil, fmt.Errorf("END:%s ends nothing", p.value)
			}
			stack = stack[:len(stack)-1]
		default:
			if len(stack) == 1 {
				return nil, fmt.Errorf("%s stands outside", p.name)
			}
			top.props = append(top.props, p)
		}
	}
	if len(stack) != 1 || len(root.parts) != 1 || root.parts[0].name != "VCALENDAR" {
		return nil, fmt.Errorf("not one whole VCALENDAR")
	}
	cal := root.parts[0]
	for name, want := range map[string]string{"VERSION": "2.0", "PRODID": ""} {
		if got := cal.all(name); len(got) != 1 || want != "" && got[0].value != want || got[0].value == "" {
			return nil, fmt.Errorf("%s stands %d times, or is not %q (3.6)", name, len(got), want)
		}
	}
	return cal, nil
}

// icsText reads a value of the type TEXT (3.3.11).
func icsText(value string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; c {
		case ',', ';':
			return "", fmt.Errorf("%q is not escaped in %q", c, value)
		case '\\':
			i++
			if i == len(value) {
				return "", fmt.Errorf("%q ends in a backslash", value)
			}
			switch value[i] {
			case 'n', 'N':
				b.WriteByte('\n')
			case '\\', ',', ';':
				b.WriteByte(value[i])
			default:
				return "", fmt.Errorf("\\%c is no escape", value[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// icsEvent is one entry as a calendar takes it.
type icsEvent struct {
	uid, summary, status string
	start, end           time.Time
	sequence             int
}

// readEvents reads the entries of a calendar, and what each must have.
func readEvents(text string) (map[string]icsEvent, error) {
	cal, err := readICS(text)
	if err != nil {
		return nil, err
	}
	out := map[string]icsEvent{}
	for _, part := range cal.parts {
		if part.name != "VEVENT" || len(part.parts) > 0 {
			return nil, fmt.Errorf("a calendar of shifts has a %s in it", part.name)
		}
		var e icsEvent
		one := func(name string) string {
			got := part.all(name)
			if len(got) != 1 && err == nil {
				err = fmt.Errorf("%s stands %d times in an entry", name, len(got))
			}
			if len(got) == 0 {
				return ""
			}
			return got[0].value
		}
		instant := func(name string) time.Time {
			t, bad := time.Parse("20060102T150405Z", one(name)) // UTC, form 2 of 3.3.5
			if bad != nil && err == nil {
				err = bad
			}
			return t
		}
		e.uid, e.start, e.end = one("UID"), instant("DTSTART"), instant("DTEND")
		instant("DTSTAMP")
		e.status = one("STATUS")
		summary, bad := icsText(one("SUMMARY"))
		if e.summary = summary; bad != nil {
			return nil, bad
		}
		if e.sequence, bad = strconv.Atoi(one("SEQUENCE")); bad != nil || e.sequence < 0 {
			return nil, fmt.Errorf("SEQUENCE of %s is no number", e.uid)
		}
		switch {
		case err != nil:
			return nil, err
		case e.uid == "" || !e.start.Before(e.end):
			return nil, fmt.Errorf("%q ends before it begins, or has no name", e.uid)
		case e.status != "CONFIRMED" && e.status != "CANCELLED" && e.status != "TENTATIVE":
			return nil, fmt.Errorf("STATUS is %q (3.8.1.11)", e.status)
		}
		if _, twice := out[e.uid]; twice {
			return nil, fmt.Errorf("%s stands twice", e.uid)
		}
		out[e.uid] = e
	}
	return out, nil
}
