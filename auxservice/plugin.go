package auxservice

import (
	"context"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// Handshake is what host and child of go-plugin agree on. The cookie is no secret: it keeps people
// from starting the program by hand and wondering.
var Handshake = plugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   "WEFT_SHUFFLE_PLUGIN",
	MagicCookieValue: "b1f2c9d4-weft-shuffle",
}

// pluginName is the name under which go-plugin knows the service.
const pluginName = "weft_shuffle"

// grpcPlugin is NodeShuffle as go-plugin serves it.
type grpcPlugin struct {
	plugin.NetRPCUnsupportedPlugin
	node *node
}

// GRPCServer registers the node's service.
func (p grpcPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	RegisterNodeShuffleServer(s, p.node)
	return nil
}

// GRPCClient is for hosts in Go; the service's is Java.
func (grpcPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (
	any, error,
) {
	return NewNodeShuffleClient(conn), nil
}
