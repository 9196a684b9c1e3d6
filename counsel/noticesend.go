package counsel

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/staff"
)

// The pace of the outbox.
const (
	noticeBatch    = 20               // sent before the lane rests
	noticeRest     = 20 * time.Second // of the ordinary lane, after a full batch: at most 60 a minute
	noticeAtOnce   = 4                // of one lane
	noticePatience = 25 * time.Second // for one try
	noticeLook     = 30 * time.Second // between two looks at the outbox when nothing rouses it
)

// Run sends what stands in the outbox until ctx is done. Calls and tests have a
// lane of their own: a relay that hangs on a hundred others keeps none of them.
func (n *Notices) Run(ctx context.Context) error {
	var lanes sync.WaitGroup
	for lane := range n.wake {
		lanes.Go(func() { n.lane(ctx, lane == 1) })
	}
	lanes.Wait()
	return ctx.Err()
}

func (n *Notices) lane(ctx context.Context, urgent bool) {
	wake := n.wake[0]
	if urgent {
		wake = n.wake[1]
	}
	for ctx.Err() == nil {
		wait := n.round(ctx, urgent)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// round goes on with calls, sends what is due, and says how long to wait.
func (n *Notices) round(ctx context.Context, urgent bool) time.Duration {
	soonest := n.now().Add(noticeLook)
	if urgent {
		next, err := n.goOn(ctx)
		if err != nil {
			n.set.Log.Error("whoever is on call could not be called; it is tried again", "err", err)
		}
		if !next.IsZero() && next.Before(soonest) {
			soonest = next
		}
	}
	due, next, err := n.set.Outbox.DueNotices(ctx, n.now(), urgent, noticeBatch)
	if err != nil {
		if ctx.Err() == nil {
			n.set.Log.Error("the outbox could not be read; it is tried again", "err", err)
		}
		return noticeLook
	}
	here, err := n.here(ctx)
	if err != nil {
		if ctx.Err() == nil {
			n.set.Log.Error("who works here could not be read; nobody is told until it can", "err", err)
		}
		return noticeLook
	}
	var sending sync.WaitGroup
	places := make(chan struct{}, noticeAtOnce)
	for _, row := range due {
		sending.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			n.try(ctx, row, here)
		})
	}
	sending.Wait()
	switch {
	case len(due) == noticeBatch && !urgent:
		rest := time.NewTimer(noticeRest) // whatever rouses the lane, it rests
		defer rest.Stop()
		select {
		case <-ctx.Done():
		case <-rest.C:
		}
		return 0
	case len(due) > 0:
		return time.Second // what was tried has another time now
	case !next.IsZero() && next.Before(soonest):
		soonest = next
	}
	return max(time.Second, soonest.Sub(n.now()))
}

// here gives the languages of those who work here. Of whoever was removed nothing
// stays in memory: their row is gone already.
func (n *Notices) here(ctx context.Context) (map[helpline.ID]helpline.Locale, error) {
	people, err := n.set.People.People(ctx)
	if err != nil {
		return nil, err
	}
	out := map[helpline.ID]helpline.Locale{}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range people {
		switch p.State {
		case staff.Active:
			out[p.ID] = p.Language
		case staff.Removed:
			delete(n.reach, p.ID)
			delete(n.tests, p.ID)
		}
	}
	return out, nil
}

// try sends one notice, or gives it up, and writes what became of it.
func (n *Notices) try(ctx context.Context, row NoticeRow, here map[helpline.ID]helpline.Locale) {
	n.mu.Lock()
	sent, unmarked := n.done[row.ID]
	n.mu.Unlock()
	now := n.now()
	l, works := here[row.Person]
	switch way, out, wanted := n.outgoing(row, l); {
	case unmarked:
		row = sent
	case !now.Before(row.Until) && row.Tries > 0:
		row.State, row.Ended = NoticeFailed, now
	case !now.Before(row.Until), !works, !wanted:
		row.State, row.Ended = NoticePast, now
	default:
		err := n.send(ctx, way, out)
		if ctx.Err() != nil && err != nil {
			return // the program stops: it stands in the outbox, and is sent at the next start
		}
		row = after(row, err, n.now())
		if err != nil {
			n.set.Log.Warn("a notice could not be sent", "sort", string(way), "kind", helpline.KindOf(err), "count", int64(row.Tries))
		}
	}
	err := n.set.Outbox.MarkNotice(context.WithoutCancel(ctx), row)
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.done, row.ID)
	if err != nil {
		n.set.Log.Error("what became of a notice could not be written", "err", err)
		if row.State == NoticeSent {
			n.done[row.ID] = row // or it would go out again and again while the disk is full
		}
	}
}

func (n *Notices) send(ctx context.Context, way NoticeWay, out Outgoing) error {
	to := n.set.Senders[way]
	if to == nil {
		return helpline.Errorf(helpline.Unavailable, "send a notice: this way is not configured any more")
	}
	ctx, cancel := context.WithTimeout(ctx, noticePatience)
	defer cancel()
	return to.Send(ctx, out)
}

// after is a notice after a try.
func after(row NoticeRow, err error, now time.Time) NoticeRow {
	row.Tries++
	if err == nil {
		row.State, row.Ended = NoticeSent, now
		return row
	}
	if row.Failed.IsZero() {
		row.Failed = now
	}
	row.Due = now.Add(patience(row))
	if helpline.KindOf(err) == helpline.Invalid || !row.Due.Before(row.Until) {
		row.State, row.Ended = NoticeFailed, now
	}
	return row
}

// patience is how long to wait before the next try.
func patience(row NoticeRow) time.Duration {
	waits := []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute}
	if urgent(row.Kind) {
		waits = []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second, time.Minute}
	}
	return waits[min(row.Tries, len(waits))-1]
}

// outgoing is what leaves, and by which way; wanted is false when the person has
// changed their mind since.
func (n *Notices) outgoing(row NoticeRow, l helpline.Locale) (way NoticeWay, out Outgoing, wanted bool) {
	r, known := n.of(row.Person)
	if !known {
		return "", Outgoing{}, false
	}
	out = Outgoing{ID: row.ID, To: r.To, Language: l, Link: n.set.Origin}
	way = r.Way
	out.Subject, out.Text = sentence(row.Kind, l)
	switch row.Kind {
	case noticeTest:
		if r.Next == nil || r.Next.Notice != row.ID {
			return "", Outgoing{}, false
		}
		way, out.To, out.Code, out.Link = r.Next.Way, r.Next.To, r.Next.Code, ""
		out.Text = fmt.Sprintf(out.Text, out.Code)
	case NoticeOnCall:
		if out.Link != "" {
			out.Link += "/notices/confirm/" + n.token(row.ID)
		}
		fallthrough
	default:
		if r.Tested == 0 || !slices.Contains(r.Kinds, wishFor(row.Kind, row.Call)) {
			return "", Outgoing{}, false
		}
	}
	if way == ByWebhook && n.set.Tokens {
		out.To = NewAddress(n.Token(row.Person))
	}
	return way, out, true
}

// Token is the word by which the webhook's receiver knows a person, where it is
// told no address. It says nothing, and is the same every time.
func (n *Notices) Token(person helpline.ID) string {
	return base64.RawURLEncoding.EncodeToString(n.set.Seal.Proof("receiver", person[:])[:16])
}

// token is what stands in the link of a call: the notice and its proof.
func (n *Notices) token(notice helpline.ID) string {
	return base64.RawURLEncoding.EncodeToString(append(notice[:], n.set.Seal.Proof("confirm", notice[:])[:16]...))
}
