package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// sentences puts entries of the audit log into words.
type sentences struct {
	words     i18n.Words
	people    []staff.Person
	names     map[helpline.ID]string
	providers map[helpline.ID]string
}

func (c *Console) sentences(ctx context.Context, words i18n.Words, p staff.Person) (*sentences, error) {
	people, err := c.Office.People(ctx)
	if err != nil {
		return nil, err
	}
	s := &sentences{words: words, people: people, names: map[helpline.ID]string{}, providers: map[helpline.ID]string{}}
	for _, one := range people {
		s.names[one.ID] = one.Name
	}
	if counsel.May(actor(p), counsel.KeepDirectory) == nil {
		all, err := c.Directory.List(ctx, actor(p))
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			s.providers[one.ID] = one.Name
		}
	}
	return s, nil
}

// name is what a person is called; somebody whose row has gone keeps a piece of
// their number.
func (s *sentences) name(id helpline.ID) string {
	switch name := s.names[id]; {
	case id.IsZero():
		return s.words.T("audit.who.line")
	case id == audit.Operator:
		return s.words.T("audit.who.operator")
	case name != "":
		return name
	}
	return s.words.T("audit.who.gone", "id", id.String()[:6])
}

func (s *sentences) provider(id helpline.ID) string {
	if name := s.providers[id]; name != "" {
		return name
	}
	return s.words.T("audit.provider", "id", id.String()[:6])
}

// persons are the choices of the filter by person.
func (s *sentences) persons(chosen string) []templates.Option {
	out := []templates.Option{
		{Name: s.words.T("audit.filter.all"), Chosen: chosen == ""},
		{Value: byLine, Name: s.words.T("audit.who.line"), Chosen: chosen == byLine},
		{Value: byOperator, Name: s.words.T("audit.who.operator"), Chosen: chosen == byOperator},
	}
	known := chosen == "" || chosen == byLine || chosen == byOperator
	for _, p := range s.people {
		id := p.ID.String()
		known = known || id == chosen
		out = append(out, templates.Option{Value: id, Name: p.Name, Chosen: id == chosen})
	}
	if id, err := helpline.ParseID(chosen); err == nil && !known {
		out = append(out, templates.Option{Value: chosen, Name: s.name(id), Chosen: true})
	}
	return out
}

// entry is a row in words. What the sentence has no place for follows it.
func (s *sentences) entry(r audit.Row) templates.AuditEntry {
	d := r.Deed()
	pairs := []any{"who", s.name(r.Actor), "code", string(r.Code)}
	switch r.Object.Kind {
	case audit.PersonKind:
		pairs = append(pairs, "whom", s.name(r.Object.ID))
	case audit.ProviderKind:
		pairs = append(pairs, "provider", s.provider(r.Object.ID))
	}
	key := "audit.say." + string(r.Code)
	if !s.words.Has(key) { // of a newer program
		key = "audit.other"
	}
	plain := s.words.T(key)
	day := retention.Midnight(r.Day)
	out := templates.AuditEntry{Number: strconv.Itoa(r.Number), Day: day.Format(time.DateOnly), Date: s.day(day)}
	for _, one := range d.Details {
		value := s.value(one)
		pairs = append(pairs, one.Name, value)
		if !strings.Contains(plain, "{"+one.Name+"}") && one.Name != "next" && one.Name != "hash" && one.Name != "install" {
			out.Details = append(out.Details, s.words.T("audit.detail."+one.Name)+": "+value)
		}
	}
	out.Text = s.words.T(key, pairs...)
	return out
}

// day is a day as staff read it everywhere, with its year.
func (s *sentences) day(t time.Time) string {
	return sayer{Words: s.words}.full(rota.DateOf(t))
}

// value puts a detail into words where there are some for it.
func (s *sentences) value(d audit.Detail) string {
	if key := "audit.word." + d.Name + "." + d.Value; s.words.Has(key) {
		return s.words.T(key)
	}
	if id, err := helpline.ParseID(d.Value); err == nil {
		return s.name(id)
	}
	var out []string
	for one := range strings.SplitSeq(d.Value, ",") {
		key := "audit.word." + d.Name + "." + one
		if d.Name == "roles" && slices.Contains(helpline.Roles(), helpline.Role(one)) {
			key = "staff.role." + one
		}
		if s.words.Has(key) {
			one = s.words.T(key)
		}
		out = append(out, one)
	}
	return strings.Join(out, ", ")
}
