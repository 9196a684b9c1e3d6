package storetest

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

// Letterbox is a store of threads, in the parts that package counsel asks for.
type Letterbox struct {
	Threads counsel.ThreadRows
	Posts   counsel.PostRows
	Holders counsel.HolderRows
	Erased  counsel.ErasedRows
	Waiting counsel.WaitingRows
	Gone    counsel.GoneRows
	Purge   counsel.PurgeRows
	Shreds  counsel.ShredKeys
}

// thread is one that was begun with a letter.
func (s Letterbox) thread(t *testing.T) (counsel.ThreadRow, counsel.LetterRow) {
	t.Helper()
	row := counsel.ThreadRow{
		ID: helpline.NewID(), Name: helpline.NewID(), Key: vault.SealKey{1}, Kind: helpline.LetterThread, Locale: "en", Audience: helpline.Self,
		Waiting: true, Due: today + 3, Ends: today + 90, Used: today, Barred: []counsel.Bar{{1}, {2}}, Doubt: true,
	}
	l := s.letter(t, row.ID, 1, vault.ByVisitor)
	must(t, s.Posts.BeginThread(t.Context(), row, l))
	return row, l
}

func (s Letterbox) letter(t *testing.T, thread helpline.ID, number uint64, side vault.Side) counsel.LetterRow {
	t.Helper()
	shred, _, err := s.Shreds.Take(t.Context())
	must(t, err)
	l := counsel.LetterRow{
		ID: helpline.NewID(), Thread: thread, Number: number, Side: side, Day: today, Shred: shred,
		Sealed: []byte("sealed"), ToThread: []byte("to thread"), ToGroup: []byte("to group"), Generation: 1,
	}
	if side == vault.OnCard {
		l.ToGroup, l.Generation = nil, 0
	}
	return l
}

