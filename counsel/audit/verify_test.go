package audit

import (
	"context"
	"slices"
	"strings"
	"testing"

	"helpline"
)

// shelf is a log in memory.
type shelf []Row

func (s shelf) Rows(_ context.Context, from, limit int) ([]Row, error) {
	i, _ := slices.BinarySearchFunc(s, from, func(r Row, n int) int { return r.Number - n })
	return s[i:min(i+limit, len(s))], nil
}

func (s shelf) LastCut(context.Context) (Row, bool, error) {
	for _, r := range slices.Backward(s) {
		if r.Code == LogCut {
			return r, true, nil
		}
	}
	return Row{}, false, nil
}

var install = helpline.ID{1}

// long is a log of n entries with a change of key every so many.
func long(t testing.TB, n, every int) (shelf, Key) {
	t.Helper()
	seed := Seed{1}
	first := seed.Key()
	rows := shelf{Begin(install, &seed, 20000)}
	for len(rows) < n {
		head := HeadOf(install, rows[len(rows)-1])
		d := Deed{By: helpline.ID{2}, Code: PersonInvite, Object: Person(helpline.ID{3})}
		next := seed
		if len(rows)%every == 0 {
			next = Seed{2, byte(len(rows)), byte(len(rows) >> 8), byte(len(rows) >> 16)}
			d = Deed{Code: LogKey, Details: []Detail{Bytes32("next", next.Key()), Word("at", "hour")}}
		}
		more, err := Next(install, head, &seed, 20000+len(rows)/100, d)
		if err != nil {
			t.Fatal(err)
		}
		rows, seed = append(rows, more...), next
	}
	return rows, first
}

func check(t testing.TB, rows shelf, keys ...Key) Report {
	t.Helper()
	rep, err := Verify(context.Background(), rows, Wanted{Install: install, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestALogOfManyBatchesVerifies(t *testing.T) {
	rows, first := long(t, 3*batch, 24)
	var seen []int
	rep, err := Verify(t.Context(), rows, Wanted{Install: install, Keys: []Key{first}, Progress: func(n int) { seen = append(seen, n) }})
	if err != nil || rep.Fault != nil || rep.Checked != 3*batch || !slices.Equal(seen, []int{batch, 2 * batch, 3 * batch, 3 * batch}) {
		t.Errorf("%v, %v, checked %d, progress %v", err, rep.Fault, rep.Checked, seen)
	}
	if _, err := Verify(t.Context(), rows, Wanted{Install: install}); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("without a key: %v", err)
	}
	if rep, _ := Verify(t.Context(), rows, Wanted{Install: helpline.ID{2}, Keys: []Key{first}}); rep.Fault == nil || rep.Fault.Number != 0 {
		t.Errorf("as another installation's: %v", rep.Fault)
	}
}

func TestAnyBitThatIsChangedIsFoundWhereItStands(t *testing.T) {
	rows, first := long(t, 24, 7)
	for n := range rows {
		for name, harm := range map[string]func(r *Row){
			"day": func(r *Row) { r.Day ^= 1 }, "actor": func(r *Row) { r.Actor[15] ^= 1 }, "object": func(r *Row) { r.Object.ID[0] ^= 0x80; r.Object.Kind = "x" },
			"code": func(r *Row) { r.Code += "x" }, "details": func(r *Row) { r.Details += " " }, "before": func(r *Row) { r.Before[31] ^= 1 }, "signature": func(r *Row) { r.Signature[63] ^= 1 },
		} {
			broken := slices.Clone(rows)
			harm(&broken[n])
			if rep := check(t, broken, first); rep.Fault == nil || rep.Fault.Number != n || rep.Checked != n {
				t.Fatalf("%s of %d: %v", name, n, rep.Fault)
			}
		}
		if n < len(rows)-1 {
			if rep := check(t, slices.Delete(slices.Clone(rows), n, n+1), first); rep.Fault == nil || rep.Fault.Number != n {
				t.Fatalf("%d deleted: %v", n, rep.Fault)
			}
		}
	}
}

func TestALogThatHolderOfTheKeyBentIsNamed(t *testing.T) {
	rows, first := long(t, 5, 100)
	seed := Seed{1}
	for name, c := range map[string]struct {
		deed Deed
		day  int
		bend func(r *Row)
		what What
	}{
		"a day before the one before": {Deed{Code: KeysTold}, 19000, func(*Row) {}, Backward},
		"a clock that was not behind": {Deed{Code: LogClock, Details: []Detail{Number("days", 3)}}, 20000, func(*Row) {}, Backward},
		"a clock by other days":       {Deed{Code: LogClock, Details: []Detail{Number("days", 3)}}, 19999, func(*Row) {}, Backward},
		"a key that is none":          {Deed{Code: LogKey, Details: []Detail{Word("next", "x"), Word("at", "hour")}}, 20000, func(*Row) {}, BadForm},
		"behind another entry":        {Deed{Code: KeysTold}, 20000, func(r *Row) { r.Before[0] ^= 1 }, Forked},
	} {
		t.Run(name, func(t *testing.T) {
			r := next(install, HeadOf(install, rows[4]), &seed, c.day, c.deed)
			c.bend(&r)
			r.Sign(install, &seed)
			if rep := check(t, append(slices.Clone(rows), r), first); rep.Fault == nil || *rep.Fault != (Fault{5, 5, c.what}) {
				t.Errorf("found %v, want 5 %s", rep.Fault, c.what)
			}
		})
	}
}

func TestEveryFaultIsASentence(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range Faults() {
		one, many := Fault{3, 3, w}.String(), Fault{3, 5, w}.String()
		if seen[one] || !strings.HasPrefix(one, "entry 3: ") || !strings.HasPrefix(many, "entries 3 to 5: ") {
			t.Errorf("%s: %q, %q", w, one, many)
		}
		seen[one] = true
	}
}

func TestCheckpointsAreReadStrictly(t *testing.T) {
	v, _ := example(t)
	c, err := ParseCheckpoint(v.Checkpoint)
	if err != nil || c.String() != v.Checkpoint {
		t.Fatal(c, err)
	}
	all, err := ReadCheckpoints(strings.NewReader("# kept by Robin\n\n  " + v.Checkpoint + "\r\n" + v.Checkpoint))
	if err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	parts := strings.Fields(v.Checkpoint)
	for name, text := range map[string]string{
		"nothing": "", "only remarks": "# x\n", "another mark": strings.Replace(v.Checkpoint, " 1 ", " 2 ", 1), "a part more": v.Checkpoint + " x",
		"a part less": strings.Join(parts[:6], " "), "a negative number": strings.Replace(v.Checkpoint, " "+parts[4]+" ", " -1 ", 1),
		"a number in another form": strings.Replace(v.Checkpoint, " "+parts[4]+" ", " 03 ", 1), "capitals": strings.Replace(v.Checkpoint, parts[5], strings.ToUpper(parts[5]), 1),
		"a short hash": strings.Replace(v.Checkpoint, parts[5], parts[5][2:], 1), "one bad among good": v.Checkpoint + "\nx", "too many": strings.Repeat(v.Checkpoint+"\n", mostCheckpoints+1),
		"an endless line": strings.Repeat("x", 1<<20), "an installation that is none": strings.Replace(v.Checkpoint, parts[3], "x", 1),
	} {
		if all, err := ReadCheckpoints(strings.NewReader(text)); helpline.KindOf(err) != helpline.Invalid || all != nil {
			t.Errorf("%s: %d, %v", name, len(all), err)
		}
	}
}
