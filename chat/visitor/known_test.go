package visitor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/chat/visitor"
)

const someCode = "babab-dadad-fafaf-gagag-hahah-jajaj"

// cardbox keeps letters and cards in memory.
type cardbox struct {
	letterbox
	cards   map[helpline.ID]string
	opens   helpline.ID // the thread that someCode opens
	holders map[helpline.ID][]helpline.ID
	given   []bool // whether the same counsellor was asked for
	agreed  int
}

func (b *cardbox) Given(_ context.Context, _, _ helpline.ID, same bool) error {
	b.given = append(b.given, same)
	return nil
}

func (b *cardbox) Agreed(context.Context, helpline.ID, helpline.ID) error {
	b.agreed++
	return nil
}

func (b *cardbox) Leave(ctx context.Context, rate string, l helpline.Left) (helpline.ReturnCode, helpline.ThreadKey, error) {
	_, _, err := b.letterbox.Leave(ctx, rate, l)
	if err != nil {
		return helpline.ReturnCode{}, helpline.ThreadKey{}, err
	}
	b.cards[b.opens] = l.Card
	return helpline.NewReturnCode(someCode), helpline.ThreadKey{1}, nil
}

func (b *cardbox) Enter(_ context.Context, _, typed string) (helpline.ThreadKey, error) {
	switch {
	case b.full != nil:
		return helpline.ThreadKey{}, b.full
	case typed == someCode:
		return helpline.ThreadKey{1}, nil
	case strings.HasPrefix(typed, "slip"):
		return helpline.ThreadKey{}, helpline.Errorf(helpline.Invalid, "code: %w", helpline.Slip{At: 1, What: "check"})
	}
	return helpline.ThreadKey{}, helpline.Errorf(helpline.NotFound, "no such code")
}

func (b *cardbox) Card(context.Context, helpline.ThreadKey) (helpline.ID, string, error) {
	return b.opens, b.cards[b.opens], nil
}

func (b *cardbox) KeepCard(_ context.Context, thread helpline.ID, card string) error {
	if _, known := b.cards[thread]; !known {
		return helpline.Errorf(helpline.NotFound, "no such thread")
	}
	b.cards[thread] = card
	return nil
}

// holdersOf is everybody for the zero contact, as in the store.
func (b *cardbox) holdersOf(_ context.Context, contact helpline.ID) (all []helpline.ID, err error) {
	for of, people := range b.holders {
		if contact.IsZero() || contact == of {
			all = append(all, people...)
		}
	}
	return all, nil
}

// knowing is a rig whose visitors can be known again.
func knowing(t *testing.T) (*rig, *cardbox) {
	t.Helper()
	r := newRig(t)
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	box := &cardbox{cards: map[helpline.ID]string{}, opens: helpline.NewID(), holders: map[helpline.ID][]helpline.ID{}}
	r.site = visitor.New(visitor.Options{
		Line:    helpline.Line{Name: "Talk", Country: "nl", Locales: []helpline.Locale{"en"}, NoteDays: 90, NeutralURL: "https://weather.example/"},
		Profile: r.promise, Words: words, Engine: r.engine, Hours: r.hours, Tickets: r.keys, Mover: r.engine, Inbox: box, Cards: box, Holders: box.holdersOf, Returns: box,
		Sockets: &link.Sockets{Origins: []string{origin}}, Now: time.Now, Log: slog.New(slog.NewJSONHandler(r.log, nil)),
	})
	r.mux = http.NewServeMux()
	r.site.Mount(r.mux)
	return r, box
}

// entry is a message of a contact with a good seal, as a page holds it, in a
// frame of its own.
func (r *rig) entry(contact helpline.ID, side byte, body string) string {
	e := ticket.Said{Contact: contact, At: 1<<32 + 7, Prev: 1<<32 + 6, Term: 1, Side: side, ID: helpline.NewID(), Body: body}
	text, err := json.Marshal(body)
	if err != nil {
		r.Fatal(err)
	}
	return fmt.Sprintf(`{"k":"refill","after":0,"upto":1,"items":[{"at":%d,"prev":%d,"term":1,"side":"%c","id":"%s","seen":0,"body":%s,"seal":"%s"}]}`,
		e.At, e.Prev, side, e.ID, text, helpline.ID(r.keys.SealEntry(&e)))
}

