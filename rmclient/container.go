package rmclient

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/rmclient/placement"
)

// Anywhere is the resource name of an ask that any node may serve.
const Anywhere = "*"

// ExecutionType is how firmly a container is promised. The zero value is Guaranteed.
type ExecutionType int32

// The two promises.
const (
	Guaranteed    ExecutionType = 1 // runs at once on the resources it was given
	Opportunistic ExecutionType = 2 // may wait on its node, and makes room for guaranteed ones
)

// Ask is one row of an application's wishes: this many containers of this size at this place.
//
// Count is absolute: it replaces what was asked before for the same Priority, RequestID, Execution
// and Place, and 0 takes the row back. Each container that comes counts one off. Rows of one
// Priority and RequestID have one Size.
// To prefer a host, ask for it, for its rack and for Anywhere, all three with the same Count.
// Naming hosts also speeds allocation up a lot: a ResourceManager gives out one container per node
// and heartbeat for asks that name none. A strict placement sets NoRelax on rack and Anywhere.
type Ask struct {
	Priority  int32
	RequestID int64  // comes back in Container.RequestID; different ids never mix
	Place     string // a host, a rack or Anywhere
	Size      Resource
	Count     int32
	NoRelax   bool   // do not fall back from this place to a wider one
	NodeLabel string // only on the Anywhere row
	Execution ExecutionType
	// EnforceExecution refuses the other execution type instead of falling back to it.
	EnforceExecution bool

	// Tag marks the containers that come, and has them placed by the constraint that the
	// Registration has for it (YARN SchedulingRequest). Place is Anywhere then, NodeLabel and
	// EnforceExecution count for nothing, and the row is never changed, because a cluster's
	// placement processor adds to what it was told before: take it back with a Count of 0, and ask
	// with another RequestID.
	Tag string
}

// Container is a right to run a process on a node, given by the ResourceManager.
type Container struct {
	ID          ContainerID
	Node        NodeID
	HTTPAddress string
	Size        Resource
	Priority    int32
	RequestID   int64
	Version     int32 // for updates
	Execution   ExecutionType
	Token       Token // shown to the NodeManager at the start
}

// ContainerState is where a container stands.
type ContainerState int32

// The states of a container.
const (
	ContainerNew      ContainerState = 1
	ContainerRunning  ContainerState = 2
	ContainerComplete ContainerState = 3
)

// ExitStatus is how a container ended: the process's exit code (128 + the signal's number after
// a signal), or one of the negative codes below, by which YARN says who ended it.
type ExitStatus int32

// Exit statuses that YARN sets.
const (
	NotExited             ExitStatus = -1000
	Aborted               ExitStatus = -100 // released, or its node was lost
	DisksFailed           ExitStatus = -101
	Preempted             ExitStatus = -102
	VirtualMemoryExceeded ExitStatus = -103
	MemoryExceeded        ExitStatus = -104
	KilledByMaster        ExitStatus = -105
	KilledByRM            ExitStatus = -106
	AfterApplicationEnd   ExitStatus = -107
	KilledByScheduler     ExitStatus = -108
	ExcessLogs            ExitStatus = -109
)

var exitNames = map[ExitStatus]string{
	NotExited: "not exited", Aborted: "aborted", DisksFailed: "disks failed",
	Preempted: "preempted", VirtualMemoryExceeded: "virtual memory exceeded",
	MemoryExceeded: "memory exceeded", KilledByMaster: "killed by the application master",
	KilledByRM:          "killed by the resource manager",
	AfterApplicationEnd: "after the application's end",
	KilledByScheduler:   "killed by the scheduler", ExcessLogs: "excess logs",
}

// String prints what the status means, and its number.
func (e ExitStatus) String() string {
	if s, ok := exitNames[e]; ok {
		return fmt.Sprintf("%s (%d)", s, int32(e))
	}
	return fmt.Sprintf("exit %d", int32(e))
}

