package submit

import (
	"context"
	"io"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/rmclient"
)

// A door is a way to the ResourceManager: RPC, or REST where only its web port can be reached.
type door interface {
	NewApplication(ctx context.Context) (rmclient.ApplicationID, rmclient.Resource, error)
	Submit(ctx context.Context, s rmclient.SubmissionContext) error
	Report(ctx context.Context, id rmclient.ApplicationID) (rmclient.ApplicationReport, error)
	Kill(ctx context.Context, id rmclient.ApplicationID, reason string) error
	io.Closer
}

// webDoor is the REST door, which has no word for the reason of a kill.
type webDoor struct{ *rmclient.REST }

func (w webDoor) Kill(ctx context.Context, id rmclient.ApplicationID, _ string) error {
	return w.REST.Kill(ctx, id)
}

// openDoor makes the door that weft.submit.via names.
func openDoor(c *conf.Conf, rm rmclient.Config) (door, error) {
	if conf.SubmitVia.Get(c) == "rest" {
		rest, err := rmclient.NewREST(rm)
		return webDoor{rest}, err
	}
	return rmclient.NewClient(rm)
}
