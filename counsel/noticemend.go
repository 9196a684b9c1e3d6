package counsel

import (
	"context"
	"strconv"
	"time"

	"helpline"
)

// callRest is how long nobody is called about a place anew after somebody was
// called about it.
const callRest = 15 * time.Minute

// alarmCause is what a notice or a call of an alarm is about: 0 of the first
// time, and one more each time that it was mended and lacks once more.
func alarmCause(key string, turn int) string {
	if turn > 0 {
		key += "/" + strconv.Itoa(turn)
	}
	return "cover/" + key
}

// mended says whether a call ended because what it was about lacked no more.
func (c CallRow) mended() bool { return c.State == CallConfirmed && c.Person.IsZero() }

// callsOf picks the calls of an alarm out of all there ever were, turn by turn.
func (n *Notices) callsOf(all []CallRow, key string) []CallRow {
	var out []CallRow
	for {
		this := n.cause("call", alarmCause(key, len(out)))
		c, known := lookup(all, func(c CallRow) bool { return c.Cause == this })
		if !known {
			return out
		}
		out = append(out, c)
	}
}

// due says whether the alarm that somebody did not come calls anybody now, and
// which turn that is. What is kept of its calls says so, so that neither a
// restart nor a day that was closed for a moment makes a place silent: it calls
// when none has, when the last was mended and the cover lacks once more, and when
// the shift was moved past the last.
func (n *Notices) due(ctx context.Context, c CoverAlarm, now time.Time) (turn int, due bool, err error) {
	all, err := n.set.Calls.Calls(ctx, time.Unix(1, 0))
	if err != nil {
		return 0, false, err
	}
	had := n.callsOf(all, c.Key)
	turn = len(had)
	if turn == 0 {
		return turn, true, nil
	}
	switch last := had[turn-1]; {
	case last.State == CallOpen:
		return turn, false, nil
	case last.Ended.Before(c.At):
		return turn, true, nil
	case !last.mended() || c.Covered:
		return turn, false, nil
	}
	rows, err := n.set.Outbox.NoticesMade(ctx, now.Add(-callRest-missedFor))
	for _, r := range rows {
		_, ours := lookup(had, func(c CallRow) bool { return c.ID == r.Call })
		if ours && r.Kind == NoticeOnCall && r.State == NoticeSent && r.Ended.Add(callRest).After(now) {
			return turn, false, err
		}
	}
	return turn, err == nil, err
}

// Mended ends the call of each of these alarms, if one is open, because what it
// was about lacks no more. Whoever was told of it is told that it is settled,
// also when that did not go the first time. A call that somebody confirmed, or
// nobody did, has another behind it then that was mended without a word: when it
// lacks once more, that calls again.
func (n *Notices) Mended(ctx context.Context, keys []string) error {
	if !n.On() || len(keys) == 0 {
		return nil
	}
	all, err := n.set.Calls.Calls(ctx, time.Unix(1, 0))
	if err != nil || len(all) == 0 {
		return err
	}
	now := n.now()
	for _, key := range keys {
		if failed := n.mend(ctx, key, n.callsOf(all, key), now); failed != nil { // of this one; the others go on
			err = failed
		}
	}
	return err
}

func (n *Notices) mend(ctx context.Context, key string, had []CallRow, now time.Time) error {
	if len(had) == 0 {
		return nil
	}
	last := &had[len(had)-1]
	if !last.mended() {
		if last.State != CallOpen {
			// Were the program to die in between, this one would call: late, but not silent.
			*last = CallRow{ID: helpline.NewID(), Cause: n.cause("call", alarmCause(key, len(had))), Next: now.Add(callAgain), Until: now.Add(missedFor), State: CallOpen}
			if err := n.begin(ctx, *last); err != nil {
				return ended(err)
			}
		}
		last.State, last.Person, last.Ended = CallConfirmed, helpline.ID{}, now // by nobody
		if err := n.set.Calls.EndCall(ctx, *last); err != nil {
			return ended(err) // somebody has confirmed it in this moment
		}
	}
	for _, c := range had {
		if err := n.settle(ctx, c, now); err != nil {
			return err
		}
	}
	return nil
}

// settle tells those who were told of a call that it was mended, once.
func (n *Notices) settle(ctx context.Context, c CallRow, now time.Time) error {
	until := c.Ended.Add(missedFor)
	n.mu.Lock()
	done := n.settled[c.ID]
	n.mu.Unlock()
	if done || !c.mended() || !until.After(now) {
		return nil
	}
	rows, err := n.set.Outbox.NoticesMade(ctx, now.Add(-48*time.Hour))
	if err != nil {
		return err
	}
	var told []helpline.ID
	for _, r := range rows {
		if r.Call == c.ID && r.State == NoticeSent {
			told = append(told, r.Person)
		}
	}
	err = n.tell(ctx, Telling{People: told, Kind: noticeSettled, Until: until, Cause: "mended/" + c.ID.String()}, c.ID)
	if err == nil {
		n.mu.Lock()
		n.settled[c.ID] = true
		n.mu.Unlock()
	}
	return err
}
