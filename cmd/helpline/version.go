package main

import (
	"fmt"
	"runtime"

	"helpline/chat/wire"
	"helpline/static"
)

// version is what this program calls itself.
const version = "0.1.0"

// released is the day this version was made. A clock that stands before it is
// wrong; raise it with the version.
const released = "2026-11-22"

// versionCommand prints what somebody needs to compare two installations.
type versionCommand struct{}

// Run prints the version, the protocol and the hash over the pages' assets.
func (versionCommand) Run(p *place) error {
	_, err := fmt.Fprintf(p.out, "helpline %s\nprotocol %d\nassets %s\nbuilt with %s\n", version, wire.Version, static.Hash(), runtime.Version())
	return err
}
