package rmclient

import (
	"fmt"
	"strconv"
	"strings"
)

// ApplicationID names an application: the start time of the ResourceManager that gave the number,
// in milliseconds, and the number.
type ApplicationID struct {
	ClusterTimestamp int64
	ID               int32
}

// AttemptID names one run of an application's AM. Attempts count from 1.
type AttemptID struct {
	Application ApplicationID
	Attempt     int32
}

// ContainerID names a container of an attempt. ID has 64 bits, of which the upper 24 are the
// epoch: how often the ResourceManager has been restarted. The lower 40 start again at 1 in every
// epoch and in every attempt, so only the whole ContainerID is a key.
type ContainerID struct {
	Attempt AttemptID
	ID      int64
}

// NodeID names a NodeManager: the host as the node itself calls it, and its RPC port.
type NodeID struct {
	Host string
	Port int32
}

const (
	epochShift = 40
	serialMask = 1<<epochShift - 1
)

// String prints the id as Hadoop does: application_1700000000000_0001.
func (a ApplicationID) String() string {
	return fmt.Sprintf("application_%d_%04d", a.ClusterTimestamp, a.ID)
}

// IsZero reports whether the id names no application.
func (a ApplicationID) IsZero() bool { return a == ApplicationID{} }

// String prints the id as Hadoop does: appattempt_1700000000000_0001_000001.
func (a AttemptID) String() string {
	return fmt.Sprintf("appattempt_%d_%04d_%06d",
		a.Application.ClusterTimestamp, a.Application.ID, a.Attempt)
}

// IsZero reports whether the id names no attempt.
func (a AttemptID) IsZero() bool { return a == AttemptID{} }

// Epoch tells how often the ResourceManager had been restarted when it gave the container out.
func (c ContainerID) Epoch() int64 { return c.ID >> epochShift }

// Serial is the container's number within its attempt and epoch.
func (c ContainerID) Serial() int64 { return c.ID & serialMask }

// IsZero reports whether the id names no container.
func (c ContainerID) IsZero() bool { return c == ContainerID{} }

// String prints the id as Hadoop does: container_1700000000000_0001_01_000002, or
// container_e03_1700000000000_0001_01_000002 after three restarts of the ResourceManager.
func (c ContainerID) String() string {
	app, epoch := c.Attempt.Application, ""
	if e := c.Epoch(); e > 0 {
		epoch = fmt.Sprintf("e%02d_", e)
	}
	return fmt.Sprintf("container_%s%d_%04d_%02d_%06d",
		epoch, app.ClusterTimestamp, app.ID, c.Attempt.Attempt, c.Serial())
}

// String prints the node as host:port.
func (n NodeID) String() string { return n.Host + ":" + strconv.Itoa(int(n.Port)) }

// ParseApplicationID reads what ApplicationID.String prints.
func ParseApplicationID(s string) (ApplicationID, error) {
	f, err := fields(s, "application", 2)
	if err != nil {
		return ApplicationID{}, err
	}
	return applicationID(s, f)
}

// ParseAttemptID reads what AttemptID.String prints.
func ParseAttemptID(s string) (AttemptID, error) {
	f, err := fields(s, "appattempt", 3)
	if err != nil {
		return AttemptID{}, err
	}
	return attemptID(s, f)
}

// ParseContainerID reads what ContainerID.String prints, with or without an epoch.
func ParseContainerID(s string) (ContainerID, error) {
	const prefix = "container_e"
	epoch, plain := int64(0), s
	if rest, ok := strings.CutPrefix(s, prefix); ok {
		number, after, _ := strings.Cut(rest, "_")
		e, err := number64(s, number, 1<<23-1)
		if err != nil {
			return ContainerID{}, err
		}
		epoch, plain = e, "container_"+after
	}
	f, err := fields(plain, "container", 4)
	if err != nil {
		return ContainerID{}, fmt.Errorf("container id %q: %w", s, err)
	}
	attempt, err := attemptID(s, f[:3])
	if err != nil {
		return ContainerID{}, err
	}
	serial, err := number64(s, f[3], serialMask)
	if err != nil {
		return ContainerID{}, err
	}
	return ContainerID{Attempt: attempt, ID: epoch<<epochShift | serial}, nil
}

// ParseNodeID reads host:port.
func ParseNodeID(s string) (NodeID, error) {
	i := strings.LastIndexByte(s, ':')
	if i <= 0 {
		return NodeID{}, fmt.Errorf("node id %q: want host:port", s)
	}
	port, err := number64(s, s[i+1:], 65535)
	if err != nil {
		return NodeID{}, err
	}
	return NodeID{Host: s[:i], Port: int32(port)}, nil
}

// fields cuts prefix_a_b_c into its n numbers, still as text.
func fields(s, prefix string, n int) ([]string, error) {
	f := strings.Split(s, "_")
	if len(f) != n+1 || f[0] != prefix {
		return nil, fmt.Errorf("id %q: want %s_ and %d numbers joined by _", s, prefix, n)
	}
	return f[1:], nil
}

func applicationID(s string, f []string) (ApplicationID, error) {
	start, err := number64(s, f[0], 1<<63-1)
	if err != nil {
		return ApplicationID{}, err
	}
	id, err := number64(s, f[1], 1<<31-1)
	return ApplicationID{ClusterTimestamp: start, ID: int32(id)}, err
}

func attemptID(s string, f []string) (AttemptID, error) {
	app, err := applicationID(s, f)
	if err != nil {
		return AttemptID{}, err
	}
	attempt, err := number64(s, f[2], 1<<31-1)
	return AttemptID{Application: app, Attempt: int32(attempt)}, err
}

// number64 reads a number of digits only, between 0 and limit.
func number64(id, digits string, limit int64) (int64, error) {
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || int64(n) > limit {
		return 0, fmt.Errorf("id %q: %q is not a number from 0 to %d", id, digits, limit)
	}
	return int64(n), nil
}
