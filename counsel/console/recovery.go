package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/templates"
	"helpline/templates/i18n"
)

func itoa(n int) string { return strconv.Itoa(n) }

// alerts puts above every page what a person has to do about recovery.
func (c *Console) alerts(f *templates.Staff, w i18n.Words, p staff.Person) {
	if p.ID.IsZero() || p.Renew {
		return
	}
	// What a page says above itself must not keep the page away.
	ctx, cancel := contextFor(alertPatience)
	defer cancel()
	tasks, err := c.Rescuing.Tasks(ctx, actor(p))
	if err != nil {
		c.unsaid(ctx, f, "look what is to do about recovery", err)
	}
	for _, d := range tasks {
		href := "/recovery"
		if d == counsel.ShareWaits {
			href = "/recovery/share"
		}
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("alert." + string(d)), Href: href})
	}
}

// alertPatience is how long a page waits to know what stands above it.
const alertPatience = 2 * time.Second

// unsaid notes that something may be missing above a page.
func (c *Console) unsaid(ctx context.Context, f *templates.Staff, what string, err error) {
	f.Unsure = true
	c.without(ctx, what, err)
}

// without logs why a page comes without something. Not in time is no fault: the
// machine is busy.
func (c *Console) without(ctx context.Context, what string, err error) {
	level := slog.LevelError
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		level = slog.LevelWarn
	}
	c.Log.Log(context.WithoutCancel(ctx), level, what, "kind", string(helpline.KindOf(err)), "err", err)
}

func (c *Console) recoveryPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	done := ""
	for _, key := range []string{"key", "share", "approve", "stop", "give"} {
		if r.URL.Query().Get("done") == key {
			done = key
		}
	}
	c.showRecovery(w, r, http.StatusOK, p, done, "")
}

// fewPleas is how many unconfirmed requests under one name a page shows, the
// newest; the others are found by the words that were heard.
const fewPleas = 4

// shown leaves out what is too much for a page, and says whether it did. With
// words that were heard it gives the request that has them.
func shown(all []counsel.Rescued, heard string) (out []counsel.Rescued, many bool) {
	heard = strings.ToLower(strings.Join(strings.Fields(heard), " "))
	after := map[helpline.ID]int{} // how many of a person are newer
	for _, one := range slices.Backward(all) {
		if one.Approved || one.Words == "" {
			out = append(out, one)
			continue
		}
		after[one.Person]++
		if heard == "" && after[one.Person] <= fewPleas || heard == one.Words {
			out = append(out, one)
		}
		many = many || after[one.Person] > fewPleas
	}
	slices.Reverse(out)
	return out, many
}

// heardWords finds a request by the six words.
func (c *Console) heardWords(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	c.showPleas(w, r, http.StatusOK, p, "", "", r.PostForm.Get("six"))
}

func (c *Console) showRecovery(w http.ResponseWriter, r *http.Request, status int, p staff.Person, done, problem string) {
	c.showPleas(w, r, status, p, done, problem, "")
}

func (c *Console) showPleas(w http.ResponseWriter, r *http.Request, status int, p staff.Person, done, problem, heard string) {
	state, err := c.Custody.State(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	rescues, err := c.Rescuing.Rescues(r.Context(), c.by(r, p))
	if err != nil && !errors.Is(err, counsel.ErrNoSupervisor) {
		c.unrecovered(w, r, p, err)
		return
	}
	words, frame := c.inside(p, "recovery", "js/form.js")
	frame.Title = words.T("recovery.title")
	v := templates.Recovery{
		Staff: frame, State: string(state.Lack), Done: done, Problem: problem,
		Make: counsel.May(actor(p), counsel.MakeRecoveryKey) == nil,
	}
	if v.State == "" {
		v.State = "good"
	}
	if state.Generation > 0 {
		v.Made = words.T("recovery.made", "date", dateOf(state.Day), "needed", itoa(state.Needed), "of", itoa(len(state.Custodians)))
	}
	for _, one := range state.Custodians {
		v.Custodians = append(v.Custodians, templates.Custodian{Name: one.Name, Written: one.Written, Gone: !one.Active})
		v.Share = v.Share || one.Person == p.ID && !one.Written
	}
	if v.Make {
		v.Waiting = state.Waiting
	}
	some, many := shown(rescues, heard)
	for _, one := range some {
		v.Pleas = append(v.Pleas, pleaOf(words, p, one))
	}
	v.Many = many
	if heard != "" && !slices.ContainsFunc(some, func(one counsel.Rescued) bool { return one.Words != "" }) {
		status, v.Problem = http.StatusNotFound, "nowords"
	}
	c.show(w, r, status, templates.RecoveryPage(v))
}

func pleaOf(w i18n.Words, p staff.Person, one counsel.Rescued) templates.Plea {
	out := templates.Plea{
		Name: one.Name, Words: one.Words, By: one.By, Action: "/recovery/" + one.ID.String(), Entered: one.Entered,
		Until: w.N("recovery.plea.until", minutesLeft(one.Expires)), Stop: counsel.May(actor(p), counsel.ApproveRescue) == nil,
		Give: one.Approved && one.Mine > 0 && one.Given < one.Needed,
	}
	if one.Approved {
		out.Given = w.T("recovery.plea.given", "given", itoa(one.Given), "needed", itoa(one.Needed))
	}
	return out
}

func dateOf(day int) string { return retention.Midnight(day).Format(time.DateOnly) }

// unrecovered answers what stopped a page of recovery.
func (c *Console) unrecovered(w http.ResponseWriter, r *http.Request, p staff.Person, err error) {
	switch {
	case errors.Is(err, counsel.ErrLocked):
		back := r.URL.Path
		if r.Method == http.MethodPost {
			back = "/recovery"
		}
		unlockFirst(w, r, back)
	case errors.Is(err, counsel.ErrUnvouched), vault.CheckOf(err) == vault.KeyUnknown:
		c.troubleFor(w, r, p, http.StatusForbidden, "unvouched", "/words")
	default:
		c.fail(w, r, err)
	}
}

func (c *Console) keyPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showKey(w, r, http.StatusOK, p, nil, leastCustodians, "")
}

