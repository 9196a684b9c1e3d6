package main

import (
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"helpline/counsel/vault"
)

// stretchCommand is the process apart: the line starts it to stretch
// passphrases, beside conversations and with idle processor time only. Nobody
// types it.
type stretchCommand struct{}

// Run answers requests until the pipe ends, which it does when the line ends.
func (stretchCommand) Run(p *place) error {
	how := byte('n')
	if idleOnly() {
		how = 'i'
	} else {
		runtime.GOMAXPROCS(1) // then one lane after the other: at most one core
	}
	if err := noCore(); err != nil {
		return err
	}
	if err := openNothing(); err != nil {
		return err
	}
	debug.SetGCPercent(-1) // see stretchAll
	if _, err := p.out.Write(append([]byte(stretchHello), how)); err != nil {
		return err
	}
	return stretchAll(p.in, p.out, func() { os.Exit(exitDone) })
}

// stretchRest is how long memory is kept for the next request.
const stretchRest = time.Second

// stretchAll answers requests. gone is called when the line is, also in the
// middle of a derivation.
func stretchAll(in io.Reader, out io.Writer, gone func()) error {
	requests, bad := make(chan stretchRequest), make(chan error, 1)
	go func() {
		for {
			q, err := getStretch(in)
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed) {
				gone()
				bad <- nil
				return
			}
			if err != nil {
				bad <- err
				return
			}
			requests <- q
		}
	}()
	rest := time.NewTimer(stretchRest)
	for {
		select {
		case err := <-bad:
			return err
		case <-rest.C:
			debug.FreeOSMemory()
		case q := <-requests:
			key, err := vault.Stretch(q.passphrase, q.salt[:], q.costs)
			clear(q.passphrase)
			// The working set is garbage now and the next one takes its place: with the collector's own
			// pace there could be three of them.
			runtime.GC()
			if err := answerStretch(out, q.number, key, err == nil); err != nil {
				return err
			}
			clear(key[:])
			rest.Reset(stretchRest)
		}
	}
}
