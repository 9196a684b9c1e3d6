package counsel

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"helpline"
)

func codesOf(t *testing.T, country string) Codes {
	t.Helper()
	c, err := CodesFor(country)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatIsNotACodeOfTheLineIsRefusedByName(t *testing.T) {
	c := codesOf(t, "nl")
	with := func(key string, codes ...string) Outcome {
		o := good()
		o[key] = codes
		return o
	}
	long := strings.Repeat("a", 25)
	for name, k := range map[string]struct {
		o    Outcome
		want Fault
	}{
		"an unknown code":                    {with("level", "purple"), Fault{"level", "purple"}},
		"a code of another country":          {with("region", "flanders"), Fault{"region", "flanders"}},
		"an unknown question":                {with("shoe-size", "44"), Fault{Question: "shoe-size"}},
		"a question the law profile forbids": {with("stage", "known"), Fault{Question: "stage"}},
		"two answers where one is asked":     {with("level", "support", "child"), Fault{"level", "many"}},
		"one answer twice":                   {with("concern", "images", "images"), Fault{"concern", "twice"}},
		"seventeen answers":                  {with("concern", slices.Repeat([]string{"images"}, 17)...), Fault{"concern", "many"}},
		"a needed question without answer":   {Outcome{"group": {"own"}}, Fault{"ended", "missing"}},
		"a needed question answered empty":   {with("group"), Fault{"group", "missing"}},
		"nothing at all":                     {nil, Fault{"group", "missing"}},
		"a provider that is no identifier":   {with("provider", "somebody"), Fault{"provider", "unknown"}},
		"words in place of a code":           {with("level", "Jan from Utrecht"), Fault{Question: "level"}},
		"words in place of a question":       {with("What Jan said", "x"), Fault{}},
		"a code longer than any":             {with("level", long), Fault{Question: "level"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Check(k.o)
			got, ok := errors.AsType[Fault](err)
			if helpline.KindOf(err) != helpline.Invalid || !ok || got != k.want {
				t.Errorf("got %v (%+v), want %+v", err, got, k.want)
			}
			if err != nil && (strings.Contains(err.Error(), "Jan") || strings.Contains(err.Error(), long)) {
				t.Errorf("the error repeats what somebody wrote: %v", err)
			}
		})
	}
}

func TestEqualOutcomesBecomeEqual(t *testing.T) {
	c := codesOf(t, "nl")
	id := helpline.NewID().String()
	a, err := c.Check(Outcome{"group": {"own"}, "ended": {"gone"}, "concern": {"images", "attraction"}, "level": {}, "provider": {id}})
	if err != nil {
		t.Fatal(err)
	}
	want := Outcome{"group": {"own"}, "ended": {"gone"}, "concern": {"attraction", "images"}, "provider": {id}}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("got %v, want %v", a, want)
	}
}

func TestADraftMayBeHalfAnswered(t *testing.T) {
	c := codesOf(t, "nl")
	if _, err := c.sketch(Outcome{"level": {"support"}}); err != nil {
		t.Error(err)
	}
	if _, err := c.sketch(Outcome{"level": {"purple"}}); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("an unknown code in a draft: %v", err)
	}
}

func TestEveryCountryHasTheRecordItsLawProfileAllows(t *testing.T) {
	for country, stage := range map[string]bool{"nl": false, "generic": false, "be": false, "uk": true, "": false} {
		c := codesOf(t, country)
		if _, has := c.question("stage"); has != stage {
			t.Errorf("%q has the question of stage: %v", country, has)
		}
		var asked []string
		for _, q := range c.Questions() {
			if q.Asked {
				asked = append(asked, q.Key)
			}
		}
		if !slices.Equal(asked, []string{"suicide", "child"}) {
			t.Errorf("%q asks %v at each contact", country, asked)
		}
	}
	if got := len(codesOf(t, "nl").questions[2].Codes); got != 7 {
		t.Errorf("there are %d groups, want seven", got)
	}
}

func TestNobodyCanChangeTheCodesByTheirCopy(t *testing.T) {
	c := codesOf(t, "nl")
	c.Questions()[0].Codes[0] = "changed"
	if c.Questions()[0].Codes[0] == "changed" {
		t.Error("the codes were changed")
	}
}

func TestATableOfCodesThatIsNotRightIsRefusedByName(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"no JSON":                 {`{`, "not a table"},
		"a field nobody knows":    {`{"schema":1,"colour":1}`, "not a table"},
		"something behind it":     {`{"schema":1} {}`, "something after"},
		"no schema":               {`{"questions":[]}`, "no schema"},
		"a key in capitals":       {`{"schema":1,"questions":[{"key":"Level","codes":["a"]}]}`, `"Level"`},
		"the words of a note":     {`{"schema":1,"questions":[{"key":"text","codes":["a"]}]}`, `"text"`},
		"a question twice":        {`{"schema":1,"questions":[{"key":"a","codes":["a"]},{"key":"a","codes":["a"]}]}`, "twice"},
		"a code twice":            {`{"schema":1,"questions":[{"key":"a","codes":["a","a"]}]}`, "twice"},
		"a code with a space":     {`{"schema":1,"questions":[{"key":"a","codes":["a b"]}]}`, "no word"},
		"no codes":                {`{"schema":1,"questions":[{"key":"a"}]}`, "no codes"},
		"identifiers and codes":   {`{"schema":1,"questions":[{"key":"a","ids":true,"codes":["a"]}]}`, "identifiers"},
		"counted by the minute":   {`{"schema":1,"questions":[{"key":"a","codes":["a"],"counted":"minute"}]}`, "per day"},
		"counted identifiers":     {`{"schema":1,"questions":[{"key":"a","ids":true,"counted":"day"}]}`, "identifiers not at all"},
		"a pair with no counting": {`{"schema":1,"questions":[{"key":"a","codes":["a"]},{"key":"b","codes":["a"]}],"pairs":[["a","b"]]}`, "not counted"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCodes([]byte(c.text), "nl")
			if helpline.KindOf(err) != helpline.Invalid || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want one that says %q", err, c.says)
			}
		})
	}
}

func TestAPassedOverPromptIsCounted(t *testing.T) {
	c := codesOf(t, "nl")
	o := Outcome{"group": {"own"}, "ended": {"agreed"}, "suicide": {"none"}, "channel": {"chat"}, "level": {"child"}}
	want := []Coded{
		{"channel", "chat", true},
		{"group", "own", true},
		{"level", "child", false},
		{"suicide", "none", false},
		{"child", "unanswered", false},
		{"ended", "agreed", true},
		{"group+channel", "own+chat", false},
		{"group+level", "own+child", false},
	}
	if got := c.counts(o); !slices.Equal(got, want) {
		t.Errorf("counts are %v,\nwant %v", got, want)
	}
}

func TestAProviderIsNeverCountedHere(t *testing.T) {
	o := good()
	o["provider"] = []string{helpline.NewID().String()}
	for _, k := range codesOf(t, "nl").counts(o) {
		if k.Field == "provider" || strings.Contains(k.Code, o["provider"][0]) {
			t.Errorf("%+v is counted", k)
		}
	}
}