// How many custodians there can be.
const (
	leastCustodians = 2
	mostCustodians  = 5
)

func (c *Console) showKey(w http.ResponseWriter, r *http.Request, status int, p staff.Person, chosen []helpline.ID, needed int, problem string) {
	all, err := c.Custody.Candidates(r.Context(), c.by(r, p))
	if err != nil {
		c.unrecovered(w, r, p, err)
		return
	}
	state, err := c.Custody.State(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if chosen == nil { // as last time
		for _, one := range state.Custodians {
			chosen = append(chosen, one.Person)
		}
	}
	words, frame := c.inside(p, "recovery", "js/form.js")
	frame.Title = words.T("recovery.make.title")
	v := templates.MakeRecovery{Staff: frame, Replaces: state.Generation > 0, Problem: problem}
	for _, one := range all {
		v.Custodians = append(v.Custodians, templates.Custodian{
			Value: one.Person.String(), Name: one.Name, Operator: one.Operator, Checked: slices.Contains(chosen, one.Person),
		})
	}
	for n := leastCustodians; n <= mostCustodians; n++ {
		v.Needed = append(v.Needed, templates.Choice{Value: itoa(n), Label: itoa(n), Checked: n == needed})
	}
	c.show(w, r, status, templates.MakeRecoveryPage(v))
}

func (c *Console) makeKey(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	chosen := []helpline.ID{}
	for _, text := range r.PostForm["custodian"] {
		if id, err := helpline.ParseID(text); err == nil && !slices.Contains(chosen, id) && len(chosen) <= mostCustodians {
			chosen = append(chosen, id)
		}
	}
	needed, err := strconv.Atoi(r.PostForm.Get("needed"))
	if err != nil || needed < leastCustodians || needed > len(chosen) || len(chosen) > mostCustodians {
		c.showKey(w, r, http.StatusUnprocessableEntity, p, chosen, max(needed, leastCustodians), "few")
		return
	}
	err = c.Custody.MakeKey(r.Context(), c.by(r, p), needed, chosen)
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/recovery?done=key", http.StatusSeeOther)
	case helpline.Conflict:
		c.showKey(w, r, http.StatusConflict, p, chosen, needed, c.whyNot(r, p, chosen))
	default:
		c.unrecovered(w, r, p, err)
	}
}

// whyNot names the rule that the chosen custodians break.
func (c *Console) whyNot(r *http.Request, p staff.Person, chosen []helpline.ID) string {
	all, err := c.Custody.Candidates(r.Context(), c.by(r, p))
	if err != nil {
		return "rules"
	}
	operators := 0
	for _, one := range all {
		if one.Operator && slices.Contains(chosen, one.Person) {
			operators++
		}
	}
	if operators > 1 {
		return "operators"
	}
	return "rules"
}

func (c *Console) sharePage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showShare(w, r, http.StatusOK, p, "")
}

// showShare shows a custodian the share that waits for them.
func (c *Console) showShare(w http.ResponseWriter, r *http.Request, status int, p staff.Person, problem string) {
	s, err := c.Custody.OwnShare(r.Context(), c.by(r, p))
	if helpline.KindOf(err) == helpline.NotFound {
		http.Redirect(w, r, "/recovery", http.StatusSeeOther)
		return
	}
	if err != nil {
		c.unrecovered(w, r, p, err)
		return
	}
	words, frame := c.inside(p, "recovery", "js/form.js")
	frame.Title, frame.Alerts = words.T("recovery.sheet.title"), nil
	of := itoa(s.Of)
	c.show(w, r, status, templates.ShareSheetPage(templates.ShareSheet{
		Staff: frame, Share: s.Share.Words(), Asked: s.Asked, Problem: problem,
		Heading: words.T("recovery.sheet.heading", "line", c.Line.Name, "part", itoa(s.Share.Part()), "of", of, "date", dateOf(s.Day)),
		Needed:  words.T("recovery.sheet.needed", "needed", itoa(s.Needed), "of", of),
	}))
}

func (c *Console) wroteShare(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	typed := [2]string{r.PostForm.Get("word1"), r.PostForm.Get("word2")}
	err := c.Custody.WroteShare(r.Context(), c.by(r, p), typed)
	switch {
	case err == nil:
		http.Redirect(w, r, "/recovery?done=share", http.StatusSeeOther)
	case errors.Is(err, counsel.ErrLocked):
		unlockFirst(w, r, "/recovery/share")
	case helpline.KindOf(err) == helpline.Forbidden:
		c.showShare(w, r, http.StatusUnprocessableEntity, p, "other")
	case helpline.KindOf(err) == helpline.NotFound:
		http.Redirect(w, r, "/recovery", http.StatusSeeOther)
	default:
		c.unrecovered(w, r, p, err)
	}
}
