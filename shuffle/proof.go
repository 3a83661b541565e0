package shuffle

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// A connection to a node's shuffle service begins with a proof, by both sides, that they know
// the application's secret. Numbers are little endian.
//
//	client ─▶ hello: magic "WFHS" 4 │ version 2 │ length 2 │ application, up to 64 │ nonce 32
//	server ─▶ nonce 32 │ HMAC-SHA256(secret, "weft server" ‖ hello ‖ nonce) 32
//	client ─▶ HMAC-SHA256(secret, "weft client" ‖ hello ‖ nonce ‖ the server's HMAC) 32
//	server ─▶ status 1: 1 proved, 2 proved but the application has its share of connections
//
// Both nonces are fresh, so that neither side's words can be used again; the labels differ, so
// that they cannot be sent back. A server that does not know the application answers with an
// HMAC under a key that nobody has: who asks learns nothing from it. After the status the
// connection is plain, so that files go to it by sendfile; checksums protect the data from
// accidents, and nothing promises privacy on the wire.
const (
	helloMagic   = "WFHS"
	helloVersion = 1
	helloHead    = 8
	nonceSize    = 32
	proofSize    = sha256.Size
	// SecretSize is the length of an application's shuffle secret.
	SecretSize = 32

	maxApplication = 64
	proofTimeout   = 10 * time.Second

	statusProved = 1
	statusBusy   = 2
)

var (
	// ErrProof says that the other side did not prove the application's secret: it does not
	// know the application, has another secret, or speaks something else.
	ErrProof = errors.New("shuffle: no proof of the application's secret")
	// ErrBusy says that the service has as many connections as it allows: come back later.
	ErrBusy = errors.New("shuffle: the service has too many connections")
)

// Prove proves to the shuffle service at the other end of conn that this process knows the
// secret of application app, and has the service prove the same. It must come before any
// other use of conn; after an error close conn. A service that does not know the application
// (yet, or any more) and one with another secret cannot be told apart: ErrProof.
func Prove(ctx context.Context, conn net.Conn, app string, secret []byte) error {
	if err := CheckApplication(app); err != nil {
		return err
	}
	done, err := proofWithin(ctx, conn)
	if err != nil {
		return err
	}
	if err := prove(conn, app, secret); err != nil {
		return errors.Join(done(), fmt.Errorf("prove %s to %v: %w", app, conn.RemoteAddr(), err))
	}
	return done()
}

// proofWithin bounds the handshake in time; the function it returns lifts the bound.
func proofWithin(ctx context.Context, conn net.Conn) (done func() error, err error) {
	if err := conn.SetDeadline(time.Now().Add(proofTimeout)); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	return func() error {
		if !stop() {
			return ctx.Err()
		}
		return conn.SetDeadline(time.Time{})
	}, nil
}

func prove(conn io.ReadWriter, app string, secret []byte) error {
	said := newHello(app)
	if _, err := conn.Write(said); err != nil {
		return err
	}
	var reply [nonceSize + proofSize]byte
	if _, err := io.ReadFull(conn, reply[:]); err != nil {
		return unproved(err)
	}
	said = append(said, reply[:nonceSize]...)
	if !hmac.Equal(proofOf(secret, "weft server", said), reply[nonceSize:]) {
		return fmt.Errorf("%w: it does not know the application, or another secret", ErrProof)
	}
	said = append(said, reply[nonceSize:]...)
	if _, err := conn.Write(proofOf(secret, "weft client", said)); err != nil {
		return err
	}
	var st [1]byte
	if _, err := io.ReadFull(conn, st[:]); err != nil {
		return unproved(err)
	}
	switch st[0] {
	case statusProved:
		return nil
	case statusBusy:
		return ErrBusy
	}
	return fmt.Errorf("%w: status %d", ErrProof, st[0])
}

// unproved makes the end of the connection what it is here: the other side's refusal.
func unproved(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: the connection was closed", ErrProof)
	}
	return err
}

