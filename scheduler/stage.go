package scheduler

import (
	"cmp"
	"slices"
	"time"

	"github.com/weft-data/weft/dag"
)

// stage is what the machine knows of one stage over all of its attempts. Its partitions are
// counted by index: the partition's place among those the stage computes.
type stage struct {
	spec    dag.Stage
	profile *profile
	state   StageState
	jobs    []dag.JobID // that need it, ascending; empty: nobody
	attempt int32       // current or last attempt, -1 before the first
	// fetchFailed counts attempts in a row that ended because input was lost; a computed
	// stage starts from 0 again.
	fetchFailed int
	counted     int32 // the last attempt that fetchFailed counts, or -1
	begun       int   // attempts since a job came to need it
	// unguarded are shuffles that a task missed although a guard promised that it would not: the
	// block was out of reach. They are computed whatever is cached, until the stage is computed.
	unguarded []dag.ShuffleID
	dropped   bool // forget it when no job needs it and nothing of it runs

	parts   parts
	pending pending
	delay   delay
	queued  bool // invariant: in Machine.queue

	// pool is where it counts, in mode Fair: that of its oldest job, and after its last job
	// the same until its last run has ended. Invariant: pool.running is the sum of slots.
	pool    *poolState
	poolAt  int   // place in pool.stages, or -1
	slots   int   // busy slots of its runs: those queued behind busy slots do not count
	granted int   // tasks promised in the offer under way
	turn    *turn // of the offer under way, or nil

	firstRun int32 // list of its runs, newest first, killed ones included
	lastRun  int32
	runs     int // length of that list
	live     int // of these, not killed
	done     int // partitions computed

	excl       *stageExclusion // of this attempt; nil while nothing failed
	stuckSince time.Duration   // while in exclusions.stuck

	watched bool            // for slow tasks; invariant: in slow.watched
	times   median          // of successful tasks, while watched
	pace    pace            // likewise
	copies  []int32         // tasks that were found slow and wait for their copies
	twins   map[int32]int32 // second runs by index; nil until there is one

	measured bool
	mean     time.Duration // of successful tasks, each new one counting an eighth

	holders  []int32 // executors that have outputs of it
	sizes    []byte  // of outputs, by map and reduce; nil where they are not known
	heavy    heavy   // hosts of this attempt's shuffled input
	epoch    int64   // grows when an output is lost
	commits  []int32 // attempt with permission to commit, by index; nil until one asks
	failures []TaskFailure
}

func newStage(spec *dag.Stage, p *profile) *stage {
	return &stage{
		spec: *spec, profile: p, attempt: -1, counted: -1, firstRun: none, lastRun: none, poolAt: -1,
	}
}

// none ends a list and stands for no index.
const none int32 = -1

func (s *stage) needed() bool { return len(s.jobs) > 0 }

// demand is how many slots the stage would take now.
func (s *stage) demand() int { return s.pending.n + len(s.copies) }

func (s *stage) complete() bool { return s.done == s.spec.Computed() }

// partition is the number of the partition at an index.
func (s *stage) partition(index int32) int32 {
	if s.spec.Partitions != nil {
		return s.spec.Partitions[index]
	}
	return index
}

// index is where a partition stands among the computed ones.
func (s *stage) index(partition int32) (int32, bool) {
	if s.spec.Partitions == nil {
		return partition, partition >= 0 && int(partition) < s.spec.Tasks
	}
	i, ok := slices.BinarySearch(s.spec.Partitions, partition)
	return int32(i), ok
}

func (s *stage) task(index, attempt int32) dag.Task {
	return dag.Task{Stage: s.spec.ID, Partition: s.partition(index), Attempt: attempt}
}

// before is the order of stages in a queue: first in, first out over jobs, then stages. A
// shared stage counts with its oldest job.
func before(a, b *stage) int {
	return cmp.Or(cmp.Compare(a.jobs[0], b.jobs[0]), cmp.Compare(a.spec.ID, b.spec.ID))
}

// addJob notes that a job needs the stage.
func (s *stage) addJob(id dag.JobID) {
	if i, found := slices.BinarySearch(s.jobs, id); !found {
		s.jobs = slices.Insert(s.jobs, i, id)
	}
}

// measure follows the stage's task time.
func (s *stage) measure(d time.Duration) {
	if !s.measured {
		s.measured, s.mean = true, d
		return
	}
	s.mean += (d - s.mean) / 8
}
