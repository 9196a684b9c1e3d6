package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/static"
	"helpline/templates"
	"helpline/templates/i18n"
)

// staffImportCommand invites everybody on a list. It works while the line runs.
type staffImportCommand struct {
	settingFlags
	File   string `arg:"" help:"CSV file with the columns name, alias, roles, languages, doors, chats; - is standard input."`
	Sheets string `placeholder:"DIR" help:"New or empty folder for the invitation sheets. Without it nothing is changed."`
	DryRun bool   `help:"Only say what would be done, also with --sheets."`
	Ask    string `placeholder:"NAME" help:"Whom the invited can ask, printed on the sheets; by default whoever gave them the sheet."`
}

// Run looks at the whole list first, and then does all of it or nothing.
func (s staffImportCommand) Run(ctx context.Context, p *place) error {
	c, err := s.load(p.env)
	if err != nil {
		return err
	}
	list, err := readList(p, s.File, staff.Lines{Locales: c.Line.Locales, Chats: c.Chats})
	if err != nil {
		return err
	}
	db, peers, err := openPeers(ctx, c, p)
	if err != nil {
		return err
	}
	defer db.Close()
	known, err := db.People(ctx)
	if err != nil {
		return dataError{err}
	}
	if there := staff.There(list, known); len(there) > 0 {
		return helpline.Errorf(helpline.Conflict, "nothing of the list is taken:\n%w", there)
	}
	if s.DryRun || s.Sheets == "" {
		return would(p, list, staff.Alike(list, known))
	}
	all, err := staff.Invitees(list, c.Line.Locales, false)
	if err != nil {
		return err
	}
	dir, err := newSheets(s.Sheets, c.Data)
	if err != nil {
		return err
	}
	err = peers.ImportFromHost(ctx, all, func() error { return dir.write(ctx, c, all, s.Ask) })
	if err != nil {
		err = errors.Join(err, dir.remove())
		if name, ok := errors.AsType[staff.Taken](err); ok {
			return fmt.Errorf("%s has joined the list meanwhile: nobody was invited; look at the list again", seen(string(name)))
		}
		return fmt.Errorf("nobody was invited: %w", err)
	}
	_, err = fmt.Fprintf(p.out, "%s invited. Print the sheets in %s, hand each to its person, and destroy the folder: the links work once, for three days.\n",
		people(len(all), "is", "are"), s.Sheets)
	return err
}

func people(n int, is, are string) string {
	if n == 1 {
		return "1 person " + is
	}
	return fmt.Sprintf("%d people %s", n, are)
}

// would says what an import would do.
func would(p *place, list []staff.Listed, alike staff.Faults) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s be invited:\n", people(len(list), "would", "would"))
	for _, one := range list {
		q := one.Person
		fmt.Fprintf(&out, "line %d: %s, visitors see %s: %s; %s; %s; %d at once\n",
			one.Line, q.Name, q.Alias, spaced(q.Roles), spaced(q.Locales), spaced(q.Audiences), q.Chats)
	}
	if len(alike) > 0 {
		fmt.Fprintln(&out, "This stops nothing:")
		for _, f := range alike[:min(len(alike), staff.MostTold)] {
			fmt.Fprintln(&out, seen(f.String()))
		}
	}
	fmt.Fprintln(&out, "Nothing was changed. To invite them, say with --sheets DIR where the invitation sheets go.")
	_, err := out.WriteTo(p.out)
	return err
}

// sheets is the folder of the invitation sheets. Whoever holds a sheet can join
// in somebody's name, so the folder is the operator's alone.
type sheets struct {
	root    *os.Root
	path    string
	made    bool // the folder is ours, and goes with what is in it
	written []string
}

// newSheets makes the folder, or takes an empty one.
func newSheets(path, data string) (*sheets, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, usageError{err}
	}
	inside, err := filepath.Abs(data)
	if err != nil {
		return nil, usageError{err}
	}
	if full == inside || strings.HasPrefix(full, inside+string(filepath.Separator)) {
		return nil, usageError{fmt.Errorf("--sheets %s is in the data folder: choose another, the sheets are handed over and destroyed", path)}
	}
	s := &sheets{path: full}
	err = os.Mkdir(full, 0o700)
	switch {
	case err == nil:
		s.made = true
	case errors.Is(err, fs.ErrExist):
		if err := emptyFolder(full); err != nil {
			return nil, usageError{fmt.Errorf("--sheets %s: %w", path, err)}
		}
	default:
		return nil, usageError{fmt.Errorf("--sheets %s: %w", path, err)}
	}
	if s.root, err = os.OpenRoot(full); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// emptyFolder takes a folder that is there, is one, is empty and then is the
// operator's alone.
func emptyFolder(path string) error {
	at, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !at.IsDir() {
		return errors.New("there is something of this name that is no folder: name another")
	}
	in, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	if len(in) > 0 {
		return errors.New("the folder is not empty: name a new one, so that no sheet is mixed with another")
	}
	return os.Chmod(path, 0o700)
}

// write makes one file for each person, and the style they share.
func (s *sheets) write(ctx context.Context, c config, all []staff.Invitee, ask string) error {
	words, err := i18n.Load()
	if err != nil {
		return err
	}
	if err := s.file("sheet.css", static.Text("css/sheet.css")); err != nil {
		return err
	}
	day := time.Now().In(c.Zone).Format(time.DateOnly)
	for n, i := range all {
		link := c.origin(c.StaffHost) + "/join/" + i.Token.Reveal()
		picture, err := staff.Picture(link)
		if err != nil {
			return err
		}
		var page bytes.Buffer
		err = templates.SheetFile(templates.Sheet{
			Words: words.In(i.Person.Language), Line: c.Line.Name, Name: i.Person.Name, Link: link, Squares: templates.Squares(picture),
			Hours: int(staff.InvitationLasts / time.Hour), Day: day, Ask: ask,
		}).Render(ctx, &page)
		if err == nil {
			err = s.file(fmt.Sprintf("%03d-%s.html", n+1, fileName(i.Person.Name)), page.Bytes())
		}
		if err != nil {
			return err
		}
	}
	folder, err := s.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// fileName is a name as it can stand in the name of a file.
func fileName(name string) string {
	out := []rune(strings.ReplaceAll(name, " ", "-"))
	return string(out[:min(len(out), 32)])
}

func (s *sheets) file(name string, text []byte) error {
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write a sheet: %w", err)
	}
	s.written = append(s.written, name)
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if shut := f.Close(); err == nil {
		err = shut
	}
	if err != nil {
		return fmt.Errorf("write a sheet: %w", err)
	}
	return nil
}

// remove takes away what was written, and the folder if it is ours.
func (s *sheets) remove() error {
	var all []error
	for _, name := range s.written {
		all = append(all, s.root.Remove(name))
	}
	if s.root != nil {
		all = append(all, s.root.Close())
	}
	if s.made {
		all = append(all, os.Remove(s.path))
	}
	return errors.Join(all...)
}
