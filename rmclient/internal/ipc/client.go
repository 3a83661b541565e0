package ipc

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"

	"google.golang.org/protobuf/proto"
)

// A Client calls whichever of several daemons is active. It keeps one connection, opened by the
// first call, closed when idle, and moved to the next address when the policy in retry.go says so.
type Client struct {
	addresses []string
	id        []byte

	dialing chan struct{} // holds a token while nobody dials

	mu struct {
		sync.Mutex
		o      Options
		at     int // index into addresses
		conn   *Conn
		next   int32 // call id
		closed bool
	}
}

// NewClient makes a client of daemons that stand in for each other.
func NewClient(addresses []string, o Options) (*Client, error) {
	if len(addresses) == 0 {
		return nil, errors.New("no address given")
	}
	c := &Client{addresses: addresses, id: make([]byte, 16), dialing: make(chan struct{}, 1)}
	rand.Read(c.id) // never fails
	c.mu.o = o.withDefaults()
	c.dialing <- struct{}{}
	return c, nil
}

// Close closes the connection; later calls fail with ErrClosed.
func (c *Client) Close() error {
	c.mu.Lock()
	conn := c.mu.conn
	c.mu.conn, c.mu.closed = nil, true
	c.mu.Unlock()
	if conn != nil {
		return conn.Close()
	}
	return nil
}

// SetToken makes the next call authenticate anew with the token.
func (c *Client) SetToken(t Token) {
	c.mu.Lock()
	c.mu.o.Token = &t
	conn := c.mu.conn
	c.mu.conn = nil
	c.mu.Unlock()
	if conn != nil {
		conn.closeFor(errReplaced)
	}
}

// NextToken makes the next connection authenticate with the token, and leaves an open one alone.
func (c *Client) NextToken(t Token) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.o.Token = &t
}

// options returns the options as they are now.
func (c *Client) options() Options {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.o
}

func (c *Client) nextCall() int32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.mu.next
	c.mu.next = (c.mu.next + 1) & 0x7fffffff
	return id
}

// current returns the live connection, if there is one, and the address it has or is to get.
func (c *Client) current() (*Conn, string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.closed {
		return nil, "", ErrClosed
	}
	if c.mu.conn != nil && c.mu.conn.Alive() {
		return c.mu.conn, c.mu.conn.address, nil
	}
	return nil, c.addresses[c.mu.at], nil
}

// connection returns the live connection or opens one. Only one caller dials; the others wait
// for it, or for their own context.
func (c *Client) connection(ctx context.Context) (*Conn, string, error) {
	if conn, address, err := c.current(); conn != nil || err != nil {
		return conn, address, err
	}
	select {
	case <-ctx.Done():
		return nil, "", context.Cause(ctx)
	case <-c.dialing:
	}
	defer func() { c.dialing <- struct{}{} }()
	conn, address, err := c.current()
	if conn != nil || err != nil {
		return conn, address, err
	}
	conn, err = Dial(ctx, address, c.id, c.options())
	if err != nil {
		return nil, address, err
	}
	return conn, address, c.adopt(conn)
}

// adopt keeps a new connection, unless the client was closed meanwhile.
func (c *Client) adopt(conn *Conn) error {
	c.mu.Lock()
	old, closed := c.mu.conn, c.mu.closed
	if !closed {
		c.mu.conn = conn
	}
	c.mu.Unlock()
	if closed {
		conn.Close()
		return ErrClosed
	}
	if old != nil {
		old.Close() // dead already
	}
	return nil
}

// leave drops a failed connection, and moves on to the next address if the failed one is still
// the current one.
func (c *Client) leave(conn *Conn, address string, failOver bool) {
	c.mu.Lock()
	if c.mu.conn == conn {
		c.mu.conn = nil
	}
	if failOver && c.addresses[c.mu.at] == address {
		c.mu.at = (c.mu.at + 1) % len(c.addresses)
	}
	c.mu.Unlock()
	if conn != nil {
		conn.closeFor(errReplaced)
	}
}

// Call makes a call, and makes it again as the policy allows. An idempotent one may be repeated
// although the daemon may have carried it out.
func (c *Client) Call(
	ctx context.Context,
	method string,
	idempotent bool,
	request, result proto.Message,
) error {
	err := c.retry(ctx, method, idempotent, request, result)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
