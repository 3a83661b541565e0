package am

import (
	"errors"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/scheduler"
)

// Options say what a Driver works with.
type Options struct {
	Cluster containers.Cluster // required; the Driver starts and finishes it
	Conf    *conf.Conf         // nil: defaults
	Log     hclog.Logger       // nil: none

	// Manifest is that of the program (executor.Program); executors must have the same.
	Manifest string

	// Listen is where executors reach the driver: host:port, port 0 for a free one. Executors
	// are told the host given here. "" where all of them come through Local.
	Listen   string
	Identity *identity.Identity // required with Listen
	Local    *control.Local     // for executors in this process; may be nil

	// Attempt is the driver's, from 1; 0: nobody starts it again. What executors of different
	// attempts write must not be mixed.
	Attempt int

	// Executors is how many are wanted, or with dynamic allocation the most; 0: what Conf says.
	// Slots is the number of slots of each; 0: weft.executor.cores / weft.task.cpus. Fixed leaves
	// dynamic allocation out, whatever Conf says.
	Executors int
	Slots     int
	Fixed     bool

	// Pools is what the allocation file says, for mode FAIR; nil: no file.
	Pools *scheduler.PoolsChanged

	// Progress is called by the loop, at most every ProgressEvery (0: 200 ms) while something
	// changes, and must return at once. May be nil.
	Progress      func(Status)
	ProgressEvery time.Duration
}

func (o *Options) validate() error {
	switch {
	case o.Cluster == nil:
		return errors.New("a driver needs a cluster")
	case o.Listen == "" && o.Local == nil:
		return errors.New("a driver needs a way for executors to reach it: Listen or Local")
	case o.Listen != "" && o.Identity == nil:
		return errors.New("a driver that listens needs the application's identity")
	}
	if o.Conf == nil {
		o.Conf = new(conf.Conf)
	}
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	if o.ProgressEvery == 0 {
		o.ProgressEvery = 200 * time.Millisecond
	}
	return nil
}
