package visitor_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"helpline"
	"helpline/static"
)

// everyPage is every page a visitor can see, by name.
func everyPage(r *rig) map[string]answer {
	out := map[string]answer{}
	for _, l := range []string{"en", "nl", "nl-BE"} {
		r.hours.open = true
		out[l+" front"] = r.do("GET", "/"+l+"/", nil)
		for _, n := range []string{"1", "2", "3", "4", "5", "30", "31", "32", "33"} {
			out[l+" before "+n] = r.do("GET", "/"+l+"/before/"+n, nil)
		}
		for _, n := range []string{"1", "2", "3", "4", "5"} {
			out[l+" read "+n] = r.do("GET", "/"+l+"/read/"+n, nil)
		}
		for _, name := range []string{"about", "privacy", "access", "remarks"} {
			out[l+" "+name] = r.do("GET", "/"+l+"/"+name, nil)
		}
		out[l+" leaving"] = r.do("GET", "/"+l+"/leaving", nil)
		out[l+" court"] = r.do("GET", "/"+l+"/kept", nil)
		out[l+" talk"] = r.do("GET", "/"+l+"/talk", nil, r.holding(newTicket(helpline.Young)))
		r.hours.open = false
		out[l+" closed"] = r.do("GET", "/"+l+"/", nil)
		out[l+" before, closed"] = r.do("GET", "/"+l+"/before/1", nil)
		for _, status := range []int{400, 401, 403, 404, 405, 413, 418, 421, 429, 500, 502, 503} {
			w := httptest.NewRecorder()
			r.site.Problem(w, httptest.NewRequest("GET", origin+"/"+l+"/x", nil), status)
			out[l+" problem "+http.StatusText(status)] = answer{w.Result(), w.Body.String()}
		}
	}
	return out
}

var (
	inline = regexp.MustCompile(`<style|\sstyle=|\son[a-z]+=|<script(?:[^>]*)>[^<]|javascript:|<base|<iframe|<img`)
	ids    = regexp.MustCompile(`\sid="([^"]+)"`)
	asset  = regexp.MustCompile(`"` + static.Prefix + `[0-9a-f]+/([^"]+)"`)
	urls   = regexp.MustCompile(`(?:src|href|action)="([^"]*)"`)
	focus  = regexp.MustCompile(`<(a|button|input|textarea)[\s>][^>]*>`)
)

func TestEveryPageKeepsTheRulesOfTheHouse(t *testing.T) {
	r := newRig(t)
	titles := map[string]bool{}
	for name, page := range everyPage(r) {
		body := page.body
		if hit := inline.FindString(body); hit != "" {
			t.Errorf("%s: %q", name, hit)
		}
		l, _, _ := strings.Cut(name, " ")
		if !strings.Contains(body, `<html lang="`+l+`" dir="ltr"`) {
			t.Errorf("%s: does not say its language", name)
		}
		for _, number := range []string{"tel:112", "tel:08000113", "tel:08000432"} {
			if !strings.Contains(body, number) {
				t.Errorf("%s: no %s", name, number)
			}
		}
		seen := map[string]bool{}
		for _, id := range ids.FindAllStringSubmatch(body, -1) {
			if seen[id[1]] {
				t.Errorf("%s: id %s stands there twice", name, id[1])
			}
			seen[id[1]] = true
		}
		for _, a := range asset.FindAllStringSubmatch(body, -1) {
			if !static.Has(a[1]) {
				t.Errorf("%s: no asset %s", name, a[1])
			}
		}
		for _, u := range urls.FindAllStringSubmatch(body, -1) {
			if !strings.HasPrefix(u[1], "/") && !strings.HasPrefix(u[1], "tel:") && !strings.HasPrefix(u[1], "#") || strings.HasPrefix(u[1], "//") {
				t.Errorf("%s: leads away to %s", name, u[1])
			}
		}
		stops := focus.FindAllString(body, 2)
		if len(stops) < 2 || !strings.Contains(stops[0], `class="skip"`) || !strings.Contains(stops[1], `class="leave"`) {
			t.Errorf("%s: the first two stops of the keyboard are %v", name, stops)
		}
		title := regexp.MustCompile(`<title>([^<]*)</title>`).FindStringSubmatch(body)
		if title == nil {
			t.Errorf("%s: no title", name)
			continue
		}
		titles[title[1]] = true
		if strings.Count(body, "<h1") == 0 {
			t.Errorf("%s: no heading", name)
		}
		if missing := regexp.MustCompile(`>(?:[a-z]+\.){1,3}[a-z0-9]+<`).FindString(body); missing != "" {
			t.Errorf("%s: a key without a word: %s", name, missing)
		}
		if page.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: may be kept", name)
		}
	}
	if len(titles) != 2 || !titles["Talk"] || !titles["Praten"] {
		t.Errorf("titles: %v; they are dull and never tell one page from another", titles)
	}
}

func TestAnAddressThatIsNotOursIsAPage(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/fr/", "/xx/talk", "/en/nothing", "/en/before/0", "/en/before/6", "/en/before/01", "/en/before/self", "/en/before/34", "/en/before/10", "/en/before/3/1", "/en/read/6", "/en/read/30", "/en/read/"} {
		got := r.do("GET", path, nil)
		r.want(got, http.StatusNotFound, "")
		if !strings.Contains(got.body, "Everything starts on the first page.") {
			t.Errorf("%s: no next step", path)
		}
	}
}

