package yarn

import (
	"context"
	"testing"
	"time"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/containerstest"
	onyarn "github.com/weft-data/weft/containers/yarn"
	"github.com/weft-data/weft/integration/hadoop"
	"github.com/weft-data/weft/resource"
	"github.com/weft-data/weft/submit"
)

// hosts are the names of a cluster's nodes.
func hosts(c *hadoop.Cluster) (names []string) {
	for i := range c.Nodes {
		names = append(names, c.NodeManager(i).Host)
	}
	return names
}

func TestContract(t *testing.T) {
	containerstest.Run(t, containerstest.System{
		Resource: resource.Make(256, 1), TooLarge: resource.Make(1<<20, 1),
		Hosts: hosts(hadoop.Shared(t)), Patience: time.Minute,
		New: func(t *testing.T, behaviour containerstest.Behaviour) containers.Cluster {
			b := newYarnBed(t)
			r := b.request()
			var err error
			if r.Program, err = submit.CheckProgram(program(string(behaviour))); err != nil {
				t.Fatal(err)
			}
			a, err := submit.Unmanaged(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := a.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
			c, err := onyarn.New(onyarn.OfAttempt(a, r.Conf, nil))
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
	})
}
