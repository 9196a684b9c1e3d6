package visitor_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/promise"
	"helpline/chat/ticket"
)

// TestPromiseTheLimitsStayWithoutScriptsToo beside the frames and on the page
// without them, with the lines for what it is about.
func TestPromiseTheLimitsStayWithoutScriptsToo(t *testing.T) {
	profile, err := promise.For("nl")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	for _, a := range helpline.Audiences() {
		matters := []helpline.Matter{""}
		if a == helpline.Young {
			matters = append(matters, helpline.Matters()...)
		}
		for _, matter := range matters {
			held := newTicket(a)
			held.Matter, held.Version = matter, 7
			whatStays(t, profile, "nl", held, r.do("GET", "/nl/talk/plain?by=frames", nil, r.holding(held)).body)
		}
	}
	inAHall(t, func(h *hall) {
		h.counsellor()
		b := h.browser("visitor")
		b.as("") // it shows no frames
		version := strconv.Itoa(int(profile.Version))
		_, page := b.do("POST", "/en/start", url.Values{"door": {"young"}, "matter": {"harmed"}, "version": {version}})
		whatStays(t, profile, "en", ticket.Ticket{Audience: helpline.Young, Matter: helpline.AboutHarm, Version: profile.Version}, page)
	})
}

func whatStays(t *testing.T, profile promise.Profile, l helpline.Locale, held ticket.Ticket, page string) {
	t.Helper()
	if !strings.Contains(page, "<summary>"+profile.Promise(l, held.Audience, 90).Limit().Bold) || !strings.Contains(page, "versie 7") && l == "nl" {
		t.Errorf("%s %s: the limits are not there", held.Audience, held.Matter)
	}
	for _, n := range profile.NumbersOn(l, held.Audience, held.Matter) {
		if !strings.Contains(page, n.Number) {
			t.Errorf("%s %s: no %s", held.Audience, held.Matter, n.Number)
		}
	}
}

// TestAWaitWithoutScriptsSaysWhatIsTheMatterWithTheLine at the next look.
func TestAWaitWithoutScriptsSaysWhatIsTheMatterWithTheLine(t *testing.T) {
	inAHall(t, func(h *hall) {
		h.counsellor()
		p := h.browser("visitor").start()
		const paused, first, late = "We take nobody new for a while.", "It is very busy now. You can also leave", "We are here until "
		if page := p.looks(); strings.Contains(page, paused) || strings.Contains(page, first) || strings.Contains(page, late) {
			t.Errorf("in quiet times: %s", page)
		}
		for _, c := range []struct {
			hours helpline.Hours
			want  string
		}{
			{helpline.Hours{Shut: helpline.ShutPaused}, paused},
			{helpline.Hours{Open: true, First: true}, first},
			{helpline.Hours{Open: true, Until: time.Now().Add(time.Hour)}, late},
		} {
			h.hours.Set(c.hours)
			if page := p.looks(); !strings.Contains(page, c.want) {
				t.Errorf("%+v is not told: %s", c.hours, page)
			}
		}
	})
}
