package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"helpline/counsel/rota"
)

// begun makes a new line with some flags more.
func begun(t *testing.T, code int, more ...string) (dir, file string) {
	t.Helper()
	home := t.TempDir()
	file, dir = filepath.Join(home, "helpline.toml"), filepath.Join(home, "data")
	wantRun(t, code, "", append([]string{
		"init", "--config", file, "--data", dir, "--locales", "en", "--visitor-host", "talk.example", "--staff-host", "desk.example",
		"--neutral-url", "https://weather.example/", "--supervisor", "Anna Vermeer",
	}, more...)...)
	return dir, file
}

func TestANewLineBeginsWithItsHoursAsARota(t *testing.T) {
	t.Parallel()
	dir, file := begun(t, exitDone, "--hours", "mon-fri 19:00-22:00, sat 14:00-17:00", "--closed", "2026-12-25", "--setup", "pair")
	_, _, state := rotasIn(t, dir)
	if len(state.Rotas) != 1 || state.Rotas[0].Way != rota.Elsewhere || state.Rotas[0].Setup != rota.Pair || len(state.Templates) != 2 || len(state.Closures) != 1 {
		t.Errorf("%+v", state)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(text), "\nhours =") || strings.Contains(string(text), "\nclosed =") {
		t.Errorf("the hours stand in the configuration too: %v\n%s", err, text)
	}
	if !state.Templates[0].Days.Has(time.Monday) && !state.Templates[1].Days.Has(time.Monday) {
		t.Errorf("%+v", state.Templates)
	}
	dir, _ = begun(t, exitDone, "--setup", "team")
	if _, _, state = rotasIn(t, dir); len(state.Rotas) != 1 || state.Rotas[0].Way != rota.Managed || state.Rotas[0].Setup != rota.Team {
		t.Errorf("%+v", state.Rotas)
	}
	dir, _ = begun(t, exitDone)
	if _, _, state = rotasIn(t, dir); len(state.Rotas) != 0 {
		t.Errorf("a line that was told nothing has %+v", state.Rotas)
	}
	dir, file = begun(t, exitUsage, "--hours", "mon 19:00-19:00")
	begun(t, exitUsage, "--closed", "2026-12-25")
	for _, name := range []string{dir, file} {
		if _, err := os.Stat(name); !os.IsNotExist(err) {
			t.Errorf("hours that are none have made %s", name)
		}
	}
}

func TestInitAsksForSetUpAndHoursUntilTheyCanBeRead(t *testing.T) {
	for _, c := range []struct{ typed, setup, hours, says string }{
		{"\n\n", "small", "", "small, pair or team [small]"},
		{"Team\nmon-fri 19:00-22:00\n", "team", "mon-fri 19:00-22:00", "When is it open"},
		{"two\npair\nevenings\nsat 22:00-02:00, sun 22:00-24:00\n", "pair", "sat 22:00-02:00, sun 22:00-24:00", "write small, pair or team."},
		{"pair\nmon 19:00-22:00, mon 21:00-23:00\n\n", "pair", "", "entry 2: overlaps entry 1"},
	} {
		var out bytes.Buffer
		i, said := initCommand{}, map[string]string{}
		err := i.askRota(&place{out: &out}, bufio.NewScanner(strings.NewReader(c.typed)), said)
		if err != nil || i.Setup != c.setup || said["hours"] != c.hours || !strings.Contains(out.String(), c.says) {
			t.Errorf("%q: %v, %q %q\n%s", c.typed, err, i.Setup, said["hours"], out.String())
		}
	}
	i := initCommand{}
	if err := i.askRota(&place{out: &bytes.Buffer{}}, bufio.NewScanner(strings.NewReader("pair\n")), map[string]string{}); err == nil {
		t.Error("an answer that never came is taken")
	}
}
