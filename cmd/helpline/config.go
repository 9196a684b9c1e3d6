package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"helpline"
	"helpline/chat/promise"
	"helpline/counsel/retention"
	"helpline/counsel/rota"
)

// config is everything that an installation decides. It comes from flags, then
// HELPLINE_ variables, then the configuration file, then the defaults.
type config struct {
	Line        helpline.Line
	Data        string         // folder
	Listen      string         // host:port
	VisitorHost string         // name in the address bar, with a port if it is not 80 or 443
	StaffHost   string         // the same for staff; never the visitors' name
	Proxies     []netip.Addr   // whose forwarding header is believed
	Cert, Key   string         // files; both or neither
	Zone        *time.Location // of opening hours and counters
	Law         string         // profile of working time that counts where terms name no other
	Last        time.Duration  // before the end of an opening, in which nobody new is taken
	MaxWaiting  int            // visitors in the queue
	FirstFrom   int            // visitors waiting, from which on messages go first; 0: never by itself
	Chats       int            // conversations a new counsellor may have at once
	StepUp      time.Duration  // that a second factor counts as just shown
	CheckDays   int            // that a check of a provider counts
	Metrics     string         // host:port of this machine; empty: none
	OnionListen string         // where Tor comes: unix:/PATH or host:port of this machine; empty: nowhere
	OnionHost   string         // name of the onion service; empty: none
	Copies      copies         // safety copies
	Notices     noticeWays     // to staff who are not at a screen

	said map[string]string // the value of every setting, as it was said; nil for a demonstration
}

// secure says whether browsers reach this installation over TLS, ours or that
// of a proxy in front.
func (c config) secure() bool { return c.Cert != "" || len(c.Proxies) > 0 }

// origin is what a browser sends as Origin from pages of a host of ours.
func (c config) origin(host string) string {
	if c.secure() {
		return "https://" + host
	}
	return "http://" + host
}

// setting is one line of the table of settings.
type setting struct {
	key   string // in the file, and as --flag and HELPLINE_VARIABLE
	help  string
	start string // value when nobody says anything
	list  bool   // words separated by commas
	whole bool   // a whole number
	set   func(*config, string) error
}

// settings is the one table of what may be configured.
var settings = slices.Concat(lineSettings, noticeSettings)

