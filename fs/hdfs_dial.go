package fs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// dialer makes the connections of one hdfsFS, and keeps what the library lacks: a limit on every
// wait, contexts, and a buffer for reading.
//
// The library passes no context down to a connection. The deadline set on a file is the only thing
// that travels from a file to its connections, so a deadline in the far future carries the number
// of the file's context; SetDeadline on the connection looks it up.
type dialer struct {
	timeout time.Duration

	mu struct {
		sync.Mutex
		closed bool
		open   map[*conn]bool
		files  map[int64]context.Context // by the seconds of the deadline
		last   int64
	}
}

const (
	connectTimeout = 10 * time.Second
	readBuffer     = 128 << 10 // two packets of a DataNode
	farFuture      = 1 << 40   // seconds; the year 36812
)

func newDialer(timeout time.Duration) *dialer {
	d := &dialer{timeout: timeout}
	d.mu.open = map[*conn]bool{}
	d.mu.files = map[int64]context.Context{}
	return d
}

// register gives a file's context the deadline that stands for it. forget ends that.
func (d *dialer) register(ctx context.Context) (deadline time.Time, forget func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mu.last++
	number := farFuture + d.mu.last
	d.mu.files[number] = ctx
	return time.Unix(number, 0), func() {
		d.mu.Lock()
		delete(d.mu.files, number)
		d.mu.Unlock()
	}
}

func (d *dialer) file(deadline time.Time) context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mu.files[deadline.Unix()]
}

func (d *dialer) namenode(ctx context.Context, network, address string) (net.Conn, error) {
	return d.connect(ctx, network, address, 0)
}

func (d *dialer) datanode(ctx context.Context, network, address string) (net.Conn, error) {
	return d.connect(ctx, network, address, readBuffer)
}

func (d *dialer) connect(
	ctx context.Context, network, address string, buffer int,
) (net.Conn, error) {
	raw, err := (&net.Dialer{Timeout: connectTimeout}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, dialer: d, timeout: min(d.timeout, connectTimeout)}
	if buffer > 0 {
		c.buffered = bufio.NewReaderSize(timedReader{c}, buffer)
	} else {
		c.timeout = d.timeout
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.mu.closed {
		raw.Close()
		return nil, errClosed
	}
	d.mu.open[c] = true
	return c, nil
}

// closeAll breaks every connection and lets no new one come.
func (d *dialer) closeAll() {
	d.mu.Lock()
	d.mu.closed = true
	var all []*conn
	for c := range d.mu.open {
		all = append(all, c)
	}
	d.mu.Unlock()
	for _, c := range all {
		c.Close()
	}
}

// conn is a connection whose reads and writes end after a timeout, or with the file's context.
type conn struct {
	net.Conn
	dialer   *dialer
	buffered *bufio.Reader // nil: not buffered

	mu      sync.Mutex
	timeout time.Duration // short until the connection has a file
	ctx     context.Context
	stop    func() bool
}

// Read reads, from the buffer where there is one.
func (c *conn) Read(b []byte) (int, error) {
	if c.buffered != nil {
		return c.buffered.Read(b)
	}
	return timedReader{c}.Read(b)
}

// timedReader is the connection below the buffer.
type timedReader struct{ *conn }

func (r timedReader) Read(b []byte) (int, error) {
	if err := r.SetReadDeadline(time.Now().Add(r.wait())); err != nil {
		return 0, r.explain(err)
	}
	n, err := r.Conn.Read(b)
	return n, r.explain(err)
}

// Write writes, and waits no longer than the timeout.
func (c *conn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.wait())); err != nil {
		return 0, c.explain(err)
	}
	n, err := c.Conn.Write(b)
	return n, c.explain(err)
}

func (c *conn) wait() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.timeout
}

// explain puts the context's error in the place of that of a connection it closed, and the peer
// into that of one that kept silent. That one is closed, so that others who use it do not wait as
// long again, one after the other: the library's writer writes on, whatever becomes of its answers.
func (c *conn) explain(err error) error {
	if err == nil {
		return nil
	}
	c.mu.Lock()
	ctx, timeout := c.ctx, c.timeout
	c.mu.Unlock()
	if ctx != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	var n net.Error
	if errors.As(err, &n) && n.Timeout() {
		_ = c.Conn.Close()
		return fmt.Errorf("%v did not answer for %v: %w", c.RemoteAddr(), timeout, err)
	}
	return err
}

// SetDeadline learns which file the connection is for.
func (c *conn) SetDeadline(t time.Time) error {
	ctx := c.dialer.file(t)
	if ctx == nil {
		return nil // the limits of this type hold
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop != nil {
		c.stop()
	}
	c.ctx, c.timeout = ctx, c.dialer.timeout
	c.stop = context.AfterFunc(ctx, func() { c.Conn.Close() })
	return nil
}

// Close closes the connection.
func (c *conn) Close() error {
	c.dialer.mu.Lock()
	delete(c.dialer.mu.open, c)
	c.dialer.mu.Unlock()
	c.mu.Lock()
	if c.stop != nil {
		c.stop()
	}
	c.mu.Unlock()
	return c.Conn.Close()
}
