package counsel

import (
	"bytes"
	"cmp"
	"reflect"
	"slices"

	"helpline"
	"helpline/counsel/rota"
)

// Differs says of what kind the rows are that count here and are not the same
// as those that were read; empty when all are. For whoever doubts it: the
// doctor, and tests.
func (r *Rotas) Differs(kept RotaState) string {
	a, b := inOrder(*r.now()), inOrder(kept)
	for i := range reflect.TypeFor[RotaState]().NumField() {
		x, y := reflect.ValueOf(a).Field(i), reflect.ValueOf(b).Field(i)
		if x.Kind() == reflect.Slice && x.Len()+y.Len() == 0 {
			continue
		}
		if !reflect.DeepEqual(x.Interface(), y.Interface()) {
			return reflect.TypeFor[RotaState]().Field(i).Name
		}
	}
	return ""
}

func sorted[T any](rows []T, key func(T) helpline.ID) []T {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b T) int { x, y := key(a), key(b); return bytes.Compare(x[:], y[:]) })
	return rows
}

// inOrder puts rows in the order of their keys.
func inOrder(s RotaState) RotaState {
	s.Rotas, s.Versions, s.Templates = sorted(s.Rotas, rotaID), sorted(s.Versions, versionID), sorted(s.Templates, templateID)
	s.Requirements, s.Closures = sorted(s.Requirements, requirementID), sorted(s.Closures, closureID)
	s.Shifts, s.Assignments, s.Swaps = sorted(s.Shifts, shiftID), sorted(s.Assignments, assignmentID), sorted(s.Swaps, swapID)
	s.Terms, s.Leaves, s.OnCalls = sorted(s.Terms, termsOf), sorted(s.Leaves, leaveID), sorted(s.OnCalls, onCallID)
	s.Pauses = sorted(s.Pauses, pauseOf)
	s.CheckIns, s.Asks = sorted(s.CheckIns, checkInID), sorted(s.Asks, askID)
	s.Skills, s.Availability, s.Acceptances = slices.Clone(s.Skills), slices.Clone(s.Availability), slices.Clone(s.Acceptances)
	slices.SortFunc(s.Skills, func(a, b rota.Skill) int {
		return cmp.Or(bytes.Compare(a.Person[:], b.Person[:]), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(s.Availability, func(a, b rota.Availability) int {
		return cmp.Or(bytes.Compare(a.Person[:], b.Person[:]), a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.Wish, b.Wish))
	})
	slices.SortFunc(s.Acceptances, func(a, b rota.Acceptance) int {
		return cmp.Or(bytes.Compare(a.Version[:], b.Version[:]), cmp.Compare(a.Key, b.Key))
	})
	return s
}
