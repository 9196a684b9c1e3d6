package store_test

import (
	"testing"

	"helpline/chat"
	"helpline/counsel"
	"helpline/store"
	"helpline/store/storetest"
)

// fresh gives a suite its empty store, as the part of it that the suite is for.
func fresh[T any](part func(*store.DB) T) storetest.Fresh[T] {
	return func(t *testing.T) func() T {
		dir := t.TempDir()
		var db *store.DB
		shut := func() {
			if db == nil {
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
		t.Cleanup(func() { shut() })
		return func() T {
			shut()
			var err error
			if db, err = store.Open(t.Context(), dir, store.Options{}); err != nil {
				t.Fatal(err)
			}
			return part(db)
		}
	}
}

func TestJournalKeepsTheContract(t *testing.T) {
	storetest.Journal(t, fresh(func(db *store.DB) chat.Journal { return db }))
}

func TestCountersKeepTheContract(t *testing.T) {
	storetest.Counters(t, fresh(func(db *store.DB) storetest.Counted { return db }))
}

func TestAccountsKeepTheContract(t *testing.T) {
	storetest.Accounts(t, fresh(func(db *store.DB) storetest.Staff { return db }))
}

func TestLoginsKeepTheContract(t *testing.T) {
	storetest.Logins(t, fresh(func(db *store.DB) storetest.LoginStore { return db.Logins() }))
}

func TestDirectoryKeepsTheContract(t *testing.T) {
	storetest.Directory(t, fresh(func(db *store.DB) storetest.Shelf { return db }))
}

func TestPassesKeepTheContract(t *testing.T) {
	storetest.Passes(t, fresh(func(db *store.DB) storetest.PassStore { return db.Logins() }))
}

func TestInvitationsKeepTheContract(t *testing.T) {
	storetest.Invitations(t, fresh(func(db *store.DB) storetest.Invited { return db }))
}

func TestThreadsKeepTheContract(t *testing.T) {
	storetest.Threads(t, fresh(func(db *store.DB) storetest.Letterbox {
		return storetest.Letterbox{Threads: db, Posts: db, Holders: db, Erased: db, Waiting: db, Gone: db, Purge: db, Shreds: db.Shred()}
	}))
}

func TestArrivalsKeepTheContract(t *testing.T) {
	storetest.Arrivals(t, fresh(func(db *store.DB) counsel.ArrivalRows { return db }))
}

func TestFeedsKeepTheContract(t *testing.T) {
	storetest.Feeds(t, fresh(func(db *store.DB) storetest.FeedStore { return db }))
}

func TestRotasKeepTheContract(t *testing.T) {
	storetest.Rotas(t, fresh(func(db *store.DB) counsel.RotaRows { return db }))
}
