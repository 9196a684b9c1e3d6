package staff

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
)

const good = "lantern ribun over vierkant tosas"

func robin() Person {
	return Person{
		Name: "Robin de Vries", Roles: []helpline.Role{helpline.Counsellor},
		Locales: []helpline.Locale{"en", "nl"}, Audiences: helpline.Audiences(), Language: "nl",
	}
}

func profile() Profile {
	return Profile{Alias: "Robin", Locales: []helpline.Locale{"nl"}, Audiences: []helpline.Audience{helpline.Self}, Language: "nl"}
}

func office() (*Office, *shelf, *quick) {
	s, q := newShelf(), &quick{}
	return NewOffice(s, s, q, Params{1, 64, 1}), s, q
}

func joined(t *testing.T, o *Office) Person {
	t.Helper()
	token, err := o.Invite(t.Context(), robin(), InvitationLasts)
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.Join(t.Context(), token, NewPassphrase(good), profile())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhoeverIsInvitedJoinsAndLogsIn(t *testing.T) {
	o, _, _ := office()
	p := joined(t, o)
	if p.State != Active || p.Alias != "Robin" || len(p.Locales) != 1 || len(p.Audiences) != 1 {
		t.Errorf("joined as %+v", p)
	}
	for _, name := range []string{"Robin de Vries", "robin DE vries", "  Robin  de Vries "} {
		got, err := o.Login(t.Context(), name, NewPassphrase("  lantern  ribun over vierkant tosas "))
		if err != nil || got.ID != p.ID {
			t.Errorf("%q: %v, %v", name, got.ID, err)
		}
	}
}

func TestAnInvitationIsSpentOnce(t *testing.T) {
	o, _, _ := office()
	token, err := o.Invite(t.Context(), robin(), InvitationLasts)
	if err != nil {
		t.Fatal(err)
	}
	var won, lost atomic.Int32
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			_, err := o.Join(t.Context(), token, NewPassphrase(fmt.Sprintf("%s %d", good, i)), profile())
			switch helpline.KindOf(err) {
			case "":
				won.Add(1)
			case helpline.NotFound:
				lost.Add(1)
			}
		})
	}
	wait.Wait()
	if won.Load() != 1 || lost.Load() != 19 {
		t.Errorf("%d joined, %d were told that it is spent", won.Load(), lost.Load())
	}
}

func TestAnInvitationEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, _, _ := office()
		token, err := o.Invite(t.Context(), robin(), FirstInvitationLasts)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(FirstInvitationLasts - time.Second)
		if _, err := o.Invited(t.Context(), token); err != nil {
			t.Errorf("a second before: %v", err)
		}
		time.Sleep(time.Second)
		if _, err := o.Invited(t.Context(), token); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("after: %v, want not found", err)
		}
		if _, err := o.Join(t.Context(), token, NewPassphrase(good), profile()); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("joining after: %v, want not found", err)
		}
	})
}

func TestANewInvitationEndsTheEarlierOne(t *testing.T) {
	o, s, _ := office()
	first, err := o.Invite(t.Context(), robin(), InvitationLasts)
	if err != nil {
		t.Fatal(err)
	}
	who, err := o.Invited(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	second, err := o.Reinvite(t.Context(), who.ID, InvitationLasts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Invited(t.Context(), first); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("the earlier one: %v, want not found", err)
	}
	if _, err := o.Join(t.Context(), second, NewPassphrase(good), profile()); err != nil {
		t.Error(err)
	}
	if _, err := o.Reinvite(t.Context(), who.ID, InvitationLasts); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("inviting an active person again: %v, want not found", err)
	}
	s.set(who.ID, Removed)
	if _, err := o.Active(t.Context(), who.ID); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("a removed person is active: %v", err)
	}
}

