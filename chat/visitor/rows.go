package visitor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/chat/wire"
	"helpline/templates"
	"helpline/templates/i18n"
)

// stand is where a visitor without scripts stands now, as one whole page.
func (s *Site) stand(v *visit, t ticket.Ticket, sh *sheet, view link.View) templates.Leaf {
	l := templates.Leaf{State: view.Stage}
	w := v.words
	switch view.Stage {
	case "waiting":
		l.Place, l.Range = waiting(w, view)
		l.Openers = openers(v, t.Audience)
		l.Beside = s.beside(v, t.Audience)
		l.Beside.Slow = slow(view)
	case "offered":
		l.Left = w.N("js.seconds", max(0, int(time.Until(view.Due).Round(time.Second).Seconds())))
	case "talking":
		l.Name = view.Alias
		l.Broken = broken(sh, view)
		l.Fewer = view.Fewer
		l.Rows = s.rows(v, sh, view)
		l.Now = now(w, view)
	case "closed":
		l.Fewer = view.Fewer
		l.Rows = s.rows(v, sh, view)
		end := s.ending(v, t, view)
		l.End = &end
	case "", "away":
		l.State = "busy"
	}
	s.knownLeaf(v, sh, &l)
	return l
}

// broken says that the server was started again since the contact arrived.
func broken(sh *sheet, view link.View) bool { return view.Boot > sh.boot }

// slow says whether nobody need wait that long: half an hour at least.
func slow(view link.View) bool { return !view.Kept && view.Low*view.Place >= 30*60 }

// waiting is the place in the queue and how long it may take, in words.
func waiting(w i18n.Words, view link.View) (place, span string) {
	before := view.Place - 1
	switch {
	case view.Kept:
		return w.T("js.place.kept"), ""
	case view.Place == 0:
		return w.T("js.place.unsure"), w.T("js.range.unknown")
	case before < 1:
		place = w.T("js.place.first")
	case before > 50:
		place = w.T("js.place.many")
	default:
		place = w.N("js.place.some", before)
	}
	low, high := (view.Low*view.Place+59)/60, (view.High*view.Place+59)/60
	switch {
	case view.High == 0:
		span = w.T("js.range.unknown")
	case high > 60:
		span = w.T("js.range.hours")
	case low >= high || low < 2:
		span = w.N("js.range.upto", high)
	default:
		span = w.T("js.range.between", "low", low, "high", high)
	}
	return place, span
}

// now is what is the matter with the line.
func now(w i18n.Words, view link.View) (out []string) {
	if view.There == "unsure" || view.There == "gone" {
		out = append(out, w.T("js.presence."+view.There, "alias", view.Alias))
	}
	if !view.Idle.IsZero() {
		out = append(out, w.T("js.idle"), w.T("bare.idle"))
	}
	return out
}

// rows are the entries of a view in the order of their places.
func (s *Site) rows(v *visit, sh *sheet, view link.View) []templates.Row {
	said := slices.SortedFunc(slices.Values(view.Said), func(a, b link.Said) int { return cmp.Compare(a.At, b.At) })
	out := make([]templates.Row, 0, len(said))
	for _, e := range said {
		out = append(out, s.rowOn(v, sh, view, e))
	}
	return out
}

// rowOn is a row of the conversation, with what can be pressed in it.
func (s *Site) rowOn(v *visit, sh *sheet, view link.View, e link.Said) templates.Row {
	r := row(v.words, view, e)
	s.keepRow(v, sh, view, e, &r)
	return r
}

// row is an entry as it is shown.
func row(w i18n.Words, view link.View, e link.Said) templates.Row {
	if e.Side == wire.TheLine {
		return templates.Row{Note: event(w, e.Body)}
	}
	r := templates.Row{Mine: e.Side == wire.Visitor, Who: view.Alias}
	shown := link.Show(e.Body)
	r.Text, r.Steps = shown.Text, shown.Steps
	if shown.Card != nil {
		r.Card = card(w, shown.Card)
	}
	if shown.Keeps {
		r.Text, r.Keep = "", &templates.Keep{Heading: w.T("js.card.keep"), Words: shown.Text}
		if r.Mine {
			r.Keep.Heading = w.T("js.card.kept")
		}
	}
	if r.Text == "" && r.Card == nil && r.Keep == nil && len(r.Steps) == 0 {
		r.Text = w.T("js.card.none")
	}
	if r.Mine {
		r.Who = w.T("js.you")
		r.State = state(view, e)
	}
	return r
}

