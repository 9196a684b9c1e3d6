package visitor_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/wire"
)

func TestLeavingEndsTheContactAndTakesEverythingBack(t *testing.T) {
	for _, tc := range []struct {
		name     string
		form     url.Values
		status   int
		location string
		clears   string
		left     int // seconds that a cookie lives of which nothing is known but that it changed
	}{
		{"by the button, without scripts", url.Values{}, http.StatusSeeOther, "https://weather.example/", `"cache", "storage"`, 1},
		{"by the script's beacon", url.Values{"by": {"beacon"}}, http.StatusNoContent, "", `"cache", "cookies", "storage"`, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t)
			mine := newTicket(helpline.Self)
			got := r.do("POST", "/nl/leave", tc.form, r.holding(mine))
			r.want(got, tc.status, tc.location)
			r.forgotten(got)
			if clear := got.Header.Get("Clear-Site-Data"); clear != tc.clears {
				t.Errorf("Clear-Site-Data: %s", clear)
			}
			// Or Chromium shows what was typed again on Back: seen in a browser.
			if c := got.cookie("__Host-left"); (c != nil) != (tc.left > 0) || c != nil && c.MaxAge != tc.left {
				t.Errorf("the cookie that changes: %v", c)
			}
			if len(r.engine.left) != 1 || r.engine.left[0] != mine.Contact {
				t.Errorf("left: %v", r.engine.left)
			}
		})
	}
}

func TestAStrangerMayLeaveToo(t *testing.T) {
	r := newRig(t)
	r.want(r.do("POST", "/en/leave", url.Values{}), http.StatusSeeOther, "https://weather.example/")
	if len(r.engine.left) != 0 {
		t.Error("somebody's contact was ended")
	}
}

// The page was left without network: the mark stays in the browser, and
// whoever makes the next request from it ends the contact and is a stranger.
func TestWhoeverComesNextEndsWhatWasLeftInAHurry(t *testing.T) {
	for _, tc := range []struct {
		method, path string
		form         url.Values
		status       int
		location     string
	}{
		{"GET", "/", nil, http.StatusSeeOther, "/en/"},
		{"GET", "/en/", nil, http.StatusOK, ""},
		{"POST", "/en/door", url.Values{"door": {"young"}}, http.StatusSeeOther, "/en/before/3"},
		{"GET", "/en/before/2", nil, http.StatusOK, ""},
		{"GET", "/en/talk", nil, http.StatusSeeOther, "/en/"},
		{"GET", "/en/talk/link", nil, http.StatusUnauthorized, ""},
		{"POST", "/en/talk/renew", url.Values{}, http.StatusUnauthorized, ""},
		{"POST", "/en/leave", url.Values{"by": {"beacon"}}, http.StatusNoContent, ""},
	} {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			r := newRig(t)
			left := newTicket(helpline.Self)
			got := r.do(tc.method, tc.path, tc.form, r.holding(left), "__Host-gone=1")
			r.want(got, tc.status, tc.location)
			r.forgotten(got)
			if len(r.engine.left) != 1 || r.engine.left[0] != left.Contact {
				t.Errorf("left: %v", r.engine.left)
			}
		})
	}
}

func TestALivePageRenewsItsTicket(t *testing.T) {
	r := newRig(t)
	got := r.do("POST", "/en/talk/renew", url.Values{}, r.holding(newTicket(helpline.Self)))
	r.want(got, http.StatusNoContent, "")
	if c := got.cookie("__Host-place"); c == nil || c.Value == "" {
		t.Error("no new ticket")
	}
	r.engine.renewErr = helpline.Errorf(helpline.Unavailable, "stopping")
	got = r.do("POST", "/en/talk/renew", url.Values{}, r.holding(newTicket(helpline.Self)))
	r.want(got, http.StatusServiceUnavailable, "")
	if got.cookie("__Host-place") != nil {
		t.Error("a ticket was taken back while the server stops")
	}
	r.engine.ended = true
	got = r.do("POST", "/en/talk/renew", url.Values{}, r.holding(newTicket(helpline.Self)))
	r.want(got, http.StatusGone, "")
	r.forgotten(got)
}

func TestALinkNeedsATicketAndOurOwnOrigin(t *testing.T) {
	r := newRig(t)
	server := httptest.NewServer(r.mux)
	defer server.Close()
	address := "ws" + strings.TrimPrefix(server.URL, "http") + "/en/talk/link"
	good := r.holding(newTicket(helpline.Self))
	for _, tc := range []struct {
		name, cookie, origin, want string
	}{
		{"no ticket", "", origin, "answered 401"},
		{"no origin", good, "", "answered 403"},
		{"another origin", good, "https://evil.example", "answered 403"},
		{"ours in other words", good, origin + "/", "answered 403"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := http.Header{}
			if tc.cookie != "" {
				h.Set("Cookie", tc.cookie)
			}
			if tc.origin != "" {
				h.Set("Origin", tc.origin)
			}
			page, err := link.Dial(t.Context(), address, h)
			if err == nil {
				_ = page.Close()
				t.Fatal("the link was opened")
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestALinkForAContactThereIsNotIsToldSo(t *testing.T) {
	r := newRig(t)
	server := httptest.NewServer(r.mux)
	defer server.Close()
	h := http.Header{"Cookie": {r.holding(newTicket(helpline.Self))}, "Origin": {origin}}
	page, err := link.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+"/en/talk/link", h)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = page.Close() }()
	f, err := page.Receive()
	if err != nil || f.Kind != wire.Problem || f.Code != "ticket" {
		t.Errorf("got %+v, %v", f, err)
	}
}

// A browser that leaves does not wait for the answer: that must not undo it.
func TestLeavingWorksAlsoWhenNobodyWaitsForTheAnswer(t *testing.T) {
	r := newRig(t)
	mine := newTicket(helpline.Self)
	ctx, gone := context.WithCancel(t.Context())
	gone()
	req := httptest.NewRequest("POST", "/en/leave", strings.NewReader("by=beacon")).WithContext(ctx)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cookie", r.holding(mine))
	r.serve(req)
	if err := r.engine.leftUnder; err != nil {
		t.Errorf("the engine was asked to end the contact by somebody who has given up: %v", err)
	}
}

func TestAReaderWhoIsGoneLeavesNoLineInTheLog(t *testing.T) {
	r := newRig(t)
	ctx, gone := context.WithCancel(t.Context())
	gone()
	got := r.serve(httptest.NewRequest("GET", "/en/", nil).WithContext(ctx))
	r.want(got, http.StatusOK, "")
}