type kept struct{ Code, Body string }

func (r *rig) kept(a answer) (k kept) {
	r.Helper()
	if a.StatusCode != http.StatusOK || json.Unmarshal([]byte(a.body), &k) != nil {
		r.Fatalf("answered %d: %s", a.StatusCode, a.body)
	}
	return k
}

func TestACardIsKeptToTheLetterAndItsCodeShownOnce(t *testing.T) {
	r, box := knowing(t)
	mine := newTicket(helpline.Self)
	cookie := r.holding(mine)
	const card = "We talked about <sleep>.\nCalling Jo & \"Sam\"."
	body, _ := json.Marshal(map[string]string{"keep": card})
	got := r.kept(r.do("POST", "/en/talk/keep", url.Values{"frame": {r.entry(mine.Contact, 'c', string(body))}}, cookie))
	if got.Code != someCode || len(box.letterbox.kept) != 1 || box.letterbox.kept[0].Card != card || box.letterbox.kept[0].Kind != helpline.CardThread {
		t.Fatalf("%v, kept %d", got, len(box.letterbox.kept))
	}
	if err := visitor.Carries(r.keys)(helpline.NewID(), got.Body); err != nil {
		t.Errorf("what shows the card is not carried: %v", err)
	}
	// The next card of the same conversation takes its place behind the same code.
	body, _ = json.Marshal(map[string]string{"keep": "Another."})
	again := r.kept(r.do("POST", "/en/talk/keep", url.Values{"frame": {r.entry(mine.Contact, 'c', string(body))}, "held": {got.Body}}, cookie))
	if box.agreed != 2 {
		t.Errorf("agreed %d times", box.agreed)
	}
	if again.Code != "" || box.cards[box.opens] != "Another." || len(box.letterbox.kept) != 1 {
		t.Errorf("%v, %q", again, box.cards)
	}
	if strings.Contains(r.log.String(), "sleep") || strings.Contains(r.log.String(), "babab") {
		t.Error("a card or a code is in the log")
	}
}

func TestNoCardIsKeptThatNobodyHasProposedHere(t *testing.T) {
	r, box := knowing(t)
	mine, other := newTicket(helpline.Self), newTicket(helpline.Self)
	const proposal = `{"keep":"We talked."}`
	good := r.entry(mine.Contact, 'c', proposal)
	for name, frame := range map[string]string{
		"nothing":              "",
		"no frame":             "{}",
		"another conversation": r.entry(other.Contact, 'c', proposal),
		"the visitor's own":    r.entry(mine.Contact, 'v', proposal),
		"the line's":           r.entry(mine.Contact, 'l', proposal),
		"words":                r.entry(mine.Contact, 'c', `{"text":"We talked."}`),
		"changed":              strings.Replace(good, "We talked.", "We talkeD.", 1),
		"two":                  strings.Replace(good, `"items":[`, `"items":[`+good[strings.Index(good, "[")+1:len(good)-2]+",", 1),
		"a say":                `{"k":"say","id":"` + helpline.NewID().String() + `","seen":0,"body":"{\"keep\":\"x\"}"}`,
	} {
		a := r.do("POST", "/en/talk/keep", url.Values{"frame": {frame}}, r.holding(mine))
		if a.StatusCode != http.StatusUnprocessableEntity || strings.Contains(a.body, "talke") {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := r.do("POST", "/en/talk/keep", url.Values{"frame": {good}}); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a ticket: %d", a.StatusCode)
	}
	stranger := `{"kept":"x","of":"` + box.opens.String() + `","in":"` + mine.Contact.String() + `","seal":"` + helpline.NewID().String() + `"}`
	if a := r.do("POST", "/en/talk/keep", url.Values{"frame": {good}, "held": {stranger}}, r.holding(mine)); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("in place of a stranger's card: %d", a.StatusCode)
	}
	if len(box.letterbox.kept) != 0 || len(box.cards) != 0 {
		t.Error("something was kept")
	}
	box.full = helpline.Errorf(helpline.Unavailable, "the disk is full")
	if a := r.do("POST", "/en/talk/keep", url.Values{"frame": {good}}, r.holding(mine)); a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("without room: %d", a.StatusCode)
	}
}

