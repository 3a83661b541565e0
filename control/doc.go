// Package control is the protocol between the driver and its executors.
//
// An executor opens one stream (Link) to the driver and registers; the driver sends work down it
// and the executor sends news up. Questions that want an answer go beside the stream.
//
//	executor                                           driver
//	   │ Register ────────────────────────────────────▶ │  Handler.Attach(Stream)
//	   │ ◀──────────────── Registered, or Refused + end │
//	   │ Ready: its devices, where it is to have any ──▶ │
//	   │ ◀─ StageTemplate, once for a stage, LaunchTasks │
//	   │ ResultChunk …, TasksEnded, Heartbeat, Blocks ─▶ │
//	   │ ◀──────────────────────────── KillTasks, Drop  │
//	   │ ◀────────────────────────────────────── Stop    │
//	   │ MapOutputs? Broadcast? Locate? Commit? ───────▶ │  Handler's other methods
//
// No message is paid per task: tasks travel as ranges of partitions, their ends in batches with
// the counters already added up, and a template goes to an executor once.
//
// Link and Handler have two implementations in between: gRPC over mutual TLS (Dial, Serve), and
// Go channels inside one process (Local). The same messages pass through both; whoever sends one
// must not change it afterwards.
package control

//go:generate make -C .. proto
