package console

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/directory"
)

// rack is a directory nobody has imported yet: the starter stands.
type rack struct{ counted int }

func (*rack) Providers(context.Context) ([]directory.Entry, error) { return nil, nil }
func (r *rack) Refer(context.Context, helpline.ID, time.Time) error {
	r.counted++
	return nil
}

type results struct {
	Found []struct {
		ID, Name, Why, Body string
		Regions             []string
	}
	Total   int
	Regions []string
}

func search(t *testing.T, h *house, login *http.Cookie, q url.Values) results {
	t.Helper()
	w := h.do("POST", "/desk/providers", login, q)
	var a results
	if err := json.Unmarshal(w.Body.Bytes(), &a); w.Code != http.StatusOK || err != nil || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return a
}

func TestACounsellorSearchesTheDirectoryAndGetsCardsInTheLanguageOfTheVisitor(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	all := search(t, h, login, url.Values{})
	dutch := search(t, h, login, url.Values{"region": {"NL"}, "door": {"self"}, "text": {"waag"}, "locale": {"nl"}})
	if all.Total < 15 || len(dutch.Found) == 0 || dutch.Total >= all.Total || !slices.Contains(dutch.Regions, "DE") {
		t.Fatalf("%d in all, %+v", all.Total, dutch)
	}
	if c, err := directory.ReadCard(dutch.Found[0].Body); err != nil || !strings.Contains(c.Name, "Waag") || c.First == "" {
		t.Errorf("%+v: %v", c, err)
	}
	if a := search(t, h, login, url.Values{"mode": {"no such thing"}, "locale": {"xx"}}); a.Total != 0 || a.Found == nil {
		t.Errorf("an unknown mode: %+v", a)
	}
}

func TestWhatACounsellorMaySay(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	card := search(t, h, login, url.Values{"text": {"waag"}}).Found[0].Body
	for name, c := range map[string]struct {
		body string
		may  bool
	}{
		"words":                        {`{"text":"Good evening"}`, true},
		"steps":                        {`{"steps":["Call my brother tonight"]}`, true},
		"a card of the directory":      {card, true},
		"a card of one's own":          {strings.Replace(card, "https://", "https://x", 1), false},
		"steps that carry a picture":   {`{"steps":["data:image/png;base64,AAAA"]}`, false},
		"no steps":                     {`{"steps":[]}`, false},
		"a card with words beside it":  {strings.TrimSuffix(card, "}") + `,"text":"x"}`, false},
		"something else":               {`{"event":"handover"}`, false},
		"words with a run of nonsense": {`{"text":"` + strings.Repeat("a", 201) + `"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := h.Sockets.Check(helpline.NewID(), c.body); (err == nil) != c.may {
				t.Errorf("may %v: %v", c.may, err)
			}
		})
	}
	if n := h.rack.counted; n != 1 {
		t.Errorf("one card was said, %d were counted", n)
	}
}

var _ Referrals = (*counsel.Referrals)(nil)
