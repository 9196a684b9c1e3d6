package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// The longest list that fits the page: everybody on it is invited in one press,
// by links of their own, with a trace each, and nobody a second time.
func TestAListOfFiveHundredPeopleIsInvitedInOnePress(t *testing.T) {
	t.Parallel()
	file, dir, first := founded(t)
	w := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", file)
	anna := w.browser("desk.example", "https://desk.example")
	anna.join(first, "Anna")
	var list strings.Builder
	list.WriteString("name;alias;roles;languages\r\n")
	for n := range 500 {
		fmt.Fprintf(&list, "Kim Visser %03d;Kestrel;counsellor leader;nl en\r\n", n)
	}
	look := sendList(t, anna, list.String())
	if look.code != http.StatusOK || !strings.Contains(look.page, "500 people would be invited") {
		t.Fatalf("looking: %d %.2000s", look.code, look.page)
	}
	if got := everybody(t, dir); len(got) != 1 {
		t.Fatalf("looking has changed the people: %d", len(got))
	}
	answer, page := anna.post("/people/import/invite", "list", list.String())
	joins := regexp.MustCompile(`/join/[\w-]{22}`)
	links := map[string]bool{}
	for _, link := range joins.FindAllString(page, -1) {
		links[link] = true
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Cache-Control") != "no-store" || len(links) != 500 || strings.Count(page, `<article class="sheet"`) != 500 {
		t.Fatalf("inviting: %d, %d links", answer.StatusCode, len(links))
	}
	if got := everybody(t, dir); len(got) != 501 {
		t.Errorf("there are %d people", len(got))
	}
	if answer, page := anna.post("/people/import/invite", "list", list.String()); answer.StatusCode != http.StatusConflict || joins.MatchString(page) {
		t.Errorf("pressed again: %d", answer.StatusCode)
	}
	wantRun(t, exitDone, "person.import", "audit", "export", "--config", file)
	for _, secret := range []string{"Kim Visser", "/join/"} {
		if strings.Contains(w.err.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	if answer, page := anna.post("/people/import", "list", list.String()+list.String()+list.String()); answer.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(page, "such as 300 people") {
		t.Errorf("a list too long: %d", answer.StatusCode)
	}
}

// sent is what a list sent as a file came to.
type sent struct {
	code int
	page string
}

// sendList sends a list as a browser sends a file.
func sendList(t *testing.T, b *browser, text string) sent {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("list", "people.csv")
	if err == nil {
		_, err = io.WriteString(file, text)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+b.w.addr+"/people/import", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = b.headers()
	r.Host = b.host
	r.Header.Set("Origin", b.origin)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", form.FormDataContentType())
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return sent{answer.StatusCode, string(page)}
}
