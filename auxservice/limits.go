package auxservice

import (
	"fmt"
	"syscall"
)

// limits are what a node's service may use. Where the NodeManager's configuration says nothing,
// they follow from the descriptors that the process may open.
type limits struct {
	connections, share int
	files              int   // map outputs kept open
	memory             int64 // for indexes, and for long requests and answers
}

const (
	defaultConnections = 32768
	defaultMemory      = 256 << 20
	// perFile is how many descriptors an open output has at most: data and a long index.
	perFile = 2
	// otherFiles are descriptors for directories, the database, gRPC, logs, connections that are
	// being opened or closed.
	otherFiles = 512
)

// newLimits fits what was asked for into the number of descriptors. Connections get as many as are
// asked for, or else two thirds of them; open outputs get what is left.
func newLimits(c *ConfigureRequest, descriptors int) limits {
	l := limits{connections: int(c.MaxConnections), share: int(c.MaxConnectionsPerApplication),
		memory: c.MaxMemoryBytes}
	free := max(descriptors-otherFiles, 64)
	if l.connections < 1 {
		l.connections = min(defaultConnections, free*2/3)
	}
	l.connections = min(l.connections, free-32)
	if l.share < 1 || l.share > l.connections {
		l.share = l.connections
	}
	l.files = max(1, min(free-l.connections, 16384)/perFile)
	if l.memory < 1 {
		l.memory = defaultMemory
	}
	return l
}

// descriptors is how many files the process may open. Go has raised the soft limit already.
func descriptors() (int, error) {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return 0, fmt.Errorf("read the limit of open files: %w", err)
	}
	return int(min(r.Cur, 1<<20)), nil
}
