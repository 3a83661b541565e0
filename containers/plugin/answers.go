package plugin

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/plugin/internal/wire"
)

// Want answers the driver's Want.
func (s *server) Want(ctx context.Context, q *wire.WantRequest) (*wire.Done, error) {
	return s.answer(ctx, func(c containers.Cluster) error {
		return c.Want(ctx, slice(q.GetAsks(), fromAsk))
	})
}

// Check answers the driver's Check.
func (s *server) Check(ctx context.Context, size *wire.Vector) (*wire.Done, error) {
	return s.answer(ctx, func(c containers.Cluster) error {
		k, ok := c.(containers.Checker)
		if !ok {
			return errors.ErrUnsupported
		}
		return k.Check(ctx, fromVector(size))
	})
}

// Avoid answers the driver's Avoid.
func (s *server) Avoid(ctx context.Context, q *wire.AvoidRequest) (*wire.Done, error) {
	return s.answer(ctx, func(c containers.Cluster) error {
		a, ok := c.(containers.Avoider)
		if !ok {
			return errors.ErrUnsupported
		}
		return a.Avoid(ctx, q.GetHosts())
	})
}

// Launch answers the driver's Launch.
func (s *server) Launch(ctx context.Context, q *wire.LaunchRequest) (*wire.Done, error) {
	id, l, err := fromLaunch(q)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return s.answer(ctx, func(c containers.Cluster) error { return c.Launch(ctx, id, l) })
}

// Release answers the driver's Release.
func (s *server) Release(ctx context.Context, q *wire.ReleaseRequest) (*wire.Done, error) {
	return s.answer(ctx, func(c containers.Cluster) error {
		return c.Release(ctx, fromIDs(q.GetContainers()))
	})
}

// Progress answers the driver's Progress.
func (s *server) Progress(ctx context.Context, q *wire.ProgressRequest) (*wire.Done, error) {
	return s.answer(ctx, func(c containers.Cluster) error {
		c.Progress(q.GetFraction())
		return nil
	})
}

// Finish answers the driver's Finish and lets the stream of events end.
func (s *server) Finish(ctx context.Context, q *wire.FinishRequest) (*wire.Done, error) {
	return s.answer(ctx, func(containers.Cluster) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		if q.GetHasty() {
			cancel()
		}
		return s.finish(ctx, fromFinal(q))
	})
}

// finish finishes the cluster once, also when the driver goes away in the middle of its Finish.
func (s *server) finish(ctx context.Context, f containers.Final) error {
	s.finishing.Do(func() {
		defer close(s.finished)
		s.finishErr = s.cluster.Finish(ctx, f)
	})
	return s.finishErr
}

// answer calls the cluster once it has started. The driver makes no call before that.
func (s *server) answer(
	ctx context.Context, call func(containers.Cluster) error,
) (*wire.Done, error) {
	select {
	case <-s.started:
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	if s.failed != nil {
		return nil, status.Error(codes.FailedPrecondition, "the cluster has not started")
	}
	if err := call(s.cluster); err != nil {
		return nil, coded(err)
	}
	return &wire.Done{}, nil
}

// coded keeps what the driver decides on.
func coded(err error) error {
	switch {
	case errors.Is(err, containers.ErrUnknown):
		return status.Error(codes.NotFound, err.Error())
	case errors.Is(err, errors.ErrUnsupported):
		return status.Error(codes.Unimplemented, err.Error())
	case errors.Is(err, context.Canceled):
		return status.Error(codes.Canceled, err.Error())
	case errors.Is(err, context.DeadlineExceeded):
		return status.Error(codes.DeadlineExceeded, err.Error())
	}
	return status.Error(codes.Unknown, err.Error())
}
