package rota

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheReaderNamesLineAndSection(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"no horizon", "7\n", "week\n", "line 3, SECTION_HORIZON"},
		{"two horizons", "7\n", "7\n8\n", "line 4, SECTION_HORIZON"},
		{"a horizon of nothing", "7\n", "0\n", "line 3, SECTION_HORIZON"},
		{"minutes below nothing", "D,480,", "D,-1,", "line 7, SECTION_SHIFTS"},
		{"a shift without minutes", "D,480,", "D", "line 7, SECTION_SHIFTS"},
		{"a shift twice", "N,600,D", "D,600,D", "line 8, SECTION_SHIFTS"},
		{"a successor nobody knows", "N,600,D", "N,600,X", "line 8, SECTION_SHIFTS"},
		{"a nurse with half a line", "D=4|N=2,2400,960", "D=4|N=2,2400", "line 11, SECTION_STAFF"},
		{"a nurse twice", "Ben,D=7", "Ada,D=7", "line 12, SECTION_STAFF"},
		{"the most of a shift nobody knows", "D=4|N=2", "D=4|X=2", "line 11, SECTION_STAFF"},
		{"a number that is none", "D=4|N=2", "D=4|N=two", "line 11, SECTION_STAFF"},
		{"a day off after the end", "Ada,2", "Ada,7", "line 15, SECTION_DAYS_OFF"},
		{"a day off of nobody", "Ada,2", "Eve,2", "line 15, SECTION_DAYS_OFF"},
		{"a wish of nobody", "Ada,0,D,2", "Eve,0,D,2", "line 19, SECTION_SHIFT_ON_REQUESTS"},
		{"a wish before the beginning", "Ben,1,D,3", "Ben,-1,D,3", "line 22, SECTION_SHIFT_OFF_REQUESTS"},
		{"cover of a shift nobody knows", "0,D,1,100,1", "0,X,1,100,1", "line 25, SECTION_COVER"},
		{"cover with too little", "0,D,1,100,1", "0,D,1,100", "line 25, SECTION_COVER"},
		{"a section nobody knows", "SECTION_COVER", "SECTION_COVERS", "line 24"},
		{"a section twice", "SECTION_COVER", "SECTION_STAFF", "line 24"},
		{"a line before all sections", "# two", "two", "line 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(handWard, c.old, c.new, 1)
			if _, err := readWard(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that names %s", err, c.want)
			}
		})
	}
	if _, err := readWard(strings.NewReader("")); err == nil {
		t.Error("nothing was read as an instance")
	}
	if w := mustRead(t, "\uFEFF"+strings.ReplaceAll(handWard, "\n", "\r\n")); len(w.cover) != 6 || w.shifts[1].not[0] != 0 {
		t.Errorf("with a mark of byte order and returns: %+v", w)
	}
}

// FuzzReadWard reads anything. What it takes for an instance is searched a
// little, and search and judge must say the same of it.
func FuzzReadWard(f *testing.F) {
	f.Add(handWard)
	f.Add(made(1, 2, 1, 2))
	f.Add("SECTION_HORIZON\n1\nSECTION_SHIFTS\nA,1,A|A\nSECTION_STAFF\nx,,0,9,0,0,0,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := readWard(strings.NewReader(text))
		if err != nil || w.days*len(w.shifts)*len(w.staff) > 2000 {
			return
		}
		rows := newNurseRows(w)
		g := newGrid(w.layout(), rows)
		g.anneal(t.Context(), Effort{Seed: 1, Steps: 300}, nurseHeat, nil)
		roster := make([][]int, len(w.staff))
		for p := range roster {
			for _, x := range rows.at[p] {
				roster[p] = append(roster[p], int(x))
			}
		}
		cost, breaks := w.judge(roster)
		if int64(cost) != g.price.soft || (len(breaks) == 0) != (g.price.hard == 0) || g.price != g.recount() {
			t.Errorf("the search says %+v, counted anew %+v, the judge %d and %q", g.price, g.recount(), cost, breaks)
		}
	})
}

// TestTheCommandNeverPrintsACostThatIsNone solves one instance that can be
// solved and one that cannot.
func TestTheCommandNeverPrintsACostThatIsNone(t *testing.T) {
	dir := t.TempDir()
	good, bad, roster := filepath.Join(dir, "good"), filepath.Join(dir, "bad"), filepath.Join(dir, "roster")
	for name, text := range map[string]string{good: handWard, bad: strings.Replace(handWard, "2400,960,3", "2400,9600,3", 1)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(file string) (string, error) {
		var out bytes.Buffer
		err := nurseCommand(func(name string) string {
			return map[string]string{"NURSE_FILE": file, "NURSE_STEPS": "30000", "NURSE_SEED": "2", "NURSE_OUT": roster}[name]
		}, &out)
		return out.String(), err
	}
	out, err := run(bad)
	if err == nil || !strings.HasPrefix(out, "feasible=false") || strings.Contains(out, "cost") {
		t.Errorf("an instance without a roster printed %q, %v", out, err)
	}
	if _, err := os.Stat(roster); err == nil {
		t.Error("a roster that breaks rules was written")
	}
	if out, err = run(good); err != nil || !strings.HasPrefix(out, "cost=") {
		t.Errorf("printed %q, %v", out, err)
	}
	if text, err := os.ReadFile(roster); err != nil || strings.Count(string(text), "\n") != 2 || strings.Count(string(text), "\t") != 12 {
		t.Errorf("the roster: %q, %v", text, err)
	}
}
