package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

func TestHoursAndFairnessAreSupervisorsPagesWithoutScripts(t *testing.T) {
	p := plans(t)
	all, err := p.Office.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ada := all[slices.IndexFunc(all, func(one staff.Person) bool { return one.Name == "Ada Berg" })]
	who := helpline.Actor{Person: all[slices.IndexFunc(all, func(one staff.Person) bool { return one.Name == "Sam Jansen" })].ID, Roles: []helpline.Role{helpline.Supervisor}}
	evenings := rota.Rota{ID: helpline.NewID(), Name: "Evenings", Way: rota.Managed, Setup: rota.Team}
	evening := rota.Template{ID: helpline.NewID(), Rota: evenings.ID, Name: "Evening", Days: 127, From: 19 * 60, To: 22 * 60, Debrief: 15, Unsocial: rota.Evening}
	v := rota.Version{ID: helpline.NewID(), Rota: evenings.ID, First: p.thisDay().Plus(1), Last: p.thisDay().Plus(3)}
	edit := func(e counsel.RotaEdit) {
		t.Helper()
		if _, err := p.rotas.Edit(t.Context(), who, e); err != nil {
			t.Fatal(err)
		}
	}
	edit(counsel.RotaEdit{Several: []counsel.RotaEdit{{Rota: &evenings}, {Template: &evening}, {NewVersion: &v}}})
	b, err := p.rotas.Book(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: b.Shifts[0].ID, Person: ada.ID, Role: rota.Counsellor}})
	if b, err = p.rotas.Book(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	for _, x := range rota.Check(b, p.rotas.Law()) {
		if x.Level == rota.Advisory {
			edit(counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: v.ID, Key: x.Key(), Reason: rota.ReasonKnown}})
		}
	}
	if _, err := p.rotas.Do(t.Context(), who, rota.Step{Do: rota.DoPublish, Version: v.ID}); err != nil {
		t.Fatal(err)
	}
	if err := p.rotas.CheckIn(t.Context(), helpline.Actor{Person: ada.ID, Roles: ada.Roles}, helpline.ID{}, evenings.ID); err != nil {
		t.Fatal(err)
	}

	page := p.get("/rota/fairness")
	p.wants(page, "fairness", "Ada Berg", "Bea Cohen", "3 h 15 min (evening 3 h 15 min)", `aria-current="page"`)
	if strings.Contains(page, "<script") && strings.Contains(page, "rotahours") {
		t.Error("the page has a script of its own")
	}
	for query, field := range map[string]string{
		"from=31-12-2026": "from", "to=%3Cscript%3E": "to", "from=2026-12-31&to=2026-01-01": "to", "from=2000-01-01&to=2199-01-01": "to",
	} {
		w := p.do("GET", "/rota/fairness?"+query, p.login, nil)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="fault-`+field+`"`) || strings.Contains(w.Body.String(), "<script>") {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
	wrong := p.do("GET", "/rota/fairness?from=31-12-2026&to=2026-12-24", p.login, nil).Body.String()
	p.wants(wrong, "a day typed in another way", `type="text" id="f-from" name="from" value="31-12-2026"`, `type="date" id="f-to" name="to" value="2026-12-24"`)
	p.wants(p.get("/rota/hours"), "hours", "Ada Berg", "Save as a table")
	p.wants(p.get("/rota/hours?month=2026-1%27"), "hours of a month that is none", "Ada Berg")
	p.wants(p.get("/rota/hours?month=2001-02"), "hours of long ago", "nothing to show", "2001")
	w := p.do("POST", "/rota/hours", p.login, url.Values{"month": {p.thisDay().String()[:7]}})
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || !strings.Contains(w.Body.String(), ",Ada Berg,") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if last := p.trail.deeds[len(p.trail.deeds)-1]; last.Code != audit.Export {
		t.Errorf("recorded: %+v", last)
	}
	for _, role := range []helpline.Role{helpline.Leader, helpline.Counsellor, helpline.Reviewer} {
		_, login := p.person(t, "Other "+string(role), role)
		for _, path := range []string{"/rota/fairness", "/rota/hours"} {
			if w := p.do("GET", path, login, nil); w.Code != http.StatusForbidden {
				t.Errorf("%s reads %s: %d", role, path, w.Code)
			}
		}
	}
}
