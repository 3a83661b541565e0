package auxservice

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// node is the shuffle service of one node, as its NodeManager steers it. It implements
// NodeShuffleServer.
type node struct {
	UnimplementedNodeShuffleServer
	version string
	log     hclog.Logger
	died    func() // called when serving ends by itself

	mu struct {
		sync.Mutex
		serving *serving // nil before Configure, and after Close
	}
}

// newNode returns a node that waits for Configure. died is called, from another goroutine, when
// the data port fails for good: the process should end, so that it is started anew.
func newNode(version string, log hclog.Logger, died func()) *node {
	return &node{version: version, log: log, died: died}
}

// Configure opens the data port and starts serving. It fails when it was called before, and when
// the port cannot be had.
func (n *node) Configure(_ context.Context, c *ConfigureRequest) (*ConfigureReply, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mu.serving != nil {
		return nil, status.Error(codes.FailedPrecondition, "configured already")
	}
	s, err := serve(c, n.log, n.died)
	if err != nil {
		n.log.Error("cannot serve shuffle data", "error", err)
		return nil, status.Error(codes.Unavailable, err.Error())
	}
	n.mu.serving = s
	n.log.Info("serving shuffle data", "port", s.port, "metrics port", s.metricsPort,
		"recovered applications", s.apps.count(), "version", n.version)
	return &ConfigureReply{Port: int32(s.port), Version: n.version,
		Applications: int32(s.apps.count()), MetricsPort: int32(s.metricsPort), Warning: s.warning,
	}, nil
}

// configured returns what Configure made.
func (n *node) configured() (*serving, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mu.serving == nil {
		return nil, status.Error(codes.FailedPrecondition, "Configure comes first")
	}
	return n.mu.serving, nil
}

// StartApplication makes an application's files readable for who proves its secret.
func (n *node) StartApplication(_ context.Context, r *StartApplicationRequest) (
	*StartApplicationReply, error,
) {
	s, err := n.configured()
	if err != nil {
		return nil, err
	}
	app, err := newApplication(r)
	if err != nil {
		n.log.Warn("application refused", "application", r.Application, "error", err)
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	added, err := s.add(app)
	if err != nil {
		n.log.Warn("application refused", "application", r.Application, "error", err)
		return nil, status.Error(codes.AlreadyExists, err.Error())
	}
	if added {
		n.log.Info("application started", "application", app.id, "user", app.user)
	}
	return &StartApplicationReply{}, nil
}

// StopApplication forgets an application and ends its connections.
func (n *node) StopApplication(_ context.Context, r *StopApplicationRequest) (
	*StopApplicationReply, error,
) {
	s, err := n.configured()
	if err != nil {
		return nil, err
	}
	if s.remove(r.Application) {
		n.log.Info("application stopped", "application", r.Application)
	}
	return &StopApplicationReply{}, nil
}

// Status says how the service does.
func (n *node) Status(context.Context, *StatusRequest) (*StatusReply, error) {
	s, err := n.configured()
	if err != nil {
		return nil, err
	}
	st := s.server.Stats()
	return &StatusReply{
		Connections:  int32(st.Connections),
		BytesServed:  st.Bytes,
		BlocksServed: st.Blocks,
		Applications: int32(s.apps.count()),
		OpenFiles:    int32(s.files.Open()),
		AuthFailures: st.Unproved,
		Errors:       st.NotFound + st.Corrupt + st.Failed + st.Refused,
	}, nil
}

// Close ends what Configure started: answers under way are finished, for a second at most.
func (n *node) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mu.serving == nil {
		return nil
	}
	err := n.mu.serving.close()
	n.mu.serving = nil
	if err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}