func TestACodeFromAnEarlierTimeShowsItsCardAndNoPageCanMakeOneUp(t *testing.T) {
	r, box := knowing(t)
	box.cards[box.opens] = "We talked."
	mine := newTicket(helpline.Self)
	cookie := r.holding(mine)
	for typed, want := range map[string]int{"slip": 422, "other": 404, "": 404} {
		if a := r.do("POST", "/en/talk/code", url.Values{"code": {typed}}, cookie); a.StatusCode != want || strings.Contains(a.body, "other") {
			t.Errorf("%q: %d %s", typed, a.StatusCode, a.body)
		}
	}
	if a := r.do("POST", "/en/talk/code", url.Values{"code": {someCode}, "same": {"1"}}, cookie); strings.Contains(a.body, `here`) || !slices.Equal(box.given, []bool{true}) {
		t.Errorf("asked for the same counsellor: %v, %s", box.given, a.body)
	}
	got := r.kept(r.do("POST", "/en/talk/code", url.Values{"code": {someCode}}, cookie))
	if len(box.given) != 2 || box.given[1] {
		t.Errorf("asked for nobody: %v", box.given)
	}
	carries := visitor.Carries(r.keys)
	if err := carries(helpline.NewID(), got.Body); err != nil || !strings.Contains(got.Body, "We talked.") || got.Code != "" {
		t.Errorf("%q is not carried: %v", got.Body, err)
	}
	r.keys.Rotate(days(10)) // midnight
	if err := carries(helpline.NewID(), got.Body); err != nil {
		t.Errorf("after midnight: %v", err)
	}
	for name, body := range map[string]string{
		"other words":   strings.Replace(got.Body, "We talked.", "You promised.", 1),
		"other talk":    strings.Replace(got.Body, `"in":"`+mine.Contact.String(), `"in":"`+helpline.NewID().String(), 1),
		"other thread":  strings.Replace(got.Body, box.opens.String(), helpline.NewID().String(), 1),
		"one more":      strings.Replace(got.Body, `"}`, `","x":1}`, 1),
		"spaces":        strings.Replace(got.Body, `,"of"`, `, "of"`, 1),
		"no seal":       `{"kept":"We talked.","of":"` + box.opens.String() + `","in":"` + mine.Contact.String() + `","seal":""}`,
		"a referral":    `{"card":{"id":"x","name":"y"}}`,
		"steps":         `{"steps":["a"]}`,
		"a proposal":    `{"keep":"a"}`,
		"only the head": `{"kept":`,
	} {
		if err := carries(helpline.NewID(), body); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := carries(helpline.NewID(), `{"text":"We talked."}`); err != nil {
		t.Errorf("words: %v", err)
	}
	if err := carries(helpline.NewID(), `{"text":"It is `+someCode+`."}`); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("a code as words: %v", err)
	}
}

// TestACardThatWasOpenedCountsInItsOwnConversationOnly: a counsellor has seen what
// shows it, and could use that as a visitor of another conversation.
func TestACardThatWasOpenedCountsInItsOwnConversationOnly(t *testing.T) {
	r, box := knowing(t)
	box.cards[box.opens] = "We talked."
	mine, other := newTicket(helpline.Self), newTicket(helpline.Self)
	got := r.kept(r.do("POST", "/en/talk/code", url.Values{"code": {someCode}}, r.holding(mine)))
	const proposal = `{"keep":"Something else."}`
	a := r.do("POST", "/en/talk/keep", url.Values{"frame": {r.entry(other.Contact, 'c', proposal)}, "held": {got.Body}}, r.holding(other))
	if a.StatusCode != http.StatusUnprocessableEntity || box.cards[box.opens] != "We talked." {
		t.Errorf("from another conversation: %d, the card is %q", a.StatusCode, box.cards[box.opens])
	}
	r.kept(r.do("POST", "/en/talk/keep", url.Values{"frame": {r.entry(mine.Contact, 'c', proposal)}, "held": {got.Body}}, r.holding(mine)))
	if box.cards[box.opens] != "Something else." {
		t.Errorf("in its own conversation the card is %q", box.cards[box.opens])
	}
}

