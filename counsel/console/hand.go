package console

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// Hand is what is said of the line by hand. Asserted by counsel.
type Hand interface {
	Say(ctx context.Context, who helpline.Actor, word counsel.HandWord, reason string, hours int, end time.Time) error
	TakeBack(ctx context.Context, who helpline.Actor, word counsel.HandWord) error
	Said(now time.Time) (gate, pause, first counsel.Saying)
}

// Hours is when the line takes contacts, as the visitors' pages say it.
type Hours interface {
	Now() helpline.Hours
	Planned() bool   // there are opening hours at all
	Ends() time.Time // until when a close by hand counts; zero where none is known
}

var (
	_ Hand  = (*counsel.Hand)(nil)
	_ Hours = (*counsel.Duty)(nil)
)

func (c *Console) handRoutes() []entry {
	return []entry{
		route("POST", "/board/line", helpline.LeaderOrSupervisor, counsel.SetLine, c.setLine),
		route("POST", "/board/line/back", helpline.LeaderOrSupervisor, counsel.SetLine, c.backLine),
	}
}

// setLine pauses the queue, closes early, stays open longer or puts messages
// first.
func (c *Console) setLine(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	word := counsel.HandWord(r.PostForm.Get("word"))
	hours, err := strconv.Atoi(r.PostForm.Get("hours"))
	if err != nil {
		hours = 0
	}
	if word == counsel.StayOpen && !c.Hours.Planned() {
		word = "" // nothing to stay open beyond
	}
	err = c.Hand.Say(r.Context(), actor(p), word, r.PostForm.Get("reason"), hours, c.Hours.Ends())
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/board", http.StatusSeeOther)
	case helpline.Invalid:
		c.showBoard(w, r, p, http.StatusUnprocessableEntity, "line")
	default:
		c.fail(w, r, err)
	}
}

// backLine lets the plan count again.
func (c *Console) backLine(w http.ResponseWriter, r *http.Request, p staff.Person) {
	err := form(r)
	if err == nil {
		err = c.Hand.TakeBack(r.Context(), actor(p), counsel.HandWord(r.PostForm.Get("word")))
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/board", http.StatusSeeOther)
}

// lineNow is the part of the board on the line itself. Whoever sent a form that
// could not be taken finds it as it was.
func (c *Console) lineNow(r *http.Request, w i18n.Words, p staff.Person, problem bool) templates.LineNow {
	now := time.Now()
	h := c.Hours.Now()
	gate, pause, first := c.Hand.Said(now)
	v := templates.LineNow{State: "open", Problem: problem, First: h.First, May: counsel.May(actor(p), counsel.SetLine) == nil}
	if !h.Open {
		v.State = string(h.Shut)
	}
	if !h.Until.IsZero() {
		v.Until = c.lineClock(w, now, h.Until)
	}
	if !h.Open && !h.Next.IsZero() {
		v.Next = c.lineClock(w, now, h.Next)
	}
	for _, s := range []counsel.Saying{gate, pause, first} {
		if s.Word == "" {
			continue
		}
		who := w.T("hand.someone")
		if by, err := c.Office.Active(r.Context(), s.By); err == nil {
			who = by.Alias
		}
		v.Said = append(v.Said, templates.Said{Word: string(s.Word), Text: w.T("hand.said", "who", who, "word", w.T("audit.word.word."+string(s.Word)), "time", c.lineClock(w, now, s.Until))})
	}
	for _, word := range counsel.HandWords() {
		if word != counsel.StayOpen || c.Hours.Planned() {
			v.Words = append(v.Words, templates.Option{Value: string(word), Name: w.T("hand.word." + string(word)), Chosen: problem && r.PostForm.Get("word") == string(word)})
		}
	}
	v.Reasons = append(v.Reasons, templates.Option{Name: "–"})
	for _, reason := range counsel.HandReasons() {
		v.Reasons = append(v.Reasons, templates.Option{Value: reason, Name: w.T("audit.word.reason." + reason), Chosen: problem && r.PostForm.Get("reason") == reason})
	}
	for _, n := range []int{1, 2, 4, 8, 12} {
		v.Hours = append(v.Hours, templates.Option{Value: strconv.Itoa(n), Name: w.N("hand.hour", n), Chosen: problem && r.PostForm.Get("hours") == strconv.Itoa(n)})
	}
	return v
}

// lineClock is a moment on the line's own clock; with the day when it is not today.
func (c *Console) lineClock(w i18n.Words, now, t time.Time) string {
	if zone := c.Zone; zone != nil {
		now, t = now.In(zone), t.In(zone)
	}
	at := w.T("time.clock", "hour", t.Format("15"), "minute", t.Format("04"))
	if now.YearDay() == t.YearDay() && now.Year() == t.Year() {
		return at
	}
	return w.T("time.day", "day", w.T("day."+strconv.Itoa(int(t.Weekday()))), "time", at)
}
