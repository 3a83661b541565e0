package weft

import (
	"context"
	"runtime"

	"github.com/weft-data/weft/dag"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// Wide is a declared operator that brings the records of a key together, by a shuffle unless they
// are together already.
type Wide[In, Out any] struct {
	op  *pipeline.Operator
	key string // type of the key
}

// On applies the operator.
func (w Wide[In, Out]) On(in Dataset[In], opts ...ShuffleOption) Dataset[Out] {
	return shuffled[Out](w.op, hashed(w.key, opts), in.d)
}

// Wide2 is a Wide with two inputs.
type Wide2[A, B, Out any] struct {
	op  *pipeline.Operator
	key string
}

// On applies the operator.
func (w Wide2[A, B, Out]) On(a Dataset[A], b Dataset[B], opts ...ShuffleOption) Dataset[Out] {
	return shuffled[Out](w.op, hashed(w.key, opts), a.d, b.d)
}

// ShuffleOption changes how a wide operator spreads its result.
type ShuffleOption func(*shuffling)

// Partitions sets the number of partitions of a wide operator's result. Without it there are as
// many as weft.default.parallelism says, or else as many as the largest input has.
func Partitions(n int) ShuffleOption { return func(s *shuffling) { s.partitions = n } }

// shuffling is how a wide operator wants its records spread.
type shuffling struct {
	scheme     string
	key        string
	partitions int // 0: chosen when the inputs are known
	prepare    func(context.Context, *plan.Node) error
}

func hashed(key string, opts []ShuffleOption) shuffling {
	s := shuffling{scheme: "hash", key: key}
	for _, opt := range opts {
		opt(&s)
	}
	return s
}

// shuffled makes the dataset of a wide operator. Each input is given a shuffle, and is read without
// it if it turns out to be spread in the same way already.
func shuffled[Out any](op *pipeline.Operator, how shuffling, inputs ...*dataset) Dataset[Out] {
	first := inputs[0]
	n := &plan.Node{Kind: plan.Wide, Op: op.ID,
		Label: op.Kind + " at " + pipeline.ShortSite(pipeline.CallSite())}
	err := first.err
	for _, in := range inputs {
		if in.err != nil {
			err = in.err
		} else if in.session != first.session {
			err = errTwoSessions(n.Label)
		}
		n.Inputs = append(n.Inputs, plan.Input{Node: in.node, Shuffle: first.session.nextShuffle(),
			Stage: first.session.nextStage()})
	}
	if how.partitions < 0 {
		err = errPartitions(n.Label, how.partitions)
	}
	for _, in := range n.Inputs {
		runtime.AddCleanup(n, first.session.release, in.Shuffle)
	}
	n.Prepare = func(ctx context.Context, n *plan.Node) error {
		return how.spread(ctx, first.session, n)
	}
	return datasetOf[Out](first.session, err, n)
}

// spread chooses the partitioner when the inputs are known.
func (how shuffling) spread(ctx context.Context, s *Session, n *plan.Node) error {
	want := plan.Partitioner{Scheme: how.scheme, Key: how.key, Partitions: how.partitions}
	for _, in := range n.Inputs {
		have := in.Node.Partitioner
		if have.Known() && have.Key == how.key && how.fits(have) && have.Partitions >= want.Partitions {
			want = have
		}
	}
	if want.Partitions == 0 {
		want.Partitions = s.parallelism(n)
	}
	for i := range n.Inputs {
		if want.Known() && n.Inputs[i].Node.Partitioner == want {
			n.Inputs[i].Shuffle = dag.NoShuffle
		}
	}
	n.Partitions, n.Partitioner = want.Partitions, want
	if how.prepare != nil {
		return how.prepare(ctx, n)
	}
	return nil
}

// fits reports whether an input's own partitioner may serve instead of a new one. Only a hash
// partitioner can be made for the other inputs too.
func (how shuffling) fits(have plan.Partitioner) bool {
	return how.scheme == "hash" && have.Scheme == "hash" &&
		(how.partitions == 0 || how.partitions == have.Partitions)
}
