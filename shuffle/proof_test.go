package shuffle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

const testApp = "application_1700000000000_0001"

var testSecret = bytes.Repeat([]byte{7}, SecretSize)

func knows(app string, secret []byte) func(string) ([]byte, bool) {
	return func(asked string) ([]byte, bool) { return secret, asked == app }
}

// pair returns both ends of a TCP connection.
func pair(t testing.TB) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// verdict is what Verify said.
type verdict struct {
	app string
	err error
}

func verifying(conn net.Conn, secretOf func(string) ([]byte, bool)) <-chan verdict {
	c := make(chan verdict, 1)
	go func() {
		app, err := Verify(conn, secretOf)
		if err != nil {
			conn.Close()
		}
		c <- verdict{app, err}
	}()
	return c
}

func TestProof(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	verified := verifying(server, knows(testApp, testSecret))
	if err := Prove(t.Context(), client, testApp, testSecret); err != nil {
		t.Fatal(err)
	}
	if v := <-verified; v.err != nil || v.app != testApp {
		t.Fatalf("got %+v", v)
	}
	go client.Write([]byte("after"))
	got := make([]byte, 5)
	if _, err := io.ReadFull(server, got); err != nil || string(got) != "after" {
		t.Errorf("the connection carries %q after the proof: %v", got, err)
	}
}

func TestProofFails(t *testing.T) {
	t.Parallel()
	other := bytes.Repeat([]byte{8}, SecretSize)
	for _, tt := range []struct {
		name   string
		app    string
		secret []byte
	}{
		{"wrong secret", testApp, other},
		{"unknown application", "application_1700000000000_0002", testSecret},
		{"empty secret", testApp, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server := pair(t)
			verified := verifying(server, knows(testApp, testSecret))
			if err := Prove(t.Context(), client, tt.app, tt.secret); !errors.Is(err, ErrProof) {
				t.Errorf("client: %v", err)
			}
			client.Close()
			if v := <-verified; v.err == nil {
				t.Errorf("server: %+v", v)
			}
		})
	}
}

// A client that says what another said before proves nothing: the server's nonce is new.
func TestProofReplayed(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	verified := verifying(server, knows(testApp, testSecret))
	var said bytes.Buffer
	if err := prove(&recorder{client, &said}, testApp, testSecret); err != nil {
		t.Fatal(err)
	}
	<-verified

	client, server = pair(t)
	verified = verifying(server, knows(testApp, testSecret))
	if _, err := client.Write(said.Bytes()); err != nil {
		t.Fatal(err)
	}
	if v := <-verified; !errors.Is(v.err, ErrProof) {
		t.Errorf("server: %+v", v)
	}
}

type recorder struct {
	net.Conn
	said *bytes.Buffer
}

func (r *recorder) Write(p []byte) (int, error) {
	r.said.Write(p)
	return r.Conn.Write(p)
}

// Who does not know the secret can send the server's own proof back; it is another label's.
func TestProofReflected(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	verified := verifying(server, knows(testApp, testSecret))
	client.Write(newHello(testApp))
	var reply [nonceSize + proofSize]byte
	if _, err := io.ReadFull(client, reply[:]); err != nil {
		t.Fatal(err)
	}
	client.Write(reply[nonceSize:])
	if v := <-verified; !errors.Is(v.err, ErrProof) {
		t.Errorf("server: %+v", v)
	}
	if n, err := client.Read(reply[:]); n != 0 || err == nil {
		t.Errorf("the server said %x, %v", reply[:n], err)
	}
}

// A false server, which answers anything, does not get the client's proof.
func TestProofOfServerIsRequired(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	go func() {
		readHello(server)
		server.Write(make([]byte, nonceSize+proofSize))
	}()
	if err := Prove(t.Context(), client, testApp, testSecret); !errors.Is(err, ErrProof) {
		t.Fatal(err)
	}
	client.Close()
	if got, _ := io.ReadAll(server); len(got) != 0 {
		t.Errorf("the client said %x to a false server", got)
	}
}

func TestProofHellosRefused(t *testing.T) {
	t.Parallel()
	good := newHello(testApp)
	with := func(at int, b ...byte) []byte {
		c := bytes.Clone(good)
		copy(c[at:], b)
		return c
	}
	for _, tt := range []struct {
		name, want string
		hello      []byte
	}{
		{"nothing", "closed", nil},
		{"cut", "closed", good[:20]},
		{"magic", "begins with", with(0, 'G', 'E', 'T', ' ')},
		{"request instead", "begins with", append([]byte(requestMagic), good[4:]...)},
		{"version", "version 9", with(4, 9)},
		{"length", "65535 bytes", with(6, 0xff, 0xff)},
		{"slash in the name", "no application id", with(20, '/')},
		{"dots in the name", "no application id", with(20, '.', '.')},
		{"end of string in the name", "no application id", with(20, 0)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := readHello(bytes.NewReader(tt.hello))
			if !errors.Is(err, ErrProof) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestProofEndsWithContext(t *testing.T) {
	t.Parallel()
	client, _ := pair(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := Prove(ctx, client, testApp, testSecret); !errors.Is(err, context.Canceled) &&
		!errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestCheckApplication(t *testing.T) {
	t.Parallel()
	for app, good := range map[string]bool{
		testApp:               true,
		"application_1_1":     true,
		"":                    false,
		"application__1":      false,
		"application_1_":      false,
		"application_1":       false,
		"application_1_2_3":   false,
		"application_1_+2":    false,
		"application_1_２":     false,
		"../application_1_2":  false,
		"application_1_2/..":  false,
		"application_1_2\x00": false,
		"job_1_2":             false,
		"application_1_" + strings.Repeat("2", 51):  false,
		"application_12_" + strings.Repeat("2", 49): true,
	} {
		if err := CheckApplication(app); (err == nil) != good {
			t.Errorf("%q: %v", app, err)
		}
	}
}

// fixed is a connection that says what the fuzzer wants and forgets what it hears.
type fixed struct {
	net.Conn
	io.Reader
	heard int
}

func (f *fixed) Read(p []byte) (int, error)    { return f.Reader.Read(p) }
func (f *fixed) Write(p []byte) (int, error)   { f.heard += len(p); return len(p), nil }
func (f *fixed) SetDeadline(_ time.Time) error { return nil }
func (f *fixed) RemoteAddr() net.Addr          { return &net.TCPAddr{} }

func FuzzVerify(f *testing.F) {
	hello := newHello(testApp)
	f.Add(hello)
	f.Add(append(hello, make([]byte, proofSize)...))
	f.Add([]byte("WFHS\x01\x00\xff\xff"))
	f.Fuzz(func(t *testing.T, said []byte) {
		r := bytes.NewReader(said)
		conn := &fixed{Reader: r}
		if app, err := Verify(conn, knows(testApp, testSecret)); err == nil {
			t.Errorf("%q was proved by %x", app, said)
		}
		if read := len(said) - r.Len(); read > 512 || conn.heard > nonceSize+proofSize {
			t.Errorf("read %d bytes, wrote %d, before a proof", read, conn.heard)
		}
	})
}

func FuzzProve(f *testing.F) {
	f.Add(make([]byte, nonceSize+proofSize+1))
	f.Fuzz(func(t *testing.T, said []byte) {
		conn := &fixed{Reader: bytes.NewReader(said)}
		if err := Prove(t.Context(), conn, testApp, testSecret); err == nil {
			t.Errorf("proved by %x", said)
		}
		if want := len(newHello(testApp)); conn.heard != want {
			t.Errorf("the client said %d bytes to a false server, want %d", conn.heard, want)
		}
	})
}
