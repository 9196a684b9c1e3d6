package storetest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"testing"

	"helpline"
	"helpline/chat"
)

// Journal runs the contract of chat.Journal.
func Journal(t *testing.T, fresh Fresh[chat.Journal]) {
	t.Run("the boot number starts at one and rises with every start", func(t *testing.T) {
		open := fresh(t)
		for want := int64(1); want <= 3; want++ {
			if got, err := open().Boot(t.Context()); err != nil || got != want {
				t.Fatalf("boot = %d, %v; want %d", got, err, want)
			}
		}
	})
	t.Run("of those who accept one contact one wins and all are told who", func(t *testing.T) { oneWinner(t, fresh(t)()) })
	t.Run("a repeated accept gets the same answer", func(t *testing.T) {
		j := fresh(t)()
		first := accept(t, j, standing())
		again := first
		again.Since = 77
		if got := accept(t, j, again); got != first {
			t.Errorf("got %+v, want the row of the first accept %+v", got, first)
		}
	})
	t.Run("a change replaces the whole row", func(t *testing.T) {
		j := fresh(t)()
		s := accept(t, j, standing())
		to := chat.Standing{Contact: s.Contact, Channel: helpline.ByInbox, Term: 2, Holder: helpline.NewID(), Since: 1<<32 + 9, Epoch: s.Epoch + 1}
		must(t, j.Change(t.Context(), s.Term, to))
		wantStandings(t, j, to)
	})
	t.Run("a change from an earlier term is a conflict and changes nothing", func(t *testing.T) {
		j := fresh(t)()
		s := accept(t, j, standing())
		moved := s
		moved.Term, moved.Holder = 2, helpline.NewID()
		must(t, j.Change(t.Context(), 1, moved))
		late := s
		late.Term, late.Holder = 2, helpline.NewID()
		wantKind(t, j.Change(t.Context(), 1, late), helpline.Conflict)
		wantStandings(t, j, moved)
	})
	t.Run("of many who change one term exactly one succeeds", func(t *testing.T) { oneChange(t, fresh(t)()) })
	t.Run("a change of a contact that nobody accepted is a conflict and adds no row", func(t *testing.T) {
		j := fresh(t)()
		wantKind(t, j.Change(t.Context(), 1, standing()), helpline.Conflict)
		wantStandings(t, j)
	})
	t.Run("closed never opens again", func(t *testing.T) { closedStays(t, fresh(t)) })
	t.Run("what was answered is there after a restart", func(t *testing.T) {
		open := fresh(t)
		j := open()
		one, two := accept(t, j, standing()), accept(t, j, standing())
		two.Closed = true
		must(t, j.Change(t.Context(), two.Term, two))
		wantStandings(t, open(), one, two)
	})
	t.Run("keep moves the day of the contacts named and of no others, and never back", func(t *testing.T) { keepDays(t, fresh(t)()) })
	t.Run("a context that has ended changes nothing", func(t *testing.T) {
		j := fresh(t)()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := j.Accept(ctx, standing())
		wantKind(t, err, helpline.Unavailable)
		wantStandings(t, j)
	})
}

func oneWinner(t *testing.T, j chat.Journal) {
	s := standing()
	const people = 8
	told := make([]chat.Standing, people)
	holders := make([]helpline.ID, people)
	var all sync.WaitGroup
	for i := range people {
		holders[i] = helpline.NewID()
		all.Go(func() {
			mine := s
			mine.Holder = holders[i]
			var err error
			if told[i], err = j.Accept(context.Background(), mine); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i := range people {
		if told[i] != told[0] {
			t.Errorf("one was told %+v, another %+v", told[0], told[i])
		}
	}
	if !slices.Contains(holders, told[0].Holder) {
		t.Errorf("the holder is none of those who accepted")
	}
	wantStandings(t, j, told[0])
}

func oneChange(t *testing.T, j chat.Journal) {
	s := accept(t, j, standing())
	var all sync.WaitGroup
	var mu sync.Mutex
	var won []chat.Standing
	for range 8 {
		all.Go(func() {
			to := s
			to.Term, to.Holder = s.Term+1, helpline.NewID()
			err := j.Change(context.Background(), s.Term, to)
			mu.Lock()
			defer mu.Unlock()
			switch helpline.KindOf(err) {
			case "":
				won = append(won, to)
			case helpline.Conflict:
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(won) != 1 {
		t.Fatalf("%d changes of one term succeeded, want 1", len(won))
	}
	wantStandings(t, j, won[0])
}

func closedStays(t *testing.T, open func() chat.Journal) {
	j := open()
	s := accept(t, j, standing())
	closed := s
	closed.Closed = true
	must(t, j.Change(t.Context(), s.Term, closed))

	again := s
	again.Term = s.Term + 1
	wantKind(t, j.Change(t.Context(), s.Term, again), helpline.Conflict)
	if got := accept(t, j, s); got != closed {
		t.Errorf("accepting a closed contact gave %+v, want %+v", got, closed)
	}
	must(t, j.Keep(t.Context(), s.Epoch+1, []helpline.ID{s.Contact}))
	closed.Epoch++
	wantStandings(t, j, closed)
	wantStandings(t, open(), closed)
}

func keepDays(t *testing.T, j chat.Journal) {
	a, b, c := accept(t, j, standing()), accept(t, j, standing()), accept(t, j, standing())
	must(t, j.Keep(t.Context(), a.Epoch+1, []helpline.ID{a.Contact, b.Contact, helpline.NewID()}))
	must(t, j.Keep(t.Context(), a.Epoch, []helpline.ID{b.Contact}))
	must(t, j.Keep(t.Context(), a.Epoch+2, nil))
	a.Epoch++
	b.Epoch++
	wantStandings(t, j, a, b, c)
}

// standing is a row of a contact that somebody accepts.
func standing() chat.Standing {
	return chat.Standing{
		Contact: helpline.NewID(), Channel: helpline.ByChat, Term: 1,
		Holder: helpline.NewID(), Since: 1<<32 + 5, Epoch: 20_000,
	}
}

func accept(t *testing.T, j chat.Journal, s chat.Standing) chat.Standing {
	t.Helper()
	got, err := j.Accept(t.Context(), s)
	must(t, err)
	return got
}

// wantStandings compares all rows, in whatever order the store gives them.
func wantStandings(t *testing.T, j chat.Journal, want ...chat.Standing) {
	t.Helper()
	got, err := j.Standings(t.Context())
	must(t, err)
	byContact := func(a, b chat.Standing) int { return cmp.Compare(a.Contact.String(), b.Contact.String()) }
	slices.SortFunc(got, byContact)
	slices.SortFunc(want, byContact)
	if !slices.Equal(got, want) {
		t.Errorf("the rows are\n%+v\nwant\n%+v", got, want)
	}
}
