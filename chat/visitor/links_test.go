package visitor

import (
	"testing"

	"helpline"
	"helpline/chat/link"
)

type dropped struct{ yes bool }

func (d *dropped) Drop(int) { d.yes = true }

func TestOneContactHasAFewLinksAndTheNewestStays(t *testing.T) {
	var l links
	here, there := helpline.NewID(), helpline.NewID()
	other := &dropped{}
	l.add(there, other, link.Nobody{})
	var all []*dropped
	var ends []link.Receiver
	for range 3 * mostLinks {
		d := &dropped{}
		all = append(all, d)
		ends = append(ends, l.add(here, d, link.Nobody{}))
	}
	for i, d := range all {
		if want := i < 2*mostLinks; d.yes != want {
			t.Errorf("link %d of %d: dropped %v, want %v", i+1, len(all), d.yes, want)
		}
	}
	if other.yes {
		t.Error("one contact's links took away another's")
	}
	for _, end := range ends {
		end.Gone()
	}
	if len(l.open) != 1 {
		t.Errorf("links of %d contacts are remembered, want the one that is open", len(l.open))
	}
}
