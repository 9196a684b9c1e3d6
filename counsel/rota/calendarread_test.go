package rota

import (
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
)

// calendarOf is a calendar with one entry of these lines.
func calendarOf(entries ...string) string {
	var out strings.Builder
	out.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n")
	for _, e := range entries {
		out.WriteString("BEGIN:VEVENT\r\nUID:1\r\n" + strings.ReplaceAll(e, "|", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	out.WriteString("END:VCALENDAR\r\n")
	return out.String()
}

func amsterdam(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestACalendarIsReadAsASheetIs(t *testing.T) {
	b := makeBook(1, 1, 6)
	who, _ := roll(b)
	cells, faults := ReadCalendar([]byte("\ufeff"+calendarOf(
		"SUMMARY:P0|DTSTART:20261130T180000Z|DTEND:20261130T210000Z",
		"SUMMARY:P1 (Leader)|DTSTART;TZID=Europe/London:20261201T220000|DTEND;TZID=Europe/London:20261202T050000",
		"SUMMARY:P2|DTSTART:20261201T190000|DTEND:20261202T000000",
		"SUMMARY:P2|STATUS:CANCELLED|DTSTART:20261201T190000|DTEND:20261202T000000",
		"SUMMARY:P0|DTSTART:20261205T090000|DTEND:20261206T090000",
		// The night on which clocks are set back: 9 hours, from its first to its last occurrence.
		"SUMMARY:P1|DTSTART;TZID=Europe/Amsterdam:20261024T220000|DTEND;TZID=Europe/Amsterdam:20261025T060000",
		"SUMMARY:P0|DTSTART;TZID=Europe/Amsterdam:20261025T020000|DTEND;TZID=Europe/Amsterdam:20261025T023000",
	)), amsterdam(t), who)
	if len(faults) > 0 {
		t.Fatalf("%+v", faults)
	}
	p, day := b.People, func(m time.Month, d int) Date { return Date{2026, m, d} }
	want := []SheetCell{
		{Row: 1, Person: p[0].ID, Date: day(11, 30), From: 19 * 60, To: 22 * 60, Role: Counsellor},
		{Row: 2, Person: p[1].ID, Date: day(12, 1), From: 23 * 60, To: 6 * 60, EndDay: 1, Role: Leader},
		{Row: 3, Person: p[2].ID, Date: day(12, 1), From: 19 * 60, To: 1440, Role: Counsellor},
		{Row: 5, Person: p[0].ID, Date: day(12, 5), From: 540, To: 540, EndDay: 1, Role: Counsellor},
		{Row: 6, Person: p[1].ID, Date: day(10, 24), From: 22 * 60, To: 6 * 60, EndDay: 1, Role: Counsellor},
		{Row: 7, Person: p[0].ID, Date: day(10, 25), From: 120, To: 150, Role: Counsellor},
	}
	if !slices.Equal(cells, want) {
		t.Errorf("read\n%+v\nwanted\n%+v", cells, want)
	}
}

func TestWhatIsNoShiftInACalendarIsNamed(t *testing.T) {
	b := makeBook(1, 1, 6)
	who, _ := roll(b)
	for why, text := range map[string]string{
		"event.name":    calendarOf("SUMMARY:Mallory|DTSTART:20261130T180000Z|DTEND:20261130T210000Z"),
		"event.gone":    calendarOf("SUMMARY:Gone|DTSTART:20261130T180000Z|DTEND:20261130T210000Z"),
		"event.gap":     calendarOf("SUMMARY:P0|DTSTART:20270328T023000|DTEND:20270328T060000"),
		"event.repeats": calendarOf("SUMMARY:P0|DTSTART:20261130T180000Z|DTEND:20261130T210000Z|RRULE:FREQ=WEEKLY"),
		"event.times":   calendarOf("SUMMARY:P0|DTSTART:20261130T180000Z|DURATION:PT3H"),
		"event.day":     calendarOf("SUMMARY:P0|DTSTART;VALUE=DATE:20261130|DTEND;VALUE=DATE:20261201"),
		"event.zone":    calendarOf("SUMMARY:P0|DTSTART;TZID=Atlantis/Deep:20261130T180000|DTEND;TZID=Atlantis/Deep:20261130T210000"),
		"event.ends":    calendarOf("SUMMARY:P0|DTSTART:20261130T180000Z|DTEND:20261130T180000Z"),
		"event.long":    calendarOf("SUMMARY:P0|DTSTART:20261130T180000Z|DTEND:20261202T000000Z"),
		"event.clocks":  calendarOf("SUMMARY:P0|DTSTART:20261130T180000Z|DTEND:20261130T210030Z"),
		"event.overlap": calendarOf("SUMMARY:P0|DTSTART:20261130T180000Z|DTEND:20261130T210000Z", "SUMMARY:P0|DTSTART:20261130T200000Z|DTEND:20261130T220000Z"),
		"event.none":    calendarOf(),
		"event.text":    "BEGIN:VCALENDAR\r\nnothing",
		"large":         "BEGIN:VCALENDAR\r\n" + strings.Repeat("x", mostBytes),
	} {
		cells, faults := ReadCalendar([]byte(text), amsterdam(t), who)
		if len(cells) > 0 || len(faults) != 1 || faults[0].Why != why {
			t.Errorf("%s: %+v %+v", why, cells, faults)
		}
	}
	// A gap is that of the zone an entry names, at its end as well.
	for text, refused := range map[string]bool{
		"SUMMARY:P0|DTSTART:20270327T220000|DTEND:20270328T023000":                                                   true,
		"SUMMARY:P0|DTSTART;TZID=Europe/London:20270328T013000|DTEND;TZID=Europe/London:20270328T050000":             true,
		"SUMMARY:P0|DTSTART;TZID=Europe/London:20270328T003000|DTEND;TZID=Europe/London:20270328T050000":             false,
		"SUMMARY:P0|DTSTART;TZID=Australia/Lord_Howe:20271003T021500|DTEND;TZID=Australia/Lord_Howe:20271003T050000": true,
	} {
		cells, faults := ReadCalendar([]byte(calendarOf(text)), amsterdam(t), who)
		if gap := len(faults) == 1 && faults[0].Why == "event.gap"; gap != refused || len(cells) > 0 == refused {
			t.Errorf("%q: %+v %+v", text, cells, faults)
		}
	}
	// The second 02:30 of that night is no beginning that a wall clock says, nor is a zone of Go's own.
	for _, text := range []string{
		calendarOf("SUMMARY:P0|DTSTART:20261025T013000Z|DTEND:20261025T050000Z"),
		calendarOf("SUMMARY:P0|DTSTART;TZID=Local:20261130T180000|DTEND:20261130T210000Z"),
	} {
		if cells, faults := ReadCalendar([]byte(text), amsterdam(t), who); len(cells) > 0 || len(faults) != 1 {
			t.Errorf("%q: %+v %+v", text, cells, faults)
		}
	}
}

func FuzzReadCalendar(f *testing.F) {
	b := makeBook(1, 1, 6)
	who, _ := roll(b)
	zone := amsterdam(f)
	f.Add(calendarOf("SUMMARY:P0|DTSTART:20261130T180000Z|DTEND:20261130T210000Z"))
	f.Add(calendarOf("SUMMARY:P0 (leader)|DTSTART;TZID=Europe/London:20261201T220000|DTEND;TZID=Europe/London:20261202T050000"))
	f.Add("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		cells, faults := ReadCalendar([]byte(text), zone, who)
		if len(cells) > 0 == (len(faults) > 0) {
			t.Fatalf("%d cells and %d faults", len(cells), len(faults))
		}
		for _, c := range cells {
			start, end := FirstOf(c.Date, c.From, zone), LastOf(c.Date.Plus(c.EndDay), c.To, zone)
			if !c.Date.real() || c.Person == (helpline.ID{}) || !start.Before(end) || c.To+c.EndDay*1440-c.From > 1440 {
				t.Errorf("%+v takes from %s to %s", c, start, end)
			}
		}
	})
}
