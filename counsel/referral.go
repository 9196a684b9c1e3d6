package counsel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/directory"
)

// MostFound is how many providers one search shows.
const MostFound = 30

// Sayings are remembered, so that a repetition counts once: so many, and for so
// long. A page that was away for longer has its card weighed anew.
const (
	lately    = 512
	repeatFor = 10 * time.Minute
)

// Shelf is where the line's providers are kept. Asserted by store.
type Shelf interface {
	// Providers gives the entries in their order; none before the first import.
	Providers(context.Context) ([]directory.Entry, error)
	// Refer counts one referral to a provider, in the week of an instant.
	Refer(ctx context.Context, provider helpline.ID, at time.Time) error
}

// Referrals is how a conversation leads on: a search in the directory, cards
// that are put into the conversation, and the week's count of them. It reads
// the directory anew each time, because it may be imported beside a running
// line. Safe for concurrent use.
type Referrals struct {
	shelf  Shelf
	limits directory.Limits
	now    func() time.Time

	mu      sync.Mutex
	entries []directory.Entry // what index was made of
	index   *directory.Index
	regions []string
	said    []saying // the latest that passed, oldest first
}

// saying is a card that was let into a conversation: the identifier that its
// page gave it, and the card by its hash.
type saying struct {
	id   helpline.ID
	card [sha256.Size]byte
	at   time.Time // when it passed first; not compared
}

func (s saying) same(other saying) bool { return s.id == other.id && s.card == other.card }

// NewReferrals makes them over a shelf. now is time.Now but for tests.
func NewReferrals(s Shelf, l directory.Limits, now func() time.Time) *Referrals {
	return &Referrals{shelf: s, limits: l, now: now}
}

// Why says why a provider cannot be put into a conversation.
type Why string

// The reasons; the empty Why is that it can.
const (
	Hidden   Why = "hidden"   // a supervisor keeps it off cards
	Inactive Why = "inactive" // it takes nobody at the moment
	Outdated Why = "outdated" // checked too long ago
	Unfit    Why = "unfit"    // its texts make no card
)

// Match is a provider that was found. Body is what is said to send its card;
// empty when Why says something.
type Match struct {
	directory.Provider
	Body string
	Why  Why
}

// Result is the answer to a search. Matches are the first MostFound of Total.
// Regions are those of the whole directory, sorted, for the next search.
type Result struct {
	Matches []Match
	Total   int
	Regions []string
}

// Find searches the directory and makes each card in the visitor's language.
func (r *Referrals) Find(ctx context.Context, q directory.Query, l helpline.Locale) (Result, error) {
	index, regions, err := r.read(ctx)
	if err != nil {
		return Result{}, err
	}
	found := index.Find(q)
	res := Result{Total: len(found), Regions: regions}
	for _, p := range found[:min(len(found), MostFound)] {
		m := Match{Provider: p}
		m.Body, m.Why = r.card(p, l)
		res.Matches = append(res.Matches, m)
	}
	return res, nil
}

// card is the body of a provider's card, or why there is none.
func (r *Referrals) card(p directory.Provider, l helpline.Locale) (string, Why) {
	now := r.now()
	card, err := p.Card(l, now, r.limits)
	switch {
	case err == nil:
		if body, err := card.Body(); err == nil {
			return body, ""
		}
	case p.Hidden:
		return "", Hidden
	case p.Status != "active":
		return "", Inactive
	case p.Standing(now, r.limits) == directory.TooOld:
		return "", Outdated
	}
	return "", Unfit
}

// Check says whether a body is a card as the directory writes it now, in any of
// our languages. NotFound when the provider is not in it any more, Conflict
// when it is kept off cards or its entry has changed, Invalid when the body is
// no card; anything else means that the directory could not be asked. id is that
// of the saying: a card that passes is counted once for it, and passes again
// when the page repeats it, because it may stand in the conversation by then.
func (r *Referrals) Check(ctx context.Context, id helpline.ID, body string) error {
	s := saying{id, sha256.Sum256([]byte(body)), r.now()}
	if r.passed(s) {
		return nil
	}
	c, err := directory.ReadCard(body)
	if err != nil {
		return err
	}
	index, _, err := r.read(ctx)
	if err != nil {
		return err
	}
	p, err := index.Provider(c.ID)
	if err != nil {
		return err
	}
	same := func(l helpline.Locale) bool {
		now, _ := r.card(p, l)
		return now == body
	}
	if !slices.ContainsFunc(helpline.Locales(), same) {
		return helpline.Errorf(helpline.Conflict, "card: the entry has changed, or is kept off cards: search again")
	}
	if r.pass(s) && r.shelf.Refer(ctx, c.ID, r.now()) != nil {
		// A count that cannot be written holds up no card. It is tried again if
		// the page has to say the card again.
		r.forget(s)
	}
	return nil
}

// Name is what a provider is called; NotFound when the directory does not have
// it any more.
func (r *Referrals) Name(ctx context.Context, provider helpline.ID) (string, error) {
	index, _, err := r.read(ctx)
	if err != nil {
		return "", err
	}
	p, err := index.Provider(provider)
	return p.Name, err
}

func (r *Referrals) passed(s saying) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = slices.DeleteFunc(r.said, func(other saying) bool { return s.at.Sub(other.at) > repeatFor })
	return slices.ContainsFunc(r.said, s.same)
}

// pass remembers a saying, and says whether its identifier is new.
func (r *Referrals) pass(s saying) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.said, func(other saying) bool { return other.id == s.id }) {
		return false
	}
	if len(r.said) == lately {
		r.said = slices.Delete(r.said, 0, 1)
	}
	r.said = append(r.said, s)
	return true
}

func (r *Referrals) forget(s saying) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = slices.DeleteFunc(r.said, s.same)
}

// read gives the directory as it is now: the starter directory before the
// first import. While the store cannot be read, the last one that was stands.
func (r *Referrals) read(ctx context.Context) (*directory.Index, []string, error) {
	entries, err := r.shelf.Providers(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil && r.index != nil:
		return r.index, r.regions, nil
	case err != nil:
		return nil, nil, err
	case r.index != nil && slices.EqualFunc(entries, r.entries, sameEntry):
		return r.index, r.regions, nil
	}
	var d *directory.Directory
	if len(entries) == 0 {
		d, err = directory.Starter()
	} else {
		d, err = directory.Of(entries)
	}
	if err != nil {
		return nil, nil, err
	}
	providers := d.Providers()
	r.entries, r.index, r.regions = entries, directory.NewIndex(providers), regionsOf(providers)
	return r.index, r.regions, nil
}

func sameEntry(a, b directory.Entry) bool {
	return a.ID == b.ID && a.Hidden == b.Hidden && bytes.Equal(a.JSON, b.JSON)
}

// regionsOf lists the regions that can be asked for: those of the providers,
// and the country of each.
func regionsOf(providers []directory.Provider) []string {
	var out []string
	for _, p := range providers {
		for _, region := range p.Regions {
			if region == directory.Anywhere {
				continue // found by every region
			}
			country, _, _ := strings.Cut(region, "-")
			out = append(out, region, country)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
