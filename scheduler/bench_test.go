package scheduler_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/dynalloc"
	"github.com/weft-data/weft/scheduler/pool"
)

// BenchmarkTasks plays empty tasks of one stage through the machine and reports the cost of
// one and the memory it holds. Each executor has 4 slots and reports all of its tasks at once.
func BenchmarkTasks(b *testing.B) {
	for _, executors := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("executors=%d", executors), func(b *testing.B) {
			benchmark(b, executors, 1_000_000, dag.NoShuffle)
		})
	}
}

// BenchmarkMapTasks does the same for a map stage, whose outputs are kept.
func BenchmarkMapTasks(b *testing.B) {
	benchmark(b, 1000, 1_000_000, 0)
}

// BenchmarkOneByOne reports the ends of long tasks one at a time: a decision for each event.
func BenchmarkOneByOne(b *testing.B) {
	for _, executors := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("executors=%d", executors), func(b *testing.B) {
			benchmarkWith(b, scheduler.Config{}, executors, 300_000, dag.NoShuffle, time.Second, 1)
		})
	}
}

// BenchmarkOnDemand does the same with executors on demand.
func BenchmarkOnDemand(b *testing.B) {
	c := scheduler.Config{Allocation: scheduler.Allocation{
		Settings: dynalloc.Settings{Enabled: true, Policy: dynalloc.Direct}, Slots: 4,
	}}
	for _, executors := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("executors=%d", executors), func(b *testing.B) {
			benchmarkWith(b, c, executors, 300_000, dag.NoShuffle, time.Second, 1)
		})
	}
}

func benchmark(b *testing.B, executors, tasks int, shuffle dag.ShuffleID) {
	benchmarkWith(b, scheduler.Config{}, executors, tasks, shuffle, 100*time.Microsecond, 1<<30)
}

func benchmarkWith(b *testing.B, c scheduler.Config, executors, tasks int,
	shuffle dag.ShuffleID, d time.Duration, batch int,
) {
	var bytes uint64
	for b.Loop() {
		before := heap()
		m, err := scheduler.New(c)
		if err != nil {
			b.Fatal(err)
		}
		p := player{m: m, time: d, batch: batch, queues: make([][]dag.Task, executors)}
		for x := range executors {
			p.step(scheduler.ExecutorAdded{Executor: scheduler.ExecutorID(x), Host: fmt.Sprint(x), Slots: 4})
		}
		p.step(scheduler.JobSubmitted{Job: job(tasks, shuffle)})
		p.run()
		if p.accepted < tasks {
			b.Fatalf("%d of %d tasks", p.accepted, tasks)
		}
		bytes = p.peak - before
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(tasks), "ns/task")
	b.ReportMetric(float64(bytes)/float64(tasks), "B/task")
}

func job(tasks int, shuffle dag.ShuffleID) dag.Job {
	result := dag.Stage{ID: 1, Tasks: tasks, Shuffle: dag.NoShuffle, Deterministic: true}
	if shuffle == dag.NoShuffle {
		return dag.Job{Stages: []dag.Stage{result}}
	}
	result.Tasks, result.Parents = 1, []dag.Parent{{Shuffle: shuffle}}
	return dag.Job{Stages: []dag.Stage{{Tasks: tasks, Shuffle: shuffle, Deterministic: true}, result}}
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// player is the cheapest possible set of executors.
type player struct {
	m        *scheduler.Machine
	time     time.Duration
	batch    int
	queues   [][]dag.Task
	accepted int
	steps    int
	ends     []scheduler.TaskEnd
	peak     uint64
}

func (p *player) step(e scheduler.Event) {
	if err := p.m.Step(time.Duration(p.steps), e); err != nil {
		panic(err)
	}
	p.steps++
	for _, a := range p.m.Ready() {
		switch a := a.(type) {
		case scheduler.LaunchTasks:
			p.launch(a)
		case scheduler.TasksAccepted:
			p.accepted += len(a.Tasks)
		case scheduler.StageFinished:
			if p.peak == 0 {
				p.peak = heap()
			}
		}
	}
}

func (p *player) launch(a scheduler.LaunchTasks) {
	for _, r := range a.Ranges {
		for i := range r.Count {
			p.queues[a.Executor] = append(p.queues[a.Executor],
				dag.Task{Stage: a.Stage, Partition: r.First + i, Attempt: r.Attempt})
		}
	}
}

func (p *player) run() {
	for busy := true; busy; {
		busy = false
		for x := range p.queues {
			if n := min(len(p.queues[x]), p.batch); n > 0 {
				busy = true
				p.end(x, n)
			}
		}
	}
}

func (p *player) end(x, n int) {
	p.ends = p.ends[:0]
	for _, t := range p.queues[x][:n] {
		p.ends = append(p.ends, scheduler.TaskEnd{Task: t, Duration: p.time})
	}
	p.queues[x] = append(p.queues[x][:0], p.queues[x][n:]...)
	p.step(scheduler.TasksEnded{Executor: scheduler.ExecutorID(x), Ends: p.ends})
}

// BenchmarkPools ends long tasks one at a time while every pool has a job with tasks to launch:
// a decision must not cost more with a thousand pools.
func BenchmarkPools(b *testing.B) {
	for _, pools := range []int{1, 10, 1000} {
		b.Run(fmt.Sprintf("pools=%d", pools), func(b *testing.B) { benchmarkPools(b, pools, 100) })
	}
}

func benchmarkPools(b *testing.B, pools, executors int) {
	const tasks = 200_000
	for b.Loop() {
		m, err := scheduler.New(scheduler.Config{Mode: pool.Fair})
		if err != nil {
			b.Fatal(err)
		}
		p := player{m: m, time: time.Second, batch: 1, queues: make([][]dag.Task, executors)}
		for i := range pools {
			s := dag.Stage{ID: dag.StageID(i), Tasks: tasks / pools, Shuffle: dag.NoShuffle}
			p.step(scheduler.JobSubmitted{Job: dag.Job{
				ID: dag.JobID(i), Pool: fmt.Sprint("p", i), Stages: []dag.Stage{s},
			}})
		}
		for x := range executors {
			p.step(scheduler.ExecutorAdded{Executor: scheduler.ExecutorID(x), Host: fmt.Sprint(x), Slots: 4})
		}
		p.run()
		if p.accepted != tasks {
			b.Fatalf("%d of %d tasks", p.accepted, tasks)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/tasks, "ns/task")
}
