package submit

import (
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient"
)

// dialLimit bounds one try to connect, so that a dead ResourceManager of two leaves time for the
// other.
const dialLimit = 10 * time.Second

// RMConfig says where the cluster's ResourceManagers are and how long to try them, for the client
// and for the driver.
func RMConfig(h *conf.Hadoop, c *conf.Conf, user string, log hclog.Logger) (
	rmclient.Config, error) {
	managers, err := h.ResourceManagers()
	if err != nil {
		return rmclient.Config{}, fmt.Errorf("find the ResourceManager: %w", err)
	}
	retry := conf.YarnConnectTimeout.Get(c)
	out := rmclient.Config{
		User: user, QOP: protections(h.RPCProtection()), Logger: log,
		DialTimeout: min(retry, dialLimit), RetryFor: retry,
	}
	for _, rm := range managers {
		out.ClientAddresses = append(out.ClientAddresses, rm.Client)
		out.SchedulerAddresses = append(out.SchedulerAddresses, rm.Scheduler)
		out.WebAddresses = append(out.WebAddresses, webAddress(rm))
	}
	return out, nil
}

func webAddress(rm conf.ResourceManager) string {
	if rm.TLS {
		return "https://" + rm.Web
	}
	return "http://" + rm.Web
}

// protections are those at least as strong as hadoop.rpc.protection says.
func protections(least string) []rmclient.QOP {
	all := []rmclient.QOP{rmclient.Authentication, rmclient.Integrity, rmclient.Privacy}
	switch least {
	case "privacy":
		return all[2:]
	case "integrity":
		return all[1:]
	}
	return all
}

// Connect makes a client of the cluster's ResourceManager for the user of this process. It dials
// with the first call.
func Connect(h *conf.Hadoop, c *conf.Conf, log hclog.Logger) (*rmclient.Client, error) {
	user, err := conf.User(os.Getenv)
	if err != nil {
		return nil, err
	}
	config, err := RMConfig(h, c, user, log)
	if err != nil {
		return nil, err
	}
	return rmclient.NewClient(config)
}
