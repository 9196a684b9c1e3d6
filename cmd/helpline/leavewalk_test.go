package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpline"
)

// stands is what is tried in each place of the visitors' addresses. A route with
// a place that is not named here fails the walk.
var stands = map[string][]string{
	"{$}":      {""},
	"{door}":   {"1", "2", "3", "4", "5", "30", "31", "0", "x"},
	"{page}":   {"AAAAAAAAAAAAAAAAAAAAAA", "x"},
	"{upto}":   {"1"},
	"{n}":      {"1"},
	"{stream}": {"x", "AAAAAAAAAAAAAAAAAAAAAA"},
	"{turn}":   {"x", strings.Repeat("A", 48)},
}

// tried are requests for one route: every value in its place, and for forms an
// empty one and one of nonsense.
func tried(t *testing.T, route helpline.Route) []*http.Request {
	t.Helper()
	paths := []string{route.Pattern}
	for _, place := range regexp.MustCompile(`\{[^}]*\}`).FindAllString(route.Pattern, -1) {
		values := stands[place]
		if len(values) == 0 {
			t.Fatalf("%s: say in stands what stands in %s", route.Pattern, place)
		}
		var more []string
		for _, path := range paths {
			for _, value := range values {
				more = append(more, strings.Replace(path, place, value, 1))
			}
		}
		paths = more
	}
	var out []*http.Request
	for _, path := range paths {
		if route.Method == http.MethodGet {
			out = append(out, httptest.NewRequest("GET", "http://talk.example.org"+path, nil), httptest.NewRequest("GET", "http://talk.example.org"+path+"?door=2&n=1", nil))
			continue
		}
		for _, form := range []url.Values{
			{},
			{"door": {"self"}, "version": {"0"}, "text": {"I do not sleep."}},
			{"door": {"relative"}, "code": {"nonsense"}, "text": {strings.Repeat("long ", 2000)}, "step": {"move"}},
		} {
			r := httptest.NewRequest("POST", "http://talk.example.org"+path, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", "https://talk.example.org")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			out = append(out, r)
		}
	}
	return out
}

var (
	stops   = regexp.MustCompile(`<(?:a|button|input|textarea|select|summary)[\s>][^>]*>`)
	exit    = regexp.MustCompile(`<form class="exit" method="post" action="/[\w-]+/leave" data-exit><button type="submit" class="leave">[^<]+</button><input type="hidden" name="by" value="form"></form>`) // a text browser posts no form that has nothing to send
	titled  = regexp.MustCompile(`<title>([^<]*)</title>`)
	fetched = regexp.MustCompile(`<(?:script|link|img|iframe|form|source|video|audio|embed|object)\s[^>]*?(?:src|href|action|data)="([^"]*)"`)
	anchors = regexp.MustCompile(`<a\s[^>]*href="([^"]*)"[^>]*>`)
	boxes   = regexp.MustCompile(`<(?:textarea|input)\s[^>]*>`)
	ticked  = regexp.MustCompile(`type="(?:hidden|checkbox|radio|submit|number)"`)
)

// pageFaults are what is wrong with an answer that shows a page to a visitor.
func pageFaults(answer *http.Response, body string, titles []string) []string {
	var out []string
	wrong := func(bad bool, what string) {
		if bad {
			out = append(out, what)
		}
	}
	h := answer.Header
	csp := h.Get("Content-Security-Policy")
	wrong(h.Get("Cache-Control") != "no-store", "it may be kept: "+h.Get("Cache-Control"))
	wrong(h.Get("Referrer-Policy") != "same-origin", "it tells others where somebody came from")
	wrong(!strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "trusted-types 'none'") || strings.Contains(csp, "unsafe"), "its policy is "+csp)
	for _, name := range []string{"Refresh", "Link"} {
		wrong(h.Get(name) != "", "it has a header "+name)
	}
	title := titled.FindStringSubmatch(body)
	wrong(title == nil || !slices.Contains(titles, title[1]), "its title is not the dull one")
	for _, to := range fetched.FindAllStringSubmatch(body, -1) {
		wrong(!strings.HasPrefix(to[1], "/") || strings.HasPrefix(to[1], "//"), "it fetches or posts elsewhere: "+to[1])
	}
	for _, to := range anchors.FindAllStringSubmatch(body, -1) {
		ours := strings.HasPrefix(to[1], "/") && !strings.HasPrefix(to[1], "//") || strings.HasPrefix(to[1], "#") || strings.HasPrefix(to[1], "tel:")
		wrong(!ours && !strings.Contains(to[0], "noreferrer"), "it leads elsewhere and says where from: "+to[0])
	}
	for _, box := range boxes.FindAllString(body, -1) {
		wrong(!ticked.MatchString(box) && (!strings.Contains(box, `autocomplete="off"`) || !strings.Contains(box, `spellcheck="false"`)), "what is typed is remembered or looked up: "+box)
	}
	if strings.Contains(csp, "frame-ancestors 'self'") {
		return out // a frame: the way out stands on the page around it
	}
	for _, data := range []string{`data-leave="/`, `data-home="/`, `data-neutral="https://weather.example/"`} {
		wrong(!strings.Contains(body, data), "the script is not told "+data)
	}
	wrong(!exit.MatchString(body), "it has no way out that works without scripts")
	first := stops.FindAllString(body, 2)
	wrong(len(first) < 2 || !strings.Contains(first[0], `class="skip" href="#main"`) || !strings.Contains(first[1], `class="leave"`), "the keyboard does not come to the way out second")
	wrong(!regexp.MustCompile(`<script type="module" src="/a/[0-9a-f]+/js/visitor\.js">`).MatchString(body), "it does not bring the script that leaves at once")
	wrong(!strings.Contains(body, `<main id="main"`) || !strings.Contains(body, "<h1"), "it has no heading, or no place to skip to")
	return out
}

