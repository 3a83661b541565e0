package control

import (
	"context"
	"errors"
	"io"
	"sync"
)

// ErrClosed is returned by a Link or Local whose other end is gone.
var ErrClosed = errors.New("control: the other end is gone")

// Local joins a driver and executors that live in one process: Serve and Dial without a network.
type Local struct {
	ready   chan struct{} // closed when handler is set
	handler Handler

	life context.Context // of all streams; ends with Serve
	end  context.CancelCauseFunc

	mu struct {
		sync.Mutex
		streams sync.WaitGroup // grows only while over is false
		over    bool
	}
}

// NewLocal returns a Local. The driver serves it once, executors dial it.
func NewLocal() *Local {
	l := &Local{ready: make(chan struct{})}
	l.life, l.end = context.WithCancelCause(context.Background())
	return l
}

// Serve answers executors until ctx ends, then breaks their streams and returns when the last
// Attach has returned.
func (l *Local) Serve(ctx context.Context, h Handler) error {
	l.handler = h
	close(l.ready)
	<-ctx.Done()
	l.mu.Lock()
	l.mu.over = true
	l.mu.Unlock()
	l.end(ErrClosed)
	l.mu.streams.Wait()
	return nil
}

// Dial waits for the driver to serve, until ctx ends, and opens a stream.
func (l *Local) Dial(ctx context.Context) (Link, error) {
	select {
	case <-l.ready:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mu.over {
		return nil, ErrClosed
	}
	p := newPipe(l.life, l.handler)
	l.mu.streams.Go(func() { p.attach(l.handler) })
	return p, nil
}

// pipe is both ends of a stream inside one process. A few messages lie in the channels, as they
// would in a network's buffers.
type pipe struct {
	Handler // answers the questions
	up      chan *FromExecutor
	down    chan *ToExecutor
	ctx     context.Context // ends with either end
	cancel  context.CancelCauseFunc
}

func newPipe(life context.Context, h Handler) *pipe {
	p := &pipe{Handler: h, up: make(chan *FromExecutor, 16), down: make(chan *ToExecutor, 16)}
	p.ctx, p.cancel = context.WithCancelCause(life)
	return p
}

func (p *pipe) attach(h Handler) {
	if err := h.Attach(driverEnd{p}); err != nil {
		p.cancel(err)
		return
	}
	p.cancel(io.EOF)
}

// Broadcast shares the driver's own bytes.
func (p *pipe) Broadcast(ctx context.Context, id int64) ([]byte, error) {
	return p.BroadcastValue(ctx, id)
}

func (p *pipe) Send(m *FromExecutor) error { return pass(p, p.up, m) }

func (p *pipe) Recv() (*ToExecutor, error) { return take(p, p.down) }

func (p *pipe) Close() error {
	p.cancel(io.EOF)
	return nil
}

// driverEnd is the Stream of a pipe.
type driverEnd struct{ p *pipe }

func (e driverEnd) Context() context.Context { return e.p.ctx }

func (e driverEnd) Send(m *ToExecutor) error { return pass(e.p, e.p.down, m) }

func (e driverEnd) Recv() (*FromExecutor, error) { return take(e.p, e.p.up) }

func pass[T any](p *pipe, c chan<- T, m T) error {
	select {
	case c <- m:
		return nil
	case <-p.ctx.Done():
		return ErrClosed
	}
}

// take prefers what was sent before the end over the news of the end.
func take[T any](p *pipe, c <-chan T) (m T, err error) {
	select {
	case m = <-c:
		return m, nil
	case <-p.ctx.Done():
	}
	select {
	case m = <-c:
		return m, nil
	default:
		return m, context.Cause(p.ctx)
	}
}
