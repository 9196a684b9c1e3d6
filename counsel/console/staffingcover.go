package console

import (
	"strconv"

	"helpline/counsel"
	"helpline/templates"
	"helpline/templates/i18n"
)

// drawCover draws what is planned for the coming week, at the times of the heat
// map beside it and wherever else a shift runs.
func drawCover(v *templates.Staffing, w i18n.Words, p counsel.Picture) {
	if !p.Covered {
		return
	}
	v.CoverDays = sayer{Words: w}.stretch(p.From, p.From.Plus(6))
	v.Cover = coverRows(w, v.Whole, p.Cover[:], 30, v.Heat)
	v.CoverHours = coverRows(w, v.Whole, p.CoverHours[:], 60, v.Hours)
	coming(v, w, p.From)
}

func coverRows(w i18n.Words, days []string, all []counsel.Headcount, minutes int, beside []templates.HeatRow) []templates.CoverRow {
	say := sayer{Words: w}
	n := len(all) / 7
	shown := map[string]bool{}
	for _, r := range beside {
		shown[r.Time] = true
	}
	first, last := times(n, func(day, row int) bool { return all[day*n+row].Runs > 0 })
	var out []templates.CoverRow
	for row := range n {
		if (row < first || row > last) && !shown[say.wall(row*minutes)] {
			continue
		}
		r := templates.CoverRow{Time: say.wall(row * minutes)}
		for day := range 7 {
			r.Cells = append(r.Cells, coverCell(w, days[day]+" "+say.walls(row*minutes, (row+1)*minutes), all[day*n+row]))
		}
		out = append(out, r)
	}
	return out
}

func coverCell(w i18n.Words, when string, c counsel.Headcount) templates.CoverCell {
	if c.Runs == 0 {
		return templates.CoverCell{Says: when + ": " + w.T("staffing.cover.none")}
	}
	people := strconv.Itoa(c.Least)
	if c.Most > c.Least {
		people += "–" + strconv.Itoa(c.Most)
	}
	key := "staffing.cover.says"
	if !c.Open {
		key = "staffing.cover.says.short"
	}
	return templates.CoverCell{People: people, Open: c.Open, Says: when + ": " + w.T(key, "people", people)}
}