// TestPromiseAComplaintThatCannotBeTracedSaysSo: a ticket that has run out still
// names its conversation. What bears a day whose keys are there and does not open
// is kept from everybody it could be about; of an earlier day that would be the
// wrong people. What cannot be ours says nothing, or anybody could shut people out.
func TestPromiseAComplaintThatCannotBeTracedSaysSo(t *testing.T) {
	r, box := knowing(t)
	mine := newTicket(helpline.Relative)
	mine.Stage = ticket.Talking
	robin, lou := helpline.NewID(), helpline.NewID()
	box.holders[mine.Contact] = []helpline.ID{robin}
	box.holders[helpline.NewID()] = []helpline.ID{lou}
	page := r.do("GET", "/en/talk", nil, r.holding(mine)).body
	_, rest, _ := strings.Cut(page, `data-proof="`)
	proof, _, _ := strings.Cut(rest, `"`)
	ended, gone, waits := mine, mine, newTicket(helpline.Self)
	ended.Expires = time.Now().Add(-time.Hour)
	gone.Contact = helpline.NewID()
	forged := proof[:len(proof)-10] + "AAAAAAAAAA"
	cut := r.holding(mine)
	cut = cut[:len(cut)-10] + "AAAAAAAAAA"
	future := "AAAAMA" + proof[6:] // of day 48
	one, all := []helpline.ID{robin}, []helpline.ID{robin, lou}
	say := func(name, proof string, cookie []string, about, perhaps []helpline.ID, doubt bool) {
		t.Helper()
		n := len(box.letterbox.kept)
		r.do("POST", "/en/wrong", url.Values{"form": {helpline.NewID().String()}, "text": {"It was not right."}, "proof": {proof}}, cookie...)
		if len(box.letterbox.kept) != n+1 {
			t.Errorf("%s: it was not taken", name)
			return
		}
		if got := box.letterbox.kept[n]; !sameIDs(got.About, about) || !sameIDs(got.Perhaps, perhaps) || got.Doubt != doubt {
			t.Errorf("%s: about %v, perhaps %v, doubt %v", name, got.About, got.Perhaps, got.Doubt)
		}
	}
	say("a ticket that has run out", "", []string{r.holding(ended)}, one, nil, false)
	say("a proof, and a ticket that is not", proof, []string{"__Host-place=x"}, one, nil, false)
	say("nothing", "", nil, nil, nil, false)
	say("a word", "A", nil, nil, nil, false)
	say("a proof of 32 bytes", strings.Repeat("A", 43), nil, nil, nil, false)
	say("a proof of a day to come", future, nil, nil, nil, false)
	say("a word for a ticket", "", []string{"__Host-place=x"}, nil, nil, false)
	say("a forged proof of today", forged, nil, nil, all, true)
	say("a forged proof with a ticket", forged, []string{r.holding(mine)}, one, all, true)
	say("a forged ticket of today", "", []string{cut}, nil, all, true)
	say("a conversation that was had, and is known to nobody", "", []string{r.holding(gone)}, nil, all, true)
	say("one who only waits", "", []string{r.holding(waits)}, nil, nil, false)
	old := r.holding(mine)
	r.keys.Rotate(days(10))
	say("a proof of yesterday", proof, nil, one, nil, false)
	r.keys.Rotate(days(11)) // its keys are gone, and so is whom it is about: who is known now, is not
	say("a proof of an earlier day", proof, nil, nil, nil, true)
	say("a ticket of an earlier day", "", []string{old}, nil, nil, true)
	a := r.do("POST", "/en/wrong", url.Values{"form": {helpline.NewID().String()}, "text": {"It was not right."}, "proof": {proof}, "frame": {r.entry(mine.Contact, 'c', `{"text":"x"}`)}})
	if a.StatusCode != http.StatusFailedDependency || !strings.Contains(a.body, "It was not right.") || !strings.Contains(a.body, "cannot go along any more") {
		t.Errorf("its conversation cannot go along: %d, or that is not said, or the words are lost", a.StatusCode)
	}
}

