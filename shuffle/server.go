package shuffle

import (
	"context"
	"net"
	"time"

	"github.com/hashicorp/go-hclog"
)

// ServerConfig says what a Server serves, where, and within which limits.
type ServerConfig struct {
	// Listener accepts connections that are authenticated before the first Read returns.
	Listener net.Listener
	// Source answers every connection. SourceFor, if set, chooses one by the connection's
	// identity instead (a service for many applications); its error closes the connection.
	Source    Source
	SourceFor func(net.Conn) (Source, error)

	Conns   int           // open connections; more wait to be accepted; 0: 4096
	Timeout time.Duration // without a byte moving in a request or an answer; 0: 120 s
	Idle    time.Duration // between requests; 0: 10 min
	Grace   time.Duration // for answers under way when stopped; 0: 5 s
	Log     hclog.Logger  // nil: none
}

// Server answers requests for blocks, straight from file to socket.
type Server struct{}

// NewServer checks the configuration.
func NewServer(c ServerConfig) (*Server, error) { panic("shuffle: not built yet") }

// Serve answers requests until ctx ends, then lets answers under way finish for the grace
// time, and returns when the last goroutine has ended. It closes the listener.
func (s *Server) Serve(ctx context.Context) error { panic("shuffle: not built yet") }
