package executor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/resource"
)

// ErrDiscovery is wrapped by the error of an executor that did not find its devices.
var ErrDiscovery = errors.New("devices not found")

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
