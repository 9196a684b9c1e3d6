package console

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What takes longer than a page waits is never kept: the page hangs up, and
// whoever fills on a slow machine fills for nothing.
func TestADraftIsFilledBeforeItsPageGivesUp(t *testing.T) {
	script, err := os.ReadFile("../../static/js/post.js")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`const patience = ([\d_]+);`).FindSubmatch(script)
	if found == nil {
		t.Fatal("the script does not say how long it waits")
	}
	ms, err := strconv.Atoi(strings.ReplaceAll(string(found[1]), "_", ""))
	if err != nil {
		t.Fatal(err)
	}
	// Reading and writing the draft, and the way there and back, take their time too.
	if page := time.Duration(ms) * time.Millisecond; draftPatience > page-5*time.Second {
		t.Errorf("a draft may take %v, and its page waits %v", draftPatience, page)
	}
}
