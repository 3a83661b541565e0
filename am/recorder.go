package am

import (
	"bufio"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/conf"
	"github.com/weft-data/weft/scheduler"
	"github.com/weft-data/weft/scheduler/replay"
)

// recorder writes what the machine is told into the file that weft.scheduler.log names. The loop
// only hands events over: a disk that is too slow cuts the log short, never the jobs. What is
// there can be played nevertheless.
type recorder struct {
	file    *os.File
	log     hclog.Logger
	conf    scheduler.Config
	entries chan entry // of the loop; nil once the log is cut or closed
}

// entry is one event that the machine was told, or that it was asked for its actions (nil).
type entry struct {
	at    time.Duration
	event scheduler.Event
}

// mostEntries wait for the disk. An event holds at most one batch of ended tasks, or one job.
const mostEntries = 4096

// newRecorder opens the log; without one nothing is recorded, and the recorder is nil.
func newRecorder(d *Driver, c scheduler.Config) (*recorder, error) {
	path := conf.SchedulerLog.Get(d.Conf)
	if path == "" {
		return nil, nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: the scheduler's log (weft.scheduler.log): %s is no file, and "+
			"opening it might never end", ErrSettings, path)
	}
	// Hosts and messages of failures are the user's own business.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: open the scheduler's log (weft.scheduler.log): %w", ErrSettings, err)
	}
	return &recorder{file: f, log: d.Log, conf: c, entries: make(chan entry, mostEntries)}, nil
}

// record starts the goroutine that writes; it ends after close.
func (l *loop) record() {
	if r := l.recorder; r != nil {
		entries := r.entries
		l.servers.Go(func() { r.run(entries) })
	}
}

// tell hands an entry over, and gives the log up when it does not keep pace.
func (r *recorder) tell(at time.Duration, e scheduler.Event) {
	if r == nil || r.entries == nil {
		return
	}
	select {
	case r.entries <- entry{at, e}:
	default:
		r.log.Warn("the scheduler's log is cut short: its disk is too slow", "file", r.file.Name())
		r.close()
	}
}

// close ends the log after what was told so far.
func (r *recorder) close() {
	if r != nil && r.entries != nil {
		close(r.entries)
		r.entries = nil
	}
}

// abandon closes the log of a driver that never began.
func (r *recorder) abandon() {
	if r != nil {
		_ = r.file.Close()
	}
}

// run writes entries until the channel is closed. After an error it only empties it.
func (r *recorder) run(entries <-chan entry) {
	w := bufio.NewWriterSize(r.file, 1<<16)
	out, err := replay.NewRecorder(w, r.conf)
	for e := range entries {
		if err == nil {
			err = write(out, e)
		}
		if err == nil && len(entries) == 0 { // a driver that is killed leaves what happened
			err = w.Flush()
		}
	}
	if err == nil {
		err = w.Flush()
	}
	if closed := r.file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		r.log.Warn("the scheduler's log is not complete", "file", r.file.Name(), "error", err)
	}
}

func write(out *replay.Recorder, e entry) error {
	if e.event == nil {
		return out.Ready()
	}
	return out.Step(e.at, e.event)
}
