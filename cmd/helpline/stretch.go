package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"helpline"
	"helpline/counsel/vault"
)

// Times of the process apart.
const (
	stretchStart  = 6 * time.Second // from a start to its greeting
	stretchWithin = 4 * time.Second // to an answer; a whole one takes half a second
	stretchIdle   = time.Minute     // without work it ends
	stretchAgain  = time.Minute     // before it is tried once more to start one
	stretchSmall  = 16 << 10        // KiB: below this a process of its own costs more than it saves
)

// stretcher stretches passphrases in a process apart: this program once more,
// with idle processor time only, that opens no file and no socket and ends when
// we end. It is one goroutine's: see vault.Work.
type stretcher struct {
	program string
	args    []string
	log     *slog.Logger
	within  time.Duration
	idle    time.Duration
	now     func() time.Time

	child *apart
	not   time.Time // before this no start is tried
}

// apart is one such process.
type apart struct {
	child
	in     *os.File // our end of what it reads
	out    *os.File // and of what it writes
	number uint64
	idle   *time.Timer
}

func newStretcher(log *slog.Logger) *stretcher {
	return &stretcher{program: ownProgram, args: []string{"stretch"}, log: log, within: stretchWithin, idle: stretchIdle, now: time.Now}
}

// stretch is a vault.Stretcher. A process that ends in the middle, or answers
// what was not asked, is replaced and asked once more. In this process, beside
// the conversations, the work is done where no other can be started, and when
// one has no answer in time: on a machine that is busy day and night staff must
// still get in. Unavailable when it failed twice.
func (s *stretcher) stretch(passphrase, salt []byte, c vault.Costs) (vault.Key, error) {
	if c.MemoryKiB < stretchSmall {
		return vault.Stretch(passphrase, salt, c)
	}
	for fresh := 0; fresh < 2; {
		if s.child == nil {
			fresh++
			if err := s.start(); err != nil {
				return vault.Stretch(passphrase, salt, c)
			}
		}
		key, err := s.child.ask(s.within, passphrase, salt, c)
		if err == nil {
			s.child.idle.Reset(s.idle)
			return key, nil
		}
		s.end()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			s.log.Warn("no answer in time from the process that stretches passphrases", "area", "stretch")
			return vault.Stretch(passphrase, salt, c)
		}
	}
	s.log.Error("the process that stretches passphrases ended twice", "area", "stretch")
	return vault.Key{}, helpline.Errorf(helpline.Unavailable, "stretch a passphrase: the process for it ended")
}

// start makes the process, or says that it cannot be.
func (s *stretcher) start() error {
	if s.now().Before(s.not) {
		return helpline.Errorf(helpline.Unavailable, "start a process: not again so soon")
	}
	a, idle, err := launch(s.program, s.args, max(s.within, stretchStart))
	if err != nil {
		s.not = s.now().Add(stretchAgain)
		s.log.Error("no process of its own for passphrases: they are stretched beside the conversations", "area", "stretch", "err", err)
		return err
	}
	if !idle {
		s.log.Warn("the process that stretches passphrases has more than idle time: see docs/operations.md", "area", "stretch")
	}
	a.idle = time.AfterFunc(s.idle, func() { _ = a.in.Close() }) // it reads the end, and ends
	s.child = a
	return nil
}

// end ends the process that is there.
func (s *stretcher) end() {
	if s.child != nil {
		s.child.end()
		s.child = nil
	}
}

// launch starts the program with two pipes and nothing else: no environment,
// and errors to nobody.
func launch(program string, args []string, within time.Duration) (_ *apart, idle bool, err error) {
	theirs, in, err := os.Pipe()
	if err != nil {
		return nil, false, err
	}
	out, answers, err := os.Pipe()
	if err != nil {
		return nil, false, errors.Join(err, theirs.Close(), in.Close())
	}
	a := &apart{child: child{cmd: exec.Command(program, args...), ended: make(chan struct{})}, in: in, out: out}
	a.cmd.Stdin, a.cmd.Stdout, a.cmd.Env, a.cmd.Dir, a.cmd.SysProcAttr = theirs, answers, []string{}, "/", bound()
	err = errors.Join(a.run(), theirs.Close(), answers.Close())
	if err != nil {
		if a.cmd.Process == nil {
			close(a.ended)
		}
		a.end()
		return nil, false, err
	}
	hello := make([]byte, len(stretchHello)+1)
	err = out.SetReadDeadline(time.Now().Add(within))
	if err == nil {
		_, err = io.ReadFull(out, hello)
	}
	how := hello[len(stretchHello)]
	if err == nil && (string(hello[:len(stretchHello)]) != stretchHello || how != 'i' && how != 'n') {
		err = helpline.Errorf(helpline.Invalid, "stretch: the process says something else")
	}
	if err != nil {
		a.end()
		return nil, false, err
	}
	return a, how == 'i', nil
}

// ask sends one request and waits for its answer.
func (a *apart) ask(within time.Duration, passphrase, salt []byte, c vault.Costs) (vault.Key, error) {
	a.idle.Stop()
	until := time.Now().Add(within)
	if err := errors.Join(a.in.SetWriteDeadline(until), a.out.SetReadDeadline(until)); err != nil {
		return vault.Key{}, err
	}
	a.number++
	if err := putStretch(a.in, a.number, passphrase, salt, c); err != nil {
		return vault.Key{}, err
	}
	return readStretch(a.out, a.number)
}

// end kills the process, and waits until it is gone.
func (a *apart) end() {
	if a.idle != nil {
		a.idle.Stop()
	}
	_ = a.in.Close() // it may be closed already
	_ = a.out.Close()
	if a.cmd.Process != nil {
		_ = a.cmd.Process.Kill() // it may have ended already
	}
	<-a.ended
}