func TestTheTalkPageSaysThatItNeedsScriptsUntilTheyArrive(t *testing.T) {
	r := newRig(t)
	page := r.do("GET", "/en/talk", nil, r.holding(newTicket(helpline.Survivor))).body
	if !strings.Contains(page, `<section id="plain" class="stack view">`) || !strings.Contains(page, "For now this chat needs JavaScript.") {
		t.Error("without scripts the page says nothing")
	}
	for _, view := range []string{"waiting", "ready", "talking", "taken", "again", "after"} {
		if !regexp.MustCompile(`<section id="` + view + `"[^>]* hidden`).MatchString(page) {
			t.Errorf("view %s is not hidden at first", view)
		}
	}
	if !strings.Contains(page, "tel:08000188") {
		t.Error("a survivor is not shown the line for them")
	}
}

func TestTheFirstLoadIsLight(t *testing.T) {
	r := newRig(t)
	script := static.Size("js/visitor.js") + static.Size("js/thread.js")
	if script > 8_000 {
		t.Errorf("scripts weigh %d bytes", script)
	}
	for name, page := range map[string]answer{
		"front": r.do("GET", "/nl/", nil),
		"talk":  r.do("GET", "/nl/talk", nil, r.holding(newTicket(helpline.Self))),
	} {
		var small bytes.Buffer
		z := gzip.NewWriter(&small)
		if _, err := z.Write([]byte(page.body)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		files := asset.FindAllStringSubmatch(page.body, -1)
		if len(files) > 4 {
			t.Errorf("%s: %d requests", name, len(files)+1)
		}
		weight := small.Len()
		for _, f := range files {
			weight += static.Size(f[1])
		}
		t.Logf("%s: %d bytes, page %d", name, weight, small.Len())
		if weight > 28_000 { // what is left goes to headers
			t.Errorf("%s: %d bytes", name, weight)
		}
	}
}

func TestAPageIsSentCompressedToWhoTakesIt(t *testing.T) {
	r := newRig(t)
	req := httptest.NewRequest("GET", origin+"/en/", nil)
	req.Header.Set("Accept-Encoding", "gzip, br")
	got := r.serve(req)
	if got.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	if _, err := gzip.NewReader(strings.NewReader(got.body)); err != nil {
		t.Error(err)
	}
}

func TestEveryRouteIsMountedWithItsPolicy(t *testing.T) {
	r := newRig(t)
	policies := map[helpline.Policy]int{}
	for _, route := range r.site.Routes() {
		policies[route.Policy]++
		path := strings.NewReplacer("{$}", "", "{door}", "1", "{page}", helpline.NewID().String(), "{upto}", "0", "{n}", "1", "{hash}", static.Hash(), "{name...}", "css/app.css").Replace(route.Pattern)
		_, pattern := r.mux.Handler(httptest.NewRequest(route.Method, origin+path, nil))
		if pattern != route.Method+" "+route.Pattern {
			t.Errorf("%s %s is served by %q", route.Method, route.Pattern, pattern)
		}
		if route.Policy == helpline.TicketHolder {
			if got := r.do(route.Method, path, nil); got.StatusCode != http.StatusUnauthorized && got.StatusCode != http.StatusSeeOther {
				t.Errorf("%s without a ticket: %d", path, got.StatusCode)
			}
		}
	}
	if len(policies) != 3 || policies[helpline.TicketHolder] == 0 || policies[helpline.CodeHolder] == 0 {
		t.Errorf("policies: %v", policies)
	}
}

func TestNothingOfARequestIsLoggedOrShown(t *testing.T) {
	const mark = "quagga-51c0"
	r := newRig(t)
	r.engine.renewErr = helpline.Errorf(helpline.Internal, "store")
	for _, route := range r.site.Routes() {
		path := strings.NewReplacer("{$}", "", "{door}", mark, "{page}", mark, "{upto}", mark, "{n}", mark, "{hash}", mark, "{name...}", mark).Replace(route.Pattern)
		req := httptest.NewRequest(route.Method, origin+path+"?q="+mark, strings.NewReader("door="+mark+"&by="+mark))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("User-Agent", mark)
		req.Header.Set("Referer", "https://"+mark+".example/")
		req.Header.Set("Accept-Language", mark)
		req.Header.Add("Cookie", r.holding(newTicket(helpline.Self)))
		req.Header.Add("Cookie", "note="+mark)
		req.RemoteAddr = mark + ":1"
		got := r.serve(req)
		var head bytes.Buffer
		if err := got.Header.Write(&head); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got.body+head.String(), mark) {
			t.Errorf("%s %s: shows what was sent", route.Method, route.Pattern)
		}
	}
	if log := r.log.String(); strings.Contains(log, mark) || !strings.Contains(log, "internal") {
		t.Errorf("log: %s", log)
	}
}

func TestWhatACourtCouldAskIsOnTheSiteInEveryLanguage(t *testing.T) {
	r := newRig(t)
	if page := r.do("GET", "/en/before/1", nil); !strings.Contains(page.body, `href="/en/kept"`) {
		t.Error("the promise does not lead to it")
	}
	for _, l := range helpline.Locales() {
		page := r.do("GET", "/"+string(l)+"/kept", nil)
		if page.StatusCode == http.StatusNotFound {
			continue // a language that this line does not offer
		}
		if page.StatusCode != http.StatusOK || !strings.Contains(page.body, `lang="`+string(l)+`"`) || strings.Contains(page.body, "_days}") {
			t.Errorf("%s: %d", l, page.StatusCode)
		}
		if n := strings.Count(page.body, "data-kept="); n < 6 {
			t.Errorf("%s: %d kinds of things are told", l, n)
		}
	}
}
