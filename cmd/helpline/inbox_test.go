package main

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

var (
	formMark = regexp.MustCompile(`name="form" value="([A-Za-z0-9_-]{22})"`)
	pageMark = regexp.MustCompile(`name="page" value="([A-Z2-7]{26})"`)
	codeMark = regexp.MustCompile(`data-copy="([a-z-]{35})"`)
	readMark = regexp.MustCompile(`name="read" value="([A-Za-z0-9_-]{22})"`)
	version1 = regexp.MustCompile(`name="version" value="(\d+)"`)
)

// onPage gives the first group of a pattern on a page.
func onPage(t testing.TB, pattern *regexp.Regexp, page string) string {
	t.Helper()
	m := pattern.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %v: %.400s", pattern, page)
	}
	return m[1]
}

// leaves leaves a message and gives the code, written down as the page asks.
func (b *browser) leaves(words string) (code string) {
	b.w.t.Helper()
	_, page := b.get("/en/write?door=1")
	answer, page := b.post("/en/write", "form", onPage(b.w.t, formMark, page), "version", onPage(b.w.t, version1, page), "door", "self", "text", words)
	if answer.StatusCode != http.StatusSeeOther {
		b.w.t.Fatalf("the message was answered %d: %s", answer.StatusCode, page)
	}
	at := answer.Header.Get("Location")
	_, page = b.post(at, "show", "1")
	code = onPage(b.w.t, codeMark, page)
	if answer, _ = b.post(at, "kept", "1"); answer.Header.Get("Location") != "/en/sent" {
		b.w.t.Fatalf("the tick was answered %d", answer.StatusCode)
	}
	return code
}

// returns gives a code and the page behind it; where it leads when there is none.
func (b *browser) returns(code string) (where, page string) {
	b.w.t.Helper()
	answer, _ := b.post("/en/back", "typed", code)
	if where = answer.Header.Get("Location"); where == "/en/thread" {
		_, page = b.get(where)
		_, page = b.post(where, "show", "1", "page", onPage(b.w.t, pageMark, page))
	}
	return where, page
}

// answers takes the only thread that waits and answers it.
func (s *staffed) answers(who *browser, words, answer string) (thread string) {
	s.t.Helper()
	var id []byte
	s.query(`SELECT id FROM thread WHERE waiting = 1`, &id)
	at := "/inbox/" + helpline.ID(id).String()
	who.post(at + "/claim")
	_, page := who.get(at)
	if !strings.Contains(page, words) {
		s.t.Fatalf("the counsellor does not read it: %s", page)
	}
	form := regexp.MustCompile(`name="message" value="([A-Za-z0-9_-]{22})"`)
	got, page := who.post(at+"/answer", "message", onPage(s.t, form, page), "read", onPage(s.t, readMark, page), "text", answer, "do", "send")
	if got.StatusCode >= 400 {
		s.t.Fatalf("the answer was answered %d: %s", got.StatusCode, page)
	}
	return at
}

const (
	letterWords = "the visitor's words about a kestrel"
	answerWords = "the line's words about a plover"
	marksman    = "Browser-of-a-marksman/7"
)

// letterMarks are the marks of an exchange, as they could stand in a file.
func letterMarks(code string) map[string][]byte {
	return map[string][]byte{
		"the visitor's words": []byte("kestrel"), "the answer": []byte("plover"), "their address form": []byte(url.QueryEscape(letterWords)),
		"the code": []byte(code), "the code in one": []byte(strings.ReplaceAll(code, "-", "")), "its first groups": []byte(code[:17]),
		"the browser": []byte("marksman"), "the address": []byte("203.0.113.77"),
	}
}

func TestPromiseALetterIsSealedBothWaysAndNothingElseOfItsWriterIsKept(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	visitor := s.browser("talk.example", "https://talk.example")
	visitor.header.Set("User-Agent", marksman)
	visitor.header.Set("X-Forwarded-For", "203.0.113.77")
	code := visitor.leaves(letterWords)
	s.search("with a message", letterMarks(code), false)
	s.vouch("Robin Bakker")
	s.answers(s.robin, "kestrel", answerWords)
	s.search("with an answer", letterMarks(code), false)

	// A slip, another code, the right one.
	if where, _ := visitor.returns(code[:34]); where != "/en/back?why=number" {
		t.Errorf("a slip leads to %s", where)
	}
	other := s.browser("talk.example", "https://talk.example").leaves("another")
	if _, page := s.browser("talk.example", "https://talk.example").returns(other); strings.Contains(page, "plover") || strings.Contains(page, "kestrel") {
		t.Error("another code opens it")
	}
	_, page := visitor.returns(strings.ToUpper(code))
	if !strings.Contains(page, "plover") || !strings.Contains(page, "kestrel") {
		t.Fatalf("whoever has the code reads %s", page)
	}
	s.search("after a visit", letterMarks(code), false)

	// Who left it erases it: at once, and for good.
	var sealed, grant []byte
	s.query(`SELECT sealed, to_thread FROM letter WHERE side = 2`, &sealed, &grant)
	rows := map[string][]byte{"the end of the sealed answer": sealed[len(sealed)-48:], "its key": grant[200:248]}
	s.search("before it is erased", rows, true)
	_, erased := visitor.post("/en/thread/erase", "page", onPage(t, pageMark, page), "sure", "1")
	if !strings.Contains(erased, "It is erased") {
		t.Fatalf("erasing says %s", erased)
	}
	s.search("after it was erased", rows, false)
	if where, _ := visitor.returns(code); where != "/en/back?why=none" {
		t.Errorf("an erased code leads to %s", where)
	}
	if where, _ := visitor.returns("babab-babab-babab-babab-babab-" + checked(t, "babab-babab-babab-babab-babab")); where != "/en/back?why=none" {
		t.Errorf("a code that never was leads to %s", where)
	}
	s.stop()
	s.search("after the stop", rows, false)
	s.search("after the stop", letterMarks(code), false)
}

