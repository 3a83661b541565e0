package ipc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
	"github.com/weft-data/weft/rmclient/internal/sasl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The test's protocol has user names for requests and answers.
type name = hadooppb.UserInformationProto

func named(s string) *name { return &name{EffectiveUser: &s} }

// serve runs a server until the test ends.
func serve(t *testing.T, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { s.Serve(l); close(done) }()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

func dial(t *testing.T, o Options, addresses ...string) *Client {
	t.Helper()
	if o.RetryBase == 0 {
		o.RetryBase = time.Millisecond
	}
	o.Protocol = "test"
	c, err := NewClient(addresses, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// echo answers with the name it was asked with.
func echo(_ context.Context, r *Request) (proto.Message, error) {
	var m name
	return &m, r.Decode(&m)
}

// Many calls share one connection and are answered in the opposite order.
func TestManyCallsInFlight(t *testing.T) {
	const n = 50
	for _, o := range []struct {
		name  string
		offer []sasl.QOP
	}{{"plain", nil}, {"auth", []sasl.QOP{sasl.Auth}}, {"auth-int", []sasl.QOP{sasl.AuthInt}},
		{"auth-conf", []sasl.QOP{sasl.AuthConf}}} {
		t.Run(o.name, func(t *testing.T) {
			var waiting sync.WaitGroup
			waiting.Add(n)
			server := &Server{
				Offer:    o.offer,
				Password: func([]byte) ([]byte, bool) { return []byte("pw"), true },
				Handle: func(ctx context.Context, r *Request) (proto.Message, error) {
					waiting.Done()
					waiting.Wait() // nobody is answered before all have asked
					return echo(ctx, r)
				},
			}
			dials := atomic.Int32{}
			options := Options{
				User: "u",
				Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
					dials.Add(1)
					return new(net.Dialer).DialContext(ctx, network, address)
				},
			}
			if o.offer != nil {
				options.Token = &Token{Identifier: []byte("id"), Password: []byte("pw")}
			}
			client := dial(t, options, serve(t, server))
			var calls sync.WaitGroup
			for i := range n {
				calls.Go(func() {
					want, got := fmt.Sprint(i, strings.Repeat("x", i*100)), &name{}
					if err := client.Call(t.Context(), "echo", true, named(want), got); err != nil ||
						got.GetEffectiveUser() != want {
						t.Errorf("call %d: %v, %.20q", i, err, got.GetEffectiveUser())
					}
				})
			}
			calls.Wait()
			if dials.Load() != 1 {
				t.Errorf("%d connections", dials.Load())
			}
		})
	}
}

// A cancelled call returns although the server never answers it, and the connection lives on.
func TestCancelLeavesTheConnection(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	client := dial(
		t,
		Options{},
		serve(t, &Server{Handle: func(ctx context.Context, r *Request) (proto.Message, error) {
			if r.Method == "hang" {
				close(asked)
				<-release
			}
			return echo(ctx, r)
		}}),
	)
	defer close(release)
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("the user pressed ^C")
	go func() { <-asked; cancel(reason) }()
	if err := client.Call(ctx, "hang", false, named("x"), &name{}); !errors.Is(err, reason) {
		t.Errorf("error = %v, want the cause", err)
	}
	before, _, _ := client.current()
	if err := client.Call(t.Context(), "echo", true, named("x"), &name{}); err != nil {
		t.Error(err)
	}
	if after, _, _ := client.current(); before == nil || after != before {
		t.Error("the connection was replaced")
	}
}

// An error keeps the class and the first line, and matches its sentinel.
func TestRemoteError(t *testing.T) {
	sentinel := errors.New("sentinel")
	client := dial(t, Options{Kinds: func(class, message string) error {
		if class == "java.io.Odd" && message == "why" {
			return sentinel
		}
		return nil
	}}, serve(t, &Server{Handle: func(context.Context, *Request) (proto.Message, error) {
		return nil, &RemoteError{Class: "java.io.Odd", Message: "why"}
	}}))
	err := client.Call(t.Context(), "m", true, named(""), &name{})
	var remote *RemoteError
	if !errors.As(err, &remote) || remote.Class != "java.io.Odd" || remote.Message != "why" ||
		remote.Method != "m" {
		t.Errorf("error = %#v", err)
	}
	if !errors.Is(err, sentinel) || err.Error() != "Odd: why" {
		t.Errorf("error = %v", err)
	}
}

// A server that takes tokens only says so to a client without one, and refuses a wrong password.
func TestAuthenticationFailures(t *testing.T) {
	address := serve(t, &Server{Offer: []sasl.QOP{sasl.Auth}, Handle: echo,
		Password: func(id []byte) ([]byte, bool) { return []byte("right"), string(id) == "known" }})
	for _, test := range []struct {
		name  string
		token *Token
		class string
	}{
		{"no token", nil, AccessControl},
		{"wrong password", &Token{Identifier: []byte("known"), Password: []byte("wrong")}, SaslException},
		{"unknown token", &Token{Identifier: []byte("odd"), Password: []byte("right")}, SaslException},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := dial(
				t,
				Options{Token: test.token},
				address,
			).Call(t.Context(), "m", true, named(""), &name{})
			var remote *RemoteError
			if !errors.As(err, &remote) || remote.Class != test.class || !remote.Fatal {
				t.Errorf("error = %v, want fatal %s", err, test.class)
			}
		})
	}
	open := serve(t, &Server{Handle: echo})
	if err := dial(t, Options{Token: &Token{}}, open).Call(t.Context(), "m", true, named(""), &name{}); err != nil {
		t.Errorf("a server without SASL: %v", err)
	}
}

