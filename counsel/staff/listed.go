package staff

import (
	"fmt"
	"slices"

	"helpline"
)

// There names the lines of a list whose name somebody has already. Whoever was
// removed keeps the name.
func There(list []Listed, known []Person) (out Faults) {
	names := map[string]bool{}
	for _, p := range known {
		names[fold(tidy(p.Name))] = true
	}
	for _, one := range list {
		if names[fold(tidy(one.Person.Name))] {
			out = append(out, Fault{Line: one.Line, Column: nameColumn, Code: FaultThere})
		}
	}
	return out
}

// Alike names the lines of a list whose alias another line, or somebody who is
// there, has too. Visitors could not tell the two apart. It stops nothing: each
// can choose another when joining.
func Alike(list []Listed, known []Person) (out Faults) {
	first := map[string]string{} // by folded alias, the name of whoever has it
	for _, p := range known {
		if p.State != Removed {
			first[fold(tidy(p.Alias))] = p.Name
		}
	}
	for _, one := range list {
		alias := fold(one.Person.Alias)
		with, has := first[alias]
		if !has {
			first[alias] = one.Person.Name
			continue
		}
		out = append(out, Fault{Line: one.Line, Column: aliasColumn, Code: FaultAlike, Args: []any{"alias", one.Person.Alias, "with", with}})
	}
	return out
}

// Invitees makes an invitation for everybody on a list; nothing of it is kept
// yet. line are the languages of the line. demo marks people of the
// demonstration. Errors are those of NewInvitee, with the line of the list.
func Invitees(list []Listed, line []helpline.Locale, demo bool) ([]Invitee, error) {
	var all []Invitee
	for _, one := range list {
		one.Person.Language, one.Person.Demo = screenOf(one.Person, line), demo
		i, err := NewInvitee(one.Person, InvitationLasts)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", one.Line, err)
		}
		all = append(all, i)
	}
	return all, nil
}

// screenOf is the language of a person's sheet and first screens: the first of
// theirs, or else of the line's, that the staff's pages have.
func screenOf(p Person, line []helpline.Locale) helpline.Locale {
	for _, one := range slices.Concat(p.Locales, line) {
		switch one {
		case "en", "nl":
			return one
		case "nl-BE":
			return "nl"
		}
	}
	return "en"
}
