package counsel

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"helpline"
)

// Outcome is the coded record of a contact: codes by question. A question
// without an answer is absent. It is sealed inside the note and dies with it.
type Outcome map[string][]string

// Question is one line of the record.
type Question struct {
	Key    string
	Many   bool     // more than one code may be given
	Asked  bool     // to be considered at every contact; without an answer that is shown
	Needed bool     // a note is not saved without it
	IDs    bool     // the answers are identifiers of providers, not codes
	Codes  []string // in the order of the screen; empty with IDs

	counted string // day, week, or not at all
}

// Codes are the questions of one line and what is counted of the answers. They
// are data: outcome.json, cut to what the law profile of the country allows.
// Codes are never changed; safe for concurrent use.
type Codes struct {
	schema    uint64
	questions []Question
	pairs     [][2]string
}

//go:embed outcome.json
var outcomeFile []byte

// codesFile is outcome.json. Only lists the countries whose law profile allows
// a question; instead replaces the codes in some countries.
type codesFile struct {
	Schema    uint64 `json:"schema"`
	Questions []struct {
		Key     string              `json:"key"`
		Many    bool                `json:"many"`
		Asked   bool                `json:"asked"`
		Needed  bool                `json:"needed"`
		IDs     bool                `json:"ids"`
		Counted string              `json:"counted"`
		Only    []string            `json:"only"`
		Codes   []string            `json:"codes"`
		Instead map[string][]string `json:"instead"`
	} `json:"questions"`
	Pairs [][2]string `json:"pairs"`
}

// CodesFor gives the codes of a country profile.
func CodesFor(country string) (Codes, error) { return ReadCodes(outcomeFile, country) }

// ReadCodes reads a table of codes for a country profile; Invalid names the
// question that is not right.
func ReadCodes(text []byte, country string) (Codes, error) {
	var f codesFile
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return Codes{}, helpline.Errorf(helpline.Invalid, "codes: not a table of codes: %w", err)
	}
	if _, err := d.Token(); err != io.EOF || f.Schema == 0 {
		return Codes{}, helpline.Errorf(helpline.Invalid, "codes: no schema number, or something after the table")
	}
	c := Codes{schema: f.Schema}
	for _, q := range f.Questions {
		if len(q.Only) > 0 && !slices.Contains(q.Only, country) {
			continue
		}
		codes := q.Codes
		if other, ok := q.Instead[country]; ok {
			codes = other
		}
		one := Question{
			Key: q.Key, Many: q.Many, Asked: q.Asked, Needed: q.Needed, IDs: q.IDs,
			Codes: slices.Clone(codes), counted: q.Counted,
		}
		if why := c.refuses(one); why != "" {
			return Codes{}, helpline.Errorf(helpline.Invalid, "codes: question %q: %s", q.Key, why)
		}
		c.questions = append(c.questions, one)
	}
	for _, p := range f.Pairs {
		one, there := c.question(p[0])
		other, too := c.question(p[1])
		if !there || !too {
			continue // the law profile has taken one of the two away
		}
		if one.IDs || other.IDs || one.counted == "" || other.counted == "" {
			return Codes{}, helpline.Errorf(helpline.Invalid, "codes: pair %s, %s: one of them is not counted", p[0], p[1])
		}
		c.pairs = append(c.pairs, p)
	}
	return c, nil
}

// refuses says why a question cannot be taken.
func (c Codes) refuses(q Question) string {
	if !isCode(q.Key) || q.Key == textQuestion {
		return "its key is not a word in small letters"
	}
	if _, twice := c.question(q.Key); twice {
		return "it stands there twice"
	}
	if q.IDs != (len(q.Codes) == 0) {
		return "it has no codes, or identifiers and codes"
	}
	if q.counted != "" && q.counted != perDay && q.counted != perWeek || q.IDs && q.counted != "" {
		return "it can be counted per day, per week or not at all, and identifiers not at all"
	}
	for i, code := range q.Codes {
		if !isCode(code) || slices.Contains(q.Codes[:i], code) {
			return "a code is no word in small letters, or stands there twice"
		}
	}
	return ""
}

