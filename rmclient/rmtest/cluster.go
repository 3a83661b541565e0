package rmtest

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
	"github.com/weft-data/weft/rmclient/internal/sasl"
)

// Options say what cluster to start. The zero value is one ResourceManager, one queue "default"
// and one node of 8 GiB and 8 cores.
type Options struct {
	Nodes  []Node
	Queues []string // that take applications; default "default"
	Labels []string // of nodes, that every queue may use
	// ResourceManagers is how many stand in for each other; the first is active. Default 1.
	ResourceManagers int
	// ResourceTypes are known beside memory and cores.
	ResourceTypes []string
	// QOP is what connections with tokens are offered, best first. Default: Authentication.
	QOP []rmclient.QOP
	// Run is the process of a container, the AM's included. It must return soon after ctx ends,
	// which is how containers are stopped. Default: wait for ctx.
	Run func(ctx context.Context, l Launch) rmclient.ExitStatus
}

// Node is a NodeManager. Zero fields get defaults.
type Node struct {
	Host   string // default 127.0.0.1
	Port   int32  // default 8041; only part of the name
	Rack   string // default /default-rack
	Size   rmclient.Resource
	Labels []string
	// Services are its auxiliary services by name, and what each tells every container. A
	// container that carries data for another one is refused.
	Services map[string][]byte
}

// Launch is a container that was started.
type Launch struct {
	Container   rmclient.ContainerID
	Node        rmclient.NodeID
	Size        rmclient.Resource
	Master      bool // the application's AM, started by the ResourceManager
	Command     []string
	Environment map[string]string
	Resources   []string // names of local resources, in order
	ServiceData map[string][]byte
	Credentials rmclient.Credentials
}

// Cluster is a running ResourceManager with its NodeManagers.
type Cluster struct {
	options  Options
	began    int64
	ctx      context.Context
	stop     context.CancelFunc
	serving  sync.WaitGroup
	running  sync.WaitGroup // containers
	managers []*manager
	nodes    []*node // in the order of Options
	names    *nameNode
	closers  []func()

	mu      sync.Mutex // guards all that follows, and what it holds
	active  int
	epoch   int64
	apps    map[int32]*app
	nextApp int32
	faults  []*fault
	calls   map[string]int
	tokens  map[string][]byte // password by identifier
	changed chan struct{}     // closed and replaced at every change
}

// manager is one ResourceManager's pair of ports.
type manager struct {
	index             int
	clients, masters  *ipc.Server
	client, scheduler string // addresses
}

// Start starts a cluster that ends with the test.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	c := &Cluster{options: o.withDefaults(), began: time.Now().UnixMilli(), apps: map[int32]*app{},
		calls: map[string]int{}, tokens: map[string][]byte{}, changed: make(chan struct{})}
	c.ctx, c.stop = context.WithCancel(context.Background())
	t.Cleanup(c.close)
	for i := range c.options.ResourceManagers {
		m := &manager{index: i}
		m.clients = &ipc.Server{Handle: c.handler(m, clientMethods)}
		m.masters = &ipc.Server{Handle: c.handler(m, masterMethods), Offer: c.offer(),
			Password: c.password}
		m.client, m.scheduler = c.listen(t, m.clients), c.listen(t, m.masters)
		c.managers = append(c.managers, m)
	}
	for _, n := range c.options.Nodes {
		c.startNode(t, n)
	}
	c.names = newNameNode()
	c.names.address = c.listen(t, &ipc.Server{Handle: c.names.handle})
	return c
}

func (o Options) withDefaults() Options {
	if len(o.Nodes) == 0 {
		o.Nodes = []Node{{}}
	}
	o.Nodes = slices.Clone(o.Nodes)
	for i := range o.Nodes {
		n := &o.Nodes[i]
		n.Host, n.Rack = cmp.Or(n.Host, "127.0.0.1"), cmp.Or(n.Rack, "/default-rack")
		n.Port = cmp.Or(n.Port, 8041)
		if n.Size.MemoryMB == 0 {
			n.Size = rmclient.Resource{MemoryMB: 8192, VCores: 8, Extra: n.Size.Extra}
		}
	}
	if len(o.Queues) == 0 {
		o.Queues = []string{"default"}
	}
	if len(o.QOP) == 0 {
		o.QOP = []rmclient.QOP{rmclient.Authentication}
	}
	o.ResourceManagers = cmp.Or(o.ResourceManagers, 1)
	if o.Run == nil {
		o.Run = func(ctx context.Context, _ Launch) rmclient.ExitStatus {
			<-ctx.Done()
			return 143
		}
	}
	return o
}

