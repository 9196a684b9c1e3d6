package visitor_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/visitor"
	"helpline/chat/wire"
)

// walker goes through pages by their own links and forms, with the cookies that it
// was given on the way there.
type walker struct {
	*rig
	seen  map[string]bool
	pages int
}

// stop is a step and the cookies that are held when it is taken.
type stop struct {
	step
	jar  map[string]string
	from string
}

var someID = regexp.MustCompile(`[A-Za-z0-9_-]{22,}`)

// name is what a step is, whatever numbers it carries.
func (s stop) name() string {
	path, _, _ := strings.Cut(s.path, "#")
	form := url.Values{}
	for k, v := range s.form {
		form[k] = v
	}
	for _, k := range []string{"form", "id", "page", "after", "got"} {
		form.Del(k)
	}
	return s.method + " " + someID.ReplaceAllString(path, "*") + " " + someID.ReplaceAllString(form.Encode(), "*") + fmt.Sprint(slices.Sorted(maps.Keys(s.jar)))
}

// take takes a step to the page it leads to.
func (w *walker) take(s stop) (path string, got answer, jar map[string]string) {
	w.Helper()
	jar = maps.Clone(s.jar)
	method, path, form := s.method, s.path, s.form
	for range 5 {
		var cookies []string
		for name, value := range jar {
			cookies = append(cookies, name+"="+value)
		}
		path, _, _ = strings.Cut(path, "#")
		got = w.do(method, path, form, cookies...)
		for _, c := range got.Cookies() {
			if c.MaxAge < 0 {
				delete(jar, c.Name)
			} else {
				jar[c.Name] = c.Value
			}
		}
		if got.StatusCode != http.StatusSeeOther {
			return path, got, jar
		}
		method, path, form = "GET", got.Header.Get("Location"), nil
	}
	w.Errorf("%s from %s leads round and round", s.step, s.from)
	return path, got, jar
}

// walk goes everywhere that can be gone to from here. Every page it comes to, those
// that refuse something too, has a line to call and a step that leads to another page
// which is no refusal.
func (w *walker) walk(from ...stop) {
	w.Helper()
	for todo := from; len(todo) > 0; {
		s := todo[0]
		todo = todo[1:]
		if w.seen[s.name()] {
			continue
		}
		w.seen[s.name()] = true
		path, got, jar := w.take(s)
		if frame := regexp.MustCompile(`/talk/(words|write)/`).MatchString(path); frame {
			continue // below, with somebody at the other end
		}
		w.pages++
		if !callable.MatchString(footPart.FindString(got.body)) {
			w.Errorf("%s from %s: answered %d, and no line to call", s.step, s.from, got.StatusCode)
		}
		on := 0
		for _, next := range stepsOf(mainPart.FindString(hiddenView.ReplaceAllString(got.body, ""))) {
			n := stop{next, jar, s.method + " " + path}
			todo = append(todo, n)
			if on > 0 || next.method == s.method && next.path == s.path && next.form.Encode() == s.form.Encode() {
				continue
			}
			if _, there, _ := w.take(n); there.StatusCode == http.StatusOK && len(mainPart.FindString(there.body)) > 100 {
				on++
			}
		}
		if on == 0 {
			w.Errorf("%s from %s: answered %d at %s, and no step leads on", s.step, s.from, got.StatusCode, path)
		}
		if w.pages > 400 {
			w.Fatal("the walk does not end")
		}
	}
}

