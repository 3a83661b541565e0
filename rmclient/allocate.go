package rmclient

import (
	"bytes"
	"context"
	"errors"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// Allocate tells the ResourceManager what has changed in the application's wishes, and learns what
// has happened since the last time. It is the AM's heartbeat too: call it every 100 to 250 ms
// while asks are open, and every second or so otherwise.
//
// After an error that matches ErrInvalidRequest nothing of the request was done: say it again
// without the wrong part. After any other error, and after a cancelled context, everything said is
// kept and goes out with the next Allocate.
func (m *Master) Allocate(ctx context.Context, r AllocateRequest) (AllocateResponse, error) {
	if err := m.take(ctx); err != nil {
		return AllocateResponse{}, wrap(err, "allocate")
	}
	defer func() { m.turn <- struct{}{} }()
	if !m.registered {
		return AllocateResponse{}, wrap(ErrInvalidRequest, "allocate before Register")
	}
	m.book.record(r)
	m.progress = r.Progress
	response, err := m.heartbeats(ctx)
	return response, wrap(err, "allocate")
}

// heartbeats sends a request whose answer was lost until it is answered, and then what has been
// said since, and joins the answers.
func (m *Master) heartbeats(ctx context.Context) (AllocateResponse, error) {
	var all AllocateResponse
	for {
		repeated := m.unanswered != nil
		answer, err := m.heartbeat(ctx)
		switch {
		case errors.Is(err, errNotRegistered):
			if err := m.resync(ctx); err != nil {
				return all, err
			}
			all.Resynced = true
			continue
		case err != nil:
			return all, err
		}
		all = join(all, answer)
		if !repeated {
			return all, nil
		}
	}
}

// heartbeat makes one allocate call, with the unanswered request if there is one.
func (m *Master) heartbeat(ctx context.Context) (AllocateResponse, error) {
	if m.unanswered == nil {
		m.unanswered, m.unansweredIs = m.book.take()
		heartbeat(m.unanswered, m.responseID, m.progress)
	}
	var answer hadooppb.AllocateResponseProto
	err := m.rpc.Call(ctx, "allocate", true, m.unanswered, &answer)
	if err == nil {
		err = command(&answer)
	}
	if errors.Is(err, ErrInvalidRequest) {
		m.book.refuse(m.unansweredIs)
		m.unanswered = nil
	}
	if err != nil {
		return AllocateResponse{}, err
	}
	m.unanswered = nil
	m.responseID = answer.GetResponseId()
	response := fromResponse(&answer)
	m.book.answered(response)
	m.keepTokens(answer.GetNmTokens())
	m.roll(answer.GetAmRmToken())
	return response, nil
}

// command turns the orders that old ResourceManagers give by a field into the errors by which new
// ones give them.
func command(p *hadooppb.AllocateResponseProto) error {
	if p.AMCommand == nil {
		return nil
	}
	if p.GetAMCommand() == hadooppb.AMCommandProto_AM_SHUTDOWN {
		return ErrShutdown
	}
	return errNotRegistered
}

// roll takes up a new AMRMToken. It comes with every response until the connection is opened anew
// with it, so the connection is opened anew, once.
func (m *Master) roll(p *hadooppb.TokenProto) {
	if p == nil {
		return
	}
	next := fromToken(p)
	m.token.Lock()
	known := bytes.Equal(m.token.newest.Identifier, next.Identifier) &&
		bytes.Equal(m.token.newest.Password, next.Password)
	m.token.newest = next
	m.token.Unlock()
	if !known {
		m.log.Info("the resource manager rolled its token, connecting again")
		m.rpc.SetToken(*next.secret())
	}
}

// join appends what a later answer tells to what an earlier one told.
func join(a, b AllocateResponse) AllocateResponse {
	b.Allocated = append(a.Allocated, b.Allocated...)
	b.Completed = append(a.Completed, b.Completed...)
	b.Updated = append(a.Updated, b.Updated...)
	b.UpdateErrors = append(a.UpdateErrors, b.UpdateErrors...)
	b.Previous = append(a.Previous, b.Previous...)
	b.UpdatedNodes = append(a.UpdatedNodes, b.UpdatedNodes...)
	b.Rejected = append(a.Rejected, b.Rejected...)
	b.Preemption.Strict = append(a.Preemption.Strict, b.Preemption.Strict...)
	b.Preemption.Negotiable = append(a.Preemption.Negotiable, b.Preemption.Negotiable...)
	b.Resynced = a.Resynced || b.Resynced
	return b
}
