package yarn

import (
	"maps"
	"slices"
	"strings"

	"github.com/weft-data/weft/rmclient"
)

// places are the nodes that may be asked for, by host.
type places map[string]place

// update notes what is free on a node. One that takes no containers is left out.
func (p places) update(n rmclient.NodeReport) {
	host := n.ID.Host
	if !n.State.Usable() {
		delete(p, host)
		return
	}
	rack := n.Rack
	if rack == "" {
		rack = defaultRack
	}
	p[host] = place{host: host, rack: rack, labels: n.Labels, ours: p[host].ours,
		free: rmclient.Resource{
			MemoryMB: n.Capability.MemoryMB - n.Used.MemoryMB, VCores: n.Capability.VCores - n.Used.VCores,
		}}
}

// took counts n containers of ours on their host, or off it.
func (p places) took(c rmclient.Container, n int) {
	at, known := p[c.Node.Host]
	if !known {
		return
	}
	at.ours += n
	at.free.MemoryMB -= int64(n) * c.Size.MemoryMB
	p[c.Node.Host] = at
}

// usable lists the places by host.
func (p places) usable() []place {
	byHost := func(a, b place) int { return strings.Compare(a.host, b.host) }
	return slices.SortedFunc(maps.Values(p), byHost)
}
