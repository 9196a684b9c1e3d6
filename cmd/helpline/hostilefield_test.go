package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"helpline/counsel/console"
)

// hostileStrings are those of the browser journeys.
func hostileStrings(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "e2e", "lib", "hostile-strings.json"))
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct{ Texts []string }
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, g := range groups {
		all = append(all, g.Texts...)
	}
	if len(all) < 200 {
		t.Fatalf("there are %d strings", len(all))
	}
	return append(all, "\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "a\xe2\x80", "\xf8\x88\x80\x80\x80") // bytes that JSON cannot carry
}

// hostileFields are the names under which a handler reads something of a
// request: into each of them every string is put. A name that a handler reads
// and that does not stand here fails.
var hostileFields = []string{
	"here",
	"list",
	"window",
	"six",
	"nod",
	"why",
	"urgent",
	"step",
	"show",
	"form",
	"begun",
	"hours",
	"word",
	"again",
	"later",
	"script",
	"turn",
	"work",
	"alias",
	"anonymity",
	"back",
	"below",
	"by",
	"card",
	"changed",
	"chats",
	"choice",
	"code",
	"cost",
	"custodian",
	"day",
	"device",
	"digest",
	"do",
	"factor",
	"key",
	"prf",
	"login",
	"step-key",
	"step-prf",
	"unlock-form",
	"unlock-to",
	"done",
	"door",
	"matter",
	"upto",
	"id",
	"after",
	"got",
	"page",
	"contact",
	"first",
	"frame",
	"heard",
	"held",
	"hidden",
	"hours",
	"kept",
	"key",
	"ask",
	"kind",
	"lang",
	"language",
	"locale",
	"message",
	"mode",
	"month",
	"name",
	"needed",
	"offer",
	"out",
	"over",
	"own",
	"passphrase",
	"person",
	"piece",
	"pieces",
	"prf",
	"proof",
	"read",
	"reason",
	"region",
	"revision",
	"role",
	"same",
	"saved",
	"script",
	"search",
	"share",
	"step-code",
	"step-form",
	"step-go",
	"step-pass",
	"steps",
	"sure",
	"text",
	"thread",
	"typed",
	"version",
	"withdrawn",
	"word",
	"words",
	"written",
	"at",
	"from",
	"to",
	"last",
	"saw",
	"other",
	"swap",
	"break",
	"days",
	"debrief",
	"endday",
	"expires[]", "skill[]",
	"law",
	"leader",
	"max",
	"min",
	"needs",
	"place",
	"rota",
	"setup",
	"skill",
	"target",
	"template",
	"unsocial",
	"way",
	"week",
}

// hostileCookies are the cookies that a handler reads, one in each request.
var hostileCookies = []string{"__Host-place", "__Host-gone", "__Host-open", "__Host-login", "__Host-shifts", "__Host-device", "__Host-known"}

// fieldReaders finds what reads one; header names begin with a capital letter.
var fieldReaders = regexp.MustCompile(`(?:\.(?:Get|Has|FormValue|PostFormValue)\(|Form\[|Query\(\)\[)"([a-z_]+)"`)

func TestEveryFieldThatAHandlerReadsIsAttacked(t *testing.T) {
	read := 0
	for _, dir := range []string{".", "../../chat/visitor", "../../counsel/console", "../../chat/link"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || slices.Contains([]string{"democrowd.go", "loadweb.go"}, file) { // simulated people are on the other side
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range fieldReaders.FindAllStringSubmatch(string(text), -1) {
				read++
				if name := m[1]; !slices.Contains(hostileFields, name) {
					t.Errorf("%s reads the field %q, and no hostile text is put into it: add it to hostileFields", file, name)
				}
			}
			// Other ways to read a request would pass the expression above by.
			tree, err := parser.ParseFile(token.NewFileSet(), file, text, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if ok && s.Sel.Name == "MultipartReader" && filepath.Base(file) == "peoplelist.go" {
					return true // the one form with a file: FuzzASentListIsReadAsItStandsOrNotAtAll attacks it
				}
				if ok && slices.Contains([]string{"MultipartForm", "ParseMultipartForm", "FormFile", "MultipartReader", "Cookies", "CookiesNamed", "BasicAuth", "Referer", "UserAgent"}, s.Sel.Name) {
					t.Errorf("%s uses %s: what it reads is attacked by nothing", file, s.Sel.Name)
				}
				return true
			})
		}
	}
	if read < 20 {
		t.Errorf("only %d fields are read anywhere", read)
	}
}

