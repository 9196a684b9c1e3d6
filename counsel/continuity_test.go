package counsel_test

import (
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
)

func TestAContinuityCardIsReadOneWayOnly(t *testing.T) {
	for body, want := range map[string]string{
		`{"keep":"We talked about sleep.\nCall again on Tuesday."}`: "We talked about sleep.\nCall again on Tuesday.",
		`{"keep":"<b> & \"quoted\""}`:                               `<b> & "quoted"`,
		`{"keep":"` + strings.Repeat("a", 600) + `"}`:               strings.Repeat("a", 600),
	} {
		got, err := counsel.ReadContinuity(body)
		if err != nil || got != want {
			t.Errorf("%.40s: %q, %v", body, got, err)
		}
	}
}

func TestAContinuityCardThatIsNotOneIsRefusedWithoutItsWords(t *testing.T) {
	for name, body := range map[string]string{
		"empty":            `{"keep":""}`,
		"spaces":           `{"keep":" secretword"}`,
		"one more":         `{"keep":"` + strings.Repeat("a", 601) + `"}`,
		"wide characters":  `{"keep":"` + strings.Repeat("😀", 301) + `"}`,
		"turned direction": "{\"keep\":\"secretword\u202e\"}",
		"control":          `{"keep":"secretword\u0007"}`,
		"tab":              `{"keep":"secret\tword"}`,
		"another field":    `{"keep":"secretword","of":"x"}`,
		"twice":            `{"keep":"secretword","keep":"b"}`,
		"a space in it":    `{"keep": "secretword"}`,
		"escaped for HTML": `{"keep":"\u003cb"}`,
		"text":             `{"text":"secretword"}`,
		"list":             `{"keep":["secretword"]}`,
		"broken":           "{\"keep\":\"secretword\xff\"}",
		"a lone surrogate": `{"keep":"secretword\ud800"}`,
	} {
		_, err := counsel.ReadContinuity(body)
		if helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error repeats the words: %v", name, err)
		}
	}
}

func FuzzContinuity(f *testing.F) {
	f.Add(`{"keep":"We talked."}`)
	f.Add(`{"keep":"\u003c"}`)
	f.Fuzz(func(t *testing.T, body string) {
		text, err := counsel.ReadContinuity(body)
		if err == nil && (text == "" || len(text) > len(body)) {
			t.Fatalf("%q was taken as %q", body, text)
		}
	})
}
