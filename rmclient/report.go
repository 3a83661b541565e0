package rmclient

import (
	"fmt"
	"time"
)

// State is where an application stands. States are ordered: a later one never goes back, and
// from Finished on the application has ended.
type State int32

// The states of an application.
const (
	New       State = 1 // has an id
	NewSaving State = 2 // is being written to the ResourceManager's store
	Submitted State = 3 // was submitted
	Accepted  State = 4 // has a place in a queue and waits for its AM
	Running   State = 5 // its AM has registered
	Finished  State = 6 // its AM has unregistered
	Failed    State = 7 // its AM has failed too often, or the submission was refused
	Killed    State = 8 // someone ended it
)

// Ended reports whether the application runs no more.
func (s State) Ended() bool { return s >= Finished }

// String prints the state as Hadoop does: RUNNING.
func (s State) String() string { return name(stateNames, int32(s)) }

// FinalStatus is what an AM says of its application when it unregisters.
type FinalStatus int32

// The final statuses.
const (
	Undefined     FinalStatus = 0 // not ended, or nobody has said
	Succeeded     FinalStatus = 1
	FailedStatus  FinalStatus = 2
	KilledStatus  FinalStatus = 3
	EndedByItself FinalStatus = 4
)

// String prints the status as Hadoop does: SUCCEEDED.
func (s FinalStatus) String() string { return name(finalNames, int32(s)) }

// ApplicationReport is what the ResourceManager tells of an application. Fields that need the
// right to view it are empty without that right.
type ApplicationReport struct {
	ID          ApplicationID
	Attempt     AttemptID // the current or the last one
	Name        string
	User        string
	Queue       string
	Type        string
	Tags        []string
	State       State
	Final       FinalStatus
	Diagnostics string
	Progress    float32 // 0 to 1

	Host                string // where the AM listens, as it registered
	RPCPort             int32
	TrackingURL         string // through the ResourceManager's web proxy
	OriginalTrackingURL string

	Submitted, Started, Launched, Ended time.Time // zero until it happens

	Used       Resource // in containers that run
	Reserved   Resource
	Needed     Resource
	Containers int32 // that run

	Priority  int32
	Unmanaged bool
	// AMRMToken is set for unmanaged applications between Accepted and the end, for their owner.
	AMRMToken Token
}

// Filter selects applications; empty fields select all.
type Filter struct {
	Types  []string
	States []State
	Tags   []string
	Users  []string
	Queues []string
	Limit  int64
}

// NodeState is how a NodeManager is doing.
type NodeState int32

// The states of a node.
const (
	NodeNew             NodeState = 1
	NodeRunning         NodeState = 2
	NodeUnhealthy       NodeState = 3
	NodeDecommissioned  NodeState = 4
	NodeLost            NodeState = 5
	NodeRebooted        NodeState = 6
	NodeDecommissioning NodeState = 7
	NodeShutdown        NodeState = 8
)

// Usable reports whether the node runs new containers.
func (s NodeState) Usable() bool { return s == NodeRunning }

// String prints the state as Hadoop does: RUNNING.
func (s NodeState) String() string { return name(nodeStateNames, int32(s)) }

// NodeReport is what the ResourceManager tells of a NodeManager.
type NodeReport struct {
	ID            NodeID
	HTTPAddress   string
	Rack          string
	State         NodeState
	Used          Resource
	Capability    Resource
	Containers    int32
	Labels        []string
	Health        string
	Decommissions time.Duration // until then containers live on, when NodeDecommissioning
}

// ClusterMetrics counts NodeManagers by state.
type ClusterMetrics struct {
	Nodes, Active, Decommissioning, Decommissioned, Lost, Unhealthy, Rebooted, Shutdown int32
}

// Queue is a queue of the scheduler, with the children that were asked for.
type Queue struct {
	Name, Path      string
	Running         bool    // false: stopped, or draining
	Capacity        float32 // parts of the parent's, 0 to 1
	MaximumCapacity float32
	CurrentCapacity float32
	Labels          []string // node labels it may use
	Children        []Queue
}

var (
	stateNames = []string{"", "NEW", "NEW_SAVING", "SUBMITTED", "ACCEPTED", "RUNNING", "FINISHED",
		"FAILED", "KILLED"}
	finalNames     = []string{"UNDEFINED", "SUCCEEDED", "FAILED", "KILLED", "ENDED"}
	nodeStateNames = []string{"", "NEW", "RUNNING", "UNHEALTHY", "DECOMMISSIONED", "LOST",
		"REBOOTED", "DECOMMISSIONING", "SHUTDOWN"}
)

// name is the name of an enum's value, or its number where a newer Hadoop knows more.
func name(names []string, n int32) string {
	if n < 0 || int(n) >= len(names) || names[n] == "" {
		return fmt.Sprintf("UNKNOWN(%d)", n)
	}
	return names[n]
}
