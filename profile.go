package weft

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/resource"
)

// Profile says what the executors of a stage must have and what each of its tasks takes of them.
// What it does not mention is as the application's settings say; named resources are had only where
// they are asked for. NewProfile makes one, and each method returns a changed copy:
//
//	gpus := weft.NewProfile().Cores(4).Memory("8g").Resource("gpu", 2).TaskResource("gpu", 0.5)
//	vectors := embed.On(texts).WithResources(gpus)
//
// A profile with requests for executors gets executors of its own, which needs dynamic allocation.
// One that asks for something of tasks only changes how many tasks the usual executors run at once.
type Profile struct {
	asks resource.Profile
	err  error
}

// NewProfile returns a profile that asks for nothing special.
func NewProfile() Profile { return Profile{} }

// Cores asks for so many cores of each executor.
func (p Profile) Cores(n int) Profile {
	p.asks.Executor.Cores = n
	return p.least("cores", n)
}

// Memory asks for memory for data of each executor, such as "8g".
func (p Profile) Memory(size string) Profile {
	return p.size(size, &p.asks.Executor.Memory)
}

// Overhead asks for memory of the container beyond that for data.
func (p Profile) Overhead(size string) Profile {
	return p.size(size, &p.asks.Executor.Overhead)
}

// OffHeap asks for memory of the container that the Go runtime does not count: mapped files,
// libraries in C.
func (p Profile) OffHeap(size string) Profile {
	return p.size(size, &p.asks.Executor.OffHeap)
}

// Resource asks for so many units of a named resource of each executor: "gpu", "fpga" or one that
// the cluster's administrator has invented.
func (p Profile) Resource(name string, count int) Profile {
	extra := slices.DeleteFunc(slices.Clone(p.asks.Executor.Extra),
		func(a resource.Amount) bool { return a.Name == name })
	p.asks.Executor.Extra = resource.Make(0, 0,
		append(extra, resource.Amount{Name: name, Count: int64(count)})...).Extra
	return p.least(name, count)
}

// TaskCPUs says how many of its executor's cores a task takes.
func (p Profile) TaskCPUs(n int) Profile {
	p.asks.Task.CPUs = n
	return p.least("cpus", n)
}

// TaskResource says how much of a named resource a task takes: whole units, or a part of one that
// it shares with as many tasks as fit. With 0.5 two tasks share a device.
func (p Profile) TaskResource(name string, amount float64) Profile {
	parts, err := resource.PartsOf(amount)
	if err != nil {
		p.err = errors.Join(p.err, fmt.Errorf("tasks take %s: %w", name, err))
		return p
	}
	p.asks.Task = resource.MakeTask(p.asks.Task.CPUs,
		append(slices.Clone(p.asks.Task.Shares), resource.Share{Name: name, Parts: parts})...)
	return p
}

// String is what the profile asks for.
func (p Profile) String() string { return p.asks.Key() }

func (p Profile) least(what string, n int) Profile {
	if n < 1 {
		p.err = errors.Join(p.err, fmt.Errorf("%d %s: want at least 1", n, what))
	}
	return p
}

// size sets a field of p, which the caller has copied.
func (p *Profile) size(text string, field *resource.Megabytes) Profile {
	size, err := conf.ParseSize(text, conf.MiB)
	if err != nil {
		p.err = errors.Join(p.err, err)
	}
	*field = size.Megabytes()
	return *p
}

// WithResources lets the stage that computes the dataset run with a profile. The last call wins.
// Where datasets of one stage have different profiles its job fails, unless
// weft.scheduler.resource.profileMergeConflicts says to take the larger request for each
// resource. It changes ds itself, and returns it; actions return the error of a profile that
// cannot be had.
func (ds Dataset[T]) WithResources(p Profile) Dataset[T] {
	id, err := resource.Default, p.err
	if err == nil {
		id, err = ds.d.session.driver.AddProfile(context.Background(), p.asks)
	}
	ds.d.session.graph.Lock()
	defer ds.d.session.graph.Unlock()
	if err != nil {
		site := pipeline.ShortSite(pipeline.CallSite())
		ds.d.err = errors.Join(ds.d.err, fmt.Errorf("WithResources at %s: %w", site, err))
		return ds
	}
	ds.d.node.Profile = &id
	return ds
}

// merger is what becomes of several profiles in one stage; nil: an error.
func (s *Session) merger(ctx context.Context) func(a, b resource.ID) (resource.ID, error) {
	if !conf.SchedulerMergeProfiles.Get(s.conf) {
		return nil
	}
	return func(a, b resource.ID) (resource.ID, error) { return s.driver.MergeProfiles(ctx, a, b) }
}
