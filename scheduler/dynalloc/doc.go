// Package dynalloc decides how many executors of each profile an application should have, and
// which idle ones it gives back.
//
// It is a pure policy: the caller tells what changed (needs of tasks, executors that came, went,
// got work or ran out of it) and asks Decide, with the time, for targets, executors to release
// and when to ask again. There is no clock, goroutine or I/O. An Allocator is for one goroutine;
// package scheduler keeps one behind its Machine.
//
//	                       tasks wait            for Backlog
//	         (none wait) ───────────▶ backlogged ───────────▶ growing, every Sustained
//	              ▲                                               │
//	              └────────────── no task waits ◀─────────────────┘
//
//	executor:  busy ◀──▶ idle ── its time is over ──▶ expired ── above the target ──▶ released
//	                      │  ▲
//	          holds data  ▼  │ Reconsider
//	                       kept
//
// The rules are those of the reference (Spark ExecutorAllocationManager, ExecutorMonitor):
//
//   - A profile needs ceil((pending + running) × Ratio / slots) executors, copies of slow tasks
//     included, and as many more than it has as tasks need that find no place on these.
//   - Of these, Settings.SpareCopies tells apart how many would be of no use without the copies.
//   - While tasks wait the target grows by 1, 2, 4, 8 … executors (Ramp) or to the need at once
//     (Direct). The step is doubled when all of it was added, else it is 1 again; it is 1 again
//     when no task waits. A target is never above the need but for Min, and never above Max.
//   - When the need falls the target follows, before any executor is released: what was not yet
//     given is asked for no more. Targets change at most every Interval.
//   - An executor that was idle for Idle is released while there are more than Min and more than
//     the target. With cached blocks it is idle for CachedIdle first, with map outputs that would
//     be lost with it for OutputsIdle; while a running job may read these it stays.
//   - Until there is any work the target is Initial.
//
// Unlike in the reference each profile has a backlog and a ramp of its own, so that waiting tasks
// of one profile do not shorten the wait of another.
//
// Nothing here looks through all executors: a task that begins or ends costs a store, and an idle
// time that is over costs the logarithm of the executors.
package dynalloc