// Config reaches the cluster, with quick retries.
func (c *Cluster) Config() rmclient.Config {
	config := rmclient.Config{User: "tester", RetryBase: 5 * time.Millisecond,
		RetryFor: 10 * time.Second, Dial: c.dial}
	for _, m := range c.managers {
		config.ClientAddresses = append(config.ClientAddresses, m.client)
		config.SchedulerAddresses = append(config.SchedulerAddresses, m.scheduler)
	}
	return config
}

// dial finds nodes by their names and everything else on loopback.
func (c *Cluster) dial(ctx context.Context, network, address string) (net.Conn, error) {
	for _, n := range c.nodes {
		if n.id.String() == address {
			if c.isLost(n) {
				return nil, &net.OpError{
					Op:  "dial",
					Net: network,
					Err: fmt.Errorf("no route to %s", address),
				}
			}
			address = n.address
		}
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

// listen serves on a loopback port until the cluster ends.
func (c *Cluster) listen(t testing.TB, s *ipc.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.serving.Go(func() { s.Serve(l) })
	c.closers = append(c.closers, func() { l.Close() })
	return l.Addr().String()
}

func (c *Cluster) close() {
	c.stop()
	c.running.Wait()
	for _, closer := range c.closers {
		closer()
	}
	c.serving.Wait()
}

func (c *Cluster) offer() []sasl.QOP {
	var offer []sasl.QOP
	for _, q := range c.options.QOP {
		offer = append(offer, sasl.QOP(q))
	}
	return offer
}

func (c *Cluster) password(identifier []byte) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	password, known := c.tokens[string(identifier)]
	return password, known
}

// issue makes a token whose identifier is a message, and remembers its password.
func (c *Cluster) issue(
	kind rmclient.TokenKind,
	service string,
	identifier proto.Message,
) *hadooppb.TokenProto {
	id, err := proto.MarshalOptions{Deterministic: true}.Marshal(identifier)
	if err != nil {
		panic(err) // a message of this package's own making
	}
	password := fmt.Appendf(nil, "secret of %x", id)
	c.tokens[string(id)] = password
	return &hadooppb.TokenProto{
		Identifier: id,
		Password:   password,
		Kind:       proto.String(string(kind)),
		Service:    &service,
	}
}

// method serves one call with the cluster's lock held.
type method func(c *Cluster, r *ipc.Request) (proto.Message, error)

// handler looks methods up, after the faults that the test ordered.
func (c *Cluster) handler(
	m *manager,
	methods map[string]method,
) func(context.Context, *ipc.Request) (proto.Message, error) {
	return func(_ context.Context, r *ipc.Request) (proto.Message, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		defer c.notify()
		c.calls[r.Method]++
		if m != nil && m.index != c.active {
			return nil, &ipc.RemoteError{Class: ipc.StandbyException,
				Message: "Operation is not supported in state standby"}
		}
		if err := c.fault(r.Method, before); err != nil {
			return nil, err
		}
		serve, known := methods[r.Method]
		if !known {
			return nil, &ipc.RemoteError{
				Class:   ipc.NoSuchMethod,
				Message: "Unknown method " + r.Method,
			}
		}
		answer, err := serve(c, r)
		if fault := c.fault(r.Method, after); fault != nil {
			return nil, fault
		}
		if answer != nil {
			answer = proto.Clone(answer) // it goes out after the lock is released
		}
		return answer, err
	}
}

// notify wakes everyone who waits for a change.
func (c *Cluster) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Calls tells how often a method was called, by its name on the wire ("allocate").
func (c *Cluster) Calls(method string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[method]
}

// Wait returns when the condition holds, which is looked at after every change, or fails the test.
// The condition is called without any lock held.
func (c *Cluster) Wait(t testing.TB, what string, condition func() bool) {
	t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		c.mu.Lock()
		changed := c.changed
		c.mu.Unlock()
		if condition() {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			t.Fatalf("waited 20 s in vain for: %s", what)
		}
	}
}
