package visitor

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/chat/wire"
	"helpline/templates"
)

// bareActions are the routes of those who have no scripts: the whole page, and
// its two frames. The frames' addresses carry the secret of one load of the
// page; without the ticket it opens nothing.
func (s *Site) bareActions(l helpline.Locale) []action {
	var out []action
	for _, a := range []struct {
		method, rest string
		next         func(*visit)
	}{
		{"GET", "/talk/plain", s.bare},
		{"POST", "/talk/plain", s.byHand},
		{"GET", "/talk/words/{page}", s.words},
		{"POST", "/talk/words/{page}", s.words},
		{"GET", "/talk/write/{page}", s.pen},
		{"POST", "/talk/write/{page}", s.pen},
		{"GET", "/talk/seen/{page}/{upto}/{n}", s.seen},
		{"POST", "/talk/link/{stream}", s.onStream},
	} {
		route := helpline.Route{Method: a.method, Pattern: "/" + string(l) + a.rest, Policy: helpline.TicketHolder}
		out = append(out, action{route, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxWritten)
			a.next(s.visit(w, r, l))
		}})
	}
	return out
}

// maxWritten is the most a form with a message may carry: every character of
// the longest one may take nine bytes.
const maxWritten = 48 << 10

// alive gives the ticket of the request as it now is, and gives it back to the
// browser. Without a good one, or when the contact has ended, it says why not.
func (s *Site) alive(v *visit) (ticket.Ticket, error) {
	t, ok := s.ticket(v.r)
	if !ok {
		return t, helpline.Errorf(helpline.Forbidden, "no ticket")
	}
	now, err := s.o.Engine.Renew(v.r.Context(), t)
	if err != nil {
		return t, err
	}
	return now, s.keep(v.w, now)
}

// bare shows the page without scripts: with frames, or without them where the
// browser is one that shows none.
func (s *Site) bare(v *visit) {
	by := v.r.URL.Query().Get("by")
	if _, ok := s.ticket(v.r); !ok && s.fromElsewhere(v, "talk/plain") {
		return
	}
	byHand := by == "hand" || v.r.Header.Get("Sec-Fetch-Dest") == "" && by != "frames"
	t, err := s.alive(v)
	secret, pressed := s.sheets.handedOn(t.Contact)
	switch kind := helpline.KindOf(err); {
	case kind == "":
	case kind == helpline.NotFound && byHand && pressed: // how it has ended, the engine says
		forget(v.w, v.r)
	case kind == helpline.Forbidden, kind == helpline.NotFound, kind == helpline.Invalid:
		forget(v.w, v.r)
		v.to("")
		return
	default:
		s.refuse(v, "show the page without scripts", err)
		return
	}
	if !pressed {
		secret = helpline.NewID()
		s.sheets.loaded(t.Contact, secret)
	}
	if byHand {
		s.showHand(v, t, secret)
		return
	}
	page := s.page(v, "bares", "")
	page.Tongues = nil // the language of a conversation is settled
	page.Styles = append(page.Styles, "css/bare.css")
	page.Data = append(page.Data,
		templates.Datum{Name: "scripted", Value: v.path("talk")},
		templates.Datum{Name: "tab", Value: secret.String()},
	)
	s.show(v.w, v.r, http.StatusOK, templates.BarePage(templates.Bare{
		Page: page, Above: v.path("talk/words/" + secret.String()), Below: v.path("talk/write/" + secret.String()),
		Hand: v.path("talk/plain?by=hand"), Wrong: s.wrongAt(v),
		Lines:  helpLines(s.o.Profile.NumbersOn(v.locale, t.Audience, t.Matter)),
		Limits: s.limits(v, t), Known: s.knows(),
	}))
}

// opened finds the page that a frame belongs to. Where it cannot, the frame
// has been answered: with a way on, never with a word.
func (s *Site) opened(v *visit, take bool, silent time.Duration) (*sheet, ticket.Ticket, bool) {
	t, err := s.alive(v)
	var ended bool
	switch helpline.KindOf(err) {
	case "":
	case helpline.NotFound, helpline.Invalid:
		ended = true // how, the engine says
	case helpline.Forbidden:
		s.leaf(v, http.StatusUnauthorized, templates.Leaf{State: "over"})
		return nil, t, false
	default:
		s.unopened(v, err)
		return nil, t, false
	}
	secret, err := helpline.ParseID(v.r.PathValue("page"))
	dest := v.r.Header.Get("Sec-Fetch-Dest")
	if err != nil || dest != "" && dest != "iframe" && dest != "frame" && dest != "image" {
		s.leaf(v, http.StatusOK, templates.Leaf{State: "alone"})
		return nil, t, false
	}
	if ended {
		forget(v.w, v.r)
	}
	if take {
		s.sheets.loaded(t.Contact, secret)
	}
	sh, err := s.sheet(v.r.Context(), t, secret, take, silent)
	if err != nil {
		s.unopened(v, err)
		return nil, t, false
	}
	return sh, t, true
}

