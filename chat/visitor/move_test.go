package visitor_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"helpline"
	"helpline/chat/ticket"
)

// TestPromiseTheWordsOfWhoWaitedGoOverToTheInbox: one tap brings the words that
// stand on the waiting page into the form of a message. Nothing is sent by that,
// and the place stays until the message is kept.
func TestPromiseTheWordsOfWhoWaitedGoOverToTheInbox(t *testing.T) {
	r := newRig(t)
	mine := newTicket(helpline.Relative)
	cookie := r.holding(mine)
	page := r.do("GET", "/nl/talk", nil, cookie).body
	form := page[strings.Index(page, `id="earlyform"`)-60:]
	var move step
	for _, s := range stepsOf(form[:strings.Index(form, "</form>")+7]) {
		move = s
	}
	const words = "Ik weet niet hoe ik\nmoet beginnen <b>&"
	move.form.Set("text", words)
	got := r.do(move.method, move.path, move.form, cookie)
	r.want(got, http.StatusOK, "")
	if !strings.Contains(got.body, "Ik weet niet hoe ik\nmoet beginnen &lt;b&gt;&amp;") {
		t.Fatalf("the words are not in the form that %s leads to", move)
	}
	if len(r.letters.kept) != 0 || len(r.engine.moved) != 0 || got.cookie("__Host-place") != nil {
		t.Fatal("something was sent or given up before the visitor said so")
	}

	send := url.Values{}
	for _, s := range stepsOf(mainPart.FindString(got.body)) {
		if s.path == "/nl/write" && s.form.Get("step") == "" {
			send = s.form
		}
	}
	send.Set("text", words)
	r.letters.full = helpline.Errorf(helpline.Unavailable, "the disk is full")
	if got = r.do("POST", "/nl/write", send, cookie); len(r.engine.moved) != 0 || !strings.Contains(got.body, "moet beginnen") {
		t.Errorf("a message that was not kept has cost the place or the words: %d", got.StatusCode)
	}
	r.letters.full = nil
	got = r.do("POST", "/nl/write", send, cookie)
	if len(r.letters.kept) != 1 || r.letters.kept[0].Audience != helpline.Relative || !strings.Contains(r.letters.kept[0].Body, "moet beginnen") {
		t.Fatalf("answered %d, kept %d", got.StatusCode, len(r.letters.kept))
	}
	if len(r.engine.moved) != 1 || r.engine.moved[0] != mine.Contact {
		t.Errorf("the place was not ended: %v", r.engine.moved)
	}
	r.forgotten(got)
}

// A message beside a wait, or from a page left open in a conversation, ends
// nothing.
func TestOnlyAMessageInsteadOfTheWaitEndsIt(t *testing.T) {
	for _, c := range []struct {
		name  string
		stage ticket.Stage
		begun string
		ends  bool
	}{
		{"instead of the wait", ticket.Waiting, "1", true},
		{"beside it", ticket.Waiting, "", false},
		{"in a conversation", ticket.Talking, "1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			mine := newTicket(helpline.Self)
			mine.Stage = c.stage
			r.do("POST", "/en/write", url.Values{
				"form": {helpline.NewID().String()}, "door": {"self"}, "text": {"I would like to talk."}, "begun": {c.begun}, "version": {fmt.Sprint(r.version())},
			}, r.holding(mine))
			if len(r.letters.kept) != 1 || (len(r.engine.moved) == 1) != c.ends {
				t.Errorf("kept %d, ended %d", len(r.letters.kept), len(r.engine.moved))
			}
		})
	}
	r := newRig(t)
	r.engine.moveErr = errors.New("stopping")
	got := r.do("POST", "/en/write", url.Values{
		"form": {helpline.NewID().String()}, "door": {"self"}, "text": {"I would like to talk."}, "begun": {"1"}, "version": {fmt.Sprint(r.version())},
	}, r.holding(newTicket(helpline.Self)))
	if got.StatusCode != http.StatusSeeOther {
		t.Errorf("a place that could not be ended keeps the visitor from the code: %d", got.StatusCode)
	}
}
