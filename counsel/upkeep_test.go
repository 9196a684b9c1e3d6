package counsel

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/directory"
)

// bookcase is a directory in memory; writes fail with broken.
type bookcase struct {
	entries []directory.Entry
	broken  error
}

func (b *bookcase) Providers(context.Context) ([]directory.Entry, error) {
	return slices.Clone(b.entries), nil
}

func (b *bookcase) KeepProviders(_ context.Context, entries []directory.Entry, _ bool) (directory.Change, error) {
	if b.broken != nil {
		return directory.Change{}, b.broken
	}
	for _, e := range entries {
		if i := slices.IndexFunc(b.entries, func(k directory.Entry) bool { return k.ID == e.ID }); i >= 0 {
			b.entries[i].JSON = e.JSON
		} else {
			b.entries = append(b.entries, e)
		}
	}
	return directory.Change{}, nil
}

func (b *bookcase) HideProvider(_ context.Context, entry helpline.ID, hidden bool) error {
	i := slices.IndexFunc(b.entries, func(k directory.Entry) bool { return k.ID == entry })
	if i < 0 {
		return absent()
	}
	b.entries[i].Hidden = hidden
	return b.broken
}

var (
	sams   = helpline.Actor{Person: helpline.ID{1}, Alias: "Sam", Roles: []helpline.Role{helpline.Supervisor}}
	robins = helpline.Actor{Person: helpline.ID{2}, Alias: "Robin", Roles: []helpline.Role{helpline.Counsellor}}
)

func TestTheStarterDirectoryBecomesTheLinesOwnWithTheFirstCheck(t *testing.T) {
	b := &bookcase{}
	u := NewUpkeep(b, directory.DefaultLimits(), time.Now, &memoryTrail{})
	before, err := u.List(t.Context(), sams)
	if err != nil || len(before) != 25 || len(b.entries) != 0 {
		t.Fatalf("%d providers, %d kept by looking, %v", len(before), len(b.entries), err)
	}
	one := before[7]
	if err := u.Checked(t.Context(), sams, one.ID); err != nil {
		t.Fatal(err)
	}
	after, err := u.List(t.Context(), sams)
	if err != nil || len(after) != 25 || len(b.entries) != 25 {
		t.Fatalf("%d providers, %d kept, %v", len(after), len(b.entries), err)
	}
	for i, k := range after {
		checked := k.Standing == directory.Checked
		if checked != (k.ID == one.ID) || checked && (k.CheckedBy != "Sam" || i != 24) {
			t.Errorf("%s at %d is %s, by %q", k.Name, i, k.Standing, k.CheckedBy)
		}
	}
	if err := u.Hide(t.Context(), sams, before[0].ID, true); err != nil {
		t.Fatal(err)
	}
	after, err = u.List(t.Context(), sams)
	if err != nil || !after[24].Hidden || after[24].ID != before[0].ID {
		t.Errorf("what is hidden is not at the end: %v", err)
	}
}

func TestOnlySupervisorsLookAfterTheDirectory(t *testing.T) {
	b := &bookcase{}
	u := NewUpkeep(b, directory.DefaultLimits(), time.Now, &memoryTrail{})
	all, err := u.List(t.Context(), sams)
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.List(t.Context(), robins)
	for _, err := range []error{err, u.Checked(t.Context(), robins, all[0].ID), u.Hide(t.Context(), robins, all[0].ID, true), u.Hide(t.Context(), helpline.Actor{}, all[0].ID, true)} {
		wantErr(t, err, helpline.Forbidden, nil)
	}
	for _, err := range []error{u.Checked(t.Context(), sams, helpline.NewID()), u.Hide(t.Context(), sams, helpline.NewID(), true)} {
		wantErr(t, err, helpline.NotFound, nil)
	}
	if len(b.entries) != 0 {
		t.Error("what was refused has changed the directory")
	}
}

func TestADirectoryThatCannotBeWrittenSaysSo(t *testing.T) {
	full := helpline.Errorf(helpline.Unavailable, "the disk is full")
	b := &bookcase{broken: full}
	u := NewUpkeep(b, directory.DefaultLimits(), time.Now, &memoryTrail{})
	all, err := u.List(t.Context(), sams)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{u.Checked(t.Context(), sams, all[0].ID), u.Hide(t.Context(), sams, all[0].ID, true)} {
		if !errors.Is(err, full) {
			t.Errorf("got %v", err)
		}
	}
}