// unopened answers a frame that cannot be opened just now. It asks again by
// itself, since nobody else would; words that were sent stand in it again.
func (s *Site) unopened(v *visit, err error) {
	text := ""
	secret, bad := helpline.ParseID(v.r.PathValue("page"))
	if v.r.Method == http.MethodPost && bad == nil {
		text = s.typed(v)
	}
	if text == "" {
		v.w.Header().Set("Refresh", "5")
		s.refuse(v, "open a frame", err)
		return
	}
	b := templates.Box{
		ID: v.r.PostForm.Get("id"), After: v.r.PostForm.Get("after"), Text: text, Focus: true, Why: v.words.T("bare.not.unsure"), Action: v.path("talk/write/" + secret.String()),
		Shell: templates.Shell{Words: v.words, Title: v.words.T("title"), Styles: []string{"css/app.css", "css/bare.css"}},
	}
	s.show(v.w, v.r, http.StatusServiceUnavailable, templates.BareWrite(b))
}

// leaf shows the frame that changes.
func (s *Site) leaf(v *visit, status int, l templates.Leaf) {
	s.fill(v, &l)
	s.show(v.w, v.r, status, templates.BareWords(l))
}

// fill adds what every leaf has.
func (s *Site) fill(v *visit, l *templates.Leaf) {
	l.Shell = templates.Shell{Words: v.words, Title: v.words.T("title"), Styles: []string{"css/app.css", "css/bare.css"}}
	l.Whole, l.Home = v.path("talk/plain"), v.path("")
	if l.State == "over" {
		words := l.Beside.Words
		l.Beside = s.beside(v, "")
		l.Beside.Words = words
	}
}

// words is the frame that changes: it refreshes itself while somebody waits,
// and grows while they talk.
func (s *Site) words(v *visit) {
	var form posted
	if v.r.Method == http.MethodPost {
		var ok bool
		if form, ok = s.filled(v); !ok {
			return
		}
	}
	do := form.do
	sh, t, ok := s.opened(v, do == "take", silentRefresh)
	if !ok {
		return
	}
	if v.r.Method == http.MethodPost {
		s.pressed(v, t, sh, do)
		s.answerCard(v, t, sh, form)
		view, _ := sh.Look()
		if view.Stage != "closed" {
			v.to("talk/words/" + sh.secret.String())
			return
		} // the ticket has gone with the end: nothing could be asked for again
	}
	if s.sheets.behind(sh.contact, sh.secret) {
		s.leaf(v, http.StatusOK, templates.Leaf{State: "taken", Action: v.r.URL.Path})
		return
	}
	by := v.r.URL.Query().Get("by")
	upto, _ := strconv.ParseInt(v.r.URL.Query().Get("upto"), 10, 64)
	sh.Got(upto)
	s.tellCard(v.r.Context(), sh)
	view, _ := sh.Look()
	if view.Stage == "talking" && !sh.slow.Load() && by != "refresh" && v.r.Method == http.MethodGet {
		if by == "stream" {
			s.pour(v, sh, t)
			return
		}
		l := templates.Leaf{Stream: v.r.URL.Path + "?by=stream", Refresh: refresh(5, v.r.URL.Path)}
		s.fill(v, &l)
		s.show(v.w, v.r, http.StatusOK, templates.BareAround(l))
		return
	}
	l := s.stand(v, t, sh, view)
	l.Action = v.r.URL.Path
	switch view.Stage {
	case "waiting", "":
		l.Refresh = refresh(10, v.r.URL.Path)
	case "offered": // while it is being read, it does not change under the eyes
		sh.Here(time.Until(view.Due) + silentRefresh)
		l.Refresh = refresh(max(5, int(time.Until(view.Due).Seconds())+2), v.r.URL.Path)
	case "ready":
		l.Refresh = refresh(3, v.r.URL.Path)
	case "talking":
		l.Refresh = refresh(8, v.r.URL.Path+"?by=refresh&upto="+strconv.FormatInt(newest(view), 10))
	case "away":
		l.Refresh = refresh(3, v.r.URL.Path)
	}
	s.leaf(v, http.StatusOK, l)
}

