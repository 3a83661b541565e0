package rmtest

import (
	"cmp"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

type askKey struct {
	priority  int32
	request   int64
	execution hadooppb.ExecutionTypeProto
	place     string
}

func keyOf(p *hadooppb.ResourceRequestProto) askKey {
	return askKey{p.GetPriority().GetPriority(), p.GetAllocationRequestId(),
		p.GetExecutionTypeRequest().GetExecutionType(), p.GetResourceName()}
}

func (a *app) sortedAsks() []askKey {
	return slices.SortedFunc(maps.Keys(a.asks), func(x, y askKey) int {
		return cmp.Or(cmp.Compare(x.priority, y.priority), cmp.Compare(x.request, y.request),
			cmp.Compare(x.execution, y.execution), cmp.Compare(x.place, y.place))
	})
}

// schedule serves an application's asks: for each Anywhere row, nodes that are asked for by host
// first, then by rack, then any, each in the order of the nodes.
func (c *Cluster) schedule(a *app) {
	for _, key := range a.sortedAsks() {
		if key.place != rmclient.Anywhere {
			continue
		}
		for a.asks[key].GetNumContainers() > 0 {
			n := c.place(a, key)
			if n == nil {
				break
			}
			c.allocate(a, key, n)
		}
	}
}

// place finds a node for one container, or nil.
func (c *Cluster) place(a *app, key askKey) *node {
	ask := a.asks[key]
	open := func(place string) bool {
		key.place = place
		return a.asks[key].GetNumContainers() > 0
	}
	levels := []func(n *node) bool{
		func(n *node) bool { return open(n.id.Host) },
		func(n *node) bool { return open(n.rack) && a.asks[key].GetRelaxLocality() },
		func(n *node) bool { return ask.GetRelaxLocality() },
	}
	for _, wanted := range levels {
		for _, n := range c.nodes {
			if wanted(n) && c.suits(a, ask, n) {
				return n
			}
		}
	}
	return nil
}

func (c *Cluster) suits(a *app, ask *hadooppb.ResourceRequestProto, n *node) bool {
	label := ask.GetNodeLabelExpression()
	return n.state == rmclient.NodeRunning && !a.blacklist[n.id.Host] &&
		(label == "" || slices.Contains(n.labels, label)) &&
		a.satisfied(ask.GetAllocationRequestId(), n) &&
		fits(fromResource(ask.GetCapability()), n.free())
}

// allocate gives one container out and counts it off every row it serves.
func (c *Cluster) allocate(a *app, key askKey, n *node) {
	k := c.newContainer(a, n, fromResource(a.asks[key].GetCapability()))
	k.priority, k.requestID, k.execution = key.priority, key.request, key.execution
	k.token = c.issue(
		rmclient.ContainerTokenKind,
		n.id.String(),
		&hadooppb.ContainerTokenIdentifierProto{
			ContainerId: toContainerID(k.id), NmHostAddr: proto.String(n.id.String()),
			AppSubmitter: &a.user, Resource: toResource(k.size)},
	)
	a.allocated = append(a.allocated, k)
	for _, place := range []string{n.id.Host, n.rack, rmclient.Anywhere} {
		key.place = place
		if ask := a.asks[key]; ask.GetNumContainers() > 0 {
			less := proto.CloneOf(ask)
			less.NumContainers = proto.Int32(ask.GetNumContainers() - 1)
			a.asks[key] = less
			if less.GetNumContainers() == 0 {
				delete(a.asks, key)
			}
		}
	}
}

func (c *Cluster) newContainer(a *app, n *node, size rmclient.Resource) *container {
	a.serial++
	k := &container{app: a, node: n, size: size, execution: hadooppb.ExecutionTypeProto_GUARANTEED,
		id: rmclient.ContainerID{ID: c.epoch<<40 | a.serial,
			Attempt: rmclient.AttemptID{Application: a.id, Attempt: a.attempt}}}
	a.containers[k.id] = k
	return k
}

func (k *container) message() *hadooppb.ContainerProto {
	return &hadooppb.ContainerProto{Id: toContainerID(k.id), NodeId: toNodeID(k.node.id),
		NodeHttpAddress: proto.String(k.node.id.Host + ":8042"), Resource: toResource(k.size),
		Priority:       &hadooppb.PriorityProto{Priority: &k.priority},
		ContainerToken: k.token, ExecutionType: k.execution.Enum(),
		AllocationRequestId: &k.requestID}
}

// headroom is what all nodes have left.
func (c *Cluster) headroom() rmclient.Resource {
	var sum rmclient.Resource
	for _, n := range c.nodes {
		if n.state == rmclient.NodeRunning {
			sum = add(sum, n.free(), 1)
		}
	}
	return sum
}
