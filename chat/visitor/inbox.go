package visitor

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/templates"
)

// maxLetter is the most that a form with a letter may carry, in bytes: 4,000
// characters of three bytes each, written as forms write them, and the rest.
const maxLetter = 48 << 10

// inboxActions are the routes of letters and return codes. Their words are dull:
// they stand in the history of the browser.
func (s *Site) inboxActions(l helpline.Locale) []action {
	if s.o.Inbox == nil {
		return nil
	}
	var out []action
	add := func(method, rest string, policy helpline.Policy, next func(*visit)) {
		out = append(out, action{helpline.Route{Method: method, Pattern: "/" + string(l) + rest, Policy: policy}, s.large(l, next)})
	}
	add("GET", "/write", helpline.Anyone, s.write)
	add("POST", "/write", helpline.Anyone, s.post)
	add("GET", "/code/{page}", helpline.CodeHolder, s.code)
	add("POST", "/code/{page}", helpline.CodeHolder, s.noted)
	add("GET", "/sent", helpline.Anyone, s.sent)
	add("GET", "/back", helpline.Anyone, s.back)
	add("POST", "/back", helpline.Anyone, s.enter)
	add("GET", "/thread", helpline.CodeHolder, s.thread)
	add("POST", "/thread", helpline.CodeHolder, s.add)
	add("POST", "/thread/erase", helpline.CodeHolder, s.erase)
	return out
}

// large is in for forms with a letter.
func (s *Site) large(l helpline.Locale, next func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxLetter)
		next(s.visit(w, r, l))
	}
}

// writing is what somebody has typed into the form of a message so far.
type writing struct {
	form    helpline.ID
	door    helpline.Audience
	text    string
	urgent  bool
	problem string
	begun   bool
}

// write shows the form of a message. The front page may name the door by its
// number.
func (s *Site) write(v *visit) {
	w := writing{form: helpline.NewID()}
	if n, err := strconv.Atoi(v.r.URL.Query().Get("door")); err == nil && n >= 1 && n <= len(helpline.Audiences()) {
		w.door = helpline.Audiences()[n-1]
	}
	if t, ok := s.ticket(v.r); ok && w.door == "" {
		w.door = t.Audience
	}
	s.writePage(v, http.StatusOK, w)
}

// writeAt is the address of the form, for a door.
func (s *Site) writeAt(v *visit, a helpline.Audience) string {
	if a == "" {
		return v.path("write")
	}
	return v.path("write?door=" + number(a))
}

func (s *Site) writePage(v *visit, status int, w writing) {
	a := w.door
	if a == "" {
		a = helpline.Self
	}
	p := s.letterPromise(v, a)
	frame := s.inboxPage(v, "write")
	frame.Carries = true
	page := templates.NewLetter{
		Page: frame, Action: v.path("write"), Form: w.form.String(), Door: string(w.door),
		Text: w.text, Urgent: w.urgent, Problem: w.problem, When: s.reading(v), Answer: s.answering(v),
		Sentences: p, Version: strconv.Itoa(int(s.o.Profile.Version)), Back: v.path("back"), Most: link.MaxUnits, Begun: w.begun,
	}
	for _, d := range helpline.Audiences() {
		page.Doors = append(page.Doors, templates.Door{Value: string(d), Label: v.words.T("door." + string(d))})
	}
	s.show(v.w, v.r, status, templates.NewLetterPage(page))
}

func (s *Site) inboxPage(v *visit, rest string) templates.Page {
	p := s.page(v, "inbox", rest)
	p.Styles = append(p.Styles, "css/inbox.css")
	p.Identity = s.identity("")
	return p
}

func (s *Site) letterPromise(v *visit, a helpline.Audience) []templates.Sentence {
	return sentences(v, s.o.Profile.Letter(v.locale, a, s.o.Kept.Letters))
}

// reading says whether anybody reads letters now.
func (s *Site) reading(v *visit) string {
	if s.o.Hours.Now().Open {
		return v.words.T("write.open")
	}
	if next := s.o.Hours.Next(); !next.IsZero() {
		return v.words.T("write.closed.until", "time", moment(v.words, next))
	}
	return v.words.T("write.closed")
}

func (s *Site) answering(v *visit) string {
	return v.words.N("write.answer", max(s.o.Line.AnswerDays, 1))
}

