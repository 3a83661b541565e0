package executor

import (
	"context"

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
	// Dirs are the application's local directories. They stay when the executor ends, because
	// they belong to all executors of the application on the machine.
	Dirs  []string
	Slots int
	// Memory is the size of the container in bytes; 0 where there is no limit.
	Memory int64
	// OwnProcess says that nothing else runs in this process, so that the limits of the Go
	// runtime may follow the container.
	OwnProcess bool

	Files *fs.Resolver
	Log   hclog.Logger
	Build string // build id, for people
}

// Run is the executor: it returns when the driver's stream or ctx ends, nil after the driver told
// it to stop.
func Run(ctx context.Context, o Options) error { panic("executor: not built yet") }
