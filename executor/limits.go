package executor

import (
	"os"
	"runtime"
	"runtime/debug"
)

// limitRuntime makes the Go runtime stay inside the container and returns the memory there is for
// data. A tenth of the container is left to what the runtime does not count: stacks of the
// kernel, page tables, mapped files. Whoever sets GOMEMLIMIT or GOMAXPROCS knows better.
func limitRuntime(memory, container int64, cores int) int64 {
	if container > 0 {
		memory = min(memory, container/10*9)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
	if os.Getenv("GOMAXPROCS") == "" && cores > 0 {
		runtime.GOMAXPROCS(cores)
	}
	return memory
}
