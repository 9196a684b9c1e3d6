package visitor_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/promise"
	"helpline/chat/visitor"
)

var telephone = regexp.MustCompile(`href="tel:(\d+)"`)

// newTongues is a rig whose line offers every language, and says of itself what
// it is given.
func newTongues(t *testing.T, says helpline.Says) *rig {
	t.Helper()
	r := newRig(t)
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := promise.For("nl")
	if err != nil {
		t.Fatal(err)
	}
	r.mux = http.NewServeMux()
	r.site = visitor.New(visitor.Options{
		Line:    helpline.Line{Name: "Talk", Country: "nl", Locales: helpline.Locales(), NoteDays: 90, NeutralURL: "https://weather.example/", Says: says},
		Profile: profile, Words: words, Engine: r.engine, Hours: r.hours, Tickets: r.keys, Now: time.Now, Log: slog.New(slog.NewJSONHandler(r.log, nil)),
	})
	r.site.Mount(r.mux)
	return r
}

// tels are the numbers of a page in its order.
func tels(page string) (out []string) {
	for _, m := range telephone.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestUnder18IsAskedOnceWhatItIsAboutAndMayPass(t *testing.T) {
	r := newRig(t)
	r.want(r.do("POST", "/nl/door", url.Values{"door": {"young"}}), http.StatusSeeOther, "/nl/before/3")
	page := r.do("GET", "/nl/before/3", nil)
	for _, want := range []string{`href="/nl/before/31"`, `href="/nl/before/32"`, `href="/nl/before/33"`, `href="/nl/before/30"`, `href="/nl/read/3"`, "Iemand doet iets met mij"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the question lacks %s", want)
		}
	}
	if strings.Contains(page.body, `name="version"`) {
		t.Error("a chat can be started before the promise was read")
	}
	for number, matter := range map[string]helpline.Matter{"31": helpline.AboutSelf, "32": helpline.AboutHarm, "33": helpline.AboutOther, "30": ""} {
		page := r.do("GET", "/nl/before/"+number, nil)
		if has := strings.Contains(page.body, `name="matter" value="`+string(matter)+`"`); has != (matter != "") {
			t.Errorf("%s: the matter is in the form: %v", number, has)
		}
		form := url.Values{"door": {"young"}, "version": {read()}, "matter": {string(matter)}, "by": {"script"}}
		got := r.do("POST", "/nl/start", form)
		r.want(got, http.StatusSeeOther, "/nl/talk")
		if last := r.engine.arrived[len(r.engine.arrived)-1]; last.Matter != matter || last.Audience != helpline.Young {
			t.Errorf("%s: arrived as %+v", number, last)
		}
		form.Set("version", "0") // what was answered is not asked again
		r.want(r.do("POST", "/nl/start", form), http.StatusSeeOther, "/nl/before/"+number)
	}
	for _, form := range []url.Values{{"door": {"self"}, "matter": {"harmed"}}, {"door": {"young"}, "matter": {"<b>"}}, {"door": {"young"}, "matter": {"Self"}}} {
		form.Set("version", read())
		n := len(r.engine.arrived)
		r.want(r.do("POST", "/nl/start", form), http.StatusBadRequest, "")
		r.want(r.do("POST", "/nl/door", form), http.StatusBadRequest, "")
		if len(r.engine.arrived) != n {
			t.Errorf("%v started a contact", form)
		}
	}
}

// Whoever something is done to is shown the lines for them before anything
// else, and may talk here all the same.
func TestWhoeverSomethingIsDoneToIsShownTheLinesFirst(t *testing.T) {
	r := newRig(t)
	page := r.do("GET", "/en/before/32", nil).body
	if got := tels(page); len(got) < 3 || !slices.Equal(got[:3], []string{"08000432", "08002000", "08000188"}) {
		t.Errorf("the lines: %v", got)
	}
	line, form := strings.Index(page, "tel:08000432"), strings.Index(page, `name="version"`)
	if fault := strings.Index(page, "that is not your fault"); fault < 0 || line < fault || form < line {
		t.Errorf("not your fault at %d, the line at %d, the form at %d", fault, line, form)
	}
	if self := tels(r.do("GET", "/en/before/31", nil).body); slices.Contains(self, "08000188") {
		t.Errorf("who worries about themselves is shown %v", self)
	}
}