// The policy, as Hadoop has it.
func TestJudge(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	java := func(class string) error { return &RemoteError{Class: class} }
	for _, test := range []struct {
		err              error
		sent, idempotent bool
		want             verdict
	}{
		{refused, false, false, failOver},
		{reset, true, true, failOver},
		{reset, true, false, giveUp},
		{io.EOF, true, true, failOver},
		{io.EOF, true, false, giveUp},
		{errIdle, true, false, failOver},
		{java(StandbyException), true, false, failOver},
		{java(RetriableException), true, false, again},
		{java(AccessControl), false, true, giveUp},
		{java(SaslException), false, true, giveUp},
		{ErrProtocol, true, true, giveUp},
		{ErrClosed, true, true, giveUp},
	} {
		if got := judge(fmt.Errorf("wrapped: %w", test.err), test.sent, test.idempotent); got != test.want {
			t.Errorf(
				"judge(%v, sent %t, idempotent %t) = %d, want %d",
				test.err,
				test.sent,
				test.idempotent,
				got,
				test.want,
			)
		}
	}
}

// Standby daemons are passed over; a resent call keeps its id and counts its tries.
func TestFailOverKeepsTheCallID(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	answer := func(name string, err error) *Server {
		return &Server{Handle: func(ctx context.Context, r *Request) (proto.Message, error) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, fmt.Sprintf("%s id=%d try=%d", name, r.Call, r.Retry))
			if err != nil {
				return nil, err
			}
			return echo(ctx, r)
		}}
	}
	client := dial(t, Options{}, serve(t, answer("standby", &RemoteError{Class: StandbyException})),
		serve(t, answer("lost", ErrHangUp)), serve(t, answer("active", nil)))
	for range 2 {
		if err := client.Call(t.Context(), "m", true, named("x"), &name{}); err != nil {
			t.Fatal(err)
		}
	}
	want := "standby id=0 try=0, lost id=0 try=1, active id=0 try=2, active id=1 try=0"
	if got := strings.Join(seen, ", "); got != want {
		t.Errorf("seen: %s\nwant: %s", got, want)
	}
}

