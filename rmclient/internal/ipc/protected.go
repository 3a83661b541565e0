package ipc

import (
	"fmt"
	"io"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/sasl"
)

// protected is the stream of bytes inside a SASL layer. Each Write becomes one frame:
//
//	uint32 length │ header(call id -33) │ RpcSaslProto{WRAP, token: wrapped bytes}
//
// What comes may be cut differently from what is read: one wrapped chunk may hold several inner
// frames or a part of one.
type protected struct {
	raw    io.ReadWriter
	layer  *sasl.Layer
	header proto.Message // before each frame sent: a request's or a response's
	rest   []byte        // unwrapped and not yet read
}

// Write wraps all of p. Callers serialize: the sequence number must follow the order on the wire.
func (p *protected) Write(b []byte) (int, error) {
	frame, err := appendFrame(nil, p.header, &hadooppb.RpcSaslProto{
		State: hadooppb.RpcSaslProto_WRAP.Enum(),
		Token: p.layer.Wrap(b),
	})
	if err != nil {
		return 0, err
	}
	if _, err := p.raw.Write(frame); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Read returns unwrapped bytes.
func (p *protected) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		frame, err := readFrame(p.raw)
		if err != nil {
			return 0, err
		}
		if p.rest, err = p.unwrap(frame); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *protected) unwrap(frame []byte) ([]byte, error) {
	body, err := skipHeader(frame, p.header)
	if err != nil {
		return nil, err
	}
	var step hadooppb.RpcSaslProto
	if _, err := takeMessage(body, &step); err != nil {
		return nil, err
	}
	if step.GetState() != hadooppb.RpcSaslProto_WRAP {
		return nil, fmt.Errorf("%w: SASL state %s among protected frames", ErrProtocol,
			step.GetState())
	}
	return p.layer.Unwrap(step.GetToken())
}

// skipHeader reads the header that the other side of mine sends, and insists on the call id of
// SASL: anything else came past the protection.
func skipHeader(frame []byte, mine proto.Message) ([]byte, error) {
	var call int32
	var body []byte
	var err error
	if _, client := mine.(*hadooppb.RpcRequestHeaderProto); client {
		var h hadooppb.RpcResponseHeaderProto
		body, err = takeMessage(frame, &h)
		call = int32(h.GetCallId())
	} else {
		var h hadooppb.RpcRequestHeaderProto
		body, err = takeMessage(frame, &h)
		call = h.GetCallId()
	}
	if err == nil && call != saslCall {
		err = fmt.Errorf("%w: call %d without protection", ErrProtocol, call)
	}
	return body, err
}
