package visitor

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"

	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/templates"
)

// Times of a stream.
const (
	pictureEvery = 20 * time.Second
	pictureFirst = 8 * time.Second // until the page must have asked for its first
	pourWithin   = 10 * time.Second
)

// stream writes a conversation to a page without scripts as it grows.
type stream struct {
	s    *Site
	v    *visit
	sh   *sheet
	out  *http.ResponseController
	told link.View // as last written
	last int       // number of the newest entry that was written
	top  int64     // highest place written
	sent int       // pictures
	open bool      // own words are written that no mark follows yet
	late bool      // the last thing written was from before
}

// pour streams the conversation until it is over, the page is gone, or another
// stream of the same page has begun. A page that does not show that the stream
// reaches it is told to ask again and again instead: a proxy between us keeps
// the stream back, or it loads no pictures.
func (s *Site) pour(v *visit, sh *sheet, t ticket.Ticket) {
	ctx, seen := sh.pour(v.r.Context())
	p := &stream{s: s, v: v, sh: sh, out: http.NewResponseController(v.w)}
	// The server's limits are for pages; this one lasts as long as the conversation.
	_ = p.out.SetReadDeadline(time.Time{})
	sh.Only(silentStream)
	defer func() {
		if v.r.Context().Err() != nil { // closed, or cut: it comes back in a few seconds, or not at all
			sh.Only(silentCut)
		}
	}()
	view, changed := sh.Look()
	head, foot, ok := p.frame(view, t)
	if !ok {
		return
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	defer func() { _ = p.out.SetWriteDeadline(time.Now().Add(pourWithin)) }()
	if !p.write(head, p.news(view), p.picture()) {
		return
	}
	beat := time.NewTicker(pictureEvery)
	defer beat.Stop()
	first := time.NewTimer(pictureFirst)
	defer first.Stop()
	for {
		if view.Stage != "talking" {
			p.end(ctx, view, t, foot)
			return
		}
		good := true
		select {
		case <-ctx.Done():
			return
		case <-seen:
			first.Stop()
			seen = nil
		case <-first.C:
			sh.slow.Store(true)
			p.write(p.render(templates.BareNow(v.words.T("bare.slow"))), foot)
			return
		case <-beat.C:
			good = p.write(p.picture())
		case <-changed:
			view, changed = sh.Look()
			if view.Stage == "talking" {
				if news := p.news(view); len(news) > 0 {
					good = p.write(news)
				}
			}
		}
		if !good {
			return
		}
	}
}

// frame is what stands before and after all that is streamed.
func (p *stream) frame(view link.View, t ticket.Ticket) (head, foot []byte, ok bool) {
	l := templates.Leaf{State: "talking", Name: view.Alias, Broken: broken(p.sh, view), Fewer: view.Fewer}
	p.s.fill(p.v, &l)
	p.s.knownLeaf(p.v, p.sh, &l)
	page := p.render(templates.BareWords(l))
	head, foot, ok = bytes.Cut(page, []byte("<!--more-->"))
	p.told = link.View{Stage: "talking", Alias: view.Alias, There: "here"}
	if !ok {
		p.s.Problem(p.v.w, p.v.r, http.StatusInternalServerError)
	}
	return head, foot, ok
}

func (p *stream) render(c component) []byte {
	var b bytes.Buffer
	if c.Render(context.WithoutCancel(p.v.r.Context()), &b) != nil {
		return nil
	}
	return b.Bytes()
}

// picture asks the page to show that it has what stands above.
func (p *stream) picture() []byte {
	p.sent++
	return p.render(templates.BareSeen(p.v.path("talk/seen/" + p.sh.secret.String() + "/" + strconv.FormatInt(p.top, 10) + "/" + strconv.Itoa(p.sent))))
}

// news is what has changed since it was last written.
func (p *stream) news(view link.View) []byte {
	w, sh := p.v.words, templates.Shell{Words: p.v.words}
	var b []byte
	add := func(c component) { b = append(b, p.render(c)...) }
	if view.Alias != p.told.Alias {
		add(templates.BareNow(w.T("js.event.handover")))
		add(templates.BareNow(w.T("js.talk.with", "alias", view.Alias)))
	}
	wrote := false
	for _, e := range view.Said {
		if e.N <= p.last {
			continue
		}
		p.last, wrote = e.N, true
		r := p.s.rowOn(p.v, p.sh, view, e)
		if before := e.At < p.top; before != p.late {
			p.late = before
			key := "bare.later"
			if before {
				key = "bare.before"
			}
			add(templates.BareRow(sh, templates.Row{Note: w.T(key)}))
		}
		if r.Mine && r.State == "held" {
			p.open = true
		}
		add(templates.BareRow(sh, r))
		p.top = max(p.top, e.At)
	}
	if wrote {
		b = append(b, p.picture()...)
	}
	if p.open && delivered(view) {
		p.open = false
		add(templates.BareGot())
	}
	if view.There != p.told.There && view.There != "window" && view.There != "" {
		add(templates.BareNow(w.T("js.presence."+view.There, "alias", view.Alias)))
	} else {
		view.There = p.told.There
	}
	if warned := !view.Idle.IsZero(); warned != !p.told.Idle.IsZero() {
		if warned {
			add(templates.BareNow(w.T("js.idle") + " " + w.T("bare.idle")))
		} else {
			add(templates.BareBrief(w.T("bare.stays")))
		}
	}
	if view.Typing && (wrote || !p.told.Typing) {
		add(templates.BareBrief(w.T("js.typing", "alias", view.Alias)))
	}
	p.told = view
	return b
}

// delivered says that all of the visitor's words have arrived.
func delivered(view link.View) bool {
	for _, e := range view.Said {
		if state(view, e) == "held" && e.Side == 'v' {
			return false
		}
	}
	return true
}

// end writes what comes after the conversation. Words that may stay do so for a
// quarter of an hour, while the stream is held open; then the page asks again,
// and shows none. Of a page that was taken over or is to come back nothing more
// is said: the page around it asks where it is.
func (p *stream) end(ctx context.Context, view link.View, t ticket.Ticket, foot []byte) {
	if view.Stage != "closed" || view.Reason == "idle" || view.Reason == "moved" {
		p.write(foot)
		return
	}
	news := p.news(view)
	if lost := undelivered(view); lost != "" {
		news = append(news, p.render(templates.BareNow(p.v.words.T("bare."+lost)))...)
	}
	news = append(news, p.render(templates.BareEnding(p.s.ending(p.v, t, view)))...)
	if !p.write(news, p.picture()) {
		return
	}
	kept := time.NewTimer(link.KeptFor)
	defer kept.Stop()
	beat := time.NewTicker(pictureEvery)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-kept.C:
			p.write(foot)
			return
		case <-beat.C:
			if !p.write([]byte(" ")) {
				return
			}
		}
	}
}

// undelivered says whether the visitor's last words are lost, or in doubt.
func undelivered(view link.View) string {
	out := ""
	for _, e := range view.Said {
		if e.Side == 'v' {
			if st := state(view, e); st == "lost" || st == "unknown" {
				out = st
			}
		}
	}
	return out
}

// write sends what there is, padded so that its length tells little, and says
// whether the page still takes it.
func (p *stream) write(parts ...[]byte) bool {
	all := bytes.Join(parts, nil)
	if len(all) > 1 {
		all = append(all, bytes.Repeat([]byte{'\n'}, padding(len(all)))...)
	}
	_ = p.out.SetWriteDeadline(time.Now().Add(pourWithin))
	if _, err := p.v.w.Write(all); err != nil {
		return false
	}
	return p.out.Flush() == nil
}

// padding fills what is written up to one of few lengths.
func padding(n int) int {
	for size := 512; size <= 32<<10; size *= 2 {
		if n <= size {
			return size - n
		}
	}
	return 0
}
