package counsel

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/directory"
)

// shelf keeps a directory in memory.
type shelf struct {
	entries []directory.Entry
	counted map[helpline.ID]int
	broken  error
}

func (s *shelf) Providers(context.Context) ([]directory.Entry, error) { return s.entries, s.broken }

func (s *shelf) Refer(_ context.Context, provider helpline.ID, _ time.Time) error {
	if s.broken != nil {
		return s.broken
	}
	s.counted[provider]++
	return nil
}

// referrals are those over the starter directory.
func referrals(t *testing.T) (*Referrals, *shelf) {
	t.Helper()
	d, err := directory.Starter()
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{entries: d.Entries(), counted: map[helpline.ID]int{}}
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return NewReferrals(s, directory.DefaultLimits(), func() time.Time { return at }), s
}

// one finds a provider that can be sent.
func one(t *testing.T, r *Referrals, l helpline.Locale) Match {
	t.Helper()
	res, err := r.Find(t.Context(), directory.Query{Text: "De Waag"}, l)
	if err != nil || len(res.Matches) == 0 || res.Matches[0].Body == "" {
		t.Fatalf("found %+v: %v", res, err)
	}
	return res.Matches[0]
}

func TestACardThatWasFoundMayBeSaidInTheLanguageOfTheVisitor(t *testing.T) {
	r, s := referrals(t)
	var bodies []string
	for _, l := range helpline.Locales() {
		m := one(t, r, l)
		bodies = append(bodies, m.Body)
		if err := r.Check(t.Context(), helpline.NewID(), m.Body); err != nil {
			t.Errorf("%s: %v", l, err)
		}
	}
	if bodies[0] == bodies[1] {
		t.Error("the English card and the Dutch one are the same")
	}
	if n := s.counted[one(t, r, "en").ID]; n != len(bodies) {
		t.Errorf("counted %d times, said %d times", n, len(bodies))
	}
}

func TestACardIsCountedOnceHoweverOftenThePageRepeatsIt(t *testing.T) {
	r, s := referrals(t)
	m, id := one(t, r, "en"), helpline.NewID()
	s.broken = helpline.Errorf(helpline.Unavailable, "the disk is full")
	if err := r.Check(t.Context(), id, m.Body); err != nil || s.counted[m.ID] != 0 {
		t.Errorf("a count that cannot be written: %v, counted %d", err, s.counted[m.ID])
	}
	s.broken = nil
	for range 3 {
		if err := r.Check(t.Context(), id, m.Body); err != nil {
			t.Error(err)
		}
	}
	if s.counted[m.ID] != 1 {
		t.Errorf("counted %d times", s.counted[m.ID])
	}
	s.entries = hidden(s.entries, slices.IndexFunc(s.entries, func(e directory.Entry) bool { return e.ID == m.Entry }))
	if err := r.Check(t.Context(), id, m.Body); err != nil {
		t.Errorf("hidden meanwhile, and repeated: it may stand in the conversation: %v", err)
	}
	if err := r.Check(t.Context(), id, strings.Replace(m.Body, "https://", "https://x", 1)); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("another card under the same identifier: %v", err)
	}
	at := r.now()
	r.now = func() time.Time { return at.Add(repeatFor + time.Second) }
	if err := r.Check(t.Context(), id, m.Body); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("hidden long ago, and repeated: %v", err)
	}
	for range lately {
		r.pass(saying{id: helpline.NewID(), at: r.now()})
	}
	if len(r.said) != lately {
		t.Errorf("%d sayings are remembered", len(r.said))
	}
}

func TestACardThatIsNotTheDirectorysOwnIsRefused(t *testing.T) {
	r, s := referrals(t)
	m := one(t, r, "nl")
	at := slices.IndexFunc(s.entries, func(e directory.Entry) bool { return e.ID == m.Entry })
	all := s.entries
	for name, c := range map[string]struct {
		body    string
		entries []directory.Entry
		kind    helpline.Kind
	}{
		"another address":           {strings.Replace(m.Body, "https://", "https://x", 1), all, helpline.Conflict},
		"a field of one's own":      {strings.Replace(m.Body, `{"id"`, `{"note":"x","id"`, 1), all, helpline.Invalid},
		"a link that is none":       {strings.Replace(m.Body, "https://", "http://", 2), all, helpline.Invalid},
		"a provider removed since":  {m.Body, slices.Delete(slices.Clone(all), at, at+1), helpline.NotFound},
		"a provider hidden since":   {m.Body, hidden(all, at), helpline.Conflict},
		"an entry changed since":    {m.Body, renamed(all, at, m.Name), helpline.Conflict},
		"no card":                   {`{"card":{}}`, all, helpline.Invalid},
		"words in place of a card":  {`{"card":"x"}`, all, helpline.Invalid},
		"an identifier from nobody": {strings.Replace(m.Body, m.ID.String(), helpline.NewID().String(), 1), all, helpline.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			if c.body == m.Body && len(c.entries) == len(all) && c.entries[at].Hidden == all[at].Hidden && string(c.entries[at].JSON) == string(all[at].JSON) {
				t.Fatal("nothing was changed")
			}
			s.entries = c.entries
			before := s.counted[m.ID]
			err := r.Check(t.Context(), helpline.NewID(), c.body)
			if helpline.KindOf(err) != c.kind {
				t.Errorf("got %v, want %s", err, c.kind)
			}
			if s.counted[m.ID] != before {
				t.Error("it was counted")
			}
		})
	}
}