var lineSettings = []setting{
	{"name", "name of the line, as visitors see it", "Talk", false, false, func(c *config, v string) error {
		if v != strings.TrimSpace(v) || v == "" || len(v) > 60 || strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) {
			return errors.New("must be 1 to 60 bytes of one line that can be seen")
		}
		c.Line.Name = v
		return nil
	}},
	{"country", "country profile for help lines and law: be, de, generic, ie, nl or uk", promise.Generic, false, false, func(c *config, v string) error {
		if !slices.Contains(promise.Countries(), v) {
			return errors.New("must be one of " + strings.Join(promise.Countries(), ", "))
		}
		c.Line.Country = v
		return nil
	}},
	{"locales", "languages for visitors, the default first", "en", true, false, setLocales},
	{"note_days", "days that a sealed note is kept, 1 to 90", "90", false, true, func(c *config, v string) error {
		return setInt(&c.Line.NoteDays, v, 1, 90)
	}},
	{"answer_days", "working days, Monday to Friday, within which messages are answered, 1 to 10", "3", false, true, func(c *config, v string) error {
		return setInt(&c.Line.AnswerDays, v, 1, 10)
	}},
	{"directory_days", "days that a check of a provider counts, 1 to 3650; then it is marked", "180", false, true, func(c *config, v string) error {
		return setInt(&c.CheckDays, v, 1, 3650)
	}},
	{"neutral_url", "page where leaving quickly goes, beginning with https://", "https://www.wikipedia.org/", false, false, func(c *config, v string) error {
		if _, err := originOf(v); err != nil {
			return err
		}
		c.Line.NeutralURL = v
		return nil
	}},
	{"organisation", "who runs the line, as visitors read it: name and place", "", false, false, func(c *config, v string) error { return setWords(&c.Line.Says.Organisation, v) }},
	{"organisation_contact", "where visitors can reach the organisation", "", false, false, func(c *config, v string) error { return setWords(&c.Line.Says.Contact, v) }},
	{"legal_ground", "the legal ground on which the organisation uses personal data, for the privacy notice", "", false, false, func(c *config, v string) error { return setWords(&c.Line.Says.Ground, v) }},
	{"host_keeps", "what the host of this machine keeps of a visit, such as addresses, and how long", "", false, false, func(c *config, v string) error { return setWords(&c.Line.Says.Host, v) }},
	{"proxy_keeps", "what the proxy and the network before it keep of a visit; say so when there is none", "", false, false, func(c *config, v string) error { return setWords(&c.Line.Says.Proxy, v) }},
	{"complaints_body", "who outside of the organisation hears complaints about the line", "", false, false, func(c *config, v string) error { return setWords(&c.Line.Says.Outside, v) }},
	{"tab_title", "what stands in the tab and in the browser's history; empty: a dull word in each language", "", false, false, setTitle},
	{"icon", "icon of the tab: square, page or cloud", "square", false, false, setIcon},
	{"identity_word", "whether a visitor's page says a neutral word before a name or number is sent: yes or no", "yes", false, false, setIdentity},
	{"data", "data folder", "", false, false, func(c *config, v string) error {
		if v == "" {
			return errors.New("must name the folder that `helpline init` made")
		}
		c.Data = v
		return nil
	}},
	{"listen", "address to listen on, host:port", "127.0.0.1:8080", false, false, func(c *config, v string) error {
		host, port, err := net.SplitHostPort(v)
		if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 || host == "" {
			return errors.New("must be host:port, such as 127.0.0.1:8080")
		}
		c.Listen = v
		return nil
	}},
	{"visitor_host", "host name of the visitors' pages", "", false, false, func(c *config, v string) error { return setHost(&c.VisitorHost, v) }},
	{"staff_host", "host name of the staff's pages", "", false, false, func(c *config, v string) error { return setHost(&c.StaffHost, v) }},
	{"proxy", "addresses of your own proxy; only its X-Forwarded-For is believed", "", true, false, setProxies},
	{"tls_cert", "file with the certificate, if this program does TLS itself", "", false, false, func(c *config, v string) error { c.Cert = v; return nil }},
	{"tls_key", "file with the certificate's key", "", false, false, func(c *config, v string) error { c.Key = v; return nil }},
	{"time_zone", "time zone of the line", "Europe/Amsterdam", false, false, func(c *config, v string) error {
		zone, err := time.LoadLocation(v)
		if err != nil || v == "" || v == "Local" {
			return errors.New("must be a name of the time zone database, such as Europe/Amsterdam")
		}
		c.Zone = zone
		return nil
	}},
	{"rota_law", "rules of working time that the rota is held against: volunteer-default, eu-2003-88, nl-atw or be; not legal advice", "volunteer-default", false, false, func(c *config, v string) error {
		profile, err := rota.ProfileNamed(v)
		if err != nil {
			return errors.New("must be one of volunteer-default, eu-2003-88, nl-atw, be")
		}
		c.Law = profile.ID
		return nil
	}},
	{"last_admission", "minutes before the end in which nobody new is taken, 0 to 120", "30", false, true, func(c *config, v string) error {
		var minutes int
		err := setInt(&minutes, v, 0, 120)
		c.Last = time.Duration(minutes) * time.Minute
		return err
	}},
	{"message_first", "visitors waiting, from which on the front page puts messages first, 0 to 10000; 0: only by hand", "0", false, true, func(c *config, v string) error {
		return setInt(&c.FirstFrom, v, 0, 10000)
	}},
	{"metrics", "address of this machine that tells figures to a watcher, such as 127.0.0.1:9180; empty: none", "", false, false, func(c *config, v string) error {
		if v == "" {
			return nil
		}
		host, port, err := net.SplitHostPort(v)
		if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 || !loopback(host) {
			return errors.New("must be host:port of this machine, such as 127.0.0.1:9180")
		}
		c.Metrics = v
		return nil
	}},
	{"onion_listen", "where your Tor brings visitors of the onion service: unix:/run/helpline/onion.sock, or an address of this machine; empty: none", "", false, false, setOnionListen},
	{"onion_host", "name of the onion service, such as the 56 letters and .onion in its file hostname", "", false, false, setOnionHost},
	{"max_waiting", "visitors who may wait at once, 1 to 10000", "200", false, true, func(c *config, v string) error {
		return setInt(&c.MaxWaiting, v, 1, 10000)
	}},
	{"backup_recipients", "public keys of age (age1...) that safety copies are sealed to; the secret keys never come to this machine", "", true, false, func(c *config, v string) error {
		to, err := recipients(words(v))
		c.Copies.To = to
		return err
	}},
	{"backup_dir", "folder on another disk where a safety copy is put every day; empty makes none", "", false, false, func(c *config, v string) error { c.Copies.Dir = v; return nil }},
	{"backup_keys_dir", "folder for the second copy, of the keys of the records; best another place. Empty is backup_dir", "", false, false, func(c *config, v string) error { c.Copies.KeysDir = v; return nil }},
	{"backup_hour", "hour of the line's day at which the safety copy is made, 0 to 23", "4", false, true, func(c *config, v string) error {
		return setInt(&c.Copies.Hour, v, 0, 23)
	}},
	{"backup_days", "days that safety copies are kept, 1 to 14", "14", false, true, func(c *config, v string) error {
		return setInt(&c.Copies.Days, v, 1, retention.CopyDays)
	}},
	{"step_up_seconds", "seconds that a second factor counts as just shown, for what matters to others, 30 to 900", "300", false, true, func(c *config, v string) error {
		var seconds int
		err := setInt(&seconds, v, 30, 900)
		c.StepUp = time.Duration(seconds) * time.Second
		return err
	}},
	{"chats", "conversations a new counsellor may have at once, 1 to 4", "1", false, true, func(c *config, v string) error {
		return setInt(&c.Chats, v, 1, 4)
	}},
}

