package rmtest

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

// masterMethods is ApplicationMasterProtocol.
var masterMethods = map[string]method{
	"registerApplicationMaster": register,
	"allocate":                  allocate,
	"finishApplicationMaster":   finish,
}

// attempt finds the application by the token of the connection, and refuses attempts of the past.
func (c *Cluster) attempt(r *ipc.Request) (*app, *hadooppb.AMRMTokenIdentifierProto, error) {
	var id hadooppb.AMRMTokenIdentifierProto
	if err := proto.Unmarshal(r.Identifier, &id); err != nil {
		return nil, nil, err
	}
	a := c.apps[id.GetAppAttemptId().GetApplicationId().GetId()]
	if a == nil || a.attempt != id.GetAppAttemptId().GetAttemptId() || a.state.Ended() {
		return nil, nil, &ipc.RemoteError{
			Class:   yarnExceptions + "ApplicationAttemptNotFoundException",
			Message: "Application attempt doesn't exist in ApplicationMasterService cache.",
		}
	}
	return a, &id, nil
}

func notRegistered() error {
	return &ipc.RemoteError{Class: yarnExceptions + "ApplicationMasterNotRegisteredException",
		Message: "AM is not registered for known application attempt"}
}

func register(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.RegisterApplicationMasterRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	a, _, err := c.attempt(r)
	if err != nil {
		return nil, err
	}
	if a.registered != nil {
		return nil, &ipc.RemoteError{
			Class:   yarnExceptions + "InvalidApplicationMasterRequestException",
			Message: fmt.Sprintf("Application Master is already registered : %s", a.id),
		}
	}
	a.registered, a.state = &request, rmclient.Running
	a.response = &hadooppb.AllocateResponseProto{ResponseId: proto.Int32(0)}
	answer := &hadooppb.RegisterApplicationMasterResponseProto{
		MaximumCapability: toResource(c.largest()), Queue: proto.String(a.submitted.GetQueue()),
		ResourceTypes:    c.types(),
		Application_ACLs: a.submitted.GetAmContainerSpec().GetApplication_ACLs(),
	}
	for _, k := range a.sortedContainers() {
		if k.status == nil && k.id.Attempt.Attempt < a.attempt && k != a.master {
			answer.ContainersFromPreviousAttempts = append(
				answer.ContainersFromPreviousAttempts,
				k.message(),
			)
			answer.NmTokensFromPreviousAttempts = append(
				answer.NmTokensFromPreviousAttempts,
				c.nodeToken(a, k.node)...)
		}
	}
	return answer, nil
}

// allocate answers with what the heartbeats before have made possible.
func allocate(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.AllocateRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	a, token, err := c.attempt(r)
	switch {
	case err != nil:
		return nil, err
	case a.registered == nil:
		return nil, notRegistered()
	case request.GetResponseId()+1 == a.response.GetResponseId():
		return a.response, nil // the answer was lost; the request is not looked at again
	case request.GetResponseId() != a.response.GetResponseId():
		return nil, &ipc.RemoteError{
			Class:   yarnExceptions + "InvalidApplicationMasterRequestException",
			Message: "Invalid responseId in AllocateRequest",
		}
	}
	if err := c.check(&request); err != nil {
		return nil, err
	}
	a.progress = request.GetProgress()
	if request.TrackingUrl != nil {
		a.registered.TrackingUrl = request.TrackingUrl
	}
	answer := c.heartbeat(a, &request)
	if token.GetKeyId() != a.key {
		answer.AmRmToken = a.amrm
	}
	a.response = answer
	c.take(a, &request)
	c.schedule(a)
	return answer, nil
}

// check refuses a request as a whole.
func (c *Cluster) check(request *hadooppb.AllocateRequestProto) error {
	for _, ask := range request.GetAsk() {
		if ask.GetExecutionTypeRequest() == nil {
			return &ipc.RemoteError{Class: "java.lang.NullPointerException",
				Message: "ResourceRequest.getExecutionTypeRequest() is null"}
		}
		if err := c.tooLarge(ask.GetCapability()); err != nil && ask.GetNumContainers() > 0 {
			return err
		}
	}
	for _, request := range request.GetSchedulingRequests() {
		if request.GetPlacementConstraint() == nil {
			return &ipc.RemoteError{Class: "java.lang.NullPointerException",
				Message: "SchedulingRequestPBImpl.getPlacementConstraint() is null"}
		}
	}
	return nil
}

