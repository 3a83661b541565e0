package submit

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
)

// Errors of containers that a cluster can never give.
var (
	// ErrTooLarge means that no container of the cluster can be as large as was asked for.
	ErrTooLarge = errors.New("more than the cluster's largest container")
	// ErrUnknownResource means that the cluster does not count a resource. A ResourceManager
	// gives containers without it, and says nothing.
	ErrUnknownResource = errors.New("the cluster does not know this resource")
)

// Limits are what a cluster gives in one container.
type Limits struct {
	Most rmclient.Resource
	// Types are what may be asked for; nil where the cluster was not asked.
	Types []rmclient.ResourceType
}

// Keys are the settings that make a container as large as it is.
type Keys struct{ Memory, Cores string }

// ExecutorKeys are those of executors.
func ExecutorKeys() Keys { return Keys{conf.ExecutorMemory.Name(), conf.ExecutorCores.Name()} }

// Check refuses a container that the cluster can never give; what says whose it is. Cores are
// compared although the default scheduler ignores them: the ResourceManager refuses such an ask
// all the same.
func (l Limits) Check(what string, r rmclient.Resource, k Keys) error {
	if r.MemoryMB > l.Most.MemoryMB {
		return fmt.Errorf("%s needs %d MB (%s and overhead): %w, which has %d MB; lower %s",
			what, r.MemoryMB, k.Memory, ErrTooLarge, l.Most.MemoryMB, k.Memory)
	}
	if r.VCores > l.Most.VCores {
		return fmt.Errorf("%s needs %d cores (%s): %w, which has %d; lower %s",
			what, r.VCores, k.Cores, ErrTooLarge, l.Most.VCores, k.Cores)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		if err := l.checkExtra(what, name, r.Extra[name]); err != nil {
			return err
		}
	}
	return nil
}

func (l Limits) checkExtra(what, name string, count int64) error {
	switch {
	case count == 0 || l.Types == nil:
		return nil
	case !l.knows(name):
		return fmt.Errorf("%s needs %s=%d: %w: it counts %s; have its administrator add %s to "+
			"yarn.resource-types, or ask for another", what, name, count, ErrUnknownResource,
			l.names(), name)
	case count > l.Most.Extra[name]:
		return fmt.Errorf("%s needs %s=%d: %w, which has %d; ask for less",
			what, name, count, ErrTooLarge, l.Most.Extra[name])
	}
	return nil
}

func (l Limits) knows(name string) bool {
	return slices.ContainsFunc(l.Types, func(t rmclient.ResourceType) bool { return t.Name == name })
}

func (l Limits) names() string {
	var names []string
	for _, t := range l.Types {
		names = append(names, t.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// Names are what YARN calls the resources of profiles.
type Names struct{ GPU, FPGA string }

// NamesOf are the names that the configuration sets.
func NamesOf(c *conf.Conf) Names {
	return Names{GPU: conf.YarnGPUName.Get(c), FPGA: conf.YarnFPGAName.Get(c)}
}

// Of is YARN's name of a resource. Those of a site are the same in both.
func (n Names) Of(name string) string {
	switch name {
	case "gpu":
		return n.GPU
	case "fpga":
		return n.FPGA
	}
	return name
}

// Vector is v with YARN's names.
func (n Names) Vector(v resource.Vector) resource.Vector {
	extra := slices.Clone(v.Extra)
	for i := range extra {
		extra[i].Name = n.Of(extra[i].Name)
	}
	return resource.Make(v.Memory, v.Cores, extra...)
}

// Size is a container with YARN's names in the client's terms.
func Size(v resource.Vector) rmclient.Resource {
	r := rmclient.Resource{MemoryMB: int64(v.Memory), VCores: int32(v.Cores)}
	for _, a := range v.Extra {
		if r.Extra == nil {
			r.Extra = make(map[string]int64, len(v.Extra))
		}
		r.Extra[a.Name] = a.Count
	}
	return r
}
