package counsel

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"helpline"
	"helpline/counsel/rota"
)

// RotaEdit is one thing done to what a rota is made of, to a draft, or to what
// somebody says of their own time. Exactly one is set; what belongs together
// stands on one line. Its undo is an edit again.
type RotaEdit struct {
	Rota        *rota.Rota
	Template    *rota.Template
	Requirement *rota.Requirement // of a template, or of one shift of a draft
	Closure     *rota.Closure

	DropRota        helpline.ID // that has no versions
	DropTemplate    helpline.ID // with its requirements; shifts that were made of it stay
	DropRequirement helpline.ID
	DropClosure     helpline.ID

	NewVersion  *rota.Version // Rota, First and Last: a draft, made of the templates
	CopyFrom    helpline.ID   // and with NewVersion: the version whose names, and on the same days shifts, are copied
	DropVersion helpline.ID   // a draft
	ShiftAt     *rota.Shift   // a single shift of a draft, by hand: new, or with other times
	DropShift   helpline.ID   // of a draft
	Place       *rota.Assignment
	DropPlace   helpline.ID
	Pin, Unpin  helpline.ID
	Filling     *RotaFilling
	Accept      *RotaAccept

	Terms    *rota.Terms
	SkillsOf helpline.ID
	Skills   []rota.Skill // with SkillsOf: all that the person has

	Suspend   helpline.ID // somebody does not work here at the moment; what follows from it stands in rotapause.go
	Reinstate helpline.ID // and works again: nothing comes back by itself

	Leave     *rota.Leave // own ones, or of others
	DropLeave helpline.ID
	WishesOf  helpline.ID
	Wishes    []rota.Availability // with WishesOf: all of the person's wishes

	Word *RotaWord // on who was at shifts that are over

	OnCall     *rota.OnCall
	DropOnCall helpline.ID

	Several []RotaEdit // all of them or none
	Import  *RotaState // rows that are all new: rotas, templates, requirements, closures, and drafts with their shifts and places

	undo *RotaChange
}

// RotaFilling is what a Filler came to, for a draft.
type RotaFilling struct {
	Version helpline.ID
	Places  []rota.Place
	Gone    []helpline.ID
}

// RotaAccept is a supervisor's word that an advisory breach of a version may stand.
type RotaAccept struct {
	Version helpline.ID
	Key     string // of the breach
	Reason  rota.Reason
}

// Undoes says whether the edit takes another one back.
func (e RotaEdit) Undoes() bool { return e.undo != nil }

// Edit does one thing and gives the edit that takes it back. Invalid for what
// cannot be (RotaFaults says which fields), NotFound, Conflict for what is
// published or has changed since, Forbidden.
func (r *Rotas) Edit(ctx context.Context, who helpline.Actor, e RotaEdit) (RotaEdit, error) {
	if err := r.mayEdit(who, e); err != nil {
		return RotaEdit{}, err
	}
	c, err := r.alter(ctx, who, func(t *rotaTurn) error { return t.edit(e) })
	switch {
	case err != nil:
		return RotaEdit{}, err
	case e.Word != nil:
		return wordBack(c), nil
	}
	c = r.undoable(c)
	return RotaEdit{undo: &c}, nil
}

// mayEdit says whether somebody may: one's own wishes and leave are everybody's,
// the rest is for those who plan.
func (r *Rotas) mayEdit(who helpline.Actor, e RotaEdit) error {
	if err := May(who, SeeShifts); err != nil {
		return err
	}
	own := false
	switch {
	case e.Leave != nil:
		was, known := lookup(r.now().Leaves, func(l rota.Leave) bool { return l.ID == e.Leave.ID })
		own = e.Leave.Person == who.Person && (!known || was.Person == who.Person)
	case !e.DropLeave.IsZero():
		was, _ := lookup(r.now().Leaves, func(l rota.Leave) bool { return l.ID == e.DropLeave })
		own = was.Person == who.Person
	case !e.WishesOf.IsZero():
		own = e.WishesOf == who.Person
	case e.undo != nil:
		own = e.undo.of(who.Person)
	}
	if own {
		return nil
	}
	return May(who, PlanRota)
}

// of says whether a change is about leave and wishes of one person only.
func (c *RotaChange) of(person helpline.ID) bool {
	own := RotaState{Leaves: c.Put.Leaves, Availability: c.Put.Availability}
	was := RotaState{Leaves: c.Was.Leaves, Availability: c.Was.Availability}
	return reflect.DeepEqual(c.Put, own) && reflect.DeepEqual(c.Was, was) &&
		!slices.ContainsFunc(slices.Concat(own.Leaves, was.Leaves), func(l rota.Leave) bool { return l.Person != person }) &&
		!slices.ContainsFunc(slices.Concat(own.Availability, was.Availability), func(a rota.Availability) bool { return a.Person != person })
}

