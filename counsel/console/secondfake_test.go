package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// goodCode is the code that every app shows here, again and again.
const goodCode = "271828"

func (c *cabinet) Present(_ context.Context, by counsel.By, _ staff.Passphrase) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.half[by.Token] = true
	return nil
}

func (c *cabinet) Presented(by counsel.By) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.half[by.Token]
}

func (c *cabinet) Confirm(_ context.Context, by counsel.By, token string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.half[by.Token] {
		return locked()
	}
	delete(c.half, by.Token)
	c.open[token] = true
	return nil
}

func (c *cabinet) Kinds(_ context.Context, person helpline.ID) ([]counsel.FactorKind, error) {
	c.mu.Lock()
	if c.asked != nil {
		defer c.asked()
	}
	defer c.mu.Unlock()
	if c.bare[person] {
		return nil, nil
	}
	return []counsel.FactorKind{counsel.CodeFactor}, nil
}

func (c *cabinet) reads(by counsel.By) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open[by.Token] && !c.half[by.Token] {
		return locked()
	}
	return nil
}

func (c *cabinet) Code(_ context.Context, by counsel.By, code string) error {
	if err := c.reads(by); err != nil {
		return err
	}
	if code != goodCode {
		return helpline.Errorf(helpline.Forbidden, "cabinet: not the code")
	}
	if c.right != nil {
		c.right()
	}
	return nil
}

func (c *cabinet) Offer(_ context.Context, by counsel.By) (counsel.CodeOffer, error) {
	return counsel.CodeOffer{Sealed: "offer"}, c.reads(by)
}

func (c *cabinet) Offered(_ context.Context, by counsel.By, sealed string) (counsel.CodeOffer, error) {
	if sealed != "offer" {
		return counsel.CodeOffer{}, helpline.Errorf(helpline.Invalid, "cabinet: not our offer")
	}
	return counsel.CodeOffer{Sealed: "offer"}, c.reads(by)
}

func (c *cabinet) AddCode(ctx context.Context, by counsel.By, sealed, name, code string) error {
	if _, err := c.Offered(ctx, by, sealed); err != nil {
		return err
	}
	if _, err := staff.FactorName(name); err != nil {
		return err
	}
	if err := c.Code(ctx, by, code); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.bare, by.Person)
	return nil
}

// begin gives the passphrase and no more.
func (h *house) begin(t *testing.T, name, to string) *http.Cookie {
	t.Helper()
	w := h.do("POST", "/login", nil, url.Values{"name": {name}, "passphrase": {pass}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to || len(w.Result().Cookies()) != 1 {
		t.Fatalf("the passphrase of %s was answered %d to %s", name, w.Code, w.Header().Get("Location"))
	}
	return w.Result().Cookies()[0]
}

// login goes the whole way.
func (h *house) login(t *testing.T, name string) *http.Cookie {
	t.Helper()
	half := h.begin(t, name, "/second")
	w := h.do("POST", "/second", half, url.Values{"code": {goodCode}})
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 1 {
		t.Fatalf("the code of %s was answered %d", name, w.Code)
	}
	return w.Result().Cookies()[0]
}

func TestPromiseAPassphraseAloneOpensNothing(t *testing.T) {
	for stage, to := range map[string]string{"half": "/second", "bare": "/second/new"} {
		t.Run(stage, func(t *testing.T) {
			h := newHouse(t)
			p, whole := h.person(t, "Sam Jansen", helpline.Counsellor, helpline.Supervisor)
			h.cabinet.bare[p.ID] = stage == "bare"
			login := h.begin(t, "Sam Jansen", to)
			opened := 0
			for _, e := range h.table() {
				if e.Policy == helpline.Anyone || e.Policy == helpline.InviteHolder || e.Policy == helpline.FeedHolder {
					continue
				}
				path := ids(e.Pattern)
				w := h.do(e.Method, path, login, url.Values{})
				if slices.Contains(e.stages, counsel.Half) && stage == "half" || slices.Contains(e.stages, counsel.Bare) && stage == "bare" {
					opened++
					continue
				}
				if e.bare && w.Code != http.StatusUnauthorized || !e.bare && w.Header().Get("Location") != to {
					t.Errorf("%s %s was answered %d to %q", e.Method, e.Pattern, w.Code, w.Header().Get("Location"))
				}
			}
			if opened != 2 {
				t.Errorf("%d routes were open", opened)
			}
			if h.cabinet.open[login.Value] {
				t.Error("the keyring is unlocked")
			}
			if w := h.do("GET", "/board", whole, nil); w.Code != http.StatusOK {
				t.Errorf("the whole login was answered %d", w.Code)
			}
		})
	}
}

func TestASecondFactorIsSetUpBeforeAnythingElse(t *testing.T) {
	h := newHouse(t)
	p, _ := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.cabinet.bare[p.ID] = true
	login := h.begin(t, "Sam Jansen", "/second/new")
	for name, c := range map[string]struct {
		form   url.Values
		status int
	}{
		"a wrong code":       {url.Values{"offer": {"offer"}, "name": {"Phone"}, "code": {"000000"}}, http.StatusUnprocessableEntity},
		"no name":            {url.Values{"offer": {"offer"}, "code": {goodCode}}, http.StatusUnprocessableEntity},
		"somebody's offer":   {url.Values{"offer": {"another"}, "name": {"Phone"}, "code": {goodCode}}, http.StatusOK},
		"a name of no shape": {url.Values{"offer": {"offer"}, "name": {"\u3164"}, "code": {goodCode}}, http.StatusUnprocessableEntity},
	} {
		if w := h.do("POST", "/second/app", login, c.form); w.Code != c.status || !h.cabinet.bare[p.ID] {
			t.Errorf("%s was answered %d", name, w.Code)
		}
	}
	w := h.do("POST", "/second/app", login, url.Values{"offer": {"offer"}, "name": {"Phone"}, "code": {goodCode}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/code?first" {
		t.Fatalf("answered %d to %s", w.Code, w.Header().Get("Location"))
	}
	renewed := w.Result().Cookies()[0]
	if renewed.Value == login.Value || !h.cabinet.open[renewed.Value] {
		t.Error("the login kept its token, or its keyring stayed locked")
	}
	if w := h.do("GET", "/board", renewed, nil); w.Code != http.StatusOK {
		t.Errorf("the board was answered %d", w.Code)
	}
}

func TestAHalfLoginThatOutlivesARestartBeginsAnew(t *testing.T) {
	h := newHouse(t)
	h.person(t, "Sam Jansen", helpline.Supervisor)
	login := h.begin(t, "Sam Jansen", "/second")
	h.cabinet.lockAll()
	if w := h.do("POST", "/second", login, url.Values{"code": {goodCode}}); w.Header().Get("Location") != "/login?again" {
		t.Errorf("answered %d to %s", w.Code, w.Header().Get("Location"))
	}
	if w := h.do("GET", "/second", login, nil); w.Header().Get("Location") != "/login" {
		t.Errorf("the login is still there: %d", w.Code)
	}
}
