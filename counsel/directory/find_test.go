package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"helpline"
	"helpline/counsel/directory"
)

// found gives the names of what a query finds.
func found(x *directory.Index, q directory.Query) []string {
	out := []string{}
	for _, p := range x.Find(q) {
		out = append(out, p.Name)
	}
	return out
}

func street() []directory.Provider {
	return []directory.Provider{
		{ID: helpline.ID{1}, Name: "Öffnung", About: "Free first talk", Regions: []string{"DE"}, Languages: []string{"de"}, Doors: []helpline.Audience{helpline.Self}, Cost: directory.Free, Anonymity: []directory.Anonymity{directory.FirstContact}, Modes: []directory.Mode{directory.InPerson}},
		{ID: helpline.ID{2}, Name: "Brug", Regions: []string{"BE-VLG"}, Languages: []string{"nl-be", "fr"}, Doors: []helpline.Audience{helpline.Self, helpline.Relative}, Cost: directory.Insurance, Modes: []directory.Mode{directory.ByPhone, directory.InPerson}, Phones: []directory.Phone{{Number: "0800 11"}}},
		{ID: helpline.ID{3}, Name: "Anywhere online", Regions: []string{directory.Anywhere}, Doors: []helpline.Audience{helpline.Self}, Cost: directory.Free, Anonymity: []directory.Anonymity{directory.Anonymous}, Modes: []directory.Mode{directory.Online}},
		{ID: helpline.ID{4}, Name: "Aide", Regions: []string{"BE"}, Languages: []string{"fr"}, Organization: "Maison"},
	}
}

func TestAQueryFindsWhatFits(t *testing.T) {
	x := directory.NewIndex(street())
	for _, c := range []struct {
		name string
		q    directory.Query
		want []string
	}{
		{"nothing asked gives all, places first, by name", directory.Query{}, []string{"Aide", "Brug", "Öffnung", "Anywhere online"}},
		{"a door; who names none comes last", directory.Query{Door: helpline.Relative}, []string{"Brug", "Aide"}},
		{"a country finds its parts and anywhere", directory.Query{Region: "BE"}, []string{"Aide", "Brug", "Anywhere online"}},
		{"a part finds its country and not its neighbour", directory.Query{Region: "BE-WAL"}, []string{"Aide", "Anywhere online"}},
		{"a language without its country; unknown comes last", directory.Query{Language: "nl"}, []string{"Brug", "Anywhere online"}},
		{"a language with its country", directory.Query{Language: "nl-BE"}, []string{"Brug", "Anywhere online"}},
		{"cost; unknown is not found", directory.Query{Cost: directory.Free}, []string{"Öffnung", "Anywhere online"}},
		{"anonymity", directory.Query{Anonymity: directory.Anonymous}, []string{"Anywhere online"}},
		{"mode", directory.Query{Mode: directory.InPerson}, []string{"Brug", "Öffnung"}},
		{"words without accents or case, all of them", directory.Query{Text: "OFFNUNG talk"}, []string{"Öffnung"}},
		{"words of the organization", directory.Query{Text: "maison"}, []string{"Aide"}},
		{"who is called so before who speaks of it", directory.Query{Text: "a"}, []string{"Aide", "Anywhere online", "Öffnung"}},
		{"a number", directory.Query{Text: "0800"}, []string{"Brug"}},
		{"several at once", directory.Query{Door: helpline.Self, Region: "DE", Cost: directory.Free, Text: "free"}, []string{"Öffnung"}},
		{"nothing fits", directory.Query{Text: "zzz"}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := found(x, c.q); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheOrderDoesNotDependOnTheFile(t *testing.T) {
	all := street()
	all = append(all, directory.Provider{ID: helpline.ID{9}, Name: "Brug"})
	want := directory.NewIndex(all).Find(directory.Query{})
	slices.Reverse(all)
	got := directory.NewIndex(all).Find(directory.Query{})
	for i := range want {
		if got[i].ID != want[i].ID {
			t.Fatalf("place %d holds %q one way and %q the other", i, want[i].Name, got[i].Name)
		}
	}
}

func TestAProviderThatWasRemovedIsNotFoundAndSaysSo(t *testing.T) {
	x := directory.NewIndex(street())
	if p, err := x.Provider(helpline.ID{2}); err != nil || p.Name != "Brug" {
		t.Errorf("got %q, %v", p.Name, err)
	}
	if _, err := x.Provider(helpline.ID{8}); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("got %v, want not found", err)
	}
}

// crowd is a directory of n providers, each with the tags of a real one.
func crowd(tb testing.TB, n int) []directory.Provider {
	tb.Helper()
	starter, err := directory.Starter()
	if err != nil {
		tb.Fatal(err)
	}
	base := starter.Providers()
	var all []directory.Provider
	for i := range n {
		p := base[i%len(base)]
		p.ID = helpline.NewID()
		p.Name = fmt.Sprintf("%s %d", p.Name, i)
		all = append(all, p)
	}
	return all
}

func BenchmarkFindAmongAThousandProviders(b *testing.B) {
	x := directory.NewIndex(crowd(b, 1000))
	q := directory.Query{Door: helpline.Self, Region: "NL", Text: "waag"}
	if len(x.Find(q)) == 0 {
		b.Fatal("the query finds nothing")
	}
	for b.Loop() {
		x.Find(q)
	}
	if per := b.Elapsed().Milliseconds() / int64(b.N); per >= 10 {
		b.Errorf("a search takes %d ms, and must take less than 10", per)
	}
}

func BenchmarkIndexOfAThousandProviders(b *testing.B) {
	all := crowd(b, 1000)
	for b.Loop() {
		directory.NewIndex(all)
	}
}
