package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

func (s *shelf) OfPerson(_ context.Context, person helpline.ID) ([][32]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out [][32]byte
	for id, row := range s.rows {
		if row.Person == person {
			out = append(out, id)
		}
	}
	return out, nil
}

func (s *shelf) NameLogin(_ context.Context, id [32]byte, device string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if row, ok := s.rows[id]; ok {
		row.Device = device
		s.rows[id] = row
	}
	return nil
}

func (c *cabinet) Factors(_ context.Context, by counsel.By) ([]counsel.Factor, error) {
	if err := c.reads(by); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out := []counsel.Factor{{ID: helpline.ID{1}, Kind: counsel.CodeFactor, Name: "Old phone", Day: 20_000}}
	if !c.removed {
		out = append(out, counsel.Factor{ID: helpline.ID{2}, Kind: counsel.PasskeyFactor, Name: "Stick", Day: 20_001, Copied: true})
	}
	return out, nil
}

func (c *cabinet) Remove(_ context.Context, _ counsel.By, id helpline.ID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case id != helpline.ID{1} && id != helpline.ID{2}:
		return helpline.Errorf(helpline.NotFound, "cabinet: none")
	case c.removed:
		return helpline.Errorf(helpline.Conflict, "cabinet: %w", counsel.ErrLastFactor)
	}
	c.removed = true
	return nil
}

func (c *cabinet) Reset(_ context.Context, _ counsel.By, person helpline.ID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bare[person] = true
	return nil
}

