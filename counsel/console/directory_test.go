package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/directory"
)

// library keeps a directory in memory.
type library struct{ entries []directory.Entry }

func (l *library) Providers(context.Context) ([]directory.Entry, error) {
	return slices.Clone(l.entries), nil
}

func (l *library) KeepProviders(_ context.Context, entries []directory.Entry, _ bool) (directory.Change, error) {
	for _, e := range entries {
		if i := slices.IndexFunc(l.entries, func(k directory.Entry) bool { return k.ID == e.ID }); i >= 0 {
			l.entries[i].JSON, l.entries[i].CheckedOn = e.JSON, e.CheckedOn
		} else {
			l.entries = append(l.entries, e)
		}
	}
	return directory.Change{}, nil
}

func (l *library) HideProvider(_ context.Context, entry helpline.ID, hidden bool) error {
	for i := range l.entries {
		if l.entries[i].ID == entry {
			l.entries[i].Hidden = hidden
			return nil
		}
	}
	return helpline.Errorf(helpline.NotFound, "not known")
}

func (l *library) provider(t *testing.T, id helpline.ID) directory.Provider {
	t.Helper()
	d, err := directory.Of(l.entries)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := d.Provider(id)
	if !ok {
		t.Fatal("the provider is not kept")
	}
	return p
}

func TestASupervisorSaysWhatWasCheckedAndKeepsAProviderOffCards(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	starter, err := directory.Starter()
	if err != nil {
		t.Fatal(err)
	}
	one := starter.Providers()[0]
	page := h.do("GET", "/directory", login, nil)
	if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), one.Name) || strings.Count(page.Body.String(), `data-state="check"`) != 25 {
		t.Fatalf("the page of the starter directory: %d", page.Code)
	}
	at := "/directory/" + one.ID.String()
	if w := h.do("POST", at+"/checked", login, url.Values{}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/directory#p-"+one.ID.String() {
		t.Fatalf("checking: %d", w.Code)
	}
	now := h.library.provider(t, one.ID)
	if len(h.library.entries) != 25 || now.CheckedBy != p.Alias || string(now.CheckedOn) != time.Now().Format(time.DateOnly) {
		t.Errorf("%d entries are kept, checked by %q on %q", len(h.library.entries), now.CheckedBy, now.CheckedOn)
	}
	text := h.do("GET", "/directory", login, nil).Body.String()
	if strings.Count(text, `data-state="check"`) != 24 || strings.Count(text, `data-state="checked"`) != 1 || !strings.Contains(text, "by "+p.Alias+" on ") {
		t.Error("the page does not say what was checked")
	}
	for _, hidden := range []string{"yes", "no"} {
		if w := h.do("POST", at+"/hide", login, url.Values{"hidden": {hidden}}); w.Code != http.StatusSeeOther {
			t.Fatalf("hiding: %d", w.Code)
		}
		if got := h.library.provider(t, one.ID).Hidden; got != (hidden == "yes") {
			t.Errorf("hidden is %v after %s", got, hidden)
		}
	}
	for path, want := range map[string]int{
		"/directory/" + helpline.NewID().String() + "/checked": http.StatusNotFound,
		"/directory/nonsense/checked":                          http.StatusNotFound,
		at + "/hide":                                           http.StatusBadRequest, // neither yes nor no
	} {
		if w := h.do("POST", path, login, url.Values{}); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}