// pages reads the answers of a line over one connection.
type pages struct {
	*attacked
	t      *testing.T
	conn   *wired
	logins int // when the login in use began
	cookie string
	from   int // a network of its own for every request, so that none is one too many
}

// login is the cookie of the supervisor's login. One login may ask for so much
// at a time: after some hundreds of requests it is another one.
func (p *pages) login() string {
	p.t.Helper()
	if p.logins == 0 || p.from-p.logins > 400 {
		got, _ := p.ask("POST", "desk.example", "/login", "", "", url.Values{"name": {"Anna Vermeer"}, "passphrase": {p.pass}})
		cookies := slices.DeleteFunc(got.Cookies(), func(c *http.Cookie) bool { return c.Name == console.KnownCookie })
		if got.StatusCode != http.StatusSeeOther || len(cookies) != 1 {
			p.t.Fatalf("a login was answered %d", got.StatusCode)
		}
		got, _ = p.ask("POST", "desk.example", "/second", "", "__Host-login="+cookies[0].Value, url.Values{"code": {p.staff.phone.code(p.t)}})
		if cookies = got.Cookies(); got.StatusCode != http.StatusSeeOther || len(cookies) != 1 {
			p.t.Fatalf("a second factor was answered %d", got.StatusCode)
		}
		p.logins, p.cookie = p.from, "__Host-login="+cookies[0].Value
	}
	return p.cookie
}

func (p *pages) ask(method, host, path, query, cookie string, form url.Values) (*http.Response, string) {
	p.t.Helper()
	p.from++
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s?%s HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: %d.%d.1.1\r\n", method, path, query, host, 1+p.from/250%220, p.from%250)
	if cookie != "" {
		fmt.Fprintf(&b, "Cookie: %s\r\n", cookie)
	}
	body := form.Encode()
	if method == http.MethodPost {
		fmt.Fprintf(&b, "Origin: https://%s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", host, len(body))
	} else {
		body = ""
	}
	if p.conn == nil {
		p.conn = p.dial(p.t)
	}
	_ = p.conn.SetDeadline(time.Now().Add(20 * time.Second))
	got, text := p.conn.exchange(p.t, b.String()+"\r\n"+body)
	if got == nil {
		p.t.Fatalf("%s %s: the connection was closed without an answer", method, path)
	}
	if got.StatusCode == http.StatusTooManyRequests {
		p.t.Fatalf("%s %s was one request too many: it reached nobody", method, path)
	}
	if got.Close {
		_ = p.conn.Close()
		p.conn = nil
	}
	return got, text
}

// signed is a string that is recognised when it comes back.
func signed(s string) string { return mark + s + mark }

// cookieText is what can stand in a cookie's value; the rest is escaped.
func cookieText(s string) string { return url.QueryEscape(signed(s)) }

