package ipc

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// call is one call in flight. Its owner waits on answer; whoever removes it from the connection's
// pending calls finishes it, once.
type call struct {
	method string
	result proto.Message
	answer chan error
}

// finish hands the outcome to the waiting caller and never blocks.
func (c *call) finish(err error) { c.answer <- err }

// decode reads the result out of what follows the answer's header.
func (c *call) decode(body []byte) error {
	_, err := takeMessage(body, c.result)
	return err
}

// Call makes one call and decodes the answer into result. It returns at once when ctx ends; the
// answer is then dropped when it comes. sent tells whether the daemon may have seen the call.
func (c *Conn) Call(
	ctx context.Context,
	id, retry int32,
	method string,
	request, result proto.Message,
) (
	sent bool, err error) {
	frame, err := c.frame(id, retry, method, request)
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.o.CallTimeout,
		fmt.Errorf("%w (%s)", ErrNoAnswer, c.o.CallTimeout))
	defer cancel()
	call := &call{method: method, result: result, answer: make(chan error, 1)}
	if err := c.register(id, call); err != nil {
		return false, err
	}
	if err := c.write(ctx, frame); err != nil {
		return true, c.abandon(id, call, err)
	}
	select {
	case err := <-call.answer:
		return true, err
	case <-ctx.Done():
		return true, c.abandon(id, call, context.Cause(ctx))
	}
}

// abandon gives a call up for a reason. If the reader has it already, its outcome counts: the
// reader may be writing to the result at this moment.
func (c *Conn) abandon(id int32, call *call, reason error) error {
	if c.take(id) == nil {
		return <-call.answer
	}
	return reason
}

// register makes the call known before it is sent, for the answer may be quick.
func (c *Conn) register(id int32, call *call) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.err != nil {
		return c.mu.err
	}
	c.mu.pending[id] = call
	c.mu.lastUsed = time.Now()
	return nil
}

// frame lays a call out.
//
//	uint32 length │ RpcRequestHeader │ RequestHeader{method, protocol, 1} │ request
func (c *Conn) frame(id, retry int32, method string, request proto.Message) ([]byte, error) {
	return appendFrame(nil, requestHeader(id, c.clientID, retry), &hadooppb.RequestHeaderProto{
		MethodName:                 proto.String(method),
		DeclaringClassProtocolName: proto.String(c.o.Protocol),
		ClientProtocolVersion:      proto.Uint64(protocolLevel),
	}, request)
}
