package submit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/weft-data/weft/internal/identity"
	"github.com/weft-data/weft/rmclient"
)

// An Attempt is an application whose driver runs in this process: YARN starts no AM and waits for
// this one to register with the token.
type Attempt struct {
	ID       rmclient.AttemptID
	Token    rmclient.Token         // to register with
	Program  rmclient.LocalResource // for the executors
	Identity *identity.Identity
	User     string
	RM       rmclient.Config
	Client   *rmclient.Client // also for the list of nodes
}

var errNoREST = errors.New("a driver in the submitting process speaks RPC with the " +
	"ResourceManager: use deploy mode cluster to submit by REST")

// Unmanaged submits the program to run with its driver in this process. On an error nothing is
// left: no application, no file that was not there before.
func Unmanaged(ctx context.Context, r Request) (*Attempt, error) {
	s, err := open(r)
	if err != nil {
		return nil, err
	}
	rpc, ok := s.client.(*rmclient.Client)
	if !ok {
		return nil, s.abandon(ctx, errNoREST)
	}
	key, err := identity.New()
	if err != nil {
		return nil, s.abandon(ctx, err)
	}
	if err := s.prepare(ctx, false); err != nil {
		return nil, s.abandon(ctx, err)
	}
	context := s.context()
	context.Unmanaged = true
	// The driver is this process: when it is gone there is nobody to try again.
	context.MaxAttempts = 1
	if err := s.submit(ctx, context); err != nil {
		return nil, s.abandon(ctx, err)
	}
	report, err := s.awaitToken(ctx)
	if err != nil {
		return nil, s.abandon(ctx, err)
	}
	s.closeFiles()
	return &Attempt{
		ID: report.Attempt, Token: report.AMRMToken, Program: s.program, Identity: key,
		User: s.user, RM: s.rm, Client: rpc,
	}, nil
}

// awaitToken waits until the ResourceManager has made the attempt and its token.
func (s *session) awaitToken(ctx context.Context) (rmclient.ApplicationReport, error) {
	report, err := await(ctx, s.client, s.id, firstLook, nil, func(r rmclient.ApplicationReport) bool {
		return !r.AMRMToken.IsZero() || r.State.Ended()
	})
	if err == nil && report.AMRMToken.IsZero() {
		err = fmt.Errorf("submit %s: %w", s.id, refused(report))
	}
	return report, err
}

// endLimit bounds the clean-up of an application nobody waits for any more.
const endLimit = 5 * time.Second

// Close ends the connection, and the application too if it is still there: a driver that
// unregistered properly has ended it already. It works after ctx has ended, for a short time.
func (a *Attempt) Close(ctx context.Context) error {
	defer a.Client.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	report, err := a.Client.Report(ctx, a.ID.Application)
	if err == nil && report.State.Ended() {
		return nil
	}
	return a.Client.Kill(ctx, a.ID.Application, "the driver ended without unregistering")
}
