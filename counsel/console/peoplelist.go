package console

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"helpline"
	"helpline/counsel/staff"
	"helpline/templates"
)

// listAt is the page on which many people are invited at once.
const listAt = "/people/import"

// mostPasted bounds a list on the page: bytes as a form carries it, also through
// a step-up, where its other fields need room too. It holds some 500 people.
const mostPasted = 40 << 10

// listPage asks for the list.
func (c *Console) listPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showList(w, r, p, http.StatusOK, templates.PeopleList{})
}

// lookAtList looks at a list and changes nothing.
func (c *Console) lookAtList(w http.ResponseWriter, r *http.Request, p staff.Person) {
	text, err := listSent(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.looked(w, r, p, text, "")
}

// inviteList invites everybody on a list that was looked at, or nobody. The
// sheets stand in the answer to the post and nowhere else; they are made before
// anything is kept, so that nobody is invited whose sheet cannot be shown.
// Whoever sends the same list again finds every name on it taken.
func (c *Console) inviteList(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	text := leftOut([]byte(r.PostForm.Get("list")))
	list, err := c.listOf(text)
	if err != nil {
		c.looked(w, r, p, text, "")
		return
	}
	known, err := c.Office.People(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	switch there := staff.There(list, known); {
	case len(there) == len(list):
		c.showList(w, r, p, http.StatusConflict, templates.PeopleList{Problem: "again", Text: shownList(text)})
		return
	case len(there) > 0:
		c.looked(w, r, p, text, "meanwhile")
		return
	}
	all, err := staff.Invitees(list, c.Line.Locales, p.Demo)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	var page bytes.Buffer
	err = c.Peers.Import(r.Context(), actor(p), all, func() error {
		page, err = c.sheets(r, p, all)
		return err
	})
	switch helpline.KindOf(err) {
	case "":
		send(w, http.StatusOK, page)
	case helpline.Conflict: // another supervisor was faster by a moment
		c.looked(w, r, p, text, "meanwhile")
	default:
		c.fail(w, r, err)
	}
}

// listSent reads a list from the box of a form, or from the file of one. Of what
// else a form with a file may say nothing is looked at.
func listSent(r *http.Request) (text []byte, err error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		err = form(r)
		return leftOut([]byte(r.PostForm.Get("list"))), err
	}
	parts, err := r.MultipartReader()
	for err == nil {
		var part *multipart.Part
		part, err = parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil, nil // read as a list that is empty
		}
		if err == nil && part.FormName() == "list" {
			if text, err = io.ReadAll(part); err == nil {
				return leftOut(text), nil
			}
		}
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, err
	}
	return nil, helpline.Errorf(helpline.Invalid, "list: the form is not readable")
}

// leftOut is a list without empty lines before it: a box that is filled again
// loses the first, and the numbers of the lines would not be those that it shows.
func leftOut(text []byte) []byte { return bytes.TrimLeft(text, "\r\n") }

// listOf reads a list as the command does, and no longer one than the page can
// carry on.
func (c *Console) listOf(text []byte) ([]staff.Listed, error) {
	if len(url.QueryEscape(string(text))) > mostPasted {
		return nil, helpline.Errorf(helpline.Invalid, "list: %w", staff.Faults{{Code: staff.FaultLarge}})
	}
	return staff.ReadList(text, staff.Lines{Locales: c.Line.Locales, Chats: c.Chats})
}

// looked answers with what a list comes to. problem is a key after
// people.list.problem., or empty.
func (c *Console) looked(w http.ResponseWriter, r *http.Request, p staff.Person, text []byte, problem string) {
	list, err := c.listOf(text)
	faults, _ := errors.AsType[staff.Faults](err)
	known, err := c.Office.People(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	faults = append(faults, staff.There(list, known)...)
	words := c.words(p)
	v := templates.PeopleList{Looked: true, Problem: problem, Text: shownList(text), More: max(0, len(faults)-staff.MostTold)}
	lines := strings.Split(strings.ReplaceAll(v.Text, "\r\n", "\n"), "\n")
	said := func(f staff.Fault) templates.ListFault {
		out := templates.ListFault{Line: f.Line, Column: f.Column, What: words.T("people.list.fault."+string(f.Code), f.Args...)}
		if f.Line > 0 && f.Line <= len(lines) {
			out.Text = visible(lines[f.Line-1])
		}
		return out
	}
	for _, f := range faults[:len(faults)-v.More] {
		v.Faults = append(v.Faults, said(f))
	}
	status := http.StatusOK
	if len(faults) > 0 {
		status = http.StatusUnprocessableEntity
		list = nil
	}
	if problem != "" {
		status = http.StatusConflict
	}
	for _, f := range staff.Alike(list, known) {
		v.Notes = append(v.Notes, said(f))
	}
	for _, one := range list {
		q := colleague(words, one.Person)
		row := templates.ListedPerson{Line: one.Line, Name: q.Name, Alias: q.Alias, Roles: strings.Join(q.Roles, ", "), Takes: strings.Join(q.Takes, ", ")}
		if len(q.Takes) > 0 {
			row.Chats = q.Chats
		}
		v.People = append(v.People, row)
	}
	c.showList(w, r, p, status, v)
}

func (c *Console) showList(w http.ResponseWriter, r *http.Request, p staff.Person, status int, v templates.PeopleList) {
	words, frame := c.inside(p, "people", "js/form.js")
	frame.Title = words.T("people.list.title")
	v.Staff, v.At = frame, listAt
	v.Roles = nil
	for _, role := range helpline.Roles() {
		v.Roles = append(v.Roles, templates.CodeWord{Code: string(role), What: words.T("staff.role." + string(role))})
	}
	for _, l := range c.Line.Locales {
		v.Locales = append(v.Locales, templates.CodeWord{Code: string(l), What: words.T("staff.locale." + string(l))})
	}
	for _, a := range helpline.Audiences() {
		v.Doors = append(v.Doors, templates.CodeWord{Code: string(a), What: words.T("staff.door." + string(a))})
	}
	v.Example = strings.Join(staff.Columns(), ";") + "\nKim Visser;Kestrel;counsellor leader;" + string(c.Line.Locales[0]) + ";self young;2\nRobin de Vries;;operator;;;\n"
	c.show(w, r, status, templates.PeopleListPage(v))
}

// sheets is the page with a sheet for everybody who is about to be invited.
func (c *Console) sheets(r *http.Request, p staff.Person, all []staff.Invitee) (bytes.Buffer, error) {
	_, frame := c.inside(p, "people", "js/form.js")
	frame.Styles = append(frame.Styles, "css/sheet.css")
	v := templates.InvitedMany{Staff: frame, Hours: int(staff.InvitationLasts / time.Hour)}
	for _, i := range all {
		one, err := c.sheet(p, i)
		if err != nil {
			return bytes.Buffer{}, err
		}
		v.Sheets = append(v.Sheets, one)
	}
	return rendered(r, templates.SheetsPage(v))
}

// shownList is a list as the box shows it again. What is no text stays out: the
// box could not give it back.
func shownList(text []byte) string {
	if bytes.IndexByte(text, 0) >= 0 {
		return ""
	}
	return strings.ToValidUTF8(strings.TrimPrefix(string(text), "\ufeff"), "\ufffd")
}

// visible is a line of a list without what turns or hides the text around it.
func visible(line string) string {
	const most = 80
	line = strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return '\ufffd'
		}
		return r
	}, strings.TrimRight(line, "\r"))
	if r := []rune(line); len(r) > most {
		return string(r[:most]) + "…"
	}
	return line
}
