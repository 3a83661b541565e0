package yarn

import (
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// ErrTooLarge means that no container of the cluster can be so large.
var ErrTooLarge = submit.ErrTooLarge

// size is a container in YARN's terms. Whoever asks has added the overhead.
func size(v resource.Vector) rmclient.Resource {
	r := rmclient.Resource{MemoryMB: int64(v.Memory), VCores: int32(v.Cores)}
	for _, a := range v.Extra {
		if r.Extra == nil {
			r.Extra = map[string]int64{}
		}
		r.Extra[a.Name] = a.Count
	}
	return r
}
