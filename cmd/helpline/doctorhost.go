package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// What is asked of the machine.
const (
	diskLook  = 2 << 30   // bytes free: below this somebody should look
	diskWrong = 256 << 20 // bytes free: below this nothing more may be sealed
)

func lookAtDisk(_ context.Context, g *ground) []finding {
	free, whole, known := diskFree(g.conf.Data)
	if !known {
		return nil
	}
	need := uint64(0) // a backup and a purge each need the databases once more
	for _, name := range []string{"helpline.db", "logins.db", filepath.Join("keys", "shred.db")} {
		if at, err := os.Stat(filepath.Join(g.conf.Data, name)); err == nil {
			need += uint64(at.Size())
		}
	}
	const mend = "free some space where the data folder is; a full disk stops notes from being saved, not conversations"
	says := fmt.Sprintf("%s free of %s", size(free), size(whole))
	switch {
	case free < diskWrong || free < need:
		return bad("disk", wrong, mend, "%s", says)
	case free < diskLook || free < 3*need:
		return bad("disk", look, mend, "%s", says)
	}
	return well("disk", "%s", says)
}

// size writes a number of bytes for people.
func size(n uint64) string {
	if n >= 10<<30 {
		return fmt.Sprintf("%d GiB", n>>30)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

func lookAtSwap(_ context.Context, g *ground) []finding {
	text, err := os.ReadFile(filepath.Join(g.proc, "swaps"))
	if err != nil {
		return nil // another system: nothing can be said
	}
	on := max(0, len(strings.Split(strings.TrimSpace(string(text)), "\n"))-1)
	if on == 0 {
		return well("swap", "off: no memory of a conversation reaches the disk")
	}
	if limit, ok := g.control("memory.swap.max"); ok && limit == "0" {
		return well("swap", "on for the machine, and off for the line (MemorySwapMax=0)")
	}
	return bad("swap", look, "swapoff -a and take it out of /etc/fstab, or set MemorySwapMax=0 as deploy/helpline.service does",
		"on: what is said in a conversation could be written to the disk")
}

func lookAtCore(_ context.Context, g *ground) []finding {
	if err := noCore(); err != nil {
		return bad("core", wrong, "see which rule of the machine or container forbids prctl and setrlimit", "the program cannot forbid memory dumps here: %v", err)
	}
	if text, ok := g.process("limits"); ok && limitOf(text, "Max core file size") != "0" {
		return bad("core", wrong, "restart the line with this program", "the running line may leave a core file")
	}
	return well("core", "the program forbids memory dumps of itself")
}

// lookAtLimits counts the files that the line may have open.
func lookAtLimits(_ context.Context, g *ground) []finding {
	text, ok := g.process("limits")
	whose := "the running line"
	if !ok {
		if text, ok = readable(filepath.Join(g.proc, "self", "limits")); !ok {
			return nil
		}
		whose = "a line started from here"
	}
	need := mostLinks(g.conf.MaxWaiting) + mostConns
	has, err := strconv.Atoi(limitOf(text, "Max open files"))
	if err != nil { // unlimited
		return well("files", "%s may open as many as it needs", whose)
	}
	if has < need {
		return bad("files", look, fmt.Sprintf("set LimitNOFILE=%d or more in the unit, as deploy/helpline.service does", max(need, 65536)),
			"%s may open %d, and %d could be needed with every place taken", whose, has, need)
	}
	return well("files", "%s may open %d; at most %d are needed", whose, has, need)
}

// lookAtConfinement sees what the running line could do to its machine.
func lookAtConfinement(_ context.Context, g *ground) []finding {
	text, ok := g.process("status")
	if !ok {
		return nil
	}
	var loose []string
	if uid := fieldOf(text, "Uid:"); strings.HasPrefix(uid, "0\t") || strings.HasPrefix(uid, "0 ") {
		loose = append(loose, "runs as root")
	}
	if caps := strings.Trim(fieldOf(text, "CapEff:"), "0"); caps != "" && len(loose) == 0 {
		loose = append(loose, "has capabilities")
	}
	if fieldOf(text, "NoNewPrivs:") != "1" {
		loose = append(loose, "may gain rights")
	}
	if fieldOf(text, "Seccomp:") == "0" {
		loose = append(loose, "may make every system call")
	}
	if len(loose) > 0 {
		return bad("confinement", look, "run it with deploy/helpline.service", "the line %s", strings.Join(loose, ", "))
	}
	return well("confinement", "the line runs without rights that it does not need")
}

// process reads a file about the line's process; false when it does not run,
// or cannot be seen from here.
func (g *ground) process(name string) (string, bool) {
	if g.pid == 0 {
		return "", false
	}
	return readable(filepath.Join(g.proc, strconv.Itoa(g.pid), name))
}

// control reads a limit of the line's control group.
func (g *ground) control(name string) (string, bool) {
	text, ok := g.process("cgroup")
	_, path, v2 := strings.Cut(strings.TrimSpace(text), "0::/")
	if !ok || !v2 || strings.Contains(path, "..") {
		return "", false
	}
	text, ok = readable(filepath.Join("/sys/fs/cgroup", path, name))
	return strings.TrimSpace(text), ok
}

func readable(path string) (string, bool) {
	text, err := os.ReadFile(path)
	return string(text), err == nil
}

// limitOf is the soft limit in a line of /proc/PID/limits.
func limitOf(text, name string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				return f[0]
			}
		}
	}
	return ""
}

// fieldOf is the value in a line of /proc/PID/status.
func fieldOf(text, name string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// lockedBy is the process that holds a file locked; 0 when that cannot be seen.
func lockedBy(proc, path string) int {
	inode := inodeOf(path)
	f, err := os.Open(filepath.Join(proc, "locks"))
	if err != nil || inode == 0 {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		// 1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF
		w := strings.Fields(lines.Text())
		if len(w) < 6 || !slices.Contains(w[:2], "FLOCK") || !strings.HasSuffix(w[5], ":"+strconv.FormatUint(inode, 10)) {
			continue
		}
		pid, err := strconv.Atoi(w[4])
		if name, ok := readable(filepath.Join(proc, w[4], "comm")); err == nil && pid > 0 && ok && strings.HasPrefix(name, "helpline") {
			return pid
		}
	}
	return 0
}
