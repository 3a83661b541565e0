package yarn

import (
	"maps"
	"slices"

	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
)

// vector is the inverse of submit.Size.
func vector(r rmclient.Resource) resource.Vector {
	var extra []resource.Amount
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		extra = append(extra, resource.Amount{Name: name, Count: r.Extra[name]})
	}
	return resource.Make(resource.Megabytes(r.MemoryMB), int(r.VCores), extra...)
}
