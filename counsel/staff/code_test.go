package staff

import (
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
)

func published(t testing.TB) CodeSecret {
	t.Helper()
	s, err := CodeSecretOf([]byte("12345678901234567890"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The codes are the last six digits of those in appendix B of RFC 6238.
func TestTheCodesAreThoseOfRFC6238(t *testing.T) {
	s := published(t)
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got, err := s.Code(time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("at %d: %s, %v; want %s", at, got, err, want)
		}
	}
}

func TestACodeIsGoodForAStepAroundNowAndOnce(t *testing.T) {
	s, now := published(t), time.Unix(1111111111, 0)
	code := func(steps int) string {
		c, err := s.Code(now.Add(time.Duration(steps) * codeStep))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for steps, good := range map[int]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		step, err := s.Weigh(code(steps), 0, now)
		if (err == nil) != good || good && step != stepOf(now)+int64(steps) {
			t.Errorf("%d steps off: %d, %v", steps, step, err)
		}
	}
	for name, c := range map[string]struct {
		typed  string
		last   int64
		reused bool
	}{
		"used":                                {code(0), stepOf(now), true},
		"older than one that was used":        {code(-1), stepOf(now), true},
		"used before the clock was set back":  {code(0), stepOf(now) + 1000, true},
		"wrong":                               {"000000", 0, false},
		"too short":                           {code(0)[:5], 0, false},
		"too long":                            {code(0) + "0", 0, false},
		"empty":                               {"", 0, false},
		"digits of another script":            {"\u0660\u0660\u0660\u0660\u0660\u0660", 0, false},
		"right, with another right one after": {code(0) + code(1), 0, false},
	} {
		_, err := s.Weigh(c.typed, c.last, now)
		if helpline.KindOf(err) != helpline.Forbidden || errors.Is(err, ErrReused) != c.reused {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && c.typed != "" && strings.Contains(err.Error(), c.typed) {
			t.Errorf("%s: the error repeats the code", name)
		}
	}
	if _, err := s.Weigh(" "+code(0)[:3]+" "+code(0)[3:], 0, now); err != nil {
		t.Errorf("with spaces: %v", err)
	}
	if !CodeLater(stepOf(now)+2, now) || CodeLater(stepOf(now)+1, now) {
		t.Error("a clock that was set back is not noticed, or one that was not")
	}
}

func TestASecretCanBeScannedAndTypedAndNotPrinted(t *testing.T) {
	s := NewCodeSecret()
	back, err := ParseCodeSecret(strings.ToLower(s.Text()))
	if err != nil || back != s || len(s.Text()) != 39 {
		t.Errorf("%d letters, %v", len(s.Text()), err)
	}
	u, err := url.Parse(s.URI("Talk: now & here?", "Robin de Vries"))
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Talk  now & here?:Robin de Vries" {
		t.Fatalf("%s, %v", u, err)
	}
	if q := u.Query(); q.Get("issuer") != "Talk  now & here?" || q.Get("secret") != base32.StdEncoding.EncodeToString(s.Bytes()) {
		t.Errorf("says %v", q)
	}
	picture, err := s.Picture("Talk", "Robin de Vries")
	if err != nil || len(picture) < 21 || len(picture[0]) != len(picture) || !picture[0][0] || picture[7][0] {
		t.Errorf("the picture has %d rows, %v", len(picture), err)
	}
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", s, s, s, s), fmt.Sprint(s.LogValue())} {
		if strings.Contains(text, s.Text()[:4]) || !strings.Contains(text, hidden) {
			t.Errorf("printed as %s", text)
		}
	}
	for _, bad := range []string{"", "JBSWY3DPEHPK3PXP", "not base32!", strings.Repeat("A", 400)} {
		if _, err := ParseCodeSecret(bad); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTriesForOnePersonAreWeighedOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns Turns
		person, other := helpline.NewID(), helpline.NewID()
		begin := time.Now()
		for i, want := range []time.Duration{0, 0, 0, 1, 3, 7, 15, 31, 61} {
			if err := turns.Wait(t.Context(), person); err != nil || time.Since(begin) != want*time.Second {
				t.Fatalf("try %d after %v, %v", i, time.Since(begin), err)
			}
		}
		now := time.Now()
		if err := turns.Wait(t.Context(), other); err != nil || time.Since(now) != 0 {
			t.Errorf("another person waited %v, %v", time.Since(now), err)
		}
		turns.Right(person)
		if err := turns.Wait(t.Context(), person); err != nil || time.Since(now) != 0 {
			t.Errorf("after a right one the next waited %v, %v", time.Since(now), err)
		}
	})
}

func TestManyTriesAtOnceGainNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns Turns
		person, begin := helpline.NewID(), time.Now()
		answers := make(chan error, 1000)
		for range 1000 {
			go func() { answers <- turns.Wait(t.Context(), person) }()
		}
		weighed, refused := 0, 0
		for range 1000 {
			switch err := <-answers; {
			case err == nil:
				weighed++
			case helpline.KindOf(err) == helpline.Unavailable:
				refused++
			default:
				t.Error(err)
			}
		}
		if took := time.Since(begin); weighed > 10 || weighed < 3 || took > longestTurn {
			t.Errorf("%d of 1,000 were weighed in %v", weighed, took)
		}
		time.Sleep(forgotten + longestTurn)
		if err := turns.Wait(t.Context(), person); err != nil {
			t.Errorf("much later: %v", err)
		}
	})
}

func FuzzCode(f *testing.F) {
	s := published(f)
	f.Add("050471", int64(0), int64(1111111111))
	f.Add("", int64(-1), int64(-5))
	f.Fuzz(func(t *testing.T, typed string, last, at int64) {
		if at < 0 || at > 1<<40 {
			return
		}
		step, err := s.Weigh(typed, last, time.Unix(at, 0))
		if err != nil {
			return
		}
		code, _ := s.code(step)
		if step <= last || step < stepOf(time.Unix(at, 0))-1 || step > stepOf(time.Unix(at, 0))+1 || code != strings.Join(strings.Fields(typed), "") {
			t.Fatalf("%q was taken for step %d after %d at %d", typed, step, last, at)
		}
	})
}
