package directory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"helpline"
)

// Entry is one object at the top of a file: a service with its organization,
// or an organization with its services. A store keeps entries.
type Entry struct {
	ID        helpline.ID
	JSON      []byte // compact, with every field as it came
	CheckedOn Date   // the oldest check of its services; empty when one has none
	Hidden    bool   // set by supervisors; stands in no file
}

// Directory is a checked list of entries. Make one with Read, Starter or Of.
type Directory struct {
	entries   []Entry
	providers []Provider
	alone     bool // the file held one object and no list
}

// Read takes a directory from HSDS JSON: a service, an organization or a list
// of them. The error is Invalid and wraps Problems, all of them; now tells dates
// that have not come yet.
func Read(r io.Reader, now time.Time) (*Directory, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	if len(text) > maxFile {
		return nil, Problems{{"file", fmt.Sprintf("is larger than %d MiB", maxFile>>20)}}.refused()
	}
	root, problems := plant(text)
	if err := problems.refused(); err != nil {
		return nil, err
	}
	list, isList := root.([]any)
	if !isList {
		list = []any{root}
	}
	c := &checker{now: now, seen: map[helpline.ID]sight{}}
	tops := c.top(list, isList)
	c.resolve()
	if err := c.problems.refused(); err != nil {
		return nil, err
	}
	raws := []json.RawMessage{text}
	if isList {
		if err := json.Unmarshal(text, &raws); err != nil {
			return nil, fmt.Errorf("read the directory: %w", err)
		}
	}
	d := &Directory{alone: !isList}
	for i, t := range tops {
		var b bytes.Buffer
		if err := json.Compact(&b, raws[i]); err != nil {
			return nil, fmt.Errorf("read the directory: %w", err)
		}
		d.add(Entry{ID: t.id, JSON: b.Bytes()}, t)
	}
	return d, nil
}

// top is an entry as it was read.
type top struct {
	kind   string
	id     helpline.ID
	object map[string]any
}

// top checks the entries of a file.
func (c *checker) top(list []any, isList bool) []top {
	var tops []top
	at := map[helpline.ID]int{}
	for i, one := range list {
		path := ""
		if isList {
			path = item("", i)
		}
		o, _ := one.(map[string]any)
		kind := kindOf(o)
		if kind == "" {
			where := path
			if where == "" {
				where = "file"
			}
			c.fault(where, "is neither a service nor an organization of HSDS 3.0")
			continue
		}
		text, _ := o["id"].(string)
		id, err := ParseUUID(text)
		if before, twice := at[id]; err == nil && twice {
			c.fault(join(path, "id"), "stands twice in this list, first at %s: give one of them another id or take it out", item("", before))
			continue
		}
		at[id] = i
		c.object(kind, path, o)
		tops = append(tops, top{kind, id, o})
	}
	return tops
}

// Of makes a directory of entries that a store kept. It leaves out nothing: an
// entry that can no longer be read is an Internal error that names it.
func Of(entries []Entry) (*Directory, error) {
	d := &Directory{alone: len(entries) == 1}
	for _, e := range entries {
		root, problems := plant(e.JSON)
		o, _ := root.(map[string]any)
		kind := kindOf(o)
		if len(problems) > 0 || kind == "" {
			return nil, helpline.Errorf(helpline.Internal, "directory entry %s cannot be read: import it again", UUID(e.ID))
		}
		d.add(e, top{kind, e.ID, o})
	}
	return d, nil
}

// add appends an entry and its providers.
func (d *Directory) add(e Entry, t top) {
	services, organization := []map[string]any{t.object}, map[string]any(nil)
	if t.kind == "organization" {
		services, organization = objects(t.object, "services"), t.object
	}
	dated := true
	for _, s := range services {
		p := view(s, organization)
		p.Entry, p.Hidden = e.ID, e.Hidden
		switch {
		case p.CheckedOn == "":
			e.CheckedOn, dated = "", false
		case dated && (e.CheckedOn == "" || p.CheckedOn < e.CheckedOn):
			e.CheckedOn = p.CheckedOn
		}
		if _, known := d.Provider(p.ID); !known { // the same service may stand in two entries
			d.providers = append(d.providers, p)
		}
	}
	d.entries = append(d.entries, e)
}

// Entries are the entries in the order of the file.
func (d *Directory) Entries() []Entry { return d.entries }

// Providers are the services in the order of the file.
func (d *Directory) Providers() []Provider { return d.providers }

// Provider finds a service.
func (d *Directory) Provider(id helpline.ID) (p Provider, ok bool) {
	for i := range d.providers {
		if d.providers[i].ID == id {
			return d.providers[i], true
		}
	}
	return Provider{}, false
}

// Write gives the directory as HSDS JSON: a list, or the one object alone when
// it was read as such or a store keeps no other. Every field comes back as it
// was read, in its order.
func (d *Directory) Write(w io.Writer) error {
	var all bytes.Buffer
	if !d.alone {
		all.WriteByte('[')
	}
	for i, e := range d.entries {
		if i > 0 {
			all.WriteByte(',')
		}
		all.Write(e.JSON)
	}
	if !d.alone {
		all.WriteByte(']')
	}
	var out bytes.Buffer
	if err := json.Indent(&out, all.Bytes(), "", "  "); err != nil {
		return fmt.Errorf("write the directory: %w", err)
	}
	out.WriteByte('\n')
	_, err := out.WriteTo(w)
	return err
}
