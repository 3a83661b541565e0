package console

import (
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// How the progress line behaves; the first three are Spark's.
const (
	firstShown = 500 * time.Millisecond // a job that is over sooner shows nothing
	refresh    = 200 * time.Millisecond
	plainEvery = 5 * time.Second
	fallback   = 80 // columns of a terminal that does not say
)

// Options make a Console. The zero value writes to standard error and finds out about the
// terminal by itself.
type Options struct {
	Out  io.Writer // default: os.Stderr
	Mode Mode      // default: Auto
	// Width tells how many columns the terminal has, 0 for none. It is asked again for every
	// line: windows change. Default: the size of Out, where it is a terminal.
	Width func() int
}

// A Console writes log lines with a progress line below them.
type Console struct {
	out   io.Writer
	mode  Mode
	width func() int

	mu struct {
		sync.Mutex
		shown   string // what stands in the last line of the terminal
		cleared int    // how often Clear was called
	}
}

// New makes a Console.
func New(o Options) *Console {
	c := &Console{out: o.Out, mode: o.Mode, width: o.Width}
	if c.out == nil {
		c.out = os.Stderr
	}
	if c.mode == "" {
		c.mode = Auto
	}
	if c.width == nil {
		c.width = func() int { return Width(c.out) }
	}
	return c
}

// Write writes whole log lines above the progress line.
func (c *Console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	line := c.mu.shown
	c.replace("")
	n, err := c.out.Write(b)
	if err == nil && strings.HasSuffix(string(b), "\n") {
		c.replace(line)
	}
	return n, err
}

// Show keeps the progress of what stages returns on the console until stop is called, which
// leaves the terminal as it was. The function is called from one goroutine, often: it should
// return a small copy, running stages first, and may return nothing.
func (c *Console) Show(stages func() []Stage) (stop func()) {
	if c.mode == Off {
		return func() {}
	}
	plain := c.plain()
	show, every := func() { plain(stages()) }, plainEvery
	if c.mode == Auto && c.width() > 0 {
		show, every = func() {
			cleared := c.clears()
			c.moving(stages(), cleared)
		}, refresh
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		c.run(done, every, show)
	}()
	var once sync.Once
	return func() {
		once.Do(func() { close(done) })
		<-ended
	}
}

// run calls show again and again until done is closed, and then clears the line.
func (c *Console) run(done <-chan struct{}, every time.Duration, show func()) {
	timer := time.NewTimer(max(every, firstShown))
	defer timer.Stop()
	for {
		select {
		case <-done:
			c.Clear()
			return
		case <-timer.C:
			show()
			timer.Reset(every)
		}
	}
}

// Clear takes the progress line away until the next refresh, so that what is printed elsewhere on
// the terminal begins on an empty line.
func (c *Console) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.cleared++
	c.replace("")
}

func (c *Console) clears() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.cleared
}

// moving draws the line of a terminal anew, unless it was cleared since the stages were looked up.
func (c *Console) moving(stages []Stage, cleared int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cleared != c.mu.cleared {
		return
	}
	width := c.width()
	if width <= 0 {
		width = fallback
	}
	c.replace(line(stages, width-1)) // the last column would wrap on some terminals
}

// replace takes the shown line away and puts another one there. The lock is held.
func (c *Console) replace(line string) {
	if line == c.mu.shown {
		return
	}
	blanks := max(0, len(c.mu.shown)-len(line))
	text := "\r" + line + strings.Repeat(" ", blanks) + "\r"
	c.mu.shown = line
	_, _ = io.WriteString(c.out, text) // there is nobody else to tell
}

// plain returns a function that writes a line for every stage that moved since its last call.
func (c *Console) plain() func([]Stage) {
	last := map[int]Stage{}
	return func(stages []Stage) {
		for _, s := range stages {
			if last[s.ID] != s {
				last[s.ID] = s
				_, _ = io.WriteString(c, s.String()+"\n")
			}
		}
	}
}
