package shuffle

import (
	"runtime"
	"sync"
)

// turnstile lets a bounded number of answers move at a time, and lets applications take turns:
// one with ten thousand connections waits no less for each of its turns than one with ten. A
// turn is a buffer, filled and sent, or a piece of a file; an answer whose client does not take
// it gives its turn back and keeps no memory while it waits.
type turnstile struct {
	mu struct {
		sync.Mutex
		free    []*sendBuffer
		waiting []*tenant // those with a queue, in the order of their turns
	}
}

// queue is the answers of one application that wait for a turn.
type queue struct {
	waiting []chan *sendBuffer
}

const (
	// turnBuffer is how much of small blocks is sent in one turn.
	turnBuffer = 256 << 10
	// streamBuffer is how much is sent at once to a connection that encrypts, each of whose
	// answers has a buffer of its own.
	streamBuffer = 64 << 10
)

// sendBuffer is where small blocks and the heads of answers are gathered.
type sendBuffer struct {
	whole []byte
	data  []byte // what is to be sent: the beginning of whole, with room for as much as fits
	marks []mark
}

// mark says where in a buffer the answer to an item begins; before it, for the first.
type mark struct {
	item  int
	start int64
}

func newSendBuffer(size int) *sendBuffer { return &sendBuffer{whole: make([]byte, size)} }

// newTurnstile makes more turns than there are cores, because a turn may wait for a disk.
func newTurnstile() *turnstile {
	t := &turnstile{}
	for range max(32, 4*runtime.GOMAXPROCS(0)) {
		t.mu.free = append(t.mu.free, newSendBuffer(turnBuffer))
	}
	return t
}

// enter returns when it is the application's turn.
func (t *turnstile) enter(who *tenant) *sendBuffer {
	t.mu.Lock()
	if n := len(t.mu.free); n > 0 {
		b := t.mu.free[n-1]
		t.mu.free = t.mu.free[:n-1]
		t.mu.Unlock()
		return b
	}
	turn := make(chan *sendBuffer, 1)
	if len(who.queue.waiting) == 0 {
		t.mu.waiting = append(t.mu.waiting, who)
	}
	who.queue.waiting = append(who.queue.waiting, turn)
	t.mu.Unlock()
	return <-turn
}

// leave ends a turn: the next one is that of the application that has waited for longest.
func (t *turnstile) leave(b *sendBuffer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.mu.waiting) == 0 {
		t.mu.free = append(t.mu.free, b)
		return
	}
	who := t.mu.waiting[0]
	t.mu.waiting = t.mu.waiting[1:]
	turn := who.queue.waiting[0]
	who.queue.waiting = who.queue.waiting[1:]
	if len(who.queue.waiting) > 0 {
		t.mu.waiting = append(t.mu.waiting, who)
	}
	turn <- b
}
