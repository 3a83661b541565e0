//go:build unix

package console

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Width is how many columns the terminal behind w has; 0 when w is no terminal.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	switch {
	case err != nil || os.Getenv("TERM") == "dumb":
		return 0
	case size.Col == 0: // a terminal nobody told its size, as inside expect
		return fallback
	}
	return int(size.Col)
}
