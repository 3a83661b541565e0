package weft

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// Declared is an option of a declaration.
type Declared func(*pipeline.Operator)

// Named gives an operator an identity of its own, where one line of code declares several
// (in a loop, or in a function that other packages call). It must be the same in every
// process of the application.
func Named(id string) Declared { return func(o *pipeline.Operator) { o.ID = id } }

// declare registers an operator under the place that calls weft, and checks its record types.
func declare(
	kind string, op pipeline.Operator, opts []Declared, types ...recordType,
) *pipeline.Operator {
	op.Kind, op.Site = kind, pipeline.CallSite()
	op.ID = op.Site
	for _, opt := range opts {
		opt(&op)
	}
	var names []string
	for _, t := range types {
		names = append(names, t.name)
		if t.err != nil {
			pipeline.Fault(fmt.Errorf("%s (%s): no record can be of type %w", kind, op.Site, t.err))
		}
	}
	op.Types = strings.Join(names, " ")
	pipeline.Register(&op)
	return &op
}

// recordType is a type that was named in a declaration.
type recordType struct {
	name string
	err  error
}

// record plans T's codec and makes the operations known that any dataset of T has.
func record[T any]() (*codec.Codec[T], recordType) {
	c, err := codec.Of[T]()
	if err == nil && c.Slow() != "" {
		err = fmt.Errorf("%s: it would need reflection for every record; use a slice of pairs, or give "+
			"the type the methods AppendBinary and UnmarshalBinary", c.Slow())
	}
	t := recordType{typeName[T](), err}
	if err == nil {
		registerBuiltins(t.name, c)
	}
	return c, t
}

// keyed is record for a Pair, with the codec of its key.
func keyed[K, V any]() (*codec.Key[K], *codec.Codec[V], recordType) {
	key, err := codec.KeyOf[K]()
	_, pair := record[Pair[K, V]]()
	value, valueErr := codec.Of[V]()
	for _, e := range []error{err, valueErr} {
		if pair.err == nil {
			pair.err = e
		}
	}
	return key, value, pair
}

// parameter plans P's codec; parameters may hold maps.
func parameter[P any]() (*codec.Codec[P], recordType) {
	c, err := codec.Of[P]()
	return c, recordType{typeName[P](), err}
}

func typeName[T any]() string { return codec.TypeName(reflect.TypeFor[T]()) }

// Type declares a record type that no operator of the program names, so that executors know it: the
// elements of a Parallelize whose dataset goes straight into an action, for instance.
//
//	var _ = weft.Type[Order]()
func Type[T any]() struct{} {
	if _, t := record[T](); t.err != nil {
		pipeline.Fault(fmt.Errorf("Type (%s): no record can be of type %w", pipeline.CallSite(), t.err))
	}
	return struct{}{}
}

// apply makes the dataset of a narrow operator applied to in.
func apply[Out any](op *pipeline.Operator, in *dataset, params []byte) Dataset[Out] {
	return datasetOf[Out](in.session, in.err, &plan.Node{
		Kind: plan.Narrow, Op: op.ID, Label: op.Kind + " at " + pipeline.ShortSite(pipeline.CallSite()),
		Params: params, Inputs: in.narrow(), Prepare: samePartitions,
	})
}

// samePartitions completes a node that has its only input's partitions.
func samePartitions(_ context.Context, n *plan.Node) error {
	n.Partitions = n.Inputs[0].Node.Partitions
	return nil
}

// keepPartitioner is samePartitions for an operator that leaves every key where it is.
func keepPartitioner(ctx context.Context, n *plan.Node) error {
	n.Partitioner = n.Inputs[0].Node.Partitioner
	return samePartitions(ctx, n)
}