func setInt(to *int, v string, least, most int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return fmt.Errorf("must be a whole number from %d to %d", least, most)
	}
	*to = n
	return nil
}

// setWords takes what an organisation says of itself: one line that can be
// seen. It is printed as its word, in the first of the languages.
func setWords(to *string, v string) error {
	if v != strings.TrimSpace(v) || len(v) > 600 || strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) {
		return errors.New("must be at most 600 bytes of one line that can be seen")
	}
	*to = v
	return nil
}

func setLocales(c *config, v string) error {
	c.Line.Locales = nil
	for _, word := range words(v) {
		locale, err := helpline.ParseLocale(word)
		if err != nil || slices.Contains(c.Line.Locales, locale) {
			return errors.New("must be some of en, nl, nl-BE, fr, de, each once")
		}
		c.Line.Locales = append(c.Line.Locales, locale)
	}
	if len(c.Line.Locales) == 0 {
		return errors.New("must name at least one of en, nl, nl-BE, fr, de")
	}
	return nil
}

func setProxies(c *config, v string) error {
	c.Proxies = nil
	for _, word := range words(v) {
		addr, err := netip.ParseAddr(word)
		if err != nil {
			return errors.New("must be a list of IP addresses without ports, such as 127.0.0.1")
		}
		c.Proxies = append(c.Proxies, addr.Unmap())
	}
	return nil
}

