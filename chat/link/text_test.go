package link_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"helpline"
	"helpline/chat/link"
)

// words is a text of n characters with a space here and there.
func words(char string, n int) string {
	var b strings.Builder
	for i := range n {
		if i%50 == 49 {
			b.WriteByte(' ')
		} else {
			b.WriteString(char)
		}
	}
	return b.String()
}

func TestLimitsOfAText(t *testing.T) {
	for _, c := range []struct {
		name, text string
		fine       bool
	}{
		{"a word", "hello", true},
		{"lines and a tab", "one\ntwo\tthree", true},
		{"nothing", "", false},
		{"only white space", " \n\t\u00a0", false},
		{"4,000 letters", words("a", 4000), true},
		{"4,001 letters", words("a", 4000) + "a", false},
		{"4,000 units of emoji", words("🙂", 2020), true},
		{"2,100 emoji, which are more than 4,000 units", words("🙂", 2100), false},
		{"4,000 characters of three bytes", words("漢", 4000), true},
		{"12,001 bytes", words("漢", 4000) + strings.Repeat("漢 ", 40), false},
		{"200 characters without a space", strings.Repeat("a", 200), true},
		{"201 characters without a space", strings.Repeat("a", 201), false},
		{"200 and 200 with a space between", strings.Repeat("a", 200) + " " + strings.Repeat("b", 200), true},
		{"200 and 200 with a line between", strings.Repeat("a", 200) + "\n" + strings.Repeat("b", 200), true},
		{"201 characters of four bytes", strings.Repeat("🙂", 201), false},
		{"201 characters at the end", "hello " + strings.Repeat("a", 201), false},
		{"a data address", "data:image/png;base64,iVBORw0KGgo", false},
		{"a data address in capitals", "DATA:image/png;base64,iVBORw0KGgo", false},
		{"a data address in mixed letters", "dAtA:,hello", false},
		{"a data address in a sentence", "look at data:text/html,hello please", false},
		{"a data address in brackets", "(data:text/plain;charset=utf-8,hello)", false},
		{"a data address after a harmless one", "data: 5, and data:image/gif;base64,R0lGOD", false},
		{"the word data with a number", "data: 5", true},
		{"the word data with a list", "data: one, two", true},
		{"the word data at the end", "all my data:", true},
		{"another word that ends so", "metadata:image/png;base64,x", true},
		{"an ordinary address", "https://example.org/?a=data", true},
		{"a null", "a\x00b", false},
		{"a bell", "a\x07b", false},
		{"a carriage return", "a\r\nb", false},
		{"an escape", "\x1b[31mred", false},
		{"a delete", "a\x7fb", false},
		{"a control character above ASCII", "a\u0085b", false},
		{"the picture of a control character", "a\u2407b", true},
		{"Arabic, right to left", "مرحبا بكم", true},
		{"letters with marks", "héé, dát is møøi ñ", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := link.CheckText(c.text)
			if (err == nil) != c.fine {
				t.Fatalf("%d characters, %d bytes: %v", utf8.RuneCountInString(c.text), len(c.text), err)
			}
			if err != nil && helpline.KindOf(err) != helpline.Invalid {
				t.Errorf("the error is %s", helpline.KindOf(err))
			}
			b, _ := json.Marshal(map[string]string{"text": c.text})
			if body := link.CheckBody(string(b)); (body == nil) != c.fine {
				t.Errorf("as a body: %v", body)
			}
		})
	}
}

func TestBodiesThatAreNoMessage(t *testing.T) {
	for _, c := range []struct {
		name, body string
		fine       bool
	}{
		{"a message", `{"text":"hello"}`, true},
		{"a message with escapes", `{"text":"h\u00e9llo\n"}`, true},
		{"a message with spaces", `{"text": "hello" }`, true},
		{"empty", ``, false},
		{"only words", `hello`, false},
		{"a string", `"hello"`, false},
		{"another field", `{"event":"observer"}`, false},
		{"a field more", `{"text":"hello","x":1}`, false},
		{"the field twice", `{"text":"hello","text":"data:,x"}`, false},
		{"a list", `{"text":["hello"]}`, false},
		{"a number", `{"text":5}`, false},
		{"null", `{"text":null}`, false},
		{"cut off", `{"text":"hel`, false},
		{"something behind", `{"text":"hello"}}`, false},
		{"something before", ` {"text":"hello"}`, false},
		{"a lone byte", "{\"text\":\"h\xffllo\"}", false},
		{"half a character", "{\"text\":\"\xe6\xbc\"}", false},
		{"a control character escaped", `{"text":"a\u0007b"}`, false},
		{"a control character bare", "{\"text\":\"a\x07b\"}", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := link.CheckBody(c.body); (err == nil) != c.fine {
				t.Errorf("%q: %v", c.body, err)
			}
		})
	}
}

func TestAnErrorNeverRepeatsTheWords(t *testing.T) {
	for _, text := range []string{"marked\x00", strings.Repeat("marked", 40), "data:,marked", words("marked", 4000)} {
		b, _ := json.Marshal(map[string]string{"text": text})
		for _, err := range []error{link.CheckBody(string(b)), link.CheckText(text), link.CheckBody("marked")} {
			if err == nil || strings.Contains(err.Error(), "marked") {
				t.Errorf("the error is %q", err)
			}
		}
	}
}

// FuzzCheckBody: what is fine stays fine, and what is refused stays refused,
// when another page writes the same words as JSON in its own way.
func FuzzCheckBody(f *testing.F) {
	for _, s := range []string{
		`{"text":"hello"}`, `{"text":"data:,x"}`, `{"text":"\ud83d\ude42 \ud800"}`, `{"text":" "}`, `{"text":"a\u0000"}`, "{\"text\":\"\xff\"}",
		`{"text":"` + strings.Repeat("a", 201) + `"}`, `{"text":"` + words("漢", 4001) + `"}`, `{"Text":"x"}`, `{"text":"a","text":"b"}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		err := link.CheckBody(body)
		text, unread := link.Text(body)
		if unread != nil {
			if err == nil {
				t.Fatalf("%q is fine and cannot be read", body)
			}
			return
		}
		if !utf8.ValidString(text) {
			t.Fatalf("%q reads as lone bytes", body)
		}
		b, fault := json.Marshal(text)
		if fault != nil {
			t.Fatal(fault)
		}
		again := `{"text":` + string(b) + `}`
		if twice := link.CheckBody(again); (twice == nil) != (err == nil) {
			t.Fatalf("%q: %v, and written again: %v", body, err, twice)
		}
		if err == nil && (len(text) > link.MaxBytes || len([]rune(text)) > link.MaxUnits || strings.ContainsRune(text, 0)) {
			t.Fatalf("%q is beyond the limits", body)
		}
	})
}
