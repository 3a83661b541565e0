package plugin_test

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/weft-data/weft/containers"
	"github.com/weft-data/weft/containers/process"
	"github.com/weft-data/weft/resource"
)

// siteLimit is the memory of a site's machines.
const siteLimit resource.Megabytes = 4096

// site is a cluster of several hosts, which are names of this machine.
type site struct {
	*process.Cluster
	hosts   []string
	events  chan containers.Event // of Cluster
	renamed sync.WaitGroup

	mu struct {
		sync.Mutex
		avoided []string
	}
}

func (s *site) Check(_ context.Context, size resource.Vector) error {
	if size.Memory > siteLimit {
		return fmt.Errorf("a container of %s: the site gives %d MB at most", size, siteLimit)
	}
	return nil
}

func (s *site) Avoid(_ context.Context, hosts []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.avoided = hosts
	return nil
}

func (s *site) Start(ctx context.Context, events chan<- containers.Event) error {
	s.events = make(chan containers.Event)
	s.renamed.Go(func() {
		for e := range s.events {
			events <- s.rename(e)
		}
	})
	return s.Cluster.Start(ctx, s.events)
}

// rename gives containers the host that is not avoided.
func (s *site) rename(e containers.Event) containers.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := e.(containers.Allocated); ok {
		at := slices.IndexFunc(s.hosts, func(host string) bool {
			return !slices.Contains(s.mu.avoided, host)
		})
		for i := range a.Containers {
			a.Containers[i].Host = s.hosts[at]
		}
	}
	return e
}

func (s *site) Finish(ctx context.Context, f containers.Final) error {
	err := s.Cluster.Finish(ctx, f)
	close(s.events)
	s.renamed.Wait()
	return err
}
