//go:build !linux

package main

import (
	"syscall"
	"time"
)

// bound ties a child to this program where the system can.
func bound() *syscall.SysProcAttr { return nil }

// run starts the child and waits for it in a goroutine.
func (c *child) run() error {
	err := c.cmd.Start()
	if err == nil {
		go func() {
			_ = c.cmd.Wait() // how it ended stands in ProcessState
			close(c.ended)
		}()
	}
	return err
}

// processUsage is not measured here.
func processUsage(int) (resident int64, spent time.Duration, ok bool) { return 0, 0, false }

// mayOpen is not known here.
func mayOpen() (int, bool) { return 0, false }

// busyness is not known here.
type busyness struct{}

func machineBusy() busyness { return busyness{} }

func (busyness) others(busyness, time.Duration) float64 { return -1 }
