package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
	"helpline/store"
)

// noticesOf are the notices of a data folder, as far as a command needs them too:
// it puts them into the outbox, and the line sends them.
func noticesOf(conf config, db *store.DB) (counsel.NoticeSetup, error) {
	senders, err := conf.Notices.senders()
	if err != nil {
		return counsel.NoticeSetup{}, err
	}
	key, err := db.HostKeys().Notices()
	if err != nil {
		return counsel.NoticeSetup{}, dataError{err}
	}
	install, err := db.HostKeys().Installation()
	if err != nil {
		return counsel.NoticeSetup{}, dataError{err}
	}
	seal, err := vault.NewReaches(vault.Key(key), installID(install))
	return counsel.NoticeSetup{
		Reaches: db, Outbox: db, Calls: db, Seal: seal, Senders: senders, Tokens: !conf.Notices.Address, People: db, Now: time.Now,
	}, err
}

// openNotices builds what reaches staff who are not at a screen. Without a way in
// the configuration it sends nothing.
func (l *line) openNotices(ctx context.Context) error {
	set, err := noticesOf(l.conf, l.db)
	if err != nil {
		return err
	}
	set.People, set.Log = l.office, l.log
	if !l.conf.Notices.NoLink {
		set.Origin = l.conf.origin(l.conf.StaffHost)
	}
	set.OnCall, set.Buddies, set.Paused = l.onCall, l.buddies, l.rotas.Paused
	l.notices, err = counsel.NewNotices(ctx, set)
	if err != nil {
		return dataError{err}
	}
	l.rotas.Hears(l.notices.Caller())
	l.rotas.Tells(l.notices.OfChange)
	l.rotas.Changed(l.notices.RotaChanged)
	return nil
}

// onCall lists the leaders who are on call by the rota, in the order in which
// they are called.
func (l *line) onCall(now time.Time) []helpline.ID {
	book, err := l.rotas.Standing(context.Background())
	if err != nil {
		l.log.Error("who is on call is not known: every leader is called", "err", err)
		return nil
	}
	return counsel.OnCallAt(book.OnCalls, now)
}

// buddies lists who stands behind the shift that runs, and hears of a call after
// those on call.
func (l *line) buddies(now time.Time) []helpline.ID {
	book, err := l.rotas.Standing(context.Background())
	if err != nil {
		l.log.Error("who is a buddy is not known: every leader is called", "err", err)
		return nil
	}
	return counsel.BuddiesAt(book, now)
}

// lookNotices sees whether a leader can be reached. A line may do without.
func (l *line) lookNotices(ctx context.Context) (counsel.Point, error) {
	p := counsel.Point{ID: "notices", State: counsel.PointLook, Href: "/me/notices"}
	if !l.notices.On() {
		p.Details = append(p.Details, "off: no way is configured")
		return p, nil
	}
	people, err := l.office.People(ctx)
	if err != nil {
		return p, err
	}
	p.Wants = 1
	for _, one := range people {
		who := helpline.Actor{Person: one.ID, Roles: one.Roles}
		if who.Has(helpline.Leader, helpline.Supervisor) && l.notices.Reachable(one.ID) {
			p.Has, p.State = 1, counsel.PointDone
		}
	}
	trouble, err := l.notices.Trouble(ctx)
	if trouble.Failing > 0 {
		p.State = counsel.PointLook
		p.Details = append(p.Details, fmt.Sprintf("%d could not be sent", trouble.Failing))
	}
	return p, err
}

// lookAtNotices looks at what is configured of notices, at what stands in the
// outbox, and, beside the line or without it, whether a relay answers.
func lookAtNotices(ctx context.Context, g *ground) []finding {
	w := g.conf.Notices
	if !w.on() {
		return well("notices", "off: nobody is told anything while not at a screen")
	}
	senders, err := w.senders()
	if err != nil {
		return bad("notices", wrong, "mend what is named: the line does not start like this", "%v", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	var out []finding
	if len(w.Command) > 0 {
		if at, err := os.Stat(w.Command[0]); err != nil || at.IsDir() || at.Mode().Perm()&0o111 == 0 {
			out = append(out, bad("notices", wrong, "name a program that the line's account can run", "notice_command names no program that can be run")...)
		}
	}
	if mail, ok := senders[counsel.ByMail].(*smtpSender); ok && g.own == nil {
		out = append(out, knock(ctx, mail)...)
	}
	if g.db != nil {
		trouble, err := counsel.TroubleOf(ctx, g.db, g.db, g.now)
		switch {
		case err != nil:
			out = append(out, bad("notices", wrong, "see the other findings on the data folder", "the outbox cannot be read")...)
		case trouble.Failing > 0:
			out = append(out, bad("notices", wrong, "send a test with `helpline doctor --notice-test ADDRESS`; call people yourself meanwhile",
				"%d could not be sent since %s", trouble.Failing, trouble.Since.In(g.conf.Zone).Format("2006-01-02 15:04"))...)
		case trouble.Unanswered > 0:
			out = append(out, bad("notices", look, "ask whoever was on call whether they can be reached", "%d calls were confirmed by nobody within a day", trouble.Unanswered)...)
		}
	}
	if len(out) == 0 {
		out = well("notices", "%d ways are configured, and nothing waits that could not be sent", len(senders))
	}
	return out
}

// knock speaks with the relay up to its login and sends nothing.
func knock(ctx context.Context, mail *smtpSender) []finding {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c, done, err := mail.dial(ctx, mail.relay)
	if err != nil {
		return bad("notices", wrong, "see notice_smtp and notice_smtp_login, and whether the unit lets the line reach the relay (IPAddressAllow)", "%v", err)
	}
	defer done()
	_ = c.Quit()
	return nil
}

// tryNotices sends a test by each way that takes the address. The address stands
// in no finding.
func tryNotices(ctx context.Context, g *ground, to string) []finding {
	senders, err := g.conf.Notices.senders()
	if err != nil || len(senders) == 0 {
		return bad("notice test", wrong, "configure notice_smtp, notice_command or notice_webhook", "there is no way that can be used")
	}
	var out []finding
	for _, way := range []counsel.NoticeWay{counsel.ByMail, counsel.ByCommand, counsel.ByWebhook} {
		s := senders[way]
		if s == nil {
			continue
		}
		n := counsel.Probe(counsel.NewAddress(to))
		if way.Check(n.To) != nil {
			out = append(out, bad("notice test", look, "give an address of this way", "the address is none by the way %q", string(way))...)
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		err := s.Send(ctx, n)
		cancel()
		if err != nil {
			out = append(out, bad("notice test", wrong, "see the settings of notices", "by the way %q: %v", string(way), err)...)
			continue
		}
		out = append(out, well("notice test", "by the way %q it was taken: see whether it arrives", string(way))...)
	}
	return out
}
