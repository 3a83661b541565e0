package containers

import (
	"errors"
	"fmt"

	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/resource"
)

// ErrUnknown is wrapped by the error of a call that names a container which the cluster does not
// hold for the application, or holds no longer.
var ErrUnknown = errors.New("no such container")

// ID names a container in the cluster's own words: "container_1700000000000_0001_01_000002".
type ID string

// Ask is how many containers of one profile are wanted, and where they would be best.
type Ask struct {
	Profile  resource.ID
	Resource resource.Vector // of one container
	Count    int             // 0 is the same as no Ask of the profile
	// Spare is how many more would be of use although the cluster may take them back at any
	// time, for work that is done elsewhere too. Where there are too many of one kind they stand
	// for the other. Clusters that know one kind only add Spare to Count.
	Spare int
	// Hosts are where containers are of most use, the most useful first; they are hints, and
	// the order is the caller's. Count is not bounded by them.
	Hosts []HostCount
}

// HostCount is how many containers of a profile would be of use on a host, those that the profile
// has there included.
type HostCount struct {
	Host  string
	Count int
}

// Container is a place for one executor.
type Container struct {
	ID       ID
	Host     string
	Rack     string // "" where the cluster knows none
	Resource resource.Vector
	Profile  resource.ID
}

// String is "container ID on HOST".
func (c Container) String() string { return fmt.Sprintf("container %s on %s", c.ID, c.Host) }

// Launch is what an executor must be told to start. See Env for how it travels to a process.
type Launch struct {
	Executor int32  // printed as e12 by everybody
	Driver   string // host:port of the driver; "" where executors share the driver's process
	Host     string // the container's host, as in Container
	Slots    int
	Resource resource.Vector
	// Dirs are local directories for shuffle and spill files. The Cluster that launches sets
	// them where it owns them; on YARN the node does.
	Dirs []string
	// Service is the shuffle service of the container's node, the zero value where there is none.
	// On YARN the node says where it is.
	Service Service
	// Identity is the application's secret. The configuration comes later, from the driver.
	Identity *identity.Identity
}

// Service is a node's shuffle service. It serves what executors wrote also when they are gone.
type Service struct {
	Application string // as which it knows the application
	Addr        string // host:port; "" where it does not run at present
}

// Final is how the application ended.
type Final struct {
	Status      Status
	Diagnostics string // one line for people; "" after success
	TrackingURL string // where the application can be looked at from now on; may be ""
}

// Status is the outcome of an application.
type Status uint8

// The outcomes of an application.
const (
	Succeeded Status = iota
	Failed           // the program returned an error, or could not go on
	Killed           // somebody asked for its end
)

// String names the status as logs and pages show it.
func (s Status) String() string {
	names := [...]string{"succeeded", "failed", "killed"}
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown status"
}
