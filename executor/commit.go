package executor

import (
	"context"
	"fmt"

	"github.com/weft-data/weft/control"
	"github.com/weft-data/weft/dag"
)

// commit asks the driver. An answer that does not come is not a permission.
func (e *Executor) commit(ctx context.Context, t dag.Task) error {
	answer, err := e.link.Commit(ctx, &control.CommitRequest{
		Executor: int32(e.ID), Stage: int32(t.Stage), Partition: t.Partition, Attempt: t.Attempt,
	})
	if err != nil {
		return fmt.Errorf("ask to commit %s: %w", t, err)
	}
	if !answer.Granted {
		return fmt.Errorf("%w to %s: %s", ErrCommitDenied, t, answer.Why)
	}
	return nil
}
