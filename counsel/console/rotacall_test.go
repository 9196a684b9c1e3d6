package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

func TestWhoIsOnCallIsKeptByHand(t *testing.T) {
	p := plans(t)
	p.begun()
	page := p.get("/rota/oncall")
	p.wants(page, "nobody", "Nobody is on call from now on.", "Lia Leader")
	if strings.Contains(mainPart.FindString(page), "Ada Berg") {
		t.Error("a counsellor can be put on call")
	}
	lia := p.named("Lia Leader").String()
	now := time.Now().In(p.zone())
	day := func(n int) string { return rota.DateOf(now).Plus(n).String() }
	_, page = p.post("/rota/oncall", "person", lia, "first", day(-1), "from", "18.00", "last", day(1), "to", "0800")
	p.wants(page, "running", "Lia Leader is on call", "End now", `class="tag here"`)
	w, page := p.post("/rota/oncall", "person", lia, "first", day(1), "from", "07:00", "last", day(1), "to", "09:00")
	p.wants(page, "twice", "This person is on call already", `value="07:00"`)
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("twice: %d", w.Code)
	}
	_, page = p.post("/rota/oncall", "person", lia, "first", day(5), "from", "18:00", "last", day(6), "to", "24:00")
	id := regexp.MustCompile(`/rota/oncall\?id=([\w-]+)#form`).FindAllStringSubmatch(page, -1)
	if len(id) != 2 {
		t.Fatalf("%d stretches: %s", len(id), onlyMain(page))
	}
	later := id[1][1]
	p.wants(p.get("/rota/oncall?id="+later), "the form of one", "Change this stretch", `value="`+day(5)+`"`, `value="18:00"`, `value="00:00"`)
	sam := helpline.Actor{Person: p.named("Sam Jansen"), Roles: []helpline.Role{helpline.Supervisor}}
	away := rota.Leave{ID: helpline.NewID(), Person: p.named("Lia Leader"), Interval: rota.Days(rota.DateOf(now).Plus(6), rota.DateOf(now).Plus(7), p.zone())}
	if _, err := p.rotas.Edit(t.Context(), sam, counsel.RotaEdit{Leave: &away}); err != nil {
		t.Fatal(err)
	}
	leo, login := p.person(t, "Leo Lamp", helpline.Leader)
	_, page = p.post("/rota/oncall", "id", later, "person", lia, "first", day(5), "from", "20:00", "last", day(7), "to", "06:00")
	p.wants(page, "changed", "on leave", "20:00")
	_, page = p.post("/rota/oncall", "person", leo.ID.String(), "first", day(5), "from", "20:00", "last", day(5), "to", "23:00")
	p.wants(page, "two at once", "also then: Leo Lamp", "also then: Lia Leader")
	_, page = p.post("/rota/oncall", "id", id[0][1], "do", "end")
	p.wants(page, "ended", "Nobody is called in this stretch any more.", "the end of a stretch on call")
	if strings.Contains(page, "End now") {
		t.Error("it still runs")
	}
	_, page = p.post("/rota/undo", "back", "/rota/oncall")
	p.wants(page, "undone", "End now")
	_, page = p.post("/rota/oncall", "id", later, "do", "drop")
	p.wants(page, "dropped", "Taken away.")
	for name, c := range map[string]struct {
		fields []string
		says   []string
	}{
		"a counsellor":  {[]string{"person", p.named("Ada Berg").String(), "first", day(1), "from", "19:00", "last", day(1), "to", "22:00"}, []string{"Choose a shift leader.", `value="19:00"`}},
		"nobody":        {[]string{"person", "x", "first", "soon", "from", "late", "last", "", "to", "25:00"}, []string{"Choose a shift leader.", "Write a day that is in the calendar.", "Write a time such as 19:00", `value="late"`, `value="soon"`}},
		"backwards":     {[]string{"person", leo.ID.String(), "first", day(9), "from", "19:00", "last", day(9), "to", "18:00"}, []string{"The end comes before the beginning."}},
		"three years":   {[]string{"person", leo.ID.String(), "first", day(9), "from", "19:00", "last", day(1200), "to", "18:00"}, []string{"A stretch takes at most 400 days."}},
		"the year 2199": {[]string{"person", leo.ID.String(), "first", "2199-01-01", "from", "19:00", "last", "2199-01-02", "to", "18:00"}, []string{"Choose days from now to a few years ahead."}},
	} {
		w, page := p.post("/rota/oncall", c.fields...)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
		p.wants(page, name, c.says...)
	}
	if w, _ := p.post("/rota/oncall", "id", helpline.NewID().String(), "do", "drop"); w.Code != http.StatusNotFound {
		t.Errorf("what is not there: %d", w.Code)
	}
	if w := p.do("GET", "/rota/oncall", login, nil); w.Code != http.StatusOK || strings.Contains(mainPart.FindString(w.Body.String()), "<form") || !strings.Contains(w.Body.String(), "Leo Lamp") {
		t.Errorf("a leader reads %d, or has a form", w.Code)
	}
	if w := p.do("POST", "/rota/oncall", login, url.Values{"person": {leo.ID.String()}}); w.Code != http.StatusForbidden {
		t.Errorf("a leader puts themselves on call: %d", w.Code)
	}
	p.wants(p.get("/rota"), "the week says it", `href="/rota/oncall">On call</a>`)
	p.shelf.edit(leo.ID, func(q *staff.Person) { q.Roles = []helpline.Role{helpline.Counsellor} })
	p.wants(p.get("/rota/oncall"), "one who leads no more", "is no shift leader any more")
}

func TestTheBoardSaysWhoIsOnCall(t *testing.T) {
	p := plans(t)
	p.begun()
	board := func() string { return p.get("/board") }
	if strings.Contains(board(), `id="on-call"`) {
		t.Error("a line without anybody on call speaks of it")
	}
	lia, day := p.named("Lia Leader").String(), p.thisDay()
	p.post("/rota/oncall", "person", lia, "first", day.Plus(2).String(), "from", "18:00", "last", day.Plus(3).String(), "to", "08:00")
	p.wants(board(), "nobody now", "Nobody is on call now.")
	p.post("/rota/oncall", "person", lia, "first", day.Plus(-1).String(), "from", "18:00", "last", day.Plus(1).String(), "to", "08:00")
	p.wants(board(), "somebody now", "On call now: ")
	week := "/rota?week=" + day.String()
	p.wants(p.get(week), "the week", "Lia Leader, from ")
	p.shelf.edit(p.named("Lia Leader"), func(q *staff.Person) { q.Roles = []helpline.Role{helpline.Counsellor} })
	p.wants(board(), "one who leads no more is not called", "Nobody is on call now.")
	if strings.Contains(p.get(week), "Lia Leader, from ") {
		t.Error("the week says that somebody who leads no more is on call")
	}
}
