package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/weft-data/weft/scheduler"
)

// ErrLog is for a log that cannot be read: it is none, is of another version, or is damaged.
var ErrLog = errors.New("not a log of scheduler events")

// Replay steps a new machine through a log and writes the actions that it calls for, as Line
// gives them, and the events that it refuses. A log that ends in the middle of a line, as that
// of a killed driver does, is played up to there; then the error says so.
func Replay(r io.Reader, w io.Writer) error {
	lines := reader{bufio.NewReader(r), 0}
	m, err := lines.machine()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	err = play(m, &lines, out)
	return errors.Join(err, out.Flush())
}

func play(m *scheduler.Machine, lines *reader, w io.Writer) error {
	for {
		at, e, err := lines.entry()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := one(m, at, e, w); err != nil {
			return err
		}
	}
}

// one does again what was done: nil stands for Ready.
func one(m *scheduler.Machine, at time.Duration, e scheduler.Event, w io.Writer) error {
	if e != nil {
		if err := m.Step(at, e); err != nil {
			_, err = io.WriteString(w, Refused(at, err))
			return err
		}
		return nil
	}
	for _, a := range m.Ready() {
		if _, err := io.WriteString(w, Line(at, a)); err != nil {
			return err
		}
	}
	return nil
}

// Line is how Replay writes an action: "1.5s launch on e1 stage 0.0: 3".
func Line(at time.Duration, a scheduler.Action) string { return fmt.Sprintf("%s %s\n", at, a) }

// Refused is how Replay writes an event that the machine refuses.
func Refused(at time.Duration, err error) string { return fmt.Sprintf("%s refused: %s\n", at, err) }
