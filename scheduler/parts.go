package scheduler

// partState is the state of one partition. Pending is the zero value, so that a new stage of
// a million partitions costs one cleared allocation.
type partState uint8

const (
	partPending partState = iota // waits in stage.pending
	partRunning                  // has a live run
	partDone                     // computed, and the output is not lost
)

// parts keeps the state of a stage's partitions as one array for each field: 18 bytes for a
// partition of a map stage, 10 for one of a result stage, no pointers.
type parts struct {
	state    []partState
	failures []uint8 // counted failures since the last success
	attempts []int32 // attempt numbers given so far; only grows
	// where is the newest live run of a running partition and the executor of a done one.
	where []int32
	// Map stages only: the attempt that made the output, and the next index whose output the
	// same executor holds.
	winner []int32
	next   []int32
}

func newParts(n int, mapStage bool) parts {
	p := parts{
		state:    make([]partState, n),
		failures: make([]uint8, n),
		attempts: make([]int32, n),
		where:    make([]int32, n),
	}
	if mapStage {
		p.winner = make([]int32, n)
		p.next = make([]int32, n)
	}
	return p
}

func (p *parts) made() bool { return p.state != nil }
