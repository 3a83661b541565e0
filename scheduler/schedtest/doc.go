// Package schedtest plays scripts against the scheduler's machine and compares what it does
// with what the script says. A script is a conversation: a command, a line of four dashes, and
// the actions that the command led to, one on a line, in the machine's own words. A reader
// needs no Go to write one.
//
//	# A failed task is launched again.                     (a comment; the first names the rows)
//	executors n=1 slots=2
//	----
//	(nothing)
//
//	submit job=0
//	stage 0 tasks=2
//	----
//	stage 0.0 started, tasks 2
//	launch on e1 stage 0.0: 0-1
//
//	fail e1 0.1 message=(disk full)
//	----
//	launch on e1 stage 0.0: 1 attempt 1
//
// `go test ./scheduler -run Scripts -rewrite` writes what the machine does now below the
// dashes. Read the difference before you keep it: a script is worth what its reader checked.
//
// After every command the runner checks the machine's invariants; a broken one fails the test.
// At the end it steps another machine through the log of what happened (package replay): it
// must do the same.
//
// # Names
//
// e1 is an executor, 3.7 partition 7 of stage 3, 3.4-7 four partitions, 3.7/2 attempt 2 of
// it. Without an attempt a task name means the attempt that runs on the named executor.
// Times are written as 3s, 200ms; durations add to the script's clock, which starts at 0.
//
// # Commands
//
// config [max-failures=N] [max-stage-attempts=N] [max-attempts=N] [count-decommissioned] [wait=D]
// [wait-process=D] [wait-node=D] [wait-rack=D] [adaptive-wait] [queue-time=D] [max-credit=N]
// [mode=fifo|fair]
//
// [speculation] [quantile=F] [multiplier=F] [min-runtime=D] [interval=D] [threshold=D]
// [no-efficiency] [rate=F] [long-run=F]
// [exclude] [exclude-for-all] [task-per-executor=N] [task-per-node=N] [stage-per-executor=N]
// [stage-per-node=N] [app-per-executor=N] [app-per-node=N] [exclude-timeout=D]
// [unschedulable-timeout=D]
// [allocation=ramp|direct] [min-executors=N] [max-executors=N] [initial-executors=N] [ratio=F]
// [backlog=D] [sustained=D] [idle=D] [cached-idle=D] [outputs-idle=D] [executor-slots=N]
// [keep-outputs] [spare-copies] [cover]
//
// begins with a new machine; a script that does not start with it has the defaults. A wait of
// -1s is no wait.
//
// profile ID [cores=N] [memory=N] [cpus=N] [executor=(gpu:2,…)] [task=(gpu:0.5,…)]
//
// adds a resource profile, the next from 1 on: what an executor has and what a task takes. With
// nothing for executors it is one for tasks only. Profile 0 is there, and may be given first.
//
// executors n=N [profile=ID] [slots=N] [hosts=(h1,h2,…)] [racks=(r1,…)] [id=N] [served]
//
// adds N executors at once, with the next free ids, from e1 or from the given one. Hosts and racks
// go round; without hosts each executor has its own, named after it: e1 is on h1.
// served: a service on its node has its map outputs.
//
// submit job=N [pool=P] [group=G], with a line for each stage, parents first:
//
//	stage ID tasks=N [profile=ID] [shuffle=N [reduces=N]] [reads=(N,…)] [guards=(D,…)]
//	      [partitions=(P,…)] [hosts=(h1 h2,h3,…)] [racks=(h1:r1,…)] [cached=(D,…)] [name=…]
//	      [indeterminate]
//
// shuffle is what it writes; the last stage, the result, has none. reads names shuffles,
// guards the datasets that make all of them unnecessary. hosts has an entry for each partition,
// hosts of one partition parted by spaces; a dash is no preference.
//
// pools [no-file], with a line for each pool: NAME [mode=fifo|fair] [weight=N] [min-share=N]
// [max-share=N]
//
// tells what the allocation file says, or that there is none.
//
// succeed EXEC TASK… [time=D] [sizes=(N,…)] [records=N] · killed EXEC TASK… · denied EXEC TASK…
// · fail EXEC TASK… [message=…] [final] · fetch-failed EXEC TASK… shuffle=N map=N from=EXEC
// [attempt=N] [one-block] [others=(N…)] [message=…]
//
// reports ends of tasks, all in one batch. sizes are the bytes of a map output by reduce,
// records what each task read. Without attempt, the output is the one the machine knows; map=-1
// says that the task found no output at all.
//
// progress EXEC TASK… records=N: so many records has each running task read until now.
//
// batch EXEC, with lines like the five commands above without the executor: one batch of
// different ends.
//
// play [time=D] lets all running tasks succeed, executor by executor, until nothing runs. It
// prints only what does not launch or accept tasks.
//
// lose EXEC [reason=…] [app] [outputs]: the executor is lost; app blames the application,
// outputs says that its map outputs are gone too.
//
// decommission EXEC: the executor will be lost soon, and gets no more tasks.
//
// lose-host HOST [reason=…]: the map outputs of all executors that are or were there are gone.
//
// cancel job=N [reason=…] · commit TASK/ATTEMPT · cached EXEC dataset=N partitions=(…) ·
// dropped EXEC dataset=N partitions=(…) · unpersist dataset=N · drop-shuffle shuffle=N
//
// advance by=D [awake] lets time pass and sends a Tick at its end; awake sends one whenever the
// machine asked for it (WakeAt), too, and prints the times.
//
// why TASK tells the story of one task.
//
// status prints jobs, pools, stages with the reason why they wait, and executors. outputs shuffle=N
// prints where map outputs are.
package schedtest