func TestEveryWrongLoginGetsTheSameAnswerAtTheSameCost(t *testing.T) {
	for name, c := range map[string]struct {
		as    string
		pass  string
		state State
	}{
		"a wrong passphrase":          {"Robin de Vries", "lantern ribun over vierkant tosan", Active},
		"an unknown name":             {"Nobody Here", good, Active},
		"no name":                     {"", good, Active},
		"no passphrase":               {"Robin de Vries", "", Active},
		"somebody who was removed":    {"Robin de Vries", good, Removed},
		"somebody who has not joined": {"Robin de Vries", good, Invited},
	} {
		t.Run(name, func(t *testing.T) {
			o, s, q := office()
			p := joined(t, o)
			s.set(p.ID, c.state)
			q.calls, q.costs = 0, nil
			_, err := o.Login(t.Context(), c.as, NewPassphrase(c.pass))
			if helpline.KindOf(err) != helpline.Forbidden || err.Error() != "login: name or passphrase is not right" {
				t.Errorf("answered %v", err)
			}
			if q.calls != 1 || q.costs[0] != (Params{1, 64, 1}) {
				t.Errorf("stretched %d times at %v, want once at the usual costs", q.calls, q.costs)
			}
		})
	}
}

func TestGuessingUnderOneNameBecomesSlowAndLocksNobodyOut(t *testing.T) {
	for _, name := range []string{"Robin de Vries", "Nobody Here"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o, _, _ := office()
				joined(t, o)
				var held []time.Duration
				for range 10 {
					begin := time.Now()
					_, err := o.Login(t.Context(), name, NewPassphrase("no"))
					if helpline.KindOf(err) != helpline.Forbidden {
						t.Fatal(err)
					}
					held = append(held, time.Since(begin))
				}
				want := "[0s 0s 0s 1s 2s 4s 8s 16s 30s 30s]"
				if got := fmt.Sprint(held); got != want {
					t.Errorf("held back %s, want %s", got, want)
				}
			})
		})
	}
	t.Run("the right passphrase still opens, and ends the waiting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o, _, _ := office()
			joined(t, o)
			for range 30 {
				_, _ = o.Login(t.Context(), "Robin de Vries", NewPassphrase("no"))
			}
			for _, want := range []time.Duration{longestDelay, 0} {
				begin := time.Now()
				if _, err := o.Login(t.Context(), "Robin de Vries", NewPassphrase(good)); err != nil || time.Since(begin) != want {
					t.Errorf("%v after %v, want in after %v", err, time.Since(begin), want)
				}
			}
		})
	})
	t.Run("wrong answers are forgotten", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o, _, _ := office()
			for range 6 {
				_, _ = o.Login(t.Context(), "x", NewPassphrase("no"))
			}
			time.Sleep(forgotten + time.Second)
			begin := time.Now()
			_, _ = o.Login(t.Context(), "x", NewPassphrase("no"))
			if time.Since(begin) != 0 {
				t.Errorf("held back %v", time.Since(begin))
			}
		})
	})
}

func TestManyTriesAtOnceUnderOneNameAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, _, _ := office()
		for range 9 {
			_, _ = o.Login(t.Context(), "x", NewPassphrase("no"))
		}
		var weighed, refused atomic.Int32
		var wait sync.WaitGroup
		for i := range 2 * atOnce {
			wait.Go(func() {
				ctx := AskedFrom(t.Context(), fmt.Sprint(i))
				_, err := o.Login(ctx, "x", NewPassphrase("no"))
				switch helpline.KindOf(err) {
				case helpline.Forbidden:
					weighed.Add(1)
				case helpline.Unavailable:
					refused.Add(1)
				}
			})
		}
		wait.Wait()
		if weighed.Load() != atOnce || refused.Load() != atOnce {
			t.Errorf("%d weighed and %d refused", weighed.Load(), refused.Load())
		}
	})
}

func TestOneAddressDoesNotTakeEveryPlaceUnderAName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, _, _ := office()
		joined(t, o)
		for range 9 {
			_, _ = o.Login(t.Context(), "robin de vries", NewPassphrase("no"))
		}
		var refused atomic.Int32
		var wait sync.WaitGroup
		flood := AskedFrom(t.Context(), "flood")
		for range 2 * atOnce {
			wait.Go(func() {
				if _, err := o.Login(flood, "Robin de Vries", NewPassphrase("no")); helpline.KindOf(err) == helpline.Unavailable {
					refused.Add(1)
				}
			})
		}
		synctest.Wait()
		begin := time.Now()
		if _, err := o.Login(AskedFrom(t.Context(), "office"), "Robin de Vries", NewPassphrase(good)); err != nil {
			t.Errorf("the person whose name it is was answered %v", err)
		}
		if held := time.Since(begin); held > longestDelay {
			t.Errorf("and was held back %v", held)
		}
		wait.Wait()
		if refused.Load() != 2*atOnce-fromOne {
			t.Errorf("of %d from one address %d were refused", 2*atOnce, refused.Load())
		}
	})
}

