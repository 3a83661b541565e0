package ipc

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/sasl"
)

// ErrHangUp makes a Server close the connection instead of answering.
var ErrHangUp = errors.New("hang up")

// serverID is the realm and the id that Hadoop's daemons use for tokens.
const serverID = "default"

// A Server is the daemon's side of the wire, for tests. Handle is called in a goroutine for each
// call; its *RemoteError becomes the answer's exception.
type Server struct {
	// Offer lists the protections for connections with a token; nil takes connections without.
	Offer []sasl.QOP
	// Password finds the password of a token.
	Password func(identifier []byte) ([]byte, bool)
	Handle   func(context.Context, *Request) (proto.Message, error)

	running sync.WaitGroup
	mu      struct {
		sync.Mutex
		open map[net.Conn]bool
	}
}

// Request is one call as a Server sees it.
type Request struct {
	Identifier []byte // of the token, if there is one
	User       string // of a connection without a token
	Protocol   string
	Method     string
	Call       int32
	Retry      int32
	ClientID   []byte
	body       []byte
}

// Decode reads the request message.
func (r *Request) Decode(m proto.Message) error {
	_, err := takeMessage(r.body, m)
	return err
}

// Serve answers connections until the listener is closed, and returns when all have ended.
func (s *Server) Serve(l net.Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	for {
		conn, err := l.Accept()
		if err != nil {
			break
		}
		s.track(conn, true)
		s.running.Go(func() {
			defer s.track(conn, false)
			defer conn.Close()
			s.serve(ctx, conn)
		})
	}
	cancel()
	s.Drop()
	s.running.Wait()
}

// Drop closes every open connection, as a crash would.
func (s *Server) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.mu.open {
		conn.Close()
	}
}

func (s *Server) track(conn net.Conn, open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.open == nil {
		s.mu.open = map[net.Conn]bool{}
	}
	if open {
		s.mu.open[conn] = true
	} else {
		delete(s.mu.open, conn)
	}
}

// session is one accepted connection.
type session struct {
	server     *Server
	raw        net.Conn
	stream     io.ReadWriter
	writing    sync.Mutex
	calls      sync.WaitGroup
	identifier []byte
	user       string
}

// serve speaks with one client. Errors of the connection just end it, as in a real daemon.
func (s *Server) serve(ctx context.Context, raw net.Conn) {
	c := &session{server: s, raw: raw, stream: raw}
	ctx, cancel := context.WithCancel(ctx)
	defer c.calls.Wait()
	defer cancel()
	if err := c.accept(); err != nil {
		return
	}
	for {
		frame, err := readFrame(c.stream)
		if err != nil {
			return
		}
		if err := c.take(ctx, frame); err != nil {
			return
		}
	}
}

// accept reads the preamble and goes through SASL where it is asked for.
func (c *session) accept() error {
	var preamble [len(magic) + 1]byte
	if _, err := io.ReadFull(c.raw, preamble[:]); err != nil {
		return err
	}
	if string(preamble[:len(magic)]) != magic {
		return ErrProtocol
	}
	switch withSASL := preamble[len(magic)] == authSASL; {
	case withSASL && c.server.Offer == nil:
		return c.skipSASL()
	case withSASL:
		return c.authenticate()
	case c.server.Offer != nil:
		_ = c.answer(-1, nil, &RemoteError{Class: AccessControl, Fatal: true,
			Message: "SIMPLE authentication is not enabled.  Available:[TOKEN]"})
		return ErrHangUp
	}
	return nil
}

// skipSASL tells a client to go on without.
func (c *session) skipSASL() error {
	if _, err := c.readSASL(); err != nil {
		return err
	}
	return c.writeSASL(&hadooppb.RpcSaslProto{State: hadooppb.RpcSaslProto_SUCCESS.Enum()})
}

