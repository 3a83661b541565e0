// Package inprocess is a cluster of goroutines: executors run inside the driver's own process. It
// is what a program started by hand gets (master local[N]), and what most tests use.
//
// The executor itself comes in as a function, so that this package knows nothing about it.
package inprocess

import (
	"context"
	"errors"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/internal/single"
)

// Options say what an executor is.
type Options struct {
	// Run is an executor: it returns soon after ctx ends, or when it has nothing more to do.
	Run func(ctx context.Context, l containers.Launch) error
	// Host is the name of this machine in containers; "" is localhost.
	Host string
	// Dirs are where a directory for shuffle files is made; nil: the system's temporary one.
	Dirs []string
	Log  hclog.Logger // nil: none
}

// Cluster is a containers.Cluster of goroutines.
type Cluster struct{ *single.Cluster }

// New returns a Cluster that was not started.
func New(o Options) *Cluster {
	if o.Host == "" {
		o.Host = "localhost"
	}
	return &Cluster{single.New(single.Options{
		Name: "inprocess", Host: o.Host, Starter: starter(o.Run), Dirs: o.Dirs, Log: o.Log,
	})}
}

type starter func(ctx context.Context, l containers.Launch) error

// Start starts the executor's goroutine; Wait waits for it.
func (s starter) Start(_ containers.ID, l containers.Launch) (single.Running, error) {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{cancel: cancel, end: make(chan error, 1)}
	go func() { r.end <- s(ctx, l) }()
	return r, nil
}

// running is one executor. A goroutine cannot be killed, so Kill can do no more than Stop.
type running struct {
	cancel context.CancelFunc
	end    chan error
}

func (r *running) Stop() { r.cancel() }
func (r *running) Kill() { r.cancel() }

func (r *running) Wait() containers.Completed {
	err := <-r.end
	r.cancel()
	if err == nil || errors.Is(err, context.Canceled) {
		return containers.Completed{Reason: containers.ReasonExited}
	}
	return containers.Completed{
		Reason: containers.ReasonExited, ExitCode: 1, Diagnostics: err.Error(), CausedByApp: true,
	}
}
