package dag

import (
	"errors"
	"fmt"
)

// ErrInvalid is what every error of Validate wraps.
var ErrInvalid = errors.New("invalid job")

// MaxTasks bounds the partitions of one stage, so that a wrong number is an error and not an
// allocation of all memory.
const MaxTasks = 1 << 28

// ManyReduces is from where on a map stage's outputs may lie in files of several map tasks: with
// fewer reduces the blocks of a file for each map task are few, whatever the number of map tasks.
const ManyReduces = 100

// Validate checks that the job is one that a scheduler can run: ids in range and used once,
// parents before children, partitions inside their stage, exactly one result stage at the end.
func (j Job) Validate() error {
	if j.ID < 0 {
		return fmt.Errorf("%w: job id %d is negative", ErrInvalid, j.ID)
	}
	if len(j.Stages) == 0 {
		return fmt.Errorf("%w: job %d has no stages", ErrInvalid, j.ID)
	}
	check := checker{stages: map[StageID]bool{}, shuffles: map[ShuffleID]bool{}}
	for i := range j.Stages {
		last := i == len(j.Stages)-1
		if err := check.stage(&j.Stages[i], last); err != nil {
			return fmt.Errorf("%w: job %d stage %d: %w", ErrInvalid, j.ID, j.Stages[i].ID, err)
		}
	}
	return nil
}

// checker walks the stages of a job in order and remembers what came before.
type checker struct {
	stages   map[StageID]bool
	shuffles map[ShuffleID]bool
}

func (c *checker) stage(s *Stage, last bool) error {
	switch {
	case s.ID < 0:
		return errors.New("negative id")
	case c.stages[s.ID]:
		return errors.New("id used twice")
	case s.Tasks < 0 || s.Tasks > MaxTasks:
		return fmt.Errorf("%d tasks, want 0 to %d", s.Tasks, MaxTasks)
	case last != s.Result():
		return errors.New("the last stage of a job, and only it, has no shuffle to write")
	}
	c.stages[s.ID] = true
	for _, check := range []func(*Stage) error{c.parents, c.output, partitions, prefs} {
		if err := check(s); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) parents(s *Stage) error {
	for _, p := range s.Parents {
		if !c.shuffles[p.Shuffle] {
			return fmt.Errorf("reads shuffle %d, which no stage before it writes", p.Shuffle)
		}
	}
	return nil
}

func (c *checker) output(s *Stage) error {
	if s.Result() {
		return nil
	}
	if s.Shuffle < 0 || c.shuffles[s.Shuffle] {
		return fmt.Errorf("writes shuffle %d, which is negative or written twice", s.Shuffle)
	}
	if s.Reduces < 0 || s.Reduces > MaxTasks {
		return fmt.Errorf("shuffle %d has %d partitions, want 0 to %d", s.Shuffle, s.Reduces, MaxTasks)
	}
	c.shuffles[s.Shuffle] = true
	return nil
}

func partitions(s *Stage) error {
	if s.Partitions == nil {
		return nil
	}
	if !s.Result() {
		return errors.New("only a result stage may compute a subset of its partitions")
	}
	before := int32(-1)
	for _, p := range s.Partitions {
		if p <= before || int(p) >= s.Tasks {
			return fmt.Errorf("partition %d is not ascending in [0,%d)", p, s.Tasks)
		}
		before = p
	}
	return nil
}

func prefs(s *Stage) error {
	p := &s.Prefs
	if p.Offsets == nil && p.Index == nil {
		return nil
	}
	if len(p.Offsets) != s.Tasks+1 || p.Offsets[0] != 0 || int(p.Offsets[s.Tasks]) != len(p.Index) {
		return errors.New("preferred hosts do not match the number of partitions")
	}
	if p.Racks != nil && len(p.Racks) != len(p.Hosts) {
		return errors.New("preferred hosts have another number of racks than hosts")
	}
	for i := range s.Tasks {
		if p.Offsets[i] > p.Offsets[i+1] {
			return errors.New("preferred hosts are out of order")
		}
	}
	for _, h := range p.Index {
		if h < 0 || int(h) >= len(p.Hosts) {
			return fmt.Errorf("preferred host %d of %d", h, len(p.Hosts))
		}
	}
	return nil
}
