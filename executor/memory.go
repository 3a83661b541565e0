package executor

import (
	"sync/atomic"

	"github.com/weft-data/weft/shuffle"
)

// taskMemory is one task's part of the executor's budget: at most limit, so that the first task
// does not take what its neighbours need, and all of it given back when the task ends.
type taskMemory struct {
	budget *shuffle.Budget
	limit  int64
	used   atomic.Int64
}

// Grow takes n bytes if the task and the executor have them.
func (m *taskMemory) Grow(n int64) bool {
	if m.used.Add(n) <= m.limit && m.budget.Grow(n) {
		return true
	}
	m.used.Add(-n)
	return false
}

// Shrink gives n bytes back.
func (m *taskMemory) Shrink(n int64) {
	m.used.Add(-n)
	m.budget.Shrink(n)
}

// close gives back what the task forgot.
func (m *taskMemory) close() { m.budget.Shrink(m.used.Swap(0)) }
