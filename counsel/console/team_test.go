package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
)

func TestARefusedChangeOfRolesComesBackFilledAndSaysWhatToDo(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	robin, _ := h.person(t, "Robin Bakker", helpline.Counsellor)
	path := "/people/" + robin.ID.String()
	for name, c := range map[string]struct {
		err    error
		status int
		says   string
	}{
		"the last supervisor": {helpline.Errorf(helpline.Conflict, "x: %w", counsel.ErrLastSupervisor), http.StatusConflict, "last supervisor"},
		"oneself":             {helpline.Errorf(helpline.Forbidden, "x: %w", counsel.ErrOneself), http.StatusForbidden, "Ask another supervisor"},
		"somebody was faster": {helpline.Errorf(helpline.Conflict, "x"), http.StatusConflict, "faster"},
	} {
		h.office.answer = c.err
		for way, form := range map[string]url.Values{"/roles": {"role": {"leader", "root"}}, "/remove": {"sure": {"yes"}}} {
			w := h.do("POST", path+way, login, form)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%s, %s: %d", name, way, w.Code)
			}
			if way == "/roles" && !strings.Contains(w.Body.String(), `value="leader" checked`) {
				t.Errorf("%s: what was chosen is lost", name)
			}
		}
	}
	h.office.told()
	h.office.answer = nil
	if w := h.do("POST", path+"/remove", login, nil); w.Code != http.StatusUnprocessableEntity || len(h.office.told()) != 0 {
		t.Errorf("a removal without the tick: %d", w.Code)
	}
	if w := h.do("POST", path+"/remove", login, url.Values{"sure": {"yes"}}); w.Code != http.StatusOK || h.office.told()[0] != "remove "+robin.ID.String() {
		t.Errorf("the removal: %d", w.Code)
	}
	for _, bad := range []string{"/people/nonsense/remove", "/people/" + helpline.NewID().String() + "/roles"} {
		if w := h.do("GET", bad, login, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}
