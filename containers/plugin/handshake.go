package plugin

import (
	"context"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/weft-data/weft/containers/plugin/internal/wire"
)

// handshake keeps programs that are no plugins of weft from being taken for one, and people from
// running a plugin by hand. It protects nothing: the certificates do.
var handshake = goplugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   "WEFT_CLUSTER_PLUGIN",
	MagicCookieValue: "f3d0c8b2-4a55-4a6e-9d2c-weft-cluster",
}

// service is the one thing a plugin serves, by this name.
const service = "cluster"

func plugins(s wire.ClusterServer) goplugin.PluginSet {
	return goplugin.PluginSet{service: grpcPlugin{server: s}}
}

// grpcPlugin is what go-plugin wants to know of both sides.
type grpcPlugin struct {
	goplugin.NetRPCUnsupportedPlugin
	server wire.ClusterServer // nil in the driver
}

// GRPCServer registers the plugin's side.
func (p grpcPlugin) GRPCServer(_ *goplugin.GRPCBroker, s *grpc.Server) error {
	wire.RegisterClusterServer(s, p.server)
	return nil
}

// GRPCClient gives the driver's side.
func (grpcPlugin) GRPCClient(
	_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn,
) (any, error) {
	return wire.NewClusterClient(conn), nil
}
