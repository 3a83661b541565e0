package schedtest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/scheduler"
)

// scriptDefaults fill in what profiles of scripts leave open.
var scriptDefaults = resource.Defaults{Cores: 1, Memory: 1024, Task: resource.Task{CPUs: 1}}

// profile adds a profile: "profile 1 cores=4 executor=(gpu:2) task=(gpu:0.5)".
func (v *env) profile(c *command) (string, error) {
	if len(c.words) == 0 {
		return "", fmt.Errorf("which profile?")
	}
	id, err := strconv.Atoi(c.words[0])
	if err != nil {
		return "", fmt.Errorf("%q is no number of a profile", c.words[0])
	}
	shape, err := parseShape(c, v.defaults)
	if err != nil {
		return "", err
	}
	if id == int(resource.Default) {
		v.defaults.Cores, v.defaults.Extra = shape.Executor.Cores, shape.Executor.Extra
		v.defaults.Task, shape.TaskOnly = shape.Task, false
	}
	v.slots[resource.ID(id)] = shape.Slots()
	return v.step(scheduler.ProfileAdded{ID: resource.ID(id), Shape: shape})
}

func parseShape(c *command, d resource.Defaults) (s resource.Shape, err error) {
	var p resource.Profile
	memory := 0
	for key, field := range map[string]*int{
		"cores": &p.Executor.Cores, "cpus": &p.Task.CPUs, "memory": &memory,
	} {
		if *field, err = c.number(key, 0); err != nil {
			return s, err
		}
	}
	p.Executor.Memory = resource.Megabytes(memory)
	if err := named(c.list("executor"), func(name string, n float64) error {
		p.Executor.Extra = append(p.Executor.Extra, resource.Amount{Name: name, Count: int64(n)})
		return nil
	}); err != nil {
		return s, err
	}
	if err := named(c.list("task"), func(name string, n float64) error {
		parts, err := resource.PartsOf(n)
		p.Task.Shares = append(p.Task.Shares, resource.Share{Name: name, Parts: parts})
		return err
	}); err != nil {
		return s, err
	}
	return d.Shape(p)
}

// named reads a list such as (gpu:2,fpga:0.5).
func named(list []string, add func(name string, n float64) error) error {
	for _, entry := range list {
		name, text, _ := strings.Cut(entry, ":")
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q is no amount such as gpu:2", entry)
		}
		if err := add(name, n); err != nil {
			return err
		}
	}
	return nil
}