// TestAComplaintSaysWhichThreadIsOpenWhereItIsWritten: whoever answered there is
// never shown it.
func TestAComplaintSaysWhichThreadIsOpenWhereItIsWritten(t *testing.T) {
	r, box := knowing(t)
	for name, c := range map[string]struct {
		cookie []string
		behind helpline.ThreadKey
	}{
		"with an open thread": {[]string{r.entered(someCode)}, helpline.ThreadKey{1}},
		"without one":         {nil, helpline.ThreadKey{}},
		"with a forged one":   {[]string{"__Host-open=x"}, helpline.ThreadKey{}},
	} {
		n := len(box.letterbox.kept)
		r.do("POST", "/en/wrong", url.Values{"form": {helpline.NewID().String()}, "text": {"It was not right."}}, c.cookie...)
		if len(box.letterbox.kept) != n+1 || box.letterbox.kept[n].Behind != c.behind {
			t.Errorf("%s: it is not taken, or names another thread", name)
		}
	}
}

func sameIDs(a, b []helpline.ID) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id helpline.ID) bool { return !slices.Contains(b, id) })
}

// TestACodeInAConversationIsLeftOutOfAComplaint: whoever reads it could come back
// in its owner's place.
func TestACodeInAConversationIsLeftOutOfAComplaint(t *testing.T) {
	r, box := knowing(t)
	mine := newTicket(helpline.Self)
	frames := []string{
		r.entry(mine.Contact, 'v', `{"text":"My code is `+strings.ToUpper(someCode)+`, look."}`),
		r.entry(mine.Contact, 'v', `{"kept":"We talked.","of":"x","in":"y","seal":"z"}`),
	}
	r.do("POST", "/en/wrong", url.Values{"form": {helpline.NewID().String()}, "text": {"Look."}, "frame": frames}, r.holding(mine))
	if len(box.letterbox.kept) != 1 {
		t.Fatal("it was not taken")
	}
	want := `{"text":"Look.","said":[{"by":"v","text":"My code is ... look."},{"by":"v","text":"We talked."}]}`
	if body := box.letterbox.kept[0].Body; body != want {
		t.Errorf("staff read %s", body)
	}
}

