package plugin

import (
	"errors"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"

	"github.com/weft-data/weft/containers"
)

// Open makes the cluster that a plugin serves, not yet started.
type Open func(Application) (containers.Cluster, error)

// Errors of Serve.
var (
	// ErrNoDriver says that nobody started an application in time.
	ErrNoDriver = errors.New("cluster plugin: no driver came")
	// ErrDriverGone says that the driver ended without Finish; the cluster was finished as failed.
	ErrDriverGone = errors.New("cluster plugin: the driver is gone")
)

// patience bounds the wait for the driver's Start after the plugin came up.
const patience = time.Minute

// Serve is the main function of a plugin: it serves one application and returns when that is
// over, with nil after Finish. The process should end then. A program started by hand rather than
// by weft is told so and ends with exit code 1.
func Serve(open Open) error {
	log := hclog.New(&hclog.LoggerOptions{
		Level: hclog.Debug, Output: os.Stderr, JSONFormat: true,
	})
	s := newServer(open, log)
	served := make(chan struct{})
	go func() {
		defer close(served)
		goplugin.Serve(&goplugin.ServeConfig{
			HandshakeConfig: handshake, Plugins: plugins(s), Logger: log,
			GRPCServer: goplugin.DefaultGRPCServer,
		})
	}()
	return s.wait(served)
}

// wait returns when the application is over and the driver, if it is still there, has read the
// last answer and shut the plugin down.
func (s *server) wait(served <-chan struct{}) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-s.started:
	case <-served:
		return ErrNoDriver
	case <-late.C:
		return ErrNoDriver
	}
	err := <-s.over
	if errors.Is(err, ErrDriverGone) {
		return err
	}
	late.Reset(goodbye)
	select {
	case <-served:
	case <-late.C:
	}
	return err
}
