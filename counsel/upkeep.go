package counsel

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/directory"
)

// UpkeepShelf is where the directory is kept, for those who look after it.
// Asserted by store.
type UpkeepShelf interface {
	// Providers gives the entries in their order; none before the first import.
	Providers(context.Context) ([]directory.Entry, error)
	// KeepProviders adds entries and replaces those of the same ID, all or
	// nothing; with only set, what is not among them goes.
	KeepProviders(ctx context.Context, entries []directory.Entry, only bool) (directory.Change, error)
	// HideProvider keeps an entry off cards, or no longer; NotFound.
	HideProvider(ctx context.Context, entry helpline.ID, hidden bool) error
}

// Upkeep looks after the directory inside the program: who checked what, and
// what is kept off cards. Safe for concurrent use.
type Upkeep struct {
	shelf  UpkeepShelf
	limits directory.Limits
	now    func() time.Time
	trail  Trail
}

// NewUpkeep looks after a shelf. now is time.Now but for tests.
func NewUpkeep(s UpkeepShelf, l directory.Limits, now func() time.Time, t Trail) *Upkeep {
	return &Upkeep{shelf: s, limits: l, now: now, trail: t}
}

// Kept is a provider with how far its entry can be relied on. Together is how
// many providers the entry has: they are hidden together.
type Kept struct {
	directory.Provider
	Standing directory.Standing
	Together int
}

// List gives all providers, those to be checked first, then by name.
func (u *Upkeep) List(ctx context.Context, who helpline.Actor) ([]Kept, error) {
	if err := May(who, KeepDirectory); err != nil {
		return nil, err
	}
	entries, _, err := u.read(ctx)
	if err != nil {
		return nil, err
	}
	d, err := directory.Of(entries)
	if err != nil {
		return nil, err
	}
	together := map[helpline.ID]int{}
	for _, p := range d.Providers() {
		together[p.Entry]++
	}
	var out []Kept
	for _, p := range d.Providers() {
		out = append(out, Kept{p, p.Standing(u.now(), u.limits), together[p.Entry]})
	}
	slices.SortStableFunc(out, func(a, b Kept) int {
		return cmp.Or(cmp.Compare(done(a), done(b)), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
	})
	return out, nil
}

// done puts what has to be checked before what is checked, and that before
// what is hidden.
func done(k Kept) int {
	switch {
	case k.Hidden:
		return 2
	case k.Standing == directory.Checked:
		return 1
	}
	return 0
}

// read gives the entries in force; own says whether the line keeps them, or
// they are the starter directory's.
func (u *Upkeep) read(ctx context.Context) (entries []directory.Entry, own bool, err error) {
	kept, err := u.shelf.Providers(ctx)
	if err != nil || len(kept) > 0 {
		return kept, true, err
	}
	d, err := directory.Starter()
	if err != nil {
		return nil, false, err
	}
	return d.Entries(), false, nil
}

// entryOf finds the entry of a provider among those the line keeps. A line that
// keeps none takes the starter directory as its own from here on.
func (u *Upkeep) entryOf(ctx context.Context, provider helpline.ID) (directory.Entry, error) {
	entries, own, err := u.read(ctx)
	if err != nil {
		return directory.Entry{}, err
	}
	d, err := directory.Of(entries)
	if err != nil {
		return directory.Entry{}, err
	}
	p, known := d.Provider(provider)
	at := slices.IndexFunc(entries, func(e directory.Entry) bool { return e.ID == p.Entry })
	if !known || at < 0 {
		return directory.Entry{}, helpline.Errorf(helpline.NotFound, "look after a provider: it is not in the directory any more")
	}
	if !own {
		if _, err := u.shelf.KeepProviders(ctx, entries, false); err != nil {
			return directory.Entry{}, err
		}
	}
	return entries[at], nil
}

// Hide keeps the entry of a provider off cards, or no longer; NotFound.
func (u *Upkeep) Hide(ctx context.Context, who helpline.Actor, provider helpline.ID, hidden bool) error {
	if err := May(who, KeepDirectory); err != nil {
		return err
	}
	e, err := u.entryOf(ctx, provider)
	if err != nil {
		return err
	}
	code := audit.DirectoryShow
	if hidden {
		code = audit.DirectoryHide
	}
	return Traced(ctx, u.trail, audit.Deed{By: who.Person, Code: code, Object: audit.Provider(provider)}, func() error {
		return u.shelf.HideProvider(ctx, e.ID, hidden)
	})
}

// Checked says that the person has checked a provider today. The entry names
// the person by alias, because it is given away with the directory. NotFound.
func (u *Upkeep) Checked(ctx context.Context, who helpline.Actor, provider helpline.ID) error {
	if err := May(who, KeepDirectory); err != nil {
		return err
	}
	e, err := u.entryOf(ctx, provider)
	if err != nil {
		return err
	}
	if e, err = e.Checked(provider, who.Alias, u.now()); err != nil {
		return err
	}
	return Traced(ctx, u.trail, audit.Deed{By: who.Person, Code: audit.DirectoryCheck, Object: audit.Provider(provider)}, func() error {
		_, err := u.shelf.KeepProviders(ctx, []directory.Entry{e}, false)
		return err
	})
}
