package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates/i18n"
)

// RotaWords puts what the checker of a rota finds into sentences, for pages
// and for the command line.
type RotaWords struct {
	Words i18n.Words
	Zone  *time.Location           // of the line's clocks
	Name  func(helpline.ID) string // what colleagues call a person
}

// mostNamed is how many people and stretches one sentence names.
const mostNamed = 4

// Breach says which rule is not kept, by whom and when, and what would mend it.
func (r RotaWords) Breach(b rota.Breach) (says, way string) {
	w := r.Words
	args := []any{
		"who", r.people(b.People), "when", r.When(b.At), "have", r.amount(b, b.Have), "want", r.amount(b, b.Want),
		"what", r.what(b), "source", b.Source,
	}
	says = strings.TrimSpace(w.T("rota.rule."+string(b.Rule), args...))
	return says, w.T("rota.way."+string(b.Way), args...)
}

// Sheet says what is wrong with a spreadsheet and where.
func (r RotaWords) Sheet(f rota.SheetFault) string {
	why := r.Words.T("rota.sheet." + f.Why)
	switch {
	case f.Row == 0:
		return why
	case f.Column == 0:
		return r.Words.T("rota.say.row", "row", f.Row, "why", why)
	}
	return r.Words.T("rota.sheet.where", "row", f.Row, "column", sheetColumn(f.Column), "why", why)
}

// sheetColumn names a column as spreadsheets do: A, B, and after Z AA.
func sheetColumn(n int) string {
	text := ""
	for ; n > 0; n = (n - 1) / 26 {
		text = string(rune('A'+(n-1)%26)) + text
	}
	return text
}

// Gap says what a shift lacks.
func (r RotaWords) Gap(g rota.Gap, at rota.Interval) string {
	q := g.Requirement
	return r.Words.T("rota.rule.cover.min", "have", strconv.Itoa(g.Have), "want", strconv.Itoa(g.Want), "when", r.When(at),
		"what", r.cover(q.Role, q.Skill, q.Language))
}

// Why says what keeps somebody from a gap; empty when nothing does.
func (r RotaWords) Why(o rota.Obstacle) []string {
	var out []string
	if o.There {
		out = append(out, r.Words.T("rota.say.there"))
	}
	for _, l := range o.Lacks {
		out = append(out, r.Words.T("rota.lack."+string(l)))
	}
	for _, b := range o.Blocks {
		says, _ := r.Breach(b)
		out = append(out, says)
	}
	return out
}

// When writes a stretch: of one day with its clock, of more with its days.
func (r RotaWords) When(in rota.Interval) string {
	if in.Start.IsZero() {
		return ""
	}
	from, to := in.Start.In(r.Zone), in.End.In(r.Zone)
	if in.End.Sub(in.Start) <= 36*time.Hour {
		return r.Words.T("rota.say.when", "day", r.Day(rota.DateOf(from)), "from", from.Format("15:04"), "to", to.Format("15:04"))
	}
	return r.Words.T("rota.say.days", "first", r.Day(rota.DateOf(from)), "last", r.Day(rota.DateOf(to.Add(-time.Nanosecond))))
}

// Day writes a day with its weekday.
func (r RotaWords) Day(d rota.Date) string {
	weekday := (int(d.Weekday())+6)%7 + 1
	return r.Words.T("rota.say.day", "weekday", r.Words.T("staffing.short."+strconv.Itoa(weekday)), "day", strconv.Itoa(d.Day),
		"month", r.Words.T("rota.say.month."+strconv.Itoa(int(d.Month))))
}

// Long writes minutes as hours and minutes.
func (r RotaWords) Long(minutes int) string {
	h, m := minutes/60, minutes%60
	switch {
	case h == 0:
		return r.Words.T("rota.say.minutes", "m", m)
	case m == 0:
		return r.Words.T("rota.say.hours", "h", h)
	}
	return r.Words.T("rota.say.both", "h", h, "m", m)
}

// amount writes one of the numbers of a breach in its unit.
func (r RotaWords) amount(b rota.Breach, n int) string {
	if b.Unit == rota.Minutes && b.Rule != rota.RuleOverlap { // whose sentence says minutes itself
		return r.Long(n)
	}
	return strconv.Itoa(n)
}

// what names the skill, the matter or the kind of people that is meant.
func (r RotaWords) what(b rota.Breach) string {
	switch {
	case b.Matter != "":
		return r.Words.T("rota.matter." + b.Matter)
	case b.Unit == rota.Heads:
		return r.cover(b.Role, b.Skill, b.Language)
	}
	return b.Skill
}

func (r RotaWords) cover(role rota.Role, skill string, language helpline.Locale) string {
	w, out := r.Words, "rota.say.what.people"
	if role != "" {
		out = "rota.say.what." + string(role)
	}
	text := w.T(out)
	if skill != "" {
		text = w.T("rota.say.skilled", "who", text, "skill", skill)
	}
	if language != "" {
		text = w.T("rota.say.speaking", "who", text, "language", w.T("rota.say.language."+string(language)))
	}
	return text
}

// people lists names; many end in how many more.
func (r RotaWords) people(ids []helpline.ID) string {
	var names []string
	for _, id := range ids {
		if n := r.Name(id); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if len(names) > mostNamed {
		return r.Words.T("rota.say.more", "names", strings.Join(names[:mostNamed], ", "), "n", len(names)-mostNamed)
	}
	return strings.Join(names, ", ")
}
