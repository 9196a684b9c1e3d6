package visitor

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/ticket"
)

// How long a page without scripts may be silent before its link ends.
const (
	silentRefresh = 40 * time.Second // it asks again every ten seconds
	silentStream  = 50 * time.Second // it asks for a picture every twenty
	silentCut     = 20 * time.Second // its stream was cut, and it asks again in five
	silentHand    = 3 * time.Minute  // its person asks, by hand
	hearWithin    = 3 * time.Second  // the engine's first answer
)

// sheet is a page without scripts, by the secret in its addresses.
type sheet struct {
	*link.Plain
	secret  helpline.ID
	contact helpline.ID
	number  int64       // in the order in which they were made
	boot    int64       // of the server, when the contact arrived
	slow    atomic.Bool // streams do not reach this page

	mu      sync.Mutex
	stream  context.CancelFunc // ends the newest stream of this page
	picture chan struct{}      // closed when that stream's page has asked for a picture
	draft   draft
	keeps   keeps
}

// draft is what the box shows after a form was sent. Words stand here instead
// of in the answer, so that no browser keeps them with the page of an answer.
type draft struct {
	id, text, why string
	sent          bool
}

func (s *sheet) leave(d draft) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draft = d
}

func (s *sheet) left() draft {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draft
}

// pour begins a stream of this page and ends the one before it. seen is closed
// once the page has shown that the stream reaches it.
func (s *sheet) pour(ctx context.Context) (mine context.Context, seen <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stream != nil {
		s.stream()
	}
	mine, s.stream = context.WithCancel(ctx)
	s.picture = make(chan struct{})
	return mine, s.picture
}

// saw notes that the page has asked for a picture.
func (s *sheet) saw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.picture != nil {
		select {
		case <-s.picture:
		default:
			close(s.picture)
		}
	}
}

// sheets keeps the pages without scripts that are being looked at.
type sheets struct {
	mu     sync.Mutex
	made   int64
	open   map[helpline.ID]*sheet
	newest map[helpline.ID]helpline.ID // by contact: the page that was loaded last
	handed map[helpline.ID]handed      // by contact: the page without frames that was just pressed
	making map[helpline.ID]*making     // by secret: requests that look for a page now
}

// making lets one request at a time look for a page, or make it. Whoever may do so
// has put something into it.
type making struct {
	now  chan struct{}
	asks int
}

// alone waits until no other request looks for a page or makes it: its two
// frames are asked for at once, and are one page. done must be called.
func (l *sheets) alone(secret helpline.ID) (done func()) {
	l.mu.Lock()
	if l.making == nil {
		l.making = map[helpline.ID]*making{}
	}
	m := l.making[secret]
	if m == nil {
		m = &making{now: make(chan struct{}, 1)}
		l.making[secret] = m
	}
	m.asks++
	l.mu.Unlock()
	m.now <- struct{}{} // nobody holds it for longer than the engine's first answer takes
	return func() {
		<-m.now
		l.mu.Lock()
		defer l.mu.Unlock()
		if m.asks--; m.asks == 0 {
			delete(l.making, secret)
		}
	}
}

// handed is a page that may be shown once more without its secret, because a
// moment ago a form has shown it.
type handed struct {
	secret helpline.ID
	until  time.Time
}

// handedFor is how long the browser may take to follow a redirect.
const handedFor = 20 * time.Second

func (l *sheets) hand(contact, secret helpline.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.handed == nil || len(l.handed) >= mostSheets {
		l.handed = map[helpline.ID]handed{}
	}
	l.handed[contact] = handed{secret, now.Add(handedFor)}
}

// handedOn gives the page that was just pressed, once.
func (l *sheets) handedOn(contact helpline.ID) (helpline.ID, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok := l.handed[contact]
	delete(l.handed, contact)
	return h.secret, ok && time.Now().Before(h.until)
}

func (l *sheets) find(secret, contact helpline.ID) *sheet {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.open[secret]; s != nil && s.contact == contact {
		return s
	}
	return nil
}

