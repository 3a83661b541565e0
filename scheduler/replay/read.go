package replay

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/weft-data/weft/scheduler"
)

// decoders has every event by its name.
var decoders = map[string]func([]byte) (scheduler.Event, error){
	"JobSubmitted":            as[scheduler.JobSubmitted],
	"JobCancelled":            as[scheduler.JobCancelled],
	"ProfileAdded":            as[scheduler.ProfileAdded],
	"ExecutorAdded":           as[scheduler.ExecutorAdded],
	"ExecutorLost":            as[scheduler.ExecutorLost],
	"ExecutorDecommissioning": as[scheduler.ExecutorDecommissioning],
	"OutputsLostOnHost":       as[scheduler.OutputsLostOnHost],
	"TasksEnded":              as[scheduler.TasksEnded],
	"TasksProgressed":         as[scheduler.TasksProgressed],
	"BlocksCached":            as[scheduler.BlocksCached],
	"BlocksDropped":           as[scheduler.BlocksDropped],
	"DatasetUnpersisted":      as[scheduler.DatasetUnpersisted],
	"ShuffleDropped":          as[scheduler.ShuffleDropped],
	"CommitAsked":             as[scheduler.CommitAsked],
	"PoolsChanged":            as[scheduler.PoolsChanged],
	"Tick":                    as[scheduler.Tick],
}

// as reads an event of one type. A field that it does not have is an error: the log is of
// another version, and playing it would prove nothing.
func as[E scheduler.Event](data []byte) (scheduler.Event, error) {
	var e E
	if len(data) == 0 {
		return e, nil
	}
	return e, strict(data, &e)
}

func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows on the line")
	}
	return nil
}

// reader reads a log line by line.
type reader struct {
	r    *bufio.Reader
	line int
}

func (r *reader) machine() (*scheduler.Machine, error) {
	text, err := r.next()
	if err != nil {
		return nil, r.wrap(err)
	}
	var h header
	if err := strict(text, &h); err != nil {
		return nil, r.wrap(err)
	}
	if h.Log != kind || h.Version != version {
		return nil, r.wrap(fmt.Errorf("it is %q version %d, want %q version %d",
			h.Log, h.Version, kind, version))
	}
	m, err := scheduler.New(h.Config)
	if err != nil {
		return nil, r.wrap(err)
	}
	return m, nil
}

// entry gives the next event and its time, a nil event for Ready, or io.EOF.
func (r *reader) entry() (time.Duration, scheduler.Event, error) {
	text, err := r.next()
	if errors.Is(err, io.EOF) {
		return 0, nil, io.EOF
	}
	if err != nil {
		return 0, nil, r.wrap(err)
	}
	at, e, err := decode(text)
	if err != nil {
		return 0, nil, r.wrap(err)
	}
	return at, e, nil
}

// decode reads a line after the first.
func decode(text []byte) (time.Duration, scheduler.Event, error) {
	var line entry
	if err := strict(text, &line); err != nil {
		return 0, nil, err
	}
	if line.Event == ready {
		return line.At, nil, nil
	}
	read, known := decoders[line.Event]
	if !known {
		return 0, nil, fmt.Errorf("there is no event %.64q", line.Event)
	}
	e, err := read(line.Data)
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", line.Event, err)
	}
	return line.At, e, nil
}

// next reads a whole line, of at most MaxLine bytes.
func (r *reader) next() ([]byte, error) {
	r.line++
	var line []byte
	for {
		part, err := r.r.ReadSlice('\n')
		if len(line)+len(part) > MaxLine {
			return nil, fmt.Errorf("the line has more than %d bytes", MaxLine)
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, errors.New("the line does not end; the log was cut off")
		default:
			return nil, err
		}
	}
}

func (r *reader) wrap(err error) error {
	return fmt.Errorf("line %d: %w: %w", r.line, ErrLog, err)
}
