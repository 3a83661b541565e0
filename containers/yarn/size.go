package yarn

import (
	"maps"
	"slices"

	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// Errors of Want, for containers that the cluster can never give.
var (
	ErrTooLarge        = submit.ErrTooLarge
	ErrUnknownResource = submit.ErrUnknownResource
)

// size is a container in YARN's terms. Whoever asks has added the overhead.
func size(v resource.Vector) rmclient.Resource {
	r := rmclient.Resource{MemoryMB: int64(v.Memory), VCores: int32(v.Cores)}
	for _, a := range v.Extra {
		if r.Extra == nil {
			r.Extra = make(map[string]int64, len(v.Extra))
		}
		r.Extra[a.Name] = a.Count
	}
	return r
}

// vector is the inverse of size.
func vector(r rmclient.Resource) resource.Vector {
	var extra []resource.Amount
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		extra = append(extra, resource.Amount{Name: name, Count: r.Extra[name]})
	}
	return resource.Make(resource.Megabytes(r.MemoryMB), int(r.VCores), extra...)
}
