package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// Notices is where notices reach people. Asserted by counsel.
type Notices interface {
	Own(ctx context.Context, who helpline.Actor) (counsel.OwnReach, error)
	Choose(ctx context.Context, who helpline.Actor, way counsel.NoticeWay, to counsel.Address, kinds []counsel.NoticeKind) error
	Typed(ctx context.Context, person helpline.ID, code string) error
	Wish(ctx context.Context, who helpline.Actor, kinds []counsel.NoticeKind) error
	Stop(ctx context.Context, person helpline.ID) error
}

// Calls are calls to whoever is on call, and what is wrong with notices. Asserted
// by counsel.
type Calls interface {
	CallOf(ctx context.Context, token string) (counsel.CallState, error)
	Confirm(ctx context.Context, token string) (counsel.CallState, error)
	ConfirmOwn(ctx context.Context, person helpline.ID) error
	Called(ctx context.Context, person helpline.ID) ([]helpline.ID, error)
	Trouble(context.Context) (counsel.NoticeTrouble, error)
}

var (
	_ Notices = (*counsel.Notices)(nil)
	_ Calls   = (*counsel.Notices)(nil)
)

const noticesPage = "/me/notices"

// wrongCodes is how many a test bears, for the page.
const wrongCodes = 5

func (c *Console) noticeRoutes() []entry {
	own := func(method, pattern string, h handler) entry {
		return route(method, pattern, helpline.StaffOnly, counsel.ChangeOwn, h)
	}
	return []entry{
		own("GET", noticesPage, c.noticesOwn),
		own("POST", noticesPage, c.chooseNotices),
		own("POST", noticesPage+"/code", c.typeNoticeCode),
		own("POST", noticesPage+"/wish", c.wishNotices),
		own("POST", noticesPage+"/end", c.endNotices),
		own("POST", noticesPage+"/seen", c.sawCall),
		route("GET", "/notices/confirm/{token}", helpline.InviteHolder, "", c.callPage),
		route("POST", "/notices/confirm/{token}", helpline.InviteHolder, "", c.confirmCall),
	}
}

func (c *Console) noticesOwn(w http.ResponseWriter, r *http.Request, p staff.Person) {
	done := ""
	for _, key := range []string{"sent", "tested", "wished", "ended", "seen"} {
		if r.URL.Query().Get("done") == key {
			done = key
		}
	}
	c.showNotices(w, r, http.StatusOK, p, done, "")
}

// showNotices shows the page. An address that was taken never comes back whole.
func (c *Console) showNotices(w http.ResponseWriter, r *http.Request, status int, p staff.Person, done, problem string) {
	own, err := c.Notices.Own(r.Context(), actor(p))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	called, err := c.Calls.Called(r.Context(), p.ID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	typed := ""
	if problem == "address" || problem == "way" || problem == "many" { // it was not taken: whoever typed it goes on from there
		typed = r.PostForm.Get("to")
	}
	words, frame := c.inside(p, "me", "js/form.js")
	frame.Title = words.T("notices.title")
	v := templates.Notices{
		Staff: frame, On: len(own.Ways) > 0, Done: done, Problem: problem, Called: len(called) > 0,
		Way: string(own.Way), Hint: own.Hint, Lost: own.Lost, Gone: own.Gone, Next: string(own.Next), NextHint: own.NextHint, Sent: string(own.Sent),
		Text: typed, Word: own.Token, Number: strconv.Itoa(wrongCodes),
	}
	if own.Way != "" {
		v.Tested = sayer{Words: words}.full(rota.DateOf(time.Unix(int64(own.Tested)*86400, 0).UTC()))
	}
	kinds := own.Kinds
	if typed != "" {
		kinds = wished(r)
	}
	for _, k := range counsel.KindsFor(actor(p)) {
		v.Kinds = append(v.Kinds, templates.Choice{Value: string(k), Label: words.T("notices.kind." + string(k)), Checked: slices.Contains(kinds, k)})
	}
	for _, way := range own.Ways {
		v.Typed = v.Typed || way != counsel.ByWebhook || !own.Tokens
		v.Ways = append(v.Ways, templates.Choice{
			Value: string(way), Label: words.T("notices.way." + string(way)), Checked: len(own.Ways) == 1 || r.PostForm.Get("way") == string(way),
		})
	}
	c.show(w, r, status, templates.NoticesPage(v))
}

// wished are the kinds of a form.
func wished(r *http.Request) []counsel.NoticeKind {
	var out []counsel.NoticeKind
	for _, k := range counsel.NoticeKinds() {
		if slices.Contains(r.PostForm["kind"], string(k)) {
			out = append(out, k)
		}
	}
	return out
}

// chooseNotices takes an address and sends a test there.
func (c *Console) chooseNotices(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	err := c.Notices.Choose(r.Context(), actor(p), counsel.NoticeWay(r.PostForm.Get("way")), counsel.NewAddress(r.PostForm.Get("to")), wished(r))
	switch {
	case err == nil:
		http.Redirect(w, r, noticesPage+"?done=sent", http.StatusSeeOther)
	case errors.Is(err, counsel.ErrAddress):
		c.showNotices(w, r, http.StatusUnprocessableEntity, p, "", "address")
	case errors.Is(err, counsel.ErrNoWay):
		c.showNotices(w, r, http.StatusUnprocessableEntity, p, "", "way")
	case errors.Is(err, counsel.ErrTests):
		c.showNotices(w, r, http.StatusTooManyRequests, p, "", "many")
	default:
		c.fail(w, r, err)
	}
}

// typeNoticeCode takes the code of a test.
func (c *Console) typeNoticeCode(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	err := c.Notices.Typed(r.Context(), p.ID, r.PostForm.Get("typed"))
	switch {
	case err == nil:
		http.Redirect(w, r, noticesPage+"?done=tested", http.StatusSeeOther)
	case errors.Is(err, counsel.ErrCode):
		c.showNotices(w, r, http.StatusForbidden, p, "", "code")
	case errors.Is(err, counsel.ErrCodeSpent):
		c.showNotices(w, r, http.StatusConflict, p, "", "spent")
	default:
		c.fail(w, r, err)
	}
}

func (c *Console) wishNotices(w http.ResponseWriter, r *http.Request, p staff.Person) {
	err := form(r)
	if err == nil {
		err = c.Notices.Wish(r.Context(), actor(p), wished(r))
	}
	switch {
	case err == nil:
		http.Redirect(w, r, noticesPage+"?done=wished", http.StatusSeeOther)
	case errors.Is(err, counsel.ErrNoWay) || helpline.KindOf(err) == helpline.NotFound:
		http.Redirect(w, r, noticesPage, http.StatusSeeOther) // ended in another window
	default:
		c.fail(w, r, err)
	}
}

func (c *Console) endNotices(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := c.Notices.Stop(r.Context(), p.ID); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, noticesPage+"?done=ended", http.StatusSeeOther)
}