// loaded notes that a page has been loaded: what an earlier one of this contact
// has shown, it shows only to who asks for it.
func (l *sheets) loaded(contact, secret helpline.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.newest == nil {
		l.newest, l.open = map[helpline.ID]helpline.ID{}, map[helpline.ID]*sheet{}
	}
	if len(l.newest) >= mostSheets {
		l.sweep()
	}
	l.newest[contact] = secret
}

// mostSheets is how many contacts are remembered beyond those who have a page.
const mostSheets = 4096

// sweep forgets contacts without a page. The lock is held.
func (l *sheets) sweep() {
	has := map[helpline.ID]bool{}
	for _, s := range l.open {
		has[s.contact] = true
	}
	for c := range l.newest {
		if !has[c] {
			delete(l.newest, c)
		}
	}
}

// behind says that another page of this contact was loaded after this one.
func (l *sheets) behind(contact, secret helpline.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, known := l.newest[contact]
	return known && n != secret
}

// eachSheets is how many pages of one contact are kept: whoever loads them for
// ever loses the oldest.
const eachSheets = 6

func (l *sheets) keep(s *sheet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.newest, l.open = map[helpline.ID]helpline.ID{}, map[helpline.ID]*sheet{}
	}
	l.made++
	s.number = l.made
	n, oldest := 0, s
	for _, o := range l.open {
		if o.contact != s.contact || o.secret == s.secret {
			continue
		}
		if n++; o.number < oldest.number {
			oldest = o
		}
	}
	l.open[s.secret] = s
	if n >= eachSheets {
		delete(l.open, oldest.secret)
		go oldest.Close()
	}
}

// leave puts into the box of a page what it is to show next. When its link has
// ended meanwhile, the words stay for as long as the browser takes to ask.
func (l *sheets) leave(s *sheet, d draft) {
	s.leave(d)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch now := l.open[s.secret]; {
	case now == nil && d.text != "":
		l.open[s.secret] = s
		time.AfterFunc(handedFor, func() { l.drop(s) })
	case now != nil && now != s && now.contact == s.contact:
		now.leave(d)
	}
}

// drop forgets a page once its link has ended and nothing is left to show.
func (l *sheets) drop(s *sheet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[s.secret] != s {
		return
	}
	delete(l.open, s.secret)
	if l.newest[s.contact] != s.secret {
		return
	}
	for _, o := range l.open {
		if o.contact == s.contact {
			return
		}
	}
	delete(l.newest, s.contact)
}

// sheet gives the page of a secret, with a link to the engine. Where it has
// none, or take is the person's "continue here", it is given a new one. The
// engine decides what the page may see. Unavailable: the line is stopping.
func (s *Site) sheet(ctx context.Context, t ticket.Ticket, secret helpline.ID, take bool, silent time.Duration) (*sheet, error) {
	defer s.sheets.alone(secret)()
	if sh := s.sheets.find(secret, t.Contact); sh != nil && !take {
		v, _ := sh.Look()
		if v.Stage != "away" {
			sh.Here(silent)
			return sh, nil
		}
	}
	sh := &sheet{secret: secret, contact: t.Contact, boot: t.Boot}
	sh.Plain = link.NewPlain(secret, silent, func() { s.sheets.drop(sh) })
	if old := s.sheets.find(secret, t.Contact); old != nil {
		sh.leave(old.left()) // it is the same page to who has it before them
		sh.keeps = old.cards(nil)
	}
	seat, err := s.o.Engine.Visit(context.WithoutCancel(ctx), t, sh.Plain)
	if err != nil {
		return nil, err
	}
	s.sheets.keep(sh)
	sh.Begin(s.links.add(t.Contact, sh, seat), take || t.Stage == ticket.Waiting)
	ctx, cancel := context.WithTimeout(ctx, hearWithin)
	defer cancel()
	for {
		v, changed := sh.Look()
		if v.Stage != "" {
			return sh, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return sh, nil // shown as busy; the next request finds it
		}
	}
}
