package counsel

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"helpline"
)

// How a call goes on until somebody confirms it.
const (
	callAgain = 5 * time.Minute // between two notices of a call
	callTimes = 3               // that each is told, before it goes on to the next
)

// Call tells whoever is on call that they are needed: somebody who is planned did
// not come. Who does not confirm is told twice more, five minutes apart; then it
// goes to the next on call, to the buddies of a small line, at last to everybody
// who leads or supervises. When none of them confirms, the board says so. One
// cause is called once. The outbox tells nobody after until.
func (n *Notices) Call(ctx context.Context, cause string, until time.Time) error {
	now := n.now()
	if !n.On() || !until.After(now) {
		return nil
	}
	err := n.begin(ctx, CallRow{
		ID: helpline.NewID(), Cause: n.cause("call", cause), Next: now, Until: until.UTC().Truncate(time.Second), State: CallOpen,
	})
	if helpline.KindOf(err) == helpline.Conflict {
		return nil // they have been called
	}
	n.rouse(true)
	return err
}

// begin adds a call, and counts it when it stands: whoever read before that it
// was none has read too early.
func (n *Notices) begin(ctx context.Context, c CallRow) error {
	err := n.set.Calls.AddCall(ctx, c)
	n.begun.Add(1)
	return err
}

// openCalls gives the calls that are open. While none has begun since the last look
// that found none, it does not look.
func (n *Notices) openCalls(ctx context.Context) ([]CallRow, error) {
	begun := n.begun.Load() // before the look: what begins during it is looked for again
	if begun == n.quiet.Load() {
		return nil, nil
	}
	all, err := n.set.Calls.Calls(ctx, n.now().Add(time.Hour)) // those that ended in an hour: none
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c CallRow) bool { return c.State != CallOpen })
	if len(all) == 0 {
		n.quiet.Store(begun)
	}
	return all, nil
}

// groups are those who are told of a call, one group after the other: each who
// is on call now, each buddy of a shift that runs on a small line, then everybody
// else who leads or supervises.
func (n *Notices) groups(ctx context.Context, now time.Time) ([][]helpline.ID, error) {
	leaders, err := n.leaders(ctx)
	if err != nil {
		return nil, err
	}
	lead, err := n.having(ctx, helpline.Leader)
	if err != nil {
		return nil, err
	}
	var out [][]helpline.ID
	if n.set.OnCall != nil {
		for _, p := range n.set.OnCall(now) {
			if slices.Contains(lead, p) { // whoever leads no more is on call no more, whatever a row says
				out = append(out, []helpline.ID{p})
			}
		}
	}
	if n.set.Buddies != nil {
		work, err := n.having(ctx, helpline.Counsellor, helpline.Leader, helpline.Supervisor)
		if err != nil {
			return nil, err
		}
		for _, p := range n.set.Buddies(now) {
			if slices.Contains(work, p) && !slices.ContainsFunc(out, func(g []helpline.ID) bool { return g[0] == p }) {
				out = append(out, []helpline.ID{p})
			}
		}
	}
	var others []helpline.ID
	for _, p := range leaders {
		if !slices.ContainsFunc(out, func(g []helpline.ID) bool { return g[0] == p }) {
			others = append(others, p)
		}
	}
	return append(out, others), nil
}

// callable are those of a group whom a call can reach: not who does not work here
// at the moment, whatever their role.
func (n *Notices) callable(group []helpline.ID) []helpline.ID {
	return slices.DeleteFunc(slices.Clone(group), func(p helpline.ID) bool {
		return !n.Hears(p) || n.set.Paused != nil && n.set.Paused(p)
	})
}

// goOn takes every open call on whose time has come, and says when the next
// one's comes; the zero time for none.
func (n *Notices) goOn(ctx context.Context) (next time.Time, err error) {
	all, err := n.openCalls(ctx)
	now := n.now()
	for _, c := range all {
		if !c.Next.After(now) {
			went, failed := n.step(ctx, c, now)
			if failed != nil { // of this one; the others go on
				err, went.Next = failed, now.Add(callAgain/30)
			}
			c = went
		}
		if c.State == CallOpen && (next.IsZero() || c.Next.Before(next)) {
			next = c.Next
		}
	}
	return next, err
}

