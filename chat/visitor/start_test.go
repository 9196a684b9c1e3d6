package visitor_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/ticket"
)

func TestTheBrowserIsSentToALanguageItKnows(t *testing.T) {
	for _, tc := range []struct{ name, asks, want string }{
		{"Dutch", "nl-NL,nl;q=0.9,en;q=0.8", "/nl/"},
		{"Flemish", "nl-BE,nl;q=0.9", "/nl-BE/"},
		{"the better one, whatever the order", "en;q=0.5, nl;q=0.9", "/nl/"},
		{"the second where we lack the first", "ja, nl;q=0.4", "/nl/"},
		{"a language refused", "nl;q=0, en", "/en/"},
		{"none we have", "ja", "/en/"},
		{"nothing said", "", "/en/"},
		{"nonsense", ";;q=x,,", "/en/"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t)
			req := httptest.NewRequest("GET", origin+"/", nil)
			req.Header.Set("Accept-Language", tc.asks)
			r.want(r.serve(req), http.StatusSeeOther, tc.want)
		})
	}
}

func TestADoorLeadsToThePromiseAndThePromiseToAPlace(t *testing.T) {
	for i, a := range helpline.Audiences() {
		t.Run(string(a), func(t *testing.T) {
			r := newRig(t)
			path := "/en/before/" + strconv.Itoa(i+1)
			r.want(r.do("POST", "/en/door", url.Values{"door": {string(a)}}), http.StatusSeeOther, path)
			if a == helpline.Young {
				path += "0" // its page asks once more
			}
			page := r.do("GET", path, nil)
			r.want(page, http.StatusOK, "")
			if page.cookie("__Host-place") != nil {
				t.Error("reading the promise already set a cookie")
			}
			if !strings.Contains(page.body, `name="version" value="`+read()+`"`) {
				t.Fatal("the promise does not say its version")
			}
			got := r.do("POST", "/en/start", url.Values{"door": {string(a)}, "version": {read()}, "by": {"script"}})
			r.want(got, http.StatusSeeOther, "/en/talk")
			c := got.cookie("__Host-place")
			if c == nil || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.MaxAge != 0 || !c.Expires.IsZero() || c.Domain != "" {
				t.Fatalf("cookie %v", c)
			}
			if len(r.engine.arrived) != 1 || r.engine.arrived[0].Audience != a || strconv.Itoa(int(r.engine.arrived[0].Version)) != read() {
				t.Errorf("arrived: %v", r.engine.arrived)
			}
			talk := r.do("GET", "/en/talk", nil, "__Host-place="+c.Value)
			r.want(talk, http.StatusOK, "")
		})
	}
}

func TestSomebodyWithAPlaceGoesBackToIt(t *testing.T) {
	for _, path := range []string{"/en/door", "/en/start"} {
		t.Run(path, func(t *testing.T) {
			r := newRig(t)
			got := r.do("POST", path, url.Values{"door": {"relative"}, "version": {read()}, "by": {"script"}}, r.holding(newTicket(helpline.Self)))
			r.want(got, http.StatusSeeOther, "/en/talk")
			if len(r.engine.arrived) != 0 {
				t.Error("a second contact was started")
			}
			if got.cookie("__Host-place") == nil {
				t.Error("the ticket was not renewed")
			}
		})
	}
}

func TestAPlaceThatHasEndedIsForgottenAndTheDoorOpensAnew(t *testing.T) {
	r := newRig(t)
	r.engine.ended = true
	got := r.do("POST", "/en/door", url.Values{"door": {"self"}}, r.holding(newTicket(helpline.Self)))
	r.want(got, http.StatusSeeOther, "/en/before/1")
	r.forgotten(got)
}

// TestATicketIsNoWayToStartForEver: who shows the ticket of an ended contact
// pays for a start like a stranger, and who left quickly is a stranger already.
func TestATicketIsNoWayToStartForEver(t *testing.T) {
	r := newRig(t)
	r.engine.ended = true
	paid := 0
	r.begin = func(string) (time.Duration, bool) {
		paid++
		return 1500 * time.Millisecond, paid < 3
	}
	form := url.Values{"door": {"self"}, "version": {read()}, "by": {"script"}}
	for range 2 {
		r.want(r.do("POST", "/en/start", form, r.holding(newTicket(helpline.Self))), http.StatusSeeOther, "/en/talk")
	}
	got := r.do("POST", "/en/start", form, r.holding(newTicket(helpline.Self)))
	if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "2" || len(r.engine.arrived) != 2 {
		t.Errorf("the third start: %d, Retry-After %q, %d arrived", got.StatusCode, got.Header.Get("Retry-After"), len(r.engine.arrived))
	}
	r.want(r.do("POST", "/en/start", form), http.StatusSeeOther, "/en/talk") // a stranger paid at the door
	if paid != 3 {
		t.Errorf("paid %d times", paid)
	}
	place := r.holding(newTicket(helpline.Self))
	for _, c := range []struct {
		cookies string
		holder  bool
	}{{place, true}, {place + "; __Host-gone=1", false}} {
		req := httptest.NewRequest("POST", origin+"/en/start", nil)
		req.Header.Set("Cookie", c.cookies)
		if _, _, ok := r.site.Holder(req); ok != c.holder {
			t.Errorf("holder: %v, want %v", ok, c.holder)
		}
	}
}

