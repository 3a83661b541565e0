package shuffle

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// ClientConfig says how a Client reaches servers.
type ClientConfig struct {
	// Dial connects and authenticates; nothing is sent before it returns. It waits for a server
	// that is worth waiting for, such as a node's service that restarts. nil: plain TCP.
	Dial    func(ctx context.Context, addr string) (net.Conn, error)
	Timeout time.Duration // without a byte moving, then the connection is given up; 0: 60 s
	Idle    int           // connections kept for each address; 0: 2
}

// Client fetches blocks from servers and keeps connections for the next fetch. One serves
// all tasks of an executor; all methods may be called from any goroutine.
type Client struct {
	ClientConfig
	mu struct {
		sync.Mutex
		idle   map[string][]*link
		closed bool
	}
}

// link is a connection to a server.
type link struct {
	net.Conn
	addr    string
	timeout time.Duration
	in      *bufio.Reader
	used    bool // it has answered a request
}

// errLost is an early end of a connection. It is not io.EOF, which on a file would mean
// that the file is too short: a lost connection is worth a retry, a short file is not.
var errLost = errors.New("connection ended by the server")

// Read reads, with a time limit of its own.
func (l *link) Read(p []byte) (int, error) {
	if err := l.SetReadDeadline(time.Now().Add(l.timeout)); err != nil {
		return 0, err
	}
	n, err := l.Conn.Read(p)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errLost
	}
	return n, err
}

// NewClient returns a Client.
func NewClient(c ClientConfig) *Client {
	if c.Dial == nil {
		var d net.Dialer
		c.Dial = func(ctx context.Context, addr string) (net.Conn, error) {
			return d.DialContext(ctx, "tcp", addr)
		}
	}
	c.Timeout = orDefault(c.Timeout, 60*time.Second)
	c.Idle = orDefault(c.Idle, 2)
	client := &Client{ClientConfig: c}
	client.mu.idle = map[string][]*link{}
	return client
}

// Close closes the kept connections. Fetches under way are not interrupted.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.closed = true
	for _, links := range c.mu.idle {
		for _, l := range links {
			l.Close()
		}
	}
	clear(c.mu.idle)
	return nil
}

// ask sends a request and returns when the first byte of the answer has come. A kept connection
// that its server has closed meanwhile is replaced by a new one.
func (c *Client) ask(ctx context.Context, addr string, q request) (*answer, error) {
	for {
		l, err := c.link(ctx, addr)
		if err != nil {
			return nil, err
		}
		a := &answer{client: c, link: l}
		a.stop = context.AfterFunc(ctx, func() { l.Close() })
		if err = l.send(q.encode()); err == nil {
			_, err = l.in.Peek(1)
		}
		if err == nil {
			return a, nil
		}
		a.end(false)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !l.used {
			return nil, err
		}
	}
}

func (l *link) send(b []byte) error {
	if err := l.SetWriteDeadline(time.Now().Add(l.timeout)); err != nil {
		return err
	}
	_, err := l.Write(b)
	return err
}

// link returns a kept connection, or a new one.
func (c *Client) link(ctx context.Context, addr string) (*link, error) {
	if l, err := c.kept(addr); l != nil || err != nil {
		return l, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	conn, err := c.Dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	l := &link{Conn: conn, addr: addr, timeout: c.Timeout}
	l.in = bufio.NewReaderSize(l, 64<<10)
	return l, nil
}

func (c *Client) kept(addr string) (*link, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.closed {
		return nil, fmt.Errorf("fetch client: %w", ErrClosed)
	}
	links := c.mu.idle[addr]
	if len(links) == 0 {
		return nil, nil
	}
	last := len(links) - 1
	c.mu.idle[addr] = links[:last]
	return links[last], nil
}

// keep takes a connection back whose answer was read to the end.
func (c *Client) keep(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.closed || len(c.mu.idle[l.addr]) >= c.Idle {
		l.Close()
		return
	}
	l.used = true
	c.mu.idle[l.addr] = append(c.mu.idle[l.addr], l)
}

// answer is a server's answer while it is read.
type answer struct {
	client *Client
	link   *link
	stop   func() bool
}

// item reads the head of the answer to an item.
func (a *answer) item(it item) ([]BlockMeta, error) { return readAnswer(a.link.in, it.count) }

// end gives the connection back; whole says that everything was read.
func (a *answer) end(whole bool) {
	if a.stop() && whole {
		a.client.keep(a.link)
		return
	}
	a.link.Close()
}

// FetchCached fetches a cached block from the executor at addr; ErrNotFound when it is no
// longer there. Close the reader.
func (c *Client) FetchCached(ctx context.Context, addr string, id CachedID) (*BlockReader, error) {
	it := item{cached: id, count: 1}
	a, err := c.ask(ctx, addr, request{kind: kindCached, items: []item{it}})
	if err != nil {
		return nil, fmt.Errorf("fetch %v from %s: %w", id, addr, err)
	}
	metas, err := a.item(it)
	if err != nil {
		var told *serverError
		a.end(errors.As(err, &told) && told.status != statusRefused)
		return nil, fmt.Errorf("fetch %v from %s: %w", id, addr, err)
	}
	left := &io.LimitedReader{R: a.link.in, N: metas[0].Bytes}
	return NewBlockReader(&cachedBody{left, a}, metas[0]), nil
}

// cachedBody is a cached block on its way.
type cachedBody struct {
	*io.LimitedReader
	answer *answer
}

// Close gives the connection back.
func (b *cachedBody) Close() error {
	if b.answer != nil {
		b.answer.end(b.N == 0)
		b.answer = nil
	}
	return nil
}
