package visitor_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// A step is something on a page that a visitor can do next.
type step struct {
	method, path string
	form         url.Values
}

func (s step) String() string { return s.method + " " + s.path + " " + s.form.Encode() }

var (
	formPart   = regexp.MustCompile(`(?s)<form[^>]*\saction="([^"]*)"[^>]*>(.*?)</form>`)
	namedPart  = regexp.MustCompile(`<(input|button|textarea)([^>]*)>`)
	linkPart   = regexp.MustCompile(`<a\s([^>]*)>`)
	attribute  = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
	mainPart   = regexp.MustCompile(`(?s)<main[^>]*>(.*)</main>`)
	footPart   = regexp.MustCompile(`(?s)<footer[^>]*>(.*)</footer>`)
	callable   = regexp.MustCompile(`href="tel:[0-9+]+"`)
	hiddenView = regexp.MustCompile(`(?s)<template.*?</template>`)
)

func attributes(tag string) map[string]string {
	out := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		out[m[1]] = strings.ReplaceAll(m[2], "&amp;", "&")
	}
	return out
}

// stepsOf reads the steps in a part of a page: its forms, one for every button
// that has a value of its own, and its links to pages of ours.
func stepsOf(part string) (out []step) {
	for _, f := range formPart.FindAllStringSubmatch(part, -1) {
		values := url.Values{}
		buttons := []url.Values{}
		actions := []string{}
		for _, tag := range namedPart.FindAllStringSubmatch(f[2], -1) {
			a := attributes(tag[2])
			switch {
			case tag[1] == "button" && a["type"] != "submit":
			case tag[1] == "button":
				b := url.Values{}
				if a["name"] != "" {
					b.Set(a["name"], a["value"])
				}
				buttons, actions = append(buttons, b), append(actions, a["formaction"])
			case a["name"] == "":
			case (a["type"] == "radio" || a["type"] == "checkbox") && !strings.Contains(tag[2], " checked"):
				if strings.Contains(tag[2], " required") && !values.Has(a["name"]) {
					values.Set(a["name"], a["value"]) // nobody comes past it without
				}
			case tag[1] == "textarea":
				values.Set(a["name"], "words that were typed already")
			default:
				values.Set(a["name"], a["value"])
			}
		}
		if len(buttons) == 0 {
			buttons = append(buttons, url.Values{})
		}
		for n, b := range buttons {
			for name, v := range values {
				if b[name] == nil { // of two buttons' names the pressed one's counts
					b[name] = v
				}
			}
			to := strings.ReplaceAll(f[1], "&amp;", "&")
			if n < len(actions) && actions[n] != "" {
				to = actions[n]
			}
			out = append(out, step{"POST", to, b})
		}
	}
	for _, l := range linkPart.FindAllStringSubmatch(part, -1) {
		if href := attributes(l[1])["href"]; strings.HasPrefix(href, "/") {
			out = append(out, step{"GET", href, nil})
		}
	}
	return out
}

// goodFor says what a step is good for in a state, or "" when it leads nowhere:
// to talk with somebody, to write, to read on. Redirects are followed.
func (r *rig) goodFor(s step, cookies ...string) string {
	r.Helper()
	for range 4 {
		got := r.do(s.method, s.path, s.form, cookies...)
		switch {
		case got.StatusCode == http.StatusSeeOther:
			to, err := url.Parse(got.Header.Get("Location"))
			if err != nil || to.Host != "" {
				return ""
			}
			s = step{"GET", to.RequestURI(), nil}
			continue
		case got.StatusCode != http.StatusOK || len(mainPart.FindString(got.body)) < 100:
			return ""
		case strings.Contains(s.path, "/write"):
			return "write"
		case strings.Contains(s.path, "/talk"), strings.Contains(got.body, "/start\""):
			return "chat"
		case strings.HasSuffix(s.path, "/"):
			return "front" // which has next steps of its own
		}
		return "read"
	}
	return ""
}

