package rmclient

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

// NodeManagers start, stop and look at containers on the nodes that hold them. Each node gets a
// connection of its own when it is first used, closed when it has been idle.
type NodeManagers struct {
	config Config
	tokens *NMTokens

	mu struct {
		sync.Mutex
		nodes  map[NodeID]*node
		closed bool
	}
}

// node is the client of one NodeManager and the token it was opened with.
type node struct {
	rpc   *ipc.Client
	token Token
}

// NewNodeManagers makes the clients of all nodes that tokens will ever know.
func NewNodeManagers(c Config, tokens *NMTokens) *NodeManagers {
	n := &NodeManagers{config: c, tokens: tokens}
	n.mu.nodes = map[NodeID]*node{}
	return n
}

// Close ends all connections. Calls in flight fail with ErrClosed.
func (n *NodeManagers) Close() error {
	n.mu.Lock()
	nodes := n.mu.nodes
	n.mu.nodes, n.mu.closed = nil, true
	n.mu.Unlock()
	for _, node := range nodes {
		node.rpc.Close()
	}
	return nil
}

// Start starts containers on a node. An error means that none was started, or, if the connection
// broke, that Statuses must tell; a container that alone failed is in Started.Failed.
func (n *NodeManagers) Start(
	ctx context.Context,
	id NodeID,
	requests []StartRequest,
) (Started, error) {
	call := &hadooppb.StartContainersRequestProto{}
	for _, r := range requests {
		launch, err := toLaunch(r.Launch)
		if err != nil {
			return Started{}, wrap(err, "start %s", r.Container.ID)
		}
		call.StartContainerRequest = append(
			call.StartContainerRequest,
			&hadooppb.StartContainerRequestProto{
				ContainerLaunchContext: launch, ContainerToken: toToken(r.Container.Token)},
		)
	}
	var answer hadooppb.StartContainersResponseProto
	if err := n.call(ctx, id, "startContainers", false, call, &answer); err != nil {
		return Started{}, wrap(err, "start containers on %s", id)
	}
	started := Started{OK: fromContainerIDs(answer.GetSucceededRequests()),
		Failed: each(answer.GetFailedRequests(), fromFailure), Services: map[string][]byte{}}
	for _, s := range answer.GetServicesMetaData() {
		started.Services[s.GetKey()] = s.GetValue()
	}
	return started, nil
}

// Stop ends containers on a node: SIGTERM, and a little later SIGKILL. It does not wait for them;
// their end comes with the Master's responses. The failures are those of single containers.
func (n *NodeManagers) Stop(
	ctx context.Context,
	id NodeID,
	containers []ContainerID,
) ([]ContainerFailure, error) {
	var answer hadooppb.StopContainersResponseProto
	err := n.call(ctx, id, "stopContainers", true,
		&hadooppb.StopContainersRequestProto{ContainerId: toContainerIDs(containers)}, &answer)
	return each(answer.GetFailedRequests(), fromFailure), wrap(err, "stop containers on %s", id)
}

// Statuses tells how containers on a node are doing.
func (n *NodeManagers) Statuses(ctx context.Context, id NodeID, containers []ContainerID) (
	[]ContainerStatus, []ContainerFailure, error) {
	var answer hadooppb.GetContainerStatusesResponseProto
	err := n.call(
		ctx,
		id,
		"getContainerStatuses",
		true,
		&hadooppb.GetContainerStatusesRequestProto{
			ContainerId: toContainerIDs(containers),
		},
		&answer,
	)
	return each(answer.GetStatus(), fromStatus), each(answer.GetFailedRequests(), fromFailure),
		wrap(err, "container statuses on %s", id)
}

func fromFailure(p *hadooppb.ContainerExceptionMapProto) ContainerFailure {
	e := p.GetException()
	message := ipc.FirstLine(e.GetMessage())
	return ContainerFailure{ID: fromContainerID(p.GetContainerId()), Err: &RemoteError{
		Class: e.GetClassName(), Message: message, Kind: kindOf(e.GetClassName(), message)}}
}

// call makes a call to a node. A token that the node refuses may have been replaced meanwhile;
// then the newer one is tried, once.
func (n *NodeManagers) call(
	ctx context.Context,
	id NodeID,
	method string,
	idempotent bool,
	request, answer proto.Message,
) error {
	for second := false; ; second = true {
		client, token, err := n.client(id)
		if err != nil {
			return err
		}
		err = client.Call(ctx, method, idempotent, request, answer)
		newest, _ := n.tokens.Get(id)
		if second || !errors.Is(err, ErrUnauthorized) || newest.same(token) {
			return err
		}
	}
}

// client returns the node's client, opened with the newest token.
func (n *NodeManagers) client(id NodeID) (*ipc.Client, Token, error) {
	token, known := n.tokens.Get(id)
	n.mu.Lock()
	defer n.mu.Unlock()
	have := n.mu.nodes[id]
	switch {
	case n.mu.closed:
		return nil, Token{}, ErrClosed
	case have != nil && known && !have.token.same(token):
		// The connection that is open stays good; the next one needs the new token.
		have.rpc.NextToken(*token.secret())
		have.token = token
		return have.rpc, token, nil
	case have != nil:
		return have.rpc, have.token, nil
	case !known:
		return nil, Token{}, ErrNoToken
	}
	rpc, err := connect("node manager", []string{id.String()},
		n.config.options(containerProtocol, token.secret()))
	if err != nil {
		return nil, Token{}, err
	}
	n.mu.nodes[id] = &node{rpc: rpc, token: token}
	return rpc, token, nil
}
