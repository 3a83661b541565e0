package yarn

import (
	"context"
	"testing"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/containerstest"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/rmclient/rmtest"
)

func TestContract(t *testing.T) {
	containerstest.Run(t, containerstest.System{
		Resource: resource.Make(512, 1), TooLarge: resource.Make(8193, 1),
		Hosts: []string{"node1", "node2"},
		New: func(t *testing.T, b containerstest.Behaviour) containers.Cluster {
			o := twoNodes()
			var bed *bed
			o.Run = func(ctx context.Context, l rmtest.Launch) rmclient.ExitStatus {
				switch b {
				case containerstest.Leave:
					return 0
				case containerstest.Crash:
					bed.rm.Kill(l.Container, 1, containerstest.Cry)
				}
				<-ctx.Done()
				return exitTerm
			}
			bed = newBed(t, o)
			return bed.cluster
		},
	})
}
