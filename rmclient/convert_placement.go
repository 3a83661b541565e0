package rmclient

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/placement"
)

func toConstraints(byTag map[string]placement.Constraint) (
	list []*hadooppb.PlacementConstraintMapEntryProto) {
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		list = append(list, &hadooppb.PlacementConstraintMapEntryProto{
			AllocationTags: []string{tag}, PlacementConstraint: toConstraint(byTag[tag]),
		})
	}
	return list
}

func toConstraint(c placement.Constraint) *hadooppb.PlacementConstraintProto {
	switch c := c.(type) {
	case placement.Tags:
		return simple(toTags(c))
	case placement.Attribute:
		return simple(toAttribute(c))
	case placement.All:
		return composite(hadooppb.CompositePlacementConstraintProto_AND, c)
	case placement.Any:
		return composite(hadooppb.CompositePlacementConstraintProto_OR, c)
	}
	return nil
}

func simple(p *hadooppb.SimplePlacementConstraintProto) *hadooppb.PlacementConstraintProto {
	return &hadooppb.PlacementConstraintProto{SimpleConstraint: p}
}

func composite(of hadooppb.CompositePlacementConstraintProto_CompositeType,
	list []placement.Constraint) *hadooppb.PlacementConstraintProto {
	return &hadooppb.PlacementConstraintProto{
		CompositeConstraint: &hadooppb.CompositePlacementConstraintProto{
			CompositeType: of.Enum(), ChildConstraints: each(list, toConstraint),
		},
	}
}

// toTags has a target for each tag: all of them must hold.
func toTags(c placement.Tags) *hadooppb.SimplePlacementConstraintProto {
	p := &hadooppb.SimplePlacementConstraintProto{Scope: proto.String(string(c.Scope)),
		MinCardinality: &c.Min, MaxCardinality: &c.Max}
	for _, t := range c.Tags {
		p.TargetExpressions = append(p.TargetExpressions, &hadooppb.PlacementConstraintTargetProto{
			TargetType: hadooppb.PlacementConstraintTargetProto_ALLOCATION_TAG.Enum(),
			TargetKey:  proto.String(string(t.Of)), TargetValues: []string{t.Name},
		})
	}
	return p
}

// toAttribute has bounds of -1, by which YARN knows that nothing is counted.
func toAttribute(c placement.Attribute) *hadooppb.SimplePlacementConstraintProto {
	op := hadooppb.NodeAttributeOpCodeProto_EQ
	if c.Not {
		op = hadooppb.NodeAttributeOpCodeProto_NE
	}
	return &hadooppb.SimplePlacementConstraintProto{Scope: proto.String(string(placement.Node)),
		MinCardinality: proto.Int32(-1), MaxCardinality: proto.Int32(-1), AttributeOpCode: op.Enum(),
		TargetExpressions: []*hadooppb.PlacementConstraintTargetProto{{
			TargetType: hadooppb.PlacementConstraintTargetProto_NODE_ATTRIBUTE.Enum(),
			TargetKey:  &c.Name, TargetValues: c.Values,
		}},
	}
}

// toSchedulingRequest says the constraint again, although it was registered: ResourceManagers
// compare an ask with the one before, and fail on those without.
func toSchedulingRequest(a Ask, c placement.Constraint) *hadooppb.SchedulingRequestProto {
	return &hadooppb.SchedulingRequestProto{
		AllocationRequestId: &a.RequestID, Priority: toPriority(a.Priority),
		ExecutionType:  &hadooppb.ExecutionTypeRequestProto{ExecutionType: toExecution(a.Execution)},
		AllocationTags: []string{a.Tag},
		ResourceSizing: &hadooppb.ResourceSizingProto{
			NumAllocations: &a.Count, Resources: toResource(a.Size),
		},
		PlacementConstraint: toConstraint(c),
	}
}

func fromRejected(p *hadooppb.RejectedSchedulingRequestProto) Rejection {
	r, sizing := p.GetRequest(), p.GetRequest().GetResourceSizing()
	out := Rejection{Reason: "no node satisfies it", Ask: Ask{
		Priority: r.GetPriority().GetPriority(), RequestID: r.GetAllocationRequestId(),
		Place: Anywhere, Size: fromResource(sizing.GetResources()), Count: sizing.GetNumAllocations(),
		Execution: Guaranteed,
	}}
	if tags := r.GetAllocationTags(); len(tags) > 0 {
		out.Ask.Tag = tags[0]
	}
	if p.GetReason() == hadooppb.RejectionReasonProto_RRP_COULD_NOT_SCHEDULE_ON_NODE {
		out.Reason = "the nodes that satisfy it have no room"
	}
	return out
}
