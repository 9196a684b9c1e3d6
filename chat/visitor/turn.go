package visitor

import (
	"net/http"
	"net/url"
	"strconv"

	"helpline/chat"
	"helpline/chat/gate"
	"helpline/templates"
)

// While there is load, strangers who cannot be told apart from a flood are
// asked for a turn before a contact starts: their page's script works a little,
// or a page without scripts waits a little. Both begin when the promise is
// shown, so who reads it hardly notices. See chat/gate.

// place is the number of a door and matter, for which a turn is made.
func (c choice) place() int {
	n, _ := strconv.Atoi(address(c.door, c.matter, false)) // it is made of digits
	return n
}

// turnAhead gives the promise's form its turn, if one is needed.
func (s *Site) turnAhead(v *visit, c choice) templates.Turn {
	if s.o.Turns == nil || !s.o.Hours.Now().Open {
		return templates.Turn{}
	}
	t, asked := s.o.Turns.Ask(v.r.RemoteAddr, c.place(), s.o.Now())
	if !asked {
		return templates.Turn{}
	}
	return turnOf(t)
}

func turnOf(t gate.Turn) templates.Turn {
	return templates.Turn{Name: t.Name, Bits: strconv.Itoa(t.Bits)}
}

// awaits says whether a start has to wait for its turn; the request has then
// been answered. A closed line asks for none: it has another answer.
func (s *Site) awaits(v *visit, c choice, arrival *chat.Arrival) bool {
	if s.o.Turns == nil || !s.o.Hours.Now().Open {
		return false
	}
	form := v.r.PostForm
	name, work := form.Get("turn"), form.Get("work")
	rate := s.rateOf(v, c, name)
	way, t, ok := s.o.Turns.Take(rate, c.place(), name, work, s.o.Now())
	if ok {
		arrival.Way = chat.Way(way)
		return false
	}
	query := url.Values{}
	if work != "" { // a script is there: the page need not look again by itself
		query.Set("script", "1")
	}
	if known, ok := s.o.Turns.Look(rate, c.place(), t.Name, s.o.Now()); ok && known.Wait == 0 && t.Wait > 0 {
		query.Set("later", "1") // its time has come, and there is no room yet
	}
	to := "moment/" + strconv.Itoa(c.place()) + "/" + t.Name
	if len(query) > 0 {
		to += "?" + query.Encode()
	}
	v.to(to)
	return true
}

// rateOf is the rate key to which a turn belongs: that of this request, or the
// one it would have had in the hour before. Nobody waits once more because an
// hour has ended.
func (s *Site) rateOf(v *visit, c choice, name string) string {
	before := gate.Earlier(v.r.Context())
	if before == "" || before == v.r.RemoteAddr {
		return v.r.RemoteAddr
	}
	if _, good := s.o.Turns.Look(before, c.place(), name, s.o.Now()); good {
		return before
	}
	return v.r.RemoteAddr
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
	n, query := c.place(), v.r.URL.Query()
	if _, ok := s.ticket(v.r); ok {
		if query.Get("script") == "1" {
			v.to("talk")
			return
		}
		s.toTalk(v)
		return
	}
	if s.o.Turns == nil || !s.o.Hours.Now().Open {
		v.to("before/" + address(c.door, c.matter, true))
		return
	}
	needed, asked := s.o.Turns.Ask(v.r.RemoteAddr, n, s.o.Now())
	rate := s.rateOf(v, c, v.r.PathValue("turn"))
	t, good := s.o.Turns.Look(rate, n, v.r.PathValue("turn"), s.o.Now())
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
		v.w.Header().Set("Refresh", strconv.Itoa(m.Wait+1)+"; url="+v.path("moment/"+strconv.Itoa(n)+"/"+t.Name))
	}
	s.show(v.w, v.r, http.StatusOK, templates.PatiencePage(m))
}
