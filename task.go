package weft

import (
	"context"

	"github.com/hashicorp/go-hclog"

	"github.com/weft-data/weft/internal/pipeline"
)

// Task is what a function of two steps may know of the task that it works for, and use in it.
type Task struct {
	b    *pipeline.Build
	node pipeline.Node
}

// Context ends when the task is killed.
func (t *Task) Context() context.Context { return t.b.Ctx }

// Partition is the number of the partition in the operator's dataset.
func (t *Task) Partition() int { return t.node.Partition }

// Partitions is the number of the dataset's partitions.
func (t *Task) Partitions() int { return t.node.Partitions }

// Attempt counts the tries of this task, from 0.
func (t *Task) Attempt() int { return int(t.b.Task.Attempt) }

// Addresses are the devices of a named resource that the task has, as the profile of its stage says
// (WithResources): its own where it takes whole ones, or one that it shares with other tasks.
func (t *Task) Addresses(resource string) []string { return t.b.Task.Devices[resource] }

// Log is the executor's log.
func (t *Task) Log() hclog.Logger { return t.b.Task.Log }
