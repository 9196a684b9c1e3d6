package visitor

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/chat/wire"
	"helpline/templates"
)

// Cards behind return codes on a page without scripts. Nothing runs on such a
// page, so its sheet holds what the script of another page would hold: a code
// until its owner has written it down, and what shows the card to the
// counsellor. Both go with the words of that page.

// answered is what came of a card that a counsellor proposed.
type answered struct {
	code helpline.ReturnCode // until it is written down
	open bool                // a code stands here
	said string              // in words: a key of the catalogue
	done bool                // nothing is asked any more
}

// keeps is what a page holds of cards.
type keeps struct {
	by   map[int64]answered // by the place of the proposal
	held string             // shows the newest card that this page has kept or opened
	tell string             // the same, still to be said to the counsellor
	card string             // in words, of a code that was typed
	told string             // what came of the code that was typed: a key of the catalogue
}

// cards changes what a page holds of cards, and gives it.
func (s *sheet) cards(change func(*keeps)) keeps {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keeps.by == nil {
		s.keeps.by = map[int64]answered{}
	}
	if change != nil {
		change(&s.keeps)
	}
	k := s.keeps
	k.by = map[int64]answered{}
	for at, a := range s.keeps.by {
		k.by[at] = a
	}
	return k
}

// answerCard does what was pressed beside a card, or with a code that was typed.
func (s *Site) answerCard(v *visit, t ticket.Ticket, sh *sheet, form posted) {
	if !s.knows() {
		return
	}
	switch form.do {
	case "keep":
		s.keepHere(v, t, sh, form.at)
	case "keepno":
		s.keepNothing(v, sh, form.at)
	case "noted":
		sh.cards(func(k *keeps) {
			if a := k.by[form.at]; a.open {
				k.by[form.at] = answered{said: "js.keep.safe", done: true}
			}
		})
	case "known":
		s.known(v, sh, form.code, form.same)
	}
	s.tellCard(v.r.Context(), sh)
}

// proposal finds a card that the counsellor has proposed on this page.
func proposal(sh *sheet, at int64) (link.Said, string, bool) {
	view, _ := sh.Look()
	i := slices.IndexFunc(view.Said, func(e link.Said) bool { return e.At == at && e.Side == wire.Counsellor })
	if i < 0 {
		return link.Said{}, "", false
	}
	var body struct {
		Keep string `json:"keep"`
	}
	err := json.Unmarshal([]byte(view.Said[i].Body), &body)
	return view.Said[i], body.Keep, err == nil && body.Keep != ""
}

// keepHere keeps a proposed card: behind the code whose card this page has shown,
// or behind a new one. Pressed again it gives the same code: the proposal is the
// form.
func (s *Site) keepHere(v *visit, t ticket.Ticket, sh *sheet, at int64) {
	e, card, ok := proposal(sh, at)
	k := sh.cards(nil)
	if !ok || k.by[at].done || k.by[at].open {
		return
	}
	ctx := context.WithoutCancel(v.r.Context()) // a code that was made and never shown is a card that nobody can erase
	a := answered{said: "js.keep.replaced", done: true}
	var thread helpline.ID
	var err error
	if k.held != "" {
		if _, thread, err = readShown(s.o.Tickets, k.held); err == nil {
			err = s.o.Cards.KeepCard(ctx, thread, card)
		}
	} else {
		var key helpline.ThreadKey
		a = answered{open: true}
		a.code, key, err = s.o.Inbox.Leave(ctx, v.r.RemoteAddr, helpline.Left{
			Form: e.ID, Kind: helpline.CardThread, Locale: t.Locale, Audience: t.Audience, Card: card, Version: int(t.Version),
		})
		if err == nil {
			thread, card, err = s.o.Cards.Card(ctx, key)
		}
	}
	if err != nil {
		a = answered{said: "js.keep." + s.failing(v, err)}
		a.done = a.said == "js.keep.done"
	}
	if err == nil {
		s.agreed(v, t.Contact, thread)
	}
	sh.cards(func(k *keeps) {
		if k.by[at] = a; err == nil {
			k.held = s.showing(sh.contact, thread, card)
			k.tell = k.held
		}
	})
}

