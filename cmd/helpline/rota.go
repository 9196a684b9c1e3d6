package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/console"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/store"
	"helpline/templates/i18n"
)

// rotaCommands are those about who is on duty and when the line is open. All of
// them work beside a running line: it notices what was written and reads again,
// and what was decided on older rows is refused.
type rotaCommands struct {
	Import rotaImportCommand `cmd:"" help:"Read a spreadsheet of people and dates: proposes templates, and with --write makes a draft. It never publishes."`
	Export rotaExportCommand `cmd:"" help:"Write a rota as a spreadsheet that import reads, or as a calendar."`
	Check  rotaCheckCommand  `cmd:"" help:"Hold the rotas against the rules: what is not kept, by whom, and what would mend it. Exit code 1: something must be solved."`
	Fill   rotaFillCommand   `cmd:"" help:"Fill a draft: a legal one at once, then better for some seconds. Writes only with --write, and never publishes."`
	Hours  rotaHoursCommand  `cmd:"" help:"Say in plain words when the line is open, for a line that plans its names elsewhere."`
}

// planning is the rotas of a line, with all a command says them with.
type planning struct {
	conf   config
	db     *store.DB
	rotas  *counsel.Rotas
	state  counsel.RotaState
	people []staff.Person
	words  console.RotaWords
	zone   *time.Location
	now    time.Time
}

// openRotas opens the data folder beside the line that may run on it. With
// --data it may be a demonstration's.
func (f settingFlags) openRotas(ctx context.Context, env func(string) string) (*planning, error) {
	conf, err := f.rotaFolder(env)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(conf.Data); err != nil {
		return nil, dataError{fmt.Errorf("%w: run `helpline init` first", err)}
	}
	db, err := store.Open(ctx, conf.Data, store.Options{Zone: conf.Zone, Beside: true})
	if err != nil {
		return nil, dataError{err}
	}
	if _, err := db.HostKeys().Installation(); err != nil {
		return nil, errors.Join(dataError{fmt.Errorf("%s holds no line yet: run `helpline init` first", conf.Data)}, db.Close())
	}
	d, err := planningOf(ctx, db, conf)
	if err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	return d, nil
}

// rotaFolder is the configuration, or with --data as much of one as a
// demonstration has.
func (f settingFlags) rotaFolder(env func(string) string) (config, error) {
	if f.Data == "" || !isDemo(f.Data) {
		return f.load(env)
	}
	zone, err := time.LoadLocation(demoZone)
	return config{Data: f.Data, Zone: zone, Law: demoLaw}, err
}

func planningOf(ctx context.Context, db *store.DB, conf config) (*planning, error) {
	trail, err := trailOf(db)
	if err != nil {
		return nil, err
	}
	d := &planning{conf: conf, db: db, zone: conf.Zone, now: time.Now()}
	if d.rotas, err = counsel.NewRotas(ctx, db, trail, db, conf.Zone, conf.Law, time.Now); err != nil {
		return nil, err
	}
	if d.state, err = db.LoadRotas(ctx); err != nil {
		return nil, err
	}
	if d.people, err = db.People(ctx); err != nil {
		return nil, err
	}
	all, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	names := map[helpline.ID]string{}
	for _, one := range d.people {
		names[one.ID] = seen(one.Name)
	}
	d.words = console.NewRotaWords(all.In("en"), names, d.zone)
	return d, nil
}

// name is what the staff call a person.
func (d *planning) name(id helpline.ID) string {
	for _, p := range d.people {
		if p.ID == id {
			return seen(p.Name)
		}
	}
	return "somebody who has gone (" + id.String()[:6] + ")"
}

// named finds people by their names, and by an alias that one person has
// alone. Those who were removed are found only where that is asked; otherwise
// they are given with false.
func (d *planning) named(removed bool) func(string) (helpline.ID, bool) {
	names, aliases, gone := map[string]helpline.ID{}, map[string]helpline.ID{}, map[string]helpline.ID{}
	put := func(in map[string]helpline.ID, name string, id helpline.ID) {
		if other, taken := in[folded(name)]; taken && other != id {
			id = helpline.ID{}
		}
		in[folded(name)] = id
	}
	for _, p := range d.people {
		if p.State != staff.Removed || removed {
			put(names, p.Name, p.ID)
		} else {
			put(gone, p.Name, p.ID)
		}
		if p.State != staff.Removed {
			put(aliases, p.Alias, p.ID)
		}
	}
	return func(name string) (helpline.ID, bool) {
		key := folded(name)
		if key == "" {
			return helpline.ID{}, false
		}
		id, known := names[key]
		if !known {
			id = aliases[key]
		}
		if !known && id.IsZero() {
			return gone[key], false
		}
		return id, !id.IsZero()
	}
}

