package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// Threads are the letters behind return codes. What a person may not read is not
// there for them.
type Threads interface {
	// Heads lists the threads a person may read, the most urgent and then the
	// oldest due first. It needs no unlocked keyring.
	Heads(ctx context.Context, by counsel.By) ([]counsel.ThreadHead, error)
	// Claim takes a thread that nobody has; of two who claim at once one gets
	// it, for the other it is a Conflict.
	Claim(ctx context.Context, by counsel.By, thread helpline.ID) error
	// Release lets go of an own one.
	Release(ctx context.Context, by counsel.By, thread helpline.ID) error
	// TakeOver takes a thread from whoever has it, for one of audit.Reasons;
	// Forbidden wraps counsel.ErrReason.
	TakeOver(ctx context.Context, by counsel.By, thread helpline.ID, reason string) error
	// Finish says that an own one waits for nobody any more, and lets go of it;
	// Conflict when the visitor has written more than read.
	Finish(ctx context.Context, by counsel.By, thread, read helpline.ID) error
}

// Letters are what is in a thread, for whoever has claimed it.
type Letters interface {
	// Read opens a thread; Forbidden wraps counsel.ErrLocked, Conflict when
	// somebody else has it or nobody.
	Read(ctx context.Context, by counsel.By, thread helpline.ID) (helpline.Thread, error)
	// Answer seals a letter to the visitor; of one msg it is kept once. Conflict
	// when the visitor has written more than read.
	Answer(ctx context.Context, by counsel.By, thread, msg, read helpline.ID, body string) error
	// Withdraw takes back an own answer; Conflict once it has been read.
	Withdraw(ctx context.Context, by counsel.By, thread, msg helpline.ID) error
}

// Post is what may be known of threads without reading any.
type Post interface {
	// Waiting is how many threads wait, and how many because somebody may be
	// hurt soon.
	Waiting(ctx context.Context) (all, urgent int, err error)
	// Safeguards says whether a person reads what went wrong.
	Safeguards(ctx context.Context, by counsel.By) (bool, error)
	// Today is the day of the line's clock.
	Today() int
}

// tray is where threads of a kind are read.
type tray struct {
	key    string // of its words, and its address
	kind   helpline.ThreadKind
	action counsel.Action
}

var (
	inboxTray = tray{"inbox", helpline.LetterThread, counsel.AnswerThreads}
	wrongTray = tray{"wrong", helpline.WrongThread, counsel.AnswerWrongs}
)

func (s tray) at(thread helpline.ID) string { return "/" + s.key + "/" + thread.String() }

// holds says whether a thread lies in this tray: what a visitor writes behind
// the code of a card is a letter too.
func (s tray) holds(k helpline.ThreadKind) bool {
	return (k == helpline.WrongThread) == (s.kind == helpline.WrongThread)
}

func (c *Console) threadRoutes() []entry {
	var out []entry
	for _, s := range []tray{inboxTray, wrongTray} {
		policy := helpline.CounsellorOrSupervisor
		if s.kind == helpline.WrongThread {
			policy = helpline.StaffOnly // whoever was named for it; the key log says who
		}
		line := func(method, rest string, h func(http.ResponseWriter, *http.Request, staff.Person, tray)) {
			out = append(out, route(method, "/"+s.key+rest, policy, s.action, func(w http.ResponseWriter, r *http.Request, p staff.Person) { h(w, r, p, s) }))
		}
		line("GET", "", c.threads)
		line("GET", "/{thread}", c.oneThread)
		line("POST", "/{thread}/claim", c.claimThread)
		line("POST", "/{thread}/release", c.releaseThread)
		line("GET", "/{thread}/take", c.askTake)
		line("POST", "/{thread}/take", c.takeThread)
		line("POST", "/{thread}/answer", c.answerThread)
		line("POST", "/{thread}/withdraw", c.withdrawAnswer)
		line("POST", "/{thread}/done", c.finishThread)
	}
	out = append(out, route("POST", "/inbox/{thread}/close", helpline.CounsellorOnly, counsel.WriteNotes, c.closeThread))
	return append(out, whileLocked(route("GET", "/inbox/state", helpline.AtWork, counsel.Watch, c.threadState)))
}

