package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
)

// day is an instant in the day with this number.
func day(epoch int) time.Time { return time.Unix(int64(epoch)*86_400+7_000, 0) }

func hostKeys(t *testing.T) (*HostKeys, *bytes.Buffer) {
	var log bytes.Buffer
	return &HostKeys{dir: t.TempDir(), log: slog.New(slog.NewTextHandler(&log, nil))}, &log
}

func days(t *testing.T, h *HostKeys, epoch int) (today, yesterday Day) {
	t.Helper()
	today, yesterday, err := h.Days(day(epoch))
	if err != nil {
		t.Fatal(err)
	}
	return today, yesterday
}

func names(t *testing.T, h *HostKeys) []string {
	t.Helper()
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestDayKeysLiveForTodayAndTomorrow(t *testing.T) {
	h, _ := hostKeys(t)
	first, _ := days(t, h, 20_000)
	if first.Epoch != 20_000 || first.Ticket == first.Live || first.Live == first.Login || first.Ticket == (Key{}) {
		t.Error("the keys of a day are three random ones")
	}
	again, _ := days(t, h, 20_000)
	second, yesterday := days(t, h, 20_001)
	if again != first || yesterday != first {
		t.Error("the keys of a day change")
	}
	third, yesterday := days(t, h, 20_002)
	if yesterday != second || third == second {
		t.Error("yesterday is not yesterday")
	}
	if got, want := names(t, h), []string{"day-20001.key", "day-20002.key"}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
}

func TestADayWithoutKeysIsNeverReadWithKeysThatEverybodyKnows(t *testing.T) {
	h, _ := hostKeys(t)
	_, yesterday := days(t, h, 20_000)
	if yesterday.Epoch != 19_999 || yesterday.Ticket == (Key{}) || yesterday.Live == (Key{}) || yesterday.Login == (Key{}) {
		t.Error("a missing yesterday has keys of zeros")
	}
	if got, want := names(t, h), []string{"day-20000.key"}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
	days(t, h, 20_000)
	_, later := days(t, h, 20_010)
	if later.Epoch != 20_009 || later.Ticket == (Key{}) {
		t.Error("after ten days away a missing yesterday has keys of zeros")
	}
	if got, want := names(t, h), []string{"day-20010.key"}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
}

func TestAClockSetBackKeepsTheNewestKeys(t *testing.T) {
	h, log := hostKeys(t)
	before, _ := days(t, h, 20_004)
	newest, _ := days(t, h, 20_005)
	today, yesterday := days(t, h, 20_001)
	if today != newest || yesterday != before {
		t.Error("a clock set back changes the keys")
	}
	if got, want := names(t, h), []string{"day-20004.key", "day-20005.key"}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
	if !strings.Contains(log.String(), "clock is behind") {
		t.Errorf("the log says %q", log.String())
	}
}

func TestOldKeysAreOverwrittenBeforeTheyAreRemoved(t *testing.T) {
	h, _ := hostKeys(t)
	old, _ := days(t, h, 20_000)
	// A second name for the same file shows what is left in it.
	left := filepath.Join(t.TempDir(), "left")
	if err := os.Link(h.path(20_000), left); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(left); err != nil || !bytes.Contains(text, old.Ticket[:]) {
		t.Fatalf("the key cannot be seen in its file: this test sees nothing (%v)", err)
	}
	days(t, h, 20_002)
	text, err := os.ReadFile(left)
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]Key{"ticket": old.Ticket, "live": old.Live, "login": old.Login} {
		if bytes.Contains(text, k[:]) {
			t.Errorf("the %s key is still in the file", name)
		}
	}
}

