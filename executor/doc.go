// Package executor runs tasks: it is all of an executor's process but the user's program.
//
//	driver ── control.Link ──▶ queue ─▶ slot, slot, … ─▶ Stage.Run ─▶ batch of ends ──▶ driver
//	                                          │
//	                    shuffle files, cached blocks ◀─ block server ◀── other executors
//	                          ▲
//	                          └──────── the node's shuffle service ◀──┘ where there is one
//
// Run is the entry: it registers with the driver, runs what it is told and returns when the
// driver's stream ends, for whatever reason: an executor without a driver is an orphan. The
// user's operators are behind the interfaces Program and Stage, and a running task sees the
// executor through Task. What fails is reported with its type: UserError, a fetch failure, a
// kill, a denied commit.
//
// One goroutine reads the stream, one sends, and one runs each slot; the queue, the batch and the
// stores in between have locks of their own and may be used from any of them.
package executor
