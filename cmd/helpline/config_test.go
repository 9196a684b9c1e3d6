package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helpline/chat/promise"
)

// good is a configuration that works.
const good = `name = "Talk"
country = "nl"
locales = ["nl", "en"]
note_days = 60
neutral_url = "https://weather.example/"
data = "/var/lib/helpline"
visitor_host = "talk.example.org"
staff_host = "desk.example.org"
proxy = ["127.0.0.1"]
`

func noEnv(string) string { return "" }

// written puts a configuration into a file.
func written(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "helpline.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAFlagBeatsTheEnvironmentBeatsTheFileBeatsTheDefault(t *testing.T) {
	file := written(t, good)
	env := func(name string) string {
		return map[string]string{"HELPLINE_NOTE_DAYS": "50", "HELPLINE_COUNTRY": "generic"}[name]
	}
	c, err := configure(map[string]string{"note_days": "40"}, env, file)
	if err != nil {
		t.Fatal(err)
	}
	if c.Line.NoteDays != 40 || c.Line.Country != "generic" || c.Line.Locales[0] != "nl" || c.MaxWaiting != 200 {
		t.Errorf("got %+v, max_waiting %d", c.Line, c.MaxWaiting)
	}
	if c.origin(c.VisitorHost) != "https://talk.example.org" {
		t.Errorf("behind a proxy the origin is %s", c.origin(c.VisitorHost))
	}
}

func TestABadConfigurationSaysWhereAndWhatToDo(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a misspelt key", good + "note_day = 3\n", `line 10: there is no setting "note_day"; did you mean "note_days"?`},
		{"a key with hyphens", good + "max-waitin = 3\n", `did you mean "max_waiting"?`},
		{"a table that does not exist", good + "[listen_on]\na = 1\n", `line 10: there is no setting "listen_on"; did you mean "listen"?`},
		{"broken TOML", good + "chats = = 3\n", "line 10, column"},
		{"a text for a number", good + "chats = \"two\"\n", "line 10: chats must be a whole number without quotes"},
		{"a number for a text", strings.Replace(good, `"Talk"`, "3", 1), "line 1: name must be a text in quotes"},
		{"a list of numbers", strings.Replace(good, `["nl", "en"]`, "[1]", 1), "line 3: locales must be a list of words"},
		{"a number out of range", good + "chats = 9\n", "chats (from"},
		{"notes for longer than the promise", strings.Replace(good, "note_days = 60", "note_days = 91", 1), "line 4) must be a whole number from 1 to 90"},
		{"notes for no time", strings.Replace(good, "note_days = 60", "note_days = 0", 1), "line 4) must be a whole number from 1 to 90"},
		{"checks that never count", good + "directory_days = 0\n", "line 10) must be a whole number from 1 to 3650"},
		{"checks that count for ever", good + "directory_days = 36500\n", "line 10) must be a whole number from 1 to 3650"},
		{"checks that count in words", good + "directory_days = \"half a year\"\n", "line 10: directory_days must be a whole number without quotes"},
		{"an unknown language", strings.Replace(good, `"en"`, `"xx"`, 1), "each once"},
		{"a language twice", strings.Replace(good, `"en"`, `"nl"`, 1), "each once"},
		{"an unknown country", strings.Replace(good, `"nl"`, `"atlantis"`, 1), "must be one of be, de, generic, ie, nl, uk"},
		{"a neutral page without TLS", strings.Replace(good, "https://weather", "http://weather", 1), "begins with https://"},
		{"a neutral page that widens the policy", strings.Replace(good, "weather.example/", "weather.example;script-src/", 1), "neutral_url (from"},
		{"a port with a sign", strings.Replace(good, `"desk.example.org"`, `"desk.example.org:+443"`, 1), "has a bad port"},
		{"a proxy by name", strings.Replace(good, `["127.0.0.1"]`, `["localhost"]`, 1), "list of IP addresses"},
		{"one host for both", strings.Replace(good, "desk.", "talk.", 1), "are the same"},
		{"a host with a scheme", strings.Replace(good, `"desk.`, `"https://desk.`, 1), "staff_host (from"},
		{"no data folder", strings.Replace(good, "data =", "#data =", 1), "--data or as HELPLINE_DATA"},
		{"half of TLS", good + "tls_cert = \"x.pem\"\n", "belong together"},
		{"open to the world without TLS", good + "listen = \"0.0.0.0:8080\"\n", "without TLS"},
		{"a bad time zone", good + "time_zone = \"Mars/Olympus\"\n", "time zone database"},
		{"hours of an older version", good + "hours = [\"mon-fri 19:00-22:00\"]\n", "line 10: opening hours are no setting any more: they come from the rota"},
		{"closed days of an older version", good + "closed = [\"2026-12-25\"]\n", "write them once with: helpline rota hours"},
		{"last admission for ever", good + "last_admission = 600\n", "line 10) must be a whole number from 0 to 120"},
		{"messages first from nobody on", good + "message_first = -1\n", "line 10) must be a whole number from 0 to 10000"},
		{"a name of two lines", strings.Replace(good, `"Talk"`, `"a\nb"`, 1), "of one line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := configure(nil, noEnv, written(t, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v\nwant it to say %q", err, c.want)
			}
		})
	}
	if _, err := configure(nil, noEnv, filepath.Join(t.TempDir(), "none.toml")); err == nil || !strings.Contains(err.Error(), "helpline init") {
		t.Errorf("for a missing file the error is %v", err)
	}
	if _, err := configure(nil, noEnv, written(t, good)); err != nil {
		t.Errorf("the good configuration is refused: %v", err)
	}
}

func TestEveryFaultIsToldAtOnce(t *testing.T) {
	_, err := configure(nil, noEnv, written(t, good+"chats = 9\nmax_waiting = 0\n"))
	if err == nil || !strings.Contains(err.Error(), "chats") || !strings.Contains(err.Error(), "max_waiting") {
		t.Errorf("the error is %v", err)
	}
}

func TestEveryCountryProfileCanBeChosen(t *testing.T) {
	for _, country := range promise.Countries() {
		c, err := configure(map[string]string{"country": country}, noEnv, written(t, good))
		if err != nil || c.Line.Country != country {
			t.Errorf("%s: %v", country, err)
		}
	}
	help := settings[slices.IndexFunc(settings, func(s setting) bool { return s.key == "country" })].help
	for _, country := range promise.Countries() {
		if !strings.Contains(help, country) {
			t.Errorf("%q does not name %s", help, country)
		}
	}
}
