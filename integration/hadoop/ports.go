package hadoop

import (
	"fmt"
	"net"
	"strconv"
)

// A block of ports, by distance from its base. All NodeManagers use the same ports, each on its own
// address, as real hosts do. A DataNode's transfer port is its own as well: the NameNode, which
// sees them all as 127.0.0.1, would take two with one port for one that has been replaced.
const (
	nameNodeRPC = iota
	nameNodeHTTP
	rmClient
	rmScheduler
	rmTracker
	rmAdmin
	rmHTTP
	dataNodeHTTP
	dataNodeIPC
	nodeManagerRPC
	nodeManagerLocalizer
	nodeManagerHTTP
	nodeManagerCollector
	nodeShuffle
	nodeShuffleMetrics
	firstDataNode // transfer and, on 127.0.0.1, its internal web server: two for each node
)

// maxNodes is bounded by the ports of a block.
const maxNodes = 40

const (
	blockSize      = 100
	guardPort      = blockSize - 1 // held on 127.0.0.1 while a cluster comes up in its block
	firstBlock     = 20000
	ephemeralStart = 32768
)

// claimPorts finds a free block for a cluster of so many nodes, or checks the one named, and
// holds its guard port so that no other cluster takes the block before the daemons listen.
func claimPorts(named, nodes int) (base int, guard net.Listener, err error) {
	if named != 0 {
		guard, err = claimBlock(named, nodes)
		return named, guard, err
	}
	for base := firstBlock; base+blockSize <= ephemeralStart; base += blockSize {
		if guard, err := claimBlock(base, nodes); err == nil {
			return base, guard, nil
		}
	}
	return 0, nil, fmt.Errorf("no free block of %d ports from %d to %d: stop another cluster",
		blockSize, firstBlock, ephemeralStart)
}

func claimBlock(base, nodes int) (net.Listener, error) {
	guard, err := listen(masterHost, base+guardPort)
	if err != nil {
		return nil, err
	}
	for offset := range firstDataNode + 2*nodes {
		for _, host := range append(nodeHosts(nodes), masterHost) {
			if err := free(host, base+offset); err != nil {
				guard.Close()
				return nil, fmt.Errorf("ports from %d are in use: %w", base, err)
			}
		}
	}
	return guard, nil
}

func free(host string, port int) error {
	l, err := listen(host, port)
	if err != nil {
		return err
	}
	return l.Close()
}

func listen(host string, port int) (net.Listener, error) {
	return net.Listen("tcp4", hostPort(host, port))
}

func hostPort(host string, port int) string {
	return net.JoinHostPort(host, strconv.Itoa(port))
}

const masterHost = "127.0.0.1"

func nodeHost(i int) string { return fmt.Sprintf("127.0.0.%d", 11+i) }

func nodeHosts(n int) []string {
	hosts := make([]string, 0, n)
	for i := range n {
		hosts = append(hosts, nodeHost(i))
	}
	return hosts
}