// Verify has the client at the other end of conn prove that it knows its application's
// secret, within ten seconds and 512 bytes, and returns the application. secretOf looks an
// application up. After an error close conn; it wraps ErrProof unless conn itself failed.
func Verify(conn net.Conn, secretOf func(app string) ([]byte, bool)) (app string, err error) {
	app, err = verify(conn, secretOf)
	if err == nil {
		err = welcome(conn, statusProved)
	}
	return app, err
}

// verify is Verify but for the status: the caller sends welcome.
func verify(conn net.Conn, secretOf func(app string) ([]byte, bool)) (app string, err error) {
	if err := conn.SetDeadline(time.Now().Add(proofTimeout)); err != nil {
		return "", err
	}
	app, said, err := readHello(conn)
	if err != nil {
		return "", err
	}
	secret := make([]byte, SecretSize)
	rand.Read(secret) // drawn in any case, so that known and unknown take the same time
	if known, ok := secretOf(app); ok {
		secret = known
	}
	nonce := make([]byte, nonceSize, nonceSize+proofSize)
	rand.Read(nonce)
	said = append(said, nonce...)
	proof := proofOf(secret, "weft server", said)
	said = append(said, proof...)
	if _, err := conn.Write(append(nonce, proof...)); err != nil {
		return "", err
	}
	var theirs [proofSize]byte
	if _, err := io.ReadFull(conn, theirs[:]); err != nil {
		return "", unproved(err)
	}
	if !hmac.Equal(proofOf(secret, "weft client", said), theirs[:]) {
		return "", fmt.Errorf("%w: client of %s", ErrProof, app)
	}
	return app, nil
}

// welcome tells a client that has proved its secret how it goes on.
func welcome(conn net.Conn, st byte) error {
	if _, err := conn.Write([]byte{st}); err != nil {
		return err
	}
	return conn.SetDeadline(time.Time{})
}

// newHello returns the first words of a client of app.
func newHello(app string) []byte {
	b := make([]byte, helloHead, helloHead+maxApplication+2*nonceSize+proofSize)
	copy(b, helloMagic)
	binary.LittleEndian.PutUint16(b[4:], helloVersion)
	binary.LittleEndian.PutUint16(b[6:], uint16(len(app)))
	b = append(b, app...)
	b = b[:len(b)+nonceSize]
	rand.Read(b[len(b)-nonceSize:])
	return b
}

// readHello reads a client's first words and returns them as they were said.
func readHello(r io.Reader) (app string, said []byte, err error) {
	said = make([]byte, helloHead, helloHead+maxApplication+2*nonceSize+proofSize)
	if _, err := io.ReadFull(r, said); err != nil {
		return "", nil, unproved(err)
	}
	version, n := binary.LittleEndian.Uint16(said[4:]), int(binary.LittleEndian.Uint16(said[6:]))
	switch {
	case string(said[:4]) != helloMagic:
		return "", nil, fmt.Errorf("%w: it begins with %x", ErrProof, said[:4])
	case version != helloVersion:
		return "", nil, fmt.Errorf("%w: version %d, known is %d", ErrProof, version, helloVersion)
	case n > maxApplication:
		return "", nil, fmt.Errorf("%w: application of %d bytes", ErrProof, n)
	}
	said = said[:helloHead+n+nonceSize]
	if _, err := io.ReadFull(r, said[helloHead:]); err != nil {
		return "", nil, unproved(err)
	}
	app = string(said[helloHead : helloHead+n])
	if err := CheckApplication(app); err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrProof, err)
	}
	return app, said, nil
}

func proofOf(secret []byte, label string, said []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(label))
	h.Write(said)
	return h.Sum(nil)
}

// CheckApplication returns an error unless app is an application id as YARN prints it,
// application_1700000000000_0001: it becomes part of file names.
func CheckApplication(app string) error {
	rest, ok := strings.CutPrefix(app, "application_")
	cluster, number, two := strings.Cut(rest, "_")
	if !ok || !two || !digits(cluster) || !digits(number) || len(app) > maxApplication {
		return fmt.Errorf("shuffle: %.80q is no application id like application_1700000000000_0001",
			app)
	}
	return nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
