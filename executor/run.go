package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/identity"
)

// Options say which executor to be and where.
type Options struct {
	ID      control.ExecutorID
	Program Program

	// Driver is the host:port of the driver, and Identity proves that both are of one
	// application. In the driver's own process Local takes the place of both.
	Driver   string
	Identity *identity.Identity
	Local    *control.Local

	// Host is how others reach this machine, and its name in questions of locality.
	Host string
	// Listen is where the block server listens; "" is a free port of Host. Executors inside
	// the driver's process, which share their directories, have no block server.
	Listen string
	// Service is the shuffle service of the node.
	Service Service
	// Dirs are the application's local directories. Shuffle files stay there when the
	// executor ends, because they belong to all executors of the application on the machine.
	Dirs  []string
	Slots int
	// Memory is the size of the container in bytes, and Cores its CPU cores; 0 where there
	// is no limit. They count where OwnProcess says that nothing else runs in this process:
	// then the limits of the Go runtime follow the container.
	Memory     int64
	Cores      int
	OwnProcess bool

	Files *fs.Resolver // nil: tasks reach no files
	Log   hclog.Logger // nil: none
	Build string       // build id, for people
}

func (o *Options) validate() error {
	switch {
	case o.Program == nil:
		return errors.New("an executor needs a Program")
	case o.Slots < 1:
		return fmt.Errorf("an executor needs at least one slot, not %d", o.Slots)
	case len(o.Dirs) == 0:
		return errors.New("an executor needs a local directory")
	case o.Local == nil && (o.Driver == "" || o.Identity == nil):
		return errors.New("an executor needs its driver's address and the application's identity")
	case o.Local == nil && o.Host == "":
		return errors.New("an executor needs the name of its host")
	}
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	return nil
}

// Run is the executor. It registers with the driver and runs what it is told until the driver's
// stream or ctx ends; then it stops its tasks and returns, nil after the driver told it to stop.
func Run(ctx context.Context, o Options) error {
	if err := o.validate(); err != nil {
		return err
	}
	e, err := open(ctx, o)
	if err != nil {
		return fmt.Errorf("start executor %s: %w", o.ID, err)
	}
	defer e.close()
	if err := e.register(ctx); err != nil {
		return fmt.Errorf("register executor %s: %w", o.ID, err)
	}
	o.Log.Debug("registered with the driver", "executor", o.ID, "slots", o.Slots)
	if err := e.serve(ctx); err != nil {
		return fmt.Errorf("executor %s: %w", o.ID, err)
	}
	return nil
}
