package simulated

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

var (
	seeds   = flag.Uint64("seeds", 1000, "number of seeds that TestSeeds plays, each twice")
	oneSeed = flag.Int64("seed", -1, "play this seed only, and print every step")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSeeds plays each seed twice: no promise is broken, and both runs leave the same trace.
func TestSeeds(t *testing.T) {
	if *oneSeed >= 0 {
		return // TestSeed is asked for
	}
	sum := playAll(t, *seeds, func(seed uint64) outcome {
		out := run(options{seed: seed})
		if again := run(options{seed: seed}); again.hash != out.hash {
			t.Errorf("seed %d: trace %x in %d lines, then %x in %d",
				seed, out.hash, out.steps, again.hash, again.steps)
		}
		return out
	})
	t.Log(sum)
	sum.checkLoad(t)
}

// TestSeed plays the seed of -seed and prints its trace: that is how a failure is looked into.
func TestSeed(t *testing.T) {
	o := options{seed: 1}
	if *oneSeed >= 0 {
		o.seed, o.lines = uint64(*oneSeed), os.Stdout
	}
	if out := run(o); out.err != nil {
		t.Fatalf("seed %d: %v", o.seed, out.err)
	}
}

// summary is what many runs came to.
type summary struct {
	seeds, steps, finished, failed int
	hits                           [faultKinds]int
	launches                       [profiles]int
}

func (s *summary) add(o outcome) {
	s.seeds++
	s.steps += o.steps
	s.finished += o.finished
	s.failed += o.failed
	for k, n := range o.hits {
		s.hits[k] += n
	}
	for p, n := range o.launches {
		s.launches[p] += n
	}
}

func (s *summary) String() string {
	text := fmt.Sprintf("%d seeds, %d steps; tasks by profile: %d; jobs: %d finished, %d failed for a "+
		"named reason; faults:", s.seeds, s.steps, s.launches, s.finished, s.failed)
	for k, n := range s.hits {
		if k != int(faultScheduled) {
			text += fmt.Sprintf(" %s %d", faultKind(k), n)
		}
	}
	return text
}

// checkLoad: runs prove little if no fault strikes, or if most jobs fail.
func (s *summary) checkLoad(t *testing.T) {
	t.Helper()
	if s.seeds < 100 {
		return
	}
	for k, n := range s.hits {
		if n == 0 && k != int(faultScheduled) {
			t.Errorf("no %s struck in %d seeds", faultKind(k), s.seeds)
		}
	}
	if s.launches[special] == 0 {
		t.Errorf("no task of the second profile ran in %d seeds", s.seeds)
	}
	if s.failed*3 > s.finished {
		t.Errorf("%d jobs failed, only %d finished", s.failed, s.finished)
	}
}

// playAll plays seeds 0 to n-1, one on each processor, and reports each broken promise with the
// command that shows it.
func playAll(t *testing.T, n uint64, play func(seed uint64) outcome) *summary {
	t.Helper()
	var (
		wg   sync.WaitGroup
		next atomic.Uint64
		mu   sync.Mutex
		sum  summary
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := next.Add(1) - 1; seed < n; seed = next.Add(1) - 1 {
				out := play(seed)
				mu.Lock()
				sum.add(out)
				mu.Unlock()
				if out.err != nil {
					t.Errorf("%v\n\tgo test ./integration/simulated -run TestSeed -seed %d", out.err, seed)
				}
			}
		})
	}
	wg.Wait()
	return &sum
}
