package main

import (
	"context"

	"helpline/counsel/vault"
)

// lookAtHead holds the key log against what a keyring has vouched for on this host.
// Where they do not fit, what visitors write is refused.
func lookAtHead(ctx context.Context, g *ground) []finding {
	if g.db == nil {
		return nil
	}
	entries, err := g.db.KeyLog(ctx)
	if err != nil || len(entries) == 0 {
		return nil // nobody has made the keys yet
	}
	key, err := g.db.HostKeys().Installation()
	if err != nil {
		return nil // lookAtKeys says so
	}
	const mend = "docs/operations.md, Runbooks, \"Messages are refused until somebody logs in\""
	head, err := g.db.HostKeys().VouchedHead()
	if err != nil {
		return bad("head", wrong, mend, "keys/log.head cannot be read: what visitors write is refused")
	}
	if head == (vault.Trust{}) {
		return bad("head", look, "let somebody of the staff log in who did so before", "nobody has vouched for the key log on this host yet: what visitors write is refused")
	}
	log, err := vault.ReadLog(installID(key), entries)
	if err == nil {
		_, err = log.Under(head)
	}
	if err != nil {
		return bad("head", wrong, mend, "the key log is not the one that was vouched for on this host (the database was put back by hand, or changed): what visitors write is refused")
	}
	return well("head", "the key log is the one that was vouched for on this host")
}
