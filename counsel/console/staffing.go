package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// Staffing is what the weeks so far let expect, as the console needs it.
type Staffing interface {
	// Aim is what the line begins with.
	Aim() rota.Aim
	// Look gives the picture; Invalid for an aim that cannot be.
	Look(context.Context, helpline.Actor, rota.Aim) (counsel.Picture, error)
	// WhatIf says what to expect of an opening; Invalid, and Unavailable while
	// there are too few weeks.
	WhatIf(ctx context.Context, who helpline.Actor, aim rota.Aim, cells []rota.Cell, people int) (rota.Outlook, error)
}

func (c *Console) staffingRoutes() []entry {
	return []entry{route("GET", "/staffing", helpline.LeaderOrSupervisor, counsel.SeeStaffing, c.staffing)}
}

// staffing shows who came, what that lets expect, and answers "what if". It is
// asked by an address, changes nothing and needs no scripts.
func (c *Console) staffing(w http.ResponseWriter, r *http.Request, p staff.Person) {
	q, status := ask(r.URL.Query(), c.Staffing.Aim()), http.StatusOK
	pic, err := c.Staffing.Look(r.Context(), actor(p), q.aim)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "staffing")
	frame.Styles = append(frame.Styles, "css/staffing.css")
	v := templates.Staffing{Staff: frame, Weeks: pic.Weeks, Needed: counsel.FewestWeeks, Enough: pic.Enough(), Planned: pic.Planned}
	for m := 0; m < 1440; m += 30 {
		v.Times = append(v.Times, templates.Option{Value: hand(m), Name: sayer{Words: words}.wall(m)})
	}
	for d := range 7 {
		v.Whole = append(v.Whole, words.T("staffing.day."+strconv.Itoa(d+1)))
		v.Days = append(v.Days, words.T("staffing.short."+strconv.Itoa(d+1)))
	}
	if v.Enough && q.asked && q.form.Problem == "" {
		o, err := c.Staffing.WhatIf(r.Context(), actor(p), q.aim, q.cells, q.people)
		switch {
		case helpline.KindOf(err) == helpline.Invalid:
			q.form.Problem = "numbers"
		case err != nil:
			c.fail(w, r, err)
			return
		default:
			v.Outlook = outlook(words, v.Whole, q, o)
		}
	}
	if q.form.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	v.Form = q.form
	if v.Enough {
		v.Period = sayer{Words: words}.stretch(pic.First, pic.Last)
		drawHeat(&v, words, pic)
		drawAdvice(&v, words, pic)
		drawTrial(&v, words, pic.Trial)
	}
	drawCover(&v, words, pic)
	c.show(w, r, status, templates.StaffingPage(v))
}

// question is what was asked in the address.
type question struct {
	form   templates.StaffingForm
	aim    rota.Aim
	cells  []rota.Cell
	people int
	asked  bool
}

// most that is read of one field: nobody types more, and the page shows it again.
const mostTyped = 12

// ask reads the question. What cannot be read stays in the form, and the aim is
// that of the line then.
func ask(given url.Values, aim rota.Aim) question {
	q := question{aim: aim, asked: given.Has("day")}
	read := func(name, usual string) string {
		if !q.asked {
			return usual
		}
		text := strings.TrimSpace(given.Get(name))
		return text[:min(len(text), mostTyped)]
	}
	minutes := func(d time.Duration) string { return strconv.Itoa(int(d.Minutes())) }
	q.form = templates.StaffingForm{
		Day: read("day", "4"), From: read("from", "19:00"), To: read("to", "22:00"), People: read("people", "2"),
		Minutes: read("minutes", minutes(aim.Handle)), Patience: read("patience", minutes(aim.Patience)),
		Each: read("each", strconv.Itoa(aim.Each)), Least: read("least", strconv.Itoa(aim.Least)),
	}
	for _, s := range []*string{&q.form.Day, &q.form.From, &q.form.To, &q.form.People, &q.form.Minutes, &q.form.Patience, &q.form.Each, &q.form.Least} {
		*s = strings.ToValidUTF8(*s, "")
	}
	day, okDay := whole(q.form.Day, 1, 7)
	from, okFrom := clock(q.form.From)
	to, okTo := clock(q.form.To)
	if !okDay || !okFrom || !okTo || from == to {
		q.form.Problem = "hours"
		return q
	}
	var faults bool
	number := func(text string, least, most int) int {
		n, ok := whole(text, least, most)
		faults = faults || !ok
		return n
	}
	wanted := aim
	q.people = number(q.form.People, 0, 50)
	wanted.Each = number(q.form.Each, 1, 10)
	wanted.Least = number(q.form.Least, 0, 50)
	wanted.Handle = time.Duration(number(q.form.Minutes, 1, 600)) * time.Minute
	wanted.Patience = time.Duration(number(q.form.Patience, 0, 600)) * time.Minute
	cells, err := rota.CellsOf(time.Weekday(day%7), from, to)
	if faults || err != nil || wanted.Check() != nil {
		q.form.Problem = "numbers"
		return q
	}
	q.aim, q.cells = wanted, cells
	return q
}

