package store_test

import (
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/store"
	"helpline/store/storetest"
)

func safe(db *store.DB) storetest.Safe {
	return storetest.Safe{
		Notes: db, Drafts: db, Purge: db, Shreds: db.Shred(), Keys: db, Log: db, Team: db, Regrants: db, Holds: db,
		Person: func(t *testing.T) helpline.ID {
			t.Helper()
			p := staff.Person{ID: helpline.NewID()}
			p.Name = p.ID.String()
			if err := db.Add(t.Context(), p, staff.Invitation{Hash: [32]byte(append(p.ID[:], p.ID[:]...)), Person: p.ID}); err != nil {
				t.Fatal(err)
			}
			return p.ID
		},
		Hold: func(t *testing.T, contact, holder helpline.ID) {
			t.Helper()
			if _, err := db.Accept(t.Context(), chat.Standing{Contact: contact, Channel: helpline.ByChat, Term: 1, Holder: holder, Epoch: 1}); err != nil {
				t.Fatal(err)
			}
		},
		Over: func(t *testing.T) {
			t.Helper()
			if err := db.PurgeStandings(t.Context(), 2); err != nil {
				t.Fatal(err)
			}
		},
		Counts: func(t *testing.T) int {
			t.Helper()
			n, err := store.CodedRaises(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			return n
		},
	}
}

func TestNotesKeepTheContract(t *testing.T) { storetest.Notes(t, fresh(safe)) }

func TestDraftsKeepTheContract(t *testing.T) { storetest.Drafts(t, fresh(safe)) }

func TestShredKeysKeepTheContract(t *testing.T) { storetest.Shreds(t, fresh(safe)) }

func TestThePurgeKeepsTheContract(t *testing.T) { storetest.Purge(t, fresh(safe)) }

func TestKeyringsKeepTheContract(t *testing.T) { storetest.Keyrings(t, fresh(safe)) }

func TestTheKeyLogKeepsTheContract(t *testing.T) { storetest.KeyLog(t, fresh(safe)) }

func TestChangesOfPeopleKeepTheContract(t *testing.T) { storetest.Team(t, fresh(safe)) }

func TestGrantsAgainKeepTheContract(t *testing.T) { storetest.Regrants(t, fresh(safe)) }

func TestHoldsKeepTheContract(t *testing.T) { storetest.Holds(t, fresh(safe)) }

func TestFactorsKeepTheContract(t *testing.T) {
	storetest.Factors(t, fresh(func(db *store.DB) storetest.FactorStore {
		return storetest.FactorStore{FactorRows: db, Person: safe(db).Person}
	}))
}

func TestRecoveryKeepsTheContract(t *testing.T) {
	storetest.Recovery(t, fresh(func(db *store.DB) storetest.Strongbox {
		return storetest.Strongbox{
			Renew: db, Codes: db, Escrow: db, Custody: db, Rescues: db, Ends: db, Keys: db, Log: db,
			Person: func(t *testing.T) helpline.ID {
				t.Helper()
				p := helpline.NewID()
				i := staff.Invitation{Hash: [32]byte(append(p[:], p[:]...)), Person: p, Expires: time.Now().Add(time.Hour)}
				if err := db.Add(t.Context(), staff.Person{ID: p, Name: p.String()}, i); err != nil {
					t.Fatal(err)
				}
				secret := staff.Secret{Salt: []byte{1}, Params: staff.Params{Time: 1, MemoryKiB: 8, Threads: 1}, Verifier: []byte{1}}
				if _, err := db.Activate(t.Context(), i.Hash, time.Now(), secret); err != nil {
					t.Fatal(err)
				}
				if err := db.Enrol(t.Context(), counsel.KeyringRow{Person: p, Intro: []byte{1}, Wrapped: []byte("wrapped")}); err != nil {
					t.Fatal(err)
				}
				return p
			},
		}
	}))
}
