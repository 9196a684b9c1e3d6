package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"helpline"
	"helpline/chat/promise"
	"helpline/chat/visitor"
	"helpline/counsel"
	"helpline/counsel/console"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
)

// digestOf is over texts and their number, each with its length.
func digestOf(texts []string) [32]byte {
	h := sha256.New()
	for _, t := range texts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(t)))
		h.Write(n[:])
		h.Write([]byte(t))
	}
	return [32]byte(h.Sum(nil))
}

// readings are the texts that somebody must find right: every sentence in every
// language and for every door that has its own, and every number.
func (l *line) readings() (console.Readings, [32]byte, [32]byte) {
	var out console.Readings
	var promised, lines []string
	for _, locale := range l.conf.Line.Locales {
		var common []string
		for i, door := range helpline.Audiences() {
			var texts []string
			for _, s := range l.profile.Promise(locale, door, l.conf.Line.NoteDays).Sentences {
				texts = append(texts, s.Bold+" "+s.More)
			}
			for _, s := range l.profile.Letter(locale, door, retention.LetterDays).Sentences {
				if text := s.Bold + " " + s.More; !slices.Contains(texts, text) {
					texts = append(texts, text)
				}
			}
			promised = append(promised, texts...)
			switch {
			case i == 0:
				common = texts
			case slices.Equal(texts, common):
				continue // the same as for the first door
			}
			out.Promise = append(out.Promise, console.Reading{
				Locale: locale, Door: door, Texts: texts, Href: l.conf.origin(l.conf.VisitorHost) + "/" + string(locale) + "/before/" + visitor.Address(door),
			})
		}
		numbers := []promise.Number{}
		add := func(all []promise.Number) {
			for _, n := range all {
				if !slices.ContainsFunc(numbers, func(o promise.Number) bool { return o.Number == n.Number && o.When == n.When }) {
					numbers = append(numbers, n)
				}
			}
		}
		add(l.profile.Numbers(locale))
		for _, door := range helpline.Audiences() {
			add(l.profile.NumbersFor(locale, door))
		}
		row := console.Reading{Locale: locale}
		for _, n := range numbers {
			row.Texts = append(row.Texts, n.When+" "+n.Number+" "+n.Note+" ("+n.Source+", "+n.CheckedOn+")")
		}
		for _, id := range []string{promise.Treatment, promise.Hotline, promise.Authority} {
			f := l.profile.Fact(locale, id)
			row.Texts = append(row.Texts, f.Text+" "+f.Href+" ("+f.Source+", "+f.CheckedOn+")")
		}
		lines = append(lines, row.Texts...)
		out.Lines = append(out.Lines, row)
	}
	return out, digestOf(promised), digestOf(lines)
}

// start is the list of what is to do before this line opens. A demonstration
// has no copies, and its folder and browsers are not what they are elsewhere.
func (l *line) start() (*counsel.GoLive, console.Readings) {
	texts, promised, lines := l.readings()
	looks := []counsel.Look{l.lookSupervisors, l.lookNeutral}
	if !isDemo(l.conf.Data) {
		looks = append(looks, l.lookSays, l.lookHours, l.lookCover, l.lookFactors, l.lookNotices, l.lookRecovery, l.lookWrongs, l.lookCopies, l.lookTLS(&l.front), l.lookMachine(&l.front))
	}
	return counsel.NewGoLive(l.db, l.trail, promised, lines, time.Now, looks...), texts
}

// lookSupervisors counts those whose six words were heard: nobody else can open
// a note or vouch for anybody, whatever the list of people says.
func (l *line) lookSupervisors(ctx context.Context) (counsel.Point, error) {
	all, err := l.office.People(ctx)
	if err != nil {
		return counsel.Point{}, err
	}
	p := counsel.Point{ID: "supervisors", State: counsel.PointTodo, Wants: 2, Href: "/people"}
	for _, one := range all {
		if one.State != staff.Active {
			continue
		}
		yes, err := l.rings.Confirmed(ctx, one.ID, helpline.Supervisor)
		if err != nil {
			return counsel.Point{}, err
		}
		if yes {
			p.Has++
		}
	}
	if p.Has >= p.Wants {
		p.State = counsel.PointDone
	}
	return p, nil
}

// lookFactors counts the supervisors whose passphrase alone opens nothing.
func (l *line) lookFactors(ctx context.Context) (counsel.Point, error) {
	all, err := l.office.People(ctx)
	if err != nil {
		return counsel.Point{}, err
	}
	p := counsel.Point{ID: "factors", State: counsel.PointTodo, Wants: 2, Href: "/people"}
	for _, one := range all {
		if one.State != staff.Active || !slices.Contains(one.Roles, helpline.Supervisor) {
			continue
		}
		kinds, err := l.second.Kinds(ctx, one.ID)
		if err != nil {
			return counsel.Point{}, err
		}
		if len(kinds) > 0 {
			p.Has++
		}
	}
	if p.Has >= p.Wants {
		p.State = counsel.PointDone
	}
	return p, nil
}