func TestEveryDoorHasItsOwnWordAndItsOwnPageThatHelps(t *testing.T) {
	r := newTongues(t, helpline.Says{})
	for _, l := range []string{"en", "nl", "nl-BE", "fr", "de"} {
		seen := map[string]string{}
		for n, a := range map[string]helpline.Audience{"1": "self", "2": "relative", "3": "young", "4": "professional", "5": "survivor"} {
			page := r.do("GET", "/"+l+"/read/"+n, nil)
			r.want(page, http.StatusOK, "")
			heading := regexp.MustCompile(`<h1>([^<]+)</h1>`).FindStringSubmatch(page.body)
			if heading == nil || seen[heading[1]] != "" || strings.Count(page.body, "<h2") < 3 {
				t.Errorf("%s %s: %v, %d sections", l, a, heading, strings.Count(page.body, "<h2"))
				continue
			}
			seen[heading[1]] = string(a)
			if !strings.Contains(page.body, `name="door" value="`+string(a)+`"`) {
				t.Errorf("%s %s: no way to talk about it", l, a)
			}
			before := "/" + l + "/before/" + n
			if a == helpline.Young {
				before += "0"
			}
			for _, from := range []string{"/" + l + "/", before} {
				if !strings.Contains(r.do("GET", from, nil).body, `href="/`+l+`/read/`+n+`"`) {
					t.Errorf("%s: %s does not lead to it", l, from)
				}
			}
			talk := r.do("GET", "/"+l+"/talk", nil, r.holding(newTicket(a)))
			if !strings.Contains(talk.body, `href="/`+l+`/read/`+n+`"`) {
				t.Errorf("%s %s: nothing to read after the talk", l, a)
			}
		}
	}
	r.hours.open = false
	if page := r.do("GET", "/en/read/1", nil); strings.Contains(page.body, `name="door"`) || len(tels(page.body)) == 0 {
		t.Error("a closed line offers a chat, or no line")
	}
	if page := r.do("GET", "/en/", nil); !strings.Contains(page.body, `href="/en/read/1"`) {
		t.Error("a closed line has nothing to read")
	}
}

func TestTheHelpOnAPageIsThatOfTheCountry(t *testing.T) {
	r := newRig(t)
	for path, want := range map[string]string{
		"/en/read/1": "De Waag", "/en/read/2": "Meldpunt of Offlimits", "/en/read/5": "tel:08000188", "/en/privacy": "Autoriteit Persoonsgegevens", "/en/remarks": "Autoriteit Persoonsgegevens",
	} {
		if page := r.do("GET", path, nil); !strings.Contains(page.body, want) {
			t.Errorf("%s does not name %s", path, want)
		}
	}
}

