package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// healthCommand asks the line that runs on this machine. For supervision by
// systemd, containers and scripts.
type healthCommand struct {
	settingFlags
}

// Run ends without an error when the line is ready.
func (h healthCommand) Run(ctx context.Context, p *place) error {
	c, err := h.load(p.env)
	if err != nil {
		return err
	}
	status, _, err := askLine(ctx, c, healthRoute.Pattern)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return errors.New("the line is starting or stopping; ask again in a moment")
	}
	_, err = fmt.Fprintln(p.out, "ready")
	return err
}
