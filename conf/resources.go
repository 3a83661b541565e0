package conf

import "github.com/weft-data/weft/resource"

// ResourceDefaults are what executors and tasks get that no profile says otherwise for. All who
// reckon with the size of a container begin here.
func ResourceDefaults(c *Conf) resource.Defaults {
	d := resource.Defaults{
		Cores:          ExecutorCores.Get(c),
		Memory:         ExecutorMemory.Get(c).Megabytes(),
		Overhead:       resource.OverheadByFactor,
		OverheadFactor: ExecutorMemoryOverheadFactor.Get(c),
		LeastOverhead:  ExecutorMinMemoryOverhead.Get(c).Megabytes(),
		Extra:          executorResources(c),
		Task:           resource.MakeTask(TaskCPUs.Get(c), taskResources(c)...),
	}
	if ExecutorMemoryOverhead.IsSet(c) {
		d.Overhead = ExecutorMemoryOverhead.Get(c).Megabytes()
	}
	return d
}

// Megabytes rounds up: a container is whole MiB.
func (s Size) Megabytes() resource.Megabytes {
	whole := resource.Megabytes(s / MiB)
	if s%MiB > 0 {
		whole++
	}
	return whole
}