// step tells whoever is next. The notices stand in the outbox before the call
// moves on: after a crash in between they are not told twice, for they stand
// there under the same cause.
func (n *Notices) step(ctx context.Context, c CallRow, now time.Time) (CallRow, error) {
	groups, err := n.groups(ctx, now)
	if err != nil {
		return c, err
	}
	cause := c.ID.String() + "/" + strconv.Itoa(c.Step) + "/" + strconv.Itoa(c.Round)
	times, err := n.timesTold(ctx, c, cause, now)
	if err != nil {
		return c, err
	}
	var next []helpline.ID
	for _, g := range groups {
		next = slices.DeleteFunc(n.callable(g), func(p helpline.ID) bool { return times[p] >= callTimes })
		if len(next) > 0 {
			break
		}
	}
	if len(next) == 0 || !now.Before(c.Until) {
		c.State, c.Ended = CallUnanswered, now
		return c, ended(n.set.Calls.EndCall(ctx, c))
	}
	if err := n.tell(ctx, Telling{People: next, Kind: NoticeOnCall, Until: c.Until, Cause: cause}, c.ID); err != nil {
		return c, err
	}
	if c.Round++; c.Round == callTimes {
		c.Step, c.Round = c.Step+1, 0
	}
	c.Next = now.Add(callAgain)
	return c, ended(n.set.Calls.MoveCall(ctx, c))
}

// timesTold counts how often each was told of a call before the step of a cause.
// Who is next follows from that and not from a place in a list: whoever is on
// call by now may be somebody else than when it began.
func (n *Notices) timesTold(ctx context.Context, c CallRow, cause string, now time.Time) (map[helpline.ID]int, error) {
	rows, err := n.set.Outbox.NoticesMade(ctx, now.Add(-48*time.Hour))
	if err != nil {
		return nil, err
	}
	this, out := n.cause("told", string(NoticeOnCall), cause), map[helpline.ID]int{}
	for _, r := range rows {
		switch {
		case r.Call != c.ID || r.Cause == this:
		case r.State == NoticeFailed:
			out[r.Person] = callTimes // their address takes nothing: the next is called at once
		default:
			out[r.Person]++
		}
	}
	return out, nil
}

// ended passes over that somebody has confirmed meanwhile.
func ended(err error) error {
	if helpline.KindOf(err) == helpline.Conflict {
		return nil
	}
	return err
}

