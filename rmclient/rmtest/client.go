package rmtest

import (
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

const yarnExceptions = "org.apache.hadoop.yarn.exceptions."

// clientMethods is ApplicationClientProtocol.
var clientMethods = map[string]method{
	"getNewApplication":    newApplication,
	"submitApplication":    submitApplication,
	"getApplicationReport": applicationReport,
	"getApplications":      applications,
	"forceKillApplication": killApplication,
	"getClusterNodes":      clusterNodes,
	"getClusterMetrics":    clusterMetrics,
	"getQueueInfo":         queueInfo,
	"getResourceTypeInfo":  resourceTypes,
}

func newApplication(c *Cluster, _ *ipc.Request) (proto.Message, error) {
	c.nextApp++
	id := rmclient.ApplicationID{ClusterTimestamp: c.began, ID: c.nextApp}
	return &hadooppb.GetNewApplicationResponseProto{ApplicationId: toAppID(id),
		MaximumCapability: toResource(c.largest())}, nil
}

// submitApplication takes the same submission twice for one.
func submitApplication(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.SubmitApplicationRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	s := request.GetApplicationSubmissionContext()
	id := rmclient.ApplicationID{ID: s.GetApplicationId().GetId(),
		ClusterTimestamp: s.GetApplicationId().GetClusterTimestamp()}
	if c.apps[id.ID] != nil {
		return &hadooppb.SubmitApplicationResponseProto{}, nil
	}
	if err := c.tooLarge(s.GetResource()); err != nil && !s.GetUnmanagedAm() {
		return nil, err
	}
	a := &app{cluster: c, id: id, submitted: s, user: r.User, began: time.Now(),
		state: rmclient.Submitted, containers: map[rmclient.ContainerID]*container{}}
	c.apps[id.ID] = a
	if !slices.Contains(c.options.Queues, s.GetQueue()) {
		a.fail(
			fmt.Sprintf(
				"Application %s submitted by user %s to unknown queue: %s",
				id,
				r.User,
				s.GetQueue(),
			),
		)
	} else {
		c.startAttempt(a)
	}
	return &hadooppb.SubmitApplicationResponseProto{}, nil
}

// tooLarge refuses what no node could hold.
func (c *Cluster) tooLarge(p *hadooppb.ResourceProto) error {
	asked := fromResource(p)
	for _, name := range c.options.ResourceTypes {
		if asked.Extra[name] > c.largest().Extra[name] {
			return invalidResource(asked, c.largest())
		}
	}
	asked.Extra = nil // a real ResourceManager skips unknown names
	if !fits(asked, c.largest()) {
		return invalidResource(asked, c.largest())
	}
	return nil
}

func invalidResource(asked, most rmclient.Resource) error {
	return &ipc.RemoteError{Class: yarnExceptions + "InvalidResourceRequestException",
		Message: fmt.Sprintf(
			"Invalid resource request! Requested resource=<%s>, maximum allowed allocation=<%s>",
			asked,
			most,
		)}
}

// largest is the largest container there can be.
func (c *Cluster) largest() rmclient.Resource {
	var most rmclient.Resource
	for _, n := range c.nodes {
		if n.gone() {
			continue
		}
		most.MemoryMB, most.VCores = max(
			most.MemoryMB,
			n.size.MemoryMB,
		), max(
			most.VCores,
			n.size.VCores,
		)
		for name, amount := range n.size.Extra {
			if most.Extra == nil {
				most.Extra = map[string]int64{}
			}
			most.Extra[name] = max(most.Extra[name], amount)
		}
	}
	return most
}

func (c *Cluster) find(id *hadooppb.ApplicationIdProto) (*app, error) {
	if a := c.apps[id.GetId()]; a != nil && id.GetClusterTimestamp() == c.began {
		return a, nil
	}
	wanted := rmclient.ApplicationID{ClusterTimestamp: id.GetClusterTimestamp(), ID: id.GetId()}
	return nil, &ipc.RemoteError{Class: yarnExceptions + "ApplicationNotFoundException",
		Message: fmt.Sprintf("Application with id '%s' doesn't exist in RM.", wanted)}
}

func applicationReport(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.GetApplicationReportRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	a, err := c.find(request.GetApplicationId())
	if err != nil {
		return nil, err
	}
	return &hadooppb.GetApplicationReportResponseProto{ApplicationReport: a.report()}, nil
}

func applications(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.GetApplicationsRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	answer := &hadooppb.GetApplicationsResponseProto{}
	for _, a := range c.sortedApps() {
		if matches(&request, a.report()) {
			answer.Applications = append(answer.Applications, a.report())
		}
	}
	return answer, nil
}

// matches applies the filters that clients use: an empty one lets everything through.
func matches(f *hadooppb.GetApplicationsRequestProto, p *hadooppb.ApplicationReportProto) bool {
	in := func(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }
	tagged := len(f.GetApplicationTags()) == 0 || slices.ContainsFunc(p.GetApplicationTags(),
		func(tag string) bool { return slices.Contains(f.GetApplicationTags(), tag) })
	return tagged && in(f.GetApplicationTypes(), p.GetApplicationType()) &&
		in(f.GetUsers(), p.GetUser()) &&
		in(f.GetQueues(), p.GetQueue()) &&
		(len(f.GetApplicationStates()) == 0 ||
			slices.Contains(f.GetApplicationStates(), p.GetYarnApplicationState()))
}

// killApplication says true only to the second call, as a real one does.
func killApplication(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.KillApplicationRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	a, err := c.find(request.GetApplicationId())
	if err != nil {
		return nil, err
	}
	done := a.state.Ended()
	a.end(
		rmclient.Killed,
		hadooppb.FinalApplicationStatusProto_APP_KILLED,
		request.GetDiagnostics(),
	)
	if a.master != nil {
		a.master.end(rmclient.KilledByRM, "application was killed")
	}
	return &hadooppb.KillApplicationResponseProto{IsKillCompleted: &done}, nil
}

func clusterNodes(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.GetClusterNodesRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	answer := &hadooppb.GetClusterNodesResponseProto{}
	for _, n := range c.nodes {
		state := hadooppb.NodeStateProto(n.state)
		if len(request.GetNodeStates()) == 0 || slices.Contains(request.GetNodeStates(), state) {
			answer.NodeReports = append(answer.NodeReports, n.report())
		}
	}
	return answer, nil
}

func clusterMetrics(c *Cluster, _ *ipc.Request) (proto.Message, error) {
	count := map[rmclient.NodeState]int32{}
	for _, n := range c.nodes {
		count[n.state]++
	}
	return &hadooppb.GetClusterMetricsResponseProto{
		ClusterMetrics: &hadooppb.YarnClusterMetricsProto{
			NumNodeManagers: proto.Int32(int32(len(c.nodes))),
			NumActiveNms:    proto.Int32(count[rmclient.NodeRunning]),
			NumLostNms:      proto.Int32(count[rmclient.NodeLost]),
		},
	}, nil
}

func queueInfo(c *Cluster, r *ipc.Request) (proto.Message, error) {
	var request hadooppb.GetQueueInfoRequestProto
	if err := r.Decode(&request); err != nil {
		return nil, err
	}
	queue := func(name string) *hadooppb.QueueInfoProto {
		return &hadooppb.QueueInfoProto{
			QueueName: &name,

			AccessibleNodeLabels: c.options.Labels,
			State:                hadooppb.QueueStateProto_Q_RUNNING.Enum(),
			MaximumCapacity:      proto.Float32(1),
		}
	}
	if request.GetQueueName() == "root" {
		root := queue("root")
		for _, name := range c.options.Queues {
			root.ChildQueues = append(root.ChildQueues, queue(name))
		}
		return &hadooppb.GetQueueInfoResponseProto{QueueInfo: root}, nil
	}
	if !slices.Contains(c.options.Queues, request.GetQueueName()) {
		return &hadooppb.GetQueueInfoResponseProto{}, nil
	}
	return &hadooppb.GetQueueInfoResponseProto{QueueInfo: queue(request.GetQueueName())}, nil
}

func resourceTypes(c *Cluster, _ *ipc.Request) (proto.Message, error) {
	return &hadooppb.GetAllResourceTypeInfoResponseProto{ResourceTypeInfo: c.types()}, nil
}

func (c *Cluster) types() []*hadooppb.ResourceTypeInfoProto {
	types := []*hadooppb.ResourceTypeInfoProto{
		{Name: proto.String(rmclient.MemoryResource), Units: proto.String("Mi")},
		{Name: proto.String(rmclient.VCoresResource), Units: proto.String("")}}
	for _, name := range c.options.ResourceTypes {
		types = append(types, &hadooppb.ResourceTypeInfoProto{Name: &name, Units: proto.String("")})
	}
	return types
}
