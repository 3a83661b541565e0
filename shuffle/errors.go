package shuffle

import (
	"errors"
	"fmt"
)

// Sentinels that callers decide on.
var (
	// ErrNotFound says that a block's files are not (or no longer) there.
	ErrNotFound = errors.New("shuffle: no such block")
	// ErrCorrupt says that bytes read back differ from the bytes written: a checksum, a
	// length or a count does not hold. It is never returned together with rows.
	ErrCorrupt = errors.New("shuffle: corrupt data")
	// ErrRecordTooLarge says that a record exceeds MaxRecord.
	ErrRecordTooLarge = errors.New("shuffle: record too large")
	// ErrClosed says that a Writer, Sorter, Reader or Client was used after its end.
	ErrClosed = errors.New("shuffle: used after close")
)

// FetchFailedError says that one file of map output could not be read: it is missing, corrupt,
// or its server did not answer in spite of retries. The scheduler runs exactly the map tasks
// again whose rows were wanted from it. Find it with errors.As.
type FetchFailedError struct {
	Executor string // that wrote the output
	Addr     string // that was asked; empty when the block was read from the local disk
	Shuffle  ShuffleID
	Map      MapID // whose name the file has
	Attempt  AttemptID
	Maps     []MapID // of a group: the members that were wanted, all of them lost; else nil
	Reduce   int     // first partition that failed
	Cause    error
}

// Error names the block, who was to serve it, and why it failed.
func (e *FetchFailedError) Error() string {
	from := "local disk"
	if e.Addr != "" {
		from = e.Addr
	}
	group := ""
	if len(e.Maps) > 1 {
		group = fmt.Sprintf(" (with %d maps in one file)", len(e.Maps))
	}
	return fmt.Sprintf("fetch shuffle %d map %d attempt %d%s reduce %d of executor %s from %s: %v",
		e.Shuffle, e.Map, e.Attempt, group, e.Reduce, e.Executor, from, e.Cause)
}

// Unwrap returns the cause.
func (e *FetchFailedError) Unwrap() error { return e.Cause }
