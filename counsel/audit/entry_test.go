package audit

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"helpline"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vector is an example of everything that has a format.
type vector struct {
	Install    string  `json:"install"`
	Seed       string  `json:"seed"`
	Key        string  `json:"key"`
	Next       string  `json:"next_seed"`
	Shred      string  `json:"shred_key"`
	Note       string  `json:"note"`
	Object     string  `json:"object"`
	Rows       []rowOf `json:"rows"`
	Checkpoint string  `json:"checkpoint"`
	Slot       string  `json:"slot_without_zeros"`
}

type rowOf struct {
	Number    int    `json:"number"`
	Day       int    `json:"day"`
	Actor     string `json:"actor"`
	Code      string `json:"code"`
	Kind      string `json:"kind"`
	Object    string `json:"object"`
	Details   string `json:"details"`
	Before    string `json:"before"`
	Hash      string `json:"hash"`
	Signature string `json:"signature"`
}

func x(b []byte) string { return hex.EncodeToString(b) }

// example is a log of four entries, made of fixed numbers.
func example(t testing.TB) (vector, []Row) {
	t.Helper()
	install, kim, robin, note := helpline.ID{1, 1}, helpline.ID{2, 2}, helpline.ID{3, 3}, helpline.ID{4, 4}
	seed, second, shred := Seed{5, 5}, Seed{6, 6}, [32]byte{7, 7}
	rows := []Row{Begin(install, &seed, 20000)}
	add := func(s *Seed, day int, d Deed) {
		more, err := Next(install, HeadOf(install, rows[len(rows)-1]), s, day, d)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, more...)
	}
	add(&seed, 20000, Deed{Code: LogKey, Details: []Detail{Bytes32("next", second.Key()), Word("at", "hour")}})
	add(&second, 20001, Deed{By: kim, Code: NoteOpen, Object: Note(note, shred), Details: []Detail{Word("reason", "quality"), Whom("author", robin)}})
	add(&second, 19999, Deed{By: Operator, Code: Settings, Details: []Detail{Names("which", "note_days", "name")}})
	first := seed.Key()
	object := Note(note, shred).ID
	last := rows[len(rows)-1]
	slot := Slot{Number: 1, Hash: rows[1].Hash(install), Seed: second}
	v := vector{
		Install: x(install[:]), Seed: x(seed[:]), Key: x(first[:]), Next: x(second[:]), Shred: x(shred[:]), Note: x(note[:]), Object: x(object[:]),
		Checkpoint: Checkpoint{Install: install, Number: last.Number, Hash: last.Hash(install), Key: second.Key()}.String(),
		Slot:       strings.TrimRight(x(slot.Bytes(install)), "0"),
	}
	for _, r := range rows {
		h := r.Hash(install)
		o := ""
		if r.Object.Kind != "" {
			o = x(r.Object.ID[:])
		}
		v.Rows = append(v.Rows, rowOf{r.Number, r.Day, x(r.Actor[:]), string(r.Code), string(r.Object.Kind), o, r.Details, x(r.Before[:]), x(h[:]), x(r.Signature[:])})
	}
	return v, rows
}

func TestTheFormatIsThatOfTheVectors(t *testing.T) {
	got, _ := example(t)
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/vectors.json"
	if *update {
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(text)+"\n" {
		t.Errorf("the format has changed: entries that stand would not verify any more. If that is meant, it needs labels of its own.\n%s", text)
	}
}

func TestASeedCannotBePrinted(t *testing.T) {
	s := Seed{0xab, 0xcd}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "seed", s, "slot", Slot{Seed: s})
	j, err := json.Marshal(Slot{Seed: s})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %x %d", s, s, s, s, s, s), fmt.Sprintf("%v %+v %#v", Slot{Seed: s}, Slot{Seed: s}, &Slot{Seed: s}), log.String(), string(j)} {
		if strings.Contains(text, "abcd") || strings.Contains(text, "171") || strings.Contains(text, "0xab") {
			t.Errorf("a seed is printed: %s", text)
		}
	}
}

func TestANoteIsNamedSoThatOnlyItsShredKeyTells(t *testing.T) {
	id := helpline.NewID()
	one := Note(id, [32]byte{1})
	if one != Note(id, [32]byte{1}) || one == Note(id, [32]byte{2}) || one == Note(helpline.NewID(), [32]byte{1}) || one.ID == id || one.ID == Record(id, [32]byte{1}).ID {
		t.Error("a note's name in the log does not depend on all it should, and on nothing else")
	}
}

func TestEveryCodeCanBeRecordedAndNoneTakesFreeWords(t *testing.T) {
	sample := func(f field) string {
		switch f.shape {
		case counted:
			return "7"
		case somebody:
			return helpline.ID{9}.String()
		case hash:
			return strings.Repeat("0f", 32)
		case word:
			return f.of[0]
		}
		if len(f.of) > 0 { // a list of some words and no others
			return strings.Join(f.of[:2], ",")
		}
		return "one,two.three"
	}
	hostile := []string{"", " ", "he said so", "=1+1", "a=b", "a\nb", "ä", "-1", "07", "1e3", strings.Repeat("a", 33), "A", ",", "a,,b", strings.Repeat("a,", 64) + "a", "\x00", strings.Repeat("0F", 32), "999999999999999999999"}
	for _, f := range forms() {
		d := Deed{Code: f.code, Object: Object{Kind: f.object}}
		if f.object != "" {
			d.Object.ID = helpline.ID{8}
		}
		for _, one := range f.fields {
			d.Details = append(d.Details, Detail{one.name, sample(one)})
		}
		if err := d.Check(); err != nil {
			t.Errorf("%s: %v", f.code, err)
		}
		if err := d.Failed().Check(); err != nil {
			t.Errorf("%s, failed: %v", f.code, err)
		}
		for i := range d.Details {
			if f.fields[i].shape == listing && len(f.fields[i].of) > 0 {
				was := d.Details[i].Value
				d.Details[i].Value = was + ",another"
				if err := d.Check(); helpline.KindOf(err) != helpline.Internal {
					t.Errorf("%s takes a word of its own as %s: %v", f.code, d.Details[i].Name, err)
				}
				d.Details[i].Value = was
			}
			for _, bad := range hostile {
				was := d.Details[i].Value
				d.Details[i].Value = bad
				if err := d.Check(); helpline.KindOf(err) != helpline.Internal || bad != "" && len(bad) > 3 && strings.Contains(err.Error(), bad) {
					t.Errorf("%s takes %q as %s: %v", f.code, bad, d.Details[i].Name, err)
				}
				d.Details[i].Value = was
			}
		}
		if strings.Contains(Joined(d.Details), "  ") || len(readDetails(Joined(d.Details))) != len(d.Details) {
			t.Errorf("%s: details %q", f.code, Joined(d.Details))
		}
	}
}
