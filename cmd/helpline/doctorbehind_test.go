package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/store"
)

// TestTheDoctorFindsASmallLineThatLeansOnSomebodyWhomNoNoticeReaches: one person
// and a buddy, tomorrow. What is planned follows from whom a notice reaches.
func TestTheDoctorFindsASmallLineThatLeansOnSomebodyWhomNoNoticeReaches(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	conf, err := configure(nil, func(string) string { return "" }, file)
	if err != nil {
		t.Fatal(err)
	}
	buddy := leanTomorrow(t, dir)
	says := func(want verdict, text string) {
		t.Helper()
		before := listing(t, dir)
		_, e := examinedBy(t, "--config", file)
		if got := e.of("behind"); got.State != want || !strings.Contains(got.Says, text) || (want != "") != (got.Do != "") {
			t.Errorf("the doctor says %+v", got)
		}
		if e.of("hours").State != map[bool]verdict{true: wrong, false: fine}[strings.Contains(text, "stays shut")] {
			t.Errorf("and of the hours %+v", e.of("hours"))
		}
		if listing(t, dir) != before {
			t.Error("the doctor changed the folder")
		}
	}
	says(look, "opens with one person 1 time within 14 days")
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, fmt.Appendf(was, "\nnotice_command = [%q]\n", os.Args[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	says(look, "stays shut 1 time within 14 days")
	if conf, err = configure(nil, func(string) string { return "" }, file); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), dir, store.Options{Zone: conf.Zone})
	if err != nil {
		t.Fatal(err)
	}
	set, err := noticesOf(conf, db)
	if err != nil {
		t.Fatal(err)
	}
	reach := func(revision int, kinds string) {
		t.Helper()
		page := fmt.Appendf(nil, `{"way":%q,"to":"pager","kinds":[%s],"tested":20000}`, counsel.ByCommand, kinds)
		if err := set.Reaches.PutReach(t.Context(), counsel.ReachRow{Person: buddy, Revision: revision, Sealed: set.Seal.Seal(buddy, revision, page)}); err != nil {
			t.Fatal(err)
		}
	}
	reach(1, fmt.Sprintf("%q", counsel.NoticeChanges))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	says(look, "stays shut 1 time within 14 days") // a notice was tested, and they do not wish to be called
	if db, err = store.Open(t.Context(), dir, store.Options{Zone: conf.Zone}); err != nil {
		t.Fatal(err)
	}
	set.Reaches = db
	reach(2, fmt.Sprintf("%q", counsel.NoticeOnCall))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	says("", "")
}

// leanTomorrow publishes a shift of a small line with one person and a buddy, in a
// folder whose line does not run, and says who the buddy is.
func leanTomorrow(t *testing.T, dir string) helpline.ID {
	t.Helper()
	db, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now().UTC().Truncate(time.Hour).Add(25 * time.Hour)
	day := rota.DateOf(start)
	r := rota.Rota{ID: helpline.NewID(), Name: "Chat", Way: rota.Managed, Setup: rota.Small}
	v := rota.Version{ID: helpline.NewID(), Rota: r.ID, First: day.Plus(-1), Last: day.Plus(20), State: rota.Published, By: helpline.NewID(), At: start.AddDate(0, 0, -7)}
	s := rota.Shift{ID: helpline.NewID(), Version: v.ID, Rota: r.ID, Name: "Evening", Date: day, Start: start, End: start.Add(2 * time.Hour)}
	rows := counsel.RotaState{Rotas: []rota.Rota{r}, Versions: []rota.Version{v}, Shifts: []rota.Shift{s}}
	var last helpline.ID
	for _, role := range []rota.Role{rota.Counsellor, rota.Buddy} {
		one := staff.Person{ID: helpline.NewID(), Name: "Person " + string(role), Roles: []helpline.Role{helpline.Counsellor}, Locales: []helpline.Locale{"nl"}, State: staff.Invited, Language: "nl"}
		if err := db.Add(t.Context(), one, staff.Invitation{Hash: [32]byte(append(one.ID[:], one.ID[:]...)), Person: one.ID, Expires: start}); err != nil {
			t.Fatal(err)
		}
		id := helpline.NewID()
		rows.Assignments = append(rows.Assignments, rota.Assignment{ID: id, Shift: s.ID, Person: one.ID, Role: role, State: rota.Held, Source: rota.ByHand, Place: id})
		last = one.ID
	}
	state, err := db.LoadRotas(t.Context())
	if err == nil {
		err = db.ChangeRotas(t.Context(), counsel.RotaChange{Serial: state.Serial, Put: rows})
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return last
}
