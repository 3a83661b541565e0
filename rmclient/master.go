package rmclient

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/ipc"
)

// A Master speaks for an application with the ResourceManager's scheduler. Register comes first,
// Allocate again and again, Finish last; each waits for the one before.
//
// The Master keeps all that was asked for and not yet given. When the ResourceManager is restarted
// or another takes over, the Master registers again and says everything again; the caller sees
// Resynced in the response, and running containers never notice. An answer that is lost on the
// way is asked for again with the identical request, which the ResourceManager recognizes by its
// number. New tokens are taken up as they come.
type Master struct {
	rpc    *ipc.Client
	log    hclog.Logger
	tokens *NMTokens
	turn   chan struct{} // holds a token while no call is made; guards what follows

	registration Registration
	registered   bool
	responseID   int32
	progress     float32
	book         *askBook
	unanswered   *hadooppb.AllocateRequestProto // sent, and perhaps carried out
	unansweredIs changes

	token struct {
		sync.Mutex
		newest Token
	}
}

// NewMaster makes the Master of the attempt that the AMRMToken belongs to. A managed AM finds the
// token in its credentials file, an unmanaged one in the application's report. NMTokens that come
// are put into tokens.
func NewMaster(c Config, amrm Token, tokens *NMTokens) (*Master, error) {
	if amrm.IsZero() {
		return nil, fmt.Errorf("application master: %w: no %s", ErrUnauthorized, AMRMTokenKind)
	}
	rpc, err := connect("application master", c.SchedulerAddresses,
		c.options(masterProtocol, amrm.secret()))
	if err != nil {
		return nil, err
	}
	m := &Master{rpc: rpc, log: c.Logger, tokens: tokens, turn: make(chan struct{}, 1),
		book: newAskBook()}
	if m.log == nil {
		m.log = hclog.NewNullLogger()
	}
	if m.tokens == nil {
		m.tokens = &NMTokens{}
	}
	m.token.newest = amrm
	m.turn <- struct{}{}
	return m, nil
}

// Close ends the connection without a word to the ResourceManager, which will start another
// attempt when no heartbeat comes any more. Finish ends the application.
func (m *Master) Close() error { return m.rpc.Close() }

// Token returns the newest AMRMToken.
func (m *Master) Token() Token {
	m.token.Lock()
	defer m.token.Unlock()
	return m.token.newest
}

// take waits for the Master's turn. A free turn is taken even when the context has ended, so that
// what the caller says is always recorded.
func (m *Master) take(ctx context.Context) error {
	select {
	case <-m.turn:
		return nil
	default:
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-m.turn:
		return nil
	}
}

// Register makes the application run. The same attempt may register once.
func (m *Master) Register(ctx context.Context, r Registration) (Registered, error) {
	if err := m.take(ctx); err != nil {
		return Registered{}, wrap(err, "register the application master")
	}
	defer func() { m.turn <- struct{}{} }()
	m.registration, m.book.constraints = r, r.Constraints
	registered, err := m.register(ctx)
	return registered, wrap(err, "register the application master")
}

func (m *Master) register(ctx context.Context) (Registered, error) {
	r := m.registration
	var answer hadooppb.RegisterApplicationMasterResponseProto
	err := m.rpc.Call(ctx, "registerApplicationMaster", true,
		&hadooppb.RegisterApplicationMasterRequestProto{
			Host: &r.Host, RpcPort: &r.RPCPort, TrackingUrl: &r.TrackingURL,
			PlacementConstraints: toConstraints(r.Constraints)}, &answer)
	if err != nil {
		return Registered{}, err
	}
	m.registered, m.responseID = true, 0
	m.keepTokens(answer.GetNmTokensFromPreviousAttempts())
	return Registered{
		Queue: answer.GetQueue(), Maximum: fromResource(answer.GetMaximumCapability()),
		ResourceTypes: each(answer.GetResourceTypes(), fromType),
		ACLs:          fromACLs(answer.GetApplication_ACLs()),
		Previous:      each(answer.GetContainersFromPreviousAttempts(), fromContainer),
		ClientToAMKey: answer.GetClientToAmTokenMasterKey(),
	}, nil
}

// keepTokens puts node tokens where NodeManagers find them.
func (m *Master) keepTokens(tokens []*hadooppb.NMTokenProto) {
	for _, t := range tokens {
		m.tokens.Put(fromNodeID(t.GetNodeId()), fromToken(t.GetToken()))
	}
}

// resync tells a ResourceManager that remembers nothing everything again.
func (m *Master) resync(ctx context.Context) error {
	m.log.Info("resource manager does not know this attempt any more, registering again")
	if _, err := m.register(ctx); err != nil && !alreadyRegistered(err) {
		return fmt.Errorf("register again after a restart of the resource manager: %w", err)
	}
	m.responseID = 0
	m.unanswered = nil
	m.book.resync()
	return nil
}

// alreadyRegistered reports that an earlier registration came through although its answer did not.
func alreadyRegistered(err error) bool {
	var remote *RemoteError
	return errors.As(err, &remote) && strings.Contains(remote.Message, "is already registered")
}

// Finish ends the application with a status, and returns when the ResourceManager has noted it.
func (m *Master) Finish(ctx context.Context, f Finish) error {
	if err := m.take(ctx); err != nil {
		return wrap(err, "finish the application")
	}
	defer func() { m.turn <- struct{}{} }()
	request := &hadooppb.FinishApplicationMasterRequestProto{
		Diagnostics: &f.Diagnostics, TrackingUrl: &f.TrackingURL,
		FinalApplicationStatus: hadooppb.FinalApplicationStatusProto(f.Status).Enum(),
	}
	return wrap(poll(ctx, func() (bool, error) {
		var answer hadooppb.FinishApplicationMasterResponseProto
		err := m.rpc.Call(ctx, "finishApplicationMaster", true, request, &answer)
		if errors.Is(err, errNotRegistered) && m.registered {
			return false, m.resync(ctx)
		}
		return answer.GetIsUnregistered(), err
	}), "finish the application")
}
