package plugin

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/plugin/internal/wire"
)

// server is the plugin's side of the protocol.
type server struct {
	wire.UnimplementedClusterServer
	open Open
	log  hclog.Logger

	claimed atomic.Bool
	started chan struct{}      // closed when cluster and failed are set
	cluster containers.Cluster // nil if failed
	failed  error

	finishing sync.Once
	finishErr error
	finished  chan struct{} // closed when the cluster's Finish has returned
	over      chan error    // how the application ended, once
}

func newServer(open Open, log hclog.Logger) *server {
	return &server{
		open: open, log: log, started: make(chan struct{}), finished: make(chan struct{}),
		over: make(chan error, 1),
	}
}

var started = &wire.Event{Event: &wire.Event_Started{Started: &wire.Done{}}}

// Start starts the cluster and sends its events until it is finished, or the driver is gone.
func (s *server) Start(q *wire.StartRequest, out wire.Cluster_StartServer) error {
	if !s.claimed.CompareAndSwap(false, true) {
		return status.Error(codes.FailedPrecondition, "a plugin serves one application")
	}
	events := make(chan containers.Event, 64)
	s.cluster, s.failed = s.begin(out.Context(), q, events)
	close(s.started)
	err := s.failed
	if err == nil {
		err = s.forward(out, events)
	}
	s.over <- err
	return err
}

func (s *server) begin(
	ctx context.Context, q *wire.StartRequest, events chan<- containers.Event,
) (containers.Cluster, error) {
	c, err := s.open(Application{
		Program: q.GetProgram(), Args: q.GetArguments(), Settings: q.GetSettings(), Log: s.log,
	})
	if err != nil {
		return nil, err
	}
	if err := c.Start(ctx, events); err != nil {
		return nil, errors.Join(err, c.Finish(ctx, containers.Final{Status: containers.Failed}))
	}
	return c, nil
}

// forward sends events in order. What happens during Finish is sent before it returns to the
// driver's side as the end of the stream.
func (s *server) forward(out wire.Cluster_StartServer, events <-chan containers.Event) error {
	if err := out.Send(started); err != nil {
		return s.abandon(events)
	}
	for {
		select {
		case e := <-events:
			if err := out.Send(toEvent(e)); err != nil {
				return s.abandon(events)
			}
		case <-s.finished:
			return s.sendRest(out, events)
		case <-out.Context().Done():
			return s.abandon(events)
		}
	}
}

func (s *server) sendRest(out wire.Cluster_StartServer, events <-chan containers.Event) error {
	for {
		select {
		case e := <-events:
			if err := out.Send(toEvent(e)); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// abandon finishes a cluster whose driver is gone, unless that was the last it did.
func (s *server) abandon(events <-chan containers.Event) error {
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- s.finish(ctx, containers.Final{
			Status: containers.Failed, Diagnostics: ErrDriverGone.Error(),
		})
	}()
	for {
		select {
		case <-events: // nobody is left to tell
		case err := <-done:
			return errors.Join(ErrDriverGone, err)
		}
	}
}