// post takes a message. The code is shown on a page of its own, behind a
// redirect: a page that answers a form would be asked for again with the form.
func (s *Site) post(v *visit) {
	w, ok := s.written(v)
	if !ok {
		return
	}
	door, err := helpline.ParseAudience(v.r.PostForm.Get("door"))
	w.door = door
	switch {
	case v.r.PostForm.Get("step") == "move": // the words typed while waiting come over, and nothing is sent yet
		w.begun, w.form, w.problem = true, helpline.NewID(), unsaid(w.problem)
		s.writePage(v, http.StatusOK, w)
		return
	case v.r.PostForm.Get("step") == inAnother:
		w.problem = unsaid(w.problem)
		s.writePage(v, http.StatusOK, w)
		return
	case err != nil:
		w.problem = "door"
	case w.problem == "" && v.r.PostForm.Get("version") != strconv.Itoa(int(s.o.Profile.Version)):
		w.problem = "version"
	}
	if w.problem != "" {
		s.writePage(v, http.StatusUnprocessableEntity, w)
		return
	}
	left := helpline.Left{
		Form: w.form, Kind: helpline.LetterThread, Locale: v.locale, Audience: door, Urgent: w.urgent,
		Body: body(w.text), Version: int(s.o.Profile.Version),
	}
	code, key, err := s.o.Inbox.Leave(v.r.Context(), v.r.RemoteAddr, left)
	if err != nil {
		s.unsent(v, w, err)
		return
	}
	if w.begun {
		s.moved(v) // the place in the queue was given up for this letter, which is kept now
	}
	if !s.toCode(v, key, code) {
		s.unsent(v, w, unopened()) // the same form with the same words gives the same code
	}
}

func unopened() error {
	return helpline.Errorf(helpline.Unavailable, "show a code: no opening could be made")
}

// toCode leads to the page of a code that was just made; false when it cannot be
// shown, and nothing was answered.
func (s *Site) toCode(v *visit, key helpline.ThreadKey, code helpline.ReturnCode) bool {
	token, page, ok := s.openings.begin(key, code.Reveal(), s.o.Now())
	if !ok {
		return false
	}
	http.SetCookie(v.w, cookie(openCookie, token, 0))
	v.to(scripted(v, "code/"+page))
	return true
}

// body is a letter as a conversation would carry it.
func body(text string) string {
	b, err := json.Marshal(struct {
		Text string `json:"text"`
	}{text})
	if err != nil {
		return "" // a string is always written
	}
	return string(b)
}

// written reads the form of a letter; when it cannot be read the request has
// been answered. What is wrong with the words stands in problem.
func (s *Site) written(v *visit) (writing, bool) {
	if err := v.r.ParseForm(); err != nil {
		status := http.StatusBadRequest
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			status = http.StatusRequestEntityTooLarge
		}
		s.Problem(v.w, v.r, status)
		return writing{}, false
	}
	w := writing{
		text:   link.Clean(v.r.PostForm.Get("text")), // as in a conversation: nobody is refused for a character they cannot see
		urgent: v.r.PostForm.Get("urgent") == "1",
		begun:  v.r.PostForm.Get("begun") == "1",
	}
	var err error
	if w.form, err = helpline.ParseID(v.r.PostForm.Get("form")); err != nil {
		w.form = helpline.NewID()
		w.problem = "form"
	}
	if err := link.CheckText(w.text); err != nil {
		w.problem = "text"
		if strings.TrimSpace(w.text) == "" {
			w.problem = "empty"
		}
	}
	w.text = withoutCode(w.text, &w.problem)
	return w, true
}

// likeCode finds what is written like a return code: six groups of five letters.
var likeCode = regexp.MustCompile(`(?i)(?:[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][\s.,\p{Pd}\x{ad}]*){6}`)

// shortestCode is how many letters a code has.
const shortestCode = 30

// withoutCode takes what looks like a return code out of words that a page will
// show again: no page ever shows a code that was typed. Words in which one
// stands are not sent.
func withoutCode(text string, problem *string) string {
	if !likeCode.MatchString(text) {
		return text
	}
	*problem = "code"
	return likeCode.ReplaceAllString(text, "... ")
}

// unsent shows the form again, filled, with the reason.
func (s *Site) unsent(v *visit, w writing, err error) {
	problem, status := s.why(v, err)
	if problem == "" {
		s.refuse(v, "leave a letter", err)
		return
	}
	w.problem = problem
	s.writePage(v, status, w)
}

