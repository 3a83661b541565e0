package cli

import (
	"fmt"
	"io"

	"github.com/weft-data/weft/internal/console"
	"github.com/weft-data/weft/internal/yarnlogs"
)

// logWriter prints pieces of several logs, with a head line where another one begins.
type logWriter struct {
	w       io.Writer
	bare    bool // one log only: nothing but its bytes
	current logKey
	middle  bool // of a line
}

// begin says whose bytes come next.
func (w *logWriter) begin(l yarnlogs.Log) {
	key := logKey{l.Container, l.Name}
	if w.bare || key == w.current {
		return
	}
	if w.middle {
		fmt.Fprintln(w.w)
	}
	w.current, w.middle = key, false
	fmt.Fprintf(w.w, "==> %s on %s: %s <==\n", console.Clean(l.Container), console.Clean(l.Node),
		console.Clean(l.Name))
}

// Write prints bytes of the current log.
func (w *logWriter) Write(b []byte) (int, error) {
	if len(b) > 0 {
		w.middle = b[len(b)-1] != '\n'
	}
	return w.w.Write(b)
}