// Nothing here tells anybody how not to be found out, and who found something
// is told to leave it as it is.
func TestPromiseWhoFoundImagesIsToldToLeaveThemAsTheyAre(t *testing.T) {
	r := newTongues(t, helpline.Says{})
	for path, want := range map[string]string{
		"/en/read/2": "Do not search on, and do not copy, send or delete anything.",
		"/nl/read/2": "Zoek niet verder, en kopieer, verstuur of wis niets.",
		"/fr/read/2": "Ne cherchez pas plus loin, et ne copiez, n’envoyez ni n’effacez rien.",
		"/de/read/2": "Suchen Sie nicht weiter, und kopieren, senden oder löschen Sie nichts.",
	} {
		if page := r.do("GET", path, nil); !strings.Contains(page.body, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}

func TestPromiseTheLimitsStayInTheConversation(t *testing.T) {
	r := newRig(t)
	for _, a := range helpline.Audiences() {
		held := newTicket(a)
		held.Version = 7
		page := r.do("GET", "/nl/talk", nil, r.holding(held)).body
		_, talking, _ := strings.Cut(page, `id="talking"`)
		talking, _, _ = strings.Cut(talking, "</section>")
		p, err := promise.For("nl")
		if err != nil {
			t.Fatal(err)
		}
		whole := p.Promise("nl", a, 90)
		if !strings.Contains(talking, "<summary>"+whole.Limit().Bold) {
			t.Errorf("%s: the limits do not stand above the conversation", a)
		}
		for _, s := range whole.Sentences {
			if !strings.Contains(talking, s.Bold) || !strings.Contains(talking, s.More) {
				t.Errorf("%s: the promise in the conversation lacks %q", a, s.Bold)
			}
		}
		if !strings.Contains(talking, "Je hebt versie 7 gelezen.") {
			t.Errorf("%s: the version that was read is not told", a)
		}
	}
}

func TestWhatTheOrganisationSaysIsPrintedAsItsOwnWord(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/en/about", "/en/privacy", "/en/remarks"} {
		if page := r.do("GET", path, nil).body; !strings.Contains(page, "The organisation has not written this yet.") || strings.Contains(page, "<blockquote") {
			t.Errorf("%s: nothing was said, and the page does not say so", path)
		}
	}
	r = newTongues(t, helpline.Says{
		Organisation: "Foundation <b>Sparrow</b>", Contact: "Box 1, Utrecht", Host: "Our host keeps addresses for 7 days.",
		Ground: "Article 9(2)(h)", Outside: "The complaints board",
	})
	about, privacy, remarks := r.do("GET", "/en/about", nil).body, r.do("GET", "/en/privacy", nil).body, r.do("GET", "/en/remarks", nil).body
	for _, c := range []struct{ page, want string }{
		{about, "Foundation &lt;b&gt;Sparrow&lt;/b&gt;"},
		{about, "Box 1, Utrecht"},
		{about, "In the words of the organisation:"},
		{about, `<blockquote class="card" lang="en">`},
		{about, "Our host keeps addresses for 7 days."},
		{about, "The organisation has not written this yet."}, // of the proxy
		{privacy, "Article 9(2)(h)"},
		{privacy, "at most 90 days"},
		{privacy, `href="/en/kept"`},
		{remarks, "The complaints board"},
	} {
		if !strings.Contains(c.page, c.want) {
			t.Errorf("%q is not printed", c.want)
		}
	}
}

func TestWhatTheLineSaysOfItselfIsLinkedFromEveryPageButTheConversation(t *testing.T) {
	r := newRig(t)
	for name, page := range everyPage(r) {
		l, kind, _ := strings.Cut(name, " ")
		if kind == "talk" {
			page.body, _, _ = strings.Cut(page.body, `id="after"`)
		}
		for _, about := range []string{"about", "privacy", "access", "remarks"} {
			linked := strings.Contains(page.body, `<a class="reach" href="/`+l+"/"+about+`"`)
			if linked == (kind == "talk") {
				t.Errorf("%s: link to %s: %v", name, about, linked)
			}
		}
	}
}

func TestARemarkIsWrittenWhereThatIsPossible(t *testing.T) {
	r := newRig(t)
	page := r.do("GET", "/en/remarks", nil).body
	wrong := slices.ContainsFunc(r.site.Routes(), func(route helpline.Route) bool { return route.Pattern == "/en/wrong" })
	if strings.Contains(page, `href="/en/wrong"`) != wrong || strings.Contains(page, "For now you can tell it in a chat.") == wrong {
		t.Errorf("there is a page to write it on: %v, and the page says otherwise", wrong)
	}
}

func TestPromiseAMessageThatIsLeftIsPromisedWhatIsKeptOfIt(t *testing.T) {
	r := newRig(t)
	page := r.do("GET", "/en/write", nil).body
	if !strings.Contains(page, "Your message is locked, and deleted") || strings.Contains(page, "Your messages disappear when the chat ends") {
		t.Error("who leaves a message reads what is promised of a chat")
	}
}
