package weft

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/weft-data/weft/executor"
	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/plan"
)

// action describes a built-in action on ds.
func (ds Dataset[T]) action(name string, params []byte) plan.Action {
	return plan.Action{Op: pipeline.Builtin(name, typeName[T]()),
		Label: name + " at " + pipeline.ShortSite(pipeline.CallSite()), Params: params}
}

// Collect brings all records to the driver, in the order of partitions.
func (ds Dataset[T]) Collect(ctx context.Context) ([]T, error) {
	values, err := ds.d.act(ctx, ds.action("collect", nil))
	if err != nil {
		return nil, err
	}
	var out []T
	for _, v := range values {
		if out, err = decodeAll(out, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// decodeAll appends the records of a counted list. An empty value is an empty list.
func decodeAll[T any](out []T, b []byte) ([]T, error) {
	if len(b) < 8 {
		return out, nil
	}
	n, b := binary.LittleEndian.Uint64(b[len(b)-8:]), b[:len(b)-8]
	c, err := codec.Of[T]()
	for ; err == nil && n > 0; n-- {
		var v T
		if b, err = c.Decode(b, &v); err == nil {
			out = append(out, v)
		}
	}
	if err != nil || len(b) > 0 {
		return nil, fmt.Errorf("decode a result of %s: %w", typeName[T](),
			errors.Join(err, codec.ErrCorrupt))
	}
	return out, nil
}

// list collects encoded records one after the other, and their number at the end.
type list[T any] struct {
	codec *codec.Codec[T]
	out   []byte
	count uint64
	slot  T
}

func (l *list[T]) add(v T) {
	l.slot = v
	l.out = l.codec.Append(l.out, &l.slot)
	l.count++
}

func (l *list[T]) value() []byte { return binary.LittleEndian.AppendUint64(l.out, l.count) }

func (t builtins[T]) collect(
	b *pipeline.Build, _ pipeline.Target, in any,
) (executor.Result, error) {
	out := list[T]{codec: t.codec}
	err := in.(pipeline.Stream[T])(out.add)
	return executor.Result{Value: out.value()}, err
}

// Count counts the records.
func (ds Dataset[T]) Count(ctx context.Context) (int64, error) {
	values, err := ds.d.act(ctx, ds.action("count", nil))
	if err != nil {
		return 0, err
	}
	var total int64
	for _, v := range values {
		n, err := decodeCount(v)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// counts counts the records of each partition of a dataset that is resolved.
func (d *dataset) counts(ctx context.Context) ([]int64, error) {
	values, err := d.session.act(ctx, d.node, plan.Action{
		Op: pipeline.Builtin("count", d.node.Type), Label: "count for " + d.node.Label})
	if err != nil {
		return nil, err
	}
	counts := make([]int64, len(values))
	for i, v := range values {
		if counts[i], err = decodeCount(v); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// decodeCount reads a partition's count, of which an action may have 100,000.
func decodeCount(v []byte) (int64, error) {
	n, size := binary.Varint(v)
	if size <= 0 || size != len(v) {
		return 0, fmt.Errorf("decode a count from %d bytes: %w", len(v), codec.ErrCorrupt)
	}
	return n, nil
}

func (builtins[T]) count(_ *pipeline.Build, _ pipeline.Target, in any) (executor.Result, error) {
	var n int64
	err := in.(pipeline.Stream[T])(func(T) { n++ })
	return executor.Result{Value: binary.AppendVarint(nil, n)}, err
}

// Take brings the first n records to the driver. It looks at one partition first, then at four
// times as many, until it has enough.
func (ds Dataset[T]) Take(ctx context.Context, n int) ([]T, error) {
	if err := ds.d.resolve(ctx); err != nil || n <= 0 {
		return nil, err
	}
	params, err := codec.Marshal(n)
	if err != nil {
		return nil, err
	}
	action := ds.action("take", params)
	var out []T
	all := ds.d.node.Partitions
	for first, count := 0, 1; first < all && len(out) < n; first, count = first+count, count*4 {
		action.Partitions = partitionRange(first, min(count, all-first))
		values, err := ds.d.act(ctx, action)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			if out, err = decodeAll(out, v); err != nil {
				return nil, err
			}
		}
	}
	return out[:min(n, len(out))], nil
}

func partitionRange(first, count int) []int32 {
	out := make([]int32, count)
	for i := range out {
		out[i] = int32(first + i)
	}
	return out
}

func (t builtins[T]) take(
	b *pipeline.Build, target pipeline.Target, in any,
) (executor.Result, error) {
	n, err := codec.Unmarshal[int](target.Params)
	if err != nil {
		return executor.Result{}, err
	}
	out := list[T]{codec: t.codec}
	err = in.(pipeline.Stream[T])(func(v T) {
		if out.count == uint64(n) {
			return
		}
		if out.add(v); out.count == uint64(n) {
			b.Stop()
		}
	})
	return executor.Result{Value: out.value()}, err
}

// act resolves the dataset and runs an action; the values are in the order of partitions.
func (d *dataset) act(ctx context.Context, a plan.Action) ([][]byte, error) {
	if err := d.resolve(ctx); err != nil {
		return nil, err
	}
	return d.session.act(ctx, d.node, a)
}
