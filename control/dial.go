package control

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"github.com/weft-data/weft/internal/identity"
)

// Windows and pings of both ends. A window of some megabytes keeps results and broadcasts moving
// on one stream; the ping finds a peer whose machine is gone without a word.
const (
	window   = 4 << 20
	pingIdle = 30 * time.Second
	pingWait = 20 * time.Second
)

// Dial connects to the driver at addr and opens the stream. It waits for the connection until ctx
// ends; afterwards ctx has no meaning.
func Dial(ctx context.Context, addr string, i *identity.Identity) (Link, error) {
	conn, err := grpc.NewClient("passthrough:///"+addr,
		grpc.WithTransportCredentials(credentials.NewTLS(i.ClientTLS())),
		grpc.WithNoProxy(), // the driver is never behind one
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(MaxMessage), grpc.MaxCallSendMsgSize(MaxMessage)),
		grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(window),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingIdle, Timeout: pingWait}),
	)
	if err != nil {
		return nil, fmt.Errorf("connect to the driver at %s: %w", addr, err)
	}
	l := &dialed{conn: conn, client: NewControlClient(conn)}
	if err := l.open(ctx); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("connect to the driver at %s: %w", addr, err)
	}
	return l, nil
}

// dialed is a Link over gRPC.
type dialed struct {
	conn   *grpc.ClientConn
	client ControlClient
	stream grpc.BidiStreamingClient[FromExecutor, ToExecutor]
	cancel context.CancelFunc
	closed sync.Once
}

// open starts the stream. gRPC ends a stream with the context that opened it, so the stream gets
// one of its own and ctx is only watched meanwhile.
func (l *dialed) open(ctx context.Context) error {
	var own context.Context
	own, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, l.cancel)
	stream, err := l.client.Attach(own)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		l.cancel()
		return err
	}
	l.stream = stream
	return nil
}

func (l *dialed) Send(m *FromExecutor) error { return l.stream.Send(m) }

func (l *dialed) Recv() (*ToExecutor, error) { return l.stream.Recv() }

func (l *dialed) MapOutputs(ctx context.Context, q *MapOutputsRequest) (*MapOutputsReply, error) {
	return l.client.MapOutputs(ctx, q)
}

func (l *dialed) Locate(ctx context.Context, q *LocateRequest) (*LocateReply, error) {
	return l.client.Locate(ctx, q)
}

func (l *dialed) Commit(ctx context.Context, q *CommitRequest) (*CommitReply, error) {
	return l.client.Commit(ctx, q)
}

func (l *dialed) Close() (err error) {
	l.closed.Do(func() {
		l.cancel()
		err = l.conn.Close()
	})
	return err
}
