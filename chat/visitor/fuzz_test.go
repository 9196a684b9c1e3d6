package visitor_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"helpline"
)

// FuzzForms: whatever is asked of the visitors' pages, by whom and in whatever
// form, there is an answer that is no fault of ours; a refusal starts nothing,
// and nothing that was typed comes back as markup or in a header.
func FuzzForms(f *testing.F) {
	f.Add(uint8(2), "door=self", "", "", "nl-BE, nl;q=0.8", false, true)
	f.Add(uint8(2), "door=nobody", "", "<script>x</script>", "", false, true)
	f.Add(uint8(4), "door=self&version="+read(), "", "", "", false, true)
	f.Add(uint8(4), "door=self&version="+read(), "", "", "", true, true)
	f.Add(uint8(3), "", "3", "", "*;q=NaN, en;q=1e999, ,;;", false, false)
	f.Add(uint8(3), "", "1\r\nX: y", "", "", false, false)
	f.Add(uint8(6), "by=beacon", "", "", "", true, true)
	f.Add(uint8(9), "%zz=%", "", "__Host-gone=1", "", true, true)
	f.Add(uint8(13), "a=b", "../..//", "__Host-place=AAAA; __Host-gone", "", false, false)
	f.Fuzz(func(t *testing.T, route uint8, body, part, cookies, language string, holds, typed bool) {
		r := newRig(t)
		routes := r.site.Routes()
		one := routes[int(route)%len(routes)]
		path := strings.NewReplacer("{$}", "", "{door}", part, "{hash}", part, "{name...}", part).Replace(one.Pattern)
		req := httptest.NewRequest(one.Method, "/", strings.NewReader(body))
		req.URL = &url.URL{Path: path, RawQuery: printable(body)}
		if typed {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		req.Header["Accept-Language"], req.Header["Cookie"] = []string{language}, []string{cookies}
		if holds {
			req.Header.Add("Cookie", r.holding(newTicket(helpline.Self)))
		}
		got := r.serve(req)
		if got.StatusCode < 200 || got.StatusCode >= 500 && got.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s %q is answered %d", one.Method, path, got.StatusCode)
		}
		started := one.Pattern == "/en/start" || one.Pattern == "/nl/start" || one.Pattern == "/nl-BE/start"
		if n := len(r.engine.arrived); n > 1 || n == 1 && (!started || got.StatusCode != http.StatusSeeOther) {
			t.Errorf("%s %q, answered %d, started %d contacts", one.Method, path, got.StatusCode, n)
		}
		for name, values := range got.Header {
			for _, v := range values {
				if strings.ContainsAny(v, "\r\n") || name == "Location" && (!strings.HasPrefix(v, "/") || strings.HasPrefix(v, "//")) && v != "https://weather.example/" {
					t.Errorf("header %s: %q", name, v)
				}
			}
		}
		for _, words := range []string{body, part, cookies, language} {
			if len(words) > 8 && strings.ContainsAny(words, `<"`) && strings.Contains(got.body, words) && strings.Contains(got.Header.Get("Content-Type"), "html") {
				t.Errorf("%q comes back on the page", words)
			}
		}
		if log := r.log.String(); log != "" {
			t.Errorf("logged: %s", log)
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
