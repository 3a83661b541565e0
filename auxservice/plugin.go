package auxservice

import (
	"context"
	"errors"

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

// PluginName is the name under which go-plugin knows the service.
const PluginName = "weft_shuffle"

// Plugin is NodeShuffle as go-plugin serves it, or dispenses its client to a host in Go, such as a
// test.
type Plugin struct {
	plugin.NetRPCUnsupportedPlugin
	Node *Node // nil in a host
}

// GRPCServer registers the node's service.
func (p *Plugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	if p.Node == nil {
		return errors.New("auxservice: no node to serve")
	}
	RegisterNodeShuffleServer(s, p.Node)
	return nil
}

// GRPCClient returns a NodeShuffleClient.
func (p *Plugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (
	any, error,
) {
	return NewNodeShuffleClient(conn), nil
}