func TestAFileThatACrashLeftUnfinishedIsDestroyed(t *testing.T) {
	h, _ := hostKeys(t)
	if err := os.WriteFile(filepath.Join(h.dir, tempPrefix+"123"), []byte("half a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	days(t, h, 20_000)
	if got, want := names(t, h), []string{"day-20000.key"}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
}

// The power fails while the key of today is being destroyed: first it has lost its
// name, so that the line comes back with a new key and not with noise for one.
func TestAKeyThatIsBeingDestroyedIsNoKeyAnyMore(t *testing.T) {
	h, _ := hostKeys(t)
	old, _ := days(t, h, 20_000)
	left := filepath.Join(t.TempDir(), "left")
	if err := os.Link(h.path(20_000), left); err != nil {
		t.Fatal(err)
	}
	if end, err := unname(h.path(20_000)); err != nil || end == "" {
		t.Fatal(end, err)
	}
	if end, err := unname(h.path(20_000)); err != nil || end != "" {
		t.Errorf("a file that is not there lost its name: %q, %v", end, err)
	}
	fresh, _ := days(t, h, 20_000)
	if fresh.Ticket == old.Ticket || fresh.Live == old.Live || fresh.Login == old.Login {
		t.Error("the old key is in use")
	}
	if got, want := names(t, h), []string{"day-20000.key"}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
	if text, err := os.ReadFile(left); err != nil || bytes.Contains(text, old.Ticket[:]) {
		t.Errorf("the old key stands on the disk, %v", err)
	}
}

func TestOtherFilesInTheFolderOfKeysAreLeftAlone(t *testing.T) {
	h, _ := hostKeys(t)
	others := []string{"day-019.key", "day-x.key", "day-5", "notes.txt", "5.key"}
	for _, name := range others {
		if err := os.WriteFile(filepath.Join(h.dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	days(t, h, 20_000)
	for _, name := range others {
		if text, err := os.ReadFile(filepath.Join(h.dir, name)); err != nil || string(text) != "x" {
			t.Errorf("%s was touched: %v", name, err)
		}
	}
}

func TestADamagedKeyFileIsSaidAndNotUsed(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"a flipped bit": func(b []byte) []byte { b[len(dayMark)+5] ^= 1; return b },
		"a cut tail":    func(b []byte) []byte { return b[:len(b)-1] },
		"too long":      func(b []byte) []byte { return append(b, 0) },
		"empty":         func([]byte) []byte { return nil },
		"another kind":  func(b []byte) []byte { return append([]byte("x"), b[1:]...) },
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := hostKeys(t)
			days(t, h, 20_000)
			text, err := os.ReadFile(h.path(20_000))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(h.path(20_000), damage(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, epoch := range []int{20_000, 20_001} { // as today's and as yesterday's
				_, _, err = h.Days(day(epoch))
				wantError(t, err, helpline.Internal, "day-20000.key", "damaged", "may be removed while helpline is stopped")
			}
		})
	}
}

func TestTheInstallationKeyIsMadeOnceAndStays(t *testing.T) {
	h, _ := hostKeys(t)
	_, err := h.Installation()
	wantError(t, err, helpline.NotFound, "run helpline init")
	if err := h.MakeInstallation(); err != nil {
		t.Fatal(err)
	}
	k, err := h.Installation()
	if err != nil || k == (Key{}) {
		t.Fatalf("no key: %v", err)
	}
	wantError(t, h.MakeInstallation(), helpline.Conflict, "initialised before")
	days(t, h, 20_000)
	days(t, h, 20_009)
	if again, err := h.Installation(); err != nil || again != k {
		t.Errorf("the key has changed: %v", err)
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	k := newKey()
	d := Day{Epoch: 20_000, Ticket: k, Live: k, Login: k}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", k, &k, d)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "key", k, "day", d)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", k, "day", d)
	if err := json.NewEncoder(&out).Encode(d); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), hidden) {
		t.Fatal("nothing was printed: this test sees nothing")
	}
	for _, form := range []string{
		string(k[:]), fmt.Sprintf("%x", k[:]), fmt.Sprintf("%X", k[:]), strings.Trim(fmt.Sprintf("%d", k[:]), "[]"),
		strings.Trim(fmt.Sprintf("%o", k[:]), "[]"), strings.Trim(fmt.Sprintf("%b", k[:]), "[]"), strings.Trim(fmt.Sprintf("%#v", k[:]), "[]byte{}"),
	} {
		if strings.Contains(out.String(), form) {
			t.Errorf("a key was printed")
		}
	}
}
