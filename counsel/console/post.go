package console

import (
	"strconv"

	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// guards says whether a person reads what went wrong; no when it cannot be said.
func (c *Console) guards(p staff.Person) bool {
	ctx, cancel := contextFor(alertPatience)
	defer cancel()
	member, err := c.Post.Safeguards(ctx, counsel.By{Actor: actor(p)})
	if err != nil {
		c.without(ctx, "look who reads what went wrong", err)
	}
	return member
}

// posted puts into the frame how much waits in the inbox: a number in the
// navigation, and above everything that somebody may be hurt soon. What a page
// says there must not keep the page away.
func (c *Console) posted(f *templates.Staff, w i18n.Words, p staff.Person) {
	if p.ID.IsZero() || counsel.May(actor(p), counsel.Watch) != nil {
		return
	}
	ctx, cancel := contextFor(alertPatience)
	defer cancel()
	c.nodded(ctx, f, w, p)
	all, urgent, err := c.Post.Waiting(ctx)
	if err != nil {
		c.unsaid(ctx, f, "count the letters that wait", err)
		return
	}
	for i := range f.Places {
		if f.Places[i].Name == inboxTray.key && all > 0 {
			f.Places[i].Count = strconv.Itoa(all)
		}
	}
	if urgent > 0 {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("threads.alarm"), Href: "/" + inboxTray.key})
	}
}