// TestPromiseEveryStepOfEveryPageLeadsOn: whoever walks on and on, with or without
// scripts, as a stranger, with a place, in a conversation or with a letter, comes to
// a next step wherever they are: in every state of the line, while letters cannot be
// kept, while the line stops, and while a crowd is asked to wait.
func TestPromiseEveryStepOfEveryPageLeadsOn(t *testing.T) {
	states := whys(time.Now())
	letters := func(err error) func(*rig) {
		return func(r *rig) {
			r.hours.said = helpline.Hours{Shut: helpline.ShutHours}
			r.letters.full = err
		}
	}
	states["letters cannot be kept"] = letters(helpline.Errorf(helpline.Unavailable, "the disk is full"))
	states["nobody could read a letter"] = letters(helpline.Errorf(helpline.Unavailable, "leave: %w", helpline.ErrNobody))
	states["nobody can tell who could"] = letters(helpline.Errorf(helpline.Unavailable, "leave: %w", helpline.ErrUnsure))
	states["a fault of ours"] = letters(errDisk)
	states["the line stops"] = func(r *rig) { r.engine.renewErr = helpline.Errorf(helpline.Unavailable, "stopping") }
	states["all has ended"] = func(r *rig) { r.engine.ended = true }
	crowd := &fakeTurns{asks: true, wait: 15 * time.Second, good: "theturn"}
	for name, force := range states {
		t.Run(name, func(t *testing.T) {
			r := newRigWith(t, func(o *visitor.Options) {
				if name == "busy by itself" {
					o.Turns = crowd
				}
			})
			at, open := r.left("words of mine")
			_, open, _ = strings.Cut(open, "=")
			thread := r.entered(codeFor(helpline.ThreadKey{1}))
			_, thread, _ = strings.Cut(thread, "=")
			force(r)
			talks := newTicket(helpline.Relative)
			talks.Stage = ticket.Talking
			_, waiting, _ := strings.Cut(r.holding(newTicket(helpline.Young)), "=")
			_, talking, _ := strings.Cut(r.holding(talks), "=")
			w := &walker{rig: r, seen: map[string]bool{}}
			get := func(path string, jar map[string]string) stop {
				return stop{step{"GET", path, nil}, jar, "outside"}
			}
			nothing := map[string]string{}
			w.walk(
				get("/en/", nothing), get("/en/before/1", nothing), get("/en/before/3", nothing), get("/en/moment/1/theturn", nothing),
				get("/en/write?door=2", nothing), get("/en/wrong", nothing), get("/en/nowhere", nothing), get("/en/read/2", nothing),
				get(at, map[string]string{"__Host-open": open}), get(at+"?by=script", map[string]string{"__Host-open": open}),
				get("/en/thread", map[string]string{"__Host-open": thread}), get("/nl/thread", nothing),
				get("/en/talk", map[string]string{"__Host-place": waiting}), get("/en/talk", map[string]string{"__Host-place": talking}),
				get("/en/talk/plain", map[string]string{"__Host-place": waiting}), get("/en/talk/plain?by=hand", map[string]string{"__Host-place": talking}),
			)
			if w.pages < 40 {
				t.Errorf("only %d pages were walked", w.pages)
			}
		})
	}
}

// bareScreen is everything that a browser without scripts shows, and what can be
// done with it: two frames, or one page.
type bareScreen struct {
	*browser
	frames *bare // nil: the page without frames
	page   string
	mark   string // of the one page
}

func (p *bareScreen) post(do string) {
	p.h.Helper()
	if p.frames != nil {
		p.frames.press(do)
		return
	}
	f := url.Values{"do": {do}}
	if m := form(mainPart.FindString(p.page)).Get("page"); m != "" {
		p.mark = m
	}
	f.Set("page", p.mark)
	_, p.page = p.do("POST", "/en/talk/plain", f)
}

func (p *bareScreen) look() {
	p.h.Helper()
	if p.frames != nil {
		p.frames.looks()
		return
	}
	p.post("look")
}

// steps are what can be pressed on the screen, in all of its parts.
func (p *bareScreen) steps() []step {
	p.h.Helper()
	if p.frames == nil {
		return stepsOf(mainPart.FindString(p.page))
	}
	_, words := p.do("GET", p.frames.words+"?by=refresh", nil)
	_, write := p.do("GET", p.frames.write, nil)
	return slices.Concat(stepsOf(words), stepsOf(write), stepsOf(mainPart.FindString(p.page)))
}

// follow takes a step, and says what is wrong with where it leads.
func (p *bareScreen) follow(s step) string {
	p.h.Helper()
	dest := p.dest
	defer func() { p.as(dest) }()
	if p.frames != nil && !strings.Contains(s.path, "/talk/w") {
		p.as("document")
	}
	status, page := p.do(s.method, s.path, s.form)
	framed := strings.Contains(page, `<body class="bare"`) || strings.Contains(page, `<body class="bare `)
	switch {
	case status != http.StatusOK && !(framed && status == http.StatusUnauthorized): // the frame of a visit that is over
		return fmt.Sprintf("answered %d", status)
	case framed && p.dest != "iframe":
		return "a frame stands alone"
	case framed && (len(stepsOf(page)) > 0 || strings.Contains(page, `http-equiv="refresh"`) || strings.Contains(page, `class="whole"`)):
		return ""
	case framed:
		return "a frame that does not change and has no step"
	case len(stepsOf(mainPart.FindString(page))) == 0:
		return "a page without a step"
	case !callable.MatchString(footPart.FindString(page)):
		return "no line to call"
	}
	return ""
}

