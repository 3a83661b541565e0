package rmclient

import (
	"cmp"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

func fromReport(p *hadooppb.ApplicationReportProto) ApplicationReport {
	usage := p.GetAppResource_Usage()
	return ApplicationReport{
		ID: fromAppID(
			p.GetApplicationId(),
		), Attempt: fromAttemptID(p.GetCurrentApplicationAttemptId()),
		Name: p.GetName(), User: p.GetUser(), Queue: p.GetQueue(), Type: p.GetApplicationType(),
		Tags: p.GetApplicationTags(), State: State(p.GetYarnApplicationState()),
		Final: FinalStatus(
			p.GetFinalApplicationStatus(),
		), Diagnostics: unlessNA(p.GetDiagnostics()),
		Progress: p.GetProgress(), Host: unlessNA(p.GetHost()), RPCPort: max(p.GetRpcPort(), 0),
		TrackingURL: unlessNA(
			p.GetTrackingUrl(),
		), OriginalTrackingURL: unlessNA(p.GetOriginalTrackingUrl()),
		Submitted: millis(
			cmp.Or(p.GetSubmitTime(), p.GetStartTime()),
		), Started: millis(p.GetStartTime()),
		Launched: millis(p.GetLaunchTime()), Ended: millis(p.GetFinishTime()),
		Used: fromResource(
			usage.GetUsedResources(),
		), Reserved: fromResource(usage.GetReservedResources()),
		Needed: fromResource(
			usage.GetNeededResources(),
		), Containers: max(usage.GetNumUsedContainers(), 0),
		Priority: p.GetPriority().GetPriority(), Unmanaged: p.GetUnmanagedApplication(),
		AMRMToken: fromToken(p.GetAmRmToken()),
	}
}

// unlessNA is empty for N/A, by which Hadoop says that there is nothing to say.
func unlessNA(s string) string {
	if s == "N/A" {
		return ""
	}
	return s
}

func fromReports(ps []*hadooppb.ApplicationReportProto) []ApplicationReport {
	reports := each(ps, fromReport)
	slices.SortFunc(reports, func(a, b ApplicationReport) int {
		return cmp.Or(cmp.Compare(a.ID.ClusterTimestamp, b.ID.ClusterTimestamp),
			cmp.Compare(a.ID.ID, b.ID.ID))
	})
	return reports
}

func toFilter(f Filter) *hadooppb.GetApplicationsRequestProto {
	p := &hadooppb.GetApplicationsRequestProto{ApplicationTypes: f.Types, ApplicationTags: f.Tags,
		Users: f.Users, Queues: f.Queues}
	for _, s := range f.States {
		p.ApplicationStates = append(p.ApplicationStates, hadooppb.YarnApplicationStateProto(s))
	}
	if f.Limit > 0 {
		p.Limit = proto.Int64(f.Limit)
	}
	return p
}

func fromNode(p *hadooppb.NodeReportProto) NodeReport {
	return NodeReport{
		ID: fromNodeID(p.GetNodeId()), HTTPAddress: p.GetHttpAddress(), Rack: p.GetRackName(),
		State: NodeState(p.GetNodeState()), Used: fromResource(p.GetUsed()),
		Capability: fromResource(p.GetCapability()), Containers: p.GetNumContainers(),
		Labels: p.GetNodeLabels(), Health: p.GetHealthReport(),
		Decommissions: time.Duration(p.GetDecommissioningTimeout()) * time.Second,
	}
}

func fromMetrics(p *hadooppb.YarnClusterMetricsProto) ClusterMetrics {
	return ClusterMetrics{
		Nodes: p.GetNumNodeManagers(), Active: p.GetNumActiveNms(),
		Decommissioning: p.GetNumDecommissioningNms(), Decommissioned: p.GetNumDecommissionedNms(),
		Lost: p.GetNumLostNms(), Unhealthy: p.GetNumUnhealthyNms(),
		Rebooted: p.GetNumRebootedNms(), Shutdown: p.GetNumShutdownNms(),
	}
}

func fromQueue(p *hadooppb.QueueInfoProto) Queue {
	return Queue{
		Name: p.GetQueueName(), Path: p.GetQueuePath(),
		Running:  p.GetState() == hadooppb.QueueStateProto_Q_RUNNING,
		Capacity: p.GetCapacity(), MaximumCapacity: p.GetMaximumCapacity(),
		CurrentCapacity: p.GetCurrentCapacity(), Labels: p.GetAccessibleNodeLabels(),
		Children: each(p.GetChildQueues(), fromQueue),
	}
}

func fromType(p *hadooppb.ResourceTypeInfoProto) ResourceType {
	return ResourceType{Name: p.GetName(), Units: p.GetUnits()}
}

func fromContainer(p *hadooppb.ContainerProto) Container {
	return Container{
		ID: fromContainerID(p.GetId()), Node: fromNodeID(p.GetNodeId()),
		HTTPAddress: p.GetNodeHttpAddress(), Size: fromResource(p.GetResource()),
		Priority: p.GetPriority().GetPriority(), RequestID: p.GetAllocationRequestId(),
		Version: p.GetVersion(), Execution: ExecutionType(p.GetExecutionType()),
		Token: fromToken(p.GetContainerToken()),
	}
}

func fromStatus(p *hadooppb.ContainerStatusProto) ContainerStatus {
	return ContainerStatus{
		ID: fromContainerID(p.GetContainerId()), State: ContainerState(p.GetState()),
		Exit: ExitStatus(p.GetExitStatus()), Diagnostics: unlessNA(p.GetDiagnostics()),
		Size: fromResource(p.GetCapability()), Execution: ExecutionType(p.GetExecutionType()),
	}
}

func fromPreemption(p *hadooppb.PreemptionMessageProto) Preemption {
	ids := func(cs []*hadooppb.PreemptionContainerProto) []ContainerID {
		return each(cs, func(c *hadooppb.PreemptionContainerProto) ContainerID {
			return fromContainerID(c.GetId())
		})
	}
	return Preemption{Strict: ids(p.GetStrictContract().GetContainer()),
		Negotiable: ids(p.GetContract().GetContainer())}
}

func fromUpdate(p *hadooppb.UpdateContainerRequestProto) ContainerUpdate {
	return ContainerUpdate{
		ID: fromContainerID(p.GetContainerId()), Version: p.GetContainerVersion(),
		Kind: UpdateKind(p.GetUpdateType()), Size: fromResource(p.GetCapability()),
		Execution: ExecutionType(p.GetExecutionType()),
	}
}

func fromUpdateError(p *hadooppb.UpdateContainerErrorProto) UpdateError {
	return UpdateError{Update: fromUpdate(p.GetUpdateRequest()), Reason: p.GetReason()}
}

func fromUpdated(
	p *hadooppb.UpdatedContainerProto,
) Container {
	return fromContainer(p.GetContainer())
}

func fromACLs(ps []*hadooppb.ApplicationACLMapProto) map[ACL]string {
	acls := map[ACL]string{}
	for _, p := range ps {
		acls[ACL(p.GetAccessType())] = p.GetAcl()
	}
	return acls
}

func fromResponse(p *hadooppb.AllocateResponseProto) AllocateResponse {
	return AllocateResponse{
		Allocated:    each(p.GetAllocatedContainers(), fromContainer),
		Completed:    each(p.GetCompletedContainerStatuses(), fromStatus),
		Updated:      each(p.GetUpdatedContainers(), fromUpdated),
		UpdateErrors: each(p.GetUpdateErrors(), fromUpdateError),
		Previous:     each(p.GetContainersFromPreviousAttempts(), fromContainer),
		UpdatedNodes: each(p.GetUpdatedNodes(), fromNode),
		Rejected:     each(p.GetRejectedSchedulingRequests(), fromRejected),
		Preemption:   fromPreemption(p.GetPreempt()),
		Headroom:     fromResource(p.GetLimit()),
		Nodes:        p.GetNumClusterNodes(),
		Priority:     p.GetApplicationPriority().GetPriority(),
	}
}
