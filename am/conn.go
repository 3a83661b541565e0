package am

import (
	"errors"

	"github.com/weft-data/weft/control"
)

// conn is one executor's stream. Its reader is a goroutine of the Driver, its writer is Attach.
type conn struct {
	stream   control.Stream
	out      *mailbox[*control.ToExecutor]
	executor *executor // set by the loop when it is registered; nil: not yet, or refused
	chunks   chunks    // of the loop
}

// Attach serves an executor's stream: it writes what the loop has for it until the stream or the
// loop ends it. It is called by package control.
func (d *Driver) Attach(s control.Stream) error {
	c := &conn{stream: s, out: newMailbox[*control.ToExecutor]()}
	d.readers.Go(func() { d.read(c) })
	for range c.out.wake {
		messages, closed := c.out.take()
		for _, m := range messages {
			if err := s.Send(m); err != nil {
				return err // read sees it too and tells the loop
			}
		}
		if closed {
			return nil
		}
	}
	return nil
}

// read hands an executor's messages to the loop, and its end. A loop that is busy makes it wait,
// and with it the executor.
func (d *Driver) read(c *conn) {
	for {
		m, err := c.stream.Recv()
		if err != nil {
			c.out.close()
			d.post(streamEnded{c, err})
			return
		}
		if !d.post(received{c, m}) {
			c.out.close()
			return
		}
	}
}

// post gives an event to the loop; false means that there is no loop any more.
func (d *Driver) post(e event) bool {
	select {
	case d.events <- e:
		return true
	case <-d.ended:
		return false
	}
}

// received is a message of an executor.
type received struct {
	conn *conn
	m    *control.FromExecutor
}

func (r received) happen(l *loop) {
	if m, ok := r.m.Message.(*control.FromExecutor_Register); ok {
		l.register(r.conn, m.Register)
		return
	}
	e := r.conn.executor
	if e == nil || e.gone {
		return // refused, or already taken for lost: its news is void
	}
	e.heard = l.now()
	switch m := r.m.Message.(type) {
	case *control.FromExecutor_Ended:
		l.tasksEnded(e, m.Ended)
	case *control.FromExecutor_Chunk:
		l.chunk(e, m.Chunk)
	case *control.FromExecutor_Blocks:
		l.blocksChanged(e, m.Blocks)
	case *control.FromExecutor_Ready:
		l.ready(e, m.Ready)
	case *control.FromExecutor_Heartbeat:
		l.heartbeat(e, m.Heartbeat)
	default:
		l.drop(e, errors.New("it sent a message that is not known"))
	}
}

// streamEnded is the end of an executor's stream, in order or not.
type streamEnded struct {
	conn *conn
	err  error
}

func (s streamEnded) happen(l *loop) {
	if e := s.conn.executor; e != nil {
		l.drop(e, s.err)
	}
}