// bareStates are the states of a visit without scripts, and what brings it there.
var bareStates = map[string]func(h *hall, c *counsellor, p *bareScreen){
	"waiting": func(_ *hall, _ *counsellor, p *bareScreen) { p.look() },
	"asked":   asked,
	"ready": func(h *hall, c *counsellor, p *bareScreen) {
		asked(h, c, p)
		p.post("yes")
	},
	"talking": meets,
	"asked whether they are there": func(h *hall, c *counsellor, p *bareScreen) {
		meets(h, c, p)
		for range 12 {
			time.Sleep(time.Minute / 2)
			p.look()
		}
		for range 20 {
			time.Sleep(time.Minute / 2)
			p.look()
		}
	},
	"another window": func(h *hall, c *counsellor, p *bareScreen) {
		meets(h, c, p)
		p.do("GET", "/en/talk/plain?by=frames", nil)
		p.look()
	},
	"ended by the counsellor": func(h *hall, c *counsellor, p *bareScreen) {
		meets(h, c, p)
		c.press(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		p.look()
	},
	"ended by the visitor": func(h *hall, c *counsellor, p *bareScreen) {
		meets(h, c, p)
		p.post("end")
	},
	"given up while waiting": func(_ *hall, _ *counsellor, p *bareScreen) { p.post("end") },
	"the line closes": func(h *hall, _ *counsellor, p *bareScreen) {
		h.hours.Set(helpline.Hours{Shut: helpline.ShutHours})
		time.Sleep(2 * time.Second)
		p.look()
	},
	"last admission": func(h *hall, _ *counsellor, p *bareScreen) {
		h.hours.Set(helpline.Hours{Shut: helpline.ShutLast, Until: time.Now().Add(time.Hour)})
		time.Sleep(2 * time.Second)
		p.look()
	},
	"paused": func(h *hall, _ *counsellor, p *bareScreen) {
		h.hours.Set(helpline.Hours{Shut: helpline.ShutPaused, Until: time.Now().Add(time.Hour)})
		time.Sleep(2 * time.Second)
		p.look()
	},
	"messages first": func(h *hall, _ *counsellor, p *bareScreen) {
		h.hours.Set(helpline.Hours{Open: true, First: true})
		p.look()
	},
	"asked twice in vain": func(_ *hall, c *counsellor, p *bareScreen) {
		c.next()
		for range 40 {
			time.Sleep(10 * time.Second)
			p.look()
		}
	},
	"the line dies while they wait": func(h *hall, _ *counsellor, p *bareScreen) {
		h.kill()
		p.look()
	},
	"the line dies while they talk": func(h *hall, c *counsellor, p *bareScreen) {
		meets(h, c, p)
		h.kill()
		p.look()
	},
	"away for too long": func(h *hall, c *counsellor, p *bareScreen) {
		meets(h, c, p)
		time.Sleep(20 * time.Minute)
		p.look()
	},
}

func asked(_ *hall, c *counsellor, p *bareScreen) {
	p.look()
	c.next()
	p.look()
}

func meets(h *hall, c *counsellor, p *bareScreen) {
	asked(h, c, p)
	p.post("yes")
	c.accept()
	p.look()
	c.say("Good evening.")
	p.look()
}

// TestPromiseEveryStepWithoutScriptsLeadsOn presses everything that can be pressed,
// in every state of a visit, in the frames and on the page without them; each on a
// line of its own, so that nothing that was pressed before helps.
func TestPromiseEveryStepWithoutScriptsLeadsOn(t *testing.T) {
	for name, bring := range bareStates {
		for _, framed := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, frames: %v", name, framed), func(t *testing.T) {
				for n, all := 0, 1; n < all; n++ {
					inAHall(t, func(h *hall) {
						c := h.counsellor()
						p := &bareScreen{browser: h.browser("visitor")}
						if frames := p.start(); framed {
							p.frames = frames
							p.as("document")
							_, p.page = p.do("GET", "/en/talk/plain", nil)
							p.as("iframe")
							p.frames = p.browser.page(p.page)
						} else {
							p.as("")
							_, p.page = p.do("GET", "/en/talk/plain", nil)
						}
						bring(h, c, p)
						steps := p.steps()
						if all = len(steps); all == 0 {
							t.Fatalf("nothing can be pressed: %s", mainPart.FindString(p.page))
						}
						if n >= all {
							return
						}
						if wrong := p.follow(steps[n]); wrong != "" {
							t.Errorf("%s: %s", steps[n], wrong)
						}
					})
				}
			})
		}
	}
}
