package console

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A page that gave up while the draft was still being filled would say that
// there is no network, and the filling would be lost.
func TestAFillingEndsBeforeThePageThatAskedGivesUp(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../../static/js/post.js")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`(?m)^const patience = ([\d_]+);`).FindSubmatch(script)
	if said == nil {
		t.Fatal("the script does not say how long a page waits")
	}
	ms, err := strconv.Atoi(strings.ReplaceAll(string(said[1]), "_", ""))
	if err != nil {
		t.Fatal(err)
	}
	if page := time.Duration(ms) * time.Millisecond; draftPatience > page*2/3 {
		t.Errorf("a filling may take %v, and a page waits %v", draftPatience, page)
	}
}
