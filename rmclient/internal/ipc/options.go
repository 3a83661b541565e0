package ipc

import (
	"context"
	"net"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/rmclient/internal/sasl"
)

// Options say what is spoken on a connection, and as whom.
type Options struct {
	Protocol string // the Java interface's name, as the daemon registers it
	User     string // on connections without a token
	Token    *Token // opens with SASL when set
	QOP      []sasl.QOP

	DialTimeout  time.Duration
	CallTimeout  time.Duration
	PingInterval time.Duration
	IdleTimeout  time.Duration
	RetryFor     time.Duration
	RetryBase    time.Duration

	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Kinds  Kinds
	Logger hclog.Logger
}

// Token is what DIGEST-MD5 needs of a token.
type Token struct{ Identifier, Password []byte }

// withDefaults fills what was left out with Hadoop's own defaults, or quicker ones.
func (o Options) withDefaults() Options {
	def := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	def(&o.DialTimeout, 20*time.Second)
	def(&o.CallTimeout, 120*time.Second)
	def(&o.PingInterval, 60*time.Second)
	def(&o.IdleTimeout, 10*time.Second)
	def(&o.RetryFor, 60*time.Second)
	def(&o.RetryBase, 500*time.Millisecond)
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	if len(o.QOP) == 0 {
		o.QOP = []sasl.QOP{sasl.Auth, sasl.AuthInt, sasl.AuthConf}
	}
	return o
}
