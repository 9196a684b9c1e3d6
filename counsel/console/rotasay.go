package console

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/templates"
	"helpline/templates/i18n"
)

// sayer puts what a rota says into the words of a language.
type sayer struct {
	i18n.Words
	names map[helpline.ID]string
	zone  *time.Location
	spans map[span]string // what walls has said; nil: nothing is kept
}

// who names people; somebody who is not known here is "somebody".
func (s sayer) who(ids ...helpline.ID) string {
	if len(ids) == 1 {
		if name, known := s.names[ids[0]]; known {
			return name
		}
	}
	var out []string
	for _, id := range ids {
		if name := cmp.Or(s.names[id], s.T("plan.somebody")); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return s.T("plan.somebody")
	}
	return strings.Join(out, ", ")
}

// hours says minutes as people do.
func (s sayer) hours(minutes int) string {
	h, m := minutes/60, minutes%60
	switch {
	case h == 0:
		return s.T("plan.minutes", "m", m)
	case m == 0:
		return s.T("plan.hours", "h", h)
	}
	return s.T("plan.hours.minutes", "h", h, "m", m)
}

// role names a role of a shift.
func (s sayer) role(r rota.Role) string { return s.T("plan.role." + string(r)) }

// asked says what a cover asks for: "shift leaders", "people who speak French".
func (s sayer) asked(role rota.Role, language helpline.Locale, skill string) string {
	what := s.T("plan.roles." + cmp.Or(string(role), "people"))
	if language != "" {
		what = s.T("plan.what.speak", "what", what, "language", s.T("staff.locale."+string(language)))
	}
	if skill != "" {
		what = s.T("plan.what.skill", "what", what, "skill", s.skill(skill))
	}
	return what
}

// skill names a skill. Two of them mean something to the rota: whoever chooses
// those reads them in their own language, and what is kept is the same in all.
func (s sayer) skill(name string) string {
	if name == rota.Mentor || name == counsel.TraineeSkill {
		return s.T("plan.skill." + name)
	}
	return name
}

// breach says a breach and its way out.
func (s sayer) breach(b rota.Breach) (text, way string) {
	number := func(n int) string {
		if b.Unit == rota.Minutes {
			return s.hours(n)
		}
		return strconv.Itoa(n)
	}
	what := s.asked(b.Role, b.Language, b.Skill)
	switch {
	case b.Matter != "":
		what = s.T("rota.matter." + b.Matter)
	case b.Rule == rota.RuleMissing, b.Rule == rota.RuleExpired:
		what = s.skill(b.Skill)
	}
	source := b.Source
	if law := "rota.law." + source; source != "" && s.Has(law) {
		source = s.T(law)
	}
	args := []any{"who", s.who(b.People...), "when", s.when(b.At), "have", number(b.Have), "want", number(b.Want), "what", what, "source", source}
	return s.T("rota.rule."+string(b.Rule), args...), s.T("rota.way."+string(b.Way), args...)
}

// breaches says those a step was refused for, in one text.
func (s sayer) breaches(all []rota.Breach) string {
	var out []string
	for i, b := range all {
		if i == 5 {
			out = append(out, s.N("plan.more", len(all)-i))
			break
		}
		text, way := s.breach(b)
		out = append(out, text+" "+way)
	}
	return strings.Join(out, " ")
}

// need says how one requirement beside the plain one is met: "no French",
// "French 1/2", "leader ok"; empty where there is nothing to say.
func (s sayer) need(n rota.Need) string {
	r := n.Requirement
	if r.Role == "" && r.Language == "" && r.Skill == "" {
		return ""
	}
	var parts []string
	if r.Role != "" {
		parts = append(parts, s.role(r.Role))
	}
	if r.Language != "" {
		parts = append(parts, s.T("staff.locale."+string(r.Language)))
	}
	if r.Skill != "" {
		parts = append(parts, s.skill(r.Skill))
	}
	what := strings.Join(parts, " · ")
	switch {
	case n.Short() && n.Have == 0:
		return s.T("plan.cell.no", "what", what)
	case n.Short():
		return s.T("plan.cell.some", "what", what, "have", n.Have, "want", r.Min)
	case r.Role == rota.Leader:
		return s.T("plan.cell.ok", "what", what)
	}
	return ""
}