// threadState tells a page how many wait. It holds nothing that was written, so
// it may be asked while the screen is locked, and counts as nobody's touch.
func (c *Console) threadState(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	all, urgent, err := c.Post.Waiting(r.Context())
	if err != nil {
		c.tell(w, r, err)
		return
	}
	asJSON(w, http.StatusOK, map[string]int{"waiting": all, "urgent": urgent})
}

// threads lists a tray.
func (c *Console) threads(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) {
	c.showThreads(w, r, http.StatusOK, p, s, "", "")
}

func (c *Console) showThreads(w http.ResponseWriter, r *http.Request, status int, p staff.Person, s tray, done, problem string) {
	heads, err := c.Threads.Heads(r.Context(), c.by(r, p))
	outsider := false
	if err == nil && s.kind == helpline.WrongThread {
		var member bool
		member, err = c.Post.Safeguards(r.Context(), c.by(r, p))
		outsider = !member
	}
	if err != nil {
		c.unread(w, r, p, s, err)
		return
	}
	words, frame := c.inside(p, s.key, "js/form.js", "js/fresh.js")
	v := templates.Threads{Staff: frame, Key: s.key, Days: c.Answer, Outsider: outsider, Done: done, Problem: problem}
	for _, h := range heads {
		if !s.holds(h.Kind) {
			continue
		}
		row := c.threadRow(r.Context(), words, s, h)
		v.Doubt = v.Doubt || h.Doubt
		if h.Waiting {
			v.Waiting = append(v.Waiting, row)
		} else {
			v.Rest = append(v.Rest, row)
		}
	}
	c.show(w, r, status, templates.ThreadsPage(v))
}

func (c *Console) threadRow(ctx context.Context, words i18n.Words, s tray, h counsel.ThreadHead) templates.ThreadRow {
	row := templates.ThreadRow{
		ID: h.ID.String(), Href: s.at(h.ID), Door: words.T("staff.door." + string(h.Audience)), Tongue: words.T("staff.locale." + string(h.Locale)),
		Urgent: h.Urgent && h.Waiting, Waiting: h.Waiting, News: h.News, Mine: h.Mine, Doubt: h.Doubt,
	}
	if h.Waiting && h.Due > 0 {
		row.Due, row.Late = dueWords(words, h.Due, c.Post.Today())
	}
	if !h.Holder.IsZero() {
		row.Holder = words.T("threads.somebody")
		if who, err := c.Office.Active(ctx, h.Holder); err == nil {
			row.Holder = who.Alias
		}
	}
	return row
}

// dueWords says by when a thread is to be answered, and whether that has passed.
func dueWords(words i18n.Words, due, today int) (text string, late bool) {
	switch left := due - today; {
	case left < 0:
		return words.N("threads.due.late", -left), true
	case left == 0:
		return words.T("threads.due.today"), false
	default:
		return words.T("threads.due", "day", retention.Midnight(due).Format(time.DateOnly)), false
	}
}

// unread answers for a thread that cannot be shown or changed.
func (c *Console) unread(w http.ResponseWriter, r *http.Request, p staff.Person, s tray, err error) {
	back := "/" + s.key
	switch kind := helpline.KindOf(err); {
	case errors.Is(err, counsel.ErrLocked) || errors.Is(err, counsel.ErrUnvouched) || errors.Is(err, counsel.ErrNoSupervisor):
		c.unopened(w, r, p, err)
	case kind == helpline.NotFound:
		c.troubleFor(w, r, p, http.StatusNotFound, "thread", back)
	case kind == helpline.Forbidden:
		c.troubleFor(w, r, p, http.StatusForbidden, "forbidden", back)
	default:
		c.fail(w, r, err)
	}
}

// threadHere is the thread of the address; when it is none, it has answered.
func (c *Console) threadHere(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) (helpline.ID, bool) {
	id, err := helpline.ParseID(r.PathValue("thread"))
	if err == nil {
		if err = form(r); err == nil {
			return id, true
		}
		c.fail(w, r, err)
		return id, false
	}
	c.troubleFor(w, r, p, http.StatusNotFound, "thread", "/"+s.key)
	return id, false
}

