package weft

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// builtins are the operations that every dataset of T has without a declaration: whoever declares
// an operator that names T declares them too. They are found by the name of T.
type builtins[T any] struct {
	name  string
	codec *codec.Codec[T]
	text  func() (*codec.Text[T], error) // planned when it is first needed
}

func registerBuiltins[T any](name string, c *codec.Codec[T]) {
	t := builtins[T]{name, c, sync.OnceValues(codec.TextOf[T])}
	t.narrow("union", t.chain)
	t.narrow("coalesce", t.chain)
	t.narrow("sample", t.sample)
	t.narrow("persist", t.persist)
	t.narrow("parallelize", t.parallelize)
	t.wide("repartition", t.writeAround, t.readValues)
	t.wide("distinct", t.writeDistinct, t.readDistinct)
	t.action("collect", t.collect)
	t.action("count", t.count)
	t.action("take", t.take)
	t.action("saveAsText", t.save)
}

func (t builtins[T]) narrow(
	kind string, f func(*pipeline.Build, pipeline.Node, []any) (any, error),
) {
	pipeline.Register(&pipeline.Operator{ID: pipeline.Builtin(kind, t.name), Kind: kind, Narrow: f})
}

func (t builtins[T]) wide(kind string,
	write func(*pipeline.Build, pipeline.Target, any) (executor.Result, error),
	read func(*pipeline.Build, pipeline.Node, []pipeline.Wide) (any, error)) {
	id := pipeline.Builtin(kind, t.name)
	pipeline.Register(&pipeline.Operator{ID: id, Kind: kind, Write: write, Read: read})
}

func (t builtins[T]) action(
	kind string, f func(*pipeline.Build, pipeline.Target, any) (executor.Result, error),
) {
	pipeline.Register(&pipeline.Operator{ID: pipeline.Builtin(kind, t.name), Kind: kind, Act: f})
}

// builtin makes the node of a type-preserving operation.
func (ds Dataset[T]) builtin(kind plan.Kind, name string, params []byte, inputs []plan.Input,
	prepare func(context.Context, *plan.Node) error) Dataset[T] {
	return datasetOf[T](ds.d.session, ds.d.err, &plan.Node{
		Kind: kind, Op: pipeline.Builtin(name, typeName[T]()),
		Label:  name + " at " + pipeline.ShortSite(pipeline.CallSite()),
		Params: params, Inputs: inputs, Prepare: prepare,
	})
}

// chain pushes the records of all its inputs, one after the other.
func (builtins[T]) chain(b *pipeline.Build, _ pipeline.Node, in []any) (any, error) {
	return pipeline.Stream[T](func(emit func(T)) error {
		for _, stream := range in {
			if err := stream.(pipeline.Stream[T])(emit); err != nil || b.Stopped() {
				return err
			}
		}
		return nil
	}), nil
}

// Union is the records of ds and of others, without a shuffle: the partitions one after the other.
func (ds Dataset[T]) Union(others ...Dataset[T]) Dataset[T] {
	inputs := ds.d.narrow()
	var err error
	for _, o := range others {
		inputs = append(inputs, o.d.narrow()...)
		err = errors.Join(err, o.d.err)
		if o.d.session != ds.d.session {
			err = errors.Join(err, errTwoSessions("union"))
		}
	}
	out := ds.builtin(plan.Union, "union", nil, inputs, func(_ context.Context, n *plan.Node) error {
		for _, in := range n.Inputs {
			n.Partitions += in.Node.Partitions
		}
		return nil
	})
	out.d.err = errors.Join(out.d.err, err)
	return out
}

// Coalesce makes n partitions of more, without a shuffle: each reads a run of the old ones. Where
// there are no more than n it changes nothing; Repartition makes more of few.
func (ds Dataset[T]) Coalesce(n int) Dataset[T] {
	out := ds.builtin(plan.Coalesce, "coalesce", nil, ds.d.narrow(),
		func(_ context.Context, node *plan.Node) error {
			node.Partitions = min(n, node.Inputs[0].Node.Partitions)
			return nil
		})
	if n < 1 {
		out.d.err = errors.Join(out.d.err, errPartitions(out.d.node.Label, n))
	}
	return out
}

// sampling is the parameter of Sample.
type sampling struct {
	Fraction float64
	Seed     uint64
}

