package storetest

import (
	"bytes"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/directory"
)

// Shelf is a kept directory with what names its weeks.
type Shelf interface {
	directory.Shelf
	Week(time.Time) string
}

// Directory runs the contract of directory.Shelf.
func Directory(t *testing.T, fresh Fresh[Shelf]) {
	t.Run("a line without an import keeps no directory", func(t *testing.T) { wantShelf(t, fresh(t)(), "") })
	t.Run("the starter directory comes back as it was, in its order, after a restart", func(t *testing.T) { keepStarter(t, fresh(t)) })
	t.Run("an import adds at the end, replaces in place, and leaves the rest", func(t *testing.T) {
		s := fresh(t)()
		wantChange(t, s, false, directory.Change{Added: 3}, "a1", "b1", "c1")
		wantChange(t, s, false, directory.Change{Added: 1, Changed: 1, Same: 1, Left: 1}, "d1", "b2", "c1")
		wantShelf(t, s, "a1 b2 c1 d1")
	})
	t.Run("an import of all removes the rest and takes the order of the file", func(t *testing.T) {
		s := fresh(t)()
		wantChange(t, s, false, directory.Change{Added: 4}, "a1", "b1", "c1", "d1")
		wantChange(t, s, true, directory.Change{Added: 1, Changed: 1, Same: 1, Removed: 2}, "d2", "e1", "b1")
		wantShelf(t, s, "d2 e1 b1")
		wantChange(t, s, true, directory.Change{Removed: 3})
		wantShelf(t, s, "")
	})
	t.Run("one entry that cannot be kept keeps all of them out", func(t *testing.T) {
		s := fresh(t)()
		wantChange(t, s, false, directory.Change{Added: 1}, "a1")
		broken := entry("z1")
		broken.JSON = []byte(`{"id":`)
		if _, err := s.KeepProviders(t.Context(), []directory.Entry{entry("a2"), entry("b1"), broken}, true); err == nil {
			t.Error("an entry that is no JSON was kept")
		}
		wantShelf(t, s, "a1")
	})
	t.Run("hidden lasts through an import and a restart, and can be taken back", func(t *testing.T) { hide(t, fresh(t)) })
	t.Run("referrals add up by week and provider, many at once, and outlive the provider", func(t *testing.T) { refer(t, fresh(t)) })
}

// entry is an entry named by a letter, in a version.
func entry(name string) directory.Entry {
	return directory.Entry{ID: helpline.ID{name[0]}, JSON: []byte(`{"v":"` + name + `"}`), CheckedOn: "2026-11"}
}

func wantChange(t *testing.T, s Shelf, only bool, want directory.Change, names ...string) {
	t.Helper()
	var all []directory.Entry
	for _, name := range names {
		all = append(all, entry(name))
	}
	got, err := s.KeepProviders(t.Context(), all, only)
	must(t, err)
	if got != want {
		t.Errorf("keeping %q changed %+v, want %+v", names, got, want)
	}
}

// wantShelf compares what is kept with names divided by spaces.
func wantShelf(t *testing.T, s Shelf, want string) {
	t.Helper()
	all, err := s.Providers(t.Context())
	must(t, err)
	var names []string
	for _, e := range all {
		name := strings.TrimSuffix(strings.TrimPrefix(string(e.JSON), `{"v":"`), `"}`)
		if wanted := entry(name); e.ID != wanted.ID || e.CheckedOn != wanted.CheckedOn {
			t.Errorf("entry %s came back as %+v", name, e)
		}
		names = append(names, name)
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("kept is %q, want %q", got, want)
	}
}

func keepStarter(t *testing.T, open func() Shelf) {
	starter, err := directory.Starter()
	must(t, err)
	_, err = open().KeepProviders(t.Context(), starter.Entries(), false)
	must(t, err)
	kept, err := open().Providers(t.Context())
	must(t, err)
	d, err := directory.Of(kept)
	must(t, err)
	var before, after bytes.Buffer
	must(t, starter.Write(&before))
	must(t, d.Write(&after))
	if before.String() != after.String() {
		t.Error("the directory came back changed")
	}
	for i, e := range starter.Entries() {
		if kept[i].ID != e.ID || kept[i].CheckedOn != e.CheckedOn || kept[i].Hidden {
			t.Errorf("entry %d came back as %v %q %v", i, kept[i].ID, kept[i].CheckedOn, kept[i].Hidden)
		}
	}
}

func hide(t *testing.T, open func() Shelf) {
	s := open()
	wantChange(t, s, false, directory.Change{Added: 2}, "a1", "b1")
	must(t, s.HideProvider(t.Context(), entry("b1").ID, true))
	wantKind(t, s.HideProvider(t.Context(), entry("x1").ID, true), helpline.NotFound)
	wantChange(t, s, true, directory.Change{Changed: 2}, "a2", "b2")
	for _, want := range []bool{true, false} {
		s = open()
		all, err := s.Providers(t.Context())
		must(t, err)
		if all[0].Hidden || all[1].Hidden != want {
			t.Errorf("hidden is %v and %v, want false and %v", all[0].Hidden, all[1].Hidden, want)
		}
		must(t, s.HideProvider(t.Context(), entry("b1").ID, false))
	}
}

func refer(t *testing.T, open func() Shelf) {
	s := open()
	a, b := entry("a1").ID, entry("b1").ID
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := s.Refer(t.Context(), a, noon); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	must(t, s.Refer(t.Context(), b, noon.Add(time.Hour)))
	must(t, s.Refer(t.Context(), a, noon.AddDate(0, 0, 7)))
	_, err := s.KeepProviders(t.Context(), nil, true)
	must(t, err)
	s = open()
	for at, want := range map[time.Time]map[helpline.ID]int64{
		noon: {a: 10, b: 1}, noon.AddDate(0, 0, 7): {a: 1}, noon.AddDate(0, 0, 14): {},
	} {
		got, err := s.Referrals(t.Context(), s.Week(at))
		must(t, err)
		if !maps.Equal(got, want) {
			t.Errorf("in %s there were %v, want %v", s.Week(at), got, want)
		}
	}
}
