package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// rotaCheckCommand holds rotas against the rules.
type rotaCheckCommand struct {
	settingFlags
	Rota    string `placeholder:"NAME" help:"Only this rota."`
	Version string `placeholder:"NUMBER" help:"Only this version; by default every draft, and all that is published and not over."`
	JSON    bool   `name:"json" help:"As JSON, for another program."`
	Strict  bool   `help:"Exit code 1 also for what a supervisor could accept and has not."`
}

// judged is one version and what was found in it.
type judged struct {
	version  rota.Version
	breaches []rota.Breach
}

// Run prints every breach with a way out. It ends with an error where
// something must be solved.
func (c rotaCheckCommand) Run(ctx context.Context, p *place) error {
	d, err := c.openRotas(ctx, p.env)
	if err != nil {
		return err
	}
	defer d.close()
	versions, err := c.versions(d)
	if err != nil {
		return err
	}
	var all []judged
	for _, v := range versions {
		b, err := d.rotas.Book(ctx, v.ID)
		if err != nil {
			return err
		}
		all = append(all, judged{v, rota.Check(b, d.rotas.Law())})
	}
	var out bytes.Buffer
	hard, open := 0, 0
	for _, j := range all {
		fmt.Fprintln(&out, d.title(j.version))
		h, o := d.breaches(&out, j.breaches, nil)
		if len(j.breaches) == 0 {
			fmt.Fprintln(&out, "  all rules are kept")
		}
		hard, open = hard+h, open+o
	}
	fmt.Fprintf(&out, "%s looked at: %d to be solved, %d to be accepted or solved. %s\n", soMany(len(all), "version", "versions"), hard, open, d.words.T("rota.advice"))
	if c.JSON {
		out.Reset()
		if err := d.asJSON(&out, all); err != nil {
			return err
		}
	}
	if _, err := out.WriteTo(p.out); err != nil {
		return err
	}
	switch {
	case hard > 0:
		return fmt.Errorf("%s: solve them before you publish", soMany(hard, "hard rule is not kept", "hard rules are not kept"))
	case c.Strict && open > 0:
		return fmt.Errorf("%s: accept or solve them", soMany(open, "advisory rule is not kept", "advisory rules are not kept"))
	}
	return nil
}

func soMany(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// versions are those to look at.
func (c rotaCheckCommand) versions(d *planning) ([]rota.Version, error) {
	if c.Version != "" {
		v, err := d.version(rota.Rota{}, c.Version, "", nil)
		return []rota.Version{v}, err
	}
	lines := d.state.Rotas
	if c.Rota != "" {
		r, err := d.oneLine(c.Rota)
		if err != nil {
			return nil, err
		}
		lines = []rota.Rota{r}
	}
	today := rota.DateOf(d.now.In(d.zone))
	var out []rota.Version
	for _, r := range lines {
		for _, v := range d.rotas.Versions(r.ID) {
			if v.State == rota.Draft || v.State == rota.Published && v.Last.String() >= today.String() {
				out = append(out, v)
			}
		}
	}
	return out, nil
}

// versionJSON and breachJSON are what check --json prints: an array of
// versions. Instants are RFC 3339 in UTC, days 2026-11-30, numbers in their unit.
type versionJSON struct {
	Version  string       `json:"version"`
	Rota     string       `json:"rota"`
	State    string       `json:"state"`
	First    string       `json:"first"`
	Last     string       `json:"last"`
	Breaches []breachJSON `json:"breaches"`
}

type breachJSON struct {
	Key      string     `json:"key"` // the same as long as people, shifts and numbers are
	Rule     string     `json:"rule"`
	Level    string     `json:"level"`
	Accepted bool       `json:"accepted"`
	Source   string     `json:"source,omitempty"`
	People   []string   `json:"people"`
	From     *time.Time `json:"from,omitempty"`
	Until    *time.Time `json:"until,omitempty"`
	Have     int        `json:"have"`
	Want     int        `json:"want"`
	Unit     string     `json:"unit,omitempty"`
	Says     string     `json:"says"`
	Way      string     `json:"way"`
}

func (d *planning) asJSON(out *bytes.Buffer, all []judged) error {
	list := []versionJSON{}
	for _, j := range all {
		v := versionJSON{
			Version: j.version.ID.String(), Rota: d.lineName(j.version.Rota), State: string(j.version.State), First: j.version.First.String(), Last: j.version.Last.String(),
			Breaches: []breachJSON{},
		}
		for _, b := range j.breaches {
			v.Breaches = append(v.Breaches, d.breachJSON(b))
		}
		list = append(list, v)
	}
	to := json.NewEncoder(out)
	to.SetIndent("", " ")
	to.SetEscapeHTML(false)
	return to.Encode(list)
}

func (d *planning) breachJSON(b rota.Breach) breachJSON {
	says, way := d.words.Breach(b)
	j := breachJSON{
		Key: b.Key(), Rule: string(b.Rule), Level: string(b.Level), Accepted: b.Accepted, Source: b.Source, People: []string{},
		Have: b.Have, Want: b.Want, Unit: string(b.Unit), Says: says, Way: way,
	}
	seenBefore := map[helpline.ID]bool{}
	for _, id := range b.People {
		if !seenBefore[id] {
			seenBefore[id] = true
			j.People = append(j.People, d.name(id))
		}
	}
	if !b.At.Start.IsZero() {
		from, until := b.At.Start.UTC(), b.At.End.UTC()
		j.From, j.Until = &from, &until
	}
	return j
}
