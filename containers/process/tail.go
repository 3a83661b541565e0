package process

import (
	"io"
	"strings"
	"sync"
)

// tailSize is how much of an executor's last output goes into Diagnostics.
const tailSize = 4 << 10

// tail passes output on and remembers the end of it.
type tail struct {
	to io.Writer
	mu struct {
		sync.Mutex
		last []byte
	}
}

// Write takes output of the process.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.last = append(t.mu.last, p...)
	if extra := len(t.mu.last) - tailSize; extra > 0 {
		t.mu.last = append(t.mu.last[:0], t.mu.last[extra:]...)
	}
	return t.to.Write(p)
}

// String is the last output, from the beginning of a line.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := string(t.mu.last)
	if len(s) == tailSize {
		_, s, _ = strings.Cut(s, "\n")
	}
	return strings.ToValidUTF8(strings.TrimSpace(s), "\uFFFD")
}
