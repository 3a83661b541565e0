package auxservice

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// Main is the program weft-shuffled: it serves until SIGTERM, Shutdown or the end of its standard
// input, and returns its exit code.
func Main(version string) int {
	// The host may be gone when the last line is logged: that must be no signal.
	signal.Ignore(syscall.SIGPIPE)
	log := hclog.New(&hclog.LoggerOptions{
		Name: "weft-shuffled", Output: os.Stderr, JSONFormat: true, Level: hclog.Info,
	})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() { // ends with the process: a read from a pipe cannot be interrupted
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	node := newNode(version, log, stop)
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: Handshake,
		Plugins:         plugin.PluginSet{pluginName: grpcPlugin{node: node}},
		Logger:          log,
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			server := grpc.NewServer(options...)
			context.AfterFunc(ctx, server.Stop)
			return server
		},
	})
	if err := node.Close(); err != nil {
		log.Error("did not end cleanly", "error", err)
		return 1
	}
	log.Info("ended")
	return 0
}
