package control

import "fmt"

// ExecutorID numbers the executors of an application; no number is used twice.
type ExecutorID int32

// String gives the one written form of an executor: "e12".
func (e ExecutorID) String() string { return fmt.Sprintf("e%d", int32(e)) }
