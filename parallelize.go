package weft

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// slice is one partition of a Parallelize: its records, or the broadcast value that holds them.
// A stage may have 100,000 of them and goes to each executor, so they are written by hand:
//
//	count (uvarint) | 0 | encoded records
//	count (uvarint) | 1 | number of the broadcast (uvarint)
type slice struct {
	count     int
	records   []byte
	broadcast int64
	isBlob    bool
}

func (p *slice) encode() []byte {
	out := binary.AppendUvarint(make([]byte, 0, len(p.records)+4), uint64(p.count))
	if p.isBlob {
		return binary.AppendUvarint(append(out, 1), uint64(p.broadcast))
	}
	return append(append(out, 0), p.records...)
}

func decodeSlice(b []byte) (p slice, err error) {
	count, n := binary.Uvarint(b)
	if n <= 0 || n == len(b) || count > math.MaxInt || b[n] > 1 {
		return p, codec.ErrCorrupt
	}
	p.count, p.isBlob, p.records = int(count), b[n] == 1, b[n+1:]
	if !p.isBlob {
		return p, nil
	}
	id, n := binary.Uvarint(p.records)
	if n <= 0 || n != len(p.records) || id > math.MaxInt64 {
		return p, codec.ErrCorrupt
	}
	p.broadcast, p.records = int64(id), nil
	return p, nil
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
		n.Parts = sliced(s, c, records, n.Partitions)
		return nil
	}
	return datasetOf[T](s, err, n)
}

// sliced cuts records into n parts.
func sliced[T any](s *Session, c *codec.Codec[T], records []T, n int) []plan.Part {
	parts := make([]plan.Part, n)
	for p := range parts {
		var part slice
		for i := p * len(records) / n; i < (p+1)*len(records)/n; i++ {
			part.records = c.Append(part.records, &records[i])
			part.count++
		}
		if len(part.records) > inlineSlice {
			part.broadcast, part.isBlob = s.driver.Broadcast(part.records), true
		}
		parts[p].Data = part.encode()
	}
	return parts
}

func (t builtins[T]) parallelize(b *pipeline.Build, n pipeline.Node, _ []any) (any, error) {
	part, err := decodeSlice(n.Parts.At(n.Partition))
	if err != nil {
		return nil, fmt.Errorf("decode partition %d of %s: %w", n.Partition, n.Label, err)
	}
	return pipeline.Stream[T](func(emit func(T)) (err error) {
		rest := part.records
		if part.isBlob {
			if rest, err = b.Task.Broadcast(b.Ctx, part.broadcast); err != nil {
				return err
			}
		}
		var v, zero T
		for i := 0; i < part.count && !b.Stopped(); i++ {
			v = zero
			if rest, err = t.codec.Decode(rest, &v); err != nil {
				return errors.Join(fmt.Errorf("decode partition %d of %s", n.Partition, n.Label), err)
			}
			emit(v)
		}
		return nil
	}), nil
}
