package plugin

import (
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/plugin/internal/wire"
	"github.com/weft-data/weft/resource"
)

func toVector(v resource.Vector) *wire.Vector {
	w := &wire.Vector{MemoryMb: int64(v.Memory), Cores: int32(v.Cores)}
	for _, a := range v.Extra {
		w.Extra = append(w.Extra, &wire.Amount{Name: a.Name, Count: a.Count})
	}
	return w
}

func fromVector(w *wire.Vector) resource.Vector {
	var extra []resource.Amount
	for _, a := range w.GetExtra() {
		extra = append(extra, resource.Amount{Name: a.GetName(), Count: a.GetCount()})
	}
	return resource.Make(resource.Megabytes(w.GetMemoryMb()), int(w.GetCores()), extra...)
}

// slice converts each element.
func slice[A, B any](in []A, f func(A) B) []B {
	if in == nil {
		return nil
	}
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}

func toIDs(ids []containers.ID) []string {
	return slice(ids, func(id containers.ID) string { return string(id) })
}

func fromIDs(ids []string) []containers.ID {
	return slice(ids, func(id string) containers.ID { return containers.ID(id) })
}
