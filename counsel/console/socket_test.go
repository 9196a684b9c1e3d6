package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/counsel/staff"
)

// dial opens a socket the way the desk's page would.
func dial(t *testing.T, s *httptest.Server, path, from string, login *http.Cookie) (*link.Page, error) {
	t.Helper()
	header := http.Header{"Origin": {from}}
	if login != nil {
		header.Set("Cookie", login.Name+"="+login.Value)
	}
	page, err := link.Dial(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http")+path, header)
	if err == nil {
		t.Cleanup(func() { _ = page.Close() })
	}
	return page, err
}

// ended waits until the server has closed the page's socket. The network and a
// busy machine take what they take: how soon it was told to is not seen here.
func ended(t *testing.T, page *link.Page) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, err := page.Receive(); err != nil {
				return
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Error("the socket is still open")
	}
}

func TestLoggingOutClosesEverySocketWithinASecond(t *testing.T) {
	h := newHouse(t)
	server := httptest.NewServer(h)
	defer server.Close()
	p, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	contact := helpline.NewID()
	lane, err := dial(t, server, "/desk/lane", origin, login)
	if err != nil {
		t.Fatal(err)
	}
	talk, err := dial(t, server, "/desk/talk/"+contact.String(), origin, login)
	if err != nil {
		t.Fatal(err)
	}
	<-h.line.met
	<-h.line.met
	if m := h.line.Present(); len(m) != 2 || m[0].Person != p.ID || m[0].Alias != "Robin" || m[0].Chats != 1 || len(h.line.sat) != 1 || h.line.sat[0] != contact {
		t.Errorf("the engine met %+v at %v", m, h.line.sat)
	}
	w := h.do("POST", "/logout", login, url.Values{})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login?out" {
		t.Errorf("logging out: %d to %s", w.Code, w.Header().Get("Location"))
	}
	h.line.mu.Lock()
	left := len(h.line.links[p.ID])
	h.line.mu.Unlock()
	if left != 0 {
		t.Errorf("logging out was answered before %d sockets were told to close", left)
	}
	ended(t, lane)
	ended(t, talk)
	if _, err := dial(t, server, "/desk/lane", origin, login); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("coming back with the old login: %v", err)
	}
	if w := h.do("POST", "/logout", login, url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("logging out twice: %d", w.Code)
	}
}

func TestALogoutDuringTheUpgradeStillClosesTheSocket(t *testing.T) {
	h := newHouse(t)
	server := httptest.NewServer(h)
	defer server.Close()
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	h.line.during = func() { h.do("POST", "/logout", login, url.Values{}) }
	lane, err := dial(t, server, "/desk/lane", origin, login)
	if err != nil {
		t.Fatal(err)
	}
	ended(t, lane)
}

func TestASocketFromElsewhereIsRefused(t *testing.T) {
	h := newHouse(t)
	server := httptest.NewServer(h)
	defer server.Close()
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	for name, c := range map[string]struct {
		path, from string
		login      *http.Cookie
		want       string
	}{
		"another origin":            {"/desk/lane", "https://evil.example", login, "403"},
		"no login":                  {"/desk/lane", origin, nil, "401"},
		"no login, a conversation":  {"/desk/talk/" + helpline.NewID().String(), origin, nil, "401"},
		"a contact that cannot be":  {"/desk/talk/nonsense", origin, login, "404"},
		"another origin, no login ": {"/desk/lane", "https://evil.example", nil, "401"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := dial(t, server, c.path, c.from, c.login); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestAPageTheEngineRefusesIsDropped(t *testing.T) {
	h := newHouse(t)
	h.line.refuse = helpline.Errorf(helpline.NotFound, "not this person's conversation")
	server := httptest.NewServer(h)
	defer server.Close()
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	page, err := dial(t, server, "/desk/talk/"+helpline.NewID().String(), origin, login)
	if err != nil {
		t.Fatal(err)
	}
	ended(t, page)
	if open := h.open.list(); len(open) != 0 {
		t.Errorf("%d sockets are looked after", len(open))
	}
}

func TestOpenSocketsAreDroppedWhenTheirLoginEndsInAnotherWay(t *testing.T) {
	for name, end := range map[string]func(*house, staff.Person){
		"the person is removed": func(h *house, p staff.Person) {
			h.shelf.edit(p.ID, func(p *staff.Person) { p.State = staff.Removed })
		},
		"the person's roles change": func(h *house, p staff.Person) {
			h.shelf.edit(p.ID, func(p *staff.Person) { p.Roles = []helpline.Role{helpline.Supervisor} })
		},
		"the shift is over": func(*house, staff.Person) { time.Sleep(shift) },
		"the login is deleted": func(h *house, _ staff.Person) {
			h.shelf.mu.Lock()
			defer h.shelf.mu.Unlock()
			clear(h.shelf.rows)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				p, login := h.person(t, "Sam Jansen", helpline.Counsellor)
				r := httptest.NewRequest("GET", "/desk", nil)
				r.AddCookie(login)
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				go func() { _ = h.Run(ctx) }()
				cut := &fakeLink{}
				h.line.links[p.ID] = append(h.line.links[p.ID], cut)
				var id [32]byte
				for k := range h.shelf.rows {
					id = k
				}
				held := h.open.add(opener{id, p.ID, rolesOf(p)}, link.Nobody{})
				time.Sleep(10 * lookEvery)
				if cut.dropped.Load() {
					t.Fatal("a good login was dropped")
				}
				end(h, p)
				time.Sleep(lookEvery + time.Second)
				synctest.Wait()
				if !cut.dropped.Load() {
					t.Error("the socket is still open")
				}
				held.Gone()
				if left := h.open.list(); len(left) != 0 {
					t.Errorf("%d sockets are looked after that have gone", len(left))
				}
			})
		})
	}
}