// folded is a name without what people do not type the same twice.
func folded(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// line finds a rota by its name; without one, the only rota whose names are
// planned here. made says that there is none yet.
func (d *planning) line(name string) (r rota.Rota, made bool, err error) {
	var all []rota.Rota
	for _, one := range d.state.Rotas {
		if name != "" && folded(one.Name) == folded(name) {
			return one, false, nil
		}
		if one.Way != rota.Elsewhere {
			all = append(all, one)
		}
	}
	switch {
	case name != "":
		return rota.Rota{Name: name}, true, nil
	case len(all) == 1:
		return all[0], false, nil
	case len(all) == 0:
		return rota.Rota{Name: "Rota"}, true, nil
	}
	return rota.Rota{}, false, usageError{fmt.Errorf("there are several rotas: name one of them with --rota: %s", rotaNames(all))}
}

// oneLine is line for what must be there.
func (d *planning) oneLine(name string) (rota.Rota, error) {
	r, made, err := d.line(name)
	if err == nil && made {
		if len(d.state.Rotas) == 0 {
			return r, errors.New("there is no rota yet: make one on the page Rota, or with `helpline rota import`")
		}
		return r, usageError{fmt.Errorf("there is no such rota; there are: %s", rotaNames(d.state.Rotas))}
	}
	return r, err
}

func rotaNames(all []rota.Rota) string {
	var names []string
	for _, r := range all {
		names = append(names, seen(r.Name))
	}
	return strings.Join(names, ", ")
}

// version finds one by what is printed of its identifier; without that, the
// first of the rota that wanted takes, the newest first.
func (d *planning) version(of rota.Rota, id, none string, wanted func(rota.Version) bool) (rota.Version, error) {
	all := d.rotas.Versions(of.ID)
	if id != "" {
		all = slices.Clone(d.state.Versions)
		wanted = func(v rota.Version) bool { return v.ID.String() == id }
		none = "there is no version of this number: `helpline rota check` prints them"
	}
	i := slices.IndexFunc(all, wanted)
	if i < 0 {
		return rota.Version{}, usageError{errors.New(none)}
	}
	return all[i], nil
}

// lineName is the name of a rota.
func (d *planning) lineName(id helpline.ID) string {
	for _, r := range d.state.Rotas {
		if r.ID == id {
			return seen(r.Name)
		}
	}
	return ""
}

// title names a version in one line.
func (d *planning) title(v rota.Version) string {
	return fmt.Sprintf("%s, %s, %s to %s (--version=%s)", d.lineName(v.Rota), v.State, v.First, v.Last, v.ID)
}

func (d *planning) close() { _ = d.db.Close() }

// tells has what is changed told by the outbox of the line, in the same moment. A
// line that sends nothing keeps none.
func (d *planning) tells(ctx context.Context) error {
	if !d.conf.Notices.on() {
		return nil
	}
	set, err := noticesOf(d.conf, d.db)
	if err != nil {
		return err
	}
	n, err := counsel.NewNotices(ctx, set)
	if err == nil {
		d.rotas.Tells(n.OfChange)
	}
	return err
}

// edit does one thing to a rota and leaves a trace, or does neither.
func (d *planning) edit(ctx context.Context, e counsel.RotaEdit, deed audit.Deed) error {
	deed.By = audit.Operator
	who := helpline.Actor{Person: audit.Operator, Roles: []helpline.Role{helpline.Supervisor}} // whoever has the machine
	err := traced(ctx, d.db, deed, func() error {
		_, err := d.rotas.Edit(ctx, who, e)
		return err
	})
	if helpline.KindOf(err) == helpline.Conflict {
		return fmt.Errorf("%w: somebody has changed a rota at the same time; look again and repeat it", err)
	}
	return err
}

// mostSheet is how much of a file is read: a little more than a sheet may be,
// so that one that is too large is named as such.
const mostSheet = 2 << 20

// sheetText reads a file, or standard input for -.
func sheetText(p *place, name string) ([]byte, error) {
	in := p.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, usageError{fmt.Errorf("open the sheet: %w", err)}
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, mostSheet))
	if err != nil {
		return nil, fmt.Errorf("read the sheet: %w", err)
	}
	return text, nil
}

// breaches prints what is not kept, the worst first. stands says where in a file
// that is; nil says it nowhere.
func (d *planning) breaches(out *bytes.Buffer, all []rota.Breach, stands func(rota.Breach) string) (hard, open int) {
	for _, b := range all {
		says, way := d.words.Breach(b)
		level := d.words.T("rota.level." + string(b.Level))
		switch {
		case b.Level == rota.Hard:
			hard++
		case b.Level == rota.Advisory && b.Accepted:
			level = "accepted"
		case b.Level == rota.Advisory:
			open++
		}
		if stands != nil {
			level += stands(b)
		}
		fmt.Fprintf(out, "  %s: %s %s\n", level, says, way)
	}
	return hard, open
}
