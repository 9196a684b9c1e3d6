package templates

import (
	"strings"
	"testing"
)

func TestTheFormOfACodeSendsNothingWithoutItsScript(t *testing.T) {
	var b strings.Builder
	if err := known(Talk{Known: true}).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	_, form, _ := strings.Cut(b.String(), "<form")
	tag, _, _ := strings.Cut(form, ">")
	_, input, _ := strings.Cut(form, "<input")
	field, _, _ := strings.Cut(input, ">")
	if !strings.Contains(tag, `method="dialog"`) || !strings.Contains(field, "knowncode") || strings.Contains(field, "name=") {
		t.Errorf("a browser would put the code into an address: <form%s> <input%s>", tag, field)
	}
}
