package containers

import (
	"fmt"
	"time"

	"github.com/weft-data/weft/resource"
)

// Event is news from a Cluster. The types in this file are all there are.
type Event interface{ event() }

// Allocated brings containers, each once. Every one of them is launched or released.
type Allocated struct{ Containers []Container }

// Completed says that a container is gone, once for each, and why.
type Completed struct {
	ID     ID
	Reason Reason
	// ExitCode is the process's, or the cluster's code for why there is none; -1 where
	// neither is known.
	ExitCode int
	// Diagnostics is what the cluster has to say, for people; it may have many lines.
	Diagnostics string
	// CausedByApp blames the application: it crashed, or took more than its share. Losses it
	// is not to blame for do not count as failures of its tasks.
	CausedByApp bool
}

// NodeLost says that a host is gone, unhealthy, or no longer to be used. Completed follows for each
// of its containers, maybe much later.
type NodeLost struct{ Host string }

// Decommissioning says that a host takes no new containers and will end those it has.
type Decommissioning struct {
	Host string
	Left time.Duration // from now
}

// Preempt announces that the cluster will take containers back. Each container is in one of the
// two lists once; those that completed or were released meanwhile need no care. What is released in
// time costs least, because the application chooses the moment.
type Preempt struct {
	// Taken are taken in any case.
	Taken []ID
	// Named are taken unless others of as much resource are released before the deadline.
	Named    []ID
	Deadline time.Duration // from now
}

// Headroom is what the application could still get, at the moment.
type Headroom struct{ Resource resource.Vector }

// Down says that the application is over as far as the cluster is concerned: killed by a user,
// replaced by another attempt, or the cluster cannot be reached any more. Nothing follows it but
// Completed. The application still calls Finish.
type Down struct{ Err error }

func (Allocated) event()       {}
func (Completed) event()       {}
func (NodeLost) event()        {}
func (Decommissioning) event() {}
func (Preempt) event()         {}
func (Headroom) event()        {}
func (Down) event()            {}

// Reason is why a container completed.
type Reason uint8

// The reasons. Rules hang on them, so a Cluster gives the most exact one it knows.
const (
	ReasonUnknown     Reason = iota
	ReasonExited             // the executor ended by itself; ExitCode says how
	ReasonReleased           // the application gave it back
	ReasonStartFailed        // the executor could not be started
	ReasonMemory             // killed for more memory than its container has
	ReasonPreempted          // the cluster took it back
	ReasonNodeLost           // its machine is gone
	ReasonDisks              // its machine has no good disks left
	ReasonKilled             // somebody or something else killed it
	ReasonNoService          // its node lacks the shuffle service, and gets no more containers
)

// String names the reason as logs and errors show it.
func (r Reason) String() string {
	names := [...]string{"unknown", "exited", "released", "start failed", "out of memory",
		"preempted", "node lost", "bad disks", "killed", "no shuffle service"}
	if int(r) < len(names) {
		return names[r]
	}
	return "unknown"
}

// String tells the end of the container in one line.
func (c Completed) String() string {
	s := fmt.Sprintf("container %s completed: %s", c.ID, c.Reason)
	if c.Reason == ReasonExited || c.Reason == ReasonKilled {
		s += fmt.Sprintf(" (exit code %d)", c.ExitCode)
	}
	if c.Diagnostics != "" {
		s += ": " + c.Diagnostics
	}
	return s
}