// why is the reason for which a letter was not kept, as the catalogue has it;
// empty for a fault of ours.
func (s *Site) why(v *visit, err error) (problem string, status int) {
	switch {
	case errors.Is(err, helpline.ErrCode):
		return "code", http.StatusUnprocessableEntity
	case helpline.KindOf(err) == helpline.Invalid:
		return "text", http.StatusUnprocessableEntity
	case errors.Is(err, helpline.ErrNobody):
		return "nobody", http.StatusNotImplemented // for as long as nobody is named
	case errors.Is(err, helpline.ErrUnsure):
		return "unsure", http.StatusNotImplemented // until somebody of the staff has logged in
	case errors.Is(err, helpline.ErrFull):
		return "full", http.StatusInsufficientStorage // until somebody of the staff has read some
	case helpline.KindOf(err) == helpline.Unavailable:
		s.later(v)
		return "busy", http.StatusServiceUnavailable
	case helpline.KindOf(err) == helpline.Conflict:
		return "kept", http.StatusConflict
	}
	return "", 0
}

// later says when to come again.
func (s *Site) later(v *visit) {
	v.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil((30 * time.Second).Seconds()))))
}

// code shows the code of a message until its owner has written it down. Its
// address holds the mark of this one page, so that a browser that drops the page
// and loads it again shows the code again, and whoever opens the site does not.
//
// A page with scripts wipes itself when it is left. Without them Chromium keeps a
// page that was asked for in memory, whatever its headers say, and Back shows it
// again; but not one that answers a form. So there the code answers a button.
func (s *Site) code(v *visit) {
	if v.r.URL.Query().Get("by") == "script" {
		s.codePage(v, http.StatusOK, false)
		return
	}
	if _, ok := s.codeOpen(v); !ok {
		s.codeAgain(v)
		return
	}
	at := "code/" + v.r.PathValue("page")
	s.show(v.w, v.r, http.StatusOK, templates.CodeReadyPage(templates.ReturnCode{Page: s.inboxPage(v, at), Action: v.path(at)}))
}

// codeAgain answers where no code can be shown.
func (s *Site) codeAgain(v *visit) {
	if page := v.r.PathValue("page"); !pageMark.MatchString(page) || !s.fromElsewhere(v, "code/"+page) {
		v.to("back?why=again")
	}
}

// pageMark is what a mark of a page looks like: rand.Text.
var pageMark = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// codeOpen is the opening whose code this page may show.
func (s *Site) codeOpen(v *visit) (opened, bool) {
	return s.openings.of(v.r, s.o.Now(), func(o *opening) bool {
		return o.code && !o.erased && o.page == v.r.PathValue("page")
	})
}

func (s *Site) codePage(v *visit, status int, wrong bool) {
	o, ok := s.codeOpen(v)
	if !ok {
		s.codeAgain(v)
		return
	}
	page := s.inboxPage(v, "code/"+v.r.PathValue("page"))
	page.Sends = []templates.Datum{{Name: "show", Value: "1"}} // in another language it answers a button too
	page.Scripts = append(page.Scripts, "js/code.js")
	s.show(v.w, v.r, status, templates.ReturnCodePage(templates.ReturnCode{
		Page: page, Action: v.path("code/" + v.r.PathValue("page")), Groups: strings.Split(o.text, "-"), Whole: o.text,
		When: s.answering(v), Days: v.words.T("yourcode.days", "n", strconv.Itoa(s.o.Kept.Letters), "months", strconv.Itoa(s.o.Kept.Months())), Error: wrong,
	}))
}

// noted hears that the code was written down, and forgets it.
func (s *Site) noted(v *visit) {
	switch err := v.r.ParseForm(); {
	case err == nil && v.r.PostForm.Get("show") == "1":
		s.codePage(v, http.StatusOK, false)
		return
	case err != nil || v.r.PostForm.Get("kept") != "1":
		s.codePage(v, http.StatusUnprocessableEntity, true)
		return
	}
	if _, ok := s.openings.of(v.r, s.o.Now(), func(o *opening) bool { return o.page == v.r.PathValue("page") }); ok {
		s.openings.end(v.r)
		http.SetCookie(v.w, cookie(openCookie, "", -1))
	}
	v.to("sent")
}

// sent says that a message has arrived. Anybody may see that.
func (s *Site) sent(v *visit) {
	s.show(v.w, v.r, http.StatusOK, templates.SentPage(templates.Sent{
		Page: s.inboxPage(v, "sent"), When: s.answering(v), Back: v.path("back"),
	}))
}
