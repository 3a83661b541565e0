package rmclient

import (
	"context"
	"errors"
	"time"

	"github.com/weft-data/weft/internal/pause"
	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

// A Client submits applications and asks about them and about the cluster.
type Client struct {
	rpc *ipc.Client
}

// NewClient makes a client. It dials with the first call.
func NewClient(c Config) (*Client, error) {
	rpc, err := connect("resource manager", c.ClientAddresses, c.options(clientProtocol, nil))
	if err != nil {
		return nil, err
	}
	return &Client{rpc: rpc}, nil
}

// Close ends the connection. Calls in flight fail with ErrClosed.
func (c *Client) Close() error { return c.rpc.Close() }

// NewApplication gets an id for an application, and the largest container the cluster gives.
func (c *Client) NewApplication(ctx context.Context) (ApplicationID, Resource, error) {
	var answer hadooppb.GetNewApplicationResponseProto
	err := c.rpc.Call(
		ctx,
		"getNewApplication",
		true,
		&hadooppb.GetNewApplicationRequestProto{},
		&answer,
	)
	if err != nil {
		return ApplicationID{}, Resource{}, wrap(err, "get an application id")
	}
	return fromAppID(answer.GetApplicationId()), fromResource(answer.GetMaximumCapability()), nil
}

// Pauses between looks at an application that is about to change.
const (
	pollFirst = 20 * time.Millisecond
	pollMost  = time.Second
)

// Submit hands the application to the ResourceManager and returns when that has stored it and found
// it a place in a queue. It may be called again with the same context after an error: the id makes
// it one submission. A refusal is ErrRejected, and also ErrQueue where the queue was the reason.
// Waiting for resources comes later and shows in the Report.
func (c *Client) Submit(ctx context.Context, s SubmissionContext) error {
	if err := s.validate(); err != nil {
		return wrap(err, "submit %s", s.ID)
	}
	request, err := toSubmission(s)
	if err != nil {
		return wrap(err, "submit %s", s.ID)
	}
	if err := c.submit(ctx, request); err != nil {
		return wrap(err, "submit %s", s.ID)
	}
	return wrap(c.awaitAccepted(ctx, s.ID, request), "submit %s", s.ID)
}

func (c *Client) submit(
	ctx context.Context,
	context *hadooppb.ApplicationSubmissionContextProto,
) error {
	return c.rpc.Call(ctx, "submitApplication", true,
		&hadooppb.SubmitApplicationRequestProto{ApplicationSubmissionContext: context},
		&hadooppb.SubmitApplicationResponseProto{})
}

// awaitAccepted waits until the application survives a fail-over and is in a queue. A
// ResourceManager that took over meanwhile may never have heard of it; then it is submitted again.
func (c *Client) awaitAccepted(
	ctx context.Context,
	id ApplicationID,
	s *hadooppb.ApplicationSubmissionContextProto,
) error {
	return poll(ctx, func() (bool, error) {
		report, err := c.Report(ctx, id)
		switch {
		case errors.Is(err, ErrNotFound):
			return false, c.submit(ctx, s)
		case err != nil:
			return false, err
		case report.State == Failed:
			return true, rejected(report.Diagnostics)
		}
		return report.State >= Accepted, nil
	})
}

// poll calls look with growing pauses until it is done, fails, or the context ends.
func poll(ctx context.Context, look func() (done bool, err error)) error {
	for gap := pollFirst; ; gap = min(gap*2, pollMost) {
		done, err := look()
		if done || err != nil {
			return err
		}
		if err := pause.For(ctx, gap); err != nil {
			return err
		}
	}
}

// Report tells how the application is doing.
func (c *Client) Report(ctx context.Context, id ApplicationID) (ApplicationReport, error) {
	var answer hadooppb.GetApplicationReportResponseProto
	err := c.rpc.Call(ctx, "getApplicationReport", true,
		&hadooppb.GetApplicationReportRequestProto{ApplicationId: toAppID(id)}, &answer)
	if err != nil {
		return ApplicationReport{}, wrap(err, "report of %s", id)
	}
	return fromReport(answer.GetApplicationReport()), nil
}

// Applications lists the applications that match, in the order of their ids.
func (c *Client) Applications(ctx context.Context, f Filter) ([]ApplicationReport, error) {
	var answer hadooppb.GetApplicationsResponseProto
	if err := c.rpc.Call(ctx, "getApplications", true, toFilter(f), &answer); err != nil {
		return nil, wrap(err, "list applications")
	}
	return fromReports(answer.GetApplications()), nil
}

// Kill ends the application and returns when it has ended. The reason shows in its diagnostics.
func (c *Client) Kill(ctx context.Context, id ApplicationID, reason string) error {
	request := &hadooppb.KillApplicationRequestProto{ApplicationId: toAppID(id)}
	if reason != "" {
		request.Diagnostics = &reason
	}
	return wrap(poll(ctx, func() (bool, error) {
		var answer hadooppb.KillApplicationResponseProto
		err := c.rpc.Call(ctx, "forceKillApplication", true, request, &answer)
		return answer.GetIsKillCompleted(), err
	}), "kill %s", id)
}
