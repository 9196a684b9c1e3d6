package directory_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/directory"
)

// practice is a provider with everything a card shows.
func practice(t *testing.T, change func(map[string]any)) directory.Provider {
	t.Helper()
	return read(t, service(1, func(s map[string]any) {
		s["email"] = "hello@practice.example"
		s["wait_time"] = "Two weeks."
		s["phones"] = []any{
			map[string]any{"id": uuid(800), "number": "+31 (0)20 - 123 45 67"},
			map[string]any{"id": uuid(801), "number": "ask at the desk"},
		}
		s["assured_date"] = "2026-11-01"
		s["attributes"] = []any{
			tag(700, "helpline-cost", "free", "", ""),
			tag(702, "helpline-anonymity", "first-contact", "", ""),
			tag(704, "helpline-words", "first", "Je belt 's ochtends.", "nl"),
			tag(706, "helpline-words", "exclusion", "A pending trial excludes.", "en"),
			tag(708, "helpline-check", "checked-by", "Kim", ""),
		}
		if change != nil {
			change(s)
		}
	})).Providers()[0]
}

func TestACardSaysWhatAVisitorMustKnow(t *testing.T) {
	p := practice(t, nil)
	c, err := p.Card("nl-BE", now, directory.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	body, err := c.Body()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"card":{"id":"` + p.ID.String() + `","name":"Practice 0001","of":"House","first":"Je belt 's ochtends.","cost":"Gratis.",` +
		`"anonymity":"Het eerste contact kan anoniem.","wait":"Two weeks.","excludes":["A pending trial excludes."],` +
		`"reach":[{"label":"+31 (0)20 - 123 45 67","link":"tel:+31201234567"},{"label":"ask at the desk"},` +
		`{"label":"practice.example","link":"https://practice.example"},{"label":"hello@practice.example"}],"checked_on":"2026-11-01"}}`
	if body != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
	again, err := directory.ReadCard(body)
	if err != nil || again.First != c.First || !slices.Equal(again.Reach, c.Reach) {
		t.Errorf("reading it gives %+v, %v", again, err)
	}
	if c, err := p.Card("fr", now, directory.DefaultLimits()); err != nil || c.First != "You phone in the morning." || c.Cost != "Gratuit." {
		t.Errorf("in a language without words: %+v, %v", c, err)
	}
}

func TestNumbersBecomeSomethingToTapOnOrAreOnlyShown(t *testing.T) {
	for number, want := range map[string]string{
		"0800-0113":             "tel:08000113",
		"106":                   "tel:106",
		"\"+44 1234 234567\"":   "tel:+441234234567",
		"(0)20 123":             "tel:020123",
		"+32 (0)2 123.45/67":    "tel:+3221234567",
		"1-888-PREVENT":         "",
		"112;phone-context=x":   "",
		"tel:112":               "",
		"+1234567890123456":     "",
		"１１２":                   "",
		"112\u202e":             "refused",
		"javascript:alert(112)": "",
	} {
		t.Run(number, func(t *testing.T) {
			p := practice(t, nil)
			p.Phones = []directory.Phone{{Number: number}}
			c, err := p.Card("en", now, directory.DefaultLimits())
			switch {
			case want == "refused":
				if helpline.KindOf(err) != helpline.Invalid {
					t.Errorf("got %+v, %v", c.Reach, err)
				}
			case err != nil || c.Reach[0].Link != want:
				t.Errorf("got %q, %v, want %q", c.Reach[0].Link, err, want)
			}
		})
	}
	p := practice(t, nil)
	p.Phones = []directory.Phone{{Number: "0800 1", Extension: "12"}}
	if c, err := p.Card("en", now, directory.DefaultLimits()); err != nil || c.Reach[0].Link != "tel:08001;ext=12" || c.Reach[0].Label != "0800 1 (12)" {
		t.Errorf("got %+v, %v", c.Reach, err)
	}
}

func TestOnlySafeAddressesCanBeTappedOn(t *testing.T) {
	for address, want := range map[string]bool{
		"https://practice.example/a?b=c#d":                     true,
		"http://practice.example":                              false,
		"https://name:word@practice.example":                   false,
		"https://localhost/":                                   false,
		"https://practice.example/\"onx":                       false,
		"https://präxis.example":                               false,
		"https://practice.example/" + strings.Repeat("a", 600): false,
	} {
		p := practice(t, nil)
		p.Phones, p.URL = nil, address
		c, err := p.Card("en", now, directory.DefaultLimits())
		if err != nil || (c.Reach[0].Link != "") != want {
			t.Errorf("%.60s: got %+v, %v; want a link: %v", address, c.Reach, err, want)
		}
	}
}

func TestAProviderThatCannotBeOfferedGivesNoCard(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*directory.Provider)
		lim    directory.Limits
		kind   helpline.Kind
	}{
		{"hidden by a supervisor", func(p *directory.Provider) { p.Hidden = true }, directory.DefaultLimits(), helpline.Conflict},
		{"closed for now", func(p *directory.Provider) { p.Status = "temporarily closed" }, directory.DefaultLimits(), helpline.Conflict},
		{"checked too long ago", func(p *directory.Provider) { p.CheckedOn = "2024" }, directory.Limits{CheckAfter: 180, HideAfter: 365}, helpline.Conflict},
		{"a name too long for a card", func(p *directory.Provider) { p.Name = strings.Repeat("x", 201) }, directory.DefaultLimits(), helpline.Invalid},
		{"more ways to reach than a card has room for", func(p *directory.Provider) { p.Phones = slices.Repeat(p.Phones, 5) }, directory.DefaultLimits(), helpline.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := practice(t, nil)
			c.change(&p)
			if _, err := p.Card("en", now, c.lim); helpline.KindOf(err) != c.kind {
				t.Errorf("got %v, want %s", err, c.kind)
			}
		})
	}
}

func TestACardFitsAMessage(t *testing.T) {
	long := directory.Card{
		ID: helpline.ID{1}, Name: "n", First: strings.Repeat(`"`, 2000), Cost: strings.Repeat(`\`, 2000), Anonymity: strings.Repeat("é", 1000),
		Wait: strings.Repeat(`"`, 2000), Excludes: []string{strings.Repeat("é", 1000), strings.Repeat("x", 1900)},
	}
	body, err := long.Body()
	if helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("a body of %d bytes is let through: %v", len(body), err)
	}
	long.First, long.Cost, long.Wait = strings.Repeat("x", 2000), strings.Repeat("y", 2000), strings.Repeat("z", 2000)
	if body, err = long.Body(); err != nil || len(body) > directory.MaxCardBody {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	long.Excludes = append(long.Excludes, strings.Repeat("w", 200))
	if _, err = long.Body(); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("more than %d bytes of words are let through: %v", directory.MaxCardWords, err)
	}
}

