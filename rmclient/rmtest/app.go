package rmtest

import (
	"context"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// app is an application as the ResourceManager knows it. The cluster's lock guards it.
type app struct {
	cluster   *Cluster
	id        rmclient.ApplicationID
	submitted *hadooppb.ApplicationSubmissionContextProto
	user      string
	began     time.Time
	ended     time.Time
	state     rmclient.State
	final     hadooppb.FinalApplicationStatusProto
	note      string // diagnostics
	finishes  int

	attempt    int32
	amrm       *hadooppb.TokenProto
	key        int32 // of the newest AMRMToken
	master     *container
	registered *hadooppb.RegisterApplicationMasterRequestProto // nil until then
	nodeTokens map[rmclient.NodeID]bool                        // sent to this attempt

	response     *hadooppb.AllocateResponseProto // the last one, for a request that comes again
	asks         map[askKey]*hadooppb.ResourceRequestProto
	tags         map[int64][]string // of asks for containers with tags, by their id
	blacklist    map[string]bool
	progress     float32
	containers   map[rmclient.ContainerID]*container
	serial       int64
	allocated    []*container // for the next heartbeat
	completed    []*hadooppb.ContainerStatusProto
	updatedNodes []*hadooppb.NodeReportProto
	preempt      *hadooppb.PreemptionMessageProto
}

// container is one that was given out. It ends once.
type container struct {
	app       *app
	node      *node
	id        rmclient.ContainerID
	size      rmclient.Resource
	priority  int32
	requestID int64
	execution hadooppb.ExecutionTypeProto
	token     *hadooppb.TokenProto
	started   bool
	cancel    context.CancelFunc
	status    *hadooppb.ContainerStatusProto // nil while it lives
}

func (c *Cluster) issueAMRM(a *app) *hadooppb.TokenProto {
	return c.issue(rmclient.AMRMTokenKind, "", &hadooppb.AMRMTokenIdentifierProto{
		AppAttemptId: toAttemptID(rmclient.AttemptID{Application: a.id, Attempt: a.attempt}),
		KeyId:        proto.Int32(a.key)})
}

// startAttempt begins the next attempt. A managed one gets a container and a process.
func (c *Cluster) startAttempt(a *app) {
	keep := a.submitted.GetKeepContainersAcrossApplicationAttempts()
	for _, k := range a.sortedContainers() {
		if k == a.master || !keep {
			k.end(rmclient.KilledByRM, "attempt has ended")
		}
	}
	a.attempt++
	a.serial, a.completed = 0, nil
	a.state, a.amrm = rmclient.Accepted, c.issueAMRM(a)
	a.forget()
	if !a.submitted.GetUnmanagedAm() {
		c.launchMaster(a)
	}
}

// launchMaster runs the AM's container on the first node with room.
func (c *Cluster) launchMaster(a *app) {
	size := fromResource(a.submitted.GetResource())
	for _, n := range c.nodes {
		if n.gone() || !fits(size, n.free()) {
			continue
		}
		a.master = c.newContainer(a, n, size)
		launch, err := toLaunch(a.submitted.GetAmContainerSpec())
		if err != nil {
			a.fail(err.Error())
			return
		}
		if launch.Credentials.Tokens == nil {
			launch.Credentials.Tokens = map[rmclient.Alias]rmclient.Token{}
		}
		launch.Credentials.Tokens[""] = rmclient.Token{Identifier: a.amrm.GetIdentifier(),
			Password: a.amrm.GetPassword(), Kind: rmclient.AMRMTokenKind}
		launch.Master = true
		c.run(a.master, launch)
		return
	}
	a.note = "no node has room for the AM"
}

// forget is what a restart of the ResourceManager does to an attempt.
func (a *app) forget() {
	a.registered, a.response = nil, nil
	a.asks, a.blacklist = map[askKey]*hadooppb.ResourceRequestProto{}, map[string]bool{}
	a.nodeTokens = map[rmclient.NodeID]bool{}
	a.allocated = nil
	for _, k := range a.sortedContainers() {
		if k.status == nil && !k.started {
			k.end(rmclient.Aborted, "not started before the restart")
		}
	}
}

// fail and end finish the application.
func (a *app) fail(why string) {
	a.end(rmclient.Failed, hadooppb.FinalApplicationStatusProto_APP_FAILED, why)
}

func (a *app) end(state rmclient.State, final hadooppb.FinalApplicationStatusProto, why string) {
	if a.state.Ended() {
		return
	}
	a.state, a.final, a.note, a.ended = state, final, why, time.Now()
	for _, k := range a.sortedContainers() {
		if k != a.master {
			k.end(rmclient.AfterApplicationEnd, "application has ended")
		}
	}
}

// masterExited decides what an AM's end means: nothing after Finish, else another attempt or the
// application's failure.
func (c *Cluster) masterExited(a *app, k *container) {
	if a.state.Ended() || a.master != k || c.ctx.Err() != nil {
		return
	}
	if a.attempt >= max(a.submitted.GetMaxAppAttempts(), 1) {
		a.fail("AM container exited with " + rmclient.ExitStatus(k.status.GetExitStatus()).String())
		return
	}
	c.startAttempt(a)
}

func (a *app) sortedContainers() []*container {
	return slices.SortedFunc(maps.Values(a.containers), func(x, y *container) int {
		return int(x.id.Attempt.Attempt-y.id.Attempt.Attempt)*1_000_000 + int(x.id.ID-y.id.ID)
	})
}

func (c *Cluster) sortedApps() []*app {
	return slices.SortedFunc(
		maps.Values(c.apps),
		func(x, y *app) int { return int(x.id.ID - y.id.ID) },
	)
}

func (c *Cluster) container(id rmclient.ContainerID) *container {
	if a := c.apps[id.Attempt.Application.ID]; a != nil {
		return a.containers[id]
	}
	return nil
}

// end notes how a container ended, once, and stops its process.
func (k *container) end(exit rmclient.ExitStatus, diagnostics string) {
	if k.status != nil {
		return
	}
	k.status = &hadooppb.ContainerStatusProto{ContainerId: toContainerID(k.id),
		State: hadooppb.ContainerStateProto_C_COMPLETE.Enum(), ExitStatus: proto.Int32(int32(exit)),
		Diagnostics: &diagnostics, Capability: toResource(k.size),
		ExecutionType: k.execution.Enum()}
	if k.app.master != k {
		k.app.completed = append(k.app.completed, k.status)
	}
	if k.cancel != nil {
		k.cancel()
	}
}

// report is what a client sees.
func (a *app) report() *hadooppb.ApplicationReportProto {
	attempt := rmclient.AttemptID{Application: a.id, Attempt: a.attempt}
	p := &hadooppb.ApplicationReportProto{
		ApplicationId: toAppID(a.id), CurrentApplicationAttemptId: toAttemptID(attempt),
		Name: proto.String(a.submitted.GetApplicationName()), User: &a.user,
		Queue:                  proto.String(a.submitted.GetQueue()),
		ApplicationType:        proto.String(a.submitted.GetApplicationType()),
		ApplicationTags:        a.submitted.GetApplicationTags(),
		YarnApplicationState:   hadooppb.YarnApplicationStateProto(a.state).Enum(),
		FinalApplicationStatus: a.final.Enum(), Diagnostics: &a.note, Progress: &a.progress,
		StartTime: proto.Int64(
			a.began.UnixMilli(),
		), UnmanagedApplication: proto.Bool(a.submitted.GetUnmanagedAm()),
	}
	if !a.ended.IsZero() {
		p.FinishTime = proto.Int64(a.ended.UnixMilli())
	}
	if a.registered != nil {
		p.Host, p.RpcPort = a.registered.Host, a.registered.RpcPort
		p.TrackingUrl, p.OriginalTrackingUrl = a.registered.TrackingUrl, a.registered.TrackingUrl
	}
	if a.submitted.GetUnmanagedAm() && a.state < rmclient.Finished {
		p.AmRmToken = a.amrm
	}
	return p
}
