package rota

import (
	"testing"
	"time"
)

func hard(breaches []Breach) (out []Breach) {
	for _, b := range breaches {
		if b.Level == Hard {
			out = append(out, b)
		}
	}
	return out
}

func mustProfile(t testing.TB, id string) Profile {
	t.Helper()
	p, err := ProfileNamed(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestX(t *testing.T) {
	b := makeEmptyBook(1, 6, 40)
	law := mustProfile(t, "nl-atw")
	t0 := time.Now()
	f := NewFiller(b, law, Given{})
	t.Log("new", time.Since(t0), f.price)
	t0 = time.Now()
	f.greedy()
	t.Log("greedy", time.Since(t0), f.price)
	t0 = time.Now()
	d := f.Draft(t.Context(), 1)
	t.Log("draft", time.Since(t0), f.price, len(d.Gaps), len(d.Places))
	t.Log(d.Score)
	t.Log(hard(Check(d.In(b, ids(99)), law)))
	for i := range 3 {
		t0 = time.Now()
		d = f.Improve(t.Context(), Effort{Seed: uint64(i), Time: 5 * time.Second, Now: time.Now}, nil)
		t.Log("improve", time.Since(t0), f.price, len(d.Gaps), len(d.Places), d.Steps)
		t.Log(d.Score)
	}
	t.Log(hard(Check(d.In(b, ids(99)), law)))
}
