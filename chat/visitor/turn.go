package visitor

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"helpline"
	"helpline/chat"
	"helpline/chat/gate"
	"helpline/templates"
)

// While there is load, strangers who cannot be told apart from a flood are
// asked for a turn before a contact starts: their page's script works a little,
// or a page without scripts waits a little. Both begin when the promise is
// shown, so who reads it hardly notices. See chat/gate.

// turnAhead gives the promise's form its turn, if one is needed.
func (s *Site) turnAhead(v *visit, a helpline.Audience) templates.Turn {
	if s.o.Turns == nil || !s.o.Hours.Now().Open {
		return templates.Turn{}
	}
	t, asked := s.o.Turns.Ask(v.r.RemoteAddr, doorway(a), s.o.Now())
	if !asked {
		return templates.Turn{}
	}
	return turnOf(t)
}

func turnOf(t gate.Turn) templates.Turn {
	return templates.Turn{Name: t.Name, Bits: strconv.Itoa(t.Bits)}
}

// doorway is the number of a door, as turns are bound to it.
func doorway(a helpline.Audience) int { return slices.Index(helpline.Audiences(), a) + 1 }

// awaits says whether a start has to wait for its turn; the request has then
// been answered. A closed line asks for none: it has another answer.
func (s *Site) awaits(v *visit, c choice, arrival *chat.Arrival) bool {
	if s.o.Turns == nil || !s.o.Hours.Now().Open {
		return false
	}
	form := v.r.PostForm
	name, work := form.Get("turn"), form.Get("work")
	way, t, ok := s.o.Turns.Take(v.r.RemoteAddr, doorway(c.door), name, work, s.o.Now())
	if ok {
		arrival.Way = chat.Way(way)
		return false
	}
	query := url.Values{}
	if work != "" { // a script is there: the page need not look again by itself
		query.Set("script", "1")
	}
	if known, ok := s.o.Turns.Look(v.r.RemoteAddr, doorway(c.door), t.Name, s.o.Now()); ok && known.Wait < t.Wait {
		query.Set("later", "1") // its time has come, and there is no room yet
	}
	to := "moment/" + address(c.door, c.matter, false) + "/" + t.Name
	if len(query) > 0 {
		to += "?" + query.Encode()
	}
	v.to(to)
	return true
}

// laterBy is how many seconds a page waits whose time had come.
const laterBy = 10

// awhile shows the page that waits. A turn that is worth nothing here is
// replaced at once: nobody is told to begin again.
func (s *Site) awhile(v *visit) {
	c, ok := choiceAt(v.r.PathValue("door"))
	if !ok {
		s.Problem(v.w, v.r, http.StatusNotFound)
		return
	}
	if _, ok := s.ticket(v.r); ok {
		s.toTalk(v)
		return
	}
	if s.o.Turns == nil || !s.o.Hours.Now().Open {
		v.to("before/" + v.r.PathValue("door"))
		return
	}
	rate, query := v.r.RemoteAddr, v.r.URL.Query()
	needed, asked := s.o.Turns.Ask(rate, doorway(c.door), s.o.Now())
	t, good := s.o.Turns.Look(rate, doorway(c.door), v.r.PathValue("turn"), s.o.Now())
	later := query.Get("later") == "1"
	switch {
	case !asked: // the load is gone: whoever comes now goes on
		t, later = gate.Turn{}, false
	case !good:
		t, later = needed, false
	}
	m := templates.Patience{
		Page: s.page(v, "plain", ""), Turn: turnOf(t), Door: string(c.door), Matter: string(c.matter),
		Version: strconv.Itoa(int(s.o.Profile.Version)), Start: v.path("start"), Wait: int(t.Wait.Seconds() + 0.999), Later: later,
	}
	m.Tongues = nil // the other languages have no turn
	if s.writes() {
		m.Write = s.writeAt(v, c.door)
	}
	if later {
		m.Wait = max(m.Wait, laterBy)
	}
	if m.Wait > 0 && query.Get("script") != "1" {
		v.w.Header().Set("Refresh", strconv.Itoa(m.Wait+1)+"; url="+v.path("moment/"+v.r.PathValue("door")+"/"+t.Name))
	}
	s.show(v.w, v.r, http.StatusOK, templates.PatiencePage(m))
}