// panel says what the rules say of a book; at most so many of each kind.
func (s sayer) panel(breaches []rota.Breach, accepted map[string]rota.Acceptance, most int) templates.RotaPanel {
	var p templates.RotaPanel
	shifts, shut, heads, hard, open, more := map[helpline.ID]bool{}, map[helpline.ID]bool{}, 0, 0, 0, 0
	for _, b := range breaches {
		if !slices.ContainsFunc(p.Means, func(m templates.RotaMeans) bool { return m.Rule == string(b.Rule) }) {
			p.Means = append(p.Means, templates.RotaMeans{Rule: string(b.Rule), Text: s.T("rota.means." + string(b.Rule))})
		}
		if b.Rule == rota.RuleCoverMin {
			shifts[b.Shifts[0]] = true
			heads += b.Want - b.Have
			continue
		}
		if b.Rule == rota.RuleBehind { // as short as with nobody behind it
			shut[b.Shifts[0]] = true
		}
		list, n := &p.Notes, &p.NotesN
		switch b.Level {
		case rota.Hard:
			list, n = &p.Hard, &p.HardN
			hard++
		case rota.Advisory:
			list, n = &p.Advisory, &p.AdvisoryN
			if !b.Accepted {
				open++
			}
		}
		if *n++; *n > most {
			more++ // nothing is put into words that nobody reads
			continue
		}
		text, way := s.breach(b)
		one := templates.RotaBreach{Text: text, Way: way}
		if b.Level == rota.Advisory {
			one.Key = b.Key()
			if a, ok := accepted[one.Key]; ok && b.Accepted {
				one.Taken = s.T("rota.accepted", "who", s.who(a.By), "why", s.T("rota.reason."+string(a.Reason)))
			}
		}
		*list = append(*list, one)
	}
	if more > 0 {
		p.More = s.N("plan.more", more)
	}
	if len(shifts) > 0 {
		p.Gaps = s.N("plan.gaps", heads, "shifts", s.N("plan.shifts", len(shifts)))
	}
	maps.Copy(shut, shifts)
	p.Summary = s.T("plan.summary", "hard", s.N("plan.count.hard", hard), "advisory", s.N("plan.count.advisory", open), "gaps", s.N("plan.count.gaps", len(shut)))
	if hard+open+len(shut) == 0 {
		p.Summary = s.T("plan.summary.none")
	}
	p.Advice = s.T("rota.advice")
	for _, r := range rota.Reasons() {
		p.Reasons = append(p.Reasons, templates.Choice{Value: string(r), Label: s.T("rota.reason." + string(r))})
	}
	return p
}

// kinds lists the rules of which several breaches wait to be accepted.
func (s sayer) kinds(breaches []rota.Breach) []templates.RotaKind {
	var order []rota.RuleID
	count := map[rota.RuleID]int{}
	for _, b := range breaches {
		if b.Level != rota.Advisory || b.Accepted || b.Rule == rota.RuleCoverMin {
			continue
		}
		if count[b.Rule]++; count[b.Rule] == 2 {
			order = append(order, b.Rule)
		}
	}
	var out []templates.RotaKind
	for _, rule := range order {
		out = append(out, templates.RotaKind{Rule: string(rule), Says: s.N("plan.kind", count[rule], "what", s.T("plan.kind."+string(rule)))})
	}
	return out
}

// accepted is a book's acceptances by the breach they are of.
func accepted(b *rota.Book) map[string]rota.Acceptance {
	out := map[string]rota.Acceptance{}
	for _, a := range b.Acceptances {
		out[a.Key] = a
	}
	return out
}
