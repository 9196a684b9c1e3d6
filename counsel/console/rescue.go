package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/templates"
)

// contextFor is a context of its own for so long.
func contextFor(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}

// rescue reads which one a request is about.
func rescue(r *http.Request) helpline.ID {
	id, err := helpline.ParseID(r.PathValue("rescue"))
	if err != nil {
		return helpline.ID{} // is not there, like any other that is over
	}
	return id
}

// approve confirms that the asker is who they say.
func (c *Console) approve(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	if r.PostForm.Get("heard") != "yes" {
		c.showRecovery(w, r, http.StatusUnprocessableEntity, p, "", "unheard")
		return
	}
	err := c.Rescuing.ApproveRescue(r.Context(), c.by(r, p), rescue(r), r.PostForm.Get("words"))
	switch {
	case err == nil:
		http.Redirect(w, r, "/recovery?done=approve", http.StatusSeeOther)
	case errors.Is(err, counsel.ErrNotHeld):
		c.showRecovery(w, r, http.StatusConflict, p, "", "notheld")
	case errors.Is(err, counsel.ErrLocked), errors.Is(err, counsel.ErrUnvouched):
		c.unrecovered(w, r, p, err)
	case helpline.KindOf(err) == helpline.Forbidden:
		c.showRecovery(w, r, http.StatusForbidden, p, "", "own")
	default:
		c.rescueFailed(w, r, p, err)
	}
}

// rescueFailed answers what stopped somebody who helps.
func (c *Console) rescueFailed(w http.ResponseWriter, r *http.Request, p staff.Person, err error) {
	switch helpline.KindOf(err) {
	case helpline.NotFound:
		c.showRecovery(w, r, http.StatusNotFound, p, "", "over")
	case helpline.Conflict:
		c.showRecovery(w, r, http.StatusConflict, p, "", "changed")
	default:
		c.unrecovered(w, r, p, err)
	}
}

func (c *Console) stopRescue(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := c.Rescuing.StopRescue(r.Context(), c.by(r, p), rescue(r)); err != nil {
		c.rescueFailed(w, r, p, err)
		return
	}
	http.Redirect(w, r, "/recovery?done=stop", http.StatusSeeOther)
}

func (c *Console) givePage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showGive(w, r, http.StatusOK, p, "")
}

// showGive asks for the words of the share. What was typed is not put back: it
// stands on the paper.
func (c *Console) showGive(w http.ResponseWriter, r *http.Request, status int, p staff.Person, problem string) {
	all, err := c.Rescuing.Rescues(r.Context(), c.by(r, p))
	if err != nil {
		c.unrecovered(w, r, p, err)
		return
	}
	for _, one := range all {
		if one.ID != rescue(r) || one.Mine == 0 {
			continue
		}
		words, frame := c.inside(p, "recovery", "js/form.js")
		frame.Title, frame.Alerts = words.T("recovery.give.title", "name", one.Name), nil
		c.show(w, r, status, templates.GiveSharePage(templates.GiveShare{
			Staff: frame, Name: one.Name, Action: r.URL.Path, Many: vault.ShareWords, Problem: problem,
		}))
		return
	}
	c.showRecovery(w, r, http.StatusNotFound, p, "", "over")
}

func (c *Console) give(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	err := c.Rescuing.GiveShare(r.Context(), c.by(r, p), rescue(r), r.PostForm.Get("share"))
	words, _ := c.inside(p, "recovery")
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/recovery?done=give", http.StatusSeeOther)
	case helpline.Invalid:
		c.showGive(w, r, http.StatusUnprocessableEntity, p, slipped(words, "recovery", err))
	case helpline.Conflict:
		c.showGive(w, r, http.StatusConflict, p, words.T("recovery.give.before"))
	default:
		c.rescueFailed(w, r, p, err)
	}
}
