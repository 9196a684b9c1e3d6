package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// What a child of the measurements is told.
const (
	speedEnv   = "HELPLINE_SPEED"         // what this test binary is to be
	binaryEnv  = "HELPLINE_SPEED_BINARY"  // the program that is measured; else this test binary plays it
	profileEnv = "HELPLINE_SPEED_PROFILE" // where that child writes its CPU profile
)

// served is a server that is measured: a process of its own.
type served struct {
	cmd  *exec.Cmd
	addr string
	took time.Duration // from the start to the line with the address
}

var listening = regexp.MustCompile(`^listen (127\.0\.0\.1:\d+)$`)

// spawn starts a server and waits until it says where it listens. role is what
// this test binary is to be; with an empty one name is the program.
func spawn(name, role string, args ...string) (*served, error) {
	c := &served{cmd: exec.Command(name, args...)}
	c.cmd.Env = append(os.Environ(), speedEnv+"="+role)
	var errs strings.Builder
	c.cmd.Stderr = &errs
	if os.Getenv(profileEnv) != "" {
		c.cmd.Stderr = os.Stderr
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			c.addr, c.took = m[1], time.Since(start)
			go func() {
				for lines.Scan() { // nothing it prints later may block it
				}
			}()
			return c, nil
		}
	}
	_ = c.cmd.Wait()
	return nil, fmt.Errorf("%s %s did not start: %s", role, strings.Join(args, " "), errs.String())
}

// stop ends the process and waits for it.
func (c *served) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	late := time.AfterFunc(20*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	err := c.cmd.Wait()
	if state, ok := errors.AsType[*exec.ExitError](err); ok && state.Sys().(syscall.WaitStatus).Signal() == syscall.SIGTERM {
		return nil // the relays know no other end
	}
	return err
}

// tick is the unit of /proc times.
const tick = 10 * time.Millisecond

// used is the CPU time of a process so far.
func used(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat is short", pid)
	}
	user, err1 := strconv.Atoi(f[11])
	system, err2 := strconv.Atoi(f[12])
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}

// resident is the memory of a process in bytes.
func resident(pid int) (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); f[0] == "VmRSS:" {
			n, err := strconv.Atoi(f[1])
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/status has no VmRSS", pid)
}

// machine is the busy and the whole CPU time of all cores so far.
func machine() (busy, all time.Duration, err error) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0, err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	for i, f := range strings.Fields(first)[1:9] {
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, 0, err
		}
		all += time.Duration(n) * tick
		if i != 3 && i != 4 { // idle, waiting for a disk
			busy += time.Duration(n) * tick
		}
	}
	return busy, all, nil
}

// meter reads what a server, this process and everybody else use meanwhile.
type meter struct {
	pid       int
	cpu, own  time.Duration
	busy, all time.Duration
	fault     error
}

func (m *meter) read() (cpu, own, busy, all time.Duration) {
	cpu, err1 := used(m.pid)
	own, err2 := used(os.Getpid())
	busy, all, err3 := machine()
	m.fault = errors.Join(m.fault, err1, err2, err3)
	return cpu, own, busy, all
}

func (m *meter) begin() { m.cpu, m.own, m.busy, m.all = m.read() }

func (m *meter) end(t *tally) {
	cpu, own, busy, all := m.read()
	t.cpu = cpu - m.cpu
	if all > m.all {
		ours := t.cpu + own - m.own
		t.others = max(0, float64(busy-m.busy-ours)/float64(all-m.all))
	}
}
