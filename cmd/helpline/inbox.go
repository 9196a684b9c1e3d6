package main

import (
	"crypto/sha256"
	"time"

	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/store"
)

// How many messages, and how many complaints, may wait for an answer at once:
// more than a line can answer within its days, and a bound to what a flood fills
// the disk with. None takes the places of another. Anybody can send a complaint
// that seems to come from a conversation which nobody knows any more: of those
// there are few places, because each is kept from many.
const (
	mostThreads = 2000
	mostWrongs  = 500
	mostDoubts  = 40
)

// openInbox builds what takes messages and gives them back for a return code.
func (l *line) openInbox(key store.Key) {
	l.inbox = counsel.NewInbox(l.rings, l.notes, l.work, counsel.InboxSettings{
		AnswerDays: l.conf.Line.AnswerDays, Zone: l.conf.Zone, Most: mostThreads, MostWrongs: mostWrongs, MostDoubts: mostDoubts, Costs: codeCosts(l.costs), Pepper: pepper(key),
		Bars: bars(key), Closed: func() []rota.Date { return l.attend.Shut(l.conf.Zone) },
	}, counsel.InboxStores{
		Threads: l.db, Posts: l.db, Holders: l.db, Erased: l.db, Waiting: l.db, Gone: l.db, Grants: l.db, Shreds: l.db.Shred(), Count: l.db,
	}, time.Now)
	l.threads = counsel.NewThreads(l.inbox, l.trail)
	l.notes.Linking(l.threads)
	l.regrant.Letters(l.threads.GrantAgain)
}

// pepper is the salt of return codes. It comes from the installation key, which
// stands in the copy of the keys: codes work after a restore.
func pepper(k store.Key) [16]byte {
	sum := sha256.Sum256(append([]byte("helpline/return codes/v1"), k[:]...))
	return [16]byte(sum[:16])
}

// bars is the key that names on a complaint whom it is kept from.
func bars(k store.Key) vault.Key {
	return vault.Key(sha256.Sum256(append([]byte("helpline/barred/v1"), k[:]...)))
}

// openMeetings builds what looks after people who come back with a code.
func (l *line) openMeetings() (*counsel.Meetings, error) {
	key, err := l.db.HostKeys().Installation()
	if err != nil {
		return nil, err
	}
	return counsel.NewMeetings(bars(key), l.db, l.db, l.trail, l.engine), nil
}

// codeCosts are those of a return code, or the cheap ones of a demonstration, of
// the line that loadtest makes and of tests.
func codeCosts(c staff.Params) vault.Costs {
	if c == counsel.RealCosts() {
		return vault.ReturnCosts()
	}
	return vault.Costs(c)
}
