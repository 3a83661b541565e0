package auxsite

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
)

// The service as docs/install-shuffle-service.md has it.
const (
	FirstName = "weft_shuffle" // the name that jobs ask for unless told otherwise
	jarName   = "weft-shuffle-service.jar"
	program   = "weft-shuffled"
	ownSite   = "weft-shuffle-site.xml" // beside the jar: settings of this service alone
	class     = "io.github.weftdata.shuffle.WeftShuffleService"
)

// The names of YARN's properties.
const (
	services        = "yarn.nodemanager.aux-services"
	manifest        = services + ".manifest.enabled"
	metricsPort     = "weft.shuffle.service.metrics.port"
	recoveryEnabled = "yarn.nodemanager.recovery.enabled"
	supervised      = "yarn.nodemanager.recovery.supervised"
	recoveryDir     = "yarn.nodemanager.recovery.dir"
	address         = "yarn.nodemanager.address"
)

// A Service is one installation of the shuffle service on a NodeManager's host.
type Service struct {
	Name        string // of the auxiliary service; FirstName but for a second one beside it
	Dir         string // holds the jar and the program; absolute
	MetricsPort int    // of /metrics; 0 for none
	RecoveryDir string // where the NodeManager keeps its state; "" leaves recovery as it is
}

var (
	names = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) // YARN's rule for auxiliary services
	paths = regexp.MustCompile(`^/[A-Za-z0-9._/+-]*$`)     // YARN splits class paths at commas
)

// ErrService says that a Service could not work on any host.
var ErrService = errors.New("shuffle service")

// Validate says what YARN would not accept of the service.
func (s Service) Validate() error {
	switch {
	case !names.MatchString(s.Name):
		return fmt.Errorf("%w: name %q: want letters, digits and _, and no digit first",
			ErrService, s.Name)
	case !clean(s.Dir):
		return fmt.Errorf("%w: directory %q: want an absolute path of letters, digits and . _ + -",
			ErrService, s.Dir)
	case s.RecoveryDir != "" && !clean(s.RecoveryDir):
		return fmt.Errorf("%w: recovery directory %q: want an absolute path of letters, digits "+
			"and . _ + -", ErrService, s.RecoveryDir)
	case s.MetricsPort < 0 || s.MetricsPort > 65535:
		return fmt.Errorf("%w: metrics port %d: want 0 to 65535", ErrService, s.MetricsPort)
	}
	return nil
}

func clean(path string) bool { return paths.MatchString(path) && filepath.Clean(path) == path }

// A Property is one of yarn-site.xml.
type Property struct{ Name, Value string }

// Properties are what a yarn-site.xml says that had none of them.
func (s Service) Properties() []Property {
	own := []Property{
		{services, s.Name},
		{services + "." + s.Name + ".class", class},
		{services + "." + s.Name + ".classpath", filepath.Join(s.Dir, jarName)},
	}
	if s.MetricsPort > 0 && s.Name == FirstName { // another service has its ports in ownSite
		own = append(own, Property{metricsPort, strconv.Itoa(s.MetricsPort)})
	}
	if s.RecoveryDir == "" {
		return own
	}
	return append(own, Property{recoveryEnabled, "true"}, Property{supervised, "true"},
		Property{recoveryDir, s.RecoveryDir}, Property{address, "0.0.0.0:8041"})
}
