package store

import (
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/audit"
)

var lineID = helpline.ID{7: 7}

// begun is a data folder with a log.
func begun(t *testing.T) (*DB, *Trail) {
	t.Helper()
	db := open(t, t.TempDir())
	trail := db.Trail(lineID)
	if _, err := trail.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db, trail
}

func recordSome(t *testing.T, trail *Trail, n int) {
	t.Helper()
	for range n {
		err := trail.Record(t.Context(), audit.Deed{By: helpline.NewID(), Code: audit.PersonInvite, Object: audit.Person(helpline.NewID())})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func verified(t *testing.T, trail *Trail, w audit.Wanted) audit.Report {
	t.Helper()
	rep, err := trail.Verify(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestALogThatIsWrittenAndTurnedVerifies(t *testing.T) {
	_, trail := begun(t)
	recordSome(t, trail, 3)
	for _, at := range []string{"start", "hour", "stop"} {
		if err := trail.Turn(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		recordSome(t, trail, 2)
	}
	rep := verified(t, trail, audit.Wanted{})
	if rep.Fault != nil || rep.Head.Entries != 13 || rep.Checked != 13 {
		t.Errorf("report %+v, fault %v", rep, rep.Fault)
	}
}

func TestADeedThatTheTableOfCodesDoesNotKnowIsNotRecorded(t *testing.T) {
	_, trail := begun(t)
	for name, d := range map[string]audit.Deed{
		"free words":         {Code: audit.NoteOpen, Object: audit.Note(helpline.NewID(), [32]byte{1}), Details: []audit.Detail{audit.Whom("author", helpline.NewID()), audit.Word("reason", "because he said so")}},
		"a detail too many":  {Code: audit.PersonInvite, Object: audit.Person(helpline.NewID()), Details: []audit.Detail{audit.Number("more", 1)}},
		"a detail twice":     {Code: audit.NoteAllow, Object: audit.Person(helpline.NewID()), Details: []audit.Detail{audit.Number("more", 1), audit.Number("more", 2)}},
		"a detail missing":   {Code: audit.NoteAllow, Object: audit.Person(helpline.NewID())},
		"another object":     {Code: audit.PersonInvite, Object: audit.Provider(helpline.NewID())},
		"no object":          {Code: audit.PersonInvite},
		"an unknown code":    {Code: "note.write"},
		"a name with spaces": {Code: audit.Settings, Details: []audit.Detail{audit.Names("which", "a b=c")}},
	} {
		t.Run(name, func(t *testing.T) {
			if err := trail.Record(t.Context(), d); err == nil || strings.Contains(err.Error(), "because") {
				t.Errorf("err = %v", err)
			}
		})
	}
	if rep := verified(t, trail, audit.Wanted{}); rep.Fault != nil || rep.Head.Entries != 1 {
		t.Errorf("report %+v", rep)
	}
}
