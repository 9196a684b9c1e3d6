package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/console"
	"helpline/store"
)

// servedLine builds a line as serve does, without listening.
func servedLine(t testing.TB) *line {
	t.Helper()
	conf, err := configure(map[string]string{"data": t.TempDir(), "proxy": "127.0.0.1"}, noEnv, written(t, good))
	if err != nil {
		t.Fatal(err)
	}
	l, err := openLine(t.Context(), conf, cheap, slog.New(slog.DiscardHandler), func(db *store.DB) error { return db.HostKeys().MakeInstallation() })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.db.Close() })
	return l
}

// joined is the route table of serve: both sites and what stands on both.
func (l *line) joined() map[string][]helpline.Route {
	both := []helpline.Route{healthRoute, readyRoute, assetRoute}
	visitors := l.visitors(l.engine, nil, nil).Routes()
	desk := l.console(console.Of(l.engine), "https://"+l.conf.StaffHost, nil).Routes()
	return map[string][]helpline.Route{
		l.conf.VisitorHost: append(visitors, both...),
		l.conf.StaffHost:   append(desk, both...),
	}
}

// example is a path that a pattern matches.
func example(pattern string) string {
	path := strings.TrimSuffix(pattern, "{$}")
	for strings.Contains(path, "{") {
		from := strings.Index(path, "{")
		to := strings.Index(path, "}")
		path = path[:from] + "1" + path[to+1:]
	}
	return path
}

func TestEveryRouteHasAPolicyAndEveryAnswerTheHeaders(t *testing.T) {
	l := servedLine(t)
	e, err := l.edge()
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	go l.work.Run(ctx)
	go func() { _ = l.engine.Run(ctx) }()
	walked := 0
	for host, table := range l.joined() {
		for _, route := range table {
			t.Run(host+" "+route.Method+" "+route.Pattern, func(t *testing.T) {
				open := []helpline.Policy{helpline.Anyone, helpline.TicketHolder, helpline.CodeHolder, helpline.InviteHolder, helpline.FeedHolder}
				if !slices.Contains(open, route.Policy) && len(route.Policy.Roles()) == 0 {
					t.Errorf("the policy is %q", route.Policy)
				}
				r := httptest.NewRequest(route.Method, "http://"+host+example(route.Pattern), nil)
				if _, pattern := e.sites[host].mux.Handler(r); pattern != route.Method+" "+route.Pattern {
					t.Fatalf("the mux has %q in its place", pattern)
				}
				w := httptest.NewRecorder()
				e.ServeHTTP(w, r)
				answer := w.Result()
				defer answer.Body.Close()
				for _, name := range append(protective, "Strict-Transport-Security") {
					if answer.Header.Get(name) == "" {
						t.Errorf("the answer %d has no %s", answer.StatusCode, name)
					}
				}
				closed := route.Policy != helpline.Anyone
				if closed && answer.StatusCode == http.StatusOK {
					t.Errorf("nobody in particular was let in: %d", answer.StatusCode)
				}
				if answer.StatusCode == http.StatusInternalServerError {
					t.Error("the answer to an empty request is a fault of ours")
				}
			})
			walked++
		}
	}
	if walked < 25 {
		t.Errorf("only %d routes were walked", walked)
	}
}

func TestServeHasNoRouteOfTheDemonstration(t *testing.T) {
	l := servedLine(t)
	e, err := l.edge()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range e.sites {
		for _, route := range demoRoutes {
			if route.Policy != helpline.DemoOnly {
				t.Errorf("%s has the policy %q", route.Pattern, route.Policy)
			}
			r := httptest.NewRequest(route.Method, "http://"+s.host+example(route.Pattern), nil)
			if _, pattern := s.mux.Handler(r); strings.Contains(pattern, "tour") || strings.Contains(pattern, "demo") {
				t.Errorf("%s serves %s as %q", s.host, r.URL.Path, pattern)
			}
		}
	}
	for host, table := range l.joined() {
		for _, route := range table {
			if route.Policy == helpline.DemoOnly {
				t.Errorf("%s: %s is a route of the demonstration", host, route.Pattern)
			}
		}
	}
}

func TestTheDemonstrationMountsWhatItsTableSays(t *testing.T) {
	dir := t.TempDir()
	w := beginDemo(t, dir)
	_, port, _ := strings.Cut(w.addr, ":")
	for path, want := range map[string]int{"/tour": 200, "/tour/progress": 200} {
		if answer, _ := w.browser("localhost:"+port, "").get(path); answer.StatusCode != want {
			t.Errorf("%s was answered %d", path, answer.StatusCode)
		}
		if answer, _ := w.browser("counsellor.localhost:"+port, "").get(path); answer.StatusCode != 404 {
			t.Errorf("on the staff's host %s was answered %d", path, answer.StatusCode)
		}
	}
	if answer, _ := w.browser("counsellor.localhost:"+port, "").get("/demo/enter/NOSUCHTOKEN"); answer.StatusCode != 410 {
		t.Errorf("an unknown link was answered %d", answer.StatusCode)
	}
	neutral := w.browser("neutral.localhost:"+port, "")
	if answer, page := neutral.get("/"); answer.StatusCode != 200 || strings.Contains(page, "Demonstration") {
		t.Errorf("the neutral page was answered %d and must say nothing of where one has been: %s", answer.StatusCode, page)
	}
}

func TestEntriesWorkOnceAndForAnHour(t *testing.T) {
	var e entries
	now := time.Now()
	person := helpline.NewID()
	token := e.add(person, now)
	if got, ok := e.look(token, now); !ok || got != person {
		t.Error("a fresh link opens nothing")
	}
	if _, ok := e.look(token, now.Add(time.Hour)); ok {
		t.Error("after an hour the link still works")
	}
	if got, ok := e.spend(token, now); !ok || got != person {
		t.Error("the link cannot be used")
	}
	if _, ok := e.spend(token, now); ok {
		t.Error("the link works twice")
	}
	for range mostEntries + 50 {
		e.add(person, now)
	}
	if len(e.open) > mostEntries {
		t.Errorf("%d links are open", len(e.open))
	}
}
