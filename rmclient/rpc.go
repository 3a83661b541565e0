package rmclient

import (
	"cmp"
	"fmt"
	"os"
	"os/user"
	"strings"

	"github.com/weft-data/weft/rmclient/internal/ipc"
	"github.com/weft-data/weft/rmclient/internal/sasl"
)

// Names under which the daemons register their protocols.
const (
	clientProtocol    = "org.apache.hadoop.yarn.api.ApplicationClientProtocolPB"
	masterProtocol    = "org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB"
	containerProtocol = "org.apache.hadoop.yarn.api.ContainerManagementProtocolPB"
)

// options turns the config into what a connection needs.
func (c Config) options(protocol string, token *ipc.Token) ipc.Options {
	o := ipc.Options{
		Protocol: protocol, User: c.user(), Token: token,
		DialTimeout: c.DialTimeout, CallTimeout: c.CallTimeout, IdleTimeout: c.IdleTimeout,
		RetryFor: c.RetryFor, RetryBase: c.RetryBase,
		Dial: c.Dial, Kinds: kindOf, Logger: c.Logger,
	}
	for _, q := range c.QOP {
		o.QOP = append(o.QOP, sasl.QOP(q))
	}
	return o
}

// user is who asks: the configured one, or as Hadoop finds it out.
func (c Config) user() string {
	if c.User != "" {
		return c.User
	}
	if name := os.Getenv("HADOOP_USER_NAME"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return cmp.Or(os.Getenv("USER"), "nobody")
}

// secret is the part of a token that opens a connection.
func (t Token) secret() *ipc.Token {
	return &ipc.Token{Identifier: t.Identifier, Password: t.Password}
}

// connect makes a client of one of the ResourceManager's protocols.
func connect(what string, addresses []string, o ipc.Options) (*ipc.Client, error) {
	for _, a := range addresses {
		if i := strings.LastIndexByte(a, ':'); i <= 0 || i == len(a)-1 {
			return nil, fmt.Errorf("%s: address %q is not host:port", what, a)
		}
	}
	rpc, err := ipc.NewClient(addresses, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return rpc, nil
}