// whole reads a whole number between two others.
func whole(text string, least, most int) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= least && n <= most
}

// clock reads 19:00 as minutes after midnight.
func clock(text string) (int, bool) {
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == 5
}

// outlook says the answer in sentences.
func outlook(w i18n.Words, days []string, q question, o rota.Outlook) []string {
	day, _ := whole(q.form.Day, 1, 7)
	from, _ := clock(q.form.From)
	to, _ := clock(q.form.To)
	said := sayer{Words: w}.walls(from, to)
	out := []string{
		w.N("staffing.outlook.came", q.people, "day", days[day-1], "hours", said, "came", decimal(w, o.Came), "upper", strconv.Itoa(o.Upper)),
		w.T("staffing.outlook.answered", "answered", decimal(w, o.Answered), "missed", decimal(w, o.Missed)),
	}
	switch {
	case o.Known == 0:
		out = append(out, w.T("staffing.outlook.guess"))
	case o.Known < o.Halves:
		out = append(out, w.N("staffing.outlook.partly", o.Halves-o.Known, "all", strconv.Itoa(o.Halves)))
	}
	return out
}

// decimal writes a number with one place, as the language writes it.
func decimal(w i18n.Words, n float64) string {
	text := strconv.FormatFloat(n, 'f', 1, 64)
	if w.Lang() == "nl" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// times gives the first and the last row, of so many a day, in which something is.
func times(n int, is func(day, row int) bool) (first, last int) {
	first, last = n, -1
	for row := range n {
		for day := range 7 {
			if is(day, row) {
				first, last = min(first, row), max(last, row)
			}
		}
	}
	return first, last
}

func drawHeat(v *templates.Staffing, w i18n.Words, p counsel.Picture) {
	v.Heat = heatRows(w, v.Whole, p.Heat[:], 30)
	v.Hours = heatRows(w, v.Whole, p.Hours[:], 60)
	for d, h := range p.Days {
		cell := heatCell(w, h, 0)
		cell.Class, cell.Says = "", heatSays(w, v.Whole[d], h)
		v.Totals = append(v.Totals, cell)
	}
}

// heatRows draws the times of day at which the line was open, or closed and asked for.
func heatRows(w i18n.Words, days []string, all []counsel.Heat, minutes int) []templates.HeatRow {
	say := sayer{Words: w}
	n := len(all) / 7
	most := 0
	for _, h := range all {
		most = max(most, h.Came.N)
	}
	first, last := times(n, func(day, row int) bool { return all[day*n+row].Open > 0 })
	var out []templates.HeatRow
	for row := range n {
		knocked := slices.ContainsFunc(days7(), func(day int) bool { return !all[day*n+row].Shut.Few })
		if (row < first || row > last) && !knocked {
			continue // outside of what is open only times at which somebody came
		}
		r := templates.HeatRow{Time: say.wall(row * minutes)}
		for day := range 7 {
			h := all[day*n+row]
			cell := heatCell(w, h, most)
			cell.Says = heatSays(w, days[day]+" "+say.walls(row*minutes, (row+1)*minutes), h)
			r.Cells = append(r.Cells, cell)
		}
		out = append(out, r)
	}
	return out
}

func days7() []int { return []int{0, 1, 2, 3, 4, 5, 6} }

// hand writes minutes after midnight as a field of a form has them.
func hand(minutes int) string {
	return time.Date(2000, 1, 1, 0, minutes, 0, 0, time.UTC).Format("15:04")
}

// heatCell gives the look of a half hour, most being the largest of the map.
func heatCell(w i18n.Words, h counsel.Heat, most int) templates.HeatCell {
	var c templates.HeatCell
	if !h.Shut.Few {
		c.Shut = strconv.Itoa(h.Shut.N)
	}
	switch {
	case h.Open == 0:
		c.Class = "closed"
	case h.Came.Few:
		c.Class, c.Came = "few", "<"+strconv.Itoa(counsel.FewestShown)
	default:
		c.Class, c.Came = "b", strconv.Itoa(h.Came.N)
		if h.Share >= 0.25 {
			c.Class = "o"
		}
		c.Class += strconv.Itoa(min(4, 1+4*h.Came.N/max(1, most+1)))
		if !h.Missed.Few {
			c.Missed = strconv.Itoa(h.Missed.N)
		}
	}
	return c
}

// heatSays is a cell in a sentence.
func heatSays(w i18n.Words, when string, h counsel.Heat) string {
	count := func(n counsel.Number) string {
		if n.Few {
			return w.T("staffing.fewer", "n", counsel.FewestShown)
		}
		return strconv.Itoa(n.N)
	}
	var parts []string
	if h.Open > 0 {
		parts = append(parts, w.T("staffing.says.open", "came", count(h.Came), "missed", count(h.Missed)))
	}
	if h.Open == 0 && h.Shut.Few {
		parts = append(parts, w.T("staffing.closed"))
	}
	if !h.Shut.Few {
		parts = append(parts, w.T("staffing.says.shut", "n", count(h.Shut)))
	}
	return when + ": " + strings.Join(parts, "; ")
}

func drawAdvice(v *templates.Staffing, w i18n.Words, p counsel.Picture) {
	say := sayer{Words: w}
	by := map[rota.Cell]rota.Advice{}
	for _, a := range p.Advice {
		by[a.Cell] = a
	}
	first, last := times(rota.Halves, func(day, row int) bool { return slices.Contains(p.Cells, rota.Cell(day*rota.Halves+row)) })
	for row := first; row <= last; row++ {
		r := templates.AdviceRow{Time: say.wall(row * 30)}
		for day := range 7 {
			a, open := by[rota.Cell(day*rota.Halves+row)]
			if !open {
				r.Cells = append(r.Cells, templates.AdviceCell{})
				continue
			}
			one := templates.AdviceCell{
				People: strconv.Itoa(a.People), Mean: decimal(w, a.Mean), Upper: decimal(w, a.Upper),
				More: a.People > p.Aim.Least, Guess: !a.Known,
			}
			if !a.Enough {
				one.People = ">" + one.People
			}
			one.Says = w.T("staffing.advice.says", "when", v.Whole[day]+" "+say.walls(row*30, row*30+30), "people", one.People, "mean", one.Mean, "upper", one.Upper)
			if one.Guess {
				one.Says += " " + w.T("staffing.advice.guess")
			}
			r.Cells = append(r.Cells, one)
		}
		v.Advice = append(v.Advice, r)
	}
}

// drawTrial says how the ways did, also when ours lost.
func drawTrial(v *templates.Staffing, w i18n.Words, t rota.Trial) {
	if t.Days == 0 {
		return
	}
	best := t.Best()
	for _, way := range rota.Foresights() {
		v.Trial = append(v.Trial, templates.TrialRow{
			Name: strings.ReplaceAll(string(way), " ", "-"), ByDay: decimal(w, t.ByDay[way]), ByHalf: decimal(w, t.ByHalf[way]), Best: way == best,
		})
	}
	v.Tried = w.N("staffing.trial.what", t.Weeks, "days", strconv.Itoa(t.Days))
	v.Verdict = w.T("staffing.verdict." + strings.ReplaceAll(string(best), " ", "-"))
	v.Held = w.T("staffing.trial.held", "held", strconv.Itoa(t.Held), "days", strconv.Itoa(t.Days))
}
