package rmclient

import (
	"cmp"
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// Nodes lists the NodeManagers in any of the states, or in any state when none is given, by host
// and port.
func (c *Client) Nodes(ctx context.Context, states ...NodeState) ([]NodeReport, error) {
	request := &hadooppb.GetClusterNodesRequestProto{}
	for _, s := range states {
		request.NodeStates = append(request.NodeStates, hadooppb.NodeStateProto(s))
	}
	var answer hadooppb.GetClusterNodesResponseProto
	if err := c.rpc.Call(ctx, "getClusterNodes", true, request, &answer); err != nil {
		return nil, wrap(err, "list nodes")
	}
	nodes := each(answer.GetNodeReports(), fromNode)
	slices.SortFunc(nodes, func(a, b NodeReport) int {
		return cmp.Or(cmp.Compare(a.ID.Host, b.ID.Host), cmp.Compare(a.ID.Port, b.ID.Port))
	})
	return nodes, nil
}

// ClusterMetrics counts the NodeManagers by state.
func (c *Client) ClusterMetrics(ctx context.Context) (ClusterMetrics, error) {
	var answer hadooppb.GetClusterMetricsResponseProto
	err := c.rpc.Call(
		ctx,
		"getClusterMetrics",
		true,
		&hadooppb.GetClusterMetricsRequestProto{},
		&answer,
	)
	return fromMetrics(answer.GetClusterMetrics()), wrap(err, "cluster metrics")
}

// QueueInfo describes a queue, with all queues below it.
func (c *Client) QueueInfo(ctx context.Context, queue string) (Queue, error) {
	var answer hadooppb.GetQueueInfoResponseProto
	err := c.rpc.Call(ctx, "getQueueInfo", true, &hadooppb.GetQueueInfoRequestProto{
		QueueName: &queue, IncludeApplications: proto.Bool(false),
		IncludeChildQueues: proto.Bool(true), Recursive: proto.Bool(true),
	}, &answer)
	switch {
	case err != nil:
		return Queue{}, wrap(err, "queue %s", queue)
	case answer.GetQueueInfo() == nil:
		return Queue{}, wrap(ErrNotFound, "queue %s", queue)
	}
	return fromQueue(answer.GetQueueInfo()), nil
}

// ResourceTypes lists what containers may ask for. Compare with it before asking: an unknown name
// in Resource.Extra is dropped by the ResourceManager without a word.
func (c *Client) ResourceTypes(ctx context.Context) ([]ResourceType, error) {
	var answer hadooppb.GetAllResourceTypeInfoResponseProto
	err := c.rpc.Call(ctx, "getResourceTypeInfo", true,
		&hadooppb.GetAllResourceTypeInfoRequestProto{}, &answer)
	if err != nil {
		return nil, wrap(err, "resource types")
	}
	types := each(answer.GetResourceTypeInfo(), fromType)
	slices.SortFunc(types, func(a, b ResourceType) int { return cmp.Compare(a.Name, b.Name) })
	return types, nil
}
