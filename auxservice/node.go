package auxservice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weft-data/weft/shuffle"
)

// Node is the shuffle service of one node, as its NodeManager steers it. It implements
// NodeShuffleServer.
type Node struct {
	UnimplementedNodeShuffleServer
	version string
	log     hclog.Logger
	apps    applications

	mu struct {
		sync.Mutex
		stop func() error // ends what Configure started; nil before
	}
}

// NewNode returns a Node that waits for Configure.
func NewNode(version string, log hclog.Logger) *Node {
	return &Node{version: version, log: log}
}

// Configure opens the data port and starts serving.
func (n *Node) Configure(_ context.Context, c *ConfigureRequest) (*ConfigureReply, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mu.stop != nil {
		return nil, status.Error(codes.FailedPrecondition, "configured already")
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))))
	if err != nil {
		return nil, status.Errorf(codes.Unavailable, "listen for shuffle data: %v", err)
	}
	n.apps.dirs = c.LocalDirs
	server, err := shuffle.NewServer(shuffle.ServerConfig{
		Listener: listener, SourceFor: n.apps.sourceFor, Log: n.log,
	})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	n.mu.stop = serve(server)
	port := listener.Addr().(*net.TCPAddr).Port
	n.log.Info("serving shuffle data", "addr", listener.Addr(), "version", n.version)
	return &ConfigureReply{Port: int32(port), Version: n.version}, nil
}

// serve starts the server; stop ends it and waits for its end.
func serve(server *shuffle.Server) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx) }()
	return func() error {
		cancel()
		return <-ended
	}
}

// StartApplication makes an application's files readable for who proves its secret.
func (n *Node) StartApplication(_ context.Context, r *StartApplicationRequest) (
	*StartApplicationReply, error,
) {
	app, err := newApplication(r)
	if err != nil {
		n.log.Warn("application refused", "application", r.Application, "error", err)
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if err := n.apps.add(app); err != nil {
		n.log.Warn("application refused", "application", r.Application, "error", err)
		return nil, status.Error(codes.AlreadyExists, err.Error())
	}
	n.log.Info("application started", "application", app.id, "user", app.user)
	return &StartApplicationReply{}, nil
}

// StopApplication forgets an application.
func (n *Node) StopApplication(_ context.Context, r *StopApplicationRequest) (
	*StopApplicationReply, error,
) {
	if n.apps.remove(r.Application) {
		n.log.Info("application stopped", "application", r.Application)
	}
	return &StopApplicationReply{}, nil
}

// Status says how the service does.
func (n *Node) Status(context.Context, *StatusRequest) (*StatusReply, error) {
	return &StatusReply{Applications: int32(n.apps.count())}, nil
}

// Close ends what Configure started.
func (n *Node) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mu.stop == nil {
		return nil
	}
	if err := n.mu.stop(); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}
