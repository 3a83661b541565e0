package weft

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/am"
	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/fs"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// Session is a running application as its driver sees it. Main makes it; it may be used from
// several goroutines, and actions of several goroutines run at the same time.
type Session struct {
	args    []string
	name    string // of the application, the same in all attempts
	attempt int    // of the driver, from 1
	conf    *conf.Conf
	log     hclog.Logger
	files   *fs.Resolver
	driver  *am.Driver
	quiet   func() // takes the progress line away

	acting   atomic.Int32 // actions that run now
	planning sync.Mutex   // held while a lineage is resolved
	graph    sync.RWMutex // guards the nodes' Persist

	datasets, shuffles, stages atomic.Int32

	mu           sync.Mutex
	accumulators map[string]any
	unused       []dag.ShuffleID // of datasets that the program has let go
	outputs      map[string]int  // how often the program wrote to a URL
}

// Args are the program's arguments, without its name.
func (s *Session) Args() []string { return s.args }

// Log is the driver's log.
func (s *Session) Log() hclog.Logger { return s.log }

// Conf returns the value of a weft key, such as "weft.executor.memory", and whether there is
// such a key.
func (s *Session) Conf(key string) (string, bool) { return s.conf.Lookup(key) }

// Slots is how many tasks the application runs at once.
func (s *Session) Slots() int { return s.driver.Slots() }

func (s *Session) nextDataset() dag.DatasetID { return dag.DatasetID(s.datasets.Add(1) - 1) }
func (s *Session) nextShuffle() dag.ShuffleID { return dag.ShuffleID(s.shuffles.Add(1) - 1) }
func (s *Session) nextStage() dag.StageID     { return dag.StageID(s.stages.Add(1) - 1) }

// outputID names one output of the application: the n-th to this URL. It is the same in every
// attempt of the driver, whatever the order of outputs elsewhere.
func (s *Session) outputID(url string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outputs[url]++
	return fmt.Sprintf("%s-%d", s.name, s.outputs[url])
}

// parallelism is the number of partitions of a wide operator that names none.
func (s *Session) parallelism(n *plan.Node) int {
	if conf.DefaultParallelism.IsSet(s.conf) {
		return conf.DefaultParallelism.Get(s.conf)
	}
	most := 1
	for _, in := range n.Inputs {
		most = max(most, in.Node.Partitions)
	}
	return most
}

// resolve completes a lineage. One is completed at a time, since they share nodes.
func (s *Session) resolve(ctx context.Context, n *plan.Node) error {
	if err := pipeline.Late(); err != nil {
		return err
	}
	s.planning.Lock()
	defer s.planning.Unlock()
	return plan.Resolve(ctx, n)
}

// act runs an action over a dataset that is resolved. The values are in the order of the
// partitions.
func (s *Session) act(ctx context.Context, n *plan.Node, a plan.Action) ([][]byte, error) {
	with := attributesOf(ctx)
	if err := with.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", a.Label, err)
	}
	s.dropUnused()
	a.Merge = s.merger(ctx)
	s.graph.RLock()
	job, err := plan.Compile(n, a, s.nextStage())
	s.graph.RUnlock()
	if err != nil {
		return nil, err
	}
	count, first := n.Partitions, int32(0)
	if len(a.Partitions) > 0 {
		count, first = len(a.Partitions), a.Partitions[0]
	}
	values := make([][]byte, count)
	s.acting.Add(1)
	err = s.driver.Run(ctx, am.Job{
		Job: dag.Job{ID: s.driver.NextJobID(), Stages: job.Stages, Pool: with.pool,
			Group: with.group, Description: cmp.Or(with.description, a.Label)},
		Tags:          with.tags,
		Templates:     job.Fragments,
		Largest:       func(id dag.StageID) string { return job.Largest[id].String() },
		OnResult:      func(p int, value []byte) { values[p-int(first)] = value },
		OnAccumulator: s.fold,
	})
	runtime.KeepAlive(n) // its shuffles are in use until here
	if s.acting.Add(-1) == 0 {
		s.quiet()
	}
	return values, err
}

// release notes that nobody can refer to a shuffle any more. It is called by the garbage collector.
func (s *Session) release(id dag.ShuffleID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unused = append(s.unused, id)
}

// dropUnused frees the shuffle files of datasets that the program has let go, such as those of
// earlier iterations.
func (s *Session) dropUnused() {
	s.mu.Lock()
	unused := s.unused
	s.unused = nil
	s.mu.Unlock()
	for _, id := range unused {
		s.driver.DropShuffle(id)
	}
}
