package visitor

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"sync"

	"helpline"
	"helpline/chat/ticket"
	"helpline/templates"
)

// mostTalkPages is how many rendered talk pages are kept: a line has a few
// doors in a few languages, and beyond that something changes too often to keep.
const mostTalkPages = 256

// talkKind is everything that a talk page depends on but the proof of its
// contact: when a crowd comes at one door, all of them get the same bytes.
type talkKind struct {
	locale      helpline.Locale
	audience    helpline.Audience
	matter      helpline.Matter
	version     uint16
	stage       string
	notice      string
	told        string // of the line, while they wait
	until, next templates.Moment
}

// talkPages are talk pages as rendered, each cut where the proof stands. They
// hold nothing of anybody.
type talkPages struct {
	mark string // stands in place of a proof while a page is rendered

	mu    sync.Mutex
	pages map[talkKind][][]byte
}

func newTalkPages() *talkPages {
	return &talkPages{mark: helpline.NewID().String(), pages: map[talkKind][][]byte{}}
}

func (p *talkPages) find(k talkKind) ([][]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	parts, ok := p.pages[k]
	return parts, ok
}

func (p *talkPages) keep(k talkKind, parts [][]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pages) >= mostTalkPages {
		clear(p.pages)
	}
	p.pages[k] = parts
}

// packers compress talk pages. One takes more memory than everything else that
// a visitor costs, so they are used again. What it read last stays in it: that
// is why pages with words of somebody have each their own.
var packers = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

// talk shows the one page of waiting and talking to who has a ticket.
func (s *Site) talk(v *visit) {
	t, ok := s.ticket(v.r)
	if !ok {
		if s.fromElsewhere(v, "talk") {
			return
		}
		forget(v.w, v.r)
		v.to("")
		return
	}
	beside := s.beside(v, t.Audience)
	kind := talkKind{locale: v.locale, audience: t.Audience, matter: t.Matter, version: t.Version, stage: "waiting", told: beside.Told}
	if t.Stage == ticket.Talking {
		kind.stage = "talking"
	}
	if s.o.Notice != nil {
		kind.notice = s.o.Notice(v.locale)
	}
	if beside.Until != nil {
		kind.until = *beside.Until
	}
	if beside.Next != nil {
		kind.next = *beside.Next
	}
	parts, ok := s.talks.find(kind)
	if !ok {
		whole, ok := s.whole(v.r, s.talkView(v, t, kind.stage, beside))
		if !ok {
			http.Error(v.w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		parts = bytes.Split(whole, []byte(s.talks.mark))
		s.talks.keep(kind, parts)
	}
	proof := []byte(nil)
	if len(parts) > 1 {
		proof = []byte(s.proof(t.Contact))
	}
	z := packers.Get().(*gzip.Writer)
	defer func() {
		z.Reset(io.Discard) // it holds nobody's page while it lies there
		packers.Put(z)
	}()
	packed(v.r, bytes.Join(parts, proof), z).send(v.w, v.r, http.StatusOK)
}

// talkView is that page, with the mark in place of the proof.
func (s *Site) talkView(v *visit, t ticket.Ticket, stage string, beside templates.Beside) component {
	page := s.page(v, "talk", "")
	page.Tongues = nil // the language of a conversation is settled
	page.Scripts = append(page.Scripts, "js/thread.js")
	page.Data = append(page.Data,
		templates.Datum{Name: "link", Value: v.path("talk/link")},
		templates.Datum{Name: "renew", Value: v.path("talk/renew")},
	)
	s.knownOn(v, t, &page)
	page.Identity = s.identity(t.Audience)
	page.About = nil // and no link leads away from it
	read := readingAt(t.Audience)
	return templates.TalkPage(templates.Talk{
		Page: page, Stage: stage, Openers: openers(v, t.Audience),
		Lines: helpLines(s.o.Profile.NumbersOn(v.locale, t.Audience, t.Matter)),
		Self:  v.path("talk"), Action: v.path("door"), Door: string(t.Audience), Matter: string(t.Matter),
		Limits: s.limits(v, t), Reading: sections(v, "read."+string(t.Audience)), Read: v.path(read),
		Beside: beside,
		Known:  s.o.Cards != nil, Wrong: s.o.Inbox != nil,
	})
}
