package rmtest

import (
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// This ResourceManager handles placement constraints as the CapacityScheduler does (handler
// scheduler): an ask with tags waits until a node satisfies the constraint that was registered for
// its tag. It knows the application's own tags, counted on a node; anything else is satisfied.

// fromScheduling is an ask with tags as one that names no place.
func fromScheduling(r *hadooppb.SchedulingRequestProto) *hadooppb.ResourceRequestProto {
	return &hadooppb.ResourceRequestProto{
		Priority: r.GetPriority(), ResourceName: proto.String(rmclient.Anywhere),
		Capability:           r.GetResourceSizing().GetResources(),
		NumContainers:        proto.Int32(r.GetResourceSizing().GetNumAllocations()),
		AllocationRequestId:  proto.Int64(r.GetAllocationRequestId()),
		ExecutionTypeRequest: r.GetExecutionType(),
	}
}

// takePlaced records asks with tags.
func (c *Cluster) takePlaced(a *app, requests []*hadooppb.SchedulingRequestProto) {
	if a.tags == nil {
		a.tags = map[int64][]string{}
	}
	for _, r := range requests {
		ask := fromScheduling(r)
		if ask.GetNumContainers() == 0 {
			delete(a.asks, keyOf(ask))
			continue
		}
		a.asks[keyOf(ask)], a.tags[ask.GetAllocationRequestId()] = ask, r.GetAllocationTags()
	}
}

// satisfied says whether a container of an ask may come to a node.
func (a *app) satisfied(request int64, n *node) bool {
	for _, entry := range a.registered.GetPlacementConstraints() {
		if !slices.Equal(entry.GetAllocationTags(), a.tags[request]) {
			continue
		}
		s := entry.GetPlacementConstraint().GetSimpleConstraint()
		for _, target := range s.GetTargetExpressions() {
			count := int32(a.tagged(target.GetTargetValues()[0], n))
			if count < s.GetMinCardinality() || count > s.GetMaxCardinality() {
				return false
			}
		}
	}
	return true
}

// tagged counts an application's containers with a tag on a node.
func (a *app) tagged(tag string, n *node) (count int) {
	for _, k := range a.containers {
		if k.node == n && k.status == nil && slices.Contains(a.tags[k.requestID], tag) {
			count++
		}
	}
	return count
}
