package promise

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strconv"
	"strings"

	"helpline"
)

//go:embed court/court.json
var courtText []byte

// Court is what a court could ask of a line, in one language: everything that
// is kept, what is not, and what could be ordered from then on.
type Court struct {
	Heading, Lead     string
	Have, Lack, Later string // headings of the three parts
	Who, Goes         string // what the two small lines of an entry are called
	Back              string // words of the link back to the promise
	Kept              []Kept
	Never             []string
	Orders            []string
}

// Kept is one kind of thing that is stored.
type Kept struct {
	ID   string
	What string // what it is, and what stands in it
	Who  string // could open it
	Goes string // when it is gone
}

// Days are the settings of an installation that the page names.
type Days struct {
	Note int // that a note is kept at most
	Copy int // that a safety copy is kept at most

	Letter     int // that a message is kept after its answer
	Unanswered int // that it is kept without one
	CodeMonths int // that a code works after its last use; months
}

// courtPage is the page in all languages. Covers names what of the data map an
// entry speaks of; a test holds the two together.
type courtPage struct {
	Heading Texts   `json:"heading"`
	Lead    Texts   `json:"lead"`
	Have    Texts   `json:"have"`
	Who     Texts   `json:"who"`
	Goes    Texts   `json:"goes"`
	Lack    Texts   `json:"lack"`
	Later   Texts   `json:"later"`
	Back    Texts   `json:"back"`
	Kept    []kept  `json:"kept"`
	Never   []Texts `json:"never"`
	Orders  []Texts `json:"orders"`
}

type kept struct {
	ID     string   `json:"id"`
	Covers []string `json:"covers"`
	What   Texts    `json:"what"`
	Who    Texts    `json:"who"`
	Goes   Texts    `json:"goes"`
}

func readCourt() (courtPage, error) {
	var c courtPage
	dec := json.NewDecoder(bytes.NewReader(courtText))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return courtPage{}, helpline.Errorf(helpline.Internal, "what a court could ask: %w", err)
	}
	return c, nil
}

// CourtFor is the page in a language, with this installation's days.
func CourtFor(l helpline.Locale, d Days) (Court, error) {
	page, err := readCourt()
	if err != nil {
		return Court{}, err
	}
	days := strings.NewReplacer("{note_days}", strconv.Itoa(d.Note), "{copy_days}", strconv.Itoa(d.Copy),
		"{letter_days}", strconv.Itoa(d.Letter), "{unanswered_days}", strconv.Itoa(d.Unanswered), "{code_months}", strconv.Itoa(d.CodeMonths))
	in := func(t Texts) string { return days.Replace(t.In(l)) }
	out := Court{
		Heading: in(page.Heading), Lead: in(page.Lead), Have: in(page.Have), Lack: in(page.Lack), Later: in(page.Later),
		Who: in(page.Who), Goes: in(page.Goes), Back: in(page.Back),
	}
	for _, k := range page.Kept {
		out.Kept = append(out.Kept, Kept{ID: k.ID, What: in(k.What), Who: in(k.Who), Goes: in(k.Goes)})
	}
	for _, t := range page.Never {
		out.Never = append(out.Never, in(t))
	}
	for _, t := range page.Orders {
		out.Orders = append(out.Orders, in(t))
	}
	return out, nil
}
