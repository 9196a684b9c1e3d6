package directory_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/directory"
)

func starter(t *testing.T) *directory.Directory {
	t.Helper()
	d, err := directory.Starter()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheStarterDirectoryCoversItsCountriesAndOnlineHelp(t *testing.T) {
	x := directory.NewIndex(starter(t).Providers())
	for _, region := range []string{"NL", "BE-VLG", "BE-WAL", "GB", "IE", "DE"} {
		local := slices.DeleteFunc(x.Find(directory.Query{Region: region, Door: helpline.Self}), func(p directory.Provider) bool {
			return slices.Contains(p.Regions, directory.Anywhere)
		})
		if len(local) == 0 {
			t.Errorf("%s has nobody for those who come about themselves", region)
		}
	}
	if got := x.Find(directory.Query{Region: "FI", Mode: directory.Online}); len(got) < 2 {
		t.Errorf("from anywhere one finds %d online", len(got))
	}
}

func TestEveryStarterEntryNamesItsSourceAndIsMarkedUntilSomebodyChecksIt(t *testing.T) {
	d := starter(t)
	for _, p := range d.Providers() {
		if len(p.Sources) == 0 {
			t.Errorf("%s names no source", p.Name)
		}
		if p.CheckedBy != "" || p.Standing(now, directory.DefaultLimits()) != directory.CheckFirst {
			t.Errorf("%s passes as checked, by %q on %q", p.Name, p.CheckedBy, p.CheckedOn)
		}
		if start, ok := p.CheckedOn.Start(); p.CheckedOn != "" && (!ok || start.After(now)) {
			t.Errorf("%s has the date %q", p.Name, p.CheckedOn)
		}
	}
}

func TestEveryStarterEntryMakesACardInEveryLanguage(t *testing.T) {
	d := starter(t)
	for _, l := range helpline.Locales() {
		for _, p := range d.Providers() {
			c, err := p.Card(l, time.Now(), directory.DefaultLimits())
			if err != nil {
				t.Errorf("%s in %s: %v", p.Name, l, err)
				continue
			}
			if !c.CheckFirst {
				t.Errorf("the card of %s is not marked", p.Name)
			}
			if _, err := c.Body(); err != nil {
				t.Errorf("%s in %s: %v", p.Name, l, err)
			}
			for _, code := range []string{"first", "cost", "exclusion", "anonymity", "wait"} {
				if len(p.Words(code, "en")) != len(p.Words(code, "nl")) {
					t.Errorf("%s: English and Dutch do not say the same about %s", p.Name, code)
				}
			}
		}
	}
}

func TestTheStarterDirectoryUsesNoWordThatHurts(t *testing.T) {
	for _, e := range starter(t).Entries() {
		text := strings.ToLower(string(e.JSON))
		for _, word := range []string{"paedophil", "pedophil", "pedofiel", "offender", "child porn", "kinderporno", "dader", "perpetrator"} {
			if strings.Contains(text, word) {
				t.Errorf("%s says %q", directory.UUID(e.ID), word)
			}
		}
	}
}