// authenticate plays the server of open's drawing.
func (c *session) authenticate() error {
	if _, err := c.readSASL(); err != nil {
		return err
	}
	digest := sasl.NewServer(serverID, "/"+serverID, c.server.Offer)
	offer := &hadooppb.RpcSaslProto_SaslAuth{Method: proto.String(methodToken),
		Mechanism: proto.String(mechanismMD5), Protocol: proto.String(""),
		ServerId: proto.String(serverID), Challenge: digest.Challenge()}
	if err := c.writeSASL(&hadooppb.RpcSaslProto{State: hadooppb.RpcSaslProto_NEGOTIATE.Enum(),
		Auths: []*hadooppb.RpcSaslProto_SaslAuth{offer}}); err != nil {
		return err
	}
	step, err := c.readSASL()
	if err != nil {
		return err
	}
	user, proof, err := digest.Accept(step.GetToken(), c.password)
	if err != nil {
		_ = c.answer(
			saslCall,
			nil,
			&RemoteError{Class: SaslException, Message: err.Error(), Fatal: true},
		)
		return err
	}
	c.identifier, _ = base64.StdEncoding.DecodeString(user) // password has decoded it already
	if err := c.writeSASL(&hadooppb.RpcSaslProto{State: hadooppb.RpcSaslProto_SUCCESS.Enum(),
		Token: proof}); err != nil {
		return err
	}
	if layer := digest.Layer(); layer != nil {
		c.stream = &protected{raw: c.raw, layer: layer, header: responseHeader(saslCall, nil)}
	}
	return nil
}

func (c *session) password(user string) (string, bool) {
	identifier, err := base64.StdEncoding.DecodeString(user)
	if err != nil {
		return "", false
	}
	password, known := c.server.Password(identifier)
	return base64.StdEncoding.EncodeToString(password), known
}

func (c *session) readSASL() (*hadooppb.RpcSaslProto, error) {
	frame, err := readFrame(c.raw)
	if err != nil {
		return nil, err
	}
	body, err := skipHeader(frame, responseHeader(saslCall, nil))
	if err != nil {
		return nil, err
	}
	var step hadooppb.RpcSaslProto
	_, err = takeMessage(body, &step)
	return &step, err
}

func (c *session) writeSASL(step *hadooppb.RpcSaslProto) error {
	return c.answer(saslCall, step, nil)
}

// take handles one frame: the context, a ping, or a call.
func (c *session) take(ctx context.Context, frame []byte) error {
	var head hadooppb.RpcRequestHeaderProto
	rest, err := takeMessage(frame, &head)
	if err != nil {
		return err
	}
	switch head.GetCallId() {
	case pingCall:
		return nil
	case contextCall:
		var opened hadooppb.IpcConnectionContextProto
		_, err := takeMessage(rest, &opened)
		c.user = opened.GetUserInfo().GetEffectiveUser()
		return err
	}
	var method hadooppb.RequestHeaderProto
	body, err := takeMessage(rest, &method)
	if err != nil {
		return err
	}
	r := &Request{Identifier: c.identifier, User: c.user,
		Protocol: method.GetDeclaringClassProtocolName(), Method: method.GetMethodName(),
		Call: head.GetCallId(), Retry: head.GetRetryCount(), ClientID: head.GetClientId(),
		body: body}
	c.calls.Go(func() { c.handle(ctx, r) })
	return nil
}

func (c *session) handle(ctx context.Context, r *Request) {
	answer, err := c.server.Handle(ctx, r)
	if errors.Is(err, ErrHangUp) {
		c.raw.Close()
		return
	}
	_ = c.answer(r.Call, answer, err)
}

// answer sends a result or an exception. A client that is gone needs none.
func (c *session) answer(call int32, result proto.Message, failure error) error {
	head := responseHeader(call, failure)
	messages := []proto.Message{head}
	if failure == nil {
		messages = append(messages, result)
	}
	frame, err := appendFrame(nil, messages...)
	if err != nil {
		return fmt.Errorf("answer call %d: %w", call, err)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_, err = c.stream.Write(frame)
	return err
}

func responseHeader(call int32, failure error) *hadooppb.RpcResponseHeaderProto {
	head := &hadooppb.RpcResponseHeaderProto{
		CallId: proto.Uint32(uint32(call)), Status: hadooppb.RpcResponseHeaderProto_SUCCESS.Enum()}
	if failure == nil {
		return head
	}
	head.Status = hadooppb.RpcResponseHeaderProto_ERROR.Enum()
	head.ExceptionClassName = proto.String("java.lang.RuntimeException")
	head.ErrorMsg = proto.String(failure.Error())
	var remote *RemoteError
	if errors.As(failure, &remote) {
		head.ExceptionClassName = &remote.Class
		head.ErrorMsg = proto.String(
			remote.Message + "\n\tat org.apache.hadoop.ipc.Server.call(Server.java)",
		)
		if remote.Fatal {
			head.Status = hadooppb.RpcResponseHeaderProto_FATAL.Enum()
		}
	}
	return head
}
