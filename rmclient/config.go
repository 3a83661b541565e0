package rmclient

import (
	"context"
	"net"
	"time"

	"github.com/hashicorp/go-hclog"
)

// QOP is a quality of protection of a SASL connection, as hadoop.rpc.protection orders it.
type QOP string

// The three protections: who speaks, that nothing was changed, and that nobody else reads it.
const (
	Authentication QOP = "auth"      // hadoop.rpc.protection=authentication
	Integrity      QOP = "auth-int"  // integrity
	Privacy        QOP = "auth-conf" // privacy
)

// Config says where the daemons are and how to speak with them. The zero value of every field but
// the addresses is good. Configs are copied; changing one later has no effect.
type Config struct {
	// ClientAddresses are the ResourceManagers' addresses for clients, host:port (8032), one per
	// ResourceManager in the order of yarn.resourcemanager.ha.rm-ids.
	ClientAddresses []string
	// SchedulerAddresses are the ResourceManagers' addresses for ApplicationMasters (8030).
	SchedulerAddresses []string
	// WebAddresses are the ResourceManagers' web addresses: host:port (8088), or a URL with scheme.
	WebAddresses []string

	// User is who asks, where the cluster has no stronger authentication. Default: the user of
	// this process, or HADOOP_USER_NAME.
	User string
	// QOP lists the protections that are good enough, best first. Default: all three, beginning
	// with Authentication. The first one the daemon offers too is used.
	QOP []QOP

	DialTimeout time.Duration // of one connection, SASL included; default 20 s
	CallTimeout time.Duration // of one answer; default 120 s
	RetryFor    time.Duration // how long a call tries dead and standby daemons; default 60 s
	RetryBase   time.Duration // pause after a round of tries, growing; default 0.5 s
	IdleTimeout time.Duration // after which an unused connection is closed; default 10 s

	// Dial replaces net.Dialer.DialContext, for tests and proxies.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Logger gets retries, fail-overs and resyncs. Default: none.
	Logger hclog.Logger
}
