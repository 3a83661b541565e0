package scheduler_test

import (
	"cmp"
	"slices"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

// delayOracle is delay scheduling by the letter: no stacks, no heaps, nobody left out because
// nothing changed for it.
type delayOracle struct {
	executors []*delayExecutor
	stages    []*delayStage // with pending tasks or running ones, by id
	stamp     int
	room      bool // an executor gained room since the last offer
}

type delayExecutor struct {
	id         scheduler.ExecutorID
	host, rack string
	slots      int
	load       int
	holds      bool // blocks
}

type delayTask struct {
	partition int32
	executor  *delayExecutor // that has its block, or nil
	hosts     []string
	racks     map[string]bool
	running   bool
	put       int // when it came to wait; of several the last goes first
}

type delayStage struct {
	id    dag.StageID
	tasks []*delayTask // that are not done
	plain bool         // none has a preference

	level    scheduler.Locality
	since    time.Duration
	possible bool // some nearer level than Any has been
	fresh    bool // what waits has changed since all executors were asked
	offered  scheduler.Locality
	refused  bool // an executor with room found nothing near enough since then
}

func (o *delayOracle) submit(s *delayStage) {
	for _, task := range slices.Backward(s.tasks) {
		o.stamp++
		task.put = o.stamp
	}
	s.plain = !slices.ContainsFunc(s.tasks, func(t *delayTask) bool { return len(t.hosts) > 0 })
	o.stages = append(o.stages, s)
}

// join: levels that the executor makes possible count again.
func (o *delayOracle) join(x *delayExecutor, now time.Duration) {
	o.executors = append(o.executors, x)
	o.room = true
	for _, s := range o.stages {
		for _, l := range []scheduler.Locality{scheduler.Process, scheduler.Node, scheduler.Rack} {
			if !o.isPossible(s, l) {
				continue
			}
			s.level = min(s.level, l)
			if !s.possible {
				s.possible, s.since = true, now
			}
			break
		}
	}
}

func (o *delayOracle) lose(x *delayExecutor) {
	o.executors = slices.DeleteFunc(o.executors, func(y *delayExecutor) bool { return x == y })
}

func (o *delayOracle) freed(id scheduler.ExecutorID) {
	for _, x := range o.executors {
		if x.id == id {
			x.load--
			o.room = true
		}
	}
}

// again: a task waits again.
func (o *delayOracle) again(s *delayStage, partition int32) {
	o.stamp++
	task := s.runningOne(partition)
	task.running, task.put = false, o.stamp
	s.fresh = true
}

// done: a task will not wait again, nor its stage, if it was the last one.
func (o *delayOracle) done(s *delayStage, partition int32) {
	task := s.runningOne(partition)
	s.tasks = slices.DeleteFunc(s.tasks, func(other *delayTask) bool { return other == task })
	if len(s.tasks) == 0 {
		o.stages = slices.DeleteFunc(o.stages, func(other *delayStage) bool { return other == s })
	}
}

// runningOne finds a running task, or one like it: of those without preference the machine may have
// launched another than the oracle.
func (s *delayStage) runningOne(partition int32) *delayTask {
	i := slices.IndexFunc(s.tasks, func(task *delayTask) bool { return task.partition == partition })
	if i < 0 || len(s.tasks[i].hosts) == 0 {
		i = slices.IndexFunc(s.tasks, func(task *delayTask) bool {
			return task.running && len(task.hosts) == 0
		})
	}
	return s.tasks[i]
}

// took writes down a launch as the oracle does.
func (o *delayOracle) took(
	s *delayStage, partition int32, x scheduler.ExecutorID, at scheduler.Locality,
) placed {
	prefers := slices.ContainsFunc(s.tasks, func(task *delayTask) bool {
		return task.partition == partition && len(task.hosts) > 0
	})
	if !prefers {
		partition = -1
	}
	return placed{s.id, x, partition, at}
}

func (s *delayStage) pending() (list []*delayTask) {
	for _, task := range s.tasks {
		if !task.running {
			list = append(list, task)
		}
	}
	return list
}

func (o *delayOracle) free() (list []*delayExecutor) {
	for _, x := range o.executors {
		if x.load < x.slots {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b *delayExecutor) int {
		return cmp.Or(cmp.Compare(a.load, b.load), cmp.Compare(a.id, b.id))
	})
	return list
}

// offer gives the free slots to the stages, oldest first.
func (o *delayOracle) offer(now time.Duration) (list []placed) {
	for _, s := range o.stages {
		if len(s.pending()) == 0 || len(o.free()) == 0 && !o.room {
			continue
		}
		if s.plain {
			list = append(list, o.spread(s)...)
		} else {
			list = append(list, o.near(s, now)...)
		}
	}
	o.room = false
	if len(o.free()) > 0 { // to know when to look again
		for _, s := range o.stages {
			if len(s.pending()) > 0 {
				o.allowed(s, now)
			}
		}
	}
	sortPlaced(list)
	return list
}

// spread: tasks without preference go to the least loaded executor, one by one.
func (o *delayOracle) spread(s *delayStage) (list []placed) {
	for _, task := range s.pending() {
		free := o.free()
		if len(free) == 0 {
			break
		}
		list = append(list, o.launch(s, task, free[0], scheduler.NoPref))
	}
	return list
}

func (o *delayOracle) launch(
	s *delayStage, task *delayTask, x *delayExecutor, at scheduler.Locality,
) placed {
	task.running = true
	x.load++
	return o.took(s, task.partition, x.id, at)
}

// near offers all free executors a stage's tasks, until the allowed level stays as it is.
func (o *delayOracle) near(s *delayStage, now time.Duration) (list []placed) {
	for {
		free := o.free()
		if allowed := o.allowed(s, now); s.fresh || allowed != s.offered {
			s.fresh, s.refused, s.offered = false, false, allowed
		}
		turn := o.turn(s, free, now)
		list = append(list, turn...)
		o.judge(s, turn, now)
		if len(s.pending()) == 0 || len(o.free()) == 0 || o.allowed(s, now) == s.offered {
			return list
		}
	}
}

// turn goes level by level, and at each round the executors, one task for each.
func (o *delayOracle) turn(s *delayStage, free []*delayExecutor, now time.Duration) (list []placed) {
	for _, at := range []scheduler.Locality{
		scheduler.Process, scheduler.Node, scheduler.NoPref, scheduler.Rack, scheduler.Any,
	} {
		for again := true; again; {
			again = false
			if at != scheduler.NoPref && s.offered < at {
				break
			}
			for _, x := range free {
				if x.load == x.slots {
					continue
				}
				if task, found := s.nearest(x, at); task != nil {
					list = append(list, o.launch(s, task, x, found))
					again = true
					if len(s.pending()) == 0 || o.allowed(s, now) != s.offered {
						return list // they are offered again from the nearest level on
					}
				}
			}
		}
	}
	return list
}

// judge: the wait begins anew after launches, if nobody was refused since all were asked.
func (o *delayOracle) judge(s *delayStage, turn []placed, now time.Duration) {
	if len(s.pending()) > 0 && len(o.free()) > 0 {
		s.refused = true
	}
	if len(turn) == 0 || s.refused {
		return
	}
	nearest := scheduler.Any
	for _, p := range turn {
		nearest = min(nearest, p.at)
	}
	s.since = now
	if nearest != scheduler.NoPref {
		s.level = nearest
	}
	s.offered = o.allowed(s, now)
}

// nearest is the waiting task that is nearest to an executor, at most so far; of equally near ones
// the one that came last.
func (s *delayStage) nearest(
	x *delayExecutor, most scheduler.Locality,
) (best *delayTask, at scheduler.Locality) {
	at = scheduler.Any
	for _, task := range s.pending() {
		l := distance(task, x)
		if l > most || best != nil && (l > at || l == at && task.put < best.put) {
			continue
		}
		best, at = task, l
	}
	return best, at
}

func distance(task *delayTask, x *delayExecutor) scheduler.Locality {
	switch {
	case task.executor == x:
		return scheduler.Process
	case slices.Contains(task.hosts, x.host):
		return scheduler.Node
	case len(task.hosts) == 0:
		return scheduler.NoPref
	case task.racks[x.rack]:
		return scheduler.Rack
	}
	return scheduler.Any
}

// allowed is the farthest level at which tasks may be launched now.
func (o *delayOracle) allowed(s *delayStage, now time.Duration) scheduler.Locality {
	for s.level != scheduler.Any {
		if !o.isPossible(s, s.level) {
			s.level, s.since = farther(s.level), now
			continue
		}
		s.possible = true
		if now-s.since < waitOf(s.level) {
			break
		}
		s.since += waitOf(s.level)
		s.level = farther(s.level)
	}
	return s.level
}

// isPossible says whether a waiting task has a living executor that near.
func (o *delayOracle) isPossible(s *delayStage, l scheduler.Locality) bool {
	for _, task := range s.pending() {
		for _, x := range o.executors {
			switch {
			case l == scheduler.Process && task.executor == x,
				l == scheduler.Node && slices.Contains(task.hosts, x.host),
				l == scheduler.Rack && task.racks[x.rack]:
				return true
			}
		}
	}
	return false
}

func farther(l scheduler.Locality) scheduler.Locality {
	switch l {
	case scheduler.Process:
		return scheduler.Node
	case scheduler.Node:
		return scheduler.Rack
	}
	return scheduler.Any
}

func waitOf(l scheduler.Locality) time.Duration {
	return map[scheduler.Locality]time.Duration{
		scheduler.Process: delayWaits.Process, scheduler.Node: delayWaits.Node,
		scheduler.Rack: delayWaits.Rack,
	}[l]
}
