package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// markup is a page of package templates.
type markup interface {
	Render(ctx context.Context, w io.Writer) error
}

// show renders into memory first: an error never yields half a page.
func (c *Console) show(w http.ResponseWriter, r *http.Request, status int, page markup) {
	b, err := rendered(r, page)
	if err != nil {
		c.note(r, err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	send(w, status, b)
}

func rendered(r *http.Request, page markup) (b bytes.Buffer, err error) {
	err = page.Render(context.WithoutCancel(r.Context()), &b)
	return b, err
}

func send(w http.ResponseWriter, status int, b bytes.Buffer) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader has gone; there is nobody to tell
}

// frame is what stands around a page; p is the zero Person before the login.
func (c *Console) frame(w i18n.Words, p staff.Person, here, title string, scripts ...string) templates.Staff {
	f := templates.Staff{
		Shell: templates.Shell{
			Words: w, Title: title, View: "staff " + here,
			Styles: []string{"css/desk.css"}, Scripts: scripts,
		},
		Line: c.Line.Name, Here: here, Alias: p.Alias,
		Places: c.places(p), Idle: strconv.Itoa(int(IdleFor / time.Second)),
	}
	_, f.Free = c.demoPass(p)
	if c.Notice != nil {
		f.Notice = c.Notice(w.Locale)
	}
	if late := c.late(w, p); late != "" {
		f.Notice = strings.TrimSpace(f.Notice + " " + late)
	}
	for _, l := range screens() {
		f.Tongues = append(f.Tongues, templates.Tongue{
			Name: c.Words.In(l).T("language.name"), Lang: string(l),
			Href: "?language=" + string(l), Here: string(l) == w.Lang(),
		})
	}
	return f
}

// outside is the frame of a page without a login.
func (c *Console) outside(r *http.Request, key string) (i18n.Words, templates.Staff) {
	w := c.Words.In(locale(r))
	return w, c.frame(w, staff.Person{}, "", w.T(key), "js/form.js")
}

// words are those of a person who is logged in.
func (c *Console) words(p staff.Person) i18n.Words {
	l, ok := screen(string(p.Language))
	if !ok {
		l = "en"
	}
	return c.Words.In(l)
}

// inside is the frame of a page of a person who is logged in.
func (c *Console) inside(p staff.Person, here string, scripts ...string) (i18n.Words, templates.Staff) {
	w := c.words(p)
	f := c.frame(w, p, here, w.T("staff.place."+here), scripts...)
	c.posted(&f, w, p)
	c.missed(&f, w, p, here)
	c.alerts(&f, w, p)
	c.noticeAlerts(&f, w, p)
	if c.Audit.State().Bad() && counsel.May(actor(p), counsel.ReadTrail) == nil {
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.T("audit.alarm"), Href: "/audit"})
	}
	if n := c.toDo(&f, p); n > 0 && here != "start" { // that page says it
		f.Alerts = append(f.Alerts, templates.Alert{Text: w.N("start.banner", n), Href: "/start"})
	}
	return w, f
}

// Problem answers a request that reached no handler with a page for the
// status; the edge uses it.
func (c *Console) Problem(w http.ResponseWriter, r *http.Request, status int) {
	key := "internal"
	switch status {
	case http.StatusBadRequest, http.StatusMisdirectedRequest, http.StatusLengthRequired:
		key = "invalid"
	case http.StatusForbidden:
		key = "forbidden"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		key = "notfound"
	case http.StatusRequestEntityTooLarge:
		c.large(w, r)
		return
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		key = "busy"
	}
	c.trouble(w, r, status, key, "/desk")
}

// trouble answers with a page that says what to do next.
func (c *Console) trouble(w http.ResponseWriter, r *http.Request, status int, key, back string) {
	words, f := c.outside(r, "staff.title")
	f.Words, f.Scripts = words, nil
	c.show(w, r, status, templates.TroublePage(templates.Trouble{Staff: f, Key: key, Back: back}))
}

// troubleFor is trouble in the language of the person.
func (c *Console) troubleFor(w http.ResponseWriter, r *http.Request, p staff.Person, status int, key, back string) {
	words, f := c.inside(p, "desk")
	f.Here, f.Title = "", words.T("staff.title")
	c.show(w, r, status, templates.TroublePage(templates.Trouble{Staff: f, Key: key, Back: back}))
}

// large answers a form that is too long, and says of a list of people how it
// comes in all the same.
func (c *Console) large(w http.ResponseWriter, r *http.Request) {
	key, back := "large", "/desk"
	if strings.HasPrefix(r.URL.Path, listAt) {
		key, back = "longlist", listAt
	}
	c.trouble(w, r, http.StatusRequestEntityTooLarge, key, back)
}

// fail turns an error into a page. What went wrong inside stays inside.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		c.large(w, r)
		return
	}
	switch helpline.KindOf(err) {
	case helpline.Invalid:
		c.trouble(w, r, http.StatusBadRequest, "invalid", "/desk")
	case helpline.NotFound:
		c.trouble(w, r, http.StatusNotFound, "notfound", "/desk")
	case helpline.Forbidden:
		c.trouble(w, r, http.StatusForbidden, "forbidden", "/desk")
	case helpline.Unavailable:
		c.note(r, err)
		c.trouble(w, r, http.StatusServiceUnavailable, "busy", "/desk")
	default:
		c.note(r, err)
		c.trouble(w, r, http.StatusInternalServerError, "internal", "/desk")
	}
}

// note logs an error by its kind and the route it came up on; neither the
// address nor anything that was typed.
func (c *Console) note(r *http.Request, err error) {
	c.Log.Error("console", "kind", string(helpline.KindOf(err)), "route", r.Pattern, "error", err.Error())
}

// form reads a posted form; the error has a kind.
func form(r *http.Request) error {
	err := r.ParseForm()
	if err == nil {
		return nil
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return helpline.Errorf(helpline.Invalid, "form: not readable")
}
