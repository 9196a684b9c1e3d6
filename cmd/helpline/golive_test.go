package main

import (
	"encoding/hex"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/store"
)

// lineWith is a line on a configuration with other values.
func lineWith(t *testing.T, values map[string]string) *line {
	t.Helper()
	values["data"] = t.TempDir()
	conf, err := configure(values, noEnv, written(t, good))
	if err != nil {
		t.Fatal(err)
	}
	l, err := openLine(t.Context(), conf, cheap, slog.New(slog.DiscardHandler), func(db *store.DB) error { return db.HostKeys().MakeInstallation() })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.db.Close() })
	return l
}

func TestWhatIsFoundRightIsAllThatVisitorsRead(t *testing.T) {
	t.Parallel()
	l := lineWith(t, map[string]string{})
	texts, promised, lines := l.readings()
	for _, locale := range l.conf.Line.Locales {
		for _, door := range helpline.Audiences() {
			for _, s := range l.profile.Promise(locale, door, l.conf.Line.NoteDays).Sentences {
				shown := false
				for _, r := range texts.Promise {
					shown = shown || r.Locale == locale && slices.Contains(r.Texts, s.Bold+" "+s.More)
				}
				if !shown {
					t.Errorf("%s %s: the supervisor is not shown %q", locale, door, s.Bold)
				}
			}
			for _, n := range append(l.profile.Numbers(locale), l.profile.NumbersFor(locale, door)...) {
				shown := false
				for _, r := range texts.Lines {
					shown = shown || r.Locale == locale && slices.ContainsFunc(r.Texts, func(s string) bool { return strings.Contains(s, n.Number) })
				}
				if !shown {
					t.Errorf("%s: the supervisor is not shown the line %s", locale, n.ID)
				}
			}
		}
	}
	for name, values := range map[string]map[string]string{
		"days": {"note_days": "59"}, "languages": {"locales": "nl"}, "country": {"country": "generic"},
	} {
		other := lineWith(t, values)
		_, p, n := other.readings()
		if p == promised {
			t.Errorf("with other %s the old word on the promise counts", name)
		}
		if name == "country" && n == lines {
			t.Error("in another country the old word on its lines counts")
		}
	}
}

func TestTheListBeforeOpeningIsSeenByTheProgram(t *testing.T) {
	t.Parallel()
	l := lineWith(t, map[string]string{})
	list, _ := l.start()
	all, err := list.Points(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]counsel.PointState{}
	for _, p := range all {
		states[p.ID] = p.State
	}
	for id, want := range map[string]counsel.PointState{
		"promise": counsel.PointTodo, "lines": counsel.PointTodo, "supervisors": counsel.PointTodo, "factors": counsel.PointTodo,
		"recovery": counsel.PointTodo, "copy": counsel.PointTodo, "says": counsel.PointTodo, "wrongs": counsel.PointTodo, "neutral": counsel.PointDone, "tls": counsel.PointDone,
	} {
		if states[id] != want {
			t.Errorf("%s is %q, want %q", id, states[id], want)
		}
	}
	if states["machine"] == "" {
		t.Error("the machine is not looked at")
	}
	_, promised, _ := l.readings()
	who := helpline.Actor{Person: helpline.NewID(), Alias: "Anna", Roles: []helpline.Role{helpline.Supervisor}}
	if err := list.Approve(t.Context(), who, "promise", hex.EncodeToString(promised[:])); err != nil {
		t.Fatal(err)
	}
	words, err := l.db.Approvals(t.Context())
	if err != nil || words["promise"].Alias != "Anna" {
		t.Errorf("the word was not kept: %+v %v", words, err)
	}
	told := lineWith(t, map[string]string{
		"organisation": "Sparrow", "organisation_contact": "Box 1", "legal_ground": "Consent", "host_keeps": "Nothing", "proxy_keeps": "No proxy", "complaints_body": "A board",
	})
	if p, err := told.lookSays(t.Context()); err != nil || p.State != counsel.PointDone || p.Has != p.Wants || p.Wants != 6 {
		t.Errorf("everything was said, and it is %+v, %v", p, err)
	}
	plain := lineWith(t, map[string]string{"neutral_url": startOf("neutral_url")})
	if p, err := plain.lookNeutral(t.Context()); err != nil || p.State != counsel.PointTodo {
		t.Errorf("nobody has chosen where leaving leads, and it is %+v, %v", p, err)
	}
}

// Whoever only stands in the list of people can open nothing and vouch for
// nobody: two such people are not two supervisors.
func TestASupervisorCountsWhenTheSixWordsWereHeard(t *testing.T) {
	t.Parallel()
	l := lineWith(t, map[string]string{})
	for _, name := range []string{"Anna Bos", "Berend Dijk"} {
		_, err := ensurePerson(t.Context(), l.db, staff.Person{
			Name: name, Alias: name[:4], Roles: []helpline.Role{helpline.Supervisor}, Locales: []helpline.Locale{"en"},
			Audiences: helpline.Audiences(), Chats: 1, Language: "en",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if p, err := l.lookSupervisors(t.Context()); err != nil || p.Has != 0 || p.State != counsel.PointTodo {
		t.Errorf("two whom nobody has heard count as %d supervisors, %s, %v", p.Has, p.State, err)
	}
}
