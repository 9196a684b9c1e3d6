package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/templates"
)

// furthest is how far ahead wishes and days off can be said, in days.
const furthest = 400

// period is the days of a form as they were typed, and as they are.
type period struct {
	typedFirst, typedLast string
	first, last           rota.Date
	problem               string // key after shifts.fault.; empty
}

// period reads a first and a last day; without a last one it is the first.
func (o *ownVisit) period() period {
	p := period{typedFirst: typedDate(o.r.PostForm.Get("first")), typedLast: typedDate(o.r.PostForm.Get("last"))}
	today := rota.DateOf(o.now.In(o.zone))
	var okFirst, okLast bool
	p.first, okFirst = readDate(p.typedFirst)
	if p.last, okLast = readDate(p.typedLast); p.typedLast == "" {
		p.last, okLast = p.first, okFirst
	}
	switch least, most := today.String(), today.Plus(furthest).String(); {
	case !okFirst || !okLast:
		p.problem = "date"
	case p.last.String() < p.first.String():
		p.problem = "dates"
	case p.last.String() < least:
		p.problem = "past"
	case p.first.String() < today.Plus(-31).String(), p.last.String() > most:
		p.problem = "far"
	}
	return p
}

// typedDate is what was typed for a day, if it could be one.
func typedDate(text string) string { return typedDigits(text, len(time.DateOnly)) }

// typedDigits keeps what was typed where a browser has no way of its own to
// choose a day or a time: digits and what stands between them.
func typedDigits(text string, most int) string {
	text = strings.TrimSpace(text)
	if len(text) > most || strings.Trim(text, "0123456789-./: ") != "" {
		return ""
	}
	return text
}

// readDate reads a day as browsers send it.
func readDate(text string) (rota.Date, bool) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return rota.Date{}, false
	}
	return rota.DateOf(t), true
}

// dayWords is a stretch of days in a sentence.
func (o *ownVisit) dayWords(first, last rota.Date) string {
	if first == last {
		return o.say().date(first)
	}
	return o.words.T("shifts.days", "first", o.say().date(first), "last", o.say().date(last))
}

// ownWords is what the person has said of when they can work, but for what is
// over.
func (o *ownVisit) ownWords() []rota.Availability {
	return slices.DeleteFunc(slices.Clone(o.book.Availability), func(a rota.Availability) bool {
		return a.Person != o.p.ID || !a.End.After(o.now)
	})
}

// wishes shows what the person has said of when they can work.
func (o *ownVisit) wishes() { o.showWishes(http.StatusOK, templates.Wishes{}, nil) }

func (o *ownVisit) showWishes(status int, v templates.Wishes, days []string) {
	o.said("wished", "unwished")
	v.OwnPage = o.page
	today := rota.DateOf(o.now.In(o.zone))
	v.Least, v.Most = today.String(), today.Plus(furthest).String()
	chosen := o.r.PostForm.Get("word")
	for _, w := range rota.Wishes() {
		key := wishKey(w)
		v.Options = append(v.Options, templates.Option{Value: key, Name: o.words.T("shifts.wish." + key), Chosen: key == chosen})
	}
	for d := 1; d <= 7; d++ {
		key := strconv.Itoa(d)
		v.Days = append(v.Days, templates.Choice{Value: key, Label: o.words.T("day." + strconv.Itoa(d%7)), Checked: slices.Contains(days, key)})
	}
	for _, r := range rota.Runs(o.ownWords(), o.zone) {
		v.Runs = append(v.Runs, templates.Named{Text: o.runWords(r), Key: r.Key})
	}
	o.c.show(o.w, o.r, status, templates.WishesPage(v))
}

// wishKey is a wish in forms and catalogues.
func wishKey(w rota.Wish) string { return strings.ReplaceAll(string(w), " ", "-") }

// runWords is a run of wishes in a sentence.
func (o *ownVisit) runWords(r rota.Run) string {
	return o.words.T("shifts.wish."+wishKey(r.Wish)) + ": " + o.runDays(r)
}

// runDays is when a run of wishes is.
func (o *ownVisit) runDays(r rota.Run) string {
	p, text := r.Pattern, ""
	if p.First == p.Last || r.Count == 1 {
		text += o.dayWords(p.First, p.Last)
	} else {
		var days []string
		for d := 1; d <= 7; d++ {
			if p.Days.Has(time.Weekday(d % 7)) {
				days = append(days, o.words.T("day."+strconv.Itoa(d%7)))
			}
		}
		text += o.words.T("shifts.wish.each", "days", strings.Join(days, ", "), "first", o.say().date(p.First), "last", o.say().date(p.Last))
	}
	if p.From != 0 || p.To != 0 && p.To != 1440 {
		text += ", " + o.say().walls(p.From, p.To%1440)
	}
	return text
}

// wish adds one word on some hours or days, over what was said of them before.
func (o *ownVisit) wish() {
	v, days, all, problem := o.readWish()
	if problem != "" {
		o.page.Problem = o.words.T("shifts.fault." + problem)
		o.showWishes(http.StatusUnprocessableEntity, v, days)
		return
	}
	o.saveWishes(all, "wished")
}

