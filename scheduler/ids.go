package scheduler

import "fmt"

// ExecutorID numbers the executors of an application. An id is never given twice, not even
// after the executor is lost: that is what lets a late message of a lost executor be told
// from news of a living one.
type ExecutorID int32

// NoExecutor stands for an executor that is not known.
const NoExecutor ExecutorID = -1

// String gives the one written form of an executor: "e12".
func (e ExecutorID) String() string {
	if e == NoExecutor {
		return "no executor"
	}
	return fmt.Sprintf("e%d", int32(e))
}
