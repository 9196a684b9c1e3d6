package visitor

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/chat/wire"
	"helpline/templates"
)

// postWithin is how long a form waits to hear what became of its message.
const postWithin = 5 * time.Second

// pen is the frame with the box: empty, or with words that were not sent and
// the reason.
func (s *Site) pen(v *visit) {
	var form posted
	if v.r.Method == http.MethodPost {
		var ok bool
		if form, ok = s.filled(v); !ok {
			return
		}
	}
	sh, t, ok := s.opened(v, false, silentRefresh)
	if !ok {
		return
	}
	if v.r.Method == http.MethodPost {
		s.act(v, t, sh, form)
		if view, _ := sh.Look(); view.Stage != "closed" {
			v.to("talk/write/" + sh.secret.String())
			return
		} // the ticket goes with the end: asked for again, the words would be gone
	}
	view, _ := sh.Look()
	b := s.box(v, t, sh, view)
	b.Action = v.r.URL.Path
	b.Shell = templates.Shell{Words: v.words, Title: v.words.T("title"), Styles: []string{"css/app.css", "css/bare.css"}}
	s.show(v.w, v.r, http.StatusOK, templates.BareWrite(b))
}

// act does what a form asks. What the box is to show then stands in the sheet: what
// was typed stays there whatever else is pressed, under the name it had.
func (s *Site) act(v *visit, t ticket.Ticket, sh *sheet, form posted) {
	if form.do == "say" {
		s.say(v, sh, form)
		return
	}
	if form.boxed {
		problem := ""
		d := draft{text: withoutCode(link.Clean(form.text), &problem)}
		if d.text != "" && form.readable {
			d.id = form.id.String()
		}
		s.sheets.leave(sh, d)
	}
	s.pressed(v, t, sh, form.do)
}

// box is what is written in.
func (s *Site) box(v *visit, t ticket.Ticket, sh *sheet, view link.View) templates.Box {
	d := sh.left()
	b := templates.Box{
		ID: d.id, After: strconv.FormatInt(view.Head, 10), Text: d.text, Sent: d.sent, Focus: d.sent || d.why != "",
		Early: view.Stage == "waiting" || view.Stage == "offered" || view.Stage == "ready", Over: view.Stage == "closed",
		Beside: s.beside(v, t.Audience),
	}
	if d.why != "" {
		b.Why = v.words.T(d.why)
	}
	if b.ID == "" {
		b.ID = helpline.NewID().String()
	}
	return b
}

// say posts a message. What was not sent stands in the box again, with the same
// id: however often it is sent, it arrives once.
func (s *Site) say(v *visit, sh *sheet, form posted) {
	text := strings.TrimSpace(link.Clean(form.text))
	if text == "" {
		s.sheets.leave(sh, draft{})
		return
	}
	d := draft{text: text, why: s.declined(text)}
	if form.readable {
		d.id = form.id.String()
	} else if d.why == "" {
		d.why = "bare.not.again"
	}
	if d.why == "" {
		if d.why = s.hand(v.r.Context(), sh, form, text); d.why == "" {
			d = draft{sent: true}
		}
	}
	s.sheets.leave(sh, d)
}

// declined says why words cannot be sent: a key of the catalogue, or nothing.
func (s *Site) declined(text string) string {
	if likeCode.MatchString(text) {
		return "js.text.code" // whoever reads it could come back in its owner's place
	}
	switch err := link.CheckText(text); {
	case err == nil:
		return ""
	case strings.Contains(err.Error(), "longer than"):
		return "js.text.long"
	case strings.Contains(err.Error(), "data:"):
		return "js.text.data"
	}
	return "js.text.run"
}

// hand says the words and gives the key of what went wrong, or nothing.
func (s *Site) hand(ctx context.Context, sh *sheet, form posted, text string) string {
	view, _ := sh.Look()
	switch view.Stage {
	case "talking":
	case "waiting", "offered", "ready":
		return "bare.not.early"
	case "closed":
		return "bare.not.closed"
	case "":
		return "bare.not.unsure"
	default:
		return "bare.not.gone"
	}
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return "bare.not.unsure"
	}
	ctx, cancel := context.WithTimeout(ctx, postWithin)
	defer cancel()
	code, err := sh.Post(ctx, &wire.Frame{Kind: wire.Say, ID: form.id, Seen: form.after, Body: string(body)})
	switch {
	case err != nil:
		return "bare.not.unsure"
	case code == "held":
		return ""
	case code == "again":
		return "bare.not.again"
	case code == "closed":
		return "bare.not.closed"
	}
	return "bare.not.gone"
}
