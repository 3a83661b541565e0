// Package yarn runs executors in the containers of a Hadoop YARN cluster, behind the interface of
// package containers.
//
//	am ── Want, Launch, Release ──▶ loop ── allocate ──────────▶ ResourceManager
//	am ◀── Allocated, Completed … ── │ ◀─── containers, exits ──
//	                                 └── startContainers ───────▶ NodeManagers, one goroutine a start
//
// One goroutine, the loop, owns all state. Methods send it work and wait for its answer; heartbeats
// and container starts run beside it and come back as messages, so that neither a slow
// ResourceManager nor a full channel of events stops it.
//
// Asks name hosts, because a ResourceManager gives out one container per node and heartbeat for
// asks that name none. Under a placement constraint they name the executors' tag instead, and the
// ResourceManager knows by the registration where these may come. Heartbeats are a few milliseconds
// apart while something is asked for, and a second apart when nothing is.
//
// An executor finds what it must know in its environment (containers.Launch), its directories in
// what the NodeManager sets, and the application's identity in the credentials file; Executor reads
// all three. Package weft makes the Cluster, package am uses it from any goroutine.
package yarn