func TestWhatIsSentToARouteComesBackInNoAnswer(t *testing.T) {
	a := attack(t)
	p := &pages{attacked: a, t: t}
	defer func() {
		if p.conn != nil {
			_ = p.conn.Close()
		}
	}()
	table := servedLine(t)
	table.conf.VisitorHost, table.conf.StaffHost = "talk.example", "desk.example"
	all := hostileStrings(t)
	wild := regexp.MustCompile(`\{[a-z]+(\.\.\.)?\}`)
	asked := 0
	for host, routes := range table.joined() {
		for turn, route := range routes {
			pattern := strings.TrimSuffix(route.Pattern, "{$}")
			if pattern == "/logout" || pattern == "/lock" || strings.HasPrefix(pattern, "/nl/") || pattern == "/a/{hash}/{name...}" && host == "desk.example" {
				continue // the login is needed on; the languages have the same handlers, and the hosts the same files
			}
			for at, s := range all {
				if strings.Contains("/unlock /step-up /second/app", pattern) && at > 80 {
					break // each further guess waits longer than the last
				}
				if !wild.MatchString(pattern) && at%40 != 0 || (at+turn)%32 != 0 && at%40 != 0 {
					continue // without a place in the address, forty strings come in each request; with one, the routes share them
				}
				path := wild.ReplaceAllString(pattern, url.PathEscape(signed(s)))
				query, form := url.Values{}, url.Values{}
				for i, name := range hostileFields {
					one := signed(all[(at+i)%len(all)])
					query.Add(name, one)
					form.Add(name, one)
					if name != "passphrase" && name != "own" { // spared the stretching of each
						form.Add("q."+one, one)
					}
				}
				for i := range 40 {
					query.Add(signed(all[(at+i)%len(all)]), "x")
				}
				cookie := hostileCookies[at%len(hostileCookies)] + "=" + cookieText(s)
				if host == "desk.example" {
					cookie = p.login() + "; " + cookie
				}
				got, text := p.ask(route.Method, host, path, cut(query.Encode(), 9000), cookie, form)
				asked++
				if got.StatusCode >= 500 {
					t.Errorf("%s %s was answered %d to %q", route.Method, route.Pattern, got.StatusCode, s)
				}
				var head strings.Builder
				_ = got.Header.Write(&head)
				if strings.Contains(head.String(), mark) {
					t.Errorf("%s %s repeats %q in its headers", route.Method, route.Pattern, s)
				}
				if at := strings.Index(text, mark); at >= 0 && !strings.Contains("/login /people /people/import /people/import/invite /me /me/shifts /me/notices /shifts/calendar /rota/setup /rota/setup/{rota} /rota/setup/{rota}/needs /rota/closed /rota/fairness /rota/draft /rota/people/{person} /join/{token} /closing/{contact} /notes/{note}/revise /unlock /step-up /second/app /second/passkey /devices/name /lost/code /lost/ask /en/write /en/talk/write/{page} /en/talk/words/{page} /en/talk/plain", pattern) {
					t.Errorf("%s %s repeats what was sent: %.200q", route.Method, route.Pattern, text[at:])
				}
			}
		}
	}
	if asked < 3000 {
		t.Errorf("only %d requests were made", asked)
	}
}

// cut shortens a query to what a request may hold.
func cut(query string, most int) string {
	if len(query) < most {
		return query
	}
	return query[:strings.LastIndexByte(query[:most], '&')]
}

// around takes the one place out of a page where a text stands, as markup.
func around(page, text string) (rest string, found bool) {
	const here = "\x00here\x00"
	rest = strings.ReplaceAll(page, html.EscapeString(text), here)
	return rest, strings.Contains(rest, here)
}