// state is how far an own message has come.
func state(view link.View, e link.Said) string {
	switch {
	case e.At <= view.Had || view.Stage == "closed" && e.At <= view.Lost:
		return "delivered"
	case view.Stage == "closed" && view.Lost < 0:
		return "unknown"
	case view.Stage == "closed" && view.Final:
		return "lost"
	}
	return "held"
}

// event is what the line has to say in a conversation.
func event(w i18n.Words, body string) string {
	for _, name := range []string{"handover", "observer"} {
		if strings.Contains(body, `"event":"`+name+`"`) {
			return w.T("js.event." + name)
		}
	}
	if strings.Contains(body, `"event":"window"`) {
		return w.T("bare.event.window")
	}
	return w.T("js.event")
}

func card(w i18n.Words, c *link.Card) *templates.Slip {
	out := &templates.Slip{Name: c.Name, Of: c.Of, Old: c.Old}
	for _, f := range c.Facts {
		out.Facts = append(out.Facts, templates.Fact{Label: w.T("js.card." + f.Name), Text: f.Text})
	}
	var gaps []string
	for _, name := range c.Unknown {
		gaps = append(gaps, w.T("js.card.unknown-"+name))
	}
	if len(gaps) > 0 {
		out.Unknown = w.T("js.card.unknown", "what", strings.Join(gaps, ", "))
	}
	for _, way := range c.Ways {
		label := way.Label
		if way.Link != "" && !way.Web() {
			label = w.T("js.card.tel", "number", way.Label)
		}
		out.Ways = append(out.Ways, templates.Way{Label: label, Link: way.Link, Web: way.Web()})
	}
	date := c.Checked
	if at, err := time.Parse("2006-01", c.Checked[:min(7, len(c.Checked))]); err == nil {
		date = at.Format("1-2006")
	}
	key := "js.card.checked"
	switch {
	case c.Old && date != "":
		key = "js.card.old"
	case c.Old:
		key = "js.card.unchecked"
	}
	out.Standing = w.T(key, "date", date)
	return out
}

// ending is what stands below a conversation that has ended, or instead of it.
func (s *Site) ending(v *visit, t ticket.Ticket, view link.View) templates.Ending {
	reason := view.Reason
	if reason == "visitor" && view.Alias == "" {
		reason = "left.queue"
	}
	if !v.words.Has("js.closed." + reason + ".h") {
		reason = "ended"
	}
	e := templates.Ending{
		Heading: v.words.T("js.closed." + reason + ".h"), Text: v.words.T("js.closed." + reason + ".p"),
		Step: reason == "visitor" || reason == "counsellor", Kept: len(view.Said) > 0,
		Lines:  helpLines(s.o.Profile.NumbersOn(v.locale, t.Audience, t.Matter)),
		Action: v.path("door"), Door: string(t.Audience), Matter: string(t.Matter), Home: v.path(""), Words: v.words, Beside: s.beside(v, t.Audience), Wrong: s.wrongAt(v),
	}
	e.Along = along(v.words, view)
	return e
}

// wrongAt is where somebody writes that something was not right, if this line
// has such a place.
func (s *Site) wrongAt(v *visit) string {
	if s.o.Inbox == nil {
		return ""
	}
	return v.path("wrong")
}

// along is what can be taken along: the steps as they were agreed last, and
// every place once.
func along(w i18n.Words, view link.View) []templates.Row {
	var steps []templates.Row
	var cards []templates.Row
	seen := map[string]bool{}
	for _, e := range slices.Backward(slices.SortedFunc(slices.Values(view.Said), func(a, b link.Said) int { return cmp.Compare(a.At, b.At) })) {
		if e.Side != wire.Counsellor {
			continue
		}
		switch shown := link.Show(e.Body); {
		case len(shown.Steps) > 0 && steps == nil:
			steps = append(steps, row(w, view, e))
		case shown.Card != nil && !seen[shown.Card.ID]:
			seen[shown.Card.ID] = true
			cards = append(cards, row(w, view, e))
		}
	}
	slices.Reverse(cards)
	return append(steps, cards...)
}
