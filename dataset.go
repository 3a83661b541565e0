package weft

import (
	"context"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/plan"
)

// Dataset is a distributed collection of records of type T, described by how it is made. Nothing is
// computed before an action runs. A Dataset is a small value; copies are the same dataset. It may
// be used from several goroutines of the driver.
type Dataset[T any] struct{ d *dataset }

// dataset is a Dataset without its type.
type dataset struct {
	session *Session
	node    *plan.Node
	err     error // found while it was described; actions return it
}

// datasetOf adds a node to the session's lineage.
func datasetOf[T any](s *Session, err error, n *plan.Node) Dataset[T] {
	n.ID, n.Type = s.nextDataset(), typeName[T]()
	return Dataset[T]{&dataset{session: s, node: n, err: err}}
}

// narrow is the input list of an operator that reads d partition by partition.
func (d *dataset) narrow() []plan.Input {
	return []plan.Input{{Node: d.node, Shuffle: dag.NoShuffle}}
}

// Partitions returns the number of partitions, looking at the input where that is needed.
func (ds Dataset[T]) Partitions(ctx context.Context) (int, error) {
	if err := ds.d.resolve(ctx); err != nil {
		return 0, err
	}
	return ds.d.node.Partitions, nil
}

// Explain draws how the dataset is made.
func (ds Dataset[T]) Explain() string { return plan.Explain(ds.d.node) }

func (d *dataset) resolve(ctx context.Context) error {
	if d.err != nil {
		return d.err
	}
	return d.session.resolve(ctx, d.node)
}
