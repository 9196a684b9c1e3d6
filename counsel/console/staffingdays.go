package console

import (
	"slices"

	"helpline/counsel/rota"
	"helpline/templates"
	"helpline/templates/i18n"
)

// coming puts the columns of the planned cover into the order in which its days
// come, each with its date: they begin today, on whatever weekday that is.
func coming(v *templates.Staffing, w i18n.Words, from rota.Date) {
	say, first := sayer{Words: w}, (int(from.Weekday())+6)%7
	for n := range 7 {
		d := from.Plus(n)
		v.CoverHeads = append(v.CoverHeads, templates.StaffingDay{Short: say.weekday(d), Whole: v.Whole[(first+n)%7], Date: say.dayMonth(d)})
	}
	for _, rows := range [][]templates.CoverRow{v.Cover, v.CoverHours} {
		for i := range rows {
			rows[i].Cells = slices.Concat(rows[i].Cells[first:], rows[i].Cells[:first])
		}
	}
}