// Threads is the contract of whatever keeps threads.
func Threads(t *testing.T, fresh Fresh[Letterbox]) {
	t.Run("a thread is kept once, with its letter, and found by both its names", func(t *testing.T) {
		open := fresh(t)
		s := open()
		row, l := s.thread(t)
		again := row
		again.ID = helpline.NewID()
		wantWhy(t, s.Posts.BeginThread(t.Context(), again, s.letter(t, again.ID, 1, vault.ByVisitor)), counsel.ErrKept) // of the same code
		again.Name = helpline.NewID()
		l.Thread = again.ID
		wantWhy(t, s.Posts.BeginThread(t.Context(), again, l), counsel.ErrKept) // the same form
		if _, err := s.Threads.Thread(t.Context(), again.ID); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("half of a thread stands: %v", err)
		}
		s = open()
		byID, err := s.Threads.Thread(t.Context(), row.ID)
		must(t, err)
		byName, err := s.Threads.ThreadNamed(t.Context(), row.Name)
		must(t, err)
		if !reflect.DeepEqual(byID, row) || !reflect.DeepEqual(byName, row) {
			t.Errorf("it came back as %+v", byID)
		}
		_, err = s.Threads.ThreadNamed(t.Context(), row.ID)
		wantKind(t, err, helpline.NotFound)
	})
	t.Run("letters stand in order, and none takes another's place", func(t *testing.T) {
		s := fresh(t)()
		row, first := s.thread(t)
		wantWhy(t, s.Posts.AddLetter(t.Context(), s.letter(t, row.ID, 1, vault.ByVisitor), counsel.ThreadTurn{Waiting: true}), counsel.ErrBehind)
		wantWhy(t, s.Posts.AddLetter(t.Context(), first, counsel.ThreadTurn{Waiting: true}), counsel.ErrKept)
		wantKind(t, s.Posts.AddLetter(t.Context(), s.letter(t, helpline.NewID(), 1, vault.ByVisitor), counsel.ThreadTurn{}), helpline.NotFound)
		answer := s.letter(t, row.ID, 2, vault.ByLine)
		answer.Author = helpline.NewID()
		wantKind(t, s.Posts.AddLetter(t.Context(), answer, counsel.ThreadTurn{Holder: answer.Author}), helpline.Conflict) // nobody has claimed it
		must(t, s.Holders.Take(t.Context(), row.ID, helpline.ID{}, answer.Author))
		must(t, s.Posts.AddLetter(t.Context(), answer, counsel.ThreadTurn{Ends: today + 30, Holder: answer.Author}))
		all, err := s.Threads.Letters(t.Context(), row.ID)
		must(t, err)
		if len(all) != 2 || all[0].ID != first.ID || all[1].ID != answer.ID || all[1].Author != answer.Author || all[1].Seen {
			t.Errorf("%d letters stand", len(all))
		}
		got, err := s.Threads.Thread(t.Context(), row.ID)
		must(t, err)
		if got.Waiting || got.Ends != today+30 || got.Used != today {
			t.Errorf("after the answer the thread is %+v", got)
		}
	})
	t.Run("of two who claim one wins", func(t *testing.T) {
		s := fresh(t)()
		row, _ := s.thread(t)
		robin, lou := helpline.NewID(), helpline.NewID()
		must(t, s.Holders.Take(t.Context(), row.ID, helpline.ID{}, robin))
		wantKind(t, s.Holders.Take(t.Context(), row.ID, helpline.ID{}, lou), helpline.Conflict)
		wantKind(t, s.Holders.Finish(t.Context(), row.ID, lou, today+30), helpline.Conflict)
		wantKind(t, s.Holders.Take(t.Context(), helpline.NewID(), helpline.ID{}, lou), helpline.NotFound)
		must(t, s.Holders.Take(t.Context(), row.ID, robin, lou))
		must(t, s.Holders.Finish(t.Context(), row.ID, lou, today+30))
		got, err := s.Threads.Thread(t.Context(), row.ID)
		must(t, err)
		if !got.Holder.IsZero() || got.Waiting || got.Ends != today+30 {
			t.Errorf("finished, the thread is %+v", got)
		}
	})
	t.Run("an answer is taken back until it was seen", func(t *testing.T) {
		s := fresh(t)()
		row, _ := s.thread(t)
		robin := helpline.NewID()
		must(t, s.Holders.Take(t.Context(), row.ID, helpline.ID{}, robin))
		for number, seen := range []bool{false, true} {
			l := s.letter(t, row.ID, uint64(number+2), vault.ByLine)
			l.Author = robin
			must(t, s.Posts.AddLetter(t.Context(), l, counsel.ThreadTurn{Ends: today + 30}))
			if seen {
				must(t, s.Posts.Visited(t.Context(), row.ID, today+1, []helpline.ID{l.ID}))
			}
			_, err := s.Posts.TakeBack(t.Context(), row.ID, l.ID, helpline.NewID(), counsel.ThreadTurn{})
			wantKind(t, err, helpline.NotFound) // another's
			shred, err := s.Posts.TakeBack(t.Context(), row.ID, l.ID, robin, counsel.ThreadTurn{Ends: today + 90})
			if seen {
				wantKind(t, err, helpline.Conflict)
			} else if must(t, err); shred != l.Shred {
				t.Errorf("the key is %d, want %d", shred, l.Shred)
			}
		}
		got, err := s.Threads.Thread(t.Context(), row.ID)
		must(t, err)
		if got.Used != today+1 {
			t.Errorf("it was used on day %d", got.Used)
		}
	})
	t.Run("what an answer ended is as it was when the answer is taken back, and over once it was seen", func(t *testing.T) {
		s := fresh(t)()
		row, _ := s.thread(t)
		robin := helpline.NewID()
		second := s.letter(t, row.ID, 2, vault.ByVisitor)
		must(t, s.Posts.AddLetter(t.Context(), second, counsel.ThreadTurn{Waiting: true, Urgent: true, Due: today + 3, Ends: today + 90}))
		must(t, s.Holders.Take(t.Context(), row.ID, helpline.ID{}, robin))
		words, card := s.letter(t, row.ID, 3, vault.ByLine), s.letter(t, row.ID, 4, vault.ByLine)
		words.Author, card.Author = robin, robin
		for _, l := range []counsel.LetterRow{words, card} {
			must(t, s.Posts.AddLetter(t.Context(), l, counsel.ThreadTurn{Ends: today + 30}))
		}
		_, err := s.Posts.TakeBack(t.Context(), row.ID, card.ID, robin, counsel.ThreadTurn{Due: today + 9, Ends: today + 90})
		must(t, err)
		got, err := s.Threads.Thread(t.Context(), row.ID)
		must(t, err)
		if got.Waiting || got.Ends != today+30 {
			t.Errorf("the words still answer, and the thread is %+v", got)
		}
		_, err = s.Posts.TakeBack(t.Context(), row.ID, words.ID, robin, counsel.ThreadTurn{Due: today + 9, Ends: today + 90})
		must(t, err)
		got, err = s.Threads.Thread(t.Context(), row.ID)
		must(t, err)
		if !got.Waiting || !got.Urgent || got.Due != today+3 || got.Ends != today+90 {
			t.Errorf("without its answer the thread is %+v", got)
		}
		words = s.letter(t, row.ID, 3, vault.ByLine)
		words.Author = robin
		must(t, s.Posts.AddLetter(t.Context(), words, counsel.ThreadTurn{Ends: today + 30}))
		must(t, s.Posts.Visited(t.Context(), row.ID, today, []helpline.ID{words.ID}))
		got, err = s.Threads.Thread(t.Context(), row.ID)
		must(t, err)
		if got.Waiting || got.Urgent || got.Due != 0 {
			t.Errorf("once the answer was seen the thread is %+v", got)
		}
	})
	t.Run("letters and complaints that wait are counted apart, and what is urgent is named", func(t *testing.T) {
		s := fresh(t)()
		s.thread(t)
		other, _ := s.thread(t)
		wrong := counsel.ThreadRow{
			ID: helpline.NewID(), Name: helpline.NewID(), Key: vault.SealKey{1}, Kind: helpline.WrongThread, Locale: "en", Audience: helpline.Self,
			Waiting: true, Urgent: true, Due: today + 3, Ends: today + 90, Used: today,
		}
		must(t, s.Posts.BeginThread(t.Context(), wrong, s.letter(t, wrong.ID, 1, vault.ByVisitor)))
		must(t, s.Posts.AddLetter(t.Context(), s.letter(t, other.ID, 2, vault.ByVisitor), counsel.ThreadTurn{Waiting: true, Urgent: true, Due: today, Ends: today + 90}))
		robin := helpline.NewID()
		must(t, s.Holders.Take(t.Context(), other.ID, helpline.ID{}, robin))
		doubt := wrong
		doubt.ID, doubt.Name, doubt.Doubt = helpline.NewID(), helpline.NewID(), true
		must(t, s.Posts.BeginThread(t.Context(), doubt, s.letter(t, doubt.ID, 1, vault.ByVisitor)))
		if n, err := s.Threads.ThreadsWaiting(t.Context()); err != nil || n != (counsel.Waiting{Letters: 2, Wrongs: 1, Doubts: 1}) {
			t.Errorf("%+v wait, %v", n, err)
		}
		all, urgent, err := s.Waiting.LettersWaiting(t.Context(), today)
		if err != nil || all != 2 || len(urgent) != 1 || urgent[0] != (counsel.UrgentThread{Thread: other.ID, Holder: robin}) {
			t.Errorf("%d wait, %v, %v", all, urgent, err)
		}
		if all, urgent, err = s.Waiting.LettersWaiting(t.Context(), today+90); err != nil || all != 0 || len(urgent) != 0 {
			t.Errorf("past their end %d wait, %v, %v", all, urgent, err)
		}
	})
	t.Run("a newer card takes the place of an older one", func(t *testing.T) {
		s := fresh(t)()
		row, _ := s.thread(t)
		one, two := s.letter(t, row.ID, 0, vault.OnCard), s.letter(t, row.ID, 0, vault.OnCard)
		if replaced, err := s.Posts.PutCard(t.Context(), one, today); err != nil || len(replaced) != 0 {
			t.Errorf("the first card replaced %v, %v", replaced, err)
		}
		_, err := s.Posts.PutCard(t.Context(), one, today)
		wantWhy(t, err, counsel.ErrKept)
		if replaced, err := s.Posts.PutCard(t.Context(), two, today); err != nil || len(replaced) != 1 || replaced[0] != one.Shred {
			t.Errorf("the second card replaced %v, %v", replaced, err)
		}
		all, err := s.Threads.Letters(t.Context(), row.ID)
		must(t, err)
		if len(all) != 2 || all[0].ID != two.ID {
			t.Errorf("%d rows stand", len(all))
		}
	})
	t.Run("what has had its time goes, with its keys", func(t *testing.T) {
		s := fresh(t)()
		row, l := s.thread(t)
		card := s.letter(t, row.ID, 0, vault.OnCard)
		_, err := s.Posts.PutCard(t.Context(), card, today)
		must(t, err)
		e, err := s.Purge.Expired(t.Context(), today+89, 90)
		must(t, err)
		if len(e.Letters)+len(e.Threads) != 0 {
			t.Errorf("a day early there go %d letters and %d threads", len(e.Letters), len(e.Threads))
		}
		e, err = s.Purge.Expired(t.Context(), today+90, 90)
		must(t, err)
		if len(e.Letters) != 1 || e.Letters[0] != l.ID || len(e.Shreds) != 1 || e.Shreds[0] != l.Shred || len(e.Threads) != 0 {
			t.Fatalf("there go %d letters, %d keys, %d threads", len(e.Letters), len(e.Shreds), len(e.Threads))
		}
		must(t, s.Purge.Drop(t.Context(), e))
		got, err := s.Threads.Thread(t.Context(), row.ID)
		must(t, err)
		if got.Ends != 0 || got.Waiting || got.Due != 0 {
			t.Errorf("without letters the thread is %+v", got)
		}
		e, err = s.Purge.Expired(t.Context(), retention.CodeEnds(today), 90)
		must(t, err)
		if len(e.Threads) != 1 || e.Threads[0] != row.ID || len(e.Shreds) != 1 || e.Shreds[0] != card.Shred {
			t.Fatalf("there go %d threads and %d keys", len(e.Threads), len(e.Shreds))
		}
		must(t, s.Purge.Drop(t.Context(), e))
		_, err = s.Threads.Thread(t.Context(), row.ID)
		wantKind(t, err, helpline.NotFound)
	})
	t.Run("what was erased goes at the next purge, also after a crash in between", func(t *testing.T) {
		open := fresh(t)
		s := open()
		row, l := s.thread(t)
		other, _ := s.thread(t)
		must(t, s.Erased.KeepLink(t.Context(), row.ID, []byte("link")))
		wantKind(t, s.Erased.KeepLink(t.Context(), helpline.NewID(), []byte("link")), helpline.NotFound)
		if links, err := s.Erased.Links(t.Context(), row.ID); err != nil || len(links) != 1 || string(links[0]) != "link" {
			t.Errorf("%d links, %v", len(links), err)
		}
		must(t, s.Erased.RememberErased(t.Context(), []helpline.ID{row.ID}, noon))
		for id, want := range map[helpline.ID]bool{row.ID: true, other.ID: false} {
			if got, err := s.Gone.WasErased(t.Context(), id); err != nil || got != want {
				t.Errorf("erased: %v, %v", got, err)
			}
		}
		s = open()
		e, err := s.Purge.Expired(t.Context(), today, 90)
		must(t, err)
		if len(e.Threads) != 1 || e.Threads[0] != row.ID || len(e.Shreds) != 1 || e.Shreds[0] != l.Shred {
			t.Fatalf("there go %d threads and %d keys", len(e.Threads), len(e.Shreds))
		}
		for _, want := range [][]int64{{l.Shred}, nil} {
			if shreds, err := s.Erased.DropErased(t.Context(), row.ID, nil, nil, today); err != nil || !slices.Equal(shreds, want) {
				t.Errorf("keys %v of what was dropped, %v, want %v", shreds, err, want)
			}
		}
		if links, err := s.Erased.Links(t.Context(), row.ID); err != nil || len(links) != 0 {
			t.Errorf("%d links are left, %v", len(links), err)
		}
		if e, err = s.Purge.Expired(t.Context(), today, 90); err != nil || len(e.Threads) != 0 {
			t.Errorf("%d threads would go again, %v", len(e.Threads), err)
		}
		if _, err := s.Threads.Thread(t.Context(), other.ID); err != nil {
			t.Errorf("another thread went too: %v", err)
		}
	})
}

// wantWhy fails unless the error is a Conflict for this reason.
func wantWhy(t *testing.T, err, why error) {
	t.Helper()
	if wantKind(t, err, helpline.Conflict); !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
}
