// Package containers is the border between weft and whatever hands out machines.
//
// A Cluster gives containers, starts executors in them, and says what became of them. Package am
// knows only this interface; behind it stand goroutines of the same process (inprocess), processes
// of this machine (process), Hadoop YARN (yarn) and programs of others (plugin). Package
// containerstest holds the tests that every implementation passes.
//
//	am ── Want, Launch, Release, Progress, Finish ──▶ Cluster
//	am ◀── Allocated, Completed, NodeLost, … ──────── Cluster
//
// A container's life, as the receiver of events sees it:
//
//	Allocated ─▶ Launch ─▶ (the executor registers with the driver by itself)
//	    │           │
//	    └─ Release ─┴──────▶ Completed, once, whatever the reason
package containers
