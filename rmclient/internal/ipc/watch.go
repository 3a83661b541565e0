package ipc

import (
	"errors"
	"net"
	"os"
	"time"
)

// watched is a connection that notices silence. Read goes on through it, so that no layer above
// ever sees half a message, until quiet says that the connection is not worth keeping.
type watched struct {
	net.Conn
	every time.Duration
	quiet func() error
}

// Read reads, and calls quiet each time nothing has come for a while.
func (w *watched) Read(b []byte) (int, error) {
	for {
		if err := w.SetReadDeadline(time.Now().Add(w.every)); err != nil {
			return 0, err
		}
		n, err := w.Conn.Read(b)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		if err := w.quiet(); err != nil {
			return 0, err
		}
	}
}