// checked finds the group that checks five others.
func checked(t *testing.T, five string) string {
	t.Helper()
	const consonants, vowels = "bdfghjklmnprstvz", "aiou"
	for n := range 1 << 16 {
		g := string([]byte{consonants[n>>12], vowels[n>>10&3], consonants[n>>6&15], vowels[n>>4&3], consonants[n&15]})
		if _, err := vault.ReadReturnCode(five + "-" + g); err == nil {
			return g
		}
	}
	t.Fatal("no group checks it")
	return ""
}

// letters opens whatever letters the loot opens: with a keyring's seat among the
// counsellors, or with a code.
func (th *thief) letters(key *vault.ReturnKey) (texts []string) {
	th.t.Helper()
	ctx := th.t.Context()
	entries, err := th.db.KeyLog(ctx)
	if err != nil {
		th.t.Fatal(err)
	}
	log, err := vault.ReadLog(th.install, entries)
	if err != nil {
		th.t.Fatal(err)
	}
	rows, err := th.db.Threads(ctx)
	if err != nil {
		th.t.Fatal(err)
	}
	people, err := th.db.People(ctx)
	if err != nil {
		th.t.Fatal(err)
	}
	for _, row := range rows {
		all, err := th.db.Letters(ctx, row.ID)
		if err != nil {
			th.t.Fatal(err)
		}
		for _, l := range all {
			shred, err := th.db.Shred().Key(ctx, l.Shred)
			if err != nil {
				continue
			}
			place := vault.LetterPlace{
				Install: th.install, Thread: row.ID, Letter: l.ID, Number: l.Number, Side: l.Side,
				Week: vault.Week(retention.Midnight(l.Day)), Key: row.Key,
			}
			if key != nil && key.Public() == row.Key {
				if body, err := key.OpenLetter(log, place, l.Sealed, l.ToThread, shred); err == nil {
					texts = append(texts, body)
				}
			}
			for _, p := range people {
				ring := th.unwrap(ctx, p)
				if ring == nil {
					continue
				}
				v, err := log.Under(ring.Trust())
				if err != nil {
					continue
				}
				seat, err := th.db.Seat(ctx, row.Circle(), l.Generation, p.ID)
				if err != nil {
					continue
				}
				g, err := ring.OpenSeat(v, row.Circle(), seat)
				if err != nil {
					continue
				}
				if body, err := ring.OpenLetterAs(g, v, place, l.Sealed, l.ToGroup, shred); err == nil {
					texts = append(texts, body)
				}
			}
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

func TestPromiseAThiefOpensNoLetterWithoutACodeOrAPassphrase(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	visitor := s.browser("talk.example", "https://talk.example")
	code := visitor.leaves(letterWords)
	s.vouch("Robin Bakker")
	s.answers(s.robin, "kestrel", answerWords)
	s.stop()
	home := filepath.Dir(s.file)
	th := steal(t, home)
	if got := th.letters(nil); len(got) != 0 {
		t.Errorf("without code and passphrase the thief reads %q", got)
	}
	// The name in the row gives no key, and neither does a guess.
	rows, err := th.db.Threads(t.Context())
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d threads, %v", len(rows), err)
	}
	for name, k := range map[string]vault.Key{"zeros": {}, "the name twice": vault.Key(append(rows[0].Name[:], rows[0].Name[:]...))} {
		guess, err := vault.ReturnKeyOf(k)
		if err != nil {
			t.Fatal(err)
		}
		if got := th.letters(guess); len(got) != 0 {
			t.Errorf("with %s the thief reads %q", name, got)
		}
	}
	key, err := th.db.HostKeys().Installation()
	if err != nil {
		t.Fatal(err)
	}
	salt := pepper(key)
	var right *vault.ReturnKey
	work := vault.NewWork(1)
	err = working(t.Context(), work, func() error {
		d, err := work.Derive(t.Context(), vault.ReturnCodes, vault.Asker{}, code, salt[:], codeCosts(cheap))
		if err == nil {
			right, err = vault.ReturnKeyOf(d.KEK)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`{"text":"` + answerWords + `"}`, `{"text":"` + letterWords + `"}`}
	if got := th.letters(right); !slices.Equal(got, want) {
		t.Errorf("with the code the thief reads %q: this test sees nothing", got)
	}
	th.learn("Robin Bakker", s.robins)
	if got := th.letters(nil); !slices.Equal(got, want) {
		t.Errorf("with a counsellor's passphrase the thief reads %q: this test sees nothing", got)
	}

	// Their time has come: nobody opens them, with everything in hand.
	s.change(`UPDATE thread SET ends = ends - 120`)
	if code, out, errs := command(t, "purge", "--config", s.file); code != exitDone || !strings.Contains(out, "letters 2, return codes with their cards 0") {
		t.Fatalf("the purge says %d %s %s", code, out, errs)
	}
	after := steal(t, home)
	after.learn("Robin Bakker", s.robins)
	if got := after.letters(right); len(got) != 0 {
		t.Errorf("after the purge the thief reads %q", got)
	}
	s.change(`UPDATE thread SET used = used - 366`)
	if code, out, errs := command(t, "purge", "--config", s.file); code != exitDone || !strings.Contains(out, "letters 0, return codes with their cards 1") {
		t.Fatalf("the purge says %d %s %s", code, out, errs)
	}
	if code, out, errs := command(t, "verify-retention", "--config", s.file); code != exitDone {
		t.Errorf("verify-retention finds something: %d %s %s", code, out, errs)
	}
}
