package console

import (
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates/i18n"
)

// RotaWords says what the checker, the filler and a spreadsheet of a rota come
// to, outside of the pages.
type RotaWords struct{ say sayer }

// NewRotaWords says it in words, with what colleagues call people and on the
// clock of a zone.
func NewRotaWords(words i18n.Words, names map[helpline.ID]string, zone *time.Location) RotaWords {
	return RotaWords{sayer{Words: words, names: names, zone: zone}}
}

// T is the text of a key.
func (r RotaWords) T(key string) string { return r.say.T(key) }

// Breach says which rule is not kept, by whom and when, and what would mend it.
func (r RotaWords) Breach(b rota.Breach) (says, way string) {
	says, way = r.say.breach(b)
	return strings.TrimSpace(says), way
}

// Gap says what a shift lacks.
func (r RotaWords) Gap(g rota.Gap, at rota.Interval) string {
	q := g.Requirement
	return r.say.T("rota.rule.cover.min", "have", strconv.Itoa(g.Have), "want", strconv.Itoa(g.Want), "when", r.say.when(at), "what", r.say.asked(q.Role, q.Language, q.Skill))
}

// Why says what keeps somebody from a gap; nothing when nothing does.
func (r RotaWords) Why(o rota.Obstacle) []string {
	var out []string
	if o.There {
		out = append(out, r.say.T("rota.say.there"))
	}
	for _, l := range o.Lacks {
		out = append(out, r.say.T("rota.lack."+string(l)))
	}
	for _, b := range o.Blocks {
		says, _ := r.Breach(b)
		out = append(out, says)
	}
	return out
}

// Help says who would close gaps, such as "shift leaders who speak French".
func (r RotaWords) Help(h rota.Help) string { return r.say.asked(h.Role, h.Language, h.Skill) }

// Sheet says what is wrong with a spreadsheet and where.
func (r RotaWords) Sheet(f rota.SheetFault) string {
	why := r.say.T("rota.sheet." + f.Why)
	switch {
	case f.Row == 0:
		return why
	case strings.HasPrefix(f.Why, "event."):
		return r.say.T("rota.sheet.event", "event", f.Row, "why", why)
	case f.Column == 0:
		return r.say.T("rota.say.row", "row", f.Row, "why", why)
	}
	return r.say.T("rota.sheet.where", "row", f.Row, "column", sheetColumn(f.Column), "why", why)
}

// Cell says where a shift stands in a spreadsheet or a calendar.
func (r RotaWords) Cell(c rota.SheetCell) string {
	if c.Column == 0 {
		return r.say.T("rota.sheet.entry", "event", c.Row)
	}
	return r.say.T("rota.sheet.cell", "row", c.Row, "column", sheetColumn(c.Column))
}

// sheetColumn names a column as spreadsheets do: A, B, and after Z AA.
func sheetColumn(n int) string {
	text := ""
	for ; n > 0; n = (n - 1) / 26 {
		text = string(rune('A'+(n-1)%26)) + text
	}
	return text
}
