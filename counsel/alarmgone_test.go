package counsel

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

func TestPromiseWhoLeavesACoverThatBreaksIsMissedLikeSomebodyWhoIsLate(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.want("both are there", w.until("20:00", "Anna", "Bo"), "")
		w.want("Bo's desk has gone", w.until("20:14", "Anna"), "")
		w.want("he does not come back", w.until("20:16", "Anna"), "open")
		if now := w.a.Now(); now[0].State != AttendHere || now[1].State != AttendLeft || now[1].Since.After(at("20:01")) {
			t.Errorf("the board shows %+v", now)
		}
		w.want("he comes back", w.until("20:17", "Anna", "Bo"), "mended")
		w.want("and goes once more", w.until("20:31", "Anna"), "mended")
		w.want("the call of before was a moment ago", w.until("20:33", "Anna"), "mended open")
		w.want("Cleo walks on", w.until("20:40", "Anna", "Cleo"), "mended open")
		w.want("she stays", w.until("20:45", "Anna", "Cleo"), "mended mended")
		w.want("and nobody is called while she does", w.until("21:10", "Anna", "Cleo"), "mended mended")
		w.want("she goes: one who has no shift", w.until("21:24", "Anna"), "mended mended")
		w.want("so Bo is missed again", w.until("21:27", "Anna"), "mended mended open")
		w.want("nobody confirms, and the shift ends", w.until("22:05", "Anna"), "mended mended mended unanswered")
	})
}

func TestWhoLeavesEnoughBehindIsNotMissed(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.until("19:30", "Anna", "Bo", "Cleo")
		w.want("there are enough without Bo", w.until("21:00", "Anna", "Cleo"), "")
		w.want("in the last half hour nobody is let in", w.until("21:16", "Anna", "Cleo"), "")
		w.want("whoever goes home then is not called for", w.until("22:10"), "")
	})
}

func TestOfSeveralWhoLeaveTogetherOneIsCalledFor(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.until("20:00", "Anna", "Bo")
		w.want("the office has no current", w.until("20:30"), "open")
		var told []AttendState
		for _, one := range w.a.Now() {
			told = append(told, one.State)
		}
		late := slices.DeleteFunc(w.a.Alarms(), func(c CoverAlarm) bool { return c.Kind != AlarmNoShow })
		if len(late) != 1 || !late[0].Left || late[0].Covered || !slices.Equal(told, []AttendState{AttendLeft, AttendLeft}) {
			t.Errorf("%+v, and the board shows %v", late, told)
		}
		w.restart()
		w.want("the call outlasts a restart", w.until("20:40"), "open")
		w.want("one of two is not enough", w.until("20:50", "Anna"), "mended open")
		w.want("both are", w.until("20:51", "Anna", "Bo"), "mended mended")
	})
}

// Bo does not come, and Kim has read it. Then Anna, who sat there alone, goes home:
// that nobody can take a contact is known.
func TestWhoLeavesALineThatIsShutAlreadyIsNotMissed(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.until("19:16", "Anna")
		if err := w.p.ConfirmOwn(t.Context(), w.p.who("Kim").Person); err != nil {
			t.Fatal(err)
		}
		w.want("Anna goes home", w.until("21:00"), "confirmed")
	})
}

func TestPromiseWhoComesAndGoesInTurnsCallsNobody(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.until("19:30", "Anna", "Bo")
		for _, c := range []struct{ until, who, what string }{
			{"20:20", "Bo", "Bo is never away for long"}, {"21:10", "Cleo", "Bo is, and Cleo looks in for him"},
		} {
			for time.Now().Before(at(c.until)) { // ten minutes away, and one look in
				for range 30 {
					w.beat("Anna")
				}
				w.beat("Anna", c.who)
			}
			w.want(c.what, w.until(c.until, "Anna"), "")
		}
	})
}

// A trainee takes no contacts: the cover does not miss one.
func TestATraineeWhoGoesHomeIsNotMissed(t *testing.T) {
	onWatch(t, func(w *watch) {
		id := helpline.NewID()
		w.book.Assignments = append(w.book.Assignments, rota.Assignment{ID: id, Shift: w.book.Shifts[0].ID, Person: w.who["Cleo"], Role: rota.Trainee, State: rota.Held, Place: id})
		if err := w.a.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.until("19:30", "Anna", "Bo", "Cleo")
		w.want("Cleo goes", w.until("20:00", "Anna", "Bo"), "")
		w.want("and then Bo", w.until("20:16", "Anna"), "open")
		for _, one := range w.a.Now() {
			if missed := one.State == AttendLeft; missed != (one.Person == w.who["Bo"]) {
				t.Errorf("%s is %s", one.Role, one.State)
			}
		}
	})
}

// A call of an evening that is long confirmed does not keep the next hole silent,
// though the program saw nobody come in between.
func TestWhoCameAndLeftWhileTheProgramWasOffIsMissed(t *testing.T) {
	onWatch(t, func(w *watch) {
		w.until("19:16", "Anna")
		if err := w.p.ConfirmOwn(t.Context(), w.p.who("Kim").Person); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(at("19:41"))) // without a beat
		w.ins = append(w.ins, CheckIn{ID: helpline.NewID(), Person: w.who["Bo"], In: at("19:17"), Out: at("19:40")})
		w.restart()
		w.want("Bo came, and left", w.until("20:00", "Anna"), "confirmed open")
	})
}
