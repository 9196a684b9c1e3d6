package visitor_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"helpline"
)

// TestPromiseAFormThatIsNotLetInGivesItsWordsBack: with what belongs to them, and
// without a code.
func TestPromiseAFormThatIsNotLetInGivesItsWordsBack(t *testing.T) {
	r, _ := knowing(t)
	form := helpline.NewID().String()
	ask := func(path string, f url.Values) (string, bool) {
		t.Helper()
		req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(f.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		ok := r.site.Again(w, req, http.StatusTooManyRequests)
		if ok && w.Code != http.StatusTooManyRequests {
			t.Errorf("%s: status %d", path, w.Code)
		}
		return w.Body.String(), ok
	}
	for _, path := range []string{"/en/write", "/en/wrong", "/en/thread", "/en/talk/plain", "/en/talk/write/" + helpline.NewID().String()} {
		page, ok := ask(path, url.Values{
			"form": {form}, "id": {form}, "version": {"3"}, "door": {"self"}, "urgent": {"1"}, "after": {"12"},
			"text": {"I <b>cannot</b> sleep. " + someCode}, "page": {someCode}, "x": {"stray"}, "got": {`"><i>`},
		})
		if !ok || !strings.Contains(page, "I &lt;b&gt;cannot&lt;/b&gt; sleep.") || !strings.Contains(page, `action="`+path+`"`) ||
			!strings.Contains(page, `name="form" value="`+form+`"`) || !strings.Contains(page, `name="urgent" value="1"`) {
			t.Errorf("%s: the words or what belongs to them are lost: %v", path, ok)
		}
		if strings.Contains(page, "babab") || strings.Contains(page, "stray") || strings.Contains(page, "<i>") {
			t.Errorf("%s: a code, or what is no field of ours, comes back", path)
		}
	}
	for name, c := range map[string]struct {
		path string
		form url.Values
	}{
		"no words":              {"/en/write", url.Values{"form": {form}, "text": {" \n"}}},
		"a script keeps them":   {"/en/wrong", url.Values{"script": {"1"}, "text": {"words"}}},
		"no form with words":    {"/en/back", url.Values{"typed": {someCode}, "text": {"words"}}},
		"no page of ours":       {"/en/else", url.Values{"text": {"words"}}},
		"no language of ours":   {"/xx/write", url.Values{"text": {"words"}}},
		"more than may be sent": {"/en/write", url.Values{"text": {strings.Repeat("word ", 20_000)}}},
	} {
		if _, ok := ask(c.path, c.form); ok {
			t.Errorf("%s: it was answered", name)
		}
	}
}
