package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"helpline/counsel/retention"
	"helpline/store"
)

// some names the first few of a list.
func some(names []string) string {
	if len(names) > 4 {
		return strings.Join(names[:4], ", ") + fmt.Sprintf(" and %d more", len(names)-4)
	}
	return strings.Join(names, ", ")
}

func lookAtConfig(_ context.Context, g *ground) []finding {
	if g.own != nil {
		return nil // it runs with it
	}
	var out []finding
	for _, name := range g.strange {
		near := setting{key: nearest(strings.ToLower(strings.TrimPrefix(name, "HELPLINE_")))}.variable()
		out = append(out, bad("configuration", look, "rename or remove it; `helpline config dump` shows where each value comes from",
			"the environment has %s, and there is no such setting; the nearest is %s", name, near)...)
	}
	at, err := os.Stat(g.file)
	switch {
	case err != nil:
		out = append(out, well("configuration", "all of it comes from flags and the environment")...)
	case at.Mode().Perm()&0o077 != 0:
		out = append(out, bad("configuration", look, "chmod 600 "+g.file, "%s can be read by other accounts (mode %04o)", g.file, at.Mode().Perm())...)
	default:
		out = append(out, well("configuration", "%s can be used", g.file)...)
	}
	return out
}

// lookAtFolder sees the data folder and opens it beside the line, if that
// changes nothing: as its own account, with every file there.
func lookAtFolder(ctx context.Context, g *ground) []finding {
	seen, err := store.Look(g.conf.Data)
	if err != nil {
		return bad("folder", wrong, "name the right folder with `data`, run `helpline init`, or run the doctor as the account of the line", "%v", err)
	}
	g.seen = seen
	if g.pid == 0 && seen.Taken {
		g.pid = lockedBy(g.proc, filepath.Join(g.conf.Data, "lock"))
	}
	var out []finding
	if isDemo(g.conf.Data) {
		out = append(out, bad("folder", wrong, "make another data folder with `helpline init`", "%s was made by the demonstration", g.conf.Data)...)
	}
	if len(seen.Readable) > 0 {
		out = append(out, bad("folder", wrong, "chmod -R go-rwx "+g.conf.Data, "other accounts may look into %s", some(seen.Readable))...)
	}
	if len(seen.Foreign) > 0 {
		out = append(out, bad("folder", wrong, fmt.Sprintf("chown -R %d %s", seen.Owner, g.conf.Data), "%s belong to another account than the folder", some(seen.Foreign))...)
	}
	if len(seen.Odd) > 0 {
		out = append(out, bad("folder", wrong, "remove them: the line makes none", "%s are neither files nor folders", some(seen.Odd))...)
	}
	if len(out) > 0 {
		return out // opening would mend some of it, and the doctor changes nothing
	}
	out = well("folder", "%s is closed to other accounts", g.conf.Data)
	if g.own != nil {
		return out // its databases are open
	}
	if me := os.Geteuid(); me != seen.Owner {
		return append(out, bad("folder", look, "run it with sudo -u, so that it can look into the databases too",
			"the doctor runs as account %d and the folder belongs to %d", me, seen.Owner)...)
	}
	for _, s := range seen.Schemas {
		if s.Is != s.Knows {
			return out // schema says so; opening could change it
		}
	}
	if g.db, err = store.Open(ctx, g.conf.Data, store.Options{Zone: g.conf.Zone, Beside: true}); err != nil {
		out = append(out, bad("folder", wrong, "stop the line and restore the last backup if this stays so", "the databases do not open: %v", err)...)
	}
	return out
}

func lookAtKeys(_ context.Context, g *ground) []finding {
	if g.seen.Schemas == nil {
		return nil
	}
	var out []finding
	if len(g.seen.Damaged) > 0 {
		out = append(out, bad("keys", wrong, "put keys/installation.key back from its copy; a damaged key of a day can be removed while the line is stopped, and logins and tickets of that day end",
			"%s cannot be read as keys", some(g.seen.Damaged))...)
	}
	if !g.seen.Installation && len(g.seen.Damaged) == 0 {
		out = append(out, bad("keys", wrong, "run `helpline init`, or put keys/installation.key back from its copy", "there is no installation key: this folder holds no line")...)
	}
	old := 0
	for _, day := range g.seen.Days {
		if day < today(g.now)-1 {
			old++
		}
	}
	if old > 0 && g.seen.Taken {
		out = append(out, bad("keys", wrong, "restart the line; see its log if they stay", "%d keys of days before yesterday are still there: what was sealed with them can still be opened", old)...)
	} else if old > 0 {
		out = append(out, bad("keys", look, "start the line, which destroys them, or remove them", "the line stands still and %d keys of days before yesterday are still there", old)...)
	}
	if len(out) == 0 {
		out = well("keys", "the installation key is whole; day keys: %d, none older than yesterday", len(g.seen.Days))
	}
	return out
}