func TestAFormThatIsNotOursIsRefusedAndNothingOfItIsShown(t *testing.T) {
	const mark = "zebra-7f3a"
	for _, tc := range []struct {
		name   string
		form   url.Values
		status int
	}{
		{"no door", url.Values{"version": {read()}, "note": {mark}}, http.StatusBadRequest},
		{"a door there is not", url.Values{"door": {mark}}, http.StatusBadRequest},
		{"a door in other letters", url.Values{"door": {"SELF"}, "x": {mark}}, http.StatusBadRequest},
		{"far too large", url.Values{"door": {"self"}, "x": {strings.Repeat(mark, 3000)}}, http.StatusRequestEntityTooLarge},
	} {
		for _, path := range []string{"/en/door", "/nl/start"} {
			t.Run(tc.name+" "+path, func(t *testing.T) {
				r := newRig(t)
				got := r.do("POST", path, tc.form)
				r.want(got, tc.status, "")
				if strings.Contains(got.body, mark) || strings.Contains(r.log.String(), mark) {
					t.Error("what was sent came back or was logged")
				}
				if len(r.engine.arrived) != 0 {
					t.Error("a contact was started")
				}
				if !strings.Contains(got.body, "tel:112") || !strings.Contains(got.body, `class="button" href=`) {
					t.Error("the page has no next step")
				}
			})
		}
	}
}

func TestADoorInTheAddressInsteadOfTheFormIsNotRead(t *testing.T) {
	r := newRig(t)
	r.want(r.do("POST", "/en/door?door=self", url.Values{}), http.StatusBadRequest, "")
}

func TestAPromiseThatHasChangedIsReadAgain(t *testing.T) {
	r := newRig(t)
	for _, version := range []string{"", "0", "9999", "one"} {
		got := r.do("POST", "/en/start", url.Values{"door": {"young"}, "version": {version}})
		r.want(got, http.StatusSeeOther, "/en/before/30")
	}
	if len(r.engine.arrived) != 0 {
		t.Error("a contact was started on an old promise")
	}
}

func TestAFaultOfOursIsAPageAndNotAWordAboutTheFault(t *testing.T) {
	r := newRig(t)
	r.engine.arrive = helpline.Errorf(helpline.Internal, "write a row: %w", errDisk)
	got := r.do("POST", "/en/start", url.Values{"door": {"self"}, "version": {read()}})
	r.want(got, http.StatusInternalServerError, "")
	if strings.Contains(got.body, "disk") || !strings.Contains(got.body, "That is our fault, not yours.") {
		t.Error("the page should say whose fault it is and nothing of what it was")
	}
}

func TestTheFrontPageSaysWhenTheLineOpens(t *testing.T) {
	now := time.Now()
	for _, tc := range []struct {
		name, path string
		days       int
		want       string
	}{
		{"later today", "/en/", 0, ", later today</time>."},
		{"tomorrow", "/en/", 1, ", tomorrow</time>."},
		{"in some days", "/nl/", 3, ", over 3 dagen</time>."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t)
			r.hours.open = false
			y, m, d := now.Date()
			r.hours.next = time.Date(y, m, d+tc.days, 23, 59, 0, 0, now.Location())
			got := r.do("GET", tc.path, nil)
			if !strings.Contains(got.body, tc.want) {
				t.Errorf("%q is not on the page", tc.want)
			}
			if strings.Contains(got.body, `name="door"`) {
				t.Error("a closed line offers its doors")
			}
		})
	}
}

func TestWaitingIsToldInBands(t *testing.T) {
	for band, want := range map[int]string{0: "Open now.</p>", 1: "less than 5 minutes", 2: "5 to 15 minutes", 3: "longer than 15 minutes", 7: "Open now.</p>"} {
		r := newRig(t)
		r.engine.band = band
		if got := r.do("GET", "/en/", nil); !strings.Contains(got.body, want) {
			t.Errorf("band %d: %q is not on the page", band, want)
		}
	}
}

func TestTicketsThatOpenNothing(t *testing.T) {
	r := newRig(t)
	foreign := ticket.NewKeys(days(40))
	theirs, err := foreign.Seal(newTicket(helpline.Self))
	if err != nil {
		t.Fatal(err)
	}
	old := newTicket(helpline.Self)
	old.Expires = time.Now().Add(-time.Second)
	for name, cookie := range map[string]string{
		"none":    "other=1",
		"empty":   "__Host-place=",
		"forged":  "__Host-place=" + strings.Repeat("A", 120),
		"foreign": "__Host-place=" + theirs,
		"expired": r.holding(old),
	} {
		t.Run(name, func(t *testing.T) {
			got := r.do("GET", "/en/talk", nil, cookie)
			r.want(got, http.StatusSeeOther, "/en/")
			if name != "none" {
				r.forgotten(got)
			} else if len(got.Cookies()) > 0 { // it may only have been kept back, on the way from another site
				t.Errorf("a cookie that was not shown is changed: %v", got.Cookies())
			}
			r.want(r.do("POST", "/en/talk/renew", url.Values{}, cookie), http.StatusUnauthorized, "")
			r.want(r.do("GET", "/en/talk/link", nil, cookie), http.StatusUnauthorized, "")
			r.want(r.do("POST", "/en/door", url.Values{"door": {"self"}}, cookie), http.StatusSeeOther, "/en/before/1")
		})
	}
}
