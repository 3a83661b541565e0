package single

import (
	"context"
	"sync"

	"github.com/weft-data/weft/containers"
)

// outbox holds events until the receiver takes them, so that nothing else waits for the receiver.
// There are never more than a few for each container.
type outbox struct {
	wake chan struct{} // holds a token while there are events, or it is closed
	quit chan struct{} // closed when nobody will take the rest
	done chan struct{} // closed when the sender has ended; nil: never started
	mu   struct {
		sync.Mutex
		events []containers.Event
		closed bool
	}
}

func newOutbox() *outbox {
	return &outbox{wake: make(chan struct{}, 1), quit: make(chan struct{})}
}

func (o *outbox) start(to chan<- containers.Event) {
	o.done = make(chan struct{})
	go o.send(to)
}

func (o *outbox) put(e containers.Event) {
	o.mu.Lock()
	o.mu.events = append(o.mu.events, e)
	o.mu.Unlock()
	o.poke()
}

func (o *outbox) poke() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *outbox) take() (events []containers.Event, closed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	events, o.mu.events = o.mu.events, nil
	return events, o.mu.closed
}

func (o *outbox) send(to chan<- containers.Event) {
	defer close(o.done)
	for range o.wake {
		events, closed := o.take()
		for _, e := range events {
			select {
			case to <- e:
			case <-o.quit:
				return
			}
		}
		if closed {
			return
		}
	}
}

// close delivers what there is, while ctx lasts, and ends the sender.
func (o *outbox) close(ctx context.Context) {
	if o.done == nil {
		return
	}
	o.mu.Lock()
	o.mu.closed = true
	o.mu.Unlock()
	o.poke()
	select {
	case <-o.done:
	case <-ctx.Done():
		close(o.quit)
		<-o.done
	}
}
