package counsel

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"slices"

	"helpline"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

// room says whether a letter could be read and kept now. Letters, complaints and
// complaints in doubt have places of their own: a flood of the ones does not keep
// the others out.
func (i *Inbox) room(ctx context.Context, t ThreadRow, letter bool) error {
	const doing = "leave a letter"
	log, err := i.log(ctx)
	if err != nil || !letter {
		return err
	}
	if !log.Sealable(t.Circle()) || t.Kind == helpline.WrongThread && !i.others(log.Members(vault.Safeguarding), t) {
		return helpline.Errorf(helpline.Unavailable, "%s: %w", doing, helpline.ErrNobody)
	}
	n, err := i.Threads.ThreadsWaiting(ctx)
	if err != nil {
		return err
	}
	waiting, most := n.Letters, i.set.Most
	switch {
	case t.Kind == helpline.WrongThread && t.Doubt:
		waiting, most = n.Doubts, i.set.MostDoubts
	case t.Kind == helpline.WrongThread:
		waiting, most = n.Wrongs, i.set.MostWrongs
	}
	if waiting >= most {
		return helpline.Errorf(helpline.Unavailable, "%s: %w", doing, helpline.ErrFull)
	}
	return nil
}

// perhaps keeps a complaint from those who could be meant too, as long as somebody
// else can read it: a doubt alone must not leave it without a reader.
func (i *Inbox) perhaps(ctx context.Context, t ThreadRow, people []helpline.ID) (ThreadRow, error) {
	if len(people) == 0 {
		return t, nil
	}
	log, err := i.log(ctx)
	if err != nil {
		return t, err
	}
	wide := t
	wide.Barred = slices.Clone(t.Barred)
	for _, p := range people {
		wide.Barred = append(wide.Barred, i.bar(t.ID, p))
	}
	if i.others(log.Members(vault.Safeguarding), wide) {
		return wide, nil
	}
	return t, nil
}

// answered lists who has answered in the thread that a complaint was written
// behind; nobody when that has gone.
func (i *Inbox) answered(ctx context.Context, l helpline.Left) (people []helpline.ID, err error) {
	if l.Kind != helpline.WrongThread || l.Behind == (helpline.ThreadKey{}) {
		return nil, nil
	}
	t, _, err := i.find(ctx, l.Behind)
	if helpline.KindOf(err) == helpline.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := i.Threads.Letters(ctx, t.ID)
	for _, r := range rows {
		if r.Side == vault.ByLine && !slices.Contains(people, r.Author) {
			people = append(people, r.Author)
		}
	}
	return people, err
}

// others says whether there is a member who may be shown it.
func (i *Inbox) others(members []helpline.ID, t ThreadRow) bool {
	return slices.ContainsFunc(members, func(m helpline.ID) bool { return !i.barred(t, m) })
}

// bar names a person on a thread who is never shown it.
func (i *Inbox) bar(thread, person helpline.ID) Bar {
	mac := hmac.New(sha256.New, i.set.Bars[:])
	mac.Write([]byte("barred/v1"))
	mac.Write(thread[:]) // both are of one length each
	mac.Write(person[:])
	return Bar(mac.Sum(nil)[:16])
}

// barred says whether a person is never shown a thread.
func (i *Inbox) barred(t ThreadRow, person helpline.ID) bool {
	if len(t.Barred) == 0 {
		return false
	}
	mark := i.bar(t.ID, person)
	return slices.ContainsFunc(t.Barred, func(b Bar) bool {
		return hmac.Equal(b[:], mark[:]) || helpline.ID(b) == person // as an earlier version has written it
	})
}

// log gives the key log, held against the head that a keyring has vouched for
// last. See Keys.Vouched.
func (i *Inbox) log(ctx context.Context) (*vault.Log, error) {
	log, err := i.keys.vouched(ctx)
	if err == nil && log == nil {
		err = helpline.Errorf(helpline.Unavailable, "look at the key log: %w", ErrNoSupervisor)
	}
	return log, err
}

// dropEnded removes the letters of a thread whose time has come, before a new
// letter gives the thread a new end: what has gone does not come back because
// its purge is late.
func (i *Inbox) dropEnded(ctx context.Context, t ThreadRow) error {
	if t.Ends == 0 || t.Ends > retention.Day(i.now()) {
		return nil
	}
	rows, err := i.Threads.Letters(ctx, t.ID)
	if err != nil {
		return err
	}
	var gone Expired
	for _, r := range rows {
		if r.Side != vault.OnCard {
			gone.Letters, gone.Shreds = append(gone.Letters, r.ID), append(gone.Shreds, r.Shred)
		}
	}
	if err := i.Shreds.Forget(ctx, gone.Shreds); err != nil {
		return err
	}
	return i.Gone.Drop(ctx, gone)
}
