package containers

import (
	"context"
	"errors"

	"github.com/weft-data/weft/resource"
)

// Avoider is a Cluster that can give containers elsewhere than on some hosts.
type Avoider interface {
	// Avoid gives no new containers on the hosts, in the cluster's names. It is absolute: a
	// second call replaces the first. One that finds out only now that it cannot, as a plugin
	// does, returns errors.ErrUnsupported.
	Avoid(ctx context.Context, hosts []string) error
}

// Checker is a Cluster that knows what it can never give. Those that know nothing of the kind are
// asked for anything, and give what they can.
type Checker interface {
	// Check refuses a container that the cluster can never give, and says what to change. To
	// Want it nevertheless is an error that ends the application. One that finds out only now
	// that it does not know returns errors.ErrUnsupported.
	Check(ctx context.Context, size resource.Vector) error
}

// Avoid has an Avoider avoid the hosts. To any other Cluster it does nothing.
func Avoid(ctx context.Context, c Cluster, hosts []string) error {
	a, ok := c.(Avoider)
	if !ok {
		return nil
	}
	return ifSupported(a.Avoid(ctx, hosts))
}

// Check asks a Checker whether it could give a container. Any other Cluster may be asked for it.
func Check(ctx context.Context, c Cluster, size resource.Vector) error {
	k, ok := c.(Checker)
	if !ok {
		return nil
	}
	return ifSupported(k.Check(ctx, size))
}

func ifSupported(err error) error {
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
