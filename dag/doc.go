// Package dag describes jobs as numbers: stages cut at shuffles, the partitions each stage
// computes, and the shuffles that tie them together. There is no user code in it and none can
// get in: what a task does travels as an opaque template beside these numbers.
//
// Package plan cuts a lineage into a Job, package scheduler decides what of it runs where, and
// packages am and executor pass Tasks between them. Everything here is a plain value: safe to
// copy, compare and send. The slices inside a Stage are shared by the copies and must not be
// written to after the job is submitted.
//
// # Names that last
//
// Some numbers live longer than a job. A map stage keeps its StageID, as its shuffle keeps its
// ShuffleID, for as long as the application holds the shuffle, so a second job over the same
// shuffle names the same stage and finds its output done. A result stage belongs to one action
// and gets a new StageID each time. Attempt numbers of one (stage, partition) only grow, also
// over attempts of the whole stage, so a Task names one execution in the application for ever.
package dag
