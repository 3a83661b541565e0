package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient"
	"github.com/weft-data/weft/submit"
)

// look is how often the ResourceManager is asked for the containers.
const look = 20 * time.Millisecond

// yarn is what the ResourceManager knows of this application.
type yarn struct {
	client *rmclient.Client
	app    rmclient.ApplicationID
}

// findYARN finds the one application of weft that runs.
func findYARN(ctx context.Context) (*yarn, error) {
	hadoop, err := conf.LoadHadoop(os.Getenv("HADOOP_CONF_DIR"))
	if err != nil {
		return nil, err
	}
	c, err := conf.Load(conf.Sources{Getenv: os.Getenv})
	if err != nil {
		return nil, err
	}
	client, err := submit.Connect(hadoop, c, nil)
	if err != nil {
		return nil, err
	}
	list, err := client.Applications(ctx, rmclient.Filter{
		Types: []string{"WEFT"}, States: []rmclient.State{rmclient.Running},
	})
	if err != nil || len(list) != 1 {
		return nil, fmt.Errorf("find this application: %d run: %w", len(list), err)
	}
	return &yarn{client, list[0].ID}, nil
}

// awaitNoContainer waits until all executors have gone. The driver of a client has no container.
func (y *yarn) awaitNoContainer(ctx context.Context) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		r, err := y.client.Report(ctx, y.app)
		if err != nil || r.Containers <= 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