// ContainerStatus is how a container is doing, or how it ended.
type ContainerStatus struct {
	ID          ContainerID
	State       ContainerState
	Exit        ExitStatus // NotExited until State is ContainerComplete
	Diagnostics string
	Size        Resource
	Execution   ExecutionType
}

// UpdateKind is how a running container is to change.
type UpdateKind int32

// The four updates.
const (
	Increase UpdateKind = 0 // Size
	Decrease UpdateKind = 1
	Promote  UpdateKind = 2 // Execution, to Guaranteed
	Demote   UpdateKind = 3
)

// ContainerUpdate asks to change a container. Version is the container's at that moment.
type ContainerUpdate struct {
	ID        ContainerID
	Version   int32
	Kind      UpdateKind
	Size      Resource
	Execution ExecutionType
}

// Preemption says which containers the ResourceManager wants back. Strict ones will be killed
// whatever the AM does; the others only if the AM does not release as much by itself. The
// CapacityScheduler says it exactly once: act on it or lose it.
type Preemption struct {
	Strict     []ContainerID
	Negotiable []ContainerID
}

// Registration is what an AM tells of itself when it registers.
type Registration struct {
	Host        string // where clients reach the AM
	RPCPort     int32
	TrackingURL string // http://host:port; the RM's proxy serves it to users

	// Constraints say by tag where the containers of asks with this tag may come. With any, a
	// ResourceManager that has them switched off refuses the registration: ErrNoPlacement.
	Constraints map[string]placement.Constraint
}

// Registered is what the ResourceManager answers to a registration.
type Registered struct {
	Queue         string
	Maximum       Resource       // the largest container one may ask for
	ResourceTypes []ResourceType // all that may be asked for
	ACLs          map[ACL]string
	// Previous are the containers that an earlier attempt left running.
	Previous []Container
	// ClientToAMKey signs ClientToAM tokens; empty on an insecure cluster.
	ClientToAMKey []byte
}

// AllocateRequest is what changes in an AM's wishes. Everything is kept by the Master: say it once.
type AllocateRequest struct {
	Asks     []Ask
	Release  []ContainerID
	Updates  []ContainerUpdate
	Progress float32 // of the application, 0 to 1; shown to users

	BlacklistAdd    []string // hosts that shall get no container of ours
	BlacklistRemove []string
	TrackingURL     string // when it changed
}

// AllocateResponse is what has happened since the last one.
type AllocateResponse struct {
	Allocated    []Container
	Completed    []ContainerStatus
	Updated      []Container // after a ContainerUpdate
	UpdateErrors []UpdateError
	// Previous are further containers of earlier attempts, as their nodes report them.
	Previous     []Container
	UpdatedNodes []NodeReport
	// Rejected are asks with tags that found no node; they are asked for no more.
	Rejected   []Rejection
	Preemption Preemption
	Headroom   Resource
	Nodes      int32 // in the cluster
	Priority   int32 // of the application
	// Resynced: the ResourceManager was restarted in between. Everything was registered and
	// asked for again by the Master.
	Resynced bool
}

// Rejection is (a part of) an ask with a tag that was tried several times and given up.
type Rejection struct {
	Ask    Ask
	Reason string // what could not be done
}

// UpdateError is a ContainerUpdate that was refused.
type UpdateError struct {
	Update ContainerUpdate
	Reason string
}

// Finish is what an AM says at the end.
type Finish struct {
	Status      FinalStatus
	Diagnostics string
	TrackingURL string // of the history; empty: the RM's own page
}

// StartRequest is a container to start and what to run in it.
type StartRequest struct {
	Container Container
	Launch    LaunchContext
}

// Started is the outcome of starting containers on a node.
type Started struct {
	OK       []ContainerID
	Failed   []ContainerFailure
	Services map[string][]byte // what aux services tell every container, by name
}

// ContainerFailure is why the NodeManager did not do to a container what it was asked.
type ContainerFailure struct {
	ID  ContainerID
	Err error // a *RemoteError
}

// millis turns Hadoop's milliseconds into a time; 0 is the zero time.
func millis(ms int64) time.Time {
	if ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