// Sample keeps each record with the given probability. Equal seeds keep equal records, as long as
// partitions hold the same records in the same order.
func (ds Dataset[T]) Sample(fraction float64, seed uint64) Dataset[T] {
	params, err := codec.Marshal(sampling{fraction, seed})
	out := ds.builtin(plan.Narrow, "sample", params, ds.d.narrow(), keepPartitioner)
	if !(fraction >= 0 && fraction <= 1) {
		err = fmt.Errorf("%s: the fraction is %v, want 0 to 1", out.d.node.Label, fraction)
	}
	out.d.err = errors.Join(out.d.err, err)
	return out
}

func (builtins[T]) sample(b *pipeline.Build, n pipeline.Node, in []any) (any, error) {
	p, err := codec.Unmarshal[sampling](n.Params)
	if err != nil {
		return nil, err
	}
	up := in[0].(pipeline.Stream[T])
	return pipeline.Stream[T](func(emit func(T)) error {
		random := rand.New(rand.NewPCG(p.Seed, uint64(n.Partition)))
		return up(func(v T) {
			if random.Float64() < p.Fraction {
				emit(v)
			}
		})
	}), nil
}

// Repartition spreads the records evenly over n partitions by a shuffle.
func (ds Dataset[T]) Repartition(n int) Dataset[T] {
	op := &pipeline.Operator{ID: pipeline.Builtin("repartition", typeName[T]()), Kind: "repartition"}
	how := shuffling{partitions: n}
	if n < 1 {
		how.partitions = -1
	}
	return shuffled[T](op, how, ds.d)
}

// writeAround deals the records to the partitions in turn. The first one's place depends on the
// partition, so that many small partitions do not all begin with partition 0.
func (t builtins[T]) writeAround(
	b *pipeline.Build, target pipeline.Target, in any,
) (executor.Result, error) {
	values := codec.NewBuffer(t.codec)
	next := rand.New(rand.NewPCG(uint64(target.Partition), 0)).IntN(target.Partitions)
	return writeShuffle(b, target, false, func(w writing) error {
		return in.(pipeline.Stream[T])(func(v T) {
			if b.Dropped() {
				return
			}
			w.add(next, nil, values.Of(v))
			if next++; next == target.Partitions {
				next = 0
			}
		})
	})
}

func (t builtins[T]) readValues(
	b *pipeline.Build, n pipeline.Node, in []pipeline.Wide,
) (any, error) {
	values := codec.NewBuffer(t.codec)
	return pipeline.Stream[T](func(emit func(T)) error {
		return readShuffle(b, in[0].Shuffle, n.Partition, func(_, value []byte) error {
			v, err := values.Decode(value)
			if err == nil {
				emit(v)
			}
			return err
		})
	}), nil
}

// Distinct keeps one of all equal records. Records are equal if their encodings are.
func (ds Dataset[T]) Distinct(opts ...ShuffleOption) Dataset[T] {
	op := &pipeline.Operator{ID: pipeline.Builtin("distinct", typeName[T]()), Kind: "distinct"}
	how := hashed("", opts)
	how.scheme = "" // keys are whole records: no other operator looks for them
	return shuffled[T](op, how, ds.d)
}

func (t builtins[T]) writeDistinct(
	b *pipeline.Build, target pipeline.Target, in any,
) (executor.Result, error) {
	return writeShuffle(b, target, false, func(w writing) error {
		c := newCombiner(b, nothing, func(key, value []byte) error {
			return w.Add(partitionOf(key, target.Partitions), key, value)
		})
		defer c.free()
		values := codec.NewBuffer(t.codec)
		err := in.(pipeline.Stream[T])(func(v T) {
			if !b.Dropped() {
				c.at(values.Of(v))
			}
		})
		if err != nil {
			return err
		}
		return c.drain()
	})
}

func (t builtins[T]) readDistinct(
	b *pipeline.Build, n pipeline.Node, in []pipeline.Wide,
) (any, error) {
	return pipeline.Stream[T](func(emit func(T)) error {
		m := newMerger(b, nothing, func(*struct{}, struct{}) {})
		defer m.close()
		if err := readShuffle(b, in[0].Shuffle, n.Partition, m.add); err != nil {
			return err
		}
		values := codec.NewBuffer(t.codec)
		return m.each(func(key []byte, _ struct{}) error {
			v, err := values.Decode(key)
			if err == nil {
				emit(v)
			}
			return err
		})
	}), nil
}

// nothing encodes the value of a key that has none.
var nothing = func() *codec.Codec[struct{}] {
	c, err := codec.Of[struct{}]()
	if err != nil {
		panic(err)
	}
	return c
}()