// A daemon that asks for patience is asked again, and gets it only for so long.
func TestRetriableException(t *testing.T) {
	tries := atomic.Int32{}
	client := dial(
		t,
		Options{RetryFor: 30 * time.Millisecond},
		serve(t, &Server{Handle: func(context.Context, *Request) (proto.Message, error) {
			tries.Add(1)
			return nil, &RemoteError{Class: RetriableException, Message: "safe mode"}
		}}),
	)
	err := client.Call(t.Context(), "m", false, named(""), &name{})
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "safe mode") ||
		tries.Load() < 2 {
		t.Errorf("after %d tries: %v", tries.Load(), err)
	}
}

// An idle connection closes itself; a waiting one pings.
func TestIdleAndPing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	pinged, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		pinged <- untilPing(conn)
		_, err = io.Copy(io.Discard, conn)
		closed <- err
	}()
	client := dial(
		t,
		Options{PingInterval: 10 * time.Millisecond, IdleTimeout: 30 * time.Millisecond},
		l.Addr().String(),
	)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if err := <-pinged; err != nil {
			t.Error(err)
		}
		cancel()
	}()
	if err := client.Call(ctx, "m", true, named(""), &name{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("the idle connection ended with %v", err)
	}
}

// untilPing reads frames until a ping comes.
func untilPing(conn net.Conn) error {
	if _, err := io.ReadFull(conn, make([]byte, 7)); err != nil {
		return err
	}
	for {
		frame, err := readFrame(conn)
		if err != nil {
			return err
		}
		var head hadooppb.RpcRequestHeaderProto
		if _, err := takeMessage(frame, &head); err != nil || head.GetCallId() == pingCall {
			return err
		}
	}
}

// A server that says nothing is given up after CallTimeout, by calls that may not be repeated.
func TestCallTimeout(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	client := dial(
		t,
		Options{CallTimeout: 10 * time.Millisecond},
		serve(t, &Server{Handle: func(ctx context.Context, r *Request) (proto.Message, error) {
			<-release
			return echo(ctx, r)
		}}),
	)
	if err := client.Call(t.Context(), "m", false, named(""), &name{}); !errors.Is(
		err,
		ErrNoAnswer,
	) {
		t.Errorf("error = %v, want ErrNoAnswer", err)
	}
}

func TestClosedClient(t *testing.T) {
	client := dial(t, Options{}, "127.0.0.1:1")
	client.Close()
	if err := client.Call(t.Context(), "m", true, named(""), &name{}); !errors.Is(err, ErrClosed) {
		t.Errorf("error = %v, want ErrClosed", err)
	}
}

// Whatever a server sends, a client neither hangs nor crashes.
func FuzzServerBytes(f *testing.F) {
	challenge := sasl.NewServer("default", "/default", []sasl.QOP{sasl.Auth}).Challenge()
	offer, err := appendFrame(nil, responseHeader(saslCall, nil), &hadooppb.RpcSaslProto{
		State: hadooppb.RpcSaslProto_NEGOTIATE.Enum(),
		Auths: []*hadooppb.RpcSaslProto_SaslAuth{{Method: proto.String(methodToken),
			Mechanism: proto.String(mechanismMD5), Challenge: challenge}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(offer)
	f.Add(binary.BigEndian.AppendUint32(nil, 0))
	f.Add([]byte("HTTP/1.1 404 Not Found"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		near, far := net.Pipe()
		done := make(chan struct{})
		go func() { io.Copy(io.Discard, far); close(done) }()
		go func() { far.Write(wire); far.Close() }()
		o := Options{Token: &Token{Identifier: []byte("i"), Password: []byte("p")}}.withDefaults()
		if stream, err := open(near, o); err == nil {
			_, err = readFrame(stream)
			if _, wrapped := stream.(*protected); wrapped && err == nil {
				t.Error("protected bytes out of nothing")
			}
		}
		near.Close()
		<-done
	})
}
