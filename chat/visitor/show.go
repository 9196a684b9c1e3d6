package visitor

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"helpline"
	"helpline/templates"
)

// rendered is a page as it goes out, whole and compressed.
type rendered struct{ plain, small []byte }

// render writes a page whole, so that a fault never yields half of one. Pages
// hold no secret and repeat nothing that was sent, so their compressed length
// tells nothing.
func (s *Site) render(r *http.Request, c component) (rendered, bool) {
	page, ok := s.whole(r, c)
	if !ok {
		return rendered{}, false
	}
	return packed(r, page, gzip.NewWriter(io.Discard)), true
}

// whole renders a page, plain.
func (s *Site) whole(r *http.Request, c component) ([]byte, bool) {
	var page bytes.Buffer
	if err := c.Render(context.WithoutCancel(r.Context()), &page); err != nil {
		s.o.Log.Error("render a page", "kind", string(helpline.Internal))
		return nil, false
	}
	return page.Bytes(), true
}

// packed compresses a page for who takes it so.
func packed(r *http.Request, page []byte, z *gzip.Writer) rendered {
	var small bytes.Buffer
	if zips(r) {
		z.Reset(&small)
		if _, err := z.Write(page); err != nil || z.Close() != nil {
			small.Reset()
		}
	}
	return rendered{page, small.Bytes()}
}

func zips(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") }

// send answers with a page. That the reader has gone is no fault: a log of
// those would tell when somebody was here.
func (p rendered) send(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Encoding")
	body := p.plain
	if len(p.small) > 0 {
		h.Set("Content-Encoding", "gzip")
		body = p.small
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// show renders a page and sends it.
func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, c component) {
	p, ok := s.render(r, c)
	if !ok {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	p.send(w, r, status)
}

// faults are the statuses that have a page of their own words.
var faults = []int{400, 401, 403, 404, 405, 413, 421, 429, 500, 503}

// fault is which page of a refusal: there are few, they are the same for
// everybody, and a flood must not have them rendered each time.
type fault struct {
	status int
	locale helpline.Locale
	zipped bool
}

type faultPages struct {
	mu    sync.Mutex
	pages map[fault]rendered
}

// Problem writes the page for a status of 400 or more: what happened, what to
// do next, and the lines. The edge uses it too.
func (s *Site) Problem(w http.ResponseWriter, r *http.Request, status int) {
	key := status
	if !slices.Contains(faults, key) {
		key = 400 // the nearest of its class
		if status >= 500 {
			key = 500
		}
	}
	v := s.visit(w, r, s.localeOf(r))
	at := fault{key, v.locale, zips(r)}
	s.faults.mu.Lock()
	p, ok := s.faults.pages[at]
	s.faults.mu.Unlock()
	if !ok {
		name := "error." + strconv.Itoa(key)
		p, ok = s.render(r, templates.FaultPage(templates.Fault{
			Page: s.page(v, "plain", ""), Heading: v.words.T(name + ".h"), Text: v.words.T(name + ".p"),
		}))
		if !ok {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		s.faults.mu.Lock()
		s.faults.pages[at] = p
		s.faults.mu.Unlock()
	}
	p.send(w, r, status)
}
