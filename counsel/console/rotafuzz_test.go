package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/rota"
)

// planned is all that lasts of the rotas behind a console, written out, and
// what of it could not be there.
func (p *planner) planned() (text string, faults []string) {
	p.t.Helper()
	var out strings.Builder
	for _, line := range p.rotas.List() {
		fmt.Fprintf(&out, "%+v\n", line)
		books := []*rota.Book{}
		standing, err := p.rotas.Standing(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		books = append(books, standing)
		for _, v := range p.rotas.Versions(line.ID) {
			b, err := p.rotas.Book(p.t.Context(), v.ID)
			if err != nil {
				p.t.Fatal(err)
			}
			books = append(books, b)
		}
		for _, b := range books {
			fmt.Fprintf(&out, "%+v\n", *b)
			for _, one := range b.Templates {
				if bad := one.Faults(); len(bad) > 0 {
					faults = append(faults, fmt.Sprintf("%+v: %v", one, bad))
				}
			}
			for _, one := range b.Requirements {
				if bad := one.Faults(); len(bad) > 0 {
					faults = append(faults, fmt.Sprintf("%+v: %v", one, bad))
				}
			}
			for _, one := range b.Closures {
				if one.Last.String() < one.First.String() {
					faults = append(faults, fmt.Sprintf("%+v", one))
				}
			}
			for _, one := range b.Shifts {
				if !one.Start.Before(one.End) {
					faults = append(faults, fmt.Sprintf("%+v", one))
				}
			}
		}
	}
	return out.String(), faults
}

// FuzzRotaForms: whatever is posted to the pages of the rota, by whom and with
// which of its objects in the address, there is an answer that is no fault of
// ours. A refusal and a look change nothing, and what was taken can be used.
func FuzzRotaForms(f *testing.F) {
	bodies := []string{
		"", "name=Night&way=managed&setup=team", "name=&way=magic&setup=%00", "way=elsewhere&setup=pair&name=" + strings.Repeat("x", 70),
		"name=Late&days=1&days=7&from=22.00&to=6:00&endday=1&break=30&min=2&target=3&max=4&leader=1", "name=L&days=8&from=24:00&to=24:00&endday=-1",
		"id=TEMPLATE&name=Evening&days=2&from=0:00&to=24:00&endday=0&first=2126-02-29&last=2124-02-29", "id=TEMPLATE&do=drop", "id=SHIFT&do=drop",
		"do=give&person=PERSON&role=leader", "do=give&person=PERSON&role=trainee&place=PERSON", "do=pin&place=PLACE", "do=take&place=PLACE", "do=cancel&back=//evil.example",
		"do=move&day=2126-12-03&from=01:00&to=31:00&endday=2&revision=99999999999999999999", "do=ask&person=PERSON&person=PERSON&urgent=1", "do=offer&place=PLACE&saw=0",
		"rota=ROTA&first=2126-12-16&last=2126-12-29", "rota=ROTA&first=2126-12-16&last=2136-12-29", "rota=ROTA&first=0000-00-00&last=9999-12-31",
		"do=publish", "do=accept&key=x&reason=agreed", "do=drop", "do=stop", "back=%2Frota%2F..%2F..%2Fpeople", "swap=SHIFT&do=approve",
		"template=TEMPLATE&min=1&target=1&max=0&language=xx&skill=%3Cb%3E&role=leader", "template=TEMPLATE&shift=SHIFT&min=99999", "day=2126-12-25&to=2126-12-24&rota=ROTA", "day=2126-12-25&rota=",
		"law=none&min=-1&target=1e9&max=x&way=employee", "law=eu-2003-88&way=volunteer&min=0&target=600&max=900&skill[]=French&expires[]=2126-13-01", "month=2126-13", "week=9999-99-99&by=person&show=all&version=VERSION",
	}
	for i, body := range bodies {
		for route := range 40 {
			if (route*7+i*3)%37 == 0 { // each form at one page or two
				f.Add(uint8(route), uint8(i), body, []string{"", "ID", "..", "%2e", "\x00<"}[max(0, i%7-2)])
			}
		}
	}
	f.Fuzz(func(t *testing.T, route, who uint8, body, part string) {
		if len(body) > 4000 || len(part) > 400 {
			return
		}
		p := plans(t)
		line, draft := p.begun()
		s := p.shift(draft.ID)
		p.post("/rota/shift/"+s.ID.String()+"?version="+draft.ID.String(), "do", "give", "person", p.named("Ada Berg").String(), "role", "counsellor")
		b, err := p.rotas.Book(t.Context(), draft.ID)
		if err != nil || len(b.Assignments) != 1 || len(b.Templates) != 1 {
			t.Fatalf("%d places, %d templates, %v", len(b.Assignments), len(b.Templates), err)
		}
		objects := strings.NewReplacer(
			"ROTA", line.ID.String(), "VERSION", draft.ID.String(), "SHIFT", s.ID.String(), "PERSON", p.named("Bea Cohen").String(),
			"PLACE", b.Assignments[0].ID.String(), "TEMPLATE", b.Templates[0].ID.String(),
		)
		var table []entry
		for _, e := range p.table() {
			if e.Pattern == "/rota" || strings.HasPrefix(e.Pattern, "/rota/") {
				table = append(table, e)
			}
		}
		e := table[int(route)%len(table)]
		path := strings.NewReplacer("{rota}", "ROTA", "{version}", "VERSION", "{shift}", "SHIFT", "{person}", "PERSON").Replace(e.Pattern)
		if part != "" {
			path = strings.NewReplacer("{rota}", part, "{version}", part, "{shift}", part, "{person}", part).Replace(e.Pattern)
		}
		login := p.login
		switch who % 4 {
		case 1:
			_, login = p.person(t, "Leo Lamp", helpline.Leader)
		case 2:
			_, login = p.person(t, "Cor Cup", helpline.Counsellor)
		}
		body = objects.Replace(body)
		query := "version=" + draft.ID.String()
		if e.Method == http.MethodGet || who&4 != 0 {
			query = printable(body)
		}
		r := httptest.NewRequest(e.Method, "/", strings.NewReader(body))
		r.URL = &url.URL{Path: strings.ReplaceAll(objects.Replace(path), "ID", s.ID.String()), RawQuery: query}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(login)
		before, _ := p.planned()
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		after, faults := p.planned()
		if w.Code < 200 || w.Code >= 500 {
			t.Errorf("%s %q is answered %d: %s", e.Method, r.URL.Path, w.Code, p.log)
		}
		if (w.Code >= 400 || e.Method == http.MethodGet || who%4 == 1 || who%4 == 2) && after != before {
			t.Errorf("%s %q is answered %d and has changed\n%s\nto\n%s", e.Method, r.URL.Path, w.Code, before, after)
		}
		if len(faults) > 0 {
			t.Errorf("%s %q was answered %d and has left %q", e.Method, r.URL.Path, w.Code, faults)
		}
		if to := w.Header().Get("Location"); strings.ContainsAny(to, "\r\n\\") || strings.HasPrefix(to, "//") || to != "" && !strings.HasPrefix(to, "/") {
			t.Errorf("%s %q goes on to %q", e.Method, r.URL.Path, to)
		}
		if log := p.log.String(); log != "" {
			t.Errorf("%s %q logs: %s", e.Method, r.URL.Path, log)
		}
	})
}