// called reads the link of a call: its notice, if we made it and whoever it went to
// still works here; NotFound.
func (n *Notices) called(ctx context.Context, token string) (NoticeRow, error) {
	const doing = "confirm a call"
	unknown := helpline.Errorf(helpline.NotFound, "%s: no such notice", doing)
	if !n.On() {
		return NoticeRow{}, unknown
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != 32 || subtle.ConstantTimeCompare([]byte(n.token(helpline.ID(b[:16]))), []byte(token)) != 1 {
		return NoticeRow{}, unknown
	}
	row, err := n.set.Outbox.Notice(ctx, helpline.ID(b[:16]))
	if err != nil {
		return NoticeRow{}, err
	}
	here, err := n.here(ctx)
	if _, works := here[row.Person]; err == nil && (row.Call.IsZero() || !works) {
		return NoticeRow{}, unknown
	}
	return row, err
}

// CallOf says how far the call behind a link is; NotFound for a link that is none
// of ours, or older than what is kept. It changes nothing.
func (n *Notices) CallOf(ctx context.Context, token string) (CallState, error) {
	row, err := n.called(ctx, token)
	if err != nil {
		return "", err
	}
	return n.stateOf(ctx, row.Call)
}

func (n *Notices) stateOf(ctx context.Context, call helpline.ID) (CallState, error) {
	all, err := n.set.Calls.Calls(ctx, time.Unix(1, 0))
	if err != nil {
		return "", err
	}
	for _, c := range all {
		if c.ID == call && c.mended() {
			return CallMended, nil
		}
		if c.ID == call {
			return c.State, nil
		}
	}
	return "", helpline.Errorf(helpline.NotFound, "look how far a call is: there is none")
}

// Confirm ends the call behind a link: whoever holds the link has read the
// notice. It opens nothing. It says how far the call is then.
func (n *Notices) Confirm(ctx context.Context, token string) (CallState, error) {
	row, err := n.called(ctx, token)
	if err != nil {
		return "", err
	}
	return n.confirm(ctx, row.Call, row.Person)
}

// ConfirmOwn does it for somebody who is signed in and was told of the call.
func (n *Notices) ConfirmOwn(ctx context.Context, person helpline.ID) error {
	mine, err := n.Called(ctx, person)
	for _, call := range mine {
		if _, err := n.confirm(ctx, call, person); err != nil {
			return err
		}
	}
	return err
}

func (n *Notices) confirm(ctx context.Context, call, person helpline.ID) (CallState, error) {
	err := n.set.Calls.EndCall(ctx, CallRow{ID: call, State: CallConfirmed, Person: person, Ended: n.now()})
	if err := ended(err); err != nil {
		return "", err
	}
	return n.stateOf(ctx, call)
}

// Called gives the open calls of which a person was told.
func (n *Notices) Called(ctx context.Context, person helpline.ID) ([]helpline.ID, error) {
	if !n.On() {
		return nil, nil
	}
	open, err := n.openCalls(ctx)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	told, err := n.set.Outbox.NoticesMade(ctx, n.now().Add(-48*time.Hour))
	if err != nil {
		return nil, err
	}
	var out []helpline.ID
	for _, c := range open {
		if slices.ContainsFunc(told, func(r NoticeRow) bool { return r.Call == c.ID && r.Person == person }) {
			out = append(out, c.ID)
		}
	}
	return out, nil
}

// NoticeTrouble is what is wrong with notices, for the board: no name and no
// address.
type NoticeTrouble struct {
	Failing    int       // that could not be sent, of the last day
	Since      time.Time // the first of them failed
	Last       time.Time // one was sent; zero: none in a week
	Unanswered int       // calls that nobody confirmed, of the last day
	Open       int       // calls that nobody has confirmed yet
}

// Trouble looks for it.
func (n *Notices) Trouble(ctx context.Context) (NoticeTrouble, error) {
	if !n.On() {
		return NoticeTrouble{}, nil
	}
	return TroubleOf(ctx, n.set.Outbox, n.set.Calls, n.now())
}

// TroubleOf looks for it in an outbox and its calls.
func TroubleOf(ctx context.Context, outbox OutboxRows, rows CallRows, now time.Time) (t NoticeTrouble, err error) {
	made, err := outbox.NoticesMade(ctx, now.Add(-7*24*time.Hour))
	if err != nil {
		return t, err
	}
	day := now.Add(-24 * time.Hour)
	for _, r := range made {
		if r.State == NoticeSent && r.Ended.After(t.Last) {
			t.Last = r.Ended
		}
		failing := r.State == NoticeFailed && r.Ended.After(day) || r.State == NoticeWaits && !r.Failed.IsZero()
		if r.Kind == noticeTest || !failing {
			continue
		}
		t.Failing++
		if t.Since.IsZero() || r.Failed.Before(t.Since) {
			t.Since = r.Failed
		}
	}
	calls, err := rows.Calls(ctx, day)
	for _, c := range calls {
		switch c.State {
		case CallUnanswered:
			t.Unanswered++
		case CallOpen:
			t.Open++
		}
	}
	return t, err
}

// Tested counts those who can be reached by notice.
func (n *Notices) Tested(ctx context.Context) (int, error) {
	if !n.On() {
		return 0, nil
	}
	people, err := n.set.People.People(ctx)
	all := 0
	for _, p := range people {
		if n.Reachable(p.ID) {
			all++
		}
	}
	return all, err
}
