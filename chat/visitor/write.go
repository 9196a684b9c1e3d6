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

// write is the frame with the box: empty, or with words that were not sent and
// the reason.
func (s *Site) write(v *visit) {
	var form posted
	if v.r.Method == http.MethodPost {
		var ok bool
		if form, ok = s.posted(v); !ok {
			return
		}
	}
	sh, t, ok := s.opened(v, false, silentRefresh)
	if !ok {
		return
	}
	b := s.acted(v, t, sh, form)
	b.Action = v.r.URL.Path
	s.showBox(v, b)
}

func (s *Site) showBox(v *visit, b templates.Box) {
	b.Shell = templates.Shell{Words: v.words, Title: v.words.T("title"), Styles: []string{"css/app.css", "css/bare.css"}}
	s.show(v.w, v.r, http.StatusOK, templates.BareWrite(b))
}

// acted does what a form asks and gives the box that is shown then.
func (s *Site) acted(v *visit, t ticket.Ticket, sh *sheet, form posted) templates.Box {
	b := templates.Box{ID: helpline.NewID().String()}
	switch form.do {
	case "":
	case "say":
		b.Focus = true
		s.say(v, sh, form, &b)
	default:
		b.Text = form.text
		s.pressed(v, t, sh, form.do)
	}
	view, _ := sh.Look()
	b.After = strconv.FormatInt(view.Head, 10)
	b.Early = view.Stage == "waiting" || view.Stage == "offered" || view.Stage == "ready"
	b.Over = view.Stage == "closed"
	return b
}

// say posts a message. What was not sent stands in the box again, with the same
// id: however often it is sent, it arrives once.
func (s *Site) say(v *visit, sh *sheet, form posted, b *templates.Box) {
	text := strings.TrimSpace(link.Clean(form.text))
	if text == "" {
		return
	}
	why := s.refused(text)
	if why == "" && !form.readable {
		why = "bare.not.again"
	}
	if why == "" {
		why = s.post(v.r.Context(), sh, form, text)
	}
	if why == "" {
		b.Sent = true
		return
	}
	b.Text, b.Why = text, v.words.T(why)
	if form.readable {
		b.ID = form.id.String()
	}
}

// refused says why words cannot be sent: a key of the catalogue, or nothing.
func (s *Site) refused(text string) string {
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

// post says the words and gives the key of what went wrong, or nothing.
func (s *Site) post(ctx context.Context, sh *sheet, form posted, text string) string {
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
