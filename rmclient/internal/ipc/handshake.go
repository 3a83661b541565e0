package ipc

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/sasl"
)

// Call ids with a meaning of their own.
const (
	contextCall int32 = -3
	pingCall    int32 = -4
	saslCall    int32 = -33
)

const (
	magic         = "hrpc\x09\x00" // and version 9, service class 0
	authNone byte = 0x00
	authSASL byte = 0xDF

	methodToken   = "TOKEN"
	mechanismMD5  = "DIGEST-MD5"
	protocolLevel = 1 // every protocol of Hadoop's has version 1
)

var errNoToken = fmt.Errorf("%w: server takes no tokens", ErrUnauthorized)

// open sends the preamble and, with a token, goes through the SASL exchange:
//
//	NEGOTIATE                                     ──▶
//	NEGOTIATE, mechanisms, a challenge for TOKEN  ◀──   or SUCCESS: go on without
//	INITIATE, the mechanism, response             ──▶
//	SUCCESS, rspauth                              ◀──
//
// The stream it returns carries the frames that follow.
func open(raw net.Conn, o Options) (stream io.ReadWriter, err error) {
	if o.Token == nil {
		_, err := raw.Write(append([]byte(magic), authNone))
		return raw, err
	}
	if _, err := raw.Write(append([]byte(magic), authSASL)); err != nil {
		return nil, err
	}
	offer, err := askSASL(raw, o, &hadooppb.RpcSaslProto{
		State: hadooppb.RpcSaslProto_NEGOTIATE.Enum()})
	if err != nil || offer.GetState() == hadooppb.RpcSaslProto_SUCCESS {
		return raw, err
	}
	mechanism, err := tokenMechanism(offer)
	if err != nil {
		return nil, err
	}
	return digest(raw, o, mechanism)
}

// tokenMechanism finds the offer for tokens.
func tokenMechanism(offer *hadooppb.RpcSaslProto) (*hadooppb.RpcSaslProto_SaslAuth, error) {
	var offered []string
	for _, a := range offer.GetAuths() {
		if a.GetMethod() == methodToken && a.GetMechanism() == mechanismMD5 {
			return a, nil
		}
		offered = append(offered, a.GetMethod())
	}
	return nil, fmt.Errorf("%w: it offers %q", errNoToken, offered)
}

// digest answers the challenge. Identifier and password travel as base64, so that any bytes fit.
func digest(raw net.Conn, o Options, m *hadooppb.RpcSaslProto_SaslAuth) (io.ReadWriter, error) {
	client, err := sasl.NewClient(m.GetChallenge(),
		base64.StdEncoding.EncodeToString(o.Token.Identifier),
		base64.StdEncoding.EncodeToString(o.Token.Password),
		m.GetProtocol()+"/"+m.GetServerId(), o.QOP)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnauthorized, err)
	}
	m.Challenge = nil // the server compares the rest with what it offered
	last, err := askSASL(raw, o, &hadooppb.RpcSaslProto{
		State: hadooppb.RpcSaslProto_INITIATE.Enum(),
		Token: client.Response(),
		Auths: []*hadooppb.RpcSaslProto_SaslAuth{m},
	})
	if err != nil {
		return nil, err
	}
	if last.GetState() != hadooppb.RpcSaslProto_SUCCESS {
		return nil, fmt.Errorf("%w: SASL state %s after the response", ErrProtocol, last.GetState())
	}
	if err := client.Verify(last.GetToken()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnauthorized, err)
	}
	if layer := client.Layer(); layer != nil {
		return &protected{raw: raw, layer: layer, header: requestHeader(saslCall, nil, -1)}, nil
	}
	return raw, nil
}

// askSASL sends one step of the exchange and reads the next.
func askSASL(raw net.Conn, o Options, step *hadooppb.RpcSaslProto) (*hadooppb.RpcSaslProto, error) {
	frame, err := appendFrame(nil, requestHeader(saslCall, nil, -1), step)
	if err != nil {
		return nil, err
	}
	if _, err := raw.Write(frame); err != nil {
		return nil, err
	}
	if frame, err = readFrame(raw); err != nil {
		return nil, err
	}
	var head hadooppb.RpcResponseHeaderProto
	rest, err := takeMessage(frame, &head)
	if err != nil {
		return nil, err
	}
	if head.GetStatus() != hadooppb.RpcResponseHeaderProto_SUCCESS {
		return nil, remoteError(&head, "", o.Kinds)
	}
	var answer hadooppb.RpcSaslProto
	if _, err = takeMessage(rest, &answer); err != nil {
		return nil, err
	}
	return &answer, nil
}

// requestHeader precedes everything a client sends. SASL steps have no client id, but the field
// must be there.
func requestHeader(call int32, client []byte, retry int32) *hadooppb.RpcRequestHeaderProto {
	if client == nil {
		client = []byte{}
	}
	return &hadooppb.RpcRequestHeaderProto{
		RpcKind:    hadooppb.RpcKindProto_RPC_PROTOCOL_BUFFER.Enum(),
		RpcOp:      hadooppb.RpcRequestHeaderProto_RPC_FINAL_PACKET.Enum(),
		CallId:     proto.Int32(call),
		ClientId:   client,
		RetryCount: proto.Int32(retry),
	}
}

// connectionContext says who speaks and what. With a token the name must stay out: the token
// carries it.
func connectionContext(o Options) *hadooppb.IpcConnectionContextProto {
	user := &hadooppb.UserInformationProto{}
	if o.Token == nil {
		user.EffectiveUser = proto.String(o.User)
	}
	return &hadooppb.IpcConnectionContextProto{UserInfo: user, Protocol: proto.String(o.Protocol)}
}
