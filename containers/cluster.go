package containers

import "context"

// Cluster gives containers to one application. All methods may be called from any goroutine, but
// Start comes first and Finish last, each once.
//
// No method but Finish waits for containers: what happens to them comes back as Events. A call
// whose ctx ends returns soon with an error that wraps ctx.Err.
type Cluster interface {
	// Start registers the application. From its return on, events are sent to the channel,
	// one after the other and in the order they happened, until Finish returns; the Cluster
	// never closes the channel. The receiver keeps draining it, also during Finish: an event
	// that finds the channel full waits, and with it everything behind it. ctx bounds the
	// call only, not the application.
	Start(ctx context.Context, events chan<- Event) error

	// Want says how many containers of each profile the application would like to have,
	// launched ones included. It is absolute: a second call replaces the first, and a profile
	// that is not named is wanted no longer. Containers come one by one or many at once, some
	// never. Lowering the number takes back what was not yet given; no container that was
	// given is taken away. When one completes, another is given in its place for as long as
	// the number stands.
	Want(ctx context.Context, asks []Ask) error

	// Launch starts an executor in a container that was given and not yet completed. It
	// returns when the start is under way; the executor then connects to the driver itself.
	// A container whose executor could not be started is Completed, like one whose executor
	// ended. The Cluster owns l afterwards, and keeps its Identity out of argument lists,
	// environments and logs. The error wraps ErrUnknown for a container the cluster does not
	// hold for the application (it may have completed a moment ago).
	Launch(ctx context.Context, id ID, l Launch) error

	// Release gives containers back. What runs in them is stopped, kindly at first, and
	// Completed follows with ReasonReleased. Unknown ones are ignored, because the release
	// may cross a completion. Releasing does not lower what is wanted; call Want before it.
	Release(ctx context.Context, ids []ID) error

	// Progress is how much of the application's work is done, from 0 to 1, for the cluster's
	// own pages. It never blocks and may be dropped.
	Progress(fraction float32)

	// Finish ends the application: every container is stopped, the cluster is told how it
	// ended, and all that the Cluster holds (processes, connections, directories it made) is
	// gone when it returns. It is called once also after Down, and after a Start that failed.
	// When ctx ends it stops waiting for kindness and kills, and still leaves nothing behind
	// on this machine.
	Finish(ctx context.Context, f Final) error
}