// lookRecovery sees whether every share of the recovery key is written down. A
// keyring that its owner has not unlocked since only needs a look.
func (l *line) lookRecovery(ctx context.Context) (counsel.Point, error) {
	state, err := l.recovery.State(ctx)
	if err != nil {
		return counsel.Point{}, err
	}
	p := counsel.Point{ID: "recovery", State: counsel.PointTodo, Wants: len(state.Custodians), Href: "/recovery"}
	for _, c := range state.Custodians {
		if c.Written && c.Active {
			p.Has++
		}
	}
	switch state.Lack {
	case "":
		p.State = counsel.PointDone
	case counsel.Unsealed:
		p.State = counsel.PointLook
	}
	return p, nil
}

// lookWrongs sees whether there are two who read what went wrong: until there is
// one no complaint is taken, and none about the only one.
func (l *line) lookWrongs(ctx context.Context) (counsel.Point, error) {
	n, err := l.threads.Named(ctx)
	p := counsel.Point{ID: "wrongs", State: counsel.PointTodo, Has: min(n, 2), Wants: 2, Href: "/keys"}
	if p.Has == p.Wants {
		p.State = counsel.PointDone
	}
	return p, err
}

// lookNeutral sees whether anybody has chosen where leaving quickly leads.
func (l *line) lookNeutral(context.Context) (counsel.Point, error) {
	p := counsel.Point{ID: "neutral", State: counsel.PointDone, Details: []string{l.conf.Line.NeutralURL}}
	if l.conf.Line.NeutralURL == startOf("neutral_url") {
		p.State = counsel.PointTodo
	}
	return p, nil
}

// lookSays sees whether the organisation has said of itself what only it can
// know: visitors read it on the pages on who we are and on personal data.
func (l *line) lookSays(context.Context) (counsel.Point, error) {
	says := l.conf.Line.Says
	p := counsel.Point{ID: "says", State: counsel.PointDone}
	for _, one := range []struct{ key, words string }{
		{"organisation", says.Organisation},
		{"organisation_contact", says.Contact},
		{"legal_ground", says.Ground},
		{"host_keeps", says.Host},
		{"proxy_keeps", says.Proxy},
		{"complaints_body", says.Outside},
	} {
		p.Wants++
		if one.words == "" {
			p.State = counsel.PointTodo
			p.Details = append(p.Details, one.key+": not said yet")
			continue
		}
		p.Has++
		p.Details = append(p.Details, one.key+": "+one.words)
	}
	return p, nil
}

// lookCopies sees whether a copy was made and opened.
func (l *line) lookCopies(ctx context.Context) (counsel.Point, error) {
	done, err := l.db.Chores(ctx)
	if err != nil {
		return counsel.Point{}, err
	}
	p := counsel.Point{ID: "copy", State: counsel.PointDone, Wants: 2}
	for _, c := range []retention.Chore{retention.BackingUp, retention.Rehearsing} {
		if _, ever := done[c]; ever {
			p.Has++
		}
	}
	if p.Has < p.Wants {
		p.State = counsel.PointTodo
	}
	return p, nil
}

// lookMachine asks the doctor, but for what has a point of its own.
func (l *line) lookMachine(f *front) counsel.Look {
	return func(ctx context.Context) (counsel.Point, error) {
		p := counsel.Point{ID: "machine", State: counsel.PointDone}
		for _, one := range examine(ctx, l.ground(f, time.Now())).Findings {
			if one.State == fine || slices.Contains([]string{"tls", "backup", "verify"}, one.Check) {
				continue
			}
			p.Details = append(p.Details, one.Check+": "+one.Says+". -> "+one.Do)
			switch {
			case one.State == wrong:
				p.State = counsel.PointTodo
			case p.State == counsel.PointDone:
				p.State = counsel.PointLook
			}
		}
		return p, nil
	}
}

// lookTLS asks the doctor for the way browsers come.
func (l *line) lookTLS(f *front) counsel.Look {
	return func(ctx context.Context) (counsel.Point, error) {
		p := counsel.Point{ID: "tls", State: counsel.PointDone}
		g := l.ground(f, time.Now())
		for _, one := range append(lookAtTLS(ctx, g), lookAtProxy(ctx, g)...) {
			p.Details = append(p.Details, one.Says)
			switch {
			case one.State == wrong || !l.conf.secure():
				p.State = counsel.PointTodo
			case one.State == look && p.State == counsel.PointDone:
				p.State = counsel.PointLook
			}
		}
		return p, nil
	}
}
