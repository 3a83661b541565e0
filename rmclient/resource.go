package rmclient

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Names that Hadoop gives to the two resources every cluster has. They never stand in
// Resource.Extra.
const (
	MemoryResource = "memory-mb"
	VCoresResource = "vcores"
)

// Resource is an amount of what a container uses: memory in MiB, virtual cores, and whatever else
// the cluster counts, by name (yarn.io/gpu). ResourceManagers leave an unknown name in Extra out
// without a word: compare with ResourceTypes before asking.
type Resource struct {
	MemoryMB int64
	VCores   int32
	Extra    map[string]int64
}

// Equal reports whether two amounts are the same; an Extra of 0 is the same as none.
func (r Resource) Equal(o Resource) bool { return r.key() == o.key() }

// String prints 1024MB 2vcores yarn.io/gpu=1, extras in the order of their names.
func (r Resource) String() string {
	return fmt.Sprintf("%dMB %dvcores%s", r.MemoryMB, r.VCores, r.extras())
}

// key is a comparable form of the amount, for maps.
func (r Resource) key() string {
	return fmt.Sprintf("%d %d%s", r.MemoryMB, r.VCores, r.extras())
}

func (r Resource) extras() string {
	if len(r.Extra) == 0 {
		return ""
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		if n := r.Extra[name]; n != 0 {
			fmt.Fprintf(&b, " %s=%d", name, n)
		}
	}
	return b.String()
}

// ResourceType is a kind of resource the cluster knows.
type ResourceType struct {
	Name  string // memory-mb, vcores, yarn.io/gpu
	Units string // Mi for memory-mb, empty for plain counts
}
