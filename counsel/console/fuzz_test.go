package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
)

// kept is everything that lasts behind a console, written out.
func (h *house) kept() string {
	h.shelf.mu.Lock()
	defer h.shelf.mu.Unlock()
	h.cabinet.mu.Lock()
	defer h.cabinet.mu.Unlock()
	logins := map[[32]byte]helpline.ID{}
	for id, row := range h.shelf.rows {
		logins[id] = row.Person
	}
	notes := []string{}
	for _, n := range h.cabinet.notes {
		notes = append(notes, fmt.Sprintf("%v %q %q", n.NoteHead, n.Outcome, n.Text))
	}
	drafts := map[helpline.ID]string{}
	for id, d := range h.cabinet.drafts {
		drafts[id] = fmt.Sprintf("%q %q", d.Outcome, d.Text)
	}
	return fmt.Sprint(h.shelf.people, len(h.shelf.secrets), h.shelf.open, logins, notes, drafts, h.cabinet.closed, h.cabinet.vouched)
}

// FuzzForms: whatever is posted to the staff's side, by whom, where and in
// whatever form, there is an answer that is no fault of ours, and a refusal
// changes nothing.
func FuzzForms(f *testing.F) {
	forms := []string{
		"", "name=Sam+Jansen&passphrase=wrong", "name=%ff%00&passphrase=" + strings.Repeat("a", 300), "language=nl&back=//evil.example", "language=xx",
		"fullname=Kim&alias=K&role=counsellor&locale=en&door=self&chats=99999999999999999999", "fullname=Kim+Visser&role=supervisor&chats=1",
		"do=another", "choice=own&own=a&again=b", "written=yes&offer=short", "heard=yes&words=a+b", "heard=no", "passphrase=x&back=/notes%0d%0aX:+y", "script=1&passphrase=x",
		"person=PERSON&text=words&q.group=own", "person=PERSON&text=" + strings.Repeat("x", 2100) + "&q.group=own", "person=PERSON&q.none=x&q.=y&q.group=<b>",
		"person=PERSON&revision=-1&text=%ed%a0%80", "person=somebody&text=x", "%zz=1&;&==", "q.provider=x&person=PERSON&q.provider=y",
	}
	for i, form := range forms {
		for route := range 30 {
			if (route*7+i)%13 == 0 { // enough to begin with; every form meets every route soon
				f.Add(uint8(route), uint8(i), form, []string{"", "x", "ID", "..", "a/b", "%2e", "\x00<"}[i%7])
			}
		}
	}
	f.Fuzz(func(t *testing.T, route, who uint8, body, part string) {
		h := newHouse(t)
		p, login := h.person(t, "Sam Jansen", [][]helpline.Role{
			{helpline.Counsellor}, {helpline.Supervisor}, {helpline.Counsellor, helpline.Supervisor},
		}[who%3]...)
		if who&4 != 0 {
			h.cabinet.open[login.Value] = true
		}
		if who&8 != 0 {
			login = nil
		}
		h.cabinet.stranger = []counsel.Stranger{{Person: p.ID, Name: "Sam Jansen", Words: "a b"}}
		table := h.table()
		e := table[int(route)%len(table)]
		if part == "ID" {
			part = p.ID.String()
		}
		r := httptest.NewRequest(e.Method, "/", strings.NewReader(strings.ReplaceAll(body, "PERSON", p.ID.String())))
		r.URL = &url.URL{Path: strings.NewReplacer("{token}", part, "{contact}", part, "{person}", part, "{note}", part).Replace(e.Pattern), RawQuery: printable(body)}
		if who&16 == 0 {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if login != nil {
			r.AddCookie(login)
		}
		before := h.kept()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code < 200 || w.Code >= 500 {
			t.Errorf("%s %q is answered %d: %s", e.Method, r.URL.Path, w.Code, h.log)
		}
		if (w.Code >= 400 || e.Method == http.MethodGet) && h.kept() != before {
			t.Errorf("%s %q is answered %d and has changed\n%s\nto\n%s", e.Method, r.URL.Path, w.Code, before, h.kept())
		}
		if to := w.Header().Get("Location"); strings.ContainsAny(to, "\r\n") || strings.HasPrefix(to, "//") || to != "" && !strings.HasPrefix(to, "/") {
			t.Errorf("%s %q goes on to %q", e.Method, r.URL.Path, to)
		}
		if page := w.Body.String(); len(body) > 8 && strings.ContainsAny(body, `<"`) && strings.Contains(w.Header().Get("Content-Type"), "html") && strings.Contains(page, body) {
			t.Errorf("%s %q brings back what was typed: %q", e.Method, r.URL.Path, body)
		}
		if log := h.log.String(); log != "" {
			t.Errorf("%s %q logs: %s", e.Method, r.URL.Path, log)
		}
	})
}

// printable is what of a text can stand in the first line of a request.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, s)
}
