package ipc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/internal/pause"
)

// verdict is what to do after a failed try.
type verdict int

const (
	giveUp   verdict = iota // another try would end the same
	again                   // the daemon asks for it: same address
	failOver                // the daemon is dead or on standby: next address
)

// judge is Hadoop's policy (RetryPolicies.failoverOnNetworkException):
//
//	connection refused, unknown host, no route, timeout of the dial   next address
//	StandbyException                                                  next address
//	RetriableException                                                same address
//	connection lost after the call was sent                           next address, if idempotent
//	any other answer                                                  give up
func judge(err error, sent, idempotent bool) verdict {
	var remote *RemoteError
	if errors.As(err, &remote) {
		switch remote.Class {
		case StandbyException:
			return failOver
		case RetriableException:
			return again
		}
		return giveUp
	}
	switch {
	case !lost(err):
		return giveUp
	case sent && !idempotent && !errors.Is(err, errIdle):
		return giveUp
	}
	return failOver
}

// lost reports whether the error says that the network or the daemon is gone, as opposed to a
// daemon that speaks and refuses.
func lost(err error) bool {
	var network net.Error
	return errors.As(err, &network) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, ErrNoAnswer) || errors.Is(err, errIdle) ||
		errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, errReplaced)
}

// errReplaced is why a call fails whose connection was replaced under it by a new token.
var errReplaced = errors.New("connection was replaced")

// maxPause bounds the growing pause between rounds: a restarted daemon should be noticed soon.
const maxPause = 2 * time.Second

// retry makes the call until it succeeds, fails for good, or RetryFor has passed and every address
// was tried.
func (c *Client) retry(
	ctx context.Context,
	method string,
	idempotent bool,
	request, result proto.Message,
) error {
	id, o := c.nextCall(), c.options()
	began, gap := time.Now(), o.RetryBase
	for tries := int32(0); ; tries++ {
		conn, address, err := c.connection(ctx)
		sent := false
		if err == nil {
			sent, err = conn.Call(ctx, id, tries, method, request, result)
		}
		if err == nil {
			return nil
		}
		decision := judge(err, sent, idempotent)
		if ctx.Err() != nil || decision == giveUp {
			return err
		}
		if decision == failOver {
			c.leave(conn, address, true)
		}
		everyone := int(tries+1) >= len(c.addresses)
		if waited := time.Since(began); everyone && waited+gap > o.RetryFor {
			return c.unreachable(waited, tries+1, err)
		}
		o.Logger.Debug("call failed, trying again", "method", method, "address", address,
			"tries", tries+1, "error", err)
		if decision == again || int(tries+1)%len(c.addresses) == 0 {
			if err := pause.For(ctx, gap); err != nil {
				return err
			}
			gap = min(gap*2, maxPause)
		}
	}
}

// unreachable says what was tried, for how long, and the last reason.
func (c *Client) unreachable(waited time.Duration, tries int32, err error) error {
	return fmt.Errorf("%s %w, tried %d times in %s: %w",
		strings.Join(c.addresses, ", "), ErrUnreachable, tries, waited.Round(time.Second/10), err)
}