// setHost accepts what a browser writes in Host: a lower-case name, and a port
// when it is an unusual one.
func setHost(to *string, v string) error {
	name, port, found := strings.Cut(v, ":")
	if n, err := strconv.Atoi(port); found && (err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != port) {
		return errors.New("has a bad port; write talk.example.org or talk.example.org:8443")
	}
	if name == "" || len(v) > 255 || strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
	}) {
		return errors.New("must be a host name in lower case, such as talk.example.org")
	}
	*to = v
	return nil
}

// words splits a list at commas.
func words(v string) []string {
	var out []string
	for word := range strings.SplitSeq(v, ",") {
		if word = strings.TrimSpace(word); word != "" {
			out = append(out, word)
		}
	}
	return out
}

// given is a value and where it was said, for messages.
type given struct{ value, where string }

// configure makes the configuration from flags (by key), the environment and
// the file, in that order of strength. Every fault is told at once.
func configure(flags map[string]string, env func(string) string, file string) (config, error) {
	said, err := gather(flags, env, file)
	if err != nil {
		return config{}, err
	}
	return decide(said)
}

// gather collects what is said of every setting, and where the strongest word
// comes from. With an error it gives what could be read all the same.
func gather(flags map[string]string, env func(string) string, file string) (map[string]given, error) {
	said := make(map[string]given)
	for _, s := range settings {
		said[s.key] = given{s.start, "the default"}
	}
	var unread error
	if file != "" {
		unread = readFile(file, said)
	}
	for _, s := range settings {
		if v := env(s.variable()); v != "" {
			said[s.key] = given{v, s.variable()}
		}
		if v := flags[s.key]; v != "" {
			said[s.key] = given{v, s.flag()}
		}
	}
	return said, unread
}

// decide makes the configuration of what was said.
func decide(said map[string]given) (config, error) {
	var c config
	var faults []error
	for _, s := range settings {
		if err := s.set(&c, said[s.key].value); err != nil {
			if said[s.key].where == "the default" {
				faults = append(faults, fmt.Errorf("%s is not set: it %w; set it in the configuration file, with %s or as %s", s.key, err, s.flag(), s.variable()))
			} else {
				faults = append(faults, fmt.Errorf("%s (from %s) %w", s.key, said[s.key].where, err))
			}
		}
	}
	if len(faults) == 0 {
		faults = c.together()
	}
	if len(faults) > 0 {
		return config{}, configError{errors.Join(faults...)}
	}
	c.said = map[string]string{}
	for key, g := range said {
		c.said[key] = g.value
	}
	return c, nil
}

// together checks what no setting can see alone.
func (c config) together() []error {
	var faults []error
	if c.VisitorHost == c.StaffHost {
		faults = append(faults, errors.New("visitor_host and staff_host are the same: give staff a host name of their own, so that a visitor's page can never be a staff page"))
	}
	if c.Copies.Dir != "" && len(c.Copies.To) == 0 {
		faults = append(faults, errors.New("backup_dir is set and backup_recipients is not: a copy that anybody can read is not made"))
	}
	if (c.Cert == "") != (c.Key == "") {
		faults = append(faults, errors.New("tls_cert and tls_key belong together: set both, or neither when a proxy does TLS"))
	}
	if (c.OnionListen == "") != (c.OnionHost == "") {
		faults = append(faults, errors.New("onion_listen and onion_host belong together: set both, or neither when there is no onion service"))
	}
	faults = append(faults, c.wrongNotices()...)
	if host, _, _ := net.SplitHostPort(c.Listen); !loopback(host) && c.Cert == "" {
		faults = append(faults, errors.New("listen is reachable from outside without TLS: listen on 127.0.0.1 behind a proxy, or set tls_cert and tls_key"))
	}
	return faults
}

// loopback says whether a host of a listening address is this machine only.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// variable is the setting's name in the environment.
func (s setting) variable() string { return "HELPLINE_" + strings.ToUpper(s.key) }

// flag is the setting's name on the command line.
func (s setting) flag() string { return "--" + strings.ReplaceAll(s.key, "_", "-") }

// configError is a fault of the configuration; the program ends with its own
// code for it.
type configError struct{ error }

