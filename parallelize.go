package weft

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// slice is one partition of a Parallelize: its records, or the broadcast value that holds them.
type slice struct {
	Count     int
	Records   []byte
	Broadcast int64
	InBlob    bool
}

// inlineSlice is the most bytes of a partition that travel with the stage to every executor; more
// are fetched by the one task that needs them.
const inlineSlice = 16 << 10

// Parallelize makes a dataset of records that the driver holds, in about equal partitions. With 0
// partitions there is one for each slot of the application.
func Parallelize[T any](s *Session, records []T, partitions int) Dataset[T] {
	name := typeName[T]()
	n := &plan.Node{Kind: plan.Source, Op: pipeline.Builtin("parallelize", name),
		Label: "parallelize at " + pipeline.ShortSite(pipeline.CallSite())}
	c, err := codec.Of[T]()
	switch {
	case err != nil:
		err = fmt.Errorf("%s: no record can be of type %w", n.Label, err)
	case partitions < 0:
		err = errPartitions(n.Label, partitions)
	case !pipeline.Known(name):
		err = fmt.Errorf("%s: no operator of the program takes or makes %s, so executors do not know "+
			"it; declare `var _ = weft.Type[%s]()` at package level", n.Label, name, name)
	}
	n.Prepare = func(_ context.Context, n *plan.Node) error {
		n.Partitions = partitions
		if partitions == 0 {
			n.Partitions = s.driver.Slots()
		}
		n.Parts, err = sliced(s, c, records, n.Partitions)
		return err
	}
	return datasetOf[T](s, err, n)
}

// sliced cuts records into n parts.
func sliced[T any](s *Session, c *codec.Codec[T], records []T, n int) ([]plan.Part, error) {
	parts := make([]plan.Part, n)
	for p := range parts {
		var part slice
		for i := p * len(records) / n; i < (p+1)*len(records)/n; i++ {
			part.Records = c.Append(part.Records, &records[i])
			part.Count++
		}
		if len(part.Records) > inlineSlice {
			part = slice{Count: part.Count, Broadcast: s.driver.Broadcast(part.Records), InBlob: true}
		}
		data, err := codec.Marshal(part)
		if err != nil {
			return nil, err
		}
		parts[p].Data = data
	}
	return parts, nil
}

func (t builtins[T]) parallelize(b *pipeline.Build, n pipeline.Node, _ []any) (any, error) {
	part, err := codec.Unmarshal[slice](n.Parts[n.Partition])
	if err != nil {
		return nil, err
	}
	return pipeline.Stream[T](func(emit func(T)) error {
		rest := part.Records
		if part.InBlob {
			if rest, err = b.Task.Broadcast(b.Ctx, part.Broadcast); err != nil {
				return err
			}
		}
		var v, zero T
		for i := 0; i < part.Count && !b.Stopped(); i++ {
			v = zero
			if rest, err = t.codec.Decode(rest, &v); err != nil {
				return errors.Join(fmt.Errorf("decode partition %d of %s", n.Partition, n.Label), err)
			}
			emit(v)
		}
		return nil
	}), nil
}
