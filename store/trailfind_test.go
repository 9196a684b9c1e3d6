package store

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
)

func TestEntriesAreFoundByWhoWhatAndWhen(t *testing.T) {
	_, trail := begun(t)
	kim, robin := helpline.ID{1}, helpline.ID{2}
	now := time.Now()
	add := func(daysAhead int, d audit.Deed) {
		t.Helper()
		trail.now = func() time.Time { return now.AddDate(0, 0, daysAhead) }
		if err := trail.Record(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	add(1, audit.Deed{By: kim, Code: audit.PersonInvite, Object: audit.Person(robin)})
	add(2, audit.Deed{By: kim, Code: audit.NoteOpen, Object: audit.Note(helpline.NewID(), [32]byte{1}), Details: []audit.Detail{audit.Whom("author", robin), audit.Word("reason", "law")}})
	add(3, audit.Deed{By: audit.Operator, Code: audit.KeysTold})
	add(4, audit.Deed{Code: audit.Purged})
	day := retention.Day(now)
	line, operator := helpline.ID{}, audit.Operator
	for name, c := range map[string]struct {
		q    audit.Query
		want []int
	}{
		"everything":             {audit.Query{}, []int{4, 3, 2, 1, 0}},
		"by a person":            {audit.Query{Actor: &kim}, []int{2, 1}},
		"by or to a person":      {audit.Query{Person: robin}, []int{1}},
		"by the line":            {audit.Query{Actor: &line}, []int{4, 0}},
		"by the operator":        {audit.Query{Actor: &operator}, []int{3}},
		"of an author":           {audit.Query{Author: robin}, []int{2}},
		"of another author":      {audit.Query{Author: kim}, nil},
		"of one code":            {audit.Query{Codes: []audit.Code{audit.NoteOpen}}, []int{2}},
		"of many codes":          {audit.Query{Codes: []audit.Code{audit.NoteOpen, audit.Purged, audit.KeysTold, audit.KeysNew}}, []int{4, 3, 2}},
		"between days":           {audit.Query{From: day + 2, To: day + 4}, []int{3, 2}},
		"the last two":           {audit.Query{Limit: 2}, []int{4, 3}},
		"the two before":         {audit.Query{Limit: 2, Below: 3}, []int{2, 1}},
		"more than are given":    {audit.Query{Limit: 1 << 30}, []int{4, 3, 2, 1, 0}},
		"all of it together":     {audit.Query{Actor: &kim, Person: kim, Author: robin, Codes: []audit.Code{audit.NoteOpen}, From: day, To: day + 9, Below: 9, Limit: 9}, []int{2}},
		"a person who is nobody": {audit.Query{Person: helpline.ID{9}}, nil},
	} {
		rows, err := trail.Find(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, r := range rows {
			got = append(got, r.Number)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
