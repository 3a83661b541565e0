package hadoop

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// A NodeState is what the ResourceManager thinks of a NodeManager.
type NodeState string

// The states that tests wait for.
const (
	Running        NodeState = "RUNNING"
	Lost           NodeState = "LOST" // no heartbeat for yarn.nm.liveness-monitor.expiry-interval-ms
	Decommissioned NodeState = "DECOMMISSIONED"
	Shutdown       NodeState = "SHUTDOWN" // the NodeManager said good-bye
)

// A Node is a NodeManager as the ResourceManager's REST API shows it.
type Node struct {
	ID         string    `json:"id"`           // host:port, as in NodeIdProto
	Host       string    `json:"nodeHostName"` // the host of the NodeId
	State      NodeState `json:"state"`
	Containers int       `json:"numContainers"`
	UsedMB     int       `json:"usedMemoryMB"`
	FreeMB     int       `json:"availMemoryMB"`
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 16 << 20

// client never waits long: a daemon that is paused or coming up is asked again.
var client = &http.Client{
	Timeout:   10 * time.Second,
	Transport: &http.Transport{DisableKeepAlives: true}, // leaves no goroutine behind
}

// NodeReports are the NodeManagers in the given states, or in any state when none is given, in
// the ResourceManager's order.
func (c *Cluster) NodeReports(ctx context.Context, states ...NodeState) ([]Node, error) {
	query := url.Values{}
	for _, s := range states {
		query.Add("states", string(s))
	}
	var answer struct {
		Nodes *struct{ Node []Node } // null when there is none
	}
	err := call(ctx, http.MethodGet, c.url(rmHTTP, "/ws/v1/cluster/nodes", query), &answer)
	if err != nil || answer.Nodes == nil {
		return nil, err
	}
	return answer.Nodes.Node, nil
}

// WaitNode waits until the ResourceManager says that the NodeManager is in the given state.
func (c *Cluster) WaitNode(ctx context.Context, nodeManager *Daemon, want NodeState) error {
	err := poll(ctx, func() (bool, error) {
		nodes, err := c.NodeReports(ctx, want)
		if err != nil {
			return false, err
		}
		return slices.ContainsFunc(nodes, func(n Node) bool { return n.Host == nodeManager.Host }), nil
	})
	if err != nil {
		return fmt.Errorf("wait for %s to be %s: %w", nodeManager.Name, want, err)
	}
	return nil
}

// BlockHosts are the hosts that hold the blocks of a file in HDFS, as the NameNode names them.
func (c *Cluster) BlockHosts(ctx context.Context, path string) ([]string, error) {
	query := url.Values{"op": {"GETFILEBLOCKLOCATIONS"}, "user.name": {currentUser()}}
	var answer struct {
		BlockLocations struct{ BlockLocation []struct{ Hosts []string } }
	}
	address := c.url(nameNodeHTTP, "/webhdfs/v1"+path, query)
	if err := call(ctx, http.MethodGet, address, &answer); err != nil {
		return nil, fmt.Errorf("locate the blocks of %s: %w", path, err)
	}
	var hosts []string
	for _, block := range answer.BlockLocations.BlockLocation {
		hosts = append(hosts, block.Hosts...)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts), nil
}

// hdfsState is the NameNode's own account of itself, as its JMX servlet shows it.
type hdfsState struct {
	State         string `json:"FSState"` // Operational once out of safe mode
	LiveDataNodes int    `json:"NumLiveDataNodes"`
}

func (c *Cluster) hdfsState(ctx context.Context) (hdfsState, error) {
	query := url.Values{"qry": {"Hadoop:service=NameNode,name=FSNamesystemState"}}
	var answer struct{ Beans []hdfsState }
	if err := call(ctx, http.MethodGet, c.url(nameNodeHTTP, "/jmx", query), &answer); err != nil {
		return hdfsState{}, err
	}
	if len(answer.Beans) == 0 {
		return hdfsState{State: "starting"}, nil
	}
	return answer.Beans[0], nil
}

// WebAddress is the ResourceManager's web page, also the root of its REST API.
func (c *Cluster) WebAddress() string {
	return c.url(rmHTTP, "", nil)
}

// NodeWebAddress is the web page of the NodeManager of node i, also the root of its REST API.
func (c *Cluster) NodeWebAddress(i int) string {
	return "http://" + hostPort(nodeHost(i), c.PortBase+nodeManagerHTTP)
}

// url is an address of one of the masters' web servers.
func (c *Cluster) url(port int, path string, query url.Values) string {
	u := url.URL{
		Scheme: "http", Host: hostPort(masterHost, c.PortBase+port), Path: path,
		RawQuery: query.Encode(),
	}
	return u.String()
}

// call sends a request without a body and decodes the JSON answer.
func call(ctx context.Context, method, address string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %s", method, address, resp.Status, body)
	}
	return json.Unmarshal(body, answer)
}
