package submit

import (
	"cmp"
	"errors"
	"fmt"
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

// ErrTooLarge means that no container of the cluster can be as large as was asked for.
var ErrTooLarge = errors.New("more than the cluster's largest container")

// name is what the cluster shows for the application.
func (r Request) name() string {
	return cmp.Or(conf.AppName.Get(r.Conf), filepath.Base(r.Program.Path))
}

// ExecutorContainer is the container of one executor: its memory and what a process takes beside.
func ExecutorContainer(c *conf.Conf) rmclient.Resource {
	v := conf.ResourceDefaults(c).Container()
	return rmclient.Resource{MemoryMB: int64(v.Memory), VCores: int32(v.Cores)}
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

// fits compares a container with the largest one the cluster gives. Cores are compared although
// the default scheduler ignores them: the ResourceManager refuses such an ask all the same.
func fits(what string, want, most rmclient.Resource, memoryKey, coresKey string) error {
	if want.MemoryMB > most.MemoryMB {
		return fmt.Errorf("%s needs %d MB (%s and overhead): %w, which has %d MB; lower %s",
			what, want.MemoryMB, memoryKey, ErrTooLarge, most.MemoryMB, memoryKey)
	}
	if want.VCores > most.VCores {
		return fmt.Errorf("%s needs %d cores (%s): %w, which has %d; lower %s",
			what, want.VCores, coresKey, ErrTooLarge, most.VCores, coresKey)
	}
	return nil
}

// checkSizes refuses containers that the cluster can never give.
func (r Request) checkSizes(most rmclient.Resource, managed bool) error {
	err := fits("an executor", ExecutorContainer(r.Conf), most,
		conf.ExecutorMemory.Name(), conf.ExecutorCores.Name())
	if err != nil || !managed {
		return err
	}
	return fits("the driver", DriverContainer(r.Conf), most,
		conf.DriverMemory.Name(), conf.DriverCores.Name())
}
