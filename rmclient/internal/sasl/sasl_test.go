package sasl

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// Both halves agree for every user, password and protection, and then read each other's bytes.
func TestHalvesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		user, password := rapid.String().Draw(t, "user"), rapid.String().Draw(t, "password")
		realm := rapid.StringMatching(`[a-z"\\, =]{1,20}`).Draw(t, "realm")
		qop := rapid.SampledFrom([]QOP{Auth, AuthInt, AuthConf}).Draw(t, "qop")
		server := NewServer(realm, "/default", []QOP{AuthConf, AuthInt, Auth})
		client, err := NewClient(server.Challenge(), user, password, "/default", []QOP{qop})
		if err != nil {
			t.Fatal(err)
		}
		got, proof, err := server.Accept(client.Response(), func(string) (string, bool) {
			return password, true
		})
		if err != nil || got != user {
			t.Fatalf("server sees %q, %v; want %q", got, err, user)
		}
		if err := client.Verify(proof); err != nil {
			t.Fatal(err)
		}
		if qop == Auth {
			if client.Layer() != nil || server.Layer() != nil {
				t.Fatal("a layer for qop auth")
			}
			return
		}
		talk(t, client.Layer(), server.Layer())
	})
}

// talk sends messages both ways.
func talk(t *rapid.T, client, server *Layer) {
	for range rapid.IntRange(1, 5).Draw(t, "messages") {
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		for _, way := range [][2]*Layer{{client, server}, {server, client}} {
			got, err := way[1].Unwrap(way[0].Wrap(message))
			if err != nil || !bytes.Equal(got, message) {
				t.Fatalf("unwrapped %x, %v; want %x", got, err, message)
			}
		}
	}
}

// The example of RFC 2831, section 4, which uses another service than Hadoop's.
func TestRFC2831Example(t *testing.T) {
	e := exchange{username: "chris", realm: "elwood.innosoft.com", nonce: "OA6MG9tEQGm2hh",
		cnonce: "OA6MHXh6VqTrRk", uri: "imap/elwood.innosoft.com", qop: Auth}
	e.setSecret("secret")
	if got, want := e.answer("AUTHENTICATE"), "d388dad90d4bbd760a152321f2143af7"; got != want {
		t.Errorf("response = %s, want %s", got, want)
	}
	if got, want := e.answer(""), "ea40f60335c427b5527b84dbabcdfffd"; got != want {
		t.Errorf("rspauth = %s, want %s", got, want)
	}
}

func TestRefusals(t *testing.T) {
	server := NewServer("default", "/default", []QOP{AuthConf})
	if _, err := NewClient(server.Challenge(), "u", "p", "/default", []QOP{Auth}); !errors.Is(
		err,
		ErrRefused,
	) {
		t.Errorf("a client that wants auth only: %v, want ErrRefused", err)
	}
	client, err := NewClient(server.Challenge(), "u", "wrong", "/default", []QOP{AuthConf})
	if err != nil {
		t.Fatal(err)
	}
	right := func(string) (string, bool) { return "right", true }
	if _, _, err := server.Accept(client.Response(), right); !errors.Is(err, ErrRefused) {
		t.Errorf("a wrong password: %v, want ErrRefused", err)
	}
	if err := client.Verify([]byte("rspauth=00")); !errors.Is(err, ErrRefused) {
		t.Errorf("a server without proof: %v, want ErrRefused", err)
	}
}

func TestLayerNoticesTampering(t *testing.T) {
	for _, qop := range []QOP{AuthInt, AuthConf} {
		fresh := func() (*Layer, *Layer) {
			ha1 := [16]byte{1, 2, 3}
			return newLayer(ha1, qop, clientToServer, serverToClient),
				newLayer(ha1, qop, serverToClient, clientToServer)
		}
		client, _ := fresh()
		wrapped := client.Wrap([]byte("start the container"))
		for i := range wrapped {
			bad := bytes.Clone(wrapped)
			bad[i] ^= 0x10
			_, server := fresh()
			if _, err := server.Unwrap(bad); !errors.Is(err, errProtection) {
				t.Fatalf("%s: byte %d changed, got %v", qop, i, err)
			}
		}
		_, server := fresh()
		if _, err := server.Unwrap(bytes.Clone(wrapped)); err != nil {
			t.Fatal(err)
		}
		if _, err := server.Unwrap(wrapped); !errors.Is(err, errProtection) {
			t.Errorf("%s: repeated message, got %v", qop, err)
		}
	}
}

func FuzzChallenge(f *testing.F) {
	f.Add(
		[]byte(`realm="default",nonce="abc",qop="auth-int,auth",charset=utf-8,algorithm=md5-sess`),
	)
	f.Add([]byte(`realm="a\"b",nonce="n",qop="auth-conf",cipher="3des,rc4",algorithm=md5-sess`))
	f.Add([]byte(`nonce="n`))
	f.Add([]byte(`,,=,"`))
	f.Fuzz(func(t *testing.T, challenge []byte) {
		client, err := NewClient(challenge, "u", "p", "/default", []QOP{Auth, AuthInt, AuthConf})
		if err != nil {
			return
		}
		if _, err := parse(client.Response()); err != nil {
			t.Errorf("own response to %q: %v", challenge, err)
		}
		if client.Verify(challenge) == nil {
			t.Error("a challenge passed as proof")
		}
	})
}

func FuzzResponse(f *testing.F) {
	f.Add([]byte(`username="u",realm="default",response=00`))
	f.Fuzz(func(t *testing.T, response []byte) {
		server := NewServer("default", "/default", []QOP{Auth})
		never := func(string) (string, bool) { return "", false }
		if _, _, err := server.Accept(response, never); err == nil {
			t.Errorf("%q was accepted", response)
		}
	})
}

func FuzzUnwrap(f *testing.F) {
	f.Add([]byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, wrapped []byte) {
		ha1 := [16]byte{9}
		if _, err := newLayer(ha1, AuthConf, clientToServer, serverToClient).Unwrap(wrapped); err == nil {
			t.Errorf("%x was taken for a protected message", wrapped)
		}
	})
}