// Where a form shows again what was typed, the page is the page of a harmless
// word with this text, escaped, in its place, and nothing else is different.
func TestAFormShowsAgainWhatWasTypedAndNothingElseOfThePageChanges(t *testing.T) {
	a := attack(t)
	p := &pages{attacked: a, t: t}
	defer func() { _ = p.conn.Close() }()
	_, people := a.staff.post("/people", "name", "Robin Jansen", "role", "counsellor", "chats", "1", "locale", "en", "door", "self")
	join := regexp.MustCompile(`/join/[\w-]{22}`).FindString(people)
	everybody := regexp.MustCompile(`(?s)<ul class="everybody">.*?</ul></section>`)
	why := regexp.MustCompile(`<p class="warn" role="alert">[^<]*</p>`)
	offer := regexp.MustCompile(`(<output[^>]*>)[^<]*(</output>)|(name="offer" value=")[^"]*(")`)
	for _, c := range []struct {
		name, path, field string
		most              int // bytes that are shown again
		rest              url.Values
	}{
		{"the name of a login", "/login", "name", 64, url.Values{"passphrase": {"x"}}},
		{"the name of a person", "/people", "name", 1 << 20, url.Values{"chats": {"9"}, "role": {"counsellor"}}},
		{"an alias", join, "alias", 1 << 20, url.Values{"do": {"another"}, "locale": {"en"}, "door": {"self"}}},
		{"one's own alias", "/me", "alias", 1 << 20, url.Values{"door": {"nobody"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			harmless := ""
			for i, s := range append([]string{"harm_less"}, hostileStrings(t)...) {
				text := signed(s)
				form := url.Values{c.field: {text}}
				for k, v := range c.rest {
					form[k] = v
				}
				got, page := p.ask("POST", "desk.example", c.path, "", map[bool]string{true: "x=1", false: p.login()}[c.path != "/people" && c.path != "/me"], form)
				if got.StatusCode >= 500 || got.StatusCode == 303 {
					t.Fatalf("%q was answered %d", s, got.StatusCode)
				}
				page = offer.ReplaceAllString(why.ReplaceAllString(everybody.ReplaceAllString(page, ""), ""), "")
				page, found := around(page, text)
				if i == 0 {
					harmless = page
				}
				if found != (len(text) <= c.most) {
					t.Errorf("%q: shown again is %v", s, found)
				}
				if found && page != harmless {
					t.Errorf("%q makes another page", s)
				}
			}
		})
	}
}

func TestAfterUnlockingOnlyOurOwnPagesFollow(t *testing.T) {
	a := attack(t)
	p := &pages{attacked: a, t: t}
	defer func() { _ = p.conn.Close() }()
	back := regexp.MustCompile(`name="back" value="([^"]*)"`)
	harmless := ""
	for i, s := range append([]string{"x"}, hostileStrings(t)...) {
		below := []string{"/notes/", "/people", "/words/../", "/closing/"}
		for _, from := range []string{"", below[i%len(below)]} { // the strings share what they stand behind
			_, page := p.ask("GET", "desk.example", "/unlock", url.Values{"back": {from + s}}.Encode(), p.login(), nil)
			m := back.FindStringSubmatch(page)
			if m == nil {
				t.Fatalf("%q: the page has no way back: %s", from+s, page)
			}
			to, err := url.Parse(html.UnescapeString(m[1]))
			if err != nil || to.IsAbs() || to.Host != "" || !strings.HasPrefix(to.Path, "/") || strings.HasPrefix(to.Path, "//") || to.RawQuery != "" {
				t.Errorf("%q leads to %q", from+s, m[1])
			}
			page = back.ReplaceAllString(page, "")
			if i == 0 && from == "" {
				harmless = page
			}
			if page != harmless {
				t.Errorf("%q makes another page", from+s)
			}
		}
	}
}

func TestANameThatIsTakenCanBeSeenAndLogsIn(t *testing.T) {
	a := attack(t)
	p := &pages{attacked: a, t: t}
	defer func() { _ = p.conn.Close() }()
	taken := 0
	for _, s := range append(hostileStrings(t), "\u0130lker \u0130n\u00f6n\u00fc", "Ren\u00e9e O'Dea", "\u5c71\u7530 \u592a\u90ce", "\u3164\u3164", "A\u0301\u0302\u0303\u0304B") {
		got, page := p.ask("POST", "desk.example", "/people", "", p.login(), url.Values{"name": {s}, "chats": {"1"}, "role": {"counsellor"}, "locale": {"en"}, "door": {"self"}})
		if got.StatusCode != http.StatusOK {
			if got.StatusCode != http.StatusUnprocessableEntity && got.StatusCode != http.StatusConflict {
				t.Errorf("%q was answered %d", s, got.StatusCode)
			}
			continue
		}
		taken++
		marks := 0
		for _, r := range s {
			if unicode.IsMark(r) {
				marks++
			} else {
				marks = 0
			}
			if unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Other_Default_Ignorable_Code_Point) || strings.ContainsRune("<>\"&{}=", r) || marks > 3 {
				t.Errorf("%q was taken for a name", s)
			}
		}
		if taken > 25 && !strings.Contains(s, "\u0130") {
			continue
		}
		link := regexp.MustCompile(`/join/[\w-]{22}`).FindString(page)
		own := "orchard velcro sundial marmalade quartz " + strconv.Itoa(taken)
		got, page = p.ask("POST", "desk.example", link, "", "", url.Values{
			"choice": {"own"}, "own": {own}, "again": {own}, "alias": {"Al"}, "language": {"en"}, "locale": {"en"}, "door": {"self"},
		})
		if got.StatusCode != http.StatusSeeOther {
			t.Errorf("%q could not join: %d %s", s, got.StatusCode, page)
			continue
		}
		if got, _ = p.ask("POST", "desk.example", "/login", "", "", url.Values{"name": {s}, "passphrase": {own}}); got.StatusCode != http.StatusSeeOther {
			t.Errorf("%q cannot log in: %d", s, got.StatusCode)
		}
	}
	if taken < 10 {
		t.Errorf("only %d names were taken", taken)
	}
}

