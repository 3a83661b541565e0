package scheduler

import (
	"errors"
	"fmt"
	"time"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/resource"
)

// ErrTime is returned for an event that comes before the last one.
var ErrTime = errors.New("scheduler: time goes backwards")

// Machine decides what runs where. It does no I/O, starts no goroutine and reads no clock:
// events go in through Step, and Ready returns the actions they call for, in order. The same
// events at the same times always give the same actions. It is for one goroutine at a time.
type Machine struct {
	conf Config
	now  time.Duration

	jobs     []*job // not over, by id
	stages   map[dag.StageID]*stage
	shuffles map[dag.ShuffleID]*stage // the map stage that writes each
	cluster  cluster
	profiles []*profile // by id
	// resources are the names of resources but cores, in the order they were first heard of.
	resources []string
	runs      runs
	blocks    map[dag.DatasetID]*dataset

	queue   []*stage // running, with pending tasks, first in first out; see before
	waiting []*stage // in state Waiting, same order
	changes changes
	offers  offers
	fair    fair // the pools, in mode Fair
	recalls recalls
	slow    slow // the search for slow tasks
	ended   ended

	exclusions exclusions
	allocation allocation
	row        []int32 // of preferred
	out        []Action
	wake       time.Duration // last WakeAt given out, or 0
}

// New makes a machine with no jobs and no executors.
func New(c Config) (*Machine, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	m := &Machine{
		conf:     c,
		stages:   make(map[dag.StageID]*stage),
		shuffles: make(map[dag.ShuffleID]*stage),
		cluster:  newCluster(),
		blocks:   make(map[dag.DatasetID]*dataset),
	}
	m.addProfile(resource.Default, resource.Shape{Task: resource.Task{CPUs: 1}})
	m.fair = newFair()
	return m, m.newAllocation()
}

// Step takes one event at a time since the application started. An error means that the
// event is refused as malformed and nothing has changed; late and repeated news is no error.
func (m *Machine) Step(now time.Duration, e Event) error {
	if now < m.now {
		return fmt.Errorf("%w: %s after %s", ErrTime, now, m.now)
	}
	m.now = now
	m.expire()
	if err := m.step(e); err != nil {
		return err
	}
	m.giveUpStuck()
	m.settle()
	m.lookForSlow()
	return nil
}

func (m *Machine) step(e Event) error {
	switch e := e.(type) {
	case JobSubmitted:
		return m.jobSubmitted(e)
	case JobCancelled:
		m.jobCancelled(e)
	case ProfileAdded:
		return m.profileAdded(e)
	case ExecutorAdded:
		return m.executorAdded(e)
	case ExecutorLost:
		m.executorLost(e)
	case ExecutorDecommissioning:
		m.executorDecommissioning(e)
	case OutputsLostOnHost:
		m.outputsLostOnHost(e)
	case TasksEnded:
		m.tasksEnded(e)
	case TasksProgressed:
		m.tasksProgressed(e)
	case BlocksCached:
		m.blocksCached(e)
	case BlocksDropped:
		m.blocksDropped(e)
	case DatasetUnpersisted:
		delete(m.blocks, e.Dataset)
		m.letGo(none)
	case ShuffleDropped:
		m.shuffleDropped(e)
	case CommitAsked:
		m.commitAsked(e)
	case PoolsChanged:
		return m.poolsChanged(e)
	case Tick:
	default:
		return fmt.Errorf("scheduler: unknown event %T", e)
	}
	return nil
}

// Ready places pending tasks on free executors and returns everything to be done since the
// last call, to be performed in order. The slice belongs to the caller.
func (m *Machine) Ready() []Action {
	m.offer()
	m.recall()
	m.lookForStuck()
	m.allocate()
	m.askWake()
	out := m.out
	m.out = nil
	return out
}

func (m *Machine) emit(a Action) { m.out = append(m.out, a) }
