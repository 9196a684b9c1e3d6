package main

import (
	"os/exec"
	"strings"
	"testing"
)

// Completion and the man page are made from the command line: every command and
// every flag that can be given stands in them.
func TestCompletionAndManualKnowEveryCommand(t *testing.T) {
	t.Parallel()
	all, err := wholeGrammar()
	if err != nil || len(all) < 30 {
		t.Fatalf("%d commands, %v", len(all), err)
	}
	texts := map[string]string{}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		texts[shell] = wantRun(t, exitDone, "helpline", "completion", shell)
	}
	page := strings.ReplaceAll(wantRun(t, exitDone, ".TH HELPLINE 1", "manual"), `\-`, "-")
	for _, s := range all[1:] {
		at := strings.Join(s.path, " ")
		if !strings.Contains(page, "helpline "+at) {
			t.Errorf("the man page has no %s", at)
		}
		if !strings.Contains(texts["bash"], `"`+at+`")`) || !strings.Contains(texts["fish"], s.path[len(s.path)-1]) {
			t.Errorf("completion has no %s", at)
		}
		for _, f := range s.flags {
			if !strings.Contains(page, "--"+f.name) || !strings.Contains(texts["bash"], "--"+f.name) || !strings.Contains(texts["fish"], "-l "+f.name) {
				t.Errorf("%s: --%s is missing", at, f.name)
			}
		}
	}
	wantRun(t, exitUsage, "", "completion", "cmd")
}

// A shell that reads the script finishes a command with it.
func TestBashFinishesACommand(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Log("there is no bash on this machine")
		return
	}
	script := wantRun(t, exitDone, "complete -F", "completion", "bash")
	for typed, want := range map[string]string{"helpline sta": "staff", "helpline staff imp": "import", "helpline staff import --she": "--sheets"} {
		words := strings.Fields(typed)
		line := script + "\nCOMP_WORDS=(" + typed + ")\nCOMP_CWORD=" + string(rune('0'+len(words)-1)) + "\n_helpline\necho \"${COMPREPLY[*]}\"\n"
		out, err := exec.CommandContext(t.Context(), bash, "-c", line).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %q, %v", typed, out, err)
		}
	}
}
