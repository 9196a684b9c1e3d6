package console

import (
	"net/http"
	"net/url"
	"strings"
	"sync"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// mostUndos is how many things somebody can take back.
const mostUndos = 100

// undos is what people can take back of what they did with set-up and drafts,
// and what they have just been told. It lives in memory: a restart forgets it,
// and what stands, stands.
type undos struct {
	mu    sync.Mutex
	did   map[helpline.ID][]undo
	notes map[helpline.ID]string
}

// undo is one thing: What is the key after plan.undo.
type undo struct {
	what string
	edit counsel.RotaEdit
}

func newUndos() *undos {
	return &undos{did: map[helpline.ID][]undo{}, notes: map[helpline.ID]string{}}
}

// push remembers what takes something back.
func (u *undos) push(person helpline.ID, what string, edit counsel.RotaEdit) {
	u.mu.Lock()
	defer u.mu.Unlock()
	all := append(u.did[person], undo{what, edit})
	u.did[person] = all[max(0, len(all)-mostUndos):]
}

// forget drops all: what is published is not taken back.
func (u *undos) forget(person helpline.ID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.did, person)
}

// pop takes the last one.
func (u *undos) pop(person helpline.ID) (undo, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	all := u.did[person]
	if len(all) == 0 {
		return undo{}, false
	}
	u.did[person] = all[:len(all)-1]
	return all[len(all)-1], true
}

// last is what the last thing was; empty: there is nothing.
func (u *undos) last(person helpline.ID) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	if all := u.did[person]; len(all) > 0 {
		return all[len(all)-1].what
	}
	return ""
}

// tell keeps a sentence for the next page of a person; told gives it, once.
func (u *undos) tell(person helpline.ID, text string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.notes[person] = text
}

func (u *undos) told(person helpline.ID) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	text := u.notes[person]
	delete(u.notes, person)
	return text
}

// edit does one thing to set-up or draft and remembers how to take it back.
// what is the key after plan.undo and plan.done.
func (c *Console) edit(r *http.Request, p staff.Person, what string, e counsel.RotaEdit) error {
	back, err := c.RotaWork.Edit(r.Context(), actor(p), e)
	if err != nil {
		return err
	}
	c.undos.push(p.ID, what, back)
	return nil
}

// undoRota takes the last thing back and goes on where the person was.
func (c *Console) undoRota(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	words, _ := c.inside(p, "rota")
	back := within(r.PostForm.Get("back"))
	one, ok := c.undos.pop(p.ID)
	said := words.T("plan.undo.none")
	if ok {
		said = words.T("plan.undone", "what", words.T("plan.undo."+one.what))
		if _, err := c.RotaWork.Edit(r.Context(), actor(p), one.edit); err != nil {
			switch helpline.KindOf(err) {
			case helpline.Conflict, helpline.NotFound, helpline.Invalid:
				said = words.T("plan.undo.late", "what", words.T("plan.undo."+one.what))
			default:
				c.fail(w, r, err)
				return
			}
		}
	}
	if r.PostForm.Get("script") != "" {
		next := ""
		if ok && one.what == "newversion" { // the page that asks is that of a draft which is gone
			next = "/rota/draft"
			c.undos.tell(p.ID, said)
		}
		asJSON(w, http.StatusOK, map[string]string{"said": said, "next": next})
		return
	}
	switch at, _, _ := strings.Cut(back, "?"); { // what is gone has no page any more
	case one.what == "rota.new" && strings.HasPrefix(at, "/rota/setup/"):
		back = "/rota/setup"
	case one.what == "newversion" && (strings.HasPrefix(at, "/rota/plan/") || strings.Contains(back, "version=")):
		back = "/rota/draft"
	}
	if u, err := url.Parse(back); err == nil && one.what == "shift" && strings.HasPrefix(u.Path, "/rota/shift/") { // it may be gone too
		back = "/rota?version=" + url.QueryEscape(u.Query().Get("version"))
	}
	c.undos.tell(p.ID, said)
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// within is an address of the rota's pages, and of nothing else.
func within(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" || len(text) > 400 ||
		u.Path != "/rota" && !strings.HasPrefix(u.Path, "/rota/") || strings.Contains(u.Path, "..") || strings.ContainsAny(text, "\\\r\n\t") {
		return "/rota"
	}
	out := url.URL{Path: u.Path, RawQuery: u.Query().Encode()}
	return out.String()
}
