package rmtest

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

// node is a NodeManager. The cluster's lock guards its state.
type node struct {
	cluster *Cluster
	id      rmclient.NodeID
	rack    string
	size    rmclient.Resource
	labels  []string
	aux     map[string][]byte // its auxiliary services and what they tell containers
	address string            // where it really listens
	server  *ipc.Server
	state   rmclient.NodeState
}

// containerMethods is ContainerManagementProtocol.
func (n *node) methods() map[string]method {
	return map[string]method{
		"startContainers":      n.start,
		"stopContainers":       n.stop,
		"getContainerStatuses": n.statuses,
	}
}

func (c *Cluster) startNode(t testing.TB, o Node) {
	t.Helper()
	n := &node{
		cluster: c,
		id:      rmclient.NodeID{Host: o.Host, Port: o.Port},
		rack:    o.Rack,
		size:    o.Size,
		labels:  o.Labels,
		aux:     o.Services,
		state:   rmclient.NodeRunning,
	}
	n.server = &ipc.Server{
		Handle:   c.handler(nil, n.methods()),
		Offer:    c.offer(),
		Password: c.password,
	}
	n.address = c.listen(t, n.server)
	c.nodes = append(c.nodes, n)
}

// gone reports whether the node's containers are lost.
func (n *node) gone() bool {
	switch n.state {
	case rmclient.NodeRunning, rmclient.NodeUnhealthy, rmclient.NodeDecommissioning:
		return false
	}
	return true
}

func (n *node) free() rmclient.Resource {
	free := n.size
	for _, k := range n.cluster.containersOn(n) {
		free = add(free, k.size, -1)
	}
	return free
}

// containersOn lists the node's containers that have not ended.
func (c *Cluster) containersOn(n *node) []*container {
	var on []*container
	for _, a := range c.sortedApps() {
		for _, k := range a.sortedContainers() {
			if k.node == n && k.status == nil {
				on = append(on, k)
			}
		}
	}
	return on
}

func (n *node) report() *hadooppb.NodeReportProto {
	used := add(n.size, n.free(), -1)
	return &hadooppb.NodeReportProto{NodeId: toNodeID(n.id), RackName: &n.rack,
		HttpAddress: proto.String(
			n.id.Host + ":8042",
		), Capability: toResource(n.size), Used: toResource(used),
		NumContainers: proto.Int32(int32(len(n.cluster.containersOn(n)))), NodeLabels: n.labels,
		NodeState: hadooppb.NodeStateProto(n.state).Enum()}
}

// start checks each container's token and runs its process.
func (n *node) start(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.StartContainersRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	answer := &hadooppb.StartContainersResponseProto{ServicesMetaData: n.services()}
	for _, one := range request.GetStartContainerRequest() {
		var token hadooppb.ContainerTokenIdentifierProto
		if err := proto.Unmarshal(one.GetContainerToken().GetIdentifier(), &token); err != nil {
			return nil, err
		}
		if err := n.startOne(c, &token, one); err != nil {
			answer.FailedRequests = append(
				answer.FailedRequests,
				failure(token.GetContainerId(), err),
			)
		} else {
			answer.SucceededRequests = append(answer.SucceededRequests, token.GetContainerId())
		}
	}
	return answer, nil
}

func (n *node) startOne(
	c *Cluster,
	token *hadooppb.ContainerTokenIdentifierProto,
	one *hadooppb.StartContainerRequestProto,
) error {
	k := c.container(fromContainerID(token.GetContainerId()))
	switch {
	case k == nil || k.node != n || !bytes.Equal(k.token.GetPassword(),
		one.GetContainerToken().GetPassword()):
		return fmt.Errorf("Unauthorized request to start container. No such container token")
	case k.status != nil:
		return fmt.Errorf("container %s was given back or has ended", k.id)
	case k.started:
		return fmt.Errorf("Attempt to relaunch the same container with id %s.", k.id)
	}
	launch, err := toLaunch(one.GetContainerLaunchContext())
	if err != nil {
		return err
	}
	if err := n.offer(&launch); err != nil {
		return err
	}
	c.run(k, launch)
	return nil
}

// offer tells a container of the node's auxiliary services, which must be those it has data for.
func (n *node) offer(l *Launch) error {
	for name := range l.ServiceData {
		if _, has := n.aux[name]; !has {
			return &ipc.RemoteError{Class: yarnExceptions + "InvalidAuxServiceException",
				Message: fmt.Sprintf("The auxService:%s does not exist", name)}
		}
	}
	for name, told := range n.aux {
		l.Environment["NM_AUX_SERVICE_"+name] = base64.StdEncoding.EncodeToString(told)
	}
	return nil
}

func (n *node) services() (out []*hadooppb.StringBytesMapProto) {
	for _, name := range slices.Sorted(maps.Keys(n.aux)) {
		out = append(out, &hadooppb.StringBytesMapProto{Key: &name, Value: n.aux[name]})
	}
	return out
}

// run starts a container's process.
func (c *Cluster) run(k *container, l Launch) {
	l.Container, l.Node, l.Size = k.id, k.node.id, k.size
	ctx, cancel := context.WithCancel(c.ctx)
	k.started, k.cancel = true, cancel
	c.running.Go(func() {
		defer cancel()
		exit := c.options.Run(ctx, l)
		c.mu.Lock()
		defer c.mu.Unlock()
		k.end(exit, fmt.Sprintf("Container exited with %s", exit))
		c.masterExited(k.app, k)
		c.notify()
	})
}

func failure(id *hadooppb.ContainerIdProto, err error) *hadooppb.ContainerExceptionMapProto {
	class, message := yarnExceptions+"YarnException", err.Error()
	var remote *ipc.RemoteError
	if errors.As(err, &remote) {
		class, message = remote.Class, remote.Message
	}
	return &hadooppb.ContainerExceptionMapProto{
		ContainerId: id,
		Exception:   &hadooppb.SerializedExceptionProto{Message: &message, ClassName: &class},
	}
}

// stop ends containers with the exit status that NodeManagers give for it.
func (n *node) stop(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.StopContainersRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	answer := &hadooppb.StopContainersResponseProto{}
	for _, id := range request.GetContainerId() {
		if k := c.container(fromContainerID(id)); k != nil && k.node == n {
			k.end(rmclient.KilledByMaster, "Container killed by the ApplicationMaster.")
		}
		answer.SucceededRequests = append(answer.SucceededRequests, id)
	}
	return answer, nil
}

func (n *node) statuses(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.GetContainerStatusesRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	answer := &hadooppb.GetContainerStatusesResponseProto{}
	for _, id := range request.GetContainerId() {
		k := c.container(fromContainerID(id))
		switch {
		case k == nil || k.node != n || !k.started:
			answer.FailedRequests = append(
				answer.FailedRequests,
				failure(
					id,
					fmt.Errorf(
						"Container %s is not handled by this NodeManager",
						fromContainerID(id),
					),
				),
			)
		case k.status != nil:
			answer.Status = append(answer.Status, k.status)
		default:
			answer.Status = append(answer.Status, &hadooppb.ContainerStatusProto{ContainerId: id,
				State:      hadooppb.ContainerStateProto_C_RUNNING.Enum(),
				Capability: toResource(k.size)})
		}
	}
	return answer, nil
}
