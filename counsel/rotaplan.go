package counsel

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"helpline"
	"helpline/counsel/rota"
)

// Limits of what one line plans: far above what any has, and low enough that no
// form can fill a disk.
const (
	mostRotas     = 50
	mostTemplates = 500
	mostClosures  = 1000
	mostWants     = 5000
	mostDrafts    = 50
	mostSkills    = 40
	mostWishes    = 1000
	mostLeaves    = 200
	mostOnCalls   = 5000
	mostShifts    = 20_000
	mostPlaces    = 100_000
)

// wordy says whether a name can be shown: 1 to 60 characters of one line.
func wordy(s string) bool {
	return utf8.ValidString(s) && strings.TrimSpace(s) == s && s != "" && utf8.RuneCountInString(s) <= 60 && !strings.ContainsFunc(s, unicode.IsControl)
}

func tooMany(n, most int) error {
	if n > most {
		return helpline.Errorf(helpline.Invalid, "rota: these are more than %d", most)
	}
	return nil
}

// RotaWrong lists what is wrong with a rota.
func RotaWrong(o rota.Rota) []rota.Fault {
	var out []rota.Fault
	if !wordy(o.Name) {
		out = append(out, rota.Fault{Field: "name", Why: "name"})
	}
	if !slices.Contains([]rota.Way{rota.Managed, rota.SelfSignUp, rota.Preferences, rota.Elsewhere}, o.Way) {
		out = append(out, rota.Fault{Field: "way", Why: "way"})
	}
	if !slices.Contains([]rota.Setup{rota.Small, rota.Pair, rota.Team}, o.Setup) {
		out = append(out, rota.Fault{Field: "setup", Why: "setup"})
	}
	if len(o.Needs) > mostSkills || slices.ContainsFunc(o.Needs, func(s string) bool { return !wordy(s) }) {
		out = append(out, rota.Fault{Field: "needs", Why: "name"})
	}
	return out
}

func (t *rotaTurn) editRota(o rota.Rota) error {
	if err := faulty(RotaWrong(o)...); err != nil {
		return err
	}
	if o.ID.IsZero() {
		o.ID = helpline.NewID()
	}
	o.Site = helpline.ID{} // a line has one
	if o.Needs = slices.Compact(slices.Sorted(slices.Values(o.Needs))); len(o.Needs) == 0 {
		o.Needs = nil
	}
	if slices.ContainsFunc(t.is.Rotas, func(other rota.Rota) bool { return other.ID != o.ID && strings.EqualFold(other.Name, o.Name) }) {
		return faulty(rota.Fault{Field: "name", Why: "taken"})
	}
	was, _ := lookup(t.is.Rotas, func(w rota.Rota) bool { return w.ID == o.ID })
	if was.Way == rota.Elsewhere && o.Way != rota.Elsewhere && !t.saysHours(o.ID) {
		return helpline.Errorf(helpline.Conflict, "rota: without its hours the line would have none, and be open whenever somebody is there: publish a version first")
	}
	t.is.Rotas = put(t.is.Rotas, rotaID, o)
	return tooMany(len(t.is.Rotas), mostRotas)
}

// saysHours says whether the line has hours without what is planned elsewhere of
// one rota.
func (t *rotaTurn) saysHours(without helpline.ID) bool {
	return slices.ContainsFunc(t.is.Versions, func(v rota.Version) bool { return v.State == rota.Published }) ||
		slices.ContainsFunc(t.is.Rotas, func(o rota.Rota) bool { return o.ID != without && o.Way == rota.Elsewhere })
}

func (t *rotaTurn) rota(id helpline.ID) (rota.Rota, error) {
	o, known := lookup(t.is.Rotas, func(o rota.Rota) bool { return o.ID == id })
	if !known {
		return rota.Rota{}, helpline.Errorf(helpline.NotFound, "rota: there is no such rota")
	}
	return o, nil
}

func (t *rotaTurn) editTemplate(o rota.Template) error {
	if err := faulty(o.Faults()...); err != nil {
		return err
	}
	if _, err := t.rota(o.Rota); err != nil {
		return err
	}
	if o.ID.IsZero() {
		o.ID = helpline.NewID()
	}
	if was, known := lookup(t.is.Templates, func(w rota.Template) bool { return w.ID == o.ID }); known && was.Rota != o.Rota {
		return helpline.Errorf(helpline.Conflict, "rota: a template stays with its rota")
	}
	t.is.Templates = put(t.is.Templates, templateID, o)
	return tooMany(len(t.is.Templates), mostTemplates)
}

func (t *rotaTurn) editRequirement(o rota.Requirement) error {
	if err := faulty(o.Faults()...); err != nil {
		return err
	}
	if o.Shift.IsZero() {
		if !slices.ContainsFunc(t.is.Templates, func(w rota.Template) bool { return w.ID == o.Template }) {
			return helpline.Errorf(helpline.NotFound, "rota: there is no such template")
		}
	} else if _, err := t.draftShift(o.Shift); err != nil {
		return err
	}
	if o.ID.IsZero() {
		o.ID = helpline.NewID()
	}
	if was, known := lookup(t.is.Requirements, func(w rota.Requirement) bool { return w.ID == o.ID }); known && (was.Template != o.Template || was.Shift != o.Shift) {
		return helpline.Errorf(helpline.Conflict, "rota: a requirement stays with its shift")
	}
	t.is.Requirements = put(t.is.Requirements, requirementID, o)
	return tooMany(len(t.is.Requirements), mostWants)
}

// closureWrong lists what is wrong with a closure: its days are those of a
// version, which knows the same bounds.
func closureWrong(o rota.Closure) []rota.Fault {
	return rota.Version{First: o.First, Last: o.Last}.Faults()
}

func (t *rotaTurn) editClosure(o rota.Closure) error {
	if err := faulty(closureWrong(o)...); err != nil {
		return err
	}
	if !o.Rota.IsZero() {
		if _, err := t.rota(o.Rota); err != nil {
			return err
		}
	}
	if o.ID.IsZero() {
		o.ID = helpline.NewID()
	}
	t.is.Closures = put(t.is.Closures, closureID, o)
	return tooMany(len(t.is.Closures), mostClosures)
}

func (t *rotaTurn) dropRota(id helpline.ID) error {
	if slices.ContainsFunc(t.is.Versions, func(v rota.Version) bool { return v.Rota == id }) {
		return helpline.Errorf(helpline.Conflict, "rota: it has versions, and stays as long as they do")
	}
	if err := dropped(&t.is.Rotas, rotaID, id); err != nil {
		return err
	}
	gone := map[helpline.ID]bool{}
	for _, o := range t.is.Templates {
		gone[o.ID] = o.Rota == id
	}
	t.is.Templates = without(t.is.Templates, func(o rota.Template) bool { return gone[o.ID] })
	t.is.Requirements = without(t.is.Requirements, func(o rota.Requirement) bool { return gone[o.Template] })
	t.is.Closures = without(t.is.Closures, func(o rota.Closure) bool { return o.Rota == id })
	return nil
}

func (t *rotaTurn) dropTemplate(id helpline.ID) error {
	t.is.Requirements = without(t.is.Requirements, func(o rota.Requirement) bool { return o.Template == id })
	return dropped(&t.is.Templates, templateID, id)
}

func (t *rotaTurn) dropRequirement(id helpline.ID) error {
	o, known := lookup(t.is.Requirements, func(o rota.Requirement) bool { return o.ID == id })
	if known && !o.Shift.IsZero() {
		if _, err := t.draftShift(o.Shift); err != nil {
			return err
		}
	}
	return dropped(&t.is.Requirements, requirementID, id)
}