// readWish reads the form of a wish as it was typed, and what the person wishes
// with it; problem is a key after shifts.fault.; empty.
func (o *ownVisit) readWish() (v templates.Wishes, days []string, all []rota.Availability, problem string) {
	p := o.period()
	v = templates.Wishes{First: p.typedFirst, Last: p.typedLast, From: typedClock(o.r.PostForm.Get("from")), To: typedClock(o.r.PostForm.Get("to"))}
	days = o.r.PostForm["day"]
	problem = p.problem
	pattern := rota.Pattern{First: p.first, Last: p.last}
	i := slices.IndexFunc(rota.Wishes(), func(w rota.Wish) bool { return wishKey(w) == o.r.PostForm.Get("word") })
	if i < 0 {
		problem = "word"
	}
	for _, d := range days {
		n, ok := whole(d, 1, 7)
		if !ok {
			problem = "date"
			continue
		}
		pattern.Days |= rota.On(time.Weekday(n % 7))
	}
	if v.From != "" || v.To != "" {
		var okFrom, okTo bool
		pattern.From, okFrom = clock(v.From)
		pattern.To, okTo = clock(v.To)
		if !okFrom || !okTo || pattern.From == pattern.To {
			problem = "clock"
		}
		if okTo && pattern.To == 0 {
			pattern.To = 1440
		}
	}
	if problem == "" && len(pattern.Faults()) > 0 {
		problem = "date"
	}
	if problem != "" {
		return v, days, nil, problem
	}
	var now []rota.Availability
	for _, in := range pattern.Stretches(o.zone) {
		now = append(now, rota.Availability{Person: o.p.ID, Interval: in, Wish: rota.Wishes()[i]})
	}
	all, err := rota.Wishing(o.ownWords(), now)
	switch {
	case err != nil:
		problem = "many"
	case len(now) == 0:
		problem = "none"
	}
	return v, days, all, problem
}

func typedClock(text string) string { return typedDigits(text, len("15:04")) }

func (o *ownVisit) saveWishes(all []rota.Availability, done string) {
	_, err := o.c.OwnRotas.Edit(o.r.Context(), o.who, counsel.RotaEdit{WishesOf: o.p.ID, Wishes: all})
	if err != nil {
		o.fail(err)
		return
	}
	o.to("/shifts/wishes", done, "")
}

// unwish takes a run of wishes back. One that is not there is gone already.
func (o *ownVisit) unwish() {
	all, found := rota.Unsaid(o.ownWords(), o.r.PostForm.Get("key"), o.zone)
	if !found {
		o.to("/shifts/wishes", "unwished", "")
		return
	}
	o.saveWishes(all, "unwished")
}

// daysOff shows on which days the person is away.
func (o *ownVisit) daysOff() { o.showDaysOff(http.StatusOK, templates.DaysOff{}) }

func (o *ownVisit) showDaysOff(status int, v templates.DaysOff) {
	done := o.said("away", "unaway")
	v.OwnPage = o.page
	if v.Form == "" {
		v.Form = helpline.NewID().String()
	}
	today := rota.DateOf(o.now.In(o.zone))
	v.Least, v.Most = today.String(), today.Plus(furthest).String()
	key := o.r.URL.Query().Get("key")
	leaves := slices.Clone(o.book.Leaves)
	slices.SortFunc(leaves, func(a, b rota.Leave) int { return a.Start.Compare(b.Start) })
	for _, l := range leaves {
		if l.Person != o.p.ID || !l.End.After(o.now) {
			continue
		}
		first, last := rota.DateOf(l.Start.In(o.zone)), rota.DateOf(l.End.Add(-time.Second).In(o.zone))
		v.Leaves = append(v.Leaves, templates.Named{Text: o.dayWords(first, last), Key: l.ID.String()})
		if done == "away" && key == l.ID.String() {
			v.Undo = &templates.Undo{Action: "/shifts/off/end", Name: "key", Value: key, Text: o.words.T("shifts.undo")}
		}
	}
	o.c.show(o.w, o.r, status, templates.DaysOffPage(v))
}

// leave says that the person is away on some days. One form makes one.
func (o *ownVisit) leave() {
	p := o.period()
	v := templates.DaysOff{First: p.typedFirst, Last: p.typedLast}
	id, err := helpline.ParseID(o.r.PostForm.Get("form"))
	if err != nil {
		id = helpline.NewID()
	}
	v.Form = id.String()
	if p.problem != "" {
		o.page.Problem = o.words.T("shifts.fault." + p.problem)
		o.showDaysOff(http.StatusUnprocessableEntity, v)
		return
	}
	days := rota.Days(p.first, p.last, o.zone)
	for _, l := range o.book.Leaves {
		if l.Person == o.p.ID && (l.ID == id || l.Start.Equal(days.Start) && l.End.Equal(days.End)) { // the second of two taps
			o.to("/shifts/off", "away", l.ID.String())
			return
		}
	}
	_, err = o.c.OwnRotas.Edit(o.r.Context(), o.who, counsel.RotaEdit{Leave: &rota.Leave{ID: id, Person: o.p.ID, Interval: days}})
	switch helpline.KindOf(err) {
	case "":
		o.to("/shifts/off", "away", id.String())
	case helpline.Conflict:
		meets := counsel.LeaveMeets(err)
		for _, m := range o.book.Own(o.p.ID, o.now) {
			if slices.Contains(meets, m.Assignment.ID) {
				v.Meets = append(v.Meets, o.ownShift(m))
			}
		}
		if len(v.Meets) == 0 {
			o.refusal(err, "changed")
		}
		o.showDaysOff(http.StatusConflict, v)
	default:
		o.fail(err)
	}
}

// unleave takes days off back. What is not there is gone already.
func (o *ownVisit) unleave() {
	id := o.the("key")
	if slices.ContainsFunc(o.book.Leaves, func(l rota.Leave) bool { return l.ID == id && l.Person == o.p.ID }) {
		if _, err := o.c.OwnRotas.Edit(o.r.Context(), o.who, counsel.RotaEdit{DropLeave: id}); err != nil && helpline.KindOf(err) != helpline.NotFound {
			o.fail(err)
			return
		}
	}
	o.to("/shifts/off", "unaway", "")
}
