package promise

import (
	"slices"
	"strconv"
	"strings"

	"helpline"
)

// Promise is what a visitor reads before the first keystroke, in one language
// and for one door.
type Promise struct {
	Version   uint16
	CheckedOn string     // YYYY-MM-DD
	Cleared   bool       // a lawyer answers for it; when false the page says that none does
	Sentences []Sentence // the four, and after them what some doors add
}

// Sentence is one promise: a bold sentence of at most 25 words and a small one.
type Sentence struct {
	ID, Bold, More string
	Proof
}

// Number is a line that helps now.
type Number struct {
	ID     string // emergency, suicide, youth, survivors
	When   string // "Danger now?"
	Number string // as people read it
	Tel    string // digits to dial; empty when there is nothing to dial
	Note   string
	Proof
}

// Promise gives the sentences for a door. noteDays is how long a sealed note
// is kept at most, in days.
func (p Profile) Promise(l helpline.Locale, a helpline.Audience, noteDays int) Promise {
	out := Promise{Version: p.Version, CheckedOn: p.CheckedOn, Cleared: p.ClearedBy != ""}
	values := []string{"{days}", strconv.Itoa(noteDays)}
	for name, texts := range p.Fill {
		values = append(values, "{"+name+"}", texts.In(l))
	}
	write := strings.NewReplacer(values...)
	for _, c := range chosen(p.Sentences, a) {
		out.Sentences = append(out.Sentences, c.write(l, write))
	}
	for _, c := range p.Additions {
		if slices.Contains(c.For, a) {
			out.Sentences = append(out.Sentences, c.write(l, write))
		}
	}
	return out
}

// chosen keeps one clause of each id, the door's own before everybody's, in
// the order of the profile.
func chosen(all []clause, a helpline.Audience) []clause {
	var out []clause
	for _, c := range all {
		own := slices.IndexFunc(all, func(o clause) bool { return o.ID == c.ID && slices.Contains(o.For, a) })
		switch {
		case len(c.For) == 0 && own >= 0:
			out = append(out, all[own])
		case len(c.For) == 0:
			out = append(out, c)
		}
	}
	return out
}

func (c clause) write(l helpline.Locale, values *strings.Replacer) Sentence {
	return Sentence{ID: c.ID, Bold: values.Replace(c.Bold.In(l)), More: values.Replace(c.More.In(l)), Proof: c.Proof}
}

// Numbers lists the lines that stand on every page.
func (p Profile) Numbers(l helpline.Locale) []Number {
	return p.numbers(l, func(n number) bool { return len(n.For) == 0 })
}

// NumbersFor lists the lines that matter most for one door, to be shown beside
// those of every page.
func (p Profile) NumbersFor(l helpline.Locale, a helpline.Audience) []Number {
	return p.numbers(l, func(n number) bool { return slices.Contains(n.For, a) || slices.Contains(n.Also, a) })
}

func (p Profile) numbers(l helpline.Locale, want func(number) bool) []Number {
	var out []Number
	for _, n := range p.Lines {
		if want(n) {
			out = append(out, Number{
				ID: n.ID, When: n.When.In(l), Number: n.Number.In(l), Tel: n.Tel, Note: n.Note.In(l), Proof: n.Proof,
			})
		}
	}
	return out
}
