package weft

import (
	"bytes"
	"fmt"

	"github.com/weft-data/weft/internal/codec"
	"github.com/weft-data/weft/internal/pipeline"
	"github.com/weft-data/weft/shuffle"
)

// combiner collects one value for each key in a hash table, and hands the table's contents on when
// the task's memory is used up.
type combiner[A any] struct {
	b      *pipeline.Build
	table  pipeline.Table[A]
	values *codec.Buffer[A]
	spill  func(key, value []byte) error

	granted int64 // of the task's memory
	check   int   // number of keys at which to look at the memory again
}

// checkEvery is how many new keys pass between two looks at the memory.
const checkEvery = 1024

func newCombiner[A any](
	b *pipeline.Build, values *codec.Codec[A], spill func(key, value []byte) error,
) *combiner[A] {
	return &combiner[A]{b: b, values: codec.NewBuffer(values), spill: spill, check: checkEvery}
}

// at returns the place of the key's value, and whether it had one. It is good until the next call.
func (c *combiner[A]) at(key []byte) (*A, bool) {
	if c.table.Len() >= c.check {
		c.account()
	}
	return c.table.At(key)
}

// account asks for memory as the table has grown, and empties the table when it is refused.
func (c *combiner[A]) account() {
	need := c.table.Bytes() - c.granted
	if need <= 0 || c.b.Task.Memory.Grow(need) {
		c.granted += max(need, 0)
		c.check = c.table.Len() + checkEvery
		return
	}
	if err := c.drain(); err != nil {
		c.b.Fail(err)
	}
}

// drain spills all entries and frees the table.
func (c *combiner[A]) drain() error {
	defer c.free()
	for i := range c.table.Len() {
		if err := c.spill(c.table.Key(i), c.values.Of(*c.table.Value(i))); err != nil {
			return err
		}
	}
	return nil
}

func (c *combiner[A]) free() {
	c.table.Reset()
	c.b.Task.Memory.Shrink(c.granted)
	c.granted, c.check = 0, checkEvery
}

// merger is a combiner at the reading end of a shuffle: what does not fit into memory is sorted on
// disk and merged at the end.
type merger[A any] struct {
	*combiner[A]
	sorter *shuffle.Sorter
	merge  func(into *A, a A)
}

func newMerger[A any](
	b *pipeline.Build, values *codec.Codec[A], merge func(into *A, a A),
) *merger[A] {
	m := &merger[A]{merge: merge}
	m.combiner = newCombiner(b, values, m.sort)
	return m
}

func (m *merger[A]) sort(key, value []byte) (err error) {
	if m.sorter == nil {
		if m.sorter, err = m.b.Task.Sorter(); err != nil {
			return err
		}
	}
	return m.sorter.Add(key, value)
}

func (m *merger[A]) close() {
	m.free()
	if m.sorter != nil {
		_ = m.sorter.Close()
	}
}

// add merges one encoded value into its key's.
func (m *merger[A]) add(key, value []byte) error {
	a, err := m.values.Decode(value)
	if err != nil {
		return fmt.Errorf("decode a value of %s: %w", typeName[A](), err)
	}
	if at, found := m.at(key); found {
		m.merge(at, a)
	} else {
		*at = a
	}
	return nil
}

// each calls f once for each key with its merged value.
func (m *merger[A]) each(f func(key []byte, a A) error) error {
	if m.sorter != nil {
		return m.eachSorted(f)
	}
	for i := range m.table.Len() {
		if m.b.Dropped() {
			return nil
		}
		if err := f(m.table.Key(i), *m.table.Value(i)); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger[A]) eachSorted(f func(key []byte, a A) error) error {
	if err := m.drain(); err != nil {
		return err
	}
	records, err := m.sorter.Sort()
	if err != nil {
		return err
	}
	defer records.Close()
	var key []byte
	var merged A
	some := false
	for records.Next() && !m.b.Dropped() {
		a, err := m.values.Decode(records.Value())
		if err != nil {
			return fmt.Errorf("decode a spilled value of %s: %w", typeName[A](), err)
		}
		if some && bytes.Equal(key, records.Key()) {
			m.merge(&merged, a)
			continue
		}
		if some {
			if err := f(key, merged); err != nil {
				return err
			}
		}
		key, merged, some = records.Key(), a, true
	}
	if err := records.Err(); err != nil || !some {
		return err
	}
	return f(key, merged)
}
