package executor

import "github.com/weft-data/weft/shuffle"

// driver is how many drivers the application had before that of this executor. Executors of an
// earlier one may live on behind a partition, and write where those of its successor do.
type driver int32

// attempt is the number of a task's attempt that is unique within the application: each driver
// counts from 0.
func (d driver) attempt(n int32) shuffle.AttemptID {
	return shuffle.AttemptID(d)<<32 | shuffle.AttemptID(n)
}
