package store

import (
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
)

func TestTheNewestWordOnATextIsKept(t *testing.T) {
	db := open(t, t.TempDir())
	first := counsel.Approval{What: "promise", Digest: [32]byte{1}, Person: helpline.NewID(), Alias: "Anna", Day: 20400}
	second := counsel.Approval{What: "promise", Digest: [32]byte{2}, Person: helpline.NewID(), Alias: "Bo", Day: 20401}
	other := counsel.Approval{What: "lines", Digest: [32]byte{3}, Person: first.Person, Alias: "Anna", Day: 20399}
	for _, a := range []counsel.Approval{first, other, second} {
		if err := db.KeepApproval(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	all, err := db.Approvals(t.Context())
	if err != nil || len(all) != 2 || all["promise"] != second || all["lines"] != other {
		t.Errorf("got %+v, %v", all, err)
	}
	if err := db.KeepApproval(t.Context(), counsel.Approval{What: strings.Repeat("x", 17), Alias: "A"}); err == nil {
		t.Error("a text that nobody is asked about is kept")
	}
}
