package control

import "context"

// Link is an executor's connection to its driver. Send and Recv are each called by one goroutine
// at a time; the questions by any.
type Link interface {
	// Send hands a message to the driver. It may wait while the driver is slow, and it fails
	// once the stream has ended. A nil error does not mean that the driver has read it.
	Send(m *FromExecutor) error

	// Recv waits for the driver's next message. io.EOF means that the driver ended the stream
	// in order; any other error that it was lost.
	Recv() (*ToExecutor, error)

	// MapOutputs, Locate and Commit ask the driver and wait for its answer.
	MapOutputs(ctx context.Context, q *MapOutputsRequest) (*MapOutputsReply, error)
	Locate(ctx context.Context, q *LocateRequest) (*LocateReply, error)
	Commit(ctx context.Context, q *CommitRequest) (*CommitReply, error)

	// Broadcast fetches a broadcast value whole.
	Broadcast(ctx context.Context, id int64) ([]byte, error)

	// Close ends the stream and frees the connection. Calls under way return soon.
	Close() error
}

// Stream is the driver's side of one Link. Send and Recv are each called by one goroutine at a
// time, and fail once the stream has ended, Recv with io.EOF where the executor closed it.
type Stream interface {
	Context() context.Context
	Send(m *ToExecutor) error
	Recv() (*FromExecutor, error)
}

// Handler is the driver. Its methods are called by many goroutines at once.
type Handler interface {
	// Attach serves one executor's stream, which ends when Attach returns.
	Attach(s Stream) error

	MapOutputs(ctx context.Context, q *MapOutputsRequest) (*MapOutputsReply, error)
	Locate(ctx context.Context, q *LocateRequest) (*LocateReply, error)
	Commit(ctx context.Context, q *CommitRequest) (*CommitReply, error)

	// BroadcastValue finds a broadcast value; its bytes are not changed while it is sent.
	BroadcastValue(ctx context.Context, id int64) ([]byte, error)
}

// The limits of what travels.
const (
	// MaxMessage bounds every message, so that a broken peer cannot make us allocate.
	MaxMessage = 64 << 20
	// MaxTemplate bounds a stage's program.
	MaxTemplate = MaxMessage - 1<<20
	// MaxInline is the largest value that travels in a batch; larger ones come in chunks.
	MaxInline = 1 << 20
	// ChunkSize is the size of the pieces of large values.
	ChunkSize = 1 << 20
	// MaxBroadcast bounds a broadcast value.
	MaxBroadcast = 1 << 31
)