func lookAtSchemas(_ context.Context, g *ground) []finding {
	var out []finding
	for _, s := range g.seen.Schemas {
		switch {
		case s.Is == -1 && g.seen.Installation:
			out = append(out, bad("schema", wrong, "restore the last backup", "%s is not there", s.Name)...)
		case s.Is == -2:
			out = append(out, bad("schema", wrong, "restore the last backup", "%s is no database", s.Name)...)
		case s.Is > s.Knows:
			out = append(out, bad("schema", wrong, "install the newer program, or restore a backup made by this one", "%s has version %d and this program knows %d", s.Name, s.Is, s.Knows)...)
		case s.Is >= 0 && s.Is < s.Knows:
			out = append(out, bad("schema", look, "make a backup, then restart the line with this program", "%s has version %d and this program writes %d", s.Name, s.Is, s.Knows)...)
		}
	}
	if len(out) == 0 && g.seen.Schemas != nil {
		out = well("schema", "%d databases, each as this program writes it", len(g.seen.Schemas))
	}
	return out
}

// today is the day number of the host's keys.
func today(now time.Time) int { return int(now.Unix() / 86400) }

func lookAtClock(_ context.Context, g *ground) []finding {
	const mend = "set the clock and let systemd-timesyncd, chrony or ntpd keep it; opening hours, days of keys and what expires stand on it"
	out, behind := []finding{}, time.Duration(0)
	if made, err := time.Parse(time.DateOnly, released); err == nil && g.now.Before(made) {
		behind = made.Sub(g.now)
	}
	if n := len(g.seen.Days); n > 0 && g.seen.Days[n-1] > today(g.now) {
		behind = max(behind, time.Duration(g.seen.Days[n-1]-today(g.now))*24*time.Hour)
	}
	if behind > 0 {
		out = append(out, bad("clock", wrong, mend, "the clock stands at least %d days behind", int(behind.Hours()+23)/24)...)
	}
	if kept, known := clockKept(); known && !kept {
		out = append(out, bad("clock", look, mend, "nothing on this machine keeps the clock right")...)
	}
	if len(out) == 0 {
		out = well("clock", "not before this program was made nor before the newest key")
	}
	return out
}

// lookAtPurge asks for what should have gone a day ago: whatever the log says,
// that is what a purge that works leaves none of.
func lookAtPurge(ctx context.Context, g *ground) []finding {
	if g.db == nil {
		return nil
	}
	done, err := g.db.Chores(ctx)
	if err != nil {
		return bad("purge", wrong, "run the doctor again; see the log of the line", "it could not be read when something was last purged")
	}
	day, ever := done[retention.Purging]
	late, err := purgeOf(g.db, g.conf).Look(ctx, g.now.Add(-36*time.Hour))
	switch {
	case err != nil:
		return bad("purge", wrong, "run `helpline purge --dry-run`", "what has expired could not be read")
	case g.seen.Taken && ever && g.now.Sub(retention.Midnight(day)) > 72*time.Hour:
		return bad("purge", wrong, "see the log of the line, and run `helpline purge`", "the line runs and last purged on %s", retention.Midnight(day).Format(time.DateOnly))
	case late.Notes > 0:
		return bad("purge", wrong, "run `helpline purge` now and see the log of the line", "%d notes should have gone more than a day ago", late.Notes)
	}
	return well("purge", "nothing is kept for longer than promised")
}

// How old safety copies may be, in days.
const (
	copyLook   = 2
	copyWrong  = retention.CopyDays
	rehearseBy = 31
)

// lookAtCopies sees when a copy was last made, and when one was last opened.
func lookAtCopies(ctx context.Context, g *ground) []finding {
	if g.db == nil {
		return nil
	}
	done, err := g.db.Chores(ctx)
	if err != nil {
		return bad("backup", wrong, "run the doctor again; see the log of the line", "it could not be read when a copy was last made")
	}
	var out []finding
	const mend = "set `backup_dir` and run `helpline backup make`; docs/operations.md says where the keys belong"
	made, ever := done[retention.BackingUp]
	switch age := retention.Day(g.now) - made; {
	case !ever:
		out = bad("backup", look, mend, "no copy was ever made: a broken disk loses everything")
	case age > copyWrong:
		out = bad("backup", wrong, mend, "the last copy is %d days old", age)
	case age > copyLook:
		out = bad("backup", look, mend, "the last copy is %d days old", age)
	default:
		out = well("backup", "the last copy is %d days old", max(0, age))
	}
	tried, ever := done[retention.Rehearsing]
	const rehearse = "run `helpline verify` with the newest copy and the offline key, on another machine if you can"
	switch age := retention.Day(g.now) - tried; {
	case !ever:
		out = append(out, bad("verify", look, rehearse, "no copy was ever opened: nobody knows whether one would help")...)
	case age > rehearseBy:
		out = append(out, bad("verify", look, rehearse, "a copy was last opened %d days ago", age)...)
	default:
		out = append(out, well("verify", "a copy was opened %d days ago, as a restore would", max(0, age))...)
	}
	return out
}
