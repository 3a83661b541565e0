package dag

import "fmt"

// JobID numbers the actions of an application from 0, in the order they were submitted.
type JobID int32

// StageID numbers the stages of an application.
type StageID int32

// ShuffleID numbers the shuffles of an application.
type ShuffleID int32

// DatasetID numbers the persisted datasets of an application.
type DatasetID int32

// NoShuffle is the Shuffle of a stage that writes none: a result stage.
const NoShuffle ShuffleID = -1

// Task names one execution of one partition of one stage. The triple is unique in the
// application: it serves as the key of results, of commit permission and of log lines.
type Task struct {
	Stage     StageID
	Partition int32
	Attempt   int32
}

// String gives the one written form of a task: "task 3.7 attempt 1".
func (t Task) String() string {
	return fmt.Sprintf("task %d.%d attempt %d", t.Stage, t.Partition, t.Attempt)
}
