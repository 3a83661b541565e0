package schedtest

import (
	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/scheduler"
)

func (v *env) cached(c *command) (string, error) {
	x, id, parts, err := blocks(c)
	if err != nil {
		return "", err
	}
	return v.step(scheduler.BlocksCached{Executor: x, Dataset: id, Partitions: parts})
}

func (v *env) dropped(c *command) (string, error) {
	x, id, parts, err := blocks(c)
	if err != nil {
		return "", err
	}
	return v.step(scheduler.BlocksDropped{Executor: x, Dataset: id, Partitions: parts})
}

func (v *env) unpersist(c *command) (string, error) {
	n, err := c.number("dataset", 0)
	if err != nil {
		return "", err
	}
	return v.step(scheduler.DatasetUnpersisted{Dataset: dag.DatasetID(n)})
}

func blocks(c *command) (x scheduler.ExecutorID, id dag.DatasetID, parts []int32, err error) {
	if x, err = c.executor(); err != nil {
		return
	}
	n, err := c.number("dataset", 0)
	if err != nil {
		return
	}
	parts, err = numbers[int32](c, "partitions")
	return x, dag.DatasetID(n), parts, err
}