func TestAHostileNameOfTheLineIsRefusedOrIsTextOnEveryPage(t *testing.T) {
	t.Parallel()
	l := servedLine(t)
	asked := 0
	pagesOf := func(name string) []string {
		l.conf.Line.Name = name
		e, err := l.edge()
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, at := range []string{"talk.example.org/nl/", "talk.example.org/en/before/1", "talk.example.org/en/leaving", "talk.example.org/x", "desk.example.org/login", "desk.example.org/x"} {
			host, path, _ := strings.Cut(at, "/")
			r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+host+"/"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			asked++ // each from elsewhere: so many pages are a flood otherwise
			r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", asked>>16, asked>>8&255, asked&255)
			w := &kept{header: http.Header{}}
			e.ServeHTTP(w, r)
			for _, lines := range w.header {
				if strings.Contains(strings.Join(lines, " "), name) && len(name) > 3 {
					t.Errorf("%q stands in a header", name)
				}
			}
			out = append(out, w.body.String())
		}
		return out
	}
	const plainName = "zzharmlesszz"
	harmless := pagesOf(plainName)
	taken := 0
	for _, s := range hostileStrings(t) {
		name := strings.TrimSpace("zz" + s)
		file := written(t, strings.Replace(good, `name = "Talk"`, "name = "+tomlText(name), 1))
		conf, err := configure(nil, noEnv, file)
		hidden := strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == '\ufffd' })
		if (err != nil) != (hidden || len(name) > 60) {
			t.Errorf("%q: %v", name, err)
		}
		if err != nil {
			continue
		}
		taken++
		for i, page := range pagesOf(conf.Line.Name) {
			got, found := around(page, name)
			want, _ := around(harmless[i], plainName)
			if got != want { // the line itself may be in another state by now
				harmless = pagesOf(plainName)
				want, _ = around(harmless[i], plainName)
			}
			if !found || got != want {
				t.Errorf("%q makes another page %d", name, i)
			}
		}
	}
	if taken < 100 {
		t.Errorf("only %d names were taken", taken)
	}
}

// tomlText writes a text as TOML does.
func tomlText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' || r >= 0x7f && r < 0xa0 {
			fmt.Fprintf(&b, `\u%04X`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// kept is an answer that is looked at.
type kept struct {
	header http.Header
	body   strings.Builder
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }
func (k *kept) WriteHeader(int)             {}