func (e configError) Unwrap() error { return e.error }

// readFile reads the TOML file into what was said. A key that does not exist
// is named with its line and the nearest that does.
func readFile(file string, said map[string]given) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return configError{fmt.Errorf("read the configuration: %w; make it with `helpline init`, or name another with --config", err)}
	}
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		if bad, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column := bad.Position()
			return configError{fmt.Errorf("%s line %d, column %d: %w", file, line, column, bad)}
		}
		return configError{fmt.Errorf("%s: %w", file, err)}
	}
	var faults []error
	for key, value := range tree {
		at := slices.IndexFunc(settings, func(s setting) bool { return s.key == key })
		where := fmt.Sprintf("%s line %d", file, lineOf(text, key))
		if at < 0 && (key == "hours" || key == "closed") {
			faults = append(faults, fmt.Errorf("%s: %w", where, errHours))
			continue
		}
		if at < 0 {
			faults = append(faults, fmt.Errorf("%s: there is no setting %q; did you mean %q?", where, key, nearest(key)))
			continue
		}
		v, err := settings[at].fromTOML(value)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %s %w", where, key, err))
			continue
		}
		said[key] = given{v, where}
	}
	if len(faults) > 0 {
		slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return configError{errors.Join(faults...)}
	}
	return nil
}

// written is a value as it stands in the file.
func (s setting) written(v string) string {
	switch {
	case s.list:
		quoted := make([]string, 0, 4)
		for _, w := range words(v) {
			quoted = append(quoted, strconv.Quote(w))
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case s.whole && v != "" && v != "[set]":
		return v
	}
	return strconv.Quote(v)
}

// fromTOML turns a value of the file into the text the setting reads.
func (s setting) fromTOML(value any) (string, error) {
	switch v := value.(type) {
	case string:
		if !s.whole {
			return v, nil
		}
	case int64:
		if s.whole {
			return strconv.FormatInt(v, 10), nil
		}
	case []any:
		if !s.list {
			break
		}
		var all []string
		for _, one := range v {
			word, ok := one.(string)
			if !ok {
				return "", errors.New(`must be a list of words, such as ["en", "nl"]`)
			}
			all = append(all, word)
		}
		return strings.Join(all, ","), nil
	}
	switch {
	case s.whole:
		return "", errors.New("must be a whole number without quotes")
	case s.list:
		return "", errors.New(`must be a list of words, such as ["en", "nl"]`)
	}
	return "", errors.New("must be a text in quotes")
}

// lineOf is the number of the line that sets a key at the top of a file.
func lineOf(text []byte, key string) int {
	for i, line := range bytes.Split(text, []byte("\n")) {
		name, _, found := bytes.Cut(line, []byte("="))
		table := strings.Trim(string(bytes.TrimSpace(line)), "[]")
		if (found && strings.Trim(string(bytes.TrimSpace(name)), `"'`) == key) || table == key || strings.HasPrefix(table, key+".") {
			return i + 1
		}
	}
	return 1
}

// nearest is the setting whose name takes the fewest changes to reach.
func nearest(key string) string {
	best, least := "", 1<<30
	for _, s := range settings {
		if d := distance(strings.ToLower(strings.ReplaceAll(key, "-", "_")), s.key); d < least {
			best, least = s.key, d
		}
	}
	return best
}

// distance is the number of letters to put in, take out or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// originOf is scheme and host of an address a visitor may be sent to.
func originOf(address string) (string, error) {
	u, err := url.Parse(address)
	// The host goes into the content security policy: nothing that means something there.
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-.:[]", r)
	}
	if err != nil || u.Host == "" || strings.ContainsFunc(u.Host, odd) || u.User != nil || (u.Scheme != "https" && !(u.Scheme == "http" && strings.HasSuffix(u.Hostname(), "localhost"))) {
		return "", errors.New("must be a whole address that begins with https://")
	}
	return u.Scheme + "://" + u.Host, nil
}
