package yarn

import (
	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// ErrTooLarge means that no container of the cluster can hold such an executor.
var ErrTooLarge = submit.ErrTooLarge

// Container is the YARN container that holds an executor: what it may use, and the overhead of its
// process.
func Container(c *conf.Conf, executor resource.Vector) rmclient.Resource {
	memory := conf.Size(executor.Memory) * conf.MiB
	r := rmclient.Resource{
		MemoryMB: submit.ContainerMemory(c, memory), VCores: int32(executor.Cores),
	}
	for _, a := range executor.Extra {
		if r.Extra == nil {
			r.Extra = map[string]int64{}
		}
		r.Extra[a.Name] = a.Count
	}
	return r
}