func TestTheTableOfNamesStaysSmall(t *testing.T) {
	d := newDelays()
	for i := range tracked + 100 {
		d.answered(fmt.Sprint(i), false)
	}
	if len(d.names) != tracked {
		t.Errorf("%d names, want %d", len(d.names), tracked)
	}
}

func TestALoginThatWasNotWeighedIsNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, _, q := office()
		joined(t, o)
		q.fail = helpline.Errorf(helpline.Unavailable, "too many are waiting")
		for range 10 {
			if _, err := o.Login(t.Context(), "Robin de Vries", NewPassphrase(good)); helpline.KindOf(err) != helpline.Unavailable {
				t.Fatal(err)
			}
		}
		q.fail = nil
		begin := time.Now()
		if _, err := o.Login(t.Context(), "Robin de Vries", NewPassphrase(good)); err != nil || time.Since(begin) != 0 {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

func TestLeavingThePageEndsTheWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, _, _ := office()
		for range 9 {
			_, _ = o.Login(t.Context(), "x", NewPassphrase("no"))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := o.Login(ctx, "x", NewPassphrase("no")); helpline.KindOf(err) != helpline.Unavailable {
			t.Errorf("got %v, want unavailable", err)
		}
	})
}

func TestFieldsThatCannotBeUsedAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Person)
		want   Field
	}{
		"no name":                 {func(p *Person) { p.Name = " " }, NameField},
		"a name with a line feed": {func(p *Person) { p.Name = "Robin\u202eEvil" }, NameField},
		"an alias that is a link": {func(p *Person) { p.Alias = "http://x" }, AliasField},
		"a very long alias":       {func(p *Person) { p.Alias = strings.Repeat("a", 25) }, AliasField},
		"no role":                 {func(p *Person) { p.Roles = nil }, RoleField},
		"no language":             {func(p *Person) { p.Locales = nil }, LocaleField},
		"no door":                 {func(p *Person) { p.Audiences = nil }, AudienceField},
		"a hundred chats":         {func(p *Person) { p.Chats = 100 }, ChatsField},
	} {
		t.Run(name, func(t *testing.T) {
			o, _, _ := office()
			p := robin()
			c.change(&p)
			_, err := o.Invite(t.Context(), p, InvitationLasts)
			f, ok := errors.AsType[Field](err)
			if helpline.KindOf(err) != helpline.Invalid || !ok || f != c.want {
				t.Errorf("got %v, want the field %s", err, c.want)
			}
		})
	}
	t.Run("a name that is taken", func(t *testing.T) {
		o, _, _ := office()
		joined(t, o)
		p := robin()
		p.Name = "ROBIN de vries"
		if _, err := o.Invite(t.Context(), p, InvitationLasts); helpline.KindOf(err) != helpline.Conflict {
			t.Errorf("got %v, want a conflict", err)
		}
	})
}

func TestNoSecretCanBePrinted(t *testing.T) {
	pass, token := NewPassphrase("abcdef ghijkl mnop"), NewToken()
	secret := Secret{Salt: []byte("saltsaltsaltsalt"), Verifier: []byte("verifierverifier")}
	for _, v := range []any{pass, &pass, token, &token, secret, &secret, struct{ P Passphrase }{pass}} {
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		got := fmt.Sprintf("%v %+v %#v %s", v, v, v, v) + log.String()
		for _, leak := range []string{"abcdef", token.Reveal(), "saltsalt", "verifierver", "115 97 108"} {
			if strings.Contains(got, leak) {
				t.Errorf("%T prints itself: %s", v, got)
			}
		}
	}
}
