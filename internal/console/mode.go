package console

import "fmt"

// Mode is how progress is shown.
type Mode string

// The modes of --progress.
const (
	Auto  Mode = "auto"  // a line that moves on a terminal, Plain elsewhere
	Plain Mode = "plain" // a log line now and then
	Off   Mode = "off"   // nothing
)

// ParseMode reads a mode; empty is Auto.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(s); m {
	case "":
		return Auto, nil
	case Auto, Plain, Off:
		return m, nil
	}
	return "", fmt.Errorf("progress %q: want auto, plain or off", s)
}
