package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/store"
)

// keysAcceptCommand is for the day after somebody has put helpline.db back by hand:
// then the key log is not the one that was vouched for on this host, and what
// visitors write is refused. Whoever can only write the database cannot run it.
type keysAcceptCommand struct {
	settingFlags
	Restored bool `name:"yes-I-restored" help:"You put the database back yourself, you have compared the six words, and what is named as lost may be lost."`
}

// Run says what would be lost, and goes by the log that is there when that was
// said to be right. The line must be stopped: it knows the head by heart.
func (c keysAcceptCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.load(p.env)
	if err != nil {
		return err
	}
	db, install, err := openKeys(ctx, conf, false)
	if helpline.KindOf(err) == helpline.Conflict {
		return dataError{fmt.Errorf("%w: stop the line first; nothing was changed", err)}
	}
	if err != nil {
		return err
	}
	defer db.Close()
	h, err := compareHead(ctx, db, install)
	if err != nil {
		return err
	}
	if h.found == "" {
		_, err = fmt.Fprintln(p.out, "The key log is the one that was vouched for on this host. There is nothing to accept.")
		return err
	}
	said, err := h.says(ctx, db, install)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(p.out, said); err != nil {
		return err
	}
	if !c.Restored {
		return errors.New("nothing was changed. If one of you put the database back by hand, and the words fit: run this once more with --yes-I-restored")
	}
	return h.accept(ctx, db, install, p)
}

// headThere is a key log beside what this host knew of it.
type headThere struct {
	log   *vault.Log
	now   vault.Trust
	knew  vault.Trust
	found string // as the audit log has it; empty: they fit
}

// lost is how many entries are gone, as far as anybody can tell.
func (h headThere) lost() int {
	if h.found == "unknown" || h.knew.Seen <= h.now.Seen {
		return 0
	}
	return int(h.knew.Seen - h.now.Seen)
}

// compareHead reads both. It refuses what no head can make right.
func compareHead(ctx context.Context, db *store.DB, install helpline.ID) (headThere, error) {
	entries, err := db.KeyLog(ctx)
	if err != nil {
		return headThere{}, err
	}
	if len(entries) == 0 {
		return headThere{}, errors.New("there is no key log in this database: restore a backup. Nothing was changed")
	}
	h := headThere{}
	if h.log, err = vault.ReadLog(install, entries); err != nil {
		return h, fmt.Errorf("the key log was tampered with or damaged (%w): restore a backup. Nothing was changed", err)
	}
	h.now = h.log.Trust()
	h.knew, err = db.HostKeys().VouchedHead()
	switch {
	case err != nil:
		h.found, h.knew = "unknown", vault.Trust{}
		return h, nil
	case h.knew == vault.Trust{}:
		return h, errors.New("nobody has vouched for a key log on this host yet: let somebody of the staff log in who did so before. Nothing was changed")
	}
	_, err = h.log.Under(h.knew)
	switch vault.CheckOf(err) {
	case "":
		return h, err
	case vault.LogShort:
		h.found = "short"
	case vault.LogReplaced:
		h.found = "replaced"
	default: // another root: everybody's words are others, and no keyring would open under it
		return h, errors.New("the key log has another root than the one this host knew: this is another line's database, or somebody made the keys anew. No host may accept that. Restore a backup; nothing was changed")
	}
	return h, nil
}

// says tells what would be lost and shows the words to compare.
func (h headThere) says(ctx context.Context, db *store.DB, install helpline.ID) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "The key log in the database: %d entries, head %x.\n", h.now.Seen, h.now.Head)
	switch h.found {
	case "short":
		fmt.Fprintf(&b, "This host knew:              %d entries, head %x.\n\nLOST by going on with it: the newest %d entries. What they said is not known here: people whose words were\nconfirmed, people who left, changed roles, new keys of groups, a new recovery key, notes that two hold. Whatever of that\nwas done since has to be done again.\n",
			h.knew.Seen, h.knew.Head, h.lost())
	case "replaced":
		fmt.Fprintf(&b, "This host knew:              %d entries, head %x.\n\nENTRY %d IS ANOTHER ONE than this host knew. That happens when a line went on after a database was put back; it also\nhappens when somebody rewrites the log. LOST by going on with it: at least entry %d as it was, and whatever else was other.\n",
			h.knew.Seen, h.knew.Head, h.knew.Seen, h.knew.Seen)
	default:
		b.WriteString("What this host knew of it cannot be read (keys/log.head): nobody can say whether anything is lost.\n")
	}
	people, err := peopleSeen(ctx, db)
	if err != nil {
		return "", err
	}
	v, err := h.log.Under(h.now)
	if err != nil {
		return "", err
	}
	b.WriteString("\nSix words of everybody who stands in it. Compare them with the paper, or by voice:\n")
	table := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, one := range people {
		if !h.log.Stands(one.ID) {
			continue
		}
		keys, _, err := v.Person(one.ID)
		if err != nil {
			return "", err
		}
		gone := ""
		if one.State == staff.Removed {
			gone = "removed: the next supervisor who unlocks makes new keys"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", one.Name, vault.Fingerprint(install, h.now.Root, keys), gone)
	}
	if err := table.Flush(); err != nil {
		return "", err
	}
	b.WriteByte('\n')
	return b.String(), nil
}

// accept removes again whom the host remembers as removed, and goes by the log
// that is there. The entry in the audit log stands before the head changes.
func (h headThere) accept(ctx context.Context, db *store.DB, install helpline.ID, p *place) error {
	people := 0
	deed := audit.Deed{By: audit.Operator, Code: audit.KeysHead, Details: []audit.Detail{
		audit.Word("found", h.found), audit.Number("entries", int(h.now.Seen)), audit.Number("lost", h.lost()),
	}}
	err := counsel.Traced(ctx, db.Trail(install), deed, func() (err error) {
		if people, err = db.ApplyGone(ctx); err != nil {
			return err
		}
		return db.HostKeys().KeepVouchedHead(h.now)
	})
	if err != nil {
		return fmt.Errorf("%w. The head was not changed. If the audit log was put back too, run `helpline audit restart` and then this once more", err)
	}
	_, err = fmt.Fprintf(p.out, "Done. This host goes by the key log with %d entries from now on. Removed again, because the host remembers their removal: %d.\n"+
		"Start the line, let a supervisor log in, and look at \"Keys\" and at the people: do again what was lost.\n", h.now.Seen, people)
	return err
}