func TestPromiseTheDeviceListShowsDaysAndOwnNamesOnly(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	h.person(t, "Sam Jansen", helpline.Supervisor)
	h.login(t, "Robin Ruiter")
	w := h.do("POST", "/devices/name", login, url.Values{"device": {"Desk <2>"}})
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a name of another shape was answered %d", w.Code)
	}
	w = h.do("POST", "/devices/name", login, url.Values{"device": {"Desk two"}})
	cookies := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || len(cookies) != 1 || cookies[0].Name != DeviceCookie || !cookies[0].HttpOnly || !cookies[0].Secure || cookies[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("naming was answered %d with %v", w.Code, cookies)
	}
	page := h.do("GET", "/devices", login, nil).Body.String()
	if strings.Count(page, "name=\"login\"") != 1 || !strings.Contains(page, "Desk two") || !strings.Contains(page, "A device without a name") || !strings.Contains(page, "Old phone") || !strings.Contains(page, "may be a copy") {
		t.Errorf("the page says %s", page)
	}
	if found := regexp.MustCompile(`\d\d:\d\d|\d+\.\d+\.\d+\.\d+`).FindString(page); found != "" {
		t.Errorf("a time or an address is shown: %s", found)
	}
	// The next login on this device has the name, and nobody else's row was touched.
	r := httptest.NewRequest("POST", "/login", strings.NewReader(url.Values{"name": {"Robin Ruiter"}, "passphrase": {pass}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(cookies[0])
	h.ServeHTTP(httptest.NewRecorder(), r)
	named := map[string]int{}
	for _, row := range h.shelf.rows {
		if row.Person == p.ID {
			named[row.Device]++
		} else if row.Device != "" {
			t.Errorf("somebody else's login is called %q", row.Device)
		}
	}
	if named["Desk two"] != 2 {
		t.Errorf("logins are called %v", named)
	}
}

func TestALoginIsEndedFromTheListAndOnlyOnesOwn(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	_, sams := h.person(t, "Sam Jansen", helpline.Supervisor)
	second, third := h.login(t, "Robin Ruiter"), h.login(t, "Robin Ruiter")
	id := regexp.MustCompile(`name="login" value="([0-9a-f]{64})"`)
	theirs := id.FindStringSubmatch(h.do("GET", "/devices", second, nil).Body.String())
	if theirs == nil {
		t.Fatal("no other login is listed")
	}
	for _, bad := range []string{"", "zz", theirs[1][:10]} {
		if w := h.do("POST", "/devices/end", sams, url.Values{"login": {bad}}); w.Code != http.StatusBadRequest {
			t.Errorf("%q was answered %d", bad, w.Code)
		}
	}
	before := len(h.shelf.rows)
	if w := h.do("POST", "/devices/end", sams, url.Values{"login": {theirs[1]}}); w.Code != http.StatusSeeOther || len(h.shelf.rows) != before {
		t.Errorf("somebody else ended it: %d", w.Code)
	}
	if w := h.do("POST", "/devices/end", second, url.Values{"login": {theirs[1]}}); w.Code != http.StatusSeeOther || len(h.shelf.rows) != before-1 {
		t.Errorf("ending was answered %d", w.Code)
	}
	if w := h.do("POST", "/devices/others", second, nil); w.Code != http.StatusSeeOther {
		t.Errorf("ending the others was answered %d", w.Code)
	}
	for cookie, want := range map[*http.Cookie]int{login: http.StatusSeeOther, second: http.StatusOK, third: http.StatusSeeOther, sams: http.StatusOK} {
		if w := h.do("GET", "/devices", cookie, nil); w.Code != want {
			t.Errorf("a login is answered %d, want %d", w.Code, want)
		}
	}
	if len(h.cabinet.open) != 2 {
		t.Errorf("%d keyrings are unlocked", len(h.cabinet.open))
	}
}

func TestTheLastSecondFactorStays(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	remove := func(id helpline.ID) int {
		return h.do("POST", "/devices/factor", login, url.Values{"factor": {id.String()}}).Code
	}
	if code := remove(helpline.ID{2}); code != http.StatusOK {
		t.Errorf("removing was answered %d", code)
	}
	if code := remove(helpline.ID{1}); code != http.StatusConflict {
		t.Errorf("removing the last was answered %d", code)
	}
	if page := h.do("GET", "/devices", login, nil).Body.String(); strings.Contains(page, `name="factor"`) {
		t.Error("the last can be removed")
	}
	h.age(t, login, time.Hour)
	if w := h.do("POST", "/devices/factor", login, url.Values{"factor": {helpline.ID{2}.String()}}); !strings.Contains(w.Body.String(), `name="step-code"`) {
		t.Errorf("removing asks for no second factor: %d", w.Code)
	}
}

func TestASupervisorResetsAColleaguesSecondFactorsAndNotTheirOwn(t *testing.T) {
	h := newHouse(t)
	robin, robins := h.person(t, "Robin Ruiter", helpline.Counsellor)
	sam, sams := h.person(t, "Sam Jansen", helpline.Supervisor)
	if w := h.do("POST", "/people/"+sam.ID.String()+"/factors", sams, nil); w.Code != http.StatusNotFound || h.cabinet.bare[sam.ID] {
		t.Errorf("one's own were reset: %d", w.Code)
	}
	if w := h.do("POST", "/people/"+sam.ID.String()+"/factors", robins, nil); w.Code != http.StatusForbidden || h.cabinet.bare[sam.ID] {
		t.Errorf("a counsellor reset them: %d", w.Code)
	}
	at := "/people/" + robin.ID.String() + "/factors"
	h.age(t, sams, time.Hour)
	if w := h.do("POST", at, sams, nil); h.cabinet.bare[robin.ID] || !strings.Contains(w.Body.String(), `name="step-code"`) {
		t.Errorf("without a fresh second factor: %d", w.Code)
	}
	h.age(t, sams, 0)
	if w := h.do("GET", at, sams, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "An app for codes") {
		t.Errorf("the page was answered %d", w.Code)
	}
	if w := h.do("POST", at, sams, nil); w.Code != http.StatusOK || !h.cabinet.bare[robin.ID] {
		t.Errorf("resetting was answered %d", w.Code)
	}
	if w := h.do("GET", "/desk", robins, nil); w.Header().Get("Location") != "/login" {
		t.Errorf("the colleague's login goes on: %d", w.Code)
	}
	h.begin(t, "Robin Ruiter", "/second/new")
}

func TestOnlyANameComesOutOfTheDeviceCookie(t *testing.T) {
	for value, want := range map[string]string{"RGVzayB0d28": "Desk two", "": "", "%%%": "", "PGI-": "", strings.Repeat("QUFB", 30): ""} {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: DeviceCookie, Value: value})
		if got := deviceName(r); got != want {
			t.Errorf("%q gives %q", value, got)
		}
	}
	if _, err := staff.FactorName("Desk two"); err != nil {
		t.Error(err)
	}
}
