package shuffle

import (
	"errors"
	"fmt"
	"os"
)

// WriterConfig says what one map attempt writes and within which limits.
type WriterConfig struct {
	Store      *Store    // where the files go; required
	Shuffle    ShuffleID //
	Map        MapID     //
	Attempt    AttemptID //
	Partitions int       // number of reduce partitions; required, at least 1
	Memory     Memory    // budget for buffered records; nil: 64 MiB of its own
	Sorted     bool      // order each partition's records by key bytes
	Combine    Combiner  // merges records of equal keys; implies Sorted
	Codec      Codec     // of the frames, in spills too
}

func (c WriterConfig) validate() error {
	switch {
	case c.Store == nil:
		return errors.New("a Store is required")
	case c.Partitions < 1 || c.Partitions > MaxPartitions:
		return fmt.Errorf("%d partitions, want 1 to %d", c.Partitions, MaxPartitions)
	case c.Codec > CodecZstd:
		return fmt.Errorf("unknown %v", c.Codec)
	}
	return nil
}

// PartitionStat is what the driver needs to know of one partition of a map output.
type PartitionStat struct {
	Bytes    int64  // as stored
	Records  int64  //
	Checksum uint64 // sum of the records' xxh3 hashes: independent of their order
}

// Output reports a committed map output.
type Output struct {
	OutputID
	Partitions   []PartitionStat
	Bytes        int64  // of the data file
	Records      int64  //
	Checksum     uint64 // sum over the partitions; two attempts of a deterministic task agree
	Spills       int    // how often memory ran out
	SpilledBytes int64  //
}

// Writer takes one map attempt's records and leaves them, by partition, in one data file
// and one index. It belongs to one goroutine. Every Writer ends with Commit or Abort.
type Writer struct {
	id     OutputID
	store  *Store
	sorted bool
	spiller
}

// NewWriter prepares a Writer; no file is made before the first spill or Commit.
func NewWriter(c WriterConfig) (*Writer, error) {
	id := OutputID{c.Shuffle, c.Map, c.Attempt}
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("write %v: %w", id, err)
	}
	sorted := c.Sorted || c.Combine != nil
	return &Writer{id: id, store: c.Store, sorted: sorted, spiller: spiller{
		buffer:  newBuffer(c.Store, c.Memory, c.Partitions, sorted),
		combine: c.Combine, codec: c.Codec,
	}}, nil
}

// Add copies one record into its partition's buffer; key and value may be reused at once.
// When the memory budget is used up, Add first spills all buffers to disk.
func (w *Writer) Add(partition int, key, value []byte) error {
	if w.buffer == nil {
		return fmt.Errorf("write %v: %w", w.id, ErrClosed)
	}
	if uint(partition) >= uint(len(w.buffer.parts)) {
		return fmt.Errorf("write %v: partition %d of %d", w.id, partition, len(w.buffer.parts))
	}
	if err := w.add(partition, key, value); err != nil {
		return fmt.Errorf("write %v: %w", w.id, err)
	}
	return nil
}

// Commit merges spills and buffers into the data file and its index, and makes them
// visible under their final names. After an error nothing is left.
func (w *Writer) Commit() (Output, error) {
	if w.buffer == nil {
		return Output{}, fmt.Errorf("commit %v: %w", w.id, ErrClosed)
	}
	defer w.Abort()
	out := Output{OutputID: w.id, Spills: w.times, SpilledBytes: w.bytes}
	err := w.store.try(w.store.first(w.id), func(dir *os.Root) error {
		metas, err := w.writeOutput(dir)
		out.count(metas)
		return err
	})
	if err != nil {
		return Output{}, fmt.Errorf("commit %v: %w", w.id, err)
	}
	return out, nil
}

// count fills in the statistics.
func (o *Output) count(metas []BlockMeta) {
	o.Partitions = make([]PartitionStat, len(metas))
	o.Bytes, o.Records, o.Checksum = 0, 0, 0
	for p, m := range metas {
		o.Partitions[p] = PartitionStat{m.Bytes, m.Records, m.Checksum}
		o.Bytes += m.Bytes
		o.Records += m.Records
		o.Checksum += m.Checksum
	}
}

// Abort drops everything. After Commit it does nothing, so it can be deferred.
func (w *Writer) Abort() { w.drop() }