// keepNothing tells the counsellor that the visitor would rather not.
func (s *Site) keepNothing(v *visit, sh *sheet, at int64) {
	e, _, ok := proposal(sh, at)
	if !ok || sh.cards(nil).by[at].done || sh.cards(nil).by[at].open {
		return
	}
	sh.cards(func(k *keeps) { k.by[at] = answered{done: true} })
	view, _ := sh.Look()
	if view.Stage != "talking" {
		return
	}
	ctx, cancel := context.WithTimeout(v.r.Context(), postWithin)
	defer cancel()
	code, err := sh.Post(ctx, &wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Seen: max(e.At, view.Head), Body: body(v.words.T("js.keep.nowords"))})
	if err != nil || code != "held" { // it can be pressed again
		sh.cards(func(k *keeps) { delete(k.by, at) })
	}
}

// known opens the card of a code from an earlier time. No page shows the code
// again.
func (s *Site) known(v *visit, sh *sheet, typed string, same bool) {
	key, err := s.o.Inbox.Enter(v.r.Context(), v.r.RemoteAddr, typed)
	var thread helpline.ID
	var card string
	if err == nil {
		thread, card, err = s.o.Cards.Card(v.r.Context(), key)
	}
	if err == nil && s.o.Returns != nil {
		err = s.o.Returns.Given(v.r.Context(), sh.contact, thread, same)
	}
	sh.cards(func(k *keeps) {
		if k.told = map[bool]string{false: "js.known.shown", true: "js.known.same"}[same]; err != nil {
			k.told = "js.known." + map[string]string{"slip": "slip", "unknown": "unknown", "busy": "busy"}[s.failing(v, err)]
			if k.told == "js.known." {
				k.told = "js.known.failed"
			}
			return
		}
		k.held = s.showing(sh.contact, thread, card)
		k.tell, k.card = k.held, card
	})
}

// failing is why a card could not be kept or opened, as the catalogue has it.
func (s *Site) failing(v *visit, err error) string {
	switch kind := helpline.KindOf(err); kind {
	case helpline.Invalid:
		return "slip"
	case helpline.NotFound:
		return "unknown"
	case helpline.Conflict:
		return "done"
	case helpline.Unavailable:
		return "busy"
	default:
		s.o.Log.Error("keep or show a card", "kind", string(kind))
	}
	return "failed"
}

// tellCard says the newest card to the counsellor once there is one. What could
// not be said is tried again with the next request of the page.
func (s *Site) tellCard(ctx context.Context, sh *sheet) {
	view, _ := sh.Look()
	k := sh.cards(nil)
	if view.Stage != "talking" || k.tell == "" {
		return
	}
	id := helpline.NewID()
	ctx, cancel := context.WithTimeout(ctx, postWithin)
	defer cancel()
	code, err := sh.Post(ctx, &wire.Frame{Kind: wire.Say, ID: id, Seen: view.Head, Body: k.tell})
	if err != nil || code != "held" {
		return
	}
	sh.cards(func(now *keeps) {
		if now.tell == k.tell {
			now.tell = ""
		}
	})
}

// keepRow adds to a row what its card asks for, or what has come of it.
func (s *Site) keepRow(v *visit, sh *sheet, view link.View, e link.Said, r *templates.Row) {
	if r.Keep == nil || r.Mine || !s.knows() {
		return
	}
	k := sh.cards(nil)
	a, done := k.by[e.At]
	r.Keep.At, r.Keep.Action, r.Keep.Secret = strconv.FormatInt(e.At, 10), v.path("talk/words/"+sh.secret.String()), ""
	if a.said != "" {
		r.Keep.Told = v.words.T(a.said)
	}
	switch {
	case a.open:
		r.Keep.Code, r.Keep.Note = a.code.Reveal(), view.Stage != "closed"
	case done && a.done || view.Stage != "talking":
	default:
		r.Keep.Ask = true
		r.Keep.Yes = v.words.T("js.keep.yes")
		if k.held != "" {
			r.Keep.Yes = v.words.T("js.keep.again")
		}
	}
}

// knownLeaf says on the page what came of a code that was typed.
func (s *Site) knownLeaf(v *visit, sh *sheet, l *templates.Leaf) {
	k := sh.cards(nil)
	if k.told == "" {
		return
	}
	l.Known = &templates.Known{Told: v.words.T(k.told)}
	if k.told == "js.known.shown" || k.told == "js.known.same" {
		if l.Known.Card = link.Visible(k.card); k.card == "" {
			l.Known.Card = v.words.T("js.card.nocard")
		}
	}
}

// knows says whether this line keeps cards.
func (s *Site) knows() bool { return s.o.Inbox != nil && s.o.Cards != nil }
