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

// Limit is the sentence on where confidentiality ends: the one that must be
// before everybody's eyes while they write.
func (p Promise) Limit() Sentence {
	for _, s := range p.Sentences {
		if s.ID == "danger" {
			return s
		}
	}
	return Sentence{} // no profile without one: a test reads them all
}

// Sentence is one promise: a bold sentence of at most 25 words and a small one.
type Sentence struct {
	ID, Bold, More string
	Proof
}

// Number is a line that helps now.
type Number struct {
	ID     string // emergency, suicide, youth, survivors, advice
	When   string // "Danger now?"
	Number string // as people read it
	Tel    string // digits to dial; empty when there is nothing to dial
	Note   string
	Proof
}

// Fact is something that is so in a country.
type Fact struct {
	ID   string // Hotline, Authority or Treatment
	Name string // empty: no single one
	Href string // for the staff; a visitor's page links nowhere else
	Text string
	Proof
}

// Promise gives the sentences for a door. noteDays is how long a sealed note
// is kept at most, in days.
func (p Profile) Promise(l helpline.Locale, a helpline.Audience, noteDays int) Promise {
	return p.promise(l, a, noteDays, false)
}

// Letter gives the sentences for a message that is left with a return code.
// days is how long it is kept at most after the last answer.
func (p Profile) Letter(l helpline.Locale, a helpline.Audience, days int) Promise {
	return p.promise(l, a, days, true)
}

func (p Profile) promise(l helpline.Locale, a helpline.Audience, days int, letter bool) Promise {
	out := Promise{Version: p.Version, CheckedOn: p.CheckedOn, Cleared: p.ClearedBy != ""}
	values := []string{"{days}", strconv.Itoa(days)}
	for name, texts := range p.Fill {
		values = append(values, "{"+name+"}", texts.In(l))
	}
	write := strings.NewReplacer(values...)
	for _, c := range chosen(p.Sentences, a, letter) {
		out.Sentences = append(out.Sentences, c.write(l, write))
	}
	for _, c := range p.Additions {
		if slices.Contains(c.For, a) {
			out.Sentences = append(out.Sentences, c.write(l, write))
		}
	}
	return out
}

// chosen keeps one clause of each id, the door's own before everybody's and a
// letter's own before a chat's, in the order of the profile.
func chosen(all []clause, a helpline.Audience, letter bool) []clause {
	var out []clause
	for _, c := range all {
		if slices.ContainsFunc(out, func(o clause) bool { return o.ID == c.ID }) {
			continue
		}
		best, most := c, -1
		for _, o := range all {
			fits := o.ID == c.ID && (len(o.For) == 0 || slices.Contains(o.For, a)) && (letter || !o.Letter)
			weight := 0
			if len(o.For) > 0 {
				weight += 2
			}
			if o.Letter {
				weight++
			}
			if fits && weight > most {
				best, most = o, weight
			}
		}
		if most >= 0 {
			out = append(out, best)
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

// NumbersOn lists the lines for a matter that somebody under 18 chose: for whom
// something is done to, those for survivors too, after the line for the young.
func (p Profile) NumbersOn(l helpline.Locale, a helpline.Audience, matter helpline.Matter) []Number {
	out := p.NumbersFor(l, a)
	if a == helpline.Young && matter == helpline.AboutHarm {
		out = append(out, p.NumbersFor(l, helpline.Survivor)...)
	}
	return out
}

func (p Profile) numbers(l helpline.Locale, want func(number) bool) []Number {
	var out []Number
	for _, n := range p.Lines {
		if want(n) && (len(n.In) == 0 || slices.Contains(n.In, l)) {
			out = append(out, Number{
				ID: n.ID, When: n.When.In(l), Number: n.Number.In(l), Tel: n.Tel, Note: n.Note.In(l), Proof: n.Proof,
			})
		}
	}
	return out
}

// Fact gives a fact of the country in a language: Hotline, Authority or
// Treatment.
func (p Profile) Fact(l helpline.Locale, id string) Fact {
	for _, f := range p.Facts {
		if f.ID == id {
			return Fact{ID: id, Name: f.Name, Href: f.Href, Text: f.Text.In(l), Proof: f.Proof}
		}
	}
	return Fact{ID: id}
}