// TestPromiseAComplaintNamesWhoIsNeverShownIt: during the conversation by its
// ticket, afterwards by the proof that its page holds.
func TestPromiseAComplaintNamesWhoIsNeverShownIt(t *testing.T) {
	r, box := knowing(t)
	mine := newTicket(helpline.Relative)
	mine.Stage = ticket.Talking
	robin := []helpline.ID{helpline.NewID(), helpline.NewID()} // it was handed over
	box.holders[mine.Contact] = robin
	page := r.do("GET", "/en/talk", nil, r.holding(mine)).body
	_, rest, _ := strings.Cut(page, `data-proof="`)
	proof, _, _ := strings.Cut(rest, `"`)
	form := func(more url.Values) url.Values {
		f := url.Values{"form": {helpline.NewID().String()}, "text": {"I was asked where I live."}}
		for k, v := range more {
			f[k] = v
		}
		return f
	}
	last := func() helpline.Left { return box.letterbox.kept[len(box.letterbox.kept)-1] }

	a := r.do("POST", "/en/wrong", form(nil), r.holding(mine))
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/en/code/") || !slices.Equal(last().About, robin) || last().Doubt || last().Kind != helpline.WrongThread || last().Audience != helpline.Relative {
		t.Errorf("during: %d %s, about %v", a.StatusCode, a.Header.Get("Location"), last().About)
	}
	said := []string{r.entry(mine.Contact, 'c', `{"text":"Where do you live?"}`), r.entry(mine.Contact, 'v', `{"text":"I would rather not say."}`)}
	got := r.kept(r.do("POST", "/en/wrong", form(url.Values{"script": {"1"}, "proof": {proof}, "frame": said})))
	want := `{"text":"I was asked where I live.","said":[{"by":"c","text":"Where do you live?"},{"by":"v","text":"I would rather not say."}]}`
	if got.Code != someCode || !slices.Equal(last().About, robin) || last().Doubt || last().Body != want {
		t.Errorf("afterwards: %v, about %v, %s", got, last().About, last().Body)
	}
	r.do("POST", "/en/wrong", form(nil))
	if len(last().About) > 0 || last().Doubt || last().Audience != helpline.Self {
		t.Error("a complaint about nobody names somebody")
	}
	n := len(box.letterbox.kept)
	for name, f := range map[string]url.Values{
		"never said":       form(url.Values{"proof": {proof}, "frame": {strings.Replace(said[0], "Where", "there", 1)}}),
		"of another":       form(url.Values{"proof": {proof}, "frame": {r.entry(helpline.NewID(), 'c', `{"text":"x"}`)}}),
		"of nobody's":      form(url.Values{"frame": said}),
		"a forged proof":   form(url.Values{"proof": {map[bool]string{true: "B", false: "A"}[proof[0] == 'A'] + proof[1:]}, "frame": said}),
		"another frame":    form(url.Values{"proof": {proof}, "frame": {`{"k":"ready"}`}}),
		"too many":         form(url.Values{"proof": {proof}, "frame": make([]string, 65)}),
		"empty":            form(url.Values{"text": {" \n"}}),
		"a picture":        form(url.Values{"text": {"data:image/png;base64,AAAA"}}),
		"too long":         form(url.Values{"text": {strings.Repeat("word ", 900)}}),
		"no form's number": form(url.Values{"form": {"x"}}),
	} {
		a := r.do("POST", "/en/wrong", f)
		text := strings.TrimSpace(f.Get("text"))
		if a.StatusCode != http.StatusUnprocessableEntity || len(text) < 100 && !strings.Contains(a.body, text) {
			t.Errorf("%s: %d, or the words are lost", name, a.StatusCode)
		}
	}
	if len(box.letterbox.kept) != n {
		t.Error("a bad complaint was kept")
	}
	box.full = helpline.Errorf(helpline.Internal, "broken")
	if a := r.do("POST", "/en/wrong", form(nil)); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(a.body, "I was asked where I live.") {
		t.Errorf("a fault of ours: %d, or the words are lost", a.StatusCode)
	}
	box.full = helpline.Errorf(helpline.Unavailable, "leave: %w", helpline.ErrNobody)
	a = r.do("POST", "/en/wrong", form(nil))
	if a.StatusCode != http.StatusNotImplemented || a.Header.Get("Retry-After") != "" || !strings.Contains(a.body, "I was asked where I live.") ||
		!strings.Contains(a.body, "Nobody has been named yet") || strings.Count(a.body, `href="/en/remarks"`) < 1 || strings.Contains(a.body, "in a minute") {
		t.Errorf("nobody is named: %d, or there is no way on", a.StatusCode)
	}
	if strings.Contains(r.log.String(), "live") {
		t.Error("words are in the log")
	}
}

func TestALongConversationGoesAlongWithItsNewestPart(t *testing.T) {
	r, box := knowing(t)
	mine := newTicket(helpline.Self)
	var frames []string
	for n := range 30 {
		frames = append(frames, r.entry(mine.Contact, 'v', fmt.Sprintf(`{"text":"%d %s"}`, n, strings.Repeat("word ", 200))))
	}
	r.do("POST", "/en/wrong", url.Values{"form": {helpline.NewID().String()}, "text": {"Look."}, "frame": frames}, r.holding(mine))
	if len(box.letterbox.kept) != 1 {
		t.Fatal("it was not taken")
	}
	body := box.letterbox.kept[0].Body
	if len(body) > 12<<10 || !strings.Contains(body, `"29 word`) || strings.Contains(body, `"0 word`) {
		t.Errorf("%d bytes: %.60s", len(body), body)
	}
}
