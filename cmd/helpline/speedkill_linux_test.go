package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// kills lets `helpline loadtest` kill a line with conversations and measures
// how long it takes until everybody is back.
func kills(_ *speedLine, z sizes, progress io.Writer) ([]*row, error) {
	if z.killed == 0 {
		return nil, nil
	}
	name := os.Getenv(binaryEnv)
	if name == "" {
		name = os.Args[0]
	}
	cmd := exec.Command(name, "loadtest", "--json", "--rooms", strconv.Itoa(z.killed), "--rate", strconv.Itoa(z.killed), "--kill-every", "10s", "--for", "40s")
	cmd.Env = append(os.Environ(), speedEnv+"=", programEnv+"=yes")
	cmd.Stderr = io.Discard
	out, err := cmd.Output()
	if err != nil && len(out) == 0 {
		return nil, err
	}
	var got loadReport
	if broken := json.Unmarshal(out, &got); broken != nil {
		return nil, errors.Join(err, broken)
	}
	fmt.Fprintf(progress, "%d kills: %d delivered, %d lost, %d doubled, %d misordered; back after %.0f ms\n", got.Kills, got.Delivered, got.Lost, got.Doubled, got.Misordered, got.Reconnect)
	if err != nil {
		return nil, err
	}
	r := &row{name: fmt.Sprintf("kill -9 with %d conversations: from the listener until everybody is back", z.killed), unit: "%.0f ms", ours: got.Reconnect, target: "at most 2,000 ms, and 0 lost, doubled, misordered"}
	wrong := &row{name: "the same: lost, doubled and misordered messages", unit: "%.0f", ours: []float64{float64(got.Lost + got.Doubled + got.Misordered)}, target: "0"}
	return []*row{r, wrong}, nil
}
