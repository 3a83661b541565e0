package resource

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ID numbers the profiles of an application in the order they were first seen.
type ID int32

// Default is the ID of the profile that stages use which ask for nothing special.
const Default ID = 0

// Executor is what is asked of an executor. A zero field is the application's default; resources
// that are not named are not asked for.
type Executor struct {
	Cores  int
	Memory Megabytes // for data
	// Overhead is the container's memory beyond Memory and OffHeap; by default a share of Memory.
	Overhead Megabytes
	OffHeap  Megabytes // for what the Go runtime does not count: mapped files, libraries in C
	// Extra is sorted by name, each name once; Make sees to it.
	Extra []Amount
}

func (e Executor) isZero() bool {
	return e.Cores == 0 && e.Memory == 0 && e.Overhead == 0 && e.OffHeap == 0 && len(e.Extra) == 0
}

// Profile is what a stage asks of its executors, and for each of its tasks.
type Profile struct {
	Executor Executor
	Task     Task
}

// TaskOnly says that nothing is asked of executors: the default ones will do, and tasks take
// another part of them (Spark TaskResourceProfile).
func (p Profile) TaskOnly() bool { return p.Executor.isZero() && !p.Task.isZero() }

func (t Task) isZero() bool { return t.CPUs == 0 && len(t.Shares) == 0 }

// Key is the profile's content in one line; profiles with equal keys are the same profile.
func (p Profile) Key() string {
	var b strings.Builder
	b.WriteString("executor")
	for _, m := range []struct {
		name   string
		amount Megabytes
	}{
		{"memory", p.Executor.Memory}, {"overhead", p.Executor.Overhead},
		{"off-heap", p.Executor.OffHeap},
	} {
		if m.amount != 0 {
			fmt.Fprintf(&b, " %s=%dm", m.name, m.amount)
		}
	}
	if p.Executor.Cores != 0 {
		fmt.Fprintf(&b, " cores=%d", p.Executor.Cores)
	}
	for _, a := range p.Executor.Extra {
		fmt.Fprintf(&b, " %s=%d", a.Name, a.Count)
	}
	b.WriteString(" task")
	if p.Task.CPUs != 0 {
		fmt.Fprintf(&b, " cpus=%d", p.Task.CPUs)
	}
	for _, s := range p.Task.Shares {
		fmt.Fprintf(&b, " %s=%s", s.Name, s.Parts)
	}
	return b.String()
}

// Merge takes the larger request for each resource, and keeps what only one of them asks for
// (Spark mergeResourceProfiles).
func Merge(p, q Profile) Profile {
	return Profile{
		Executor: Executor{
			Cores:    max(p.Executor.Cores, q.Executor.Cores),
			Memory:   max(p.Executor.Memory, q.Executor.Memory),
			Overhead: max(p.Executor.Overhead, q.Executor.Overhead),
			OffHeap:  max(p.Executor.OffHeap, q.Executor.OffHeap),
			Extra: union(p.Executor.Extra, q.Executor.Extra,
				func(a Amount) string { return a.Name }, func(a Amount) int64 { return a.Count }),
		},
		Task: Task{
			CPUs: max(p.Task.CPUs, q.Task.CPUs),
			Shares: union(p.Task.Shares, q.Task.Shares,
				func(s Share) string { return s.Name }, func(s Share) int64 { return int64(s.Parts) }),
		},
	}
}

// union has the larger entry of each name.
func union[T any](a, b []T, name func(T) string, size func(T) int64) []T {
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, func(x, y T) int {
		return cmp.Or(cmp.Compare(name(x), name(y)), cmp.Compare(size(y), size(x)))
	})
	return slices.CompactFunc(all, func(x, y T) bool { return name(x) == name(y) })
}

// mostMemory keeps sums from overflowing.
const mostMemory = Megabytes(1) << 50

// Validate reports a request that makes no sense by itself. What it leaves to the defaults is
// looked at with them: see Defaults.Shape.
func (p Profile) Validate() error {
	e := p.Executor
	if e.Memory < 0 || e.Overhead < 0 || e.OffHeap < 0 || e.Cores < 0 || p.Task.CPUs < 0 {
		return fmt.Errorf("resource profile (%s): a negative amount", p.Key())
	}
	if max(e.Memory, e.Overhead, e.OffHeap) > mostMemory {
		return fmt.Errorf("resource profile (%s): more memory than there is", p.Key())
	}
	for _, a := range e.Extra {
		if err := checkName(a.Name); err != nil {
			return err
		}
		if a.Count < 1 || a.Count > MaxUnits {
			return fmt.Errorf("resource profile: %d of %s, want 1 to %d", a.Count, a.Name, MaxUnits)
		}
	}
	for _, s := range p.Task.Shares {
		if err := checkName(s.Name); err != nil {
			return err
		}
		if err := p.checkShare(s); err != nil {
			return err
		}
	}
	return nil
}

// checkShare keeps to whole units and shares of one. With executors of its own a profile of, say,
// 0.7 would leave the rest of every device to nobody, so it must say 1 (as in Spark).
func (p Profile) checkShare(s Share) error {
	switch {
	case s.Parts < leastShare || s.Parts > MaxUnits*Whole || s.Parts > Whole && s.Parts%Whole != 0:
		return fmt.Errorf("resource profile: a task takes %s of %s, want a whole number or at most 1",
			s.Parts, s.Name)
	case !p.Executor.isZero() && s.Parts > Whole/2 && s.Parts < Whole:
		return fmt.Errorf("resource profile: a task takes %s of %s, and no second one fits beside it; "+
			"want at most 0.5, or a whole number", s.Parts, s.Name)
	}
	return nil
}

// builtIn names have requests of their own.
var builtIn = []string{"cores", "cpus", "memory", "offHeap", "memoryOverhead"}

// checkName admits what goes unharmed through environments, configuration keys and YARN:
// "gpu", "acme.com/widget".
func checkName(name string) error {
	const most = 64
	odd := strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			strings.ContainsRune("._-/", r))
	})
	switch {
	case name == "" || len(name) > most || odd:
		return fmt.Errorf("resource profile: a resource called %.80q, want 1 to %d letters, digits "+
			"or any of ._-/", name, most)
	case slices.Contains(builtIn, name):
		return fmt.Errorf("resource profile: %s is not a resource of your own; set it by its own "+
			"request (Cores, CPUs, Memory, OffHeap, Overhead)", name)
	}
	return nil
}
