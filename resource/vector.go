package resource

import (
	"fmt"
	"slices"
	"strings"
)

// Megabytes counts memory in units of 2^20 bytes, as YARN does.
type Megabytes int64

// Amount is so much of a named resource, for example 2 of "gpu".
type Amount struct {
	Name  string
	Count int64
}

// Vector is an amount of each resource. The zero value is nothing.
type Vector struct {
	Memory Megabytes
	Cores  int
	// Extra is sorted by name, each name once; Make sees to it.
	Extra []Amount
}

// Make gives a vector whose extra resources are in order. Amounts of one name add up, and
// those of zero are left out.
func Make(memory Megabytes, cores int, extra ...Amount) Vector {
	sorted := slices.Clone(extra)
	slices.SortStableFunc(sorted, func(a, b Amount) int { return strings.Compare(a.Name, b.Name) })
	v := Vector{Memory: memory, Cores: cores}
	for _, a := range sorted {
		v.add(a)
	}
	return v
}

func (v *Vector) add(a Amount) {
	if a.Count == 0 {
		return
	}
	if n := len(v.Extra); n > 0 && v.Extra[n-1].Name == a.Name {
		v.Extra[n-1].Count += a.Count
		return
	}
	v.Extra = append(v.Extra, a)
}

// Of is how much of the named extra resource v holds.
func (v Vector) Of(name string) int64 {
	for _, a := range v.Extra {
		if a.Name == name {
			return a.Count
		}
	}
	return 0
}

// Fits says whether v is inside limit in every resource.
func (v Vector) Fits(limit Vector) bool {
	if v.Memory > limit.Memory || v.Cores > limit.Cores {
		return false
	}
	return !slices.ContainsFunc(v.Extra, func(a Amount) bool { return a.Count > limit.Of(a.Name) })
}

// String writes a vector in one form for logs, pages and scripts: "2048 MB, 2 cores, gpu=1".
// Equal vectors made by Make have equal strings.
func (v Vector) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d MB, %d cores", v.Memory, v.Cores)
	for _, a := range v.Extra {
		fmt.Fprintf(&b, ", %s=%d", a.Name, a.Count)
	}
	return b.String()
}