// heartbeat collects what has happened.
func (c *Cluster) heartbeat(
	a *app,
	request *hadooppb.AllocateRequestProto,
) *hadooppb.AllocateResponseProto {
	answer := &hadooppb.AllocateResponseProto{
		ResponseId:                 proto.Int32(request.GetResponseId() + 1),
		CompletedContainerStatuses: a.completed, UpdatedNodes: a.updatedNodes, Preempt: a.preempt,
		Limit: toResource(c.headroom()), NumClusterNodes: proto.Int32(int32(len(c.nodes))),
		ApplicationPriority: a.submitted.GetPriority(),
	}
	for _, k := range a.allocated {
		if k.status == nil {
			answer.AllocatedContainers = append(answer.AllocatedContainers, k.message())
			answer.NmTokens = append(answer.NmTokens, c.nodeToken(a, k.node)...)
		}
	}
	a.allocated, a.completed, a.updatedNodes, a.preempt = nil, nil, nil, nil
	return answer
}

// nodeToken gives a node's token to an attempt once.
func (c *Cluster) nodeToken(a *app, n *node) []*hadooppb.NMTokenProto {
	if a.nodeTokens[n.id] {
		return nil
	}
	a.nodeTokens[n.id] = true
	return []*hadooppb.NMTokenProto{
		{NodeId: toNodeID(n.id), Token: c.issue(rmclient.NMTokenKind, n.id.String(),
			&hadooppb.NMTokenIdentifierProto{
				AppAttemptId: toAttemptID(
					rmclient.AttemptID{Application: a.id, Attempt: a.attempt},
				),
				NodeId: toNodeID(n.id), AppSubmitter: &a.user, KeyId: proto.Int32(1),
			})},
	}
}

// take records what the request asks for.
func (c *Cluster) take(a *app, request *hadooppb.AllocateRequestProto) {
	for _, ask := range request.GetAsk() {
		if ask.GetNumContainers() > 0 {
			a.asks[keyOf(ask)] = ask
		} else {
			delete(a.asks, keyOf(ask))
		}
	}
	c.takePlaced(a, request.GetSchedulingRequests())
	for _, host := range request.GetBlacklistRequest().GetBlacklistRemovals() {
		delete(a.blacklist, host)
	}
	for _, host := range request.GetBlacklistRequest().GetBlacklistAdditions() {
		a.blacklist[host] = true
	}
	for _, id := range request.GetRelease() {
		if k := a.containers[fromContainerID(id)]; k != nil {
			k.end(rmclient.Aborted, "Container released by application")
		}
	}
}

// finish is done at the second call.
func finish(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.FinishApplicationMasterRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	a, _, err := c.attempt(r)
	if err != nil {
		if again := c.finished(r); again {
			return &hadooppb.FinishApplicationMasterResponseProto{
				IsUnregistered: proto.Bool(true),
			}, nil
		}
		return nil, err
	}
	if a.registered == nil {
		return nil, notRegistered()
	}
	if a.finishes++; a.finishes == 1 {
		return &hadooppb.FinishApplicationMasterResponseProto{
			IsUnregistered: proto.Bool(false),
		}, nil
	}
	a.registered.TrackingUrl = request.TrackingUrl
	a.end(rmclient.Finished, request.GetFinalApplicationStatus(), request.GetDiagnostics())
	return &hadooppb.FinishApplicationMasterResponseProto{IsUnregistered: proto.Bool(true)}, nil
}

// finished reports whether the connection's application ended well, so that a lost answer to the
// last finish can be asked for again.
func (c *Cluster) finished(r *ipc.Request) bool {
	var id hadooppb.AMRMTokenIdentifierProto
	if proto.Unmarshal(r.Identifier, &id) != nil {
		return false
	}
	a := c.apps[id.GetAppAttemptId().GetApplicationId().GetId()]
	return a != nil && a.state == rmclient.Finished &&
		a.attempt == id.GetAppAttemptId().GetAttemptId()
}

// Asks returns an application's open asks as the ResourceManager has them, in order.
func (c *Cluster) Asks(id rmclient.ApplicationID) []rmclient.Ask {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.mustApp(id)
	var asks []rmclient.Ask
	for _, key := range a.sortedAsks() {
		p := a.asks[key]
		asks = append(
			asks,
			rmclient.Ask{Priority: key.priority, RequestID: key.request, Place: key.place,
				Size: fromResource(
					p.GetCapability(),
				), Count: p.GetNumContainers(), NoRelax: !p.GetRelaxLocality(),
				NodeLabel: p.GetNodeLabelExpression(),
				Execution: rmclient.ExecutionType(p.GetExecutionTypeRequest().GetExecutionType())},
		)
	}
	return asks
}

// Blacklist returns the hosts an application wants no containers on, in order.
func (c *Cluster) Blacklist(id rmclient.ApplicationID) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var hosts []string
	for host := range c.mustApp(id).blacklist {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return hosts
}
