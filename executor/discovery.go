package executor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/resource"
)

// ErrDiscovery is wrapped by the error of an executor that did not find its devices.
var ErrDiscovery = errors.New("devices not found")

const (
	// discoveryTime is how long a script may take. What asks a driver of devices takes seconds.
	discoveryTime = 30 * time.Second
	// discoverySize bounds what it may print.
	discoverySize = 64 << 10
)

// equip finds the devices that the executor's profile says it has, and tells the driver.
func (e *Executor) equip(ctx context.Context, r *control.Registered) error {
	q := equipment{limited: r.Cores > 0, cores: int(r.Cores)}
	ready := &control.Ready{}
	for _, a := range r.Resources {
		addresses, err := e.discover(ctx, a)
		if err != nil {
			return fmt.Errorf("find %d of %s: %w", a.Count, a.Name, err)
		}
		ready.Devices = append(ready.Devices, &control.Devices{Name: a.Name, Addresses: addresses})
		for _, address := range addresses {
			q.devices = append(q.devices, device{a.Name, address, resource.Whole})
		}
	}
	e.slots = make([]slot, max(e.Slots, q.cores))
	e.queue.mu.Lock()
	e.queue.mu.equipment = q
	e.queue.mu.Unlock()
	if len(r.Resources) == 0 {
		return nil
	}
	return e.link.Send(&control.FromExecutor{Message: &control.FromExecutor_Ready{Ready: ready}})
}

// discover gives as many addresses of a resource as the executor has of it: those that the script
// prints or, without a script, those that the container's environment names.
func (e *Executor) discover(ctx context.Context, a *control.Amount) ([]string, error) {
	found, err := e.devices(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	if int64(len(found)) < a.Count {
		return nil, fmt.Errorf("%w: there are %d (%s)", ErrDiscovery, len(found),
			strings.Join(found, ", "))
	}
	return found[:a.Count], nil
}

func (e *Executor) devices(ctx context.Context, name string) ([]string, error) {
	script := conf.DiscoveryScript(e.conf, name)
	if script == "" {
		if found := visibleDevices(name, os.Getenv); found != nil {
			return found, nil
		}
		return nil, fmt.Errorf("%w: nothing says where they are; set weft.executor.resource.%s."+
			"discoveryScript to a program on every node that prints them", ErrDiscovery, name)
	}
	found, err := runDiscovery(ctx, script, name, discoveryTime)
	if err != nil {
		return nil, fmt.Errorf("%w: discovery script %s: %w", ErrDiscovery, script, err)
	}
	return found, nil
}

// visibleDevices are the GPUs that a container runtime left to this process.
func visibleDevices(name string, getenv func(string) string) []string {
	if name != "gpu" {
		return nil
	}
	for _, variable := range []string{"CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"} {
		switch list := getenv(variable); list {
		case "", "all", "none", "void":
		default:
			return strings.Split(list, ",")
		}
	}
	return nil
}

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
