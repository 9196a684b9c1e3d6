package counsel

import (
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat"
)

var taker = chat.Member{Locales: []helpline.Locale{"nl"}, Audiences: []helpline.Audience{helpline.Self}, Chats: 2}

func TestTheLineIsOpenWhileSomebodyCanTakeSomething(t *testing.T) {
	for name, c := range map[string]struct {
		there []chat.Member
		open  bool
	}{
		"nobody":                        {nil, false},
		"a counsellor":                  {[]chat.Member{taker}, true},
		"somebody without a language":   {[]chat.Member{{Audiences: taker.Audiences, Chats: 1}}, false},
		"somebody who takes no door":    {[]chat.Member{{Locales: taker.Locales, Chats: 1}}, false},
		"somebody who takes no chats":   {[]chat.Member{{Locales: taker.Locales, Audiences: taker.Audiences}}, false},
		"a supervisor and a counsellor": {[]chat.Member{{}, taker}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := NewDuty(func() []chat.Member { return c.there })
				time.Sleep(settling)
				h := d.Now()
				if h.Open != c.open {
					t.Errorf("open %v, want %v", h.Open, c.open)
				}
				if h.Open && (len(h.Capacity) != 1 || h.Capacity[0].Chats != 2 || !h.Capacity[0].Takes("nl", helpline.Self)) {
					t.Errorf("capacity %+v", h.Capacity)
				}
			})
		})
	}
}

func TestADroppedDeskAndAStartDoNotShutTheLineAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var there []chat.Member
		d := NewDuty(func() []chat.Member { return there })
		expect := func(when string, open bool) {
			t.Helper()
			if got := d.Now().Open; got != open {
				t.Errorf("%s: open %v, want %v", when, got, open)
			}
		}
		expect("just started", true)
		time.Sleep(settling)
		expect("settled and nobody came", false)
		there = []chat.Member{taker}
		expect("a desk", true)
		there = nil
		time.Sleep(holding - time.Second)
		expect("the desk has just dropped", true)
		if c := d.Now().Capacity; len(c) != 1 {
			t.Errorf("in grace the line carries %v, want what the desk carried", c)
		}
		time.Sleep(time.Second)
		expect("it did not come back", false)
		if !d.Next().IsZero() {
			t.Error("presence alone cannot tell when the line opens again")
		}
	})
}
