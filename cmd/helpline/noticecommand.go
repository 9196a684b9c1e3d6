package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"

	"helpline"
	"helpline/counsel"
)

// leaving is a notice as a command or a webhook gets it: one line of JSON.
type leaving struct {
	ID       helpline.ID     `json:"id"` // the same at every try: whoever has seen it has had this notice
	To       string          `json:"to"` // the address, or the word that stands for the person
	Language helpline.Locale `json:"language"`
	Subject  string          `json:"subject"`
	Text     string          `json:"text"`
	Link     string          `json:"link,omitempty"`
}

// lineOfNotice writes it, with the end of the line.
func lineOfNotice(n counsel.Outgoing) ([]byte, error) {
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false)
	if err := to.Encode(leaving{n.ID, n.To.Reveal(), n.Language, n.Subject, n.Text, n.Link}); err != nil {
		return nil, helpline.Errorf(helpline.Internal, "send a notice: it cannot be written")
	}
	return b.Bytes(), nil
}

// commandSender gives notices to a program of the organisation, on its standard
// input. There is no shell, and nothing of a notice stands among the arguments,
// where every account of the machine could read it.
type commandSender struct{ argv []string }

const (
	commandOutput = 64 << 10        // bytes that it may print; nobody reads them
	commandGrace  = 2 * time.Second // after it was told to end, or for what it left behind after its end
	commandNobody = 67              // EX_NOUSER of sysexits: the address will never be one
)

// Send runs the command once.
func (s *commandSender) Send(ctx context.Context, n counsel.Outgoing) error {
	line, err := lineOfNotice(n)
	if err != nil {
		return err
	}
	defer clear(line)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.argv[0], s.argv[1:]...)
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C"} // nothing of ours: no setting, no secret
	cmd.Dir = "/"
	cmd.Stdin = bytes.NewReader(line)
	out := &spill{most: commandOutput, over: cancel}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = commandGrace
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what it started ends with it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	err = cmd.Run()
	if err == nil {
		return nil
	}
	if cmd.Process != nil { // what it left behind holds its output
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		return nil // it said that it took the notice, and ended
	}
	if ended, ok := errors.AsType[*exec.ExitError](err); ok && ended.ExitCode() == commandNobody {
		return helpline.Errorf(helpline.Invalid, "send a notice: the command says that there is no such address")
	}
	return helpline.Errorf(helpline.Unavailable, "send a notice: the command did not take it")
}

// spill throws away what a command prints, and ends one that prints too much.
type spill struct {
	most int64
	seen atomic.Int64
	over func()
}

func (s *spill) Write(b []byte) (int, error) {
	if s.seen.Add(int64(len(b))) > s.most {
		s.over()
	}
	return len(b), nil
}
