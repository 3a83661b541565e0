package replay

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/weft-data/weft/scheduler"
)

// header is the first line of a log.
type header struct {
	Log     string           `json:"log"`
	Version int              `json:"version"`
	Config  scheduler.Config `json:"config"`
}

// entry is every other line.
type entry struct {
	At    time.Duration   `json:"at"`
	Event string          `json:"event"`
	Data  json.RawMessage `json:"data,omitempty"`
}

// ready is the name of the entry for a call of Machine.Ready.
const ready = "Ready"

// Recorder writes a log. It does not buffer: a line is written when it is told.
type Recorder struct {
	w   io.Writer
	now time.Duration
}

// NewRecorder begins the log of a machine that is made with this configuration.
func NewRecorder(w io.Writer, c scheduler.Config) (*Recorder, error) {
	if err := write(w, header{Log: kind, Version: version, Config: c}); err != nil {
		return nil, err
	}
	return &Recorder{w: w}, nil
}

// Step notes an event that the machine is told, also one that it refuses.
func (r *Recorder) Step(now time.Duration, e scheduler.Event) error {
	r.now = now
	return Record(r.w, now, e)
}

// Ready notes that the machine was asked for its actions.
func (r *Recorder) Ready() error { return write(r.w, entry{At: r.now, Event: ready}) }

// Record writes the line of one event.
func Record(w io.Writer, now time.Duration, e scheduler.Event) error {
	name := strings.TrimPrefix(fmt.Sprintf("%T", e), "scheduler.")
	if _, known := decoders[name]; !known {
		return fmt.Errorf("record an event: there is no event %T", e)
	}
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("record %s: %w", name, err)
	}
	if string(data) == "{}" {
		data = nil
	}
	return write(w, entry{At: now, Event: name, Data: data})
}

// write writes one line at once.
func write(w io.Writer, line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}
