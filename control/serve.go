package control

import (
	"context"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"github.com/weft-data/weft/internal/identity"
)

// handshakeTime bounds what a connection may cost before it has proved its identity.
const handshakeTime = 20 * time.Second

// Serve answers executors on a listener until ctx ends, then breaks what is open and returns when
// the last call of h has returned. It closes the listener. Nothing that a peer sends is decoded
// before it has proved that it holds the identity.
func Serve(ctx context.Context, l net.Listener, i *identity.Identity, h Handler) error {
	g := grpc.NewServer(
		grpc.Creds(credentials.NewTLS(i.ServerTLS())),
		grpc.ConnectionTimeout(handshakeTime),
		grpc.MaxRecvMsgSize(MaxMessage), grpc.MaxSendMsgSize(MaxMessage),
		grpc.InitialWindowSize(window), grpc.InitialConnWindowSize(window),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: pingIdle, Timeout: pingWait}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingIdle / 2}),
		grpc.WaitForHandlers(true),
	)
	RegisterControlServer(g, &server{handler: h})
	stop := context.AfterFunc(ctx, g.Stop)
	err := g.Serve(l)
	stop()
	g.Stop() // waits for the calls under way
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("serve executors on %s: %w", l.Addr(), err)
	}
	return nil
}

// server hands gRPC's calls to a Handler.
type server struct {
	UnimplementedControlServer
	handler Handler
}

func (s *server) Attach(stream grpc.BidiStreamingServer[FromExecutor, ToExecutor]) error {
	return s.handler.Attach(stream)
}

func (s *server) MapOutputs(ctx context.Context, q *MapOutputsRequest) (*MapOutputsReply, error) {
	return s.handler.MapOutputs(ctx, q)
}

func (s *server) Locate(ctx context.Context, q *LocateRequest) (*LocateReply, error) {
	return s.handler.Locate(ctx, q)
}

func (s *server) Commit(ctx context.Context, q *CommitRequest) (*CommitReply, error) {
	return s.handler.Commit(ctx, q)
}