// onward fails unless the page has a next step of our own that works, all its
// steps work, and there is a line to call on it.
func (r *rig) onward(page string, cookies ...string) {
	r.Helper()
	steps := stepsOf(mainPart.FindString(hiddenView.ReplaceAllString(page, "")))
	found := map[string]bool{}
	for _, s := range steps {
		what := r.goodFor(s, cookies...)
		if what == "" {
			r.Errorf("this step leads nowhere: %s", s)
		}
		found[what] = true
	}
	if !found["chat"] && !found["write"] && !found["front"] {
		r.Errorf("no next step among %v", steps)
	}
	if !callable.MatchString(footPart.FindString(page)) {
		r.Error("no line to call")
	}
}

// whys are all the ways in which nobody new is taken, and the ways in which
// somebody is.
func whys(now time.Time) map[string]func(*rig) {
	said := func(h helpline.Hours) func(*rig) {
		return func(r *rig) {
			r.hours.said, r.hours.next = h, h.Next
			if !h.Open {
				r.engine.arrive = helpline.Errorf(helpline.Unavailable, "arrive: %w", chat.Refused(chat.RefusedShut))
			}
		}
	}
	until, next := now.Add(20*time.Minute), now.Add(21*time.Hour)
	refused := func(ev chat.Event) func(*rig) {
		return func(r *rig) {
			r.hours.said = helpline.Hours{Open: true}
			r.engine.arrive = helpline.Errorf(helpline.Unavailable, "arrive: %w", chat.Refused(ev))
		}
	}
	return map[string]func(*rig){
		"open":                  said(helpline.Hours{Open: true}),
		"open, last hour":       said(helpline.Hours{Open: true, Until: until, Last: now.Add(5 * time.Minute), Next: next}),
		"messages first":        said(helpline.Hours{Open: true, First: true}),
		"busy by itself":        func(r *rig) { said(helpline.Hours{Open: true})(r); r.engine.busy = true },
		"closed":                said(helpline.Hours{Shut: helpline.ShutHours, Next: next}),
		"closed, nobody knows":  said(helpline.Hours{Shut: helpline.ShutHours}),
		"no hours, nobody":      said(helpline.Hours{Shut: helpline.ShutNobody}),
		"within hours, nobody":  said(helpline.Hours{Shut: helpline.ShutNobody, Until: until, Next: next}),
		"last admission":        said(helpline.Hours{Shut: helpline.ShutLast, Until: until, Next: next}),
		"paused":                said(helpline.Hours{Shut: helpline.ShutPaused, Until: until, Next: next}),
		"closed early by hand":  said(helpline.Hours{Shut: helpline.ShutByHand, Next: next}),
		"one is missing":        said(helpline.Hours{Shut: helpline.ShutShort, Until: until, Next: next}),
		"too few are there":     said(helpline.Hours{Shut: helpline.ShutCover, Next: next}),
		"wait passes the end":   func(r *rig) { refused(chat.RefusedLate)(r); r.engine.late = true },
		"full":                  refused(chat.RefusedFull),
		"late, only on arrival": refused(chat.RefusedLate),
		"nobody for this language": said(helpline.Hours{Open: true, Capacity: []helpline.Capacity{
			{Locales: []helpline.Locale{"xx"}, Audiences: helpline.Audiences(), Chats: 1},
		}}),
		"stopping": func(r *rig) {
			r.hours.said = helpline.Hours{Open: true}
			r.engine.arrive = helpline.Errorf(helpline.Unavailable, "engine: stopping")
		},
	}
}

