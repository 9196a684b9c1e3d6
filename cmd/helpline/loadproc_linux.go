package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// bound ties a child to this program: it gets no ctrl-C of the terminal, and
// ends when we end, whatever we die of.
func bound() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// run starts the child and waits for it in a goroutine. The thread that starts
// it stays for as long as it lives: the kernel counts the thread's end as ours.
func (c *child) run() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.cmd.Start()
		started <- err
		if err == nil {
			_ = c.cmd.Wait() // how it ended stands in ProcessState
			close(c.ended)
		}
	}()
	return <-started
}

// processUsage reads what the kernel counts of a process: resident bytes, and
// time of the processor.
func processUsage(pid int) (resident int64, spent time.Duration, ok bool) {
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, 0, false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, false
	}
	pages := bytes.Fields(statm)
	_, after, found := bytes.Cut(stat, []byte(") ")) // the name before it may hold spaces
	ticks := bytes.Fields(after)
	if len(pages) < 2 || !found || len(ticks) < 13 {
		return 0, 0, false
	}
	rss, err := strconv.ParseInt(string(pages[1]), 10, 64)
	if err != nil {
		return 0, 0, false
	}
	for _, field := range ticks[11:13] { // utime and stime, in hundredths of a second
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, 0, false
		}
		spent += time.Duration(n) * 10 * time.Millisecond
	}
	return rss * int64(os.Getpagesize()), spent, true
}

// mayOpen is how many files this program and its children may have open; the
// soft limit has been raised to the hard one by the runtime.
func mayOpen() (int, bool) {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0, false
	}
	return int(min(l.Max, 1<<30)), true
}

// busyness is a moment's count of the machine's time and of ours.
type busyness struct {
	at, idle int64 // hundredths of a second over all processors
	own      time.Duration
	ok       bool
}

// machineBusy reads what the kernel counts of the whole machine.
func machineBusy() (b busyness) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return b
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 9 || string(fields[0]) != "cpu" {
		return b
	}
	for i, f := range fields[1:9] { // user nice system idle iowait irq softirq steal
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return b
		}
		b.at += n
		if i == 3 || i == 4 {
			b.idle += n
		}
	}
	_, b.own, b.ok = processUsage(os.Getpid())
	return b
}

// others is the share of the machine that was used from b to later by neither
// this process nor the line, which took so much time. Below 0: not known.
func (b busyness) others(later busyness, line time.Duration) float64 {
	all := later.at - b.at
	if !b.ok || !later.ok || all <= 0 {
		return -1
	}
	used := float64(all-(later.idle-b.idle)) - float64(later.own-b.own+line)/float64(10*time.Millisecond)
	return max(0, used/float64(all))
}
