package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestTheConfigurationIsShownWithWhereItComesFrom(t *testing.T) {
	file := written(t, good)
	var out, errs shared
	env := map[string]string{"HELPLINE_NOTE_DAYS": "50", "HELPLINE_NOTEDAY": "3", "HELPLINE_CONFIG": file}
	p := &place{env: func(n string) string { return env[n] }, environ: []string{"HELPLINE_NOTE_DAYS=50", "HELPLINE_NOTEDAY=3", "HELPLINE_CONFIG=x", "PATH=/bin"}, in: strings.NewReader(""), out: &out, err: &errs, costs: cheap}
	if code := run(t.Context(), []string{"config", "dump", "--chats", "2"}, p); code != exitDone {
		t.Errorf("dump ended with %d: %s", code, &errs)
	}
	for _, want := range []string{
		`(?m)^name = "Talk" +# \S+helpline.toml line 1$`, `(?m)^note_days = 50 +# HELPLINE_NOTE_DAYS$`,
		`(?m)^chats = 2 +# --chats$`, `(?m)^max_waiting = 200 +# the default$`, `(?m)^locales = \["nl", "en"\] +#`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("the dump has nothing like %s:\n%s", want, &out)
		}
	}
	// What was dumped is a configuration that says the same.
	again, err := configure(nil, noEnv, written(t, out.String()))
	if err != nil || again.Line.NoteDays != 50 || again.Chats != 2 {
		t.Errorf("the dump cannot be read again: %v", err)
	}
	if code := run(t.Context(), []string{"config", "check"}, p); code != exitConfig || !strings.Contains(errs.String(), "did you mean HELPLINE_NOTE_DAYS?") {
		t.Errorf("a misspelt variable: code %d, %s", code, &errs)
	}
	p.environ = nil
	if code := run(t.Context(), []string{"config", "check"}, p); code != exitDone || !strings.Contains(out.String(), "can be used") {
		t.Errorf("a good one: code %d, %s", code, &errs)
	}
	if code, out, errs := command(t, "config", "dump", "--config", written(t, good+"chats = 9\n")); code != exitConfig || !strings.Contains(out, "chats = 9") || !strings.Contains(errs, "1 to 4") {
		t.Errorf("a bad one: code %d, %s %s", code, out, errs)
	}
}

func TestASecretOfTheConfigurationIsMasked(t *testing.T) {
	for _, key := range []string{"mail_password", "relay_token", "hook_secret", "key_passphrase"} {
		if masked(key, "hush") != "[set]" || masked(key, "") != "" {
			t.Errorf("%s is shown", key)
		}
	}
	if masked("name", "Talk") != "Talk" {
		t.Error("the name is masked")
	}
}