// TestPromiseNoDeadEnd: whatever state the line is in and whatever goes wrong,
// every page a visitor gets, in every language, has a next step that works and
// a line to call; and no step on it leads nowhere.
func TestPromiseNoDeadEnd(t *testing.T) {
	for name, force := range whys(time.Now()) {
		for _, locale := range []string{"en", "nl", "nl-BE"} {
			t.Run(name+"/"+locale, func(t *testing.T) {
				r := newRig(t)
				force(r)
				got := r.do("GET", "/"+locale+"/", nil)
				r.want(got, http.StatusOK, "")
				r.onward(got.body)
				start := url.Values{"door": {"young"}, "version": {fmt.Sprint(r.version())}}
				got = r.do("POST", "/"+locale+"/start", start)
				if got.StatusCode == http.StatusSeeOther {
					r.engine.arrive = nil
					return // a place; what follows is below
				}
				if got.cookie("__Host-place") != nil {
					t.Error("a cookie without a place")
				}
				r.onward(got.body)
			})
		}
	}
	t.Run("with a place", func(t *testing.T) {
		for _, stage := range []ticket.Stage{ticket.Waiting, ticket.Talking} {
			for _, door := range helpline.Audiences() {
				r := newRig(t)
				mine := newTicket(door)
				mine.Stage = stage
				cookie := r.holding(mine)
				got := r.do("GET", "/en/talk", nil, cookie)
				r.want(got, http.StatusOK, "")
				r.onward(got.body, cookie)
			}
		}
	})
	t.Run("without one", func(t *testing.T) {
		old := newTicket(helpline.Self)
		old.Expires = time.Now().Add(-time.Second)
		for name, ended := range map[string]bool{"expired": false, "ended": true} {
			r := newRig(t)
			r.engine.ended = ended
			cookie := r.holding(old)
			if ended {
				cookie = r.holding(newTicket(helpline.Self))
			}
			for _, s := range []step{{"GET", "/en/talk", nil}, {"POST", "/en/door", url.Values{"door": {"self"}}}, {"POST", "/en/start", url.Values{"door": {"self"}, "version": {fmt.Sprint(r.version())}}}} {
				if r.goodFor(s, cookie) == "" {
					t.Errorf("%s: %s leads nowhere", name, s)
				}
			}
		}
	})
	t.Run("faults", func(t *testing.T) {
		for _, status := range []int{400, 401, 403, 404, 405, 413, 418, 421, 429, 500, 502, 503} {
			r := newRig(t)
			r.mux.HandleFunc("/en/broken", func(w http.ResponseWriter, req *http.Request) { r.site.Problem(w, req, status) })
			r.onward(r.do("GET", "/en/broken", nil).body)
		}
	})
}

// Every end that a page with scripts is told has words of its own, in every
// language, and the part of the page that shows them has a next step.
func TestPromiseEveryEndHasWordsAndANextStep(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range helpline.Locales() {
		w := words.In(l)
		for _, reason := range []string{"visitor", "counsellor", "left", "misuse", "unanswered", "missed", "idle", "moved", "ended", "away", "shut", "inbox", "left.queue"} {
			for _, part := range []string{".h", ".p"} {
				if key := "js.closed." + reason + part; !w.Has(key) {
					t.Errorf("%s: no words for %s", l, key)
				}
			}
		}
	}
	r := newRig(t)
	cookie := r.holding(newTicket(helpline.Self))
	page := r.do("GET", "/en/talk", nil, cookie).body
	after := page[strings.Index(page, `id="after"`):]
	after = after[:strings.Index(after, "<template")]
	found := map[string]bool{}
	for _, s := range stepsOf(after) {
		found[r.goodFor(s)] = true
	}
	if !found["chat"] || !found["front"] || found[""] {
		t.Errorf("after the end: %v among %v", found, stepsOf(after))
	}
	if wire.Version != 1 {
		t.Error("another protocol: see whether it has other reasons")
	}
}

// A Strict cookie does not come along on the first request from another site.
// Every form that could begin a contact is a post of our own page, and goes back
// to the contact that is there before it begins one, in whatever language.
func TestEveryDoorGoesBackToThePlaceBeforeItBeginsAnother(t *testing.T) {
	r := newRig(t)
	mine := newTicket(helpline.Self) // came in by the English pages
	cookie := r.holding(mine)
	for _, locale := range []string{"en", "nl", "nl-BE"} {
		for _, s := range []step{
			{"POST", "/" + locale + "/door", url.Values{"door": {"relative"}}},
			{"POST", "/" + locale + "/start", url.Values{"door": {"relative"}, "version": {fmt.Sprint(r.version())}}},
		} {
			got := r.do(s.method, s.path, s.form, cookie)
			r.want(got, http.StatusSeeOther, "/"+locale+"/talk/plain")
			if r.goodFor(s, cookie) != "chat" {
				t.Errorf("%s does not lead back", s)
			}
		}
		if got := r.do("GET", "/"+locale+"/", nil); got.StatusCode != http.StatusOK { // the link from elsewhere, without its cookie
			t.Errorf("the front page from elsewhere: %d", got.StatusCode)
		}
	}
	if len(r.engine.arrived) != 0 {
		t.Errorf("%d contacts were begun beside the one that is there", len(r.engine.arrived))
	}
}