// edit does one thing in the rows as they will be.
func (t *rotaTurn) edit(e RotaEdit) error {
	if n := e.count(); n != 1 {
		return helpline.Errorf(helpline.Invalid, "rota: an edit is one thing, this has %d", n)
	}
	if e.Accept == nil && e.Several == nil {
		t.checked = nil
	}
	switch {
	case e.Rota != nil:
		return t.editRota(*e.Rota)
	case e.Template != nil:
		return t.editTemplate(*e.Template)
	case e.Requirement != nil:
		return t.editRequirement(*e.Requirement)
	case e.Closure != nil:
		return t.editClosure(*e.Closure)
	case !e.DropRota.IsZero():
		return t.dropRota(e.DropRota)
	case !e.DropTemplate.IsZero():
		return t.dropTemplate(e.DropTemplate)
	case !e.DropRequirement.IsZero():
		return t.dropRequirement(e.DropRequirement)
	case !e.DropClosure.IsZero():
		return dropped(&t.is.Closures, closureID, e.DropClosure)
	case e.Terms != nil:
		return t.editTerms(*e.Terms)
	case !e.SkillsOf.IsZero():
		return t.editSkills(e.SkillsOf, e.Skills)
	case !e.Suspend.IsZero():
		return t.suspend(e.Suspend)
	case !e.Reinstate.IsZero():
		return t.reinstate(e.Reinstate)
	case e.Leave != nil:
		return t.editLeave(*e.Leave)
	case !e.DropLeave.IsZero():
		return t.dropLeave(e.DropLeave)
	case !e.WishesOf.IsZero():
		return t.editWishes(e.WishesOf, e.Wishes)
	case e.Word != nil:
		return t.say(*e.Word)
	case e.OnCall != nil:
		return t.editOnCall(*e.OnCall)
	case !e.DropOnCall.IsZero():
		return dropped(&t.is.OnCalls, onCallID, e.DropOnCall)
	case e.Several != nil:
		for i := range e.Several {
			if e.Several[i].Several != nil || e.Several[i].undo != nil {
				return helpline.Errorf(helpline.Invalid, "rota: several edits are not several of several")
			}
			if err := t.edit(e.Several[i]); err != nil {
				return err
			}
		}
		return nil
	case e.Import != nil:
		return t.take(e.Import)
	case e.undo != nil:
		return t.undo(e.undo)
	}
	return t.editDraft(e)
}

// editDraft does what is done to a draft.
func (t *rotaTurn) editDraft(e RotaEdit) error {
	switch {
	case e.NewVersion != nil:
		return t.newVersion(*e.NewVersion, e.CopyFrom)
	case !e.DropVersion.IsZero():
		return t.dropVersion(e.DropVersion)
	case e.ShiftAt != nil:
		return t.shiftAt(*e.ShiftAt)
	case !e.DropShift.IsZero():
		return t.dropShift(e.DropShift)
	case e.Place != nil:
		return t.place(*e.Place)
	case !e.DropPlace.IsZero():
		return t.dropPlace(e.DropPlace)
	case !e.Pin.IsZero():
		return t.pin(e.Pin, true)
	case !e.Unpin.IsZero():
		return t.pin(e.Unpin, false)
	case e.Filling != nil:
		return t.fill(*e.Filling)
	}
	return t.accept(*e.Accept)
}

// count is how many things an edit is.
func (e RotaEdit) count() (n int) {
	v := reflect.ValueOf(e)
	for i := range v.NumField() {
		switch v.Type().Field(i).Name {
		case "CopyFrom", "Skills", "Wishes": // stand beside another
		default:
			if !v.Field(i).IsZero() {
				n++
			}
		}
	}
	return n
}

// rotaFaulty is an error that says which fields are wrong.
type rotaFaulty struct{ faults []rota.Fault }

func (f rotaFaulty) Error() string {
	return fmt.Sprintf("rota: %d things are wrong, the first is %s: %s", len(f.faults), f.faults[0].Field, f.faults[0].Why)
}

// faulty makes the error of faults; nil without any.
func faulty(faults ...rota.Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return helpline.Errorf(helpline.Invalid, "%w", rotaFaulty{faults})
}

// RotaFaults gives what was wrong with an edit; none when it was refused for
// something else.
func RotaFaults(err error) []rota.Fault {
	if f, ok := errors.AsType[rotaFaulty](err); ok {
		return slices.Clone(f.faults)
	}
	return nil
}

// dropped takes one row away; NotFound.
func dropped[T any](rows *[]T, key func(T) helpline.ID, id helpline.ID) error {
	less := without(*rows, func(row T) bool { return key(row) == id })
	if len(less) == len(*rows) {
		return helpline.Errorf(helpline.NotFound, "rota: there is no such row")
	}
	*rows = less
	return nil
}
