package scheduler

import (
	"errors"
	"fmt"
	"time"

	"github.com/weft-data/weft/scheduler/pool"
)

// Config sets the machine's limits. The zero value of a field means its default, which is
// also what Default gives.
type Config struct {
	// MaxFailures is how many counted failures of one partition fail its jobs; default 4.
	MaxFailures int
	// MaxStageAttempts is how many attempts of a stage in a row may end by fetch failures
	// before its jobs fail; default 4.
	MaxStageAttempts int
	// MaxStageAttemptsInAll is how many attempts of a stage its jobs survive, whatever ended
	// them; 0 is no limit, the default.
	MaxStageAttemptsInAll int
	// CountDecommissioned lets fetch failures count for MaxStageAttempts that are about an
	// executor told to go (ExecutorDecommissioning). By default they do not: they were expected.
	CountDecommissioned bool
	// Wait is how long tasks wait at each locality level for a nearer executor.
	Wait Waits
	// AdaptiveWait makes the wait at the level Node as long as the stage is likely to need for a
	// near slot to come free (adaptive.go), and at most Wait.Node.
	AdaptiveWait bool
	// QueueTime is how much work, in task time, may wait in an executor's queue behind its
	// busy slots; default 5 ms. Negative: none, a slot gets its next task when it is free.
	QueueTime time.Duration
	// MaxCredit bounds that queue in tasks per slot; default 64.
	MaxCredit int
	// Mode is FIFO for jobs in the order of their submission, or Fair for pools that share
	// the slots. It does not change; what the pools are does, by PoolsChanged.
	Mode pool.Mode
	// CoverProfiles lets stages use the executors of any profile that has all that theirs asks
	// for, where there is no room on its own.
	CoverProfiles bool
	// Speculation launches copies of slow tasks; off by default.
	Speculation Speculation
	// Exclusion keeps tasks away from where tasks failed; off by default.
	Exclusion Exclusion
	// Allocation asks for executors and gives them back; off by default.
	Allocation Allocation
}

// Waits are the locality waits of the levels that have one; default 3 s each. A negative
// value means no wait.
type Waits struct{ Process, Node, Rack time.Duration }

// Default gives the configuration that a zero Config stands for.
func Default() Config {
	return Config{
		MaxFailures:      4,
		MaxStageAttempts: 4,
		Wait:             Waits{Process: 3 * time.Second, Node: 3 * time.Second, Rack: 3 * time.Second},
		QueueTime:        5 * time.Millisecond,
		MaxCredit:        64,
	}
}

// withDefaults fills the zero fields.
func (c Config) withDefaults() Config {
	d := Default()
	fill(&c.MaxFailures, d.MaxFailures)
	fill(&c.MaxStageAttempts, d.MaxStageAttempts)
	fill(&c.MaxCredit, d.MaxCredit)
	fill(&c.QueueTime, d.QueueTime)
	fill(&c.Wait.Process, d.Wait.Process)
	fill(&c.Wait.Node, d.Wait.Node)
	fill(&c.Wait.Rack, d.Wait.Rack)
	c.Speculation.fill()
	c.Exclusion.fill()
	return c
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// validate checks a filled configuration.
func (c Config) validate() error {
	switch {
	case c.MaxFailures < 1 || c.MaxFailures > maxFailuresLimit:
		return fmt.Errorf("scheduler: max failures is %d, want 1 to %d",
			c.MaxFailures, maxFailuresLimit)
	case c.MaxStageAttempts < 1:
		return errors.New("scheduler: max stage attempts must be at least 1")
	case c.MaxStageAttemptsInAll < 0:
		return errors.New("scheduler: max stage attempts in all must not be negative")
	case c.MaxCredit < 1:
		return errors.New("scheduler: max credit must be at least 1")
	case c.Mode > pool.Fair:
		return fmt.Errorf("scheduler: there is no mode %d, want FIFO or FAIR", c.Mode)
	}
	if err := c.Speculation.validate(); err != nil {
		return err
	}
	return c.Exclusion.validate(c.MaxFailures)
}

// maxFailuresLimit is what fits into the byte that counts a partition's failures.
const maxFailuresLimit = 255
