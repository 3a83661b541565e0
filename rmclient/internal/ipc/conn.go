package ipc

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/weft-data/weft/rmclient/internal/hadooppb"
)

// A Conn is one connection to one daemon.
type Conn struct {
	o        Options
	address  string
	clientID []byte
	raw      net.Conn
	stream   io.ReadWriter
	writing  chan struct{} // holds a token while nobody writes
	done     chan struct{} // closed when the reader has ended

	mu struct {
		sync.Mutex
		pending  map[int32]*call
		err      error // why the connection is dead, or nil
		lastUsed time.Time
		lastPing time.Time
	}
}

// Dial opens a connection to the address, authentication included.
func Dial(ctx context.Context, address string, clientID []byte, o Options) (*Conn, error) {
	o = o.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, o.DialTimeout)
	defer cancel()
	raw, err := o.Dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	c := &Conn{o: o, address: address, clientID: clientID,
		writing: make(chan struct{}, 1), done: make(chan struct{})}
	c.mu.pending = map[int32]*call{}
	c.mu.lastUsed = time.Now()
	if err := c.shake(ctx, raw); err != nil {
		raw.Close()
		return nil, fmt.Errorf("open %s: %w", address, err)
	}
	c.writing <- struct{}{}
	go c.read()
	return c, nil
}

// shake opens the connection under the context's deadline and cancellation.
func (c *Conn) shake(ctx context.Context, raw net.Conn) error {
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	every := min(c.o.PingInterval, c.o.IdleTimeout)
	stream, err := open(raw, c.o)
	if err == nil {
		err = c.greet(stream)
	}
	if !stop() {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	c.raw = raw
	c.stream = stream
	quiet := &watched{Conn: raw, every: every, quiet: c.quiet}
	if p, ok := stream.(*protected); ok {
		p.raw = quiet
	} else {
		c.stream = quiet
	}
	return nil
}

// greet sends the connection context. Nothing answers it.
func (c *Conn) greet(stream io.Writer) error {
	frame, err := appendFrame(nil, requestHeader(contextCall, c.clientID, -1),
		connectionContext(c.o))
	if err != nil {
		return err
	}
	_, err = stream.Write(frame)
	return err
}

// Close closes the connection and waits for its reader. Calls in flight fail with ErrClosed.
func (c *Conn) Close() error {
	c.closeFor(ErrClosed)
	return nil
}

// closeFor is Close with another reason for the calls in flight.
func (c *Conn) closeFor(reason error) {
	c.fail(reason)
	<-c.done
}

// Alive reports whether calls can still be made.
func (c *Conn) Alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.err == nil
}

// fail ends the connection and every call on it. Only the first reason counts.
func (c *Conn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.err != nil {
		return
	}
	c.mu.err = err
	c.raw.Close()
	for id, call := range c.mu.pending {
		delete(c.mu.pending, id)
		call.finish(err)
	}
}

// read matches answers with calls until the connection ends.
func (c *Conn) read() {
	defer close(c.done)
	buffered := bufio.NewReader(c.stream)
	for {
		frame, err := readFrame(buffered)
		if err == nil {
			err = c.dispatch(frame)
		}
		if err != nil {
			c.fail(err)
			return
		}
	}
}

// dispatch gives an answer to its call. An answer nobody waits for any more is dropped.
func (c *Conn) dispatch(frame []byte) error {
	var head hadooppb.RpcResponseHeaderProto
	body, err := takeMessage(frame, &head)
	if err != nil {
		return err
	}
	call := c.take(int32(head.GetCallId()))
	switch head.GetStatus() {
	case hadooppb.RpcResponseHeaderProto_FATAL:
		method := ""
		if call != nil {
			method = call.method
		}
		fatal := remoteError(&head, method, c.o.Kinds)
		if call != nil {
			call.finish(fatal)
		}
		return fatal
	case hadooppb.RpcResponseHeaderProto_ERROR:
		if call != nil {
			call.finish(remoteError(&head, call.method, c.o.Kinds))
		}
	default:
		if call != nil {
			call.finish(call.decode(body))
		}
	}
	return nil
}

// take removes a call from those in flight.
func (c *Conn) take(id int32) *call {
	c.mu.Lock()
	defer c.mu.Unlock()
	call := c.mu.pending[id]
	delete(c.mu.pending, id)
	c.mu.lastUsed = time.Now()
	return call
}

// quiet is called when nothing has come for a while: it closes an idle connection and pings a
// daemon that has calls to answer. Daemons do not answer pings; a dead one fails the write.
func (c *Conn) quiet() error {
	c.mu.Lock()
	now := time.Now()
	waiting := len(c.mu.pending) > 0
	idle := !waiting && now.Sub(c.mu.lastUsed) >= c.o.IdleTimeout
	ping := waiting && now.Sub(c.mu.lastPing) >= c.o.PingInterval &&
		now.Sub(c.mu.lastUsed) >= c.o.PingInterval
	if ping {
		c.mu.lastPing = now
	}
	if idle {
		c.mu.err = errIdle // from here on no call can be registered, so none is lost
		c.raw.Close()
	}
	c.mu.Unlock()
	switch {
	case idle:
		return errIdle
	case ping:
		return c.ping()
	}
	return nil
}

func (c *Conn) ping() error {
	ctx, cancel := context.WithTimeout(context.Background(), c.o.PingInterval)
	defer cancel()
	frame, err := appendFrame(nil, requestHeader(pingCall, c.clientID, -1))
	if err != nil {
		return err
	}
	return c.write(ctx, frame)
}

// write sends a whole frame. A context that ends in the middle kills the connection, because half
// a frame cannot be taken back; before that it costs nothing.
func (c *Conn) write(ctx context.Context, frame []byte) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.done:
		return c.reason()
	case <-c.writing:
	}
	defer func() { c.writing <- struct{}{} }()
	cut := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.raw.SetWriteDeadline(time.Unix(1, 0))
		close(cut)
	})
	_, err := c.stream.Write(frame)
	if !stop() {
		<-cut // the whole frame may be out all the same
		c.raw.SetWriteDeadline(time.Time{})
	}
	if err != nil {
		c.fail(fmt.Errorf("write: %w", err))
	}
	return err
}

func (c *Conn) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.err
}
