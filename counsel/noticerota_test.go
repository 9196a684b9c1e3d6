package counsel

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

func TestPromiseOnlyThoseWhomAChangeAffectsAreToldAndOncePerPublication(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin", "Kim", "Sam")
		robin, kim, sam := p.who("Robin").Person, p.who("Kim").Person, p.who("Sam").Person
		did := func(by helpline.ID, kind rota.EventKind) []rota.Event {
			return []rota.Event{{ID: helpline.NewID(), By: by, Kind: kind}}
		}
		place := func(who helpline.ID, state rota.State) rota.Assignment {
			return rota.Assignment{ID: helpline.NewID(), Person: who, State: state}
		}
		publish := RotaChange{Events: append(did(sam, rota.EventSupersede), did(sam, rota.EventPublish)...), Told: []helpline.ID{robin}}
		publish.Put.Assignments = []rota.Assignment{place(robin, rota.Held), place(kim, rota.Held), place(kim, rota.Held)}
		ask := RotaAsk{ID: helpline.NewID(), By: sam, State: AskOpen, Until: time.Now().Add(time.Hour), Asked: []Asked{{Person: robin}, {Person: kim}}}
		taken := ask
		taken.State, taken.Taker, taken.Asked = AskTaken, kim, []Asked{{Person: robin}, {Person: kim, Answer: AskYes}}
		back := rota.Swap{ID: helpline.NewID(), Kind: rota.Drop, By: robin, State: rota.Open}
		for _, c := range []struct {
			name   string
			change RotaChange
			want   []string
		}{
			{"a publication", publish, []string{"robin"}},
			{"the same once more", publish, nil},
			{"days that are closed", RotaChange{Events: append(did(sam, rota.EventCancel), did(sam, rota.EventCancel)...), Told: []helpline.ID{kim}}, []string{"kim"}},
			{"a closed day of which a place was claimed, and another offered to somebody", RotaChange{
				Events: append(did(sam, rota.EventCancel), did(sam, rota.EventWithdraw)...), Told: []helpline.ID{robin},
				Put: RotaState{Swaps: []rota.Swap{{By: robin, Claimant: kim, State: rota.Withdrawn}, {By: sam, Person: kim, State: rota.Withdrawn}}},
			}, []string{"kim", "robin"}},
			{"a draft that is filled", RotaChange{Put: RotaState{Assignments: []rota.Assignment{place(robin, rota.Proposed)}}}, nil},
			{"a shift given by a supervisor", RotaChange{Events: did(sam, rota.EventAssign), Put: RotaState{Assignments: []rota.Assignment{place(robin, rota.Held)}}}, []string{"robin"}},
			{"what somebody did with their own", RotaChange{Events: did(robin, rota.EventOffer), Put: RotaState{Assignments: []rota.Assignment{place(robin, rota.Offered)}}}, nil},
			{"an offer to somebody", RotaChange{Events: did(robin, rota.EventOffer), Put: RotaState{Swaps: []rota.Swap{{By: robin, Person: kim}}}}, []string{"kim"}},
			{"a claim", RotaChange{Events: did(kim, rota.EventClaim), Was: RotaState{Assignments: []rota.Assignment{place(robin, rota.Offered)}}, Put: RotaState{Assignments: []rota.Assignment{place(kim, rota.Held)}}}, []string{"robin"}},
			{"a shift given back", RotaChange{Events: did(robin, rota.EventOffer), Put: RotaState{Swaps: []rota.Swap{back}}}, []string{"sam"}},
			{"the same, and a supervisor turns it down", RotaChange{Events: did(sam, rota.EventRefuse), Was: RotaState{Swaps: []rota.Swap{back}}, Put: RotaState{Swaps: []rota.Swap{{ID: back.ID, Kind: rota.Drop, By: robin, State: rota.Refused}}}}, []string{"robin"}},
			{"an ask", RotaChange{Put: RotaState{Asks: []RotaAsk{ask}}}, []string{"kim", "robin"}},
			{"an answer to it", RotaChange{Was: RotaState{Asks: []RotaAsk{ask}}, Put: RotaState{Asks: []RotaAsk{ask}}}, nil},
			{"a yes to it", RotaChange{Was: RotaState{Asks: []RotaAsk{ask}}, Put: RotaState{Asks: []RotaAsk{taken}}}, []string{"robin", "sam"}},
		} {
			c.change.Notices = p.OfChange(c.change, p.people)
			if err := p.rows.QueueNotices(t.Context(), c.change.Notices); err != nil {
				t.Fatal(err)
			}
			p.RotaChanged(c.change)
			time.Sleep(time.Minute)
			if got := to(p.mail.taken()); !slices.Equal(got, c.want) {
				t.Errorf("%s tells %v, want %v", c.name, got, c.want)
			}
		}
	})
}

func TestWhoIsOnCallIsCalledInOrder(t *testing.T) {
	now := time.Date(2026, 11, 22, 17, 30, 0, 0, time.UTC)
	ids := []helpline.ID{helpline.NewID(), helpline.NewID(), helpline.NewID(), helpline.NewID()}
	at := func(who int, from, until time.Duration) rota.OnCall {
		return rota.OnCall{Leader: ids[who], Interval: rota.Interval{Start: now.Add(from), End: now.Add(until)}}
	}
	got := OnCallAt([]rota.OnCall{
		at(2, 2*time.Hour, 9*time.Hour), at(1, 0, time.Hour), at(0, -time.Hour, time.Hour), at(3, -2*time.Hour, 0), at(3, 13*time.Hour, 14*time.Hour), at(0, 3*time.Hour, 4*time.Hour),
	}, now)
	if want := []helpline.ID{ids[0], ids[1], ids[2]}; !slices.Equal(got, want) {
		t.Errorf("called %v, want %v", got, want)
	}
}

func TestWhatLacksIsToldToThoseWhomItConcernsAndOnce(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Robin", "Kim", "Sam")
		p.change(func() { p.oncall = p.ids("Kim") })
		gap := CoverAlarm{Key: "gap/x/48", Kind: AlarmGap, At: time.Now().Add(48 * time.Hour)}
		late := CoverAlarm{Key: "noshow/y", Kind: AlarmNoShow, At: time.Now().Add(-15 * time.Minute)}
		for _, c := range []struct {
			name  string
			alarm CoverAlarm
			want  []string
		}{
			{"a gap", gap, []string{"sam"}},
			{"the same gap at the same step", gap, nil},
			{"somebody did not come", late, []string{"kim", "kim", "sam"}}, // Kim leads, and is on call
			{"the same", late, nil},
		} {
			if err := p.Alarm(t.Context(), c.alarm); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			if got := to(p.mail.taken()); !slices.Equal(got, c.want) {
				t.Errorf("%s tells %v, want %v", c.name, got, c.want)
			}
		}
	})
}