// sawCall confirms the calls of which this person was told.
func (c *Console) sawCall(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := c.Calls.ConfirmOwn(r.Context(), p.ID); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, noticesPage+"?done=seen", http.StatusSeeOther)
}

// callPage shows the one button behind the link of a call. It confirms nothing:
// programs that look at mail follow links too.
func (c *Console) callPage(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	state, err := c.Calls.CallOf(r.Context(), r.PathValue("token"))
	c.showCall(w, r, state, err)
}

// confirmCall takes the word of whoever holds the link.
func (c *Console) confirmCall(w http.ResponseWriter, r *http.Request, _ staff.Person) {
	state, err := c.Calls.Confirm(r.Context(), r.PathValue("token"))
	c.showCall(w, r, state, err)
}

func (c *Console) showCall(w http.ResponseWriter, r *http.Request, state counsel.CallState, err error) {
	switch helpline.KindOf(err) {
	case "":
		_, frame := c.outside(r, "notices.call.title")
		c.show(w, r, http.StatusOK, templates.ConfirmPage(templates.Confirm{Staff: frame, Action: r.URL.Path, State: string(state)}))
	case helpline.NotFound:
		c.trouble(w, r, http.StatusNotFound, "notfound", "/login")
	default:
		c.fail(w, r, err)
	}
}

// noticeAlerts puts above every page: a call that waits for this
// person's word, and, for those who see the board, notices that did not leave.
func (c *Console) noticeAlerts(f *templates.Staff, w i18n.Words, p staff.Person) {
	if p.ID.IsZero() {
		return
	}
	ctx, cancel := contextFor(alertPatience)
	defer cancel()
	called, err := c.Calls.Called(ctx, p.ID)
	if len(called) > 0 {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("notices.alert.called"), Href: noticesPage})
	}
	if err == nil && counsel.May(actor(p), counsel.SeeBoard) == nil {
		var t counsel.NoticeTrouble
		t, err = c.troubles.now(ctx, c.Calls)
		if t.Failing > 0 {
			f.Alerts = append(f.Alerts, templates.Alert{Text: w.N("notices.alert.trouble", t.Failing), Href: "/board"})
		}
	}
	if err != nil {
		c.unsaid(ctx, f, "look at the notices", err)
	}
}

// troubleLasts is how long what is wrong with notices is told again without a
// look at a week of them: every page that stands open asks.
const troubleLasts = 10 * time.Second

// troubles are what was seen last. The zero value has seen nothing.
type troubles struct {
	mu   sync.Mutex
	seen counsel.NoticeTrouble
	at   time.Time
}

// now looks, or tells what was seen just now; what could not be read is not kept.
func (t *troubles) now(ctx context.Context, calls Calls) (counsel.NoticeTrouble, error) {
	t.mu.Lock()
	seen, at := t.seen, t.at
	t.mu.Unlock()
	now := time.Now()
	if now.Sub(at) < troubleLasts && !now.Before(at) {
		return seen, nil
	}
	seen, err := calls.Trouble(ctx)
	if err != nil {
		return counsel.NoticeTrouble{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen, t.at = seen, now
	return seen, nil
}

// noticeTrouble says on the board what is wrong with notices.
func (c *Console) noticeTrouble(r *http.Request, w i18n.Words) templates.NoticeTrouble {
	t, err := c.Calls.Trouble(r.Context())
	if err != nil {
		c.note(r, err) // the board must not fail for it
	}
	now := time.Now()
	var out templates.NoticeTrouble
	switch {
	case t.Failing > 0 && t.Last.IsZero():
		out.Says = append(out.Says, w.N("notices.trouble.never", t.Failing, "since", c.lineClock(w, now, t.Since)))
	case t.Failing > 0:
		out.Says = append(out.Says, w.N("notices.trouble.failing", t.Failing, "since", c.lineClock(w, now, t.Since), "last", c.lineClock(w, now, t.Last)))
	}
	if t.Open > 0 {
		out.Says = append(out.Says, w.T("notices.trouble.open"))
	}
	if t.Unanswered > 0 {
		out.Says = append(out.Says, w.N("notices.trouble.unanswered", t.Unanswered))
	}
	return out
}
