package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"helpline/static"
)

func TestTheTabAndItsIconSayWhatTheLineWantsAndNothingThatCounts(t *testing.T) {
	for _, tc := range []struct{ key, value, fault string }{
		{"tab_title", "Notes", ""},
		{"tab_title", "Notes (3)", "without digits"},
		{"tab_title", "Notes\nhere", "one line"},
		{"tab_title", " Notes", "one line"},
		{"tab_title", "Notes \u202e", "one line"},
		{"tab_title", strings.Repeat("a", 41), "at most 40"},
		{"icon", "cloud", ""},
		{"icon", "../square", "square, page, cloud"},
		{"icon", "heart", "square, page, cloud"},
		{"identity_word", "no", ""},
		{"identity_word", "perhaps", "yes or no"},
	} {
		_, err := configure(map[string]string{tc.key: tc.value}, noEnv, written(t, good))
		if tc.fault == "" && err != nil {
			t.Errorf("%s = %q: %v", tc.key, tc.value, err)
		}
		if tc.fault != "" && (err == nil || !strings.Contains(err.Error(), tc.fault)) {
			t.Errorf("%s = %q: %v, want %q", tc.key, tc.value, err, tc.fault)
		}
	}
	for _, name := range static.Icons() {
		if !static.Has("icon/" + name + ".svg") {
			t.Errorf("there is no icon %s", name)
		}
	}
}

func TestEveryVisitorsPageHasTheTitleAndIconOfTheLine(t *testing.T) {
	l := servedLine(t)
	l.conf.Line.Title, l.conf.Line.Icon = "Notes & more", "page"
	e, err := l.edge()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/en/", "/nl/before/1", "/en/leaving", "/en/nothing"} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest("GET", "http://talk.example.org"+path, nil))
		if body := w.Body.String(); !strings.Contains(body, "<title>Notes &amp; more</title>") || !strings.Contains(body, `href="`+static.Path("icon/page.svg")+`"`) {
			t.Errorf("%s does not say so", path)
		}
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "http://talk.example.org/en/leaving", nil))
	if !strings.Contains(w.Body.String(), "“Notes &amp; more”") {
		t.Error("the page on leaving names another title")
	}
}
