package identity

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func fresh(t testing.TB) *Identity {
	t.Helper()
	i, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func marshalled(t testing.TB, i *Identity) []byte {
	t.Helper()
	data, err := i.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// handshake connects a client to a server and gives each side's error.
func handshake(t *testing.T, server, client *tls.Config) (serverErr, clientErr error) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err == nil {
			_, err = conn.Write([]byte("x"))
			_ = conn.Close()
		}
		done <- err
	}()
	conn, clientErr := tls.Dial("tcp", l.Addr().String(), client)
	if clientErr == nil {
		_, clientErr = conn.Read(make([]byte, 1))
		_ = conn.Close()
	}
	return <-done, clientErr
}

func TestPeersOfOneApplicationTrustEachOther(t *testing.T) {
	i := fresh(t)
	j, err := Unmarshal(marshalled(t, i))
	if err != nil {
		t.Fatal(err)
	}
	serverErr, clientErr := handshake(t, i.ServerTLS(), j.ClientTLS())
	if serverErr != nil || clientErr != nil {
		t.Fatalf("server: %v, client: %v", serverErr, clientErr)
	}
}

func TestStrangersAreRefused(t *testing.T) {
	ours, theirs := fresh(t), fresh(t)
	t.Run("stranger dials us", func(t *testing.T) {
		client := theirs.ClientTLS()
		client.VerifyConnection = nil // the attacker accepts any server
		if err, _ := handshake(t, ours.ServerTLS(), client); !errors.Is(err, ErrStranger) {
			t.Fatalf("server accepted a stranger: %v", err)
		}
	})
	t.Run("we dial a stranger", func(t *testing.T) {
		server := theirs.ServerTLS()
		server.VerifyConnection = nil
		if _, err := handshake(t, server, ours.ClientTLS()); !errors.Is(err, ErrStranger) {
			t.Fatalf("client accepted a stranger: %v", err)
		}
	})
	t.Run("no certificate", func(t *testing.T) {
		client := ours.ClientTLS()
		client.Certificates = nil
		if err, _ := handshake(t, ours.ServerTLS(), client); err == nil {
			t.Fatal("server accepted a client without a certificate")
		}
	})
	t.Run("our certificate without its key", func(t *testing.T) {
		client := ours.ClientTLS()
		client.Certificates[0].PrivateKey = theirs.key
		if err, _ := handshake(t, ours.ServerTLS(), client); err == nil {
			t.Fatal("server accepted a certificate whose key the client lacks")
		}
	})
	t.Run("TLS 1.2", func(t *testing.T) {
		client := ours.ClientTLS()
		client.MinVersion, client.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
		if err, _ := handshake(t, ours.ServerTLS(), client); err == nil {
			t.Fatal("server accepted TLS 1.2")
		}
	})
}

func TestUnmarshalRefuses(t *testing.T) {
	one, other := marshalled(t, fresh(t)), marshalled(t, fresh(t))
	split := func(b []byte) (certificate, key []byte) {
		at := bytes.Index(b, []byte("-----BEGIN PRIVATE"))
		return b[:at], b[at:]
	}
	certificate, key := split(one)
	_, otherKey := split(other)
	for name, data := range map[string][]byte{
		"nothing":             nil,
		"text":                []byte("hello"),
		"certificate alone":   certificate,
		"key alone":           key,
		"key first":           append(bytes.Clone(key), certificate...),
		"another's key":       append(bytes.Clone(certificate), otherKey...),
		"bytes after":         append(bytes.Clone(one), "x"...),
		"bytes before":        append([]byte("x\n"), one...),
		"too long":            append(bytes.Clone(one), bytes.Repeat([]byte("\n"), MaxSize)...),
		"truncated":           one[:len(one)-40],
		"twice the same part": append(bytes.Clone(certificate), certificate...),
	} {
		if _, err := Unmarshal(data); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadStopsAtTheLimit(t *testing.T) {
	i := fresh(t)
	j, err := Read(bytes.NewReader(marshalled(t, i)))
	if err != nil || j.Fingerprint() != i.Fingerprint() {
		t.Fatalf("%v, %v", j, err)
	}
	if _, err := Read(endless{}); !errors.Is(err, ErrMalformed) {
		t.Fatalf("endless input: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestNoVerbPrintsTheKey(t *testing.T) {
	i := fresh(t)
	key, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, i); got != i.String() || strings.Contains(got, string(key)) {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	if got := fmt.Sprintf("%+v", struct{ I *Identity }{i}); got != "{I:"+i.String()+"}" {
		t.Errorf("inside a struct: %q", got)
	}
}

func TestShuffleSecretFollowsFromTheKey(t *testing.T) {
	one, other := fresh(t), fresh(t)
	again, err := Unmarshal(marshalled(t, one))
	if err != nil {
		t.Fatal(err)
	}
	secret := func(i *Identity) []byte {
		s, err := i.ShuffleSecret()
		if err != nil || len(s) != ShuffleSecretSize {
			t.Fatalf("%d bytes, %v", len(s), err)
		}
		return s
	}
	if !bytes.Equal(secret(one), secret(again)) {
		t.Error("the secret does not survive the identity's way to another process")
	}
	if bytes.Equal(secret(one), secret(other)) {
		t.Error("two applications have one secret")
	}
}

func FuzzUnmarshal(f *testing.F) {
	i := fresh(f)
	f.Add(marshalled(f, i))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		i, err := Unmarshal(data)
		if err != nil {
			return
		}
		again, err := Unmarshal(marshalled(t, i))
		if err != nil || again.Fingerprint() != i.Fingerprint() {
			t.Fatalf("does not survive a round trip: %v", err)
		}
	})
}
