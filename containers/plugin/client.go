package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/plugin/internal/wire"
	"github.com/weft-data/weft/resource"
)

// Options say which plugin runs, and what it starts.
type Options struct {
	// Name is NAME of weft-cluster-NAME; Path is the file, "" for the one on PATH.
	Name, Path string
	// Application is what the plugin is told; its Log is not used.
	Application Application
	Output      io.Writer    // takes what executors print; nil: nobody
	Log         hclog.Logger // also takes the plugin's log; nil: none
}

// Application is what a plugin knows of the application that it serves.
type Application struct {
	// Program and Args are what executors run.
	Program string
	Args    []string
	// Settings are the application's, by key. There are no secrets among them.
	Settings map[string]string
	// Log reaches the driver's log.
	Log hclog.Logger
}

// goodbye bounds how long a plugin may take to finish in haste, before it is killed.
const goodbye = 10 * time.Second

// Cluster is a containers.Cluster that lives in a plugin.
type Cluster struct {
	options Options
	process *goplugin.Client
	remote  wire.ClusterClient
	hangUp  context.CancelFunc // ends the stream of events
	ended   chan struct{}      // closed after the last event

	reporting atomic.Bool // a Progress is under way
	reports   sync.WaitGroup
}

var (
	_ containers.Cluster = (*Cluster)(nil)
	_ containers.Checker = (*Cluster)(nil)
	_ containers.Avoider = (*Cluster)(nil)
)

// New finds the plugin. Start starts it.
func New(o Options) (*Cluster, error) {
	if o.Path == "" {
		path, err := Find(o.Name)
		if err != nil {
			return nil, err
		}
		o.Path = path
	}
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	if o.Output == nil {
		o.Output = io.Discard
	}
	return &Cluster{options: o}, nil
}

// Start starts the plugin and, through it, the application.
func (c *Cluster) Start(ctx context.Context, events chan<- containers.Event) error {
	c.process = goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig: handshake, Plugins: plugins(nil), Cmd: exec.Command(c.options.Path),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC}, AutoMTLS: true,
		Logger: c.options.Log, SyncStdout: c.options.Output, SyncStderr: c.options.Output,
	})
	stop := context.AfterFunc(ctx, c.process.Kill)
	err := c.dial()
	if err == nil {
		err = c.subscribe(events)
	}
	if !stop() {
		err = errors.Join(context.Cause(ctx), err)
	}
	if err != nil {
		return fmt.Errorf("start cluster plugin %s: %w", c.options.Path, err)
	}
	return nil
}

func (c *Cluster) dial() error {
	protocol, err := c.process.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense(service)
	if err != nil {
		return err
	}
	c.remote = raw.(wire.ClusterClient)
	return nil
}

// subscribe starts the application and opens the stream of its events.
func (c *Cluster) subscribe(events chan<- containers.Event) error {
	a := c.options.Application
	ctx, cancel := context.WithCancel(context.Background())
	stream, err := c.remote.Start(ctx, &wire.StartRequest{
		Program: a.Program, Arguments: a.Args, Settings: a.Settings,
	})
	if err == nil {
		_, err = stream.Recv() // Started, or why not
	}
	if err != nil {
		cancel()
		return plain(err)
	}
	c.hangUp, c.ended = cancel, make(chan struct{})
	go c.pump(ctx, stream, events)
	return nil
}

// pump passes events on until the stream ends, which is early when the plugin is gone.
func (c *Cluster) pump(
	ctx context.Context, stream wire.Cluster_StartClient, events chan<- containers.Event,
) {
	defer close(c.ended)
	for {
		m, err := stream.Recv()
		switch {
		case err == nil:
			if e := fromEvent(m); e != nil {
				events <- e
			}
		case err == io.EOF || ctx.Err() != nil:
			return
		default:
			events <- containers.Down{
				Err: fmt.Errorf("the cluster plugin %s is gone: %w", c.options.Path, plain(err)),
			}
			return
		}
	}
}

// Want passes the asks on.
func (c *Cluster) Want(ctx context.Context, asks []containers.Ask) error {
	_, err := c.remote.Want(ctx, &wire.WantRequest{Asks: slice(asks, toAsk)})
	return plain(err)
}

// Check passes the question on. The answer of a cluster that cannot tell is
// errors.ErrUnsupported.
func (c *Cluster) Check(ctx context.Context, size resource.Vector) error {
	_, err := c.remote.Check(ctx, toVector(size))
	return plain(err)
}

// Avoid passes the hosts on. The answer of a cluster that cannot avoid any is
// errors.ErrUnsupported.
func (c *Cluster) Avoid(ctx context.Context, hosts []string) error {
	_, err := c.remote.Avoid(ctx, &wire.AvoidRequest{Hosts: hosts})
	return plain(err)
}

// Launch passes the launch on, with the identity.
func (c *Cluster) Launch(ctx context.Context, id containers.ID, l containers.Launch) error {
	m, err := toLaunch(id, l)
	if err != nil {
		return err
	}
	_, err = c.remote.Launch(ctx, m)
	return plain(err)
}

// Release passes the release on.
func (c *Cluster) Release(ctx context.Context, ids []containers.ID) error {
	_, err := c.remote.Release(ctx, &wire.ReleaseRequest{Containers: toIDs(ids)})
	return plain(err)
}

// plain gives an error of the other side as if it had come about here.
func plain(err error) error {
	s, ok := status.FromError(err)
	switch {
	case err == nil:
		return nil
	case !ok:
		return err
	case s.Code() == codes.NotFound:
		return fmt.Errorf("%w: %s", containers.ErrUnknown, s.Message())
	case s.Code() == codes.Unimplemented:
		return fmt.Errorf("%w: %s", errors.ErrUnsupported, s.Message())
	case s.Code() == codes.Canceled:
		return fmt.Errorf("%w: %s", context.Canceled, s.Message())
	case s.Code() == codes.DeadlineExceeded:
		return fmt.Errorf("%w: %s", context.DeadlineExceeded, s.Message())
	}
	return errors.New(s.Message())
}