func refresh(seconds int, to string) string { return strconv.Itoa(seconds) + "; url=" + to }

// newest is the newest entry of a view, by its place.
func newest(view link.View) int64 {
	at := int64(0)
	for _, e := range view.Said {
		at = max(at, e.At)
	}
	return at
}

// pressed does what was pressed beside a message.
func (s *Site) pressed(v *visit, t ticket.Ticket, sh *sheet, do string) {
	_, changed := sh.Look()
	switch do {
	case "yes":
		sh.Tell(&wire.Frame{Kind: wire.Ready})
	case "more", "stay":
		sh.Tell(&wire.Frame{Kind: wire.Extend})
	case "end":
		if err := s.o.Engine.Leave(context.WithoutCancel(v.r.Context()), t); err != nil {
			s.o.Log.Error("end a contact", "kind", string(helpline.KindOf(err)))
		}
	default:
		return
	}
	select { // so that the page shows what came of it, if that comes at once
	case <-changed:
	case <-time.After(answerSoon):
	}
}

// answerSoon is how long the answer to a press waits for what comes of it.
const answerSoon = 250 * time.Millisecond

// seen is a picture that nobody sees: a page that asks for it has what stood
// before it.
func (s *Site) seen(v *visit) {
	t, ok := s.ticket(v.r)
	if !ok {
		http.Error(v.w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
		return
	}
	if t.Expires.Sub(s.o.Now()) < ticket.Life-4*time.Minute {
		if _, err := s.alive(v); helpline.KindOf(err) == helpline.NotFound {
			forget(v.w, v.r)
		}
	}
	secret, err := helpline.ParseID(v.r.PathValue("page"))
	if sh := s.sheets.find(secret, t.Contact); err == nil && sh != nil {
		upto, _ := strconv.ParseInt(v.r.PathValue("upto"), 10, 64)
		sh.Here(silentStream)
		sh.Got(upto)
		sh.saw()
	}
	v.w.Header().Set("Content-Type", "image/gif")
	v.w.Header().Set("Cache-Control", "no-store")
	_, _ = v.w.Write([]byte(dot))
}

// dot is a picture of one clear point.
const dot = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

// posted is what a form without scripts carries.
type posted struct {
	do, text string
	code     string // from an earlier time
	same     bool   // and would rather talk with whom it was agreed with
	boxed    bool   // the box came along, whatever was pressed: text is what stands in it
	at       int64  // place of the card that is answered
	id, page helpline.ID
	after    int64
	got      int64
	readable bool // id and after are
}

// typed are the words in a form that came too late: they are given back.
func (s *Site) typed(v *visit) string {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxWritten)
	if v.r.ParseForm() != nil {
		return ""
	}
	return link.Clean(v.r.PostForm.Get("text"))
}

// filled reads such a form; when it cannot be read the request has been answered.
func (s *Site) filled(v *visit) (posted, bool) {
	if _, ok := s.ticket(v.r); !ok {
		over := templates.Leaf{State: "over"}
		over.Beside.Words = s.typed(v)
		s.leaf(v, http.StatusUnauthorized, over)
		return posted{}, false
	}
	kind, _, _ := strings.Cut(v.r.Header.Get("Content-Type"), ";")
	if strings.TrimSpace(kind) != "application/x-www-form-urlencoded" {
		s.Problem(v.w, v.r, http.StatusBadRequest) // a file, or not a form of ours
		return posted{}, false
	}
	if !s.parsed(v) {
		return posted{}, false
	}
	f := v.r.PostForm
	p := posted{text: f.Get("text"), code: f.Get("code"), same: f.Get("same") == "1", boxed: f.Has("text")}
	// A button beside a card on a page that is one form names its card itself.
	do, at, named := strings.Cut(f.Get("do"), ".")
	if p.do = do; !named {
		at = f.Get("at")
	}
	p.at, _ = strconv.ParseInt(at, 10, 64)
	if p.code != "" && (p.do == "" || p.do == "look") {
		p.do = "known" // the enter key, in the field of a code
	}
	id, errID := helpline.ParseID(f.Get("id"))
	after, errAfter := strconv.ParseInt(f.Get("after"), 10, 64)
	p.id, p.after, p.readable = id, after, errID == nil && errAfter == nil && after >= 0 && after <= wire.MaxAt
	p.got, _ = strconv.ParseInt(f.Get("got"), 10, 64)
	p.page, _ = helpline.ParseID(f.Get("page"))
	return p, true
}
