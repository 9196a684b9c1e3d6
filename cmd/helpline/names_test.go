package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// counted is how often, and how dearly, passphrases and codes were stretched.
type counted struct {
	mu    sync.Mutex
	costs []vault.Costs
}

func (c *counted) stretch(secret, salt []byte, costs vault.Costs) (vault.Key, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.costs = append(c.costs, costs)
	return vault.Stretch(secret, salt, costs)
}

func (c *counted) taken() []vault.Costs {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.costs
	c.costs = nil
	return out
}

// A name that exists and one that does not are told apart neither by the answer
// nor by the work that it takes.
func TestPromiseUnknownNamesAreAnsweredLikeKnownOnes(t *testing.T) {
	t.Parallel()
	w, work := namedStroll(t)
	host := w.line.conf.StaffHost
	code := vault.NewCode().Reveal()
	six := regexp.MustCompile(`id="six">[a-z ]+<|\d+ more minutes`) // drawn for each
	for path, form := range map[string]url.Values{
		"/login":     {"passphrase": {"lantern ribun over vierkant tosas"}},
		"/lost/code": {"typed": {code}},
		"/lost/ask":  {},
	} {
		var first met
		var dear []vault.Costs
		for i, name := range []string{"Walker 1", "walker  1", "Anna Unknown", "Walker 2", "Walker 3", "'; DROP TABLE person; --"} {
			form.Set("name", name)
			got := w.ask(http.MethodPost, host, path, "", form)
			costs := work.taken()
			got.body = strings.ReplaceAll(got.body, html.EscapeString(name), "NAME")
			if got.location != "" {
				var cookies []string
				for _, c := range got.cookies {
					cookies = append(cookies, c.Name+"="+c.Value)
				}
				next := w.ask(http.MethodGet, host, got.location, strings.Join(cookies, "; "), nil)
				got.body = six.ReplaceAllString(next.body, "")
			}
			if i == 0 {
				first, dear = got, costs
				if path != "/lost/ask" && len(dear) != 1 {
					t.Errorf("%s: stretched %d times", path, len(dear))
				}
				continue
			}
			if got.status != first.status || got.location != first.location || got.body != first.body || len(got.cookies) != len(first.cookies) {
				t.Errorf("%s tells %q from a known name: %d %s", path, name, got.status, got.location)
			}
			if len(costs) != len(dear) || len(dear) > 0 && costs[0] != dear[0] {
				t.Errorf("%s: for %q it is stretched at %v, for a known name at %v", path, name, costs, dear)
			}
		}
	}
}

// namedStroll is a stroll whose first people are: one who works here, one who
// was removed, and one who has not joined.
func namedStroll(t *testing.T) (*stroll, *counted) {
	work := &counted{}
	w := newStrollThrough(t, 6, work.stretch)
	w.take()
	w.take()
	for n, state := range map[string]string{"walker 1": "active", "walker 2": "removed", "walker 3": "invited"} {
		w.exec(`UPDATE person SET state = ?, roles = 'counsellor' WHERE lower(name) = ?`, state, n)
	}
	return w, work
}

// An invitation that never was, is spent, has expired or was withdrawn: one
// answer, and nothing is stretched for it.
func TestPromiseBadInvitationsLookAlike(t *testing.T) {
	t.Parallel()
	w, work := namedStroll(t)
	host := w.line.conf.StaffHost
	ctx := t.Context()
	invite := func(name string, lasts time.Duration) staff.Invitee {
		t.Helper()
		i, err := staff.NewInvitee(staff.Person{Name: name, Roles: []helpline.Role{helpline.Operator}, Language: "en"}, lasts)
		if err == nil {
			err = w.line.db.AddAll(ctx, []staff.Person{i.Person}, []staff.Invitation{i.Invitation})
		}
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	form := url.Values{
		"choice": {"own"}, "own": {"lantern ribun over vierkant tosas"}, "again": {"lantern ribun over vierkant tosas"}, "alias": {"Kestrel"}, "language": {"en"}, "do": {"join"},
	}
	spent, expired, withdrawn, good := invite("Sam Spent", time.Hour), invite("Ed Expired", -time.Second), invite("Wim Withdrawn", time.Hour), invite("Gus Good", time.Hour)
	if got := w.ask(http.MethodPost, host, "/join/"+spent.Token.Reveal(), "", form); got.status != http.StatusSeeOther {
		t.Fatalf("joining was answered %d", got.status)
	}
	if err := w.line.db.Withdraw(ctx, withdrawn.Person.ID); err != nil {
		t.Fatal(err)
	}
	work.taken()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		unknown := w.ask(method, host, "/join/"+staff.NewToken().Reveal(), "", form)
		if unknown.status != http.StatusNotFound {
			t.Errorf("%s of an unknown invitation was answered %d", method, unknown.status)
		}
		for name, token := range map[string]string{
			"spent": spent.Token.Reveal(), "expired": expired.Token.Reveal(), "withdrawn": withdrawn.Token.Reveal(), "no token": "x", "a person": good.Person.ID.String(),
		} {
			got := w.ask(method, host, "/join/"+token, "", form)
			if got.status != unknown.status || got.body != unknown.body || len(got.cookies) > 0 {
				t.Errorf("%s of one that is %s is told from an unknown one: %d", method, name, got.status)
			}
		}
	}
	if costs := work.taken(); len(costs) > 0 {
		t.Errorf("%d passphrases were stretched", len(costs))
	}
	if got := w.ask(http.MethodGet, host, "/join/"+good.Token.Reveal(), "", nil); got.status != http.StatusOK {
		t.Errorf("a good one was answered %d", got.status)
	}
}