func hidden(all []directory.Entry, at int) []directory.Entry {
	out := slices.Clone(all)
	out[at].Hidden = true
	return out
}

func renamed(all []directory.Entry, at int, name string) []directory.Entry {
	out := slices.Clone(all)
	out[at].JSON = []byte(strings.ReplaceAll(string(out[at].JSON), name, name+" (new)"))
	return out
}

func TestWhoCannotBeSentIsFoundAndSaysWhy(t *testing.T) {
	r, s := referrals(t)
	m := one(t, r, "en")
	at := slices.IndexFunc(s.entries, func(e directory.Entry) bool { return e.ID == m.Entry })
	s.entries = hidden(s.entries, at)
	res, err := r.Find(t.Context(), directory.Query{Text: m.Name}, "en")
	if err != nil || len(res.Matches) == 0 || res.Matches[0].Why != Hidden || res.Matches[0].Body != "" {
		t.Errorf("found %+v: %v", res.Matches, err)
	}
}

func TestTheStarterDirectoryStandsBeforeTheFirstImportAndTheLastOneWhileTheStoreIsDown(t *testing.T) {
	r, s := referrals(t)
	s.broken = helpline.Errorf(helpline.Unavailable, "down")
	if _, err := r.Find(t.Context(), directory.Query{}, "en"); helpline.KindOf(err) != helpline.Unavailable {
		t.Errorf("nothing was read yet: %v", err)
	}
	s.entries, s.broken = nil, nil
	res, err := r.Find(t.Context(), directory.Query{}, "en")
	if err != nil || res.Total < 15 {
		t.Fatalf("%d found: %v", res.Total, err)
	}
	if len(res.Matches) > MostFound || !slices.IsSorted(res.Regions) || !slices.Contains(res.Regions, "BE") || slices.Contains(res.Regions, directory.Anywhere) {
		t.Errorf("%d shown, regions %v", len(res.Matches), res.Regions)
	}
	s.broken = helpline.Errorf(helpline.Unavailable, "down")
	again, err := r.Find(t.Context(), directory.Query{}, "en")
	if err != nil || again.Total != res.Total {
		t.Errorf("while the store is down: %d found, %v", again.Total, err)
	}
}

func TestAProviderIsCalledByItsNameWhileTheDirectoryHasIt(t *testing.T) {
	r, s := referrals(t)
	m := one(t, r, "en")
	if name, err := r.Name(t.Context(), m.ID); err != nil || name != m.Name {
		t.Errorf("%q: %v", name, err)
	}
	s.entries = slices.DeleteFunc(s.entries, func(e directory.Entry) bool { return e.ID == m.Entry })
	if name, err := r.Name(t.Context(), m.ID); helpline.KindOf(err) != helpline.NotFound || name != "" {
		t.Errorf("removed: %q, %v", name, err)
	}
	down, rack := referrals(t)
	rack.broken = helpline.Errorf(helpline.Unavailable, "down")
	if _, err := down.Name(t.Context(), m.ID); helpline.KindOf(err) != helpline.Unavailable {
		t.Errorf("while the store is down: %v", err)
	}
	if err := down.Check(t.Context(), helpline.NewID(), m.Body); helpline.KindOf(err) != helpline.Unavailable {
		t.Errorf("a card while the store is down: %v", err)
	}
}

// TestTheBodiesOfTheProtocolDocumentAreACardAndSteps reads what chat/wire, which
// replays the frames, does not look into.
func TestTheBodiesOfTheProtocolDocumentAreACardAndSteps(t *testing.T) {
	doc, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]int{}
	for line := range strings.Lines(string(doc)) {
		said, ok := strings.CutPrefix(line, "page> ")
		if !ok {
			continue
		}
		var f struct{ Body string }
		if err := json.Unmarshal([]byte(said), &f); err != nil {
			t.Fatal(err)
		}
		var kind string
		switch {
		case strings.HasPrefix(f.Body, `{"card"`):
			kind = "card"
			_, err = directory.ReadCard(f.Body)
		case strings.HasPrefix(f.Body, `{"steps"`):
			kind = "steps"
			_, err = ReadSteps(f.Body)
		}
		read[kind]++
		if err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if read["card"] == 0 || read["steps"] == 0 {
		t.Errorf("the document has no example: %v", read)
	}
}