func TestOnlyWhatBodyWritesIsACard(t *testing.T) {
	id := helpline.ID{7}.String()
	good := `{"card":{"id":"` + id + `","name":"Practice","reach":[{"label":"112","link":"tel:112"}]}}`
	if _, err := directory.ReadCard(good); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"words":                   `{"text":"hello"}`,
		"nothing":                 ``,
		"null":                    `{"card":null}`,
		"space":                   strings.Replace(good, ":", ": ", 1),
		"a newline at the end":    good + "\n",
		"two":                     good + good,
		"a field too many":        strings.Replace(good, `"name"`, `"colour":"red","name"`, 1),
		"a field beside the card": strings.Replace(good, `}}`, `},"text":"x"}`, 1),
		"a key twice":             strings.Replace(good, `"name"`, `"name":"x","name"`, 1),
		"another order":           `{"card":{"name":"Practice","id":"` + id + `"}}`,
		"another spelling":        strings.Replace(good, "Practice", `Pr\u0061ctice`, 1),
		"keys in capitals":        strings.Replace(good, `"name"`, `"Name"`, 1),
		"no name":                 strings.Replace(good, "Practice", "", 1),
		"no id":                   strings.Replace(good, id, helpline.ID{}.String(), 1),
		"an address that runs":    strings.Replace(good, "tel:112", "javascript:x", 1),
		"an address without TLS":  strings.Replace(good, "tel:112", "http://practice.example", 1),
		"a label that turns":      strings.Replace(good, `"112"`, "\"1\u202e12\"", 1),
		"lines":                   strings.Replace(good, "Practice", `Pr\nactice`, 1),
		"a day that is none":      strings.Replace(good, `]}}`, `],"checked_on":"today"}}`, 1),
		"bytes that are no text":  strings.Replace(good, "Practice", "Pr\xff", 1),
		"too long":                strings.Replace(good, "Practice", strings.Repeat("x", 17_000), 1),
	} {
		if _, err := directory.ReadCard(body); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: got %v", name, err)
		} else if strings.Contains(err.Error(), "Practice") || strings.Contains(err.Error(), "javascript") {
			t.Errorf("%s: the error quotes what stood there: %v", name, err)
		}
	}
}

func FuzzACardIsReadAsItIsWritten(f *testing.F) {
	f.Add(`{"card":{"id":"AQAAAAAAAAAAAAAAAAAAAA","name":"Practice","reach":[{"label":"112","link":"tel:112"}]}}`)
	f.Add(`{"card":{"id":"AQAAAAAAAAAAAAAAAAAAAA","name":"é<&>","excludes":["a"],"checked_on":"2026","check_first":true}}`)
	f.Fuzz(func(t *testing.T, body string) {
		c, err := directory.ReadCard(body)
		if err != nil {
			return
		}
		if again, err := c.Body(); err != nil || again != body {
			t.Errorf("%q is written as %q, %v", body, again, err)
		}
	})
}

func TestOnlyAFreshCheckByANameCounts(t *testing.T) {
	lim := directory.Limits{CheckAfter: 180, HideAfter: 365}
	for _, c := range []struct {
		name, by string
		on       directory.Date
		lim      directory.Limits
		want     directory.Standing
	}{
		{"checked this month", "Kim", "2026-11-01", lim, directory.Checked},
		{"checked by nobody", "", "2026-11-01", lim, directory.CheckFirst},
		{"checked on no day", "Kim", "", lim, directory.CheckFirst},
		{"checked on nonsense", "Kim", "soon", lim, directory.CheckFirst},
		{"on the last day that counts", "Kim", "2026-05-27", lim, directory.CheckFirst},
		{"a day earlier is old", "Kim", "2026-05-25", lim, directory.CheckFirst},
		{"a month counts from its first day", "Kim", "2026-11", lim, directory.Checked},
		{"a year counts from its first day", "Kim", "2026", lim, directory.CheckFirst},
		{"older than cards may be", "Kim", "2025-11-01", lim, directory.TooOld},
		{"a source as old, checked by nobody", "", "2016", lim, directory.TooOld},
		{"never off cards without a limit", "Kim", "2016", directory.DefaultLimits(), directory.CheckFirst},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := now
			if c.name == "on the last day that counts" { // 180 days to the minute still count
				at = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
				c.want = directory.Checked
			}
			p := directory.Provider{CheckedBy: c.by, CheckedOn: c.on}
			if got := p.Standing(at, c.lim); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
