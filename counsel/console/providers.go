package console

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/counsel"
	"helpline/counsel/directory"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// checkWithin is how long a card may wait for the directory.
const checkWithin = 3 * time.Second

// Referrals is the directory as the desk needs it.
type Referrals interface {
	// Find searches, and makes the cards in the visitor's language.
	Find(context.Context, directory.Query, helpline.Locale) (counsel.Result, error)
	// Check says whether a card is the directory's own, and counts it.
	Check(ctx context.Context, id helpline.ID, body string) error
	// Name is what a provider is called; NotFound when the directory does not
	// have it any more.
	Name(ctx context.Context, provider helpline.ID) (string, error)
}

// carries says whether a counsellor's message may go to a visitor: words, steps
// agreed together, a continuity card for the visitor to say yes to, or a card
// that the directory itself would write now.
func (c *Console) carries(id helpline.ID, body string) error {
	switch {
	case strings.HasPrefix(body, `{"card":`):
		ctx, cancel := context.WithTimeout(context.Background(), checkWithin)
		defer cancel()
		err := c.Referrals.Check(ctx, id, body)
		if kind := helpline.KindOf(err); kind == helpline.Unavailable || kind == helpline.Internal {
			c.Log.Error("check a card", "kind", string(kind))
		}
		return err
	case strings.HasPrefix(body, `{"steps":`):
		steps, err := counsel.ReadSteps(body)
		if err != nil {
			return err
		}
		return link.CheckText(strings.Join(steps, "\n"))
	case strings.HasPrefix(body, `{"keep":`):
		card, err := counsel.ReadContinuity(body)
		if err != nil {
			return err
		}
		return link.CheckText(card)
	}
	return link.CheckBody(body)
}

// match is a provider as the desk's script gets it.
type match struct {
	ID        helpline.ID           `json:"id"`
	Name      string                `json:"name"`
	Of        string                `json:"of"`
	Regions   []string              `json:"regions"`
	Languages []string              `json:"languages"`
	Modes     []directory.Mode      `json:"modes"`
	Cost      directory.Cost        `json:"cost"`
	Anonymity []directory.Anonymity `json:"anonymity"`
	Why       counsel.Why           `json:"why"`
	Body      string                `json:"body"` // to be said as it is; empty when Why says something
}

// findProviders answers a search of the desk. It is a POST so that what a
// visitor needs stands in no address.
func (c *Console) findProviders(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	if err := form(r); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f := r.PostForm
	locale, err := helpline.ParseLocale(f.Get("locale"))
	if err != nil {
		locale = "en"
	}
	res, err := c.Referrals.Find(r.Context(), directory.Query{
		Door: helpline.Audience(f.Get("door")), Region: f.Get("region"), Language: f.Get("language"),
		Cost: directory.Cost(f.Get("cost")), Anonymity: directory.Anonymity(f.Get("anonymity")),
		Mode: directory.Mode(f.Get("mode")), Text: f.Get("text"),
	}, locale)
	if err != nil {
		c.note(r, err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	found := make([]match, 0, len(res.Matches))
	for _, m := range res.Matches {
		found = append(found, match{
			ID: m.ID, Name: m.Name, Of: m.Organization, Regions: m.Regions, Languages: m.Languages,
			Modes: m.Modes, Cost: m.Cost, Anonymity: m.Anonymity, Why: m.Why, Body: m.Body,
		})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(struct { // the reader has gone; there is nobody to tell
		Found   []match  `json:"found"`
		Total   int      `json:"total"`
		Regions []string `json:"regions"`
	}{found, res.Total, res.Regions})
}

// called names the providers whose cards a note says were given. One that the
// directory does not have any more, or that it cannot be asked about, is said
// to be that.
func (c *Console) called(ctx context.Context, words i18n.Words, outcome counsel.Outcome) map[string]string {
	names := map[string]string{}
	for _, q := range c.Notes.Questions() {
		if !q.IDs {
			continue
		}
		for i, code := range outcome[q.Key] {
			name := ""
			id, err := helpline.ParseID(code)
			if err == nil {
				name, err = c.Referrals.Name(ctx, id)
			}
			switch {
			case err == nil:
			case helpline.KindOf(err) == helpline.NotFound:
				name = words.T("notes.provider.gone")
			default:
				name = words.T("notes.provider", "n", i+1)
			}
			names[code] = name
		}
	}
	return names
}

// filters fills the choices of the desk's search. A line with a country of its
// own begins there.
func filters(d *templates.Desk, country string) {
	if key := "desk.js.region." + strings.ToUpper(country); d.Words.Has(key) {
		d.Regions = []templates.Choice{{Value: strings.ToUpper(country), Label: d.Words.T(key), Checked: true}}
	}
	d.Doors = choices(d.Words, "staff.door.", helpline.Audiences())
	d.Languages = choices(d.Words, "staff.locale.", []helpline.Locale{"en", "nl", "fr", "de"})
	d.Modes = choices(d.Words, "desk.js.mode.", directory.Modes())
	d.Costs = choices(d.Words, "desk.js.cost.", directory.Costs())
	d.Anonymities = choices(d.Words, "desk.js.anonymity.", directory.Anonymities())
}

func choices[T ~string](w i18n.Words, prefix string, codes []T) []templates.Choice {
	out := make([]templates.Choice, 0, len(codes))
	for _, code := range codes {
		out = append(out, templates.Choice{Value: string(code), Label: w.T(prefix + string(code))})
	}
	return out
}
