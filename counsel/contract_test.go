package counsel_test

import (
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/store/storetest"
)

// safe gives a suite the store of this package's tests.
func safe(*testing.T) func() storetest.Safe {
	s := counsel.NewSafe()
	return func() storetest.Safe {
		return storetest.Safe{
			Notes: s, Drafts: s, Purge: s, Shreds: s, Keys: s, Log: s, Team: s, Regrants: s, Holds: s,
			Person: func(*testing.T) helpline.ID { return s.Join() },
			Hold:   func(_ *testing.T, contact, holder helpline.ID) { s.Hold(contact, holder) },
			Over:   func(*testing.T) { s.Over() },
			Counts: func(*testing.T) int { return len(s.Counted()) },
		}
	}
}

// The fake keeps the contracts of the store, or what it shows would prove
// nothing about the program.
func TestTheSafeOfTheseTestsKeepsTheContracts(t *testing.T) {
	t.Run("notes", func(t *testing.T) { storetest.Notes(t, safe) })
	t.Run("drafts", func(t *testing.T) { storetest.Drafts(t, safe) })
	t.Run("shred keys", func(t *testing.T) { storetest.Shreds(t, safe) })
	t.Run("purge", func(t *testing.T) { storetest.Purge(t, safe) })
	t.Run("keyrings and seats", func(t *testing.T) { storetest.Keyrings(t, safe) })
	t.Run("second factors", func(t *testing.T) {
		storetest.Factors(t, func(*testing.T) func() storetest.FactorStore {
			d := counsel.NewDrawer()
			return func() storetest.FactorStore {
				return storetest.FactorStore{FactorRows: d, Person: func(*testing.T) helpline.ID { return helpline.NewID() }}
			}
		})
	})
	t.Run("key log", func(t *testing.T) { storetest.KeyLog(t, safe) })
	t.Run("changes of people", func(t *testing.T) { storetest.Team(t, safe) })
	t.Run("grants again", func(t *testing.T) { storetest.Regrants(t, safe) })
	t.Run("holds", func(t *testing.T) { storetest.Holds(t, safe) })
}

func TestTheStrongboxOfTheseTestsKeepsTheContract(t *testing.T) {
	storetest.Recovery(t, func(*testing.T) func() storetest.Strongbox {
		s := counsel.NewSafe()
		return func() storetest.Strongbox {
			return storetest.Strongbox{
				Renew: s, Codes: s, Escrow: s, Custody: s, Rescues: s, Ends: s, Keys: s, Log: s,
				Person: func(t *testing.T) helpline.ID {
					t.Helper()
					p := helpline.NewID()
					if err := s.Enrol(t.Context(), counsel.KeyringRow{Person: p, Intro: []byte{1}, Wrapped: []byte("wrapped")}); err != nil {
						t.Fatal(err)
					}
					return p
				},
			}
		}
	})
}
