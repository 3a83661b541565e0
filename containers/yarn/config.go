package yarn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// Config says for which application containers are asked, and what runs in them.
type Config struct {
	RM      rmclient.Config
	Token   rmclient.Token         // the attempt's AMRMToken
	Program rmclient.LocalResource // what executors run
	Conf    *conf.Conf

	// Registration is where clients reach the driver; all of it may be empty.
	Registration rmclient.Registration
	// Credentials are this process's own; executors get their tokens, without the AMRMToken.
	Credentials rmclient.Credentials
	// Nodes lists the cluster's nodes for asks that name hosts. Nil: asks name only the hosts
	// that Want names.
	Nodes func(ctx context.Context) ([]rmclient.NodeReport, error)
	// Kill ends the application when Finish cannot unregister it. Nil: the ResourceManager does
	// it when no heartbeat comes any more.
	Kill func(ctx context.Context, reason string) error
	// Patience is how long heartbeats may fail before the cluster counts as gone; default 15 min,
	// as long as a ResourceManager may take to come back.
	Patience time.Duration
	Log      hclog.Logger

	placed placed // what Conf says
}

// defaultPatience is Hadoop's yarn.resourcemanager.connect.max-wait.ms.
const defaultPatience = 15 * time.Minute

func (c Config) withDefaults() (Config, error) {
	if c.Conf == nil || c.Program.URL == "" {
		return c, errors.New("yarn cluster: no settings or no program")
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	if c.Log == nil {
		c.Log = hclog.NewNullLogger()
	}
	c.RM.Logger = c.Log
	var err error
	c.placed.tag, c.placed.constraint, err = submit.Placement(c.Conf)
	return c, err
}

// OfAttempt is the Config of a driver in the submitting process.
func OfAttempt(a *submit.Attempt, c *conf.Conf, log hclog.Logger) Config {
	return Config{
		RM: a.RM, Token: a.Token, Program: a.Program, Conf: c, Log: log, Nodes: running(a.Client),
		Kill: func(ctx context.Context, reason string) error {
			return a.Client.Kill(ctx, a.ID.Application, reason)
		},
	}
}

// OfContainer is the Config of a driver in an AM's container, with the credentials YARN gave it.
// The client serves the list of nodes; its owner closes it after Finish.
func OfContainer(job submit.JobSpec, c rmclient.Credentials, log hclog.Logger) (
	Config, *rmclient.Client, error) {
	token, ok := c.Token(rmclient.AMRMTokenKind)
	if !ok {
		return Config{}, nil, fmt.Errorf("driver in a container: %w: no %s in its credentials",
			rmclient.ErrUnauthorized, rmclient.AMRMTokenKind)
	}
	rm, err := submit.RMConfig(job.Hadoop, job.Conf, job.User, log)
	if err != nil {
		return Config{}, nil, err
	}
	client, err := rmclient.NewClient(rm)
	if err != nil {
		return Config{}, nil, err
	}
	return Config{RM: rm, Token: token, Program: job.Program, Conf: job.Conf, Credentials: c,
		Nodes: running(client), Log: log}, client, nil
}

// running lists the nodes that take containers.
func running(client *rmclient.Client) func(context.Context) ([]rmclient.NodeReport, error) {
	return func(ctx context.Context) ([]rmclient.NodeReport, error) {
		return client.Nodes(ctx, rmclient.NodeRunning)
	}
}
