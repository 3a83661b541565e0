package submit

import (
	"cmp"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
)

// A Request is what to run and how.
type Request struct {
	Program Program
	Args    []string
	Conf    *conf.Conf
	Hadoop  *conf.Hadoop
	Log     hclog.Logger // may be nil

	// Files has the default file system that takes the program; nil: the submission opens its own.
	Files *fs.Resolver
	// Timing asks the driver for the timing report, which counts from Started.
	Timing  bool
	Started time.Time
}

// name is what the cluster shows for the application.
func (r Request) name() string {
	return cmp.Or(conf.AppName.Get(r.Conf), filepath.Base(r.Program.Path))
}

// ExecutorContainer is the container of one executor: its memory and what a process takes beside.
func ExecutorContainer(c *conf.Conf) rmclient.Resource {
	return Size(NamesOf(c).Vector(conf.ResourceDefaults(c).Container()))
}

// DriverContainer is the container of the ApplicationMaster. Its overhead follows the executors'
// factor and minimum: both are the same binary.
func DriverContainer(c *conf.Conf) rmclient.Resource {
	d := conf.ResourceDefaults(c)
	d.Memory, d.Overhead = conf.DriverMemory.Get(c).Megabytes(), resource.OverheadByFactor
	return rmclient.Resource{
		MemoryMB: int64(d.Container().Memory),
		VCores:   int32(conf.DriverCores.Get(c)),
	}
}

// checkSizes refuses containers that the cluster can never give.
func (r Request) checkSizes(l Limits, managed bool) error {
	err := l.Check("an executor", ExecutorContainer(r.Conf), ExecutorKeys())
	if err != nil || !managed {
		return err
	}
	return l.Check("the driver", DriverContainer(r.Conf),
		Keys{conf.DriverMemory.Name(), conf.DriverCores.Name()})
}
