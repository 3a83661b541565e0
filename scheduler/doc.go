// Package scheduler decides which task runs where, next, and what happens when one fails.
//
// It is a pure machine: news goes in as an Event, and what is to be done comes out as Actions.
// There is no goroutine, lock, clock, random source, log or I/O inside, and no decision follows
// the order of a map, so the same events at the same times give the same actions: a run can be
// stored as its events and stepped through again, and a script can state what must happen.
// The package knows stages and partitions as numbers (package dag) and nothing of what they
// compute.
//
// # The caller's duties
//
// One goroutine owns a Machine; package am is the caller that matters.
//
//  1. Make one with New. Time is a duration since any fixed moment, for example since the
//     application started, and must not go backwards.
//  2. Send each piece of news with Step, in the order it became known. An error means that the
//     event made no sense (an invalid job, an executor id used twice) and changed nothing. Late,
//     repeated or crossing news is no error: the machine ignores what it has let go of.
//  3. After a Step, or after several that came together, call Ready and perform the actions in
//     order. An action is final: the machine takes it as done, and failure to do it comes
//     back as an event (a task that cannot be sent has ended with Failed or Killed, an executor
//     that cannot be reached is lost).
//  4. Of the results in a TasksEnded use those, and only those, that a TasksAccepted names
//     before the next event is stepped. That is what makes a result count once.
//  5. After a WakeAt, send a Tick at that time. A later WakeAt replaces it.
//  6. Send a stage's template to an executor before the first LaunchTasks that names both, and
//     with the tasks the Epoch of the shuffles it reads, so that the executor knows when the
//     places of map outputs it remembers are out of date (Outputs gives the current ones).
//  7. Give executor ids once. A lost executor that comes back is a new one.
//
// As a loop:
//
//	for {
//		select {
//		case e := <-events:
//			if err := m.Step(since(start), e); err != nil { … refuse … }
//		case <-timer:
//			m.Step(since(start), scheduler.Tick{})
//		}
//		for _, a := range m.Ready() {
//			perform(a)
//		}
//	}
//
// # Jobs and stages
//
// A job is an action's stages, cut at shuffles. Its last stage, the result stage, is its own;
// map stages are shared by all jobs over the same shuffle, and computed outputs are kept until
// ShuffleDropped. A stage is in one of four states:
//
//	          a parent's output is missing
//	  ┌──────────────▶ Waiting ◀─────────────┐
//	  │                   │ all parents      │ a task could not read its input
//	  │                   ▼ available        │ (after that: Waiting, or Running again)
//	Idle ────────────▶ Running ──────────────┘
//	  ▲  ▲                │ all partitions computed
//	  │  └── last job ────┤
//	  │      ended        ▼
//	  └──────────────── Done
//	    a map output was lost
//
// A job's submission starts at its result stage. If the output of a parent is missing, the
// parent is submitted first and the child waits; a stage whose output is there is skipped. A
// parent behind a persisted dataset (dag.Parent.Guards) is not needed while the dataset is
// cached in all partitions that the child computes.
//
// An attempt of a stage runs the missing partitions and no others. The machine keeps them
// where they wait to be launched (type pending) for the stage's whole life, so a new attempt
// finds them without a search. A task still running from an older attempt keeps its partition: it
// is not launched a second time beside it.
//
// # Who gets a slot
//
// In mode FIFO stages with pending tasks queue by job, then by stage: first in, first out. Free
// slots are offered to the first; what it does not take flows on to the next. Executors take
// turns, the least loaded first and then by id.
//
// In mode Fair (Config.Mode) each slot goes to the pool that is first at that moment, by the
// rules of package pool: minimum shares, then running tasks by weight. A stage belongs to the pool
// of its oldest job. Inside a pool stages go by job and stage, or in a pool of mode Fair the one
// with fewer running tasks first. PoolsChanged brings settings; a pool without any is
// FIFO with weight 1 and minimum share 0, only "default" is Fair inside while there is no file.
// Nothing that runs is stopped for fairness. A pool at its ceiling leaves slots free. Tasks that
// were told to stop count until they have; tasks queued behind busy slots do not.
//
// A partition may prefer executors that cached a block of it, hosts that hold its input or, of
// smaller shuffles, a fifth of what it reads (sizes.go), and racks of those hosts. Tasks wait at
// each level for a near slot, by default 3 s, before the next level is allowed (Locality,
// Config.Wait), or at a host for as long as one is likely to take (Config.AdaptiveWait). A level at
// which no task waits for a living executor is passed at once, and tasks without preference never
// wait. A launch starts the wait anew if no executor was refused since all free ones were last
// asked.
//
// Short tasks may queue behind the busy slots of an executor so that a slot need not wait for
// the driver between two of them: as many as fill Config.QueueTime, none before the stage's task
// time is known, none behind another stage's tasks, and never more than a fair share of what
// remains. Long tasks never queue, and what queued behind one that turns out to be long is taken
// back when another executor has a free slot (KillTasks.Queued), as is the queue of one that is
// being decommissioned.
//
// # Executors of several kinds
//
// A stage has a resource profile (ProfileAdded, package resource), and its tasks run on executors
// of exactly that profile. A profile that asks nothing of executors is served by those of the
// default one, unless Config.Allocation says that it gets its own; Config.CoverProfiles lets
// stages use any executor that has all that their profile asks for. Executors with room stand in
// a heap for each profile that they serve. Those that serve one count slots; the others count what
// is left of their cores and named resources, and a task takes what its profile says (amounts.go).
// A stage that no executor can run takes no part in offers. If none will come either it is stuck,
// as one whose executors are all excluded, and fails in the end as Unschedulable.
//
// # Slow tasks
//
// With Config.Speculation a task that runs much longer than its stage's median gets a copy, on a
// host that no attempt of it was on, in a slot that pending tasks of the stage left over. Slow
// ones are looked for at most once in an interval, the oldest run first, and only when one can
// have become slow; a WakeAt names that moment. The original runs on. The first success counts
// and the other attempt is told to stop; if one fails, the other goes on alone and the partition
// does not become pending. Executors need not know which of two is the copy.
//
// # When something fails
//
//   - A task that Failed runs again; MaxFailures failures of one partition fail the stage's jobs,
//     as does a Final one at once. Killed, CommitDenied, FetchFailed and a lost executor do not
//     count, unless ExecutorLost.CausedByApp says that the application is to blame; then it
//     counts for the tasks that can have been running, not for those queued behind them.
//   - A FetchFailed means that map outputs are gone: of the whole executor they were on, or of one
//     map task if the executor answered. The stage's attempt ends, its parents compute what was
//     lost, and a new attempt goes on with what is missing. All failures of one attempt are one;
//     from older attempts they only make their task run again. MaxStageAttempts attempts in a
//     row that end so fail the jobs; a computed stage counts from 0 again. A failure about an
//     executor that was told to go (ExecutorDecommissioning) is expected, and not counted. Map
//     tasks that were running where outputs were given up do not count when they succeed.
//   - A lost executor's tasks run again. Its map outputs are dropped with it if OutputsLost, and a
//     running map stage computes them again at once, a finished one when a job needs it. Otherwise
//     a service on its host still has them, until they are lost with that (OutputsLostOnHost).
//   - A stage that is not deterministic drags its readers along when it loses outputs; if a result
//     was built on it already, the job fails rather than mix two versions (rollback.go).
//
// # Keeping away from where tasks failed
//
// With Config.Exclusion failures that count say something of the place as well. A task does not
// go back to an executor, or after more failures to a host, where it failed; a stage keeps
// away from where several of its tasks failed, until its next attempt. When a stage is computed,
// what failed in it counts for the whole application, and executors and hosts with too many
// failures get no tasks for an hour; one that registers on such a host waits too. The tasks that
// run there go on. A task that no living executor is left for waits two minutes for a new
// executor or the end of an exclusion; then its jobs fail as Unschedulable. Fetch failures
// exclude nobody, and no executor is given back for being excluded.
//
// # Executors on demand
//
// With Config.Allocation the machine says how many executors of each profile there should be
// (WantExecutors, with the hosts near which tasks wait) and lets idle ones go (ReleaseExecutors),
// by the rules of package dynalloc. One that was let go gets no more tasks. An executor that holds
// cached blocks stays, and with KeepOutputs one that holds map outputs. With SpareCopies it says
// which executors only copies of slow tasks need: the cluster may take these back at any time.
//
// # Committing
//
// A task that publishes output asks first (CommitAsked). One attempt of a partition holds the
// permission at a time; only a running attempt that was not told to stop gets it, the same
// attempt gets the same answer again, and an attempt that ends without success gives it back.
//
// # Events
//
//	JobSubmitted       a new action; its missing stages are submitted
//	JobCancelled       its tasks are killed, shared stages go on for other jobs
//	ProfileAdded       stages and executors may have it
//	ExecutorAdded      its slots are offered; its host's and rack's localities count
//	ExecutorDecommissioning it gets no more tasks; its end is coming
//	ExecutorLost       see above
//	OutputsLostOnHost  see above; map tasks that run there do not count when they succeed
//	TasksEnded         a batch; slots are free, results are accepted or tasks run again
//	BlocksCached       later tasks prefer the place; a guard may become complete
//	BlocksDropped      the opposite; tasks already launched find out themselves
//	DatasetUnpersisted all blocks of a dataset are forgotten
//	ShuffleDropped     outputs are forgotten; a running job that needs them computes them again
//	CommitAsked        answered by AnswerCommit
//	PoolsChanged       counts from the next free slot on
//	Tick               time passed; locality waits may have ended
//
// # Actions
//
//	LaunchTasks       send ranges of partitions of one stage to one executor
//	KillTasks         stop tasks; their ends are still reported, and hold their slots until then
//	TasksAccepted     use these results
//	AnswerCommit      answer a task's question
//	StageStarted      ┐
//	StageFinished     ├ for progress and logs
//	StageFailed       ┘
//	JobFinished       once for each job; Err tells the stage, the task and its last failures
//	WantExecutors     ask the cluster for so many of each profile, no more and no less
//	ReleaseExecutors  give these back; they are idle
//	HostsExcluded     have the cluster give no executors on these hosts
//	WakeAt            send a Tick then
//
// Why something is so can be asked at any time: the story of one task (Machine.Why), a launch's
// place (TaskRange.Why), a stage that does not run (StageStatus.Why), a kill (KillTasks.Reason),
// a denied commit (AnswerCommit.Why), a failed job (JobError).
//
// # Costs
//
// State is one array for each field of a partition: 10 bytes for one of a result stage, 18 for
// one of a map stage, and 4 for each place it prefers; with speculation 8 more for a done one.
// Nothing in Step or Ready looks through all tasks; losing an executor touches the tasks, outputs
// and blocks it has. A launch costs the logarithm of the free executors, and in mode Fair of the
// pools. Only a stage with preferences, when its own waiting tasks changed, looks once at all free
// executors; so does one with failures while exclusion is on. Outputs costs a stage's tasks: ask
// again only when the Epoch changed. Status and Check are for people and tests and cost what
// they show.
package scheduler
