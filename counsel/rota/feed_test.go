package rota

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"helpline"
)

var feedWords = FeedWords{Name: "Shifts", Shift: "Shift"}

// feedOf reads somebody's calendar with the second reader.
func (d *acted) feedOf(who string) map[string]icsEvent {
	d.t.Helper()
	out, err := readEvents(Feed(d.Book, d.who[who], feedWords, d.now))
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func TestASubscribedCalendarSeesAShiftMovedSwappedAndCancelled(t *testing.T) {
	d := begin(t, SelfSignUp)
	d.work("A", "2026-10-24 22:00-06:00") // the night in which clocks are set back
	a := d.of("A", 0)
	first := d.feedOf("A")
	if len(first) != 2 {
		t.Fatalf("%d entries", len(first))
	}
	e := first[a.ID.String()]
	if !e.start.Equal(d.Shifts[0].Start) || !e.end.Equal(d.Shifts[0].End) || e.status != "CONFIRMED" || e.summary != "Shift" {
		t.Errorf("%+v", e)
	}
	night := first[d.of("A", 3).ID.String()]
	if night.end.Sub(night.start) != 9*time.Hour {
		t.Errorf("the night is %v long", night.end.Sub(night.start))
	}
	d.must("L!", Step{Do: DoMove, Shift: d.Shifts[0].ID, To: Interval{d.Shifts[0].Start.Add(time.Hour), d.Shifts[0].End.Add(time.Hour)}})
	moved := d.feedOf("A")[a.ID.String()]
	if moved.sequence <= e.sequence || !moved.start.Equal(e.start.Add(time.Hour)) {
		t.Errorf("moved: %+v after %+v", moved, e)
	}
	d.must("A", Step{Do: DoOffer, Assignment: a.ID})
	d.must("E", Step{Do: DoClaim, Swap: d.last().ID})
	gone := d.feedOf("A")[a.ID.String()]
	if gone.status != "CANCELLED" || gone.sequence <= moved.sequence {
		t.Errorf("given away: %+v", gone)
	}
	taken := d.of("E", 0)
	if got := d.feedOf("E")[taken.ID.String()]; got.status != "CONFIRMED" || !got.start.Equal(moved.start) {
		t.Errorf("taken: %+v", got)
	}
	before := d.feedOf("E")[taken.ID.String()]
	d.must("L!", Step{Do: DoCancel, Shift: d.Shifts[0].ID})
	if got := d.feedOf("E")[taken.ID.String()]; got.status != "CANCELLED" || got.sequence <= before.sequence {
		t.Errorf("cancelled: %+v", got)
	}
}

func TestPromiseACalendarTellsNothingButThatSomebodyWorks(t *testing.T) {
	d := begin(t, SelfSignUp)
	d.Rotas[0].Name, d.Site.Name = "Nachtlijn", "Utrecht"
	d.Shifts[0].Name = "Evening"
	d.on(&d.Shifts[0], "L leader")
	d.Assignments = append(d.Assignments, Assignment{ID: d.id(), Shift: d.Shifts[1].ID, Person: d.who["A"], Role: Counsellor, State: Held, Minds: true})
	text := Feed(d.Book, d.who["A"], feedWords, d.now)
	for _, word := range []string{"Nachtlijn", "Utrecht", "Evening", "leader", "counsellor", "ATTENDEE", "ORGANIZER", "LOCATION", "DESCRIPTION", "http", "helpline", d.who["B"].String(), d.who["A"].String(), d.of("B", 0).ID.String()} {
		if strings.Contains(text, word) {
			t.Errorf("the calendar says %q", word)
		}
	}
	if got := d.feedOf("A"); len(got) != 1 { // what one only answers for is no shift
		t.Errorf("%d entries", len(got))
	}
	if again := Feed(d.Book, d.who["A"], feedWords, d.now.Add(time.Hour)); again != text {
		t.Error("on one day the same shifts make another calendar")
	}
}

func TestTheSecondReaderRefusesWhatIsNoCalendar(t *testing.T) {
	d := begin(t, SelfSignUp)
	good := Feed(d.Book, d.who["A"], feedWords, d.now)
	for name, bad := range map[string]string{
		"bare line feeds":     strings.ReplaceAll(good, "\r\n", "\n"),
		"no version":          strings.Replace(good, "VERSION:2.0\r\n", "", 1),
		"two of an entry":     strings.Replace(good, "BEGIN:VEVENT", good[strings.Index(good, "BEGIN:VEVENT"):strings.Index(good, "END:VCALENDAR")]+"BEGIN:VEVENT", 1),
		"a long line":         strings.Replace(good, "SUMMARY:Shift", "SUMMARY:"+strings.Repeat("Shift ", 20), 1),
		"an open component":   strings.Replace(good, "END:VEVENT\r\n", "", 1),
		"a local time":        strings.Replace(good, "Z\r\nDTEND", "\r\nDTEND", 1),
		"an unescaped comma":  strings.Replace(good, "SUMMARY:Shift", "SUMMARY:a,b", 1),
		"no sequence":         strings.Replace(good, "SEQUENCE", "X-SEQ", 1),
		"a doubled parameter": strings.Replace(good, "REFRESH-INTERVAL;", "REFRESH-INTERVAL;VALUE=DURATION;", 1),
		"another status":      strings.Replace(good, "CONFIRMED", "MAYBE", 1),
	} {
		if bad == good {
			t.Errorf("%s: nothing was changed", name)
		}
		if _, err := readEvents(bad); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// FuzzFeed writes a calendar with whatever words and times, and reads it again.
func FuzzFeed(f *testing.F) {
	f.Add("Shift", "Shifts", int64(1795000000), int64(10800), 3, 1)
	f.Add("Dienst, avond; \\ tot\nlater", "Ä"+strings.Repeat("é", 90), int64(0), int64(60), 0, 0)
	f.Add(strings.Repeat("x", 200), " ", int64(4102444800), int64(90000), 1<<30, 0)
	f.Fuzz(func(t *testing.T, shift, name string, from, long int64, revision, moved int) {
		for _, s := range []string{shift, name} { // the words come from the catalogue
			if !named(s) && !(strings.Contains(s, "\n") && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' || r == unicode.ReplacementChar })) {
				return
			}
		}
		if from < 0 || from > 1<<37 || long < 1 || long > 1<<30 || revision < 0 || moved < 0 || revision > 1<<40 || moved > 1<<40 {
			return
		}
		start := time.Unix(from, 0)
		if start.Add(time.Duration(long)*time.Second).UTC().Year() > 9999 {
			return
		}
		who, s := helpline.ID{1}, Shift{ID: helpline.ID{2}, Start: start, End: start.Add(time.Duration(long) * time.Second), Revision: moved}
		b := &Book{Shifts: []Shift{s}, Assignments: []Assignment{{ID: helpline.ID{3, 255, 62}, Shift: s.ID, Person: who, Role: Counsellor, State: Held, Revision: revision}}}
		got, err := readEvents(Feed(b, who, FeedWords{name, shift}, start))
		if err != nil {
			t.Fatal(err)
		}
		e := got[b.Assignments[0].ID.String()]
		if len(got) != 1 || e.summary != shift || e.start.Unix() != from || e.end.Unix() != from+long || e.sequence != revision+moved {
			t.Errorf("%+v", e)
		}
	})
}

// FuzzEvents: whatever is in a calendar, the second reader refuses it or finds
// entries that a calendar can show.
func FuzzEvents(f *testing.F) {
	start := time.Date(2026, 11, 30, 18, 0, 0, 0, time.UTC)
	s := Shift{ID: helpline.ID{2}, Start: start, End: start.Add(3 * time.Hour)}
	b := &Book{Shifts: []Shift{s}, Assignments: []Assignment{{ID: helpline.ID{3}, Shift: s.ID, Person: helpline.ID{1}, Role: Counsellor, State: Held}}}
	whole := Feed(b, helpline.ID{1}, FeedWords{"Shifts", "Shift, late"}, start)
	f.Add(whole)
	f.Add(strings.ReplaceAll(whole, "\r\n", "\n"))
	f.Add(strings.Replace(whole, "SUMMARY", "SUMMARY;X=\"a:b\"", 1))
	f.Add("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readEvents(text)
		if err != nil {
			return
		}
		for uid, e := range got {
			if uid == "" || uid != e.uid || !e.start.Before(e.end) || e.sequence < 0 || !utf8.ValidString(e.summary) {
				t.Errorf("%q: %+v", uid, e)
			}
		}
	})
}