// keepPage writes a page into the folder that HELPLINE_PAGES names, for `make
// html` and `make validate` to look at; once, whoever asked for it.
func keepPage(t *testing.T, answer *http.Response, page []byte, kind string) {
	t.Helper()
	dir := os.Getenv("HELPLINE_PAGES")
	if dir == "" || answer.StatusCode/100 == 3 || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		return
	}
	name := fmt.Sprintf("%s-%d-%x.html", kind, answer.StatusCode, sha256.Sum256(page))
	if err := os.WriteFile(filepath.Join(dir, name), page, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Every page that any route of the visitors' table shows, to strangers and to
// those who have a place, open and closed, for good requests and bad ones. The
// table is made from the routes: whoever adds a page has it walked here.
func TestPromiseEveryVisitorsPageIsLeftInOneMoveAndTellsNobody(t *testing.T) {
	w := newStroll(t, 8)
	line := servedLine(t)
	closed, err := line.edge()
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	go func() { _ = line.engine.Run(ctx) }()
	var titles []string
	for _, l := range helpline.Locales() {
		titles = append(titles, w.line.words.In(l).T("title"))
	}
	shown, pages, tries := map[string]bool{}, 0, 0
	for name, edge := range map[string]*edge{"open": w.edge, "closed": closed} {
		for _, route := range w.line.joined()[w.line.conf.VisitorHost] {
			if route == assetRoute || strings.HasSuffix(route.Pattern, "/link") {
				continue // no page stands there
			}
			for _, holds := range []bool{false, true} {
				for _, r := range tried(t, route) {
					if holds {
						if edge != w.edge {
							continue
						}
						r.Header.Set("Cookie", w.ticket())
					}
					tries++ // each from an address of its own: what is looked at is the page, not a refusal
					r.RemoteAddr = fmt.Sprintf("198.51.%d.%d:443", tries/250, tries%250)
					a := httptest.NewRecorder()
					edge.ServeHTTP(a, r)
					answer := a.Result()
					text, err := io.ReadAll(answer.Body)
					_ = answer.Body.Close()
					if err != nil {
						t.Fatal(err)
					}
					if holds && (slices.ContainsFunc(answer.Cookies(), func(c *http.Cookie) bool { return c.MaxAge < 0 }) || answer.StatusCode == http.StatusTooManyRequests) {
						w.visit = "" // it is over, or has asked for enough
					}
					if to := answer.Header.Get("Location"); to != "" && to != "https://weather.example/" && !strings.HasPrefix(to, "/") {
						t.Errorf("%s %s leads to %s", r.Method, r.URL, to)
					}
					if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") || answer.StatusCode/100 == 3 {
						continue
					}
					pages++
					keepPage(t, answer, text, "visitor")
					if answer.StatusCode == http.StatusOK {
						shown[route.Pattern] = true
					}
					for _, fault := range pageFaults(answer, string(text), titles) {
						t.Errorf("%s %s %s (%s, with a place: %v): %s", name, r.Method, r.URL.RequestURI(), answer.Status, holds, fault)
					}
				}
			}
			if name == "open" && route.Method == "GET" && route.Policy != helpline.CodeHolder && !strings.Contains(route.Pattern, "/seen/") && !shown[route.Pattern] && !strings.HasPrefix(route.Pattern, "/{$}") && route != healthRoute && route != readyRoute {
				t.Errorf("%s: the walk never came to this page", route.Pattern)
			}
		}
	}
	if pages < 100 {
		t.Errorf("only %d pages were looked at", pages)
	}
	t.Logf("%d pages", pages)
}