// claimThread takes a thread and opens it.
func (c *Console) claimThread(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) {
	id, ok := c.threadHere(w, r, p, s)
	if !ok {
		return
	}
	switch err := c.Threads.Claim(r.Context(), c.by(r, p), id); {
	case err == nil:
		http.Redirect(w, r, s.at(id), http.StatusSeeOther)
	case helpline.KindOf(err) == helpline.Conflict:
		c.showThreads(w, r, http.StatusConflict, p, s, "", "taken")
	default:
		c.unread(w, r, p, s, err)
	}
}

func (c *Console) releaseThread(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) {
	id, ok := c.threadHere(w, r, p, s)
	if !ok {
		return
	}
	switch err := c.Threads.Release(r.Context(), c.by(r, p), id); {
	case err == nil:
		c.showThreads(w, r, http.StatusOK, p, s, "released", "")
	case helpline.KindOf(err) == helpline.Conflict:
		c.showThreads(w, r, http.StatusConflict, p, s, "", "notyours")
	default:
		c.unread(w, r, p, s, err)
	}
}

// finishThread says that nothing more is to be answered.
func (c *Console) finishThread(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) {
	id, ok := c.threadHere(w, r, p, s)
	if !ok {
		return
	}
	read, _ := helpline.ParseID(r.PostForm.Get("read")) // none is no letter's
	switch err := c.Threads.Finish(r.Context(), c.by(r, p), id, read); {
	case err == nil:
		c.showThreads(w, r, http.StatusOK, p, s, "finished", "")
	case helpline.KindOf(err) == helpline.Conflict: // a colleague has it, or the visitor has written again
		c.showThread(w, r, http.StatusConflict, p, s, answered{message: helpline.NewID()}, "", "again")
	default:
		c.unread(w, r, p, s, err)
	}
}

// askTake asks why a thread of somebody else is opened.
func (c *Console) askTake(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) {
	c.showTake(w, r, http.StatusOK, p, s, false)
}

func (c *Console) showTake(w http.ResponseWriter, r *http.Request, status int, p staff.Person, s tray, problem bool) {
	id, ok := c.threadHere(w, r, p, s)
	if !ok {
		return
	}
	heads, err := c.Threads.Heads(r.Context(), c.by(r, p))
	if err != nil {
		c.unread(w, r, p, s, err)
		return
	}
	for _, h := range heads {
		if h.ID != id || !s.holds(h.Kind) {
			continue
		}
		words, frame := c.inside(p, s.key, "js/form.js")
		v := templates.TakeOver{
			Staff: frame, Key: s.key, Action: s.at(id) + "/take", Back: "/" + s.key,
			Alias: c.threadRow(r.Context(), words, s, h).Holder, Problem: problem,
		}
		for _, reason := range audit.Reasons() {
			v.Reasons = append(v.Reasons, templates.Option{Value: reason, Name: words.T("audit.word.reason." + reason)})
		}
		c.show(w, r, status, templates.TakePage(v))
		return
	}
	c.troubleFor(w, r, p, http.StatusNotFound, "thread", "/"+s.key)
}

// takeThread takes a thread of somebody else, with the reason that was chosen.
func (c *Console) takeThread(w http.ResponseWriter, r *http.Request, p staff.Person, s tray) {
	id, ok := c.threadHere(w, r, p, s)
	if !ok {
		return
	}
	switch err := c.Threads.TakeOver(r.Context(), c.by(r, p), id, r.PostForm.Get("reason")); {
	case err == nil:
		http.Redirect(w, r, s.at(id), http.StatusSeeOther)
	case errors.Is(err, counsel.ErrReason):
		c.showTake(w, r, http.StatusUnprocessableEntity, p, s, true)
	case helpline.KindOf(err) == helpline.Conflict:
		c.showThreads(w, r, http.StatusConflict, p, s, "", "taken")
	default:
		c.unread(w, r, p, s, err)
	}
}
