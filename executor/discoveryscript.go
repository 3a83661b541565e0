package executor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	// discoveryTime is how long a script may take. What asks a driver of devices takes seconds.
	discoveryTime = 30 * time.Second
	// discoverySize bounds what it may print.
	discoverySize = 64 << 10
)

// runDiscovery runs a script without a shell around it, and reads what it prints. What the script
// started ends with it.
func runDiscovery(
	ctx context.Context, script, name string, limit time.Duration,
) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, script)
	out, errOut := &limited{most: discoverySize}, &limited{most: discoverySize}
	cmd.Stdout, cmd.Stderr = out, errOut
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("it took longer than %s", limit)
	case out.over:
		return nil, fmt.Errorf("it printed more than %d bytes", discoverySize)
	case err != nil:
		return nil, fmt.Errorf("%w: %s", err, strings.ToValidUTF8(errOut.kept.String(), "\uFFFD"))
	}
	return parseDevices(out.kept.Bytes(), name)
}

// limited keeps the first bytes of what is written. It has no other method of a buffer: with
// ReadFrom, what a program prints would come past Write.
type limited struct {
	kept bytes.Buffer
	most int
	over bool
}

// Write takes all and keeps what fits.
func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.most-l.kept.Len())
	l.over = l.over || n < len(p)
	_, err := l.kept.Write(p[:n])
	return len(p), err
}

// parseDevices reads what a script printed: {"name":"gpu","addresses":["0","1"]}, as Spark has it.
func parseDevices(text []byte, name string) ([]string, error) {
	var found struct {
		Name      string   `json:"name"`
		Addresses []string `json:"addresses"`
	}
	const want = `want {"name": "gpu", "addresses": ["0", "1"]}`
	if err := json.Unmarshal(text, &found); err != nil {
		return nil, fmt.Errorf("it printed %.100q: %w; %s", text, err, want)
	}
	if found.Name != name {
		return nil, fmt.Errorf("it printed the devices of %.64q; %s", found.Name, want)
	}
	seen := slices.Sorted(slices.Values(found.Addresses))
	if len(slices.Compact(seen)) < len(found.Addresses) || slices.Contains(found.Addresses, "") {
		return nil, fmt.Errorf("it printed an address twice, or an empty one: %.100q", text)
	}
	return found.Addresses, nil
}