// The walk itself sees each fault.
func TestTheWalkOfTheVisitorsPagesSeesWhatIsWrong(t *testing.T) {
	good := `<html lang="en" data-home="/en/" data-leave="/en/leave" data-neutral="https://weather.example/"><title>Talk</title>` +
		`<script type="module" src="/a/00/js/visitor.js"></script><a class="skip" href="#main">x</a>` +
		`<form class="exit" method="post" action="/en/leave" data-exit><button type="submit" class="leave">Go</button><input type="hidden" name="by" value="form"></form><main id="main"><h1>x</h1>` +
		`<textarea id="a" autocomplete="off" spellcheck="false"></textarea></main>`
	answer := func() *http.Response {
		return &http.Response{Header: http.Header{
			"Cache-Control": {"no-store"}, "Referrer-Policy": {"same-origin"},
			"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'; trusted-types 'none'"},
		}}
	}
	if faults := pageFaults(answer(), good, []string{"Talk"}); len(faults) > 0 {
		t.Fatalf("a good page: %v", faults)
	}
	for from, to := range map[string]string{
		"<title>Talk":              "<title>Talk (2)",
		` spellcheck="false"`:      "",
		` autocomplete="off"`:      "",
		`class="skip"`:             `class="other"`,
		` data-exit`:               ` target="_blank"`,
		`data-neutral="https://w`:  `data-neutral="https://v`,
		`src="/a/00/js/visitor.js`: `src="https://elsewhere.example/visitor.js`,
		"<h1>x</h1>":               `<h1>x</h1><a href="https://elsewhere.example/">x</a>`,
		`<main id="main">`:         `<main>`,
		`<textarea`:                `<img src="//elsewhere.example/x"><textarea`,
	} {
		if faults := pageFaults(answer(), strings.Replace(good, from, to, 1), []string{"Talk"}); len(faults) == 0 {
			t.Errorf("%q in the place of %q is not seen", to, from)
		}
	}
	for name, value := range map[string]string{"Cache-Control": "private", "Referrer-Policy": "origin", "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; trusted-types 'none'"} {
		a := answer()
		a.Header.Set(name, value)
		if len(pageFaults(a, good, []string{"Talk"})) == 0 {
			t.Errorf("%s: %s is not seen", name, value)
		}
	}
}
