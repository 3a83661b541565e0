package shuffle

import (
	"errors"
	"fmt"
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
	// Hold lets the output join a Group: Commit leaves the rows in memory, if they take no more
	// than Hold bytes of HoldMemory. Otherwise, and with a Combiner, the output gets a file of
	// its own. HoldMemory outlives the task; Memory need not.
	Hold       int64
	HoldMemory Memory // nil: Memory
}

func (c WriterConfig) validate() error {
	switch {
	case c.Store == nil:
		return errors.New("a Store is required")
	case c.Partitions < 1 || c.Partitions > MaxPartitions:
		return fmt.Errorf("%d partitions, want 1 to %d", c.Partitions, MaxPartitions)
	case c.Codec > CodecAuto:
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

	held *rowLog
}

// Held reports whether the rows are still in memory: then Partitions is empty, Bytes is their
// size before they are stored, and the output ends with Group.Add or Discard.
func (o *Output) Held() bool { return o.held != nil }

// Discard drops rows that are held. It may be called twice.
func (o *Output) Discard() {
	if o.held != nil {
		o.held.drop()
		o.held = nil
	}
}

// Writer takes one map attempt's records and leaves them, by partition, in one data file
// and one index. It belongs to one goroutine. Every Writer ends with Commit or Abort.
type Writer struct {
	id     OutputID
	c      WriterConfig
	rows   *rowLog // while the output may join a group; else the spiller has the records
	closed bool
	spiller
}

// NewWriter prepares a Writer; no file is made before the first spill or Commit.
func NewWriter(c WriterConfig) (*Writer, error) {
	id := OutputID{c.Shuffle, c.Map, c.Attempt}
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("write %v: %w", id, err)
	}
	c.Sorted = c.Sorted || c.Combine != nil
	if c.Memory == nil {
		c.Memory = NewBudget(ownMemory)
	}
	w := &Writer{id: id, c: c}
	if c.Hold > 0 && c.Combine == nil {
		w.rows = &rowLog{store: c.Store, memory: orDefault(c.HoldMemory, c.Memory), limit: c.Hold}
	} else {
		w.open()
	}
	return w, nil
}

// open begins a file of the output's own.
func (w *Writer) open() {
	w.spiller = spiller{
		buffer:  newBuffer(w.c.Store, w.c.Memory, w.c.Partitions, w.c.Sorted),
		combine: w.c.Combine, codec: w.c.Codec,
	}
}

// leave moves the rows out of the log: they are too many for a group.
func (w *Writer) leave() error {
	rows := w.rows
	defer rows.drop()
	w.rows = nil
	w.open()
	for _, r := range rows.rows {
		key, value, _, _ := record(rows.encoded(r))
		if err := w.spiller.add(int(r.part), key, value); err != nil {
			return err
		}
	}
	return nil
}

// Add copies one record into its partition's buffer; key and value may be reused at once.
// When the memory budget is used up, Add first spills all buffers to disk.
func (w *Writer) Add(partition int, key, value []byte) error {
	if w.closed {
		return fmt.Errorf("write %v: %w", w.id, ErrClosed)
	}
	if uint(partition) >= uint(w.c.Partitions) {
		return fmt.Errorf("write %v: partition %d of %d", w.id, partition, w.c.Partitions)
	}
	if err := w.addTo(partition, key, value); err != nil {
		return fmt.Errorf("write %v: %w", w.id, err)
	}
	return nil
}

func (w *Writer) addTo(partition int, key, value []byte) error {
	if w.rows != nil {
		err := w.rows.add(partition, key, value)
		if err == nil || !errors.Is(err, errFull) {
			return err
		}
		if err := w.leave(); err != nil {
			return err
		}
	}
	return w.spiller.add(partition, key, value)
}

// Commit merges spills and buffers into the data file and its index, and makes them
// visible under their final names; or it leaves the rows in memory, see Output.Held. After an
// error nothing is left.
func (w *Writer) Commit() (Output, error) {
	if w.closed {
		return Output{}, fmt.Errorf("commit %v: %w", w.id, ErrClosed)
	}
	defer w.Abort()
	if rows := w.rows; rows != nil {
		w.rows = nil
		return Output{OutputID: w.id, Bytes: rows.bytes, Records: int64(len(rows.rows)),
			Checksum: rows.checksum, held: rows}, nil
	}
	if err := w.openSpills(); err != nil {
		return Output{}, fmt.Errorf("commit %v: %w", w.id, err)
	}
	out := Output{OutputID: w.id, Spills: w.times, SpilledBytes: w.bytes}
	f := outputFile{id: w.id, sorted: w.c.Sorted, codec: w.c.Codec, partitions: w.c.Partitions}
	metas, err := f.write(w.c.Store, func() { rewind(w.spills) }, w.writeWhole)
	if err != nil {
		return Output{}, fmt.Errorf("commit %v: %w", w.id, err)
	}
	out.count(metas)
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
func (w *Writer) Abort() {
	w.closed = true
	if w.rows != nil {
		w.rows.drop()
		w.rows = nil
	}
	w.drop()
}
