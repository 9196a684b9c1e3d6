package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
)

// channels lists the choices of the channel on a page, in their order.
func channels(page string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`name="q\.channel" value="([a-z]+)"`).FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestAContactElsewhereIsBegunForWhoAsks(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	other, _ := h.person(t, "Noor Bakker", helpline.Counsellor)
	w := h.do("POST", "/closing", login, url.Values{"person": {p.ID.String()}})
	var got struct{ Contact string }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatalf("beginning: %d %v", w.Code, err)
	}
	contact, err := helpline.ParseID(got.Contact)
	if err != nil || h.cabinet.begun[contact] != p.ID {
		t.Errorf("begun is %q for %v", got.Contact, h.cabinet.begun[contact])
	}
	for name, form := range map[string]url.Values{"somebody else's page": {"person": {other.ID.String()}}, "nobody's page": {}} {
		if w := h.do("POST", "/closing", login, form); w.Code != statusOther {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if len(h.cabinet.begun) != 1 {
		t.Errorf("%d contacts were begun", len(h.cabinet.begun))
	}
	h.cabinet.broken = helpline.Errorf(helpline.Unavailable, "the disk is full")
	if w := h.do("POST", "/closing", login, url.Values{"person": {p.ID.String()}}); w.Code != http.StatusServiceUnavailable {
		t.Errorf("without room: %d", w.Code)
	}
}

func TestANoteOffersTheChannelsItsContactCanHaveComeBy(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	page := h.do("GET", "/desk", login, nil).Body.String()
	chat, elsewhere, found := strings.Cut(page, `id="t-elsewhere"`)
	if !found {
		t.Fatal("the desk has nothing for a contact elsewhere")
	}
	if got := channels(chat); !slices.Equal(got, []string{"chat"}) {
		t.Errorf("a conversation can have come by %v", got)
	}
	if got := channels(elsewhere); !slices.Equal(got, []string{"phone", "mail", "visit"}) {
		t.Errorf("a contact elsewhere can have come by %v", got)
	}

	p, login := h.person(t, "Kim Bakker", helpline.Counsellor)
	contact := helpline.NewID()
	h.cabinet.drafts[contact] = counsel.Closing{Contact: contact, Elsewhere: true, Text: "half"}
	h.cabinet.author[contact] = p.ID
	page = h.do("GET", "/closing/"+contact.String(), login, nil).Body.String()
	if got := channels(page); !slices.Equal(got, []string{"phone", "mail", "visit"}) {
		t.Errorf("an unfinished note offers %v", got)
	}
	h.do("POST", "/closing/"+contact.String(), login, note(p, "x", "q.channel", "visit"))
	id := h.cabinet.notes[0].ID.String()
	page = h.do("GET", "/notes/"+id+"/revise", login, nil).Body.String()
	if !regexp.MustCompile(`value="visit"[^>]* checked`).MatchString(page) {
		t.Error("a note that is changed has lost how its contact came")
	}
}
