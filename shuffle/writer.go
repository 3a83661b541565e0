package shuffle

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

// Combiner merges two values of one key into one. It may change acc and return it, grown
// or not; it must not keep key, acc or value. It is called for adjacent records of a
// sorted output, so it must be associative.
type Combiner func(key, acc, value []byte) []byte

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
type Writer struct{}

// NewWriter prepares a Writer; no file is made before the first spill or Commit.
func NewWriter(c WriterConfig) (*Writer, error) { panic("shuffle: not built yet") }

// Add copies one record into its partition's buffer; key and value may be reused at once.
// When the memory budget is used up, Add first spills all buffers to disk.
func (w *Writer) Add(partition int, key, value []byte) error { panic("shuffle: not built yet") }

// Commit merges spills and buffers into the data file and its index, and makes them
// visible under their final names. After an error nothing is left.
func (w *Writer) Commit() (Output, error) { panic("shuffle: not built yet") }

// Abort drops everything. After Commit it does nothing, so it can be deferred.
func (w *Writer) Abort() { panic("shuffle: not built yet") }
