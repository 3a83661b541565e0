package am

import "sync"

// mailbox is a queue that never makes its sender wait: the loop puts, one goroutine takes. What
// lies in it is bounded by what the scheduler lets out.
type mailbox[T any] struct {
	wake chan struct{} // holds a token while there is something to take
	mu   struct {
		sync.Mutex
		items  []T
		closed bool
	}
}

func newMailbox[T any]() *mailbox[T] { return &mailbox[T]{wake: make(chan struct{}, 1)} }

// put appends items; after close they are dropped.
func (m *mailbox[T]) put(items ...T) {
	m.mu.Lock()
	if !m.mu.closed {
		m.mu.items = append(m.mu.items, items...)
	}
	m.mu.Unlock()
	m.poke()
}

// take empties the mailbox. closed says that nothing will follow.
func (m *mailbox[T]) take() (items []T, closed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	items, m.mu.items = m.mu.items, nil
	return items, m.mu.closed
}

// close lets the taker end after what is already there.
func (m *mailbox[T]) close() {
	m.mu.Lock()
	m.mu.closed = true
	m.mu.Unlock()
	m.poke()
}

func (m *mailbox[T]) poke() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}
