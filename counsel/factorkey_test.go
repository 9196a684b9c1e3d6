package counsel

import (
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel/staff"
)

func TestPromiseAPasskeysChallengeIsGoodForOneAnswerOfItsLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		person := helpline.NewID()
		login := func(who helpline.ID, token string) By { return By{Actor: helpline.Actor{Person: who}, Token: token} }
		here := login(person, "this login")
		s := &Second{}
		if _, err := s.take(here, toShow); helpline.KindOf(err) != helpline.Forbidden {
			t.Errorf("nothing was asked: %v", err)
		}
		for name, row := range map[string]struct {
			by    By
			what  asking
			after time.Duration
			want  helpline.Kind
		}{
			"its login":                     {here, toShow, staff.PasskeyLasts, ""},
			"another login of the person":   {login(person, "another login"), toShow, 0, helpline.Forbidden},
			"another person with the token": {login(helpline.NewID(), "this login"), toShow, 0, helpline.Forbidden},
			"asked for another thing":       {here, toUnlock, 0, helpline.Forbidden},
			"too late":                      {here, toShow, staff.PasskeyLasts + 1, helpline.Forbidden},
		} {
			s.remember(here, toShow, staff.Challenge{})
			time.Sleep(row.after)
			if _, err := s.take(row.by, row.what); helpline.KindOf(err) != row.want {
				t.Errorf("%s: %v", name, err)
			}
			if row.by.login() != here.login() || row.by.Person != person {
				continue
			}
			if _, err := s.take(here, toShow); helpline.KindOf(err) != helpline.Forbidden {
				t.Errorf("%s, a second answer: %v", name, err)
			}
		}
		// What nobody answered does not stay in memory.
		s.remember(login(person, "forgotten"), toAdd, staff.Challenge{})
		time.Sleep(staff.PasskeyLasts + 1)
		s.remember(here, toAdd, staff.Challenge{})
		if len(s.asked) != 1 {
			t.Errorf("%d challenges are kept", len(s.asked))
		}
	})
}