// isCode accepts what can be a key or a code: it is written into clear
// counters, so it can never be something a person wrote.
func isCode(s string) bool {
	return len(s) > 0 && len(s) <= 24 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

// Questions lists the record in the order of the screen.
func (c Codes) Questions() []Question {
	out := slices.Clone(c.questions)
	for i := range out {
		out[i].Codes = slices.Clone(out[i].Codes)
	}
	return out
}

func (c Codes) question(key string) (Question, bool) {
	i := slices.IndexFunc(c.questions, func(q Question) bool { return q.Key == key })
	if i < 0 {
		return Question{}, false
	}
	return c.questions[i], true
}

// textQuestion is the Question of a Fault about the words of the note.
const textQuestion = "text"

// Fault names what of a closing was not taken: the question, and the code that
// the line does not have, or "missing", "many", "twice", for the text "long"
// or "utf8". A name that is no code of any line is left out.
type Fault struct{ Question, Code string }

func (f Fault) Error() string {
	return strings.TrimSpace("the answer to " + f.Question + " is not right: " + f.Code)
}

// fault keeps words that a person may have written out of errors.
func fault(question, code string) error {
	f := Fault{}
	if isCode(question) {
		f.Question = question
	}
	if isCode(code) {
		f.Code = code
	}
	return helpline.Errorf(helpline.Invalid, "outcome: %w", f)
}

// Check holds an outcome against the codes: Invalid wraps the first Fault. It
// returns the outcome with its answers in the order of the table and without
// empty ones, so that equal outcomes are sealed as equal bytes.
func (c Codes) Check(o Outcome) (Outcome, error) {
	for _, q := range c.questions {
		if q.Needed && len(o[q.Key]) == 0 {
			return nil, fault(q.Key, "missing")
		}
	}
	return c.sketch(o)
}

// sketch is Check for a draft, where anything may still be missing.
func (c Codes) sketch(o Outcome) (Outcome, error) {
	for key := range o {
		if _, ok := c.question(key); !ok {
			return nil, fault(key, "")
		}
	}
	out := Outcome{}
	for _, q := range c.questions {
		answers := o[q.Key]
		switch {
		case len(answers) == 0:
			continue
		case len(answers) > 1 && !q.Many || len(answers) > mostAnswers:
			return nil, fault(q.Key, "many")
		}
		ordered, err := q.ordered(answers)
		if err != nil {
			return nil, err
		}
		out[q.Key] = ordered
	}
	return out, nil
}

const mostAnswers = 16

// ChannelQuestion is the key of the question how the contact came.
const ChannelQuestion = "channel"

// elsewhere says whether a code of the channel is one that the live line does not
// carry: a contact that nobody accepted, and that is begun by hand.
func elsewhere(code string) bool {
	switch helpline.Channel(code) {
	case helpline.ByInbox, helpline.ByPhone, helpline.ByMail, helpline.ByVisit:
		return true
	}
	return false
}

// Elsewhere says that the contact came by letter, phone, mail or visit.
func (o Outcome) Elsewhere() bool { return slices.ContainsFunc(o[ChannelQuestion], elsewhere) }

// came holds the channel against what is known: a contact of the line's own
// never came by phone, and one that was begun by hand says how it came.
func (o Outcome) came(away bool) error {
	switch codes := o[ChannelQuestion]; {
	case away && len(codes) == 0:
		return fault(ChannelQuestion, "missing")
	case o.Elsewhere() != away:
		return fault(ChannelQuestion, codes[0])
	}
	return nil
}

func (q Question) ordered(answers []string) ([]string, error) {
	out := slices.Clone(answers)
	for i, a := range out {
		known := slices.Contains(q.Codes, a)
		if q.IDs {
			_, err := helpline.ParseID(a)
			known = err == nil
		}
		switch {
		case !known && q.IDs: // an identifier is nobody's code: it is not repeated
			return nil, fault(q.Key, "unknown")
		case !known:
			return nil, fault(q.Key, a)
		case slices.Contains(out[:i], a):
			return nil, fault(q.Key, "twice")
		}
	}
	if q.IDs {
		slices.Sort(out)
	} else {
		slices.SortFunc(out, func(a, b string) int { return slices.Index(q.Codes, a) - slices.Index(q.Codes, b) })
	}
	return out, nil
}

// How often a code is counted.
const (
	perDay  = "day"
	perWeek = "week"
)

// Coded is one raise of one counter of outcomes. Field and Code are words of
// the table of codes, in pairs two joined by "+". Daily says whether the day is
// counted or only the week: answers that say much about somebody are counted
// by the week, because on a small line a day is one person.
type Coded struct {
	Field, Code string
	Daily       bool
}

// unansweredCode counts a prompt that was passed over.
const unansweredCode = "unanswered"

// counts lists what an outcome raises, once each.
func (c Codes) counts(o Outcome) []Coded {
	var out []Coded
	for _, q := range c.questions {
		if q.counted == "" {
			continue
		}
		for _, code := range o[q.Key] {
			out = append(out, Coded{Field: q.Key, Code: code, Daily: q.counted == perDay})
		}
		if q.Asked && len(o[q.Key]) == 0 {
			out = append(out, Coded{Field: q.Key, Code: unansweredCode, Daily: q.counted == perDay})
		}
	}
	for _, p := range c.pairs {
		for _, a := range o[p[0]] {
			for _, b := range o[p[1]] {
				out = append(out, Coded{Field: p[0] + "+" + p[1], Code: a + "+" + b})
			}
		}
	}
	return out
}
