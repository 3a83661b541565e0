package shuffle

import "fmt"

// ShuffleID names a shuffle within its application. The scheduler hands it out.
type ShuffleID uint32

// MapID is the index of a map task within its shuffle's map stage.
type MapID uint32

// AttemptID names one attempt of one task, uniquely within the application, stage attempts
// and driver restarts included. It is part of every file name: a late twin of a map task
// can therefore never overwrite or mix with the output that the driver has registered.
type AttemptID uint64

// OutputID names the output of one map attempt: one data file and one index.
type OutputID struct {
	Shuffle ShuffleID
	Map     MapID
	Attempt AttemptID
}

// String prints the id as logs, errors and the file name show it.
func (id OutputID) String() string {
	return fmt.Sprintf("shuffle %d map %d attempt %d", id.Shuffle, id.Map, id.Attempt)
}

// Location says where the output of one map task lies, or of the several map tasks whose group
// is one file: a reader asks once for each file, however many map tasks there were. It is made
// from what the driver knows of where outputs are.
type Location struct {
	Executor string    // who wrote it; blamed in FetchFailedError
	Host     string    // host identity; equal to ReaderConfig.Host: try the local disk first
	Addr     string    // host:port of the server to ask
	Map      MapID     // whose name the file has
	Attempt  AttemptID // of that map task
	// Maps are the members of a group whose rows are wanted, ascending; the others were
	// computed again elsewhere. Nil says that the file is no group.
	Maps  []MapID
	Bytes int64 // size for this reader's partitions, 0 when not known; sizes the requests
}
